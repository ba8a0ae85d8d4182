"""docs/operations.md describes what there is: every variable and command, and no other."""

import re
from pathlib import Path

from django.core.management import get_commands

from tests.unit.deploy.test_compose import GUNICORN_VARIABLES, OURS, variables_the_code_reads

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs/operations.md").read_text()
OUR_APPS = ("sins", "customers", "entities", "audit", "events")


def section(title: str) -> str:
    return re.search(rf"^## {title}$(.*?)(?=^## |\Z)", GUIDE, re.M | re.S).group(1)


def first_cells(table: str) -> list[str]:
    return re.findall(r"^\| (`.+?) \|", table, re.M)


def documented_variables() -> set[str]:
    """`A`, `B` in a cell are two names; `_B` continues the prefix of the first."""
    found = set()
    for cell in first_cells(section("Configuration")):
        names = re.findall(r"`(\w+)`", cell)
        prefix = names[0].split("_")[0]
        found |= {prefix + name if name.startswith("_") else name for name in names}
    return found


def test_every_variable_the_code_reads_is_documented():
    read = {name for name in variables_the_code_reads() if not name.endswith("_FILE")}
    read = {name for name in read if not name.startswith("SINS_")}  # for tests only

    assert read | set(GUNICORN_VARIABLES) <= documented_variables()


def test_no_variable_is_invented():
    known = variables_the_code_reads() | set(GUNICORN_VARIABLES)
    others = documented_variables() - known

    # Those that pass to the Kafka client by their form.
    assert all(name.startswith("KAFKA_") for name in others)


def test_the_commands_are_those_that_exist():
    documented = set(re.findall(r"^\| (`.+?`) \|", section("Commands"), re.M))
    documented = {word for cell in documented for word in re.findall(r"`(\w+)", cell)}
    ours = {name for name, app in get_commands().items() if app in OUR_APPS}

    assert documented == ours


def test_the_log_lines_are_written_somewhere():
    table = section("Health, metrics, logs").split("| message |")[1]
    messages = re.findall(r"`([a-z]+\.[a-z_]+)`", table)
    sources = [file for app in OUR_APPS for file in (ROOT / app).rglob("*.py")]
    code = "\n".join(file.read_text() for file in sources)

    assert len(messages) > 5
    assert [message for message in messages if f'"{message}"' not in code] == []


def test_a_restore_stops_every_process_of_the_location():
    stopped = re.search(r"^docker compose stop (.+)$", section("Backup and restore"), re.M).group(1)

    running = {name for name in OURS if name.startswith("loc2-")} - {"loc2-migrate"}
    assert set(stopped.split()) == running
