"""The list of actions and its table in the guide say the same."""

import re
from pathlib import Path

from audit.actions import KIND_OF_ACTION

ROW = re.compile(r"^\| `([a-z_]+\.[a-z_]+)` \| ([a-z]+) \| (.+) \|$", re.MULTILINE)


def test_the_guide_names_each_action_with_its_kind_and_no_other():
    told = ROW.findall(Path("docs/audit.md").read_text(encoding="utf-8"))

    assert [(action, kind) for action, kind, _ in told] == list(KIND_OF_ACTION.items())
