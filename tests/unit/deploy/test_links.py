"""What README and docs point at is there: pages, pictures, folders, sections of code."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page):
    targets = [link for link in LINK.findall(page.read_text()) if "://" not in link]

    missing = [link for link in targets if not (page.parent / link).exists()]

    assert missing == []


def test_the_readme_shows_a_picture():
    assert re.search(r"!\[[^]]+\]\(docs/pictures/\w+\.png\)", (ROOT / "README.md").read_text())


def test_modules_named_in_the_architecture_exist():
    text = (ROOT / "docs/architecture.md").read_text()
    rows = re.findall(r"^\| `(\w+/)` \| .* \| (`.+`) \|$", text, re.M)
    named = [folder + name for folder, cell in rows for name in re.findall(r"`(\S+)`", cell)]
    named += re.findall(r"`((?:events|audit|entities|customers|sins)/[\w/]+\.py)`", text)

    assert len(named) > 15
    assert [name for name in named if not (ROOT / name).exists()] == []
