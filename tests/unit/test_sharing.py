"""How the tests are shared out between processes."""

from tests import sharing

SYNC = ["tests/sync/test_merging.py::test_a", "tests/sync/test_shipping.py::test_b[x]"]
PLAIN = ["tests/integration/test_one.py::test_a", "tests/integration/test_one.py::test_b[a::b]"]
OTHER = ["tests/unit/test_two.py::test_a"]
WITH_TRANSACTIONS = ["tests/integration/test_one.py::test_c"]


def test_one_process_does_all_that_start_locations():
    units = sharing.units_of([*SYNC, *PLAIN])

    assert units[SYNC[0]] == units[SYNC[1]] != units[PLAIN[0]]


def test_a_file_stays_together_but_for_the_tests_that_come_later():
    units = sharing.units_of([*PLAIN, *OTHER, *WITH_TRANSACTIONS])

    assert units[PLAIN[0]] == units[PLAIN[1]]
    assert len(set(units.values())) == 3
    assert list(units) == [*PLAIN, *OTHER, *WITH_TRANSACTIONS]


def test_a_test_has_the_same_name_in_every_process():
    named = sharing.pytest_make_parametrize_id

    assert named("items/41204e8b-3fca-49aa-9962-5dfa799f2305/") == "items/uuid/"
    assert named("items/search/") is None
    assert named(5) is None
