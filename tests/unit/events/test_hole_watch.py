"""Lost or only late: what tells a hole that has to be asked for."""

from typing import Any

from events.wanting import MAX_RANGES, MAX_SEQUENCES, HoleWatch, limited

ORIGIN = "loc2/1"
PLACES = (("events", 0), ("events", 1))


class Reader:
    """A consumer's position and the topic's ends, with a clock set by the test."""

    def __init__(self) -> None:
        self.watch = HoleWatch(heal_after_s=30)
        self.ends = dict.fromkeys(PLACES, 100)

    def lost(self, holes: Any, *, at: float, position: int) -> Any:
        positions = dict.fromkeys(PLACES, position)
        return self.watch.lost(
            {ORIGIN: holes} if holes else {},
            positions=positions,
            read_ends=lambda: dict(self.ends),
            now_s=at,
        )


def test_a_hole_is_lag_until_the_consumer_has_passed_the_end_there_was() -> None:
    reader = Reader()

    assert reader.lost(((5, 9),), at=0, position=50) == {}
    assert reader.lost(((5, 9),), at=1000, position=99) == {}
    assert reader.lost(((5, 9),), at=2000, position=99) == {}


def test_a_hole_is_lost_thirty_seconds_after_that() -> None:
    reader = Reader()
    reader.lost(((5, 9),), at=0, position=50)
    reader.lost(((5, 9),), at=10, position=100)
    reader.ends = dict.fromkeys(PLACES, 500)  # more came behind it: no reason to wait longer

    assert reader.lost(((5, 9),), at=39, position=100) == {}
    assert reader.lost(((5, 9),), at=40, position=100) == {ORIGIN: ((5, 9),)}


def test_every_partition_has_to_be_passed() -> None:
    reader = Reader()
    reader.lost(((5, 9),), at=0, position=0)

    one_behind = {PLACES[0]: 100, PLACES[1]: 99}
    for now_s in (1000, 2000):
        found = reader.watch.lost(
            {ORIGIN: ((5, 9),)}, positions=one_behind, read_ends=dict, now_s=now_s
        )
        assert found == {}


def test_what_arrives_meanwhile_is_no_longer_lost() -> None:
    reader = Reader()
    reader.lost(((5, 9),), at=0, position=100)
    reader.lost(((5, 9),), at=1, position=100)

    assert reader.lost(((7, 7),), at=40, position=100) == {ORIGIN: ((7, 7),)}
    assert reader.lost((), at=41, position=100) == {}


def test_a_later_hole_waits_on_its_own() -> None:
    reader = Reader()
    reader.lost(((5, 5),), at=0, position=100)
    reader.lost(((5, 5),), at=1, position=100)
    reader.ends = dict.fromkeys(PLACES, 200)

    assert reader.lost(((5, 5), (8, 8)), at=32, position=100) == {ORIGIN: ((5, 5),)}
    reader.lost(((5, 5), (8, 8)), at=33, position=200)
    assert reader.lost(((5, 5), (8, 8)), at=70, position=200) == {ORIGIN: ((5, 5), (8, 8))}


def test_after_reopening_the_wait_begins_again() -> None:
    reader = Reader()
    reader.lost(((5, 9),), at=0, position=100)
    reader.lost(((5, 9),), at=1, position=100)

    reader.watch.forget()

    assert reader.lost(((5, 9),), at=100, position=100) == {}


def test_a_heartbeat_asks_for_so_much_at_once() -> None:
    many = {"loc2/1": tuple((2 * n, 2 * n) for n in range(1, 31)), "loc3/1": ((1, 5),)}
    long = {"loc2/1": ((1, 9_999),), "loc3/1": ((1, 5),)}

    assert sum(len(part) for part in limited(many).values()) == MAX_RANGES
    assert limited(long) == {"loc2/1": ((1, 9_999),), "loc3/1": ((1, 1),)}
    assert MAX_SEQUENCES == 10_000
