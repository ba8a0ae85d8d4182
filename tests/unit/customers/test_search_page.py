"""docs/search.md tells the weights that search uses."""

import re
from dataclasses import asdict
from pathlib import Path

from customers.search import query_reading
from customers.search.hits import MAX_QUERY_LENGTH
from customers.search.matching import FOLLOWING_BITS, THRESHOLD
from customers.search.ranking import MOST
from customers.search.weights import DEFAULT

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "search.md").read_text()
NO_EVIDENCE = {"version", "on_list", "crowd", "offset", "slope"}


def test_the_weights_are_those_of_the_code():
    told = {
        name: float(bits) for name, bits in re.findall(r"^\| `(\w+)` \| (-?[\d.]+) \|", PAGE, re.M)
    }

    assert told == {name: bits for name, bits in asdict(DEFAULT).items() if name not in NO_EVIDENCE}


def test_the_bounds_are_those_of_the_code():
    assert f"the best is less likely than {THRESHOLD}," in PAGE
    assert f"2^{FOLLOWING_BITS:.0f} times less likely" in PAGE
    assert f"of words {query_reading.MAX_WORD_LENGTH} letters" in PAGE
    assert f"of each text {MAX_QUERY_LENGTH}" in PAGE
    assert f"and {MOST} at most" in PAGE


def test_the_limits_are_those_of_the_settings(settings):
    for name in ("SEARCHES_PER_ADDRESS", "CHECKS_PER_ADDRESS", "CHECKS_PER_SUBJECT"):
        assert f"`{name}` ({getattr(settings, name)})" in PAGE
