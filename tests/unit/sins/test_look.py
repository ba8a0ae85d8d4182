"""The look keeps its promises: contrast, vendored files, icons, nothing inline."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
STATIC = ROOT / "sins" / "static"
TEMPLATES = sorted(
    [
        *(ROOT / "sins" / "templates").rglob("*.html"),
        *(ROOT / "customers" / "templates").rglob("*.html"),
    ]
)

THEMES = ("light", "dark")
INKS = ("ink", "ink2", "ink3", "accent", "ok", "warn", "bad", "past")
FILLS = (
    "surface",
    "bg",
    "sunk",
    "raised",
    "accentsoft",
    "oksoft",
    "warnsoft",
    "badsoft",
    "pastsoft",
)
CHARTS = ("c1", "c2", "c3", "c4", "c5", "c6")
TEXT_PAIRS = [(ink, fill) for ink in INKS for fill in FILLS]
TEXT_PAIRS += [("onfill", "accentfill"), ("ink", "hit"), ("ink", "line")]
MARK_PAIRS = [("control", fill) for fill in ("surface", "raised", "bg")]
MARK_PAIRS += [(chart, "surface") for chart in CHARTS]

TOKEN = re.compile(r"--([a-z0-9]+): light-dark\((#[0-9A-F]{6}), (#[0-9A-F]{6})\);")


def tokens(theme: str) -> dict[str, str]:
    css = (STATIC / "app.css").read_text()
    return {name: light if theme == "light" else dark for name, light, dark in TOKEN.findall(css)}


def luminance(colour: str) -> float:
    """Relative luminance of #RRGGBB, WCAG 2.2."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_the_ratio_of_wcag():
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
def test_text_is_readable_on_every_fill(theme):
    colours = tokens(theme)

    weak = {pair for pair in TEXT_PAIRS if contrast(colours[pair[0]], colours[pair[1]]) < 4.5}

    assert weak == set()


@pytest.mark.parametrize("theme", THEMES)
def test_borders_of_controls_and_marks_of_charts_are_visible(theme):
    colours = tokens(theme)

    weak = {pair for pair in MARK_PAIRS if contrast(colours[pair[0]], colours[pair[1]]) < 3}

    assert weak == set()


def test_every_colour_is_a_token():
    css = (STATIC / "app.css").read_text()
    outside = re.sub(TOKEN, "", css)

    colours = set(re.findall(r"#[0-9A-Fa-f]{6}\b", outside))

    assert colours == set()


def test_every_variable_that_is_used_is_defined():
    css = (STATIC / "app.css").read_text()

    used = set(re.findall(r"var\(--([a-z0-9]+)", css))

    assert used <= set(re.findall(r"--([a-z0-9]+):", css))


def test_vendored_files_are_the_listed_ones():
    listing = (STATIC / "vendor" / "VENDORED.md").read_text()
    rows = re.findall(r"^\| `([^`]+)` .*`([0-9a-f]{64})` \|$", listing, re.MULTILINE)

    found = {
        name: hashlib.sha256((STATIC / "vendor" / name).read_bytes()).hexdigest()
        for name, _ in rows
    }

    assert len(rows) == 4
    assert found == dict(rows)


def test_nothing_is_vendored_without_being_listed():
    listing = (STATIC / "vendor" / "VENDORED.md").read_text()
    vendor = STATIC / "vendor"

    files = {str(path.relative_to(vendor)) for path in vendor.rglob("*") if path.is_file()}

    assert {name for name in files if f"`{name}`" not in listing} == {"VENDORED.md"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_no_inline_script_or_style(path):
    text = path.read_text()

    assert not re.search(r"\sstyle=", text)
    assert not re.search(r"<style", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"\son[a-z]+=", text)
    assert not re.search(r"\shx-on", text)


def test_the_sprite_holds_exactly_the_icons_in_use():
    sprite = set(re.findall(r'<symbol id="([a-z0-9-]+)"', (STATIC / "icons.svg").read_text()))
    named = {
        name
        for path in TEMPLATES
        for name in re.findall(r'{% icon "([a-z0-9-]+)"', path.read_text())
    }
    sentences = (ROOT / "customers" / "web" / "sentences.py").read_text()
    of_events = set(re.findall(r'": \("([a-z0-9-]+)", "', sentences))
    switched = {"sun"}  # app.js shows it instead of the moon

    assert sprite == named | of_events | switched


def test_every_page_names_its_language_and_its_title():
    base = (ROOT / "sins" / "templates" / "base.html").read_text()

    assert '<html lang="en"' in base
    assert "<title>" in base


@pytest.mark.parametrize(
    "name", ["app.css", "app.js", "icons.svg", "favicon.svg", "vendor/bootstrap/bootstrap.min.css"]
)
def test_no_static_file_points_elsewhere(name):
    text = (STATIC / name).read_text()

    addresses = set(re.findall(r"(?:https?:)?//[a-z][a-z0-9.-]+\.[a-z]{2,}", text))

    assert addresses <= {"http://www.w3.org", "https://getbootstrap.com", "https://github.com"}
