"""Short forms stand for names and names for short forms, out of any table."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from customers.nicknames import table_of, variants
from customers.text_forms import plain
from sins.checks import check_nicknames


def test_short_form_stands_for_all_its_names():
    assert "robert" in variants("bob")
    assert {"andreas", "andrew"} <= variants("andy")


def test_name_stands_for_its_short_forms_but_these_not_for_each_other():
    assert {"bob", "rob"} <= variants("robert")
    assert "rob" not in variants("bob")


def test_table_is_compared_as_names_are():
    assert plain("Саша") in variants(plain("Александр"))
    assert "pepe" in variants(plain("José"))


def test_word_of_no_table_has_no_variants():
    assert variants("wiredworm") == frozenset()


def test_empty_setting_turns_short_forms_off(settings):
    settings.NICKNAMES_FILE = ""

    assert variants("bob") == frozenset()
    assert check_nicknames(None) == []


def test_another_table_stands_in_its_place(settings, tmp_path):
    file = tmp_path / "table.csv"
    file.write_text("# ours\nGwendolyn,Wendy\n\n", encoding="utf-8")
    settings.NICKNAMES_FILE = str(file)

    assert variants("wendy") == {"gwendolyn"}
    assert variants("bob") == frozenset()


def test_table_that_is_none_stops_the_start(settings, tmp_path):
    settings.NICKNAMES_FILE = str(tmp_path / "missing.csv")

    with pytest.raises(ImproperlyConfigured, match=r"missing\.csv"):
        variants("bob")
    assert [error.id for error in check_nicknames(None)] == ["sins.E004"]


def test_endless_line_stops_the_start_with_a_sentence(settings, tmp_path):
    file = tmp_path / "endless.csv"
    file.write_text("Robert," + "b" * 200_000)
    settings.NICKNAMES_FILE = str(file)

    assert [error.id for error in check_nicknames(None)] == ["sins.E004"]


@pytest.mark.parametrize("line", ["Robert", "Robert,Bob,Rob", "Robert,", "Mary Ann,Mary"])
def test_line_that_is_no_pair_is_named(line):
    with pytest.raises(ValueError, match="line 2"):
        table_of(["Robert,Bob", line])
