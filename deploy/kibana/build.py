"""Dashboards as data → NDJSON files here, and the tables of docs/dashboards.md.

python -m deploy.kibana.build
"""

from collections.abc import Iterator
from pathlib import Path

from deploy.kibana import objects
from deploy.kibana.dashboards import DASHBOARDS
from deploy.kibana.spec import Dashboard

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "docs" / "dashboards.md"
# A dashboard's table stands between these two lines of the document.
BEGIN, END = "<!-- panels of {id} -->", "<!-- end -->"


def files() -> dict[Path, str]:
    """Every file that follows from the dashboards, and what it should hold."""
    built = {
        HERE / f"{dashboard.id}.ndjson": objects.file_of(dashboard) for dashboard in DASHBOARDS
    }
    return built | {DOCUMENT: _document(DOCUMENT.read_text())}


def _document(text: str) -> str:
    for dashboard in DASHBOARDS:
        before, begin, after = text.partition(BEGIN.format(id=dashboard.id) + "\n")
        _, end, rest = after.partition(END)
        if not end:
            raise ValueError(f"{DOCUMENT.name} has no place for the panels of {dashboard.id}")
        text = "".join([before, begin, *_table(dashboard), end, rest])
    return text


def _table(dashboard: Dashboard) -> Iterator[str]:
    yield "| panel | the question it answers |\n|---|---|\n"
    for panel in dashboard.panels:
        yield f"| {panel.title} | {panel.question} |\n"


def main() -> None:
    for path, text in files().items():
        path.write_text(text)
        print(f"wrote {path.name}")


if __name__ == "__main__":
    main()
