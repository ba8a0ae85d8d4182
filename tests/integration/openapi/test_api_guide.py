"""docs/api-guide.md: every command of it, in order, in one shell, against a real server."""

import itertools
import json
import re
import subprocess
from pathlib import Path

import pytest

from deploy.local.ports import HOST
from tests.services import HOME
from tests.sync.locations import Location

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "api-guide.md"
DEMO = "http://127.0.0.1:8001"
LEFT_OUT = "…"
BLOCK = re.compile(r"^```(sh|json|text)\n(.*?)^```", re.M | re.S)


@pytest.fixture(scope="module")
def site(postgres):
    """A location as the demo has it."""
    location = Location("loc1", postgres.create_database("guide"), HOME, {"LOCATION_NAME": "Guide"})
    location.manage("migrate", "-v0")
    location.manage("load_sample_data")
    location.manage("demo_users")
    location.start("web")
    yield location
    location.stop()


def steps():
    """(commands, kind of what they answer, the answer as shown)."""
    blocks = [*BLOCK.findall(GUIDE.read_text()), ("sh", "")]
    for (kind, commands), (answer_kind, shown) in itertools.pairwise(blocks):
        if kind == "sh":
            yield commands, *((answer_kind, shown) if answer_kind != "sh" else ("text", ""))


def test_every_command_answers_as_shown(site, tmp_path):
    script = "set -e -o pipefail\n" + "".join(
        f"{{\n{commands}}} > {tmp_path}/{number} 2>&1\n"
        for number, (commands, _, _) in enumerate(steps())
    )

    done = subprocess.run(
        ["bash", "-c", script.replace(DEMO, f"http://{HOST}:{site.port}")],
        cwd=tmp_path,
        timeout=120,
    )

    for number, (commands, kind, shown) in enumerate(steps()):
        assert (tmp_path / str(number)).exists(), f"not reached:\n{commands}"
        answer = (tmp_path / str(number)).read_text()
        is_same = is_text_like if kind == "text" else is_json_like
        assert is_same(shown, answer), f"{commands}\nanswered\n{answer}\nand not\n{shown}"
    assert done.returncode == 0


def test_the_guide_shows_what_most_commands_answer():
    assert sum(bool(shown) for _, _, shown in steps()) > 20


def is_text_like(shown, answer):
    pattern = ".*".join(map(re.escape, shown.strip().split(LEFT_OUT)))
    return re.fullmatch(pattern, answer.strip()) is not None


def is_json_like(shown, answer):
    wanted, found = json_values(shown), json_values(answer)
    return len(wanted) == len(found) and all(map(is_like, wanted, found))


def json_values(text):
    """Several may follow each other."""
    values, rest, decoder = [], text.strip(), json.JSONDecoder()
    while rest:
        value, end = decoder.raw_decode(rest)
        values.append(value)
        rest = rest[end:].lstrip()
    return values


def is_like(wanted, found):
    """The same, but for what is left out."""
    if wanted == LEFT_OUT:
        return True
    if isinstance(wanted, dict) and isinstance(found, dict):
        named = set(wanted) - {LEFT_OUT}
        is_whole = LEFT_OUT in wanted or named == set(found)
        return is_whole and all(key in found and is_like(wanted[key], found[key]) for key in named)
    if isinstance(wanted, list) and isinstance(found, list):
        if wanted and wanted[-1] == LEFT_OUT:
            wanted, found = wanted[:-1], found[: len(wanted) - 1]
        return len(wanted) == len(found) and all(map(is_like, wanted, found))
    return wanted == found


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1, "…": "…"}, {"b": 2}),
        ([1, "…"], [2, 3]),
        ([1], [1, 2]),
        ([1, 2, "…"], [1]),
    ],
)
def test_a_difference_is_seen(wanted, found):
    assert not is_like(wanted, found)
