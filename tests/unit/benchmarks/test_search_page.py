"""The page of the search benchmark says what was measured, and what its goals were."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.local.places import CHECKOUT
from tests.benchmarks import search_page
from tests.benchmarks.search_questions import BIRTH_DATE, DOCUMENT, NAME
from tests.benchmarks.search_results import (
    OURS,
    Bin,
    Cost,
    Http,
    Nonsense,
    Quality,
    Recall,
    Results,
    Speed,
    Strangers,
)
from tests.benchmarks.search_targets import (
    ELASTICSEARCH,
    FULL_SCAN,
    TRIGRAMS,
    missed,
    targets,
)

PAGE = CHECKOUT / "docs" / "benchmarks" / "search.md"
CLASSES = {"one typo": Recall(100, 97, 100), "two typos": Recall(100, 91, 97)}


def quality(name: str = OURS, *, first: int = 188, ten: int = 197) -> Quality:
    beside = {BIRTH_DATE: Recall(100, 98, 99), DOCUMENT: Recall(1_000, 999, 1_000)}
    return Quality(name, Recall(200, first, ten), CLASSES, beside)


def good_results(people: int = 1_000_000) -> Results:
    return Results(
        at=datetime(2026, 11, 21, tzinfo=UTC),
        machine="2 cores",
        people=people,
        words=150_000,
        names=900_000,
        seed="7",
        load_s=300,
        whole=quality(),
        quality=[quality(name) for name in (OURS, FULL_SCAN, TRIGRAMS, ELASTICSEARCH)],
        strangers=[Strangers(kind, 0.8, 100, 0) for kind in (NAME, BIRTH_DATE, DOCUMENT)],
        nonsense=[Nonsense("words", 100, 99)],
        reliability=[
            Bin(0.0, 0.1, 0, 0, 0.0),
            Bin(0.3, 0.4, 10, 4, 0.35),
            Bin(0.5, 0.6, 30, 18, 0.55),
            Bin(0.9, 1.0, 200, 190, 0.96),
        ],
        speed=[
            Speed(OURS, 2.0, 8.0, 900),
            Speed(FULL_SCAN, 3_000.0, 3_500.0, 30),
            Speed(TRIGRAMS, 17.0, 60.0, 900),
            Speed(ELASTICSEARCH, 8.0, 12.0, 900),
        ],
        http=Http(8, 150.0, 40.0, 90.0, 200.0, 50, 50),
        costs=[
            Cost("loading", "ms", 4_280.4, 3_440.0, 2.0),
            Cost("an applied event", "ms", 1.2, 1.0),
        ],
        sizes={"words": 3 * 2**20},
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(PAGE, tmp_path)
    return tmp_path


def test_a_run_that_reaches_all_goals_misses_none():
    assert missed(good_results()) == []
    assert len(targets(good_results())) == 18


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"speed": [Speed(OURS, 4.0, 8.0, 9), Speed(FULL_SCAN, 3_000.0, 3.0, 9)]}, FULL_SCAN),
        ({"speed": [Speed(OURS, 4.0, 8.0, 9), Speed(TRIGRAMS, 19.0, 60.0, 9)]}, TRIGRAMS),
        ({"speed": [Speed(OURS, 3.0, 8.0, 9), Speed(ELASTICSEARCH, 8.0, 12.0, 9)]}, "p50"),
        ({"speed": [Speed(OURS, 2.0, 19.0, 9), Speed(ELASTICSEARCH, 8.0, 12.0, 9)]}, "p95"),
        ({"whole": quality(first=185)}, "recall@1"),
        ({"whole": quality(ten=196)}, "recall@10"),
        ({"whole": replace(quality(), classes={"by ear": Recall(100, 94, 94)})}, "by ear"),
        ({"whole": replace(quality(), beside={BIRTH_DATE: Recall(100, 97, 99)})}, BIRTH_DATE),
        ({"reliability": [Bin(0.9, 1.0, 200, 179, 0.96)]}, "0.9 or more"),
        ({"reliability": [Bin(0.3, 0.4, 9, 1, 0.35), Bin(0.5, 0.6, 11, 4, 0.55)]}, "0.3 to 0.6"),
        ({"nonsense": [Nonsense("words", 100, 98)]}, "nonsense"),
        ({"strangers": [Strangers(NAME, 0.8, 100, 6)]}, NAME),
        ({"strangers": [Strangers(DOCUMENT, 0.8, 1_000, 1)]}, DOCUMENT),
        ({"costs": [Cost("loading", "s", 130.0, 60.0, 2.0)]}, "loading"),
        ({"http": Http(8, 150.0, 40.0, 101.0, 200.0, 50, 50)}, "HTTP"),
        ({"http": Http(8, 150.0, 40.0, 90.0, 200.0, 49, 50)}, "right after"),
    ],
)
def test_each_goal_can_be_missed(change: dict[str, object], what: str):
    found = missed(replace(good_results(), **change))  # type: ignore[arg-type]

    assert len(found) == 1
    assert what in found[0].what


def test_what_was_not_measured_is_neither_shown_nor_missed():
    bare = replace(
        good_results(), quality=(), speed=(), http=None, costs=(), sizes={}, reliability=()
    )

    assert missed(bare) == []
    text = search_page.text(bare)
    assert "| two typos | 100 | 0.910 | 0.970 |" in text
    assert "HTTP" not in text
    assert "way to search" not in text


def test_a_picture_that_was_not_drawn_is_not_shown(folder: Path):
    search_page.write(replace(good_results(), speed=(), reliability=()), folder)

    pictures = {path.name for path in folder.glob("*.svg")}
    assert pictures == {"search-recall.svg"}
    assert (folder / PAGE.name).read_text().count("](search-") == 1


def test_the_page_keeps_its_words_and_gets_figures_and_pictures(folder: Path):
    search_page.write(good_results(), folder)

    page = (folder / PAGE.name).read_text()
    assert "| p50 against Elasticsearch | 4.0 × faster | ≥ 3 ×: met |" in page
    assert "| full scan | 3,000 ms | 3,500 ms | 1,500 × | 0.940 | 0.985 | 30 |" in page
    assert "| loading | 4,280 ms | 3,440 ms | 1.24 × |" in page
    assert "| words | 3.0 MB |" in page
    assert "## What is compared" in page
    pictures = {path.name for path in folder.glob("*.svg")}
    assert pictures == {"search-speed.svg", "search-recall.svg", "search-reliability.svg"}
    assert all(f"]({name})" in page for name in pictures)


def test_a_big_list_has_a_place_of_its_own_and_is_held_against_the_other(folder: Path):
    search_page.write(good_results(), folder)
    big = replace(good_results(10_000_000), speed=[Speed(OURS, 5.0, 20.0, 900)])

    search_page.write(big, folder)

    page = (folder / PAGE.name).read_text()
    first, second = page.split("## Ten times as many people")
    assert "1,000,000 people" in first
    assert "| p50 against that of the smaller list | 2.5 × | ≤ 3 ×: met |" in second
    assert "10,000,000 people" in second


def test_writing_twice_changes_nothing(folder: Path):
    search_page.write(good_results(), folder)
    once = {path.name: path.read_bytes() for path in folder.iterdir()}

    search_page.write(good_results(), folder)

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == once


@pytest.mark.parametrize(
    ("count", "text"),
    [(512, "512 bytes"), (2_048, "2.0 kB"), (15 * 2**20, "15 MB"), (3 * 2**30, "3.0 GB")],
)
def test_sizes_read_well(count: int, text: str):
    assert search_page.bytes_text(count) == text
