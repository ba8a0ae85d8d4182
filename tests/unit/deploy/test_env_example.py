"""`.env.example` names every setting, each with its comment, and nothing else."""

import itertools
import re

from deploy.local import places

ASSIGNMENT = re.compile(r"^#?([A-Z][A-Z0-9_]+)=")
READ_BY_SETTINGS = re.compile(
    r"env\.(?:text|flag|number|whole|words|choice|secret)\(\s*\"((?!SINS_)[A-Z_]+)\""
)
# Read by the client library, the containers' entrypoint and gunicorn's configuration.
READ_ELSEWHERE = re.compile(
    r"^(KAFKA_(SASL|SSL)_.*|KAFKA_SECURITY_PROTOCOL|LOAD_SAMPLE_DATA|WEB_.*)$"
)

LINES = (places.CHECKOUT / ".env.example").read_text(encoding="utf-8").splitlines()


def test_every_setting_is_in_the_example_and_nothing_else():
    # Without SINS_FAIL_POINT and its like, which only tests set.
    settings = (places.CHECKOUT / "sins" / "settings.py").read_text(encoding="utf-8")
    named = [match.group(1) for line in LINES if (match := ASSIGNMENT.match(line))]

    known = {name for name in named if not READ_ELSEWHERE.match(name)}
    assert known == set(READ_BY_SETTINGS.findall(settings))
    assert len(named) == len(set(named))


def test_every_variable_has_its_own_comment():
    for before, line in itertools.pairwise(LINES):
        if ASSIGNMENT.match(line):
            assert before.startswith("# "), f"{line} has no comment above it"
