"""/metrics says what the guide says it does, and nothing about persons."""

import logging
import os
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import get_resolver
from prometheus_client.parser import text_string_to_metric_families

from audit.chain import numbering as chain
from audit.entries import add_entry
from audit.models import Verification
from events.clock import us_of
from events.principal import Act, Principal
from tests.integration.audit.chains import hear_going_back
from tests.prometheus import rules, used
from tests.unit.deploy.test_operations import section

ROOT = Path(__file__).parents[3]
GUNICORN = ROOT / "deploy" / "gunicorn.conf.py"
# Labels that Prometheus itself gives.
FROM_PROMETHEUS = {"instance", "job"}
LIST = "/api/customers/items/"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def shipping(settings, tmp_path) -> None:
    settings.ELASTICSEARCH_HOST = ("http://127.0.0.1:1",)
    settings.LOG_DIR = str(tmp_path)


def samples(text: str) -> dict[str, list[dict[str, str]]]:
    """Name of a series → the labels of each of its samples."""
    found: dict[str, list[dict[str, str]]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, []).append(sample.labels)
    return found


def value(text: str, name: str, **labels: str) -> float:
    (found,) = [
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]
    return found


def asked() -> str:
    answer = Client().get("/metrics")
    assert answer.status_code == 200
    return answer.content.decode()


def a_numbered_read() -> None:
    Client().get(LIST, headers={"X-Role": "service_agent"})
    assert chain.number_entries() > 0


@pytest.mark.django_db
def test_the_guide_names_every_metric_and_every_alert_has_its_own(shipping) -> None:
    a_numbered_read()
    Verification.objects.create(verified_at=LONG_AGO, code="")
    logging.getLogger("sins.test").error("test.line")

    series = samples(asked())

    names = {re.sub(r"_(bucket|count|sum)$", "", name) for name in series}
    documented = re.findall(r"^\| (`sins_.+?) \|", section("Health, metrics, logs"), re.M)
    assert names == {name for cell in documented for name in re.findall(r"`(\w+)`", cell)}
    for rule in rules():
        for metric, labels in used(rule["expr"]).items():
            if metric != "up":
                assert metric in series, rule["alert"]
                assert labels - FROM_PROMETHEUS <= set(series[metric][0]), rule["alert"]


@pytest.mark.django_db
def test_labels_are_few_and_name_nobody(shipping) -> None:
    agent = {"headers": {"X-Role": "service_agent"}}
    for path in ("/?q=Canary", "/Canary", "/customers/Canary", "/api/customers/items/Canary/"):
        Client().get(path, **agent)
    Client().generic("CANARY", "/", **agent)
    Client().get("/", headers={"X-Role": "Canary", "X-Request-Id": "Canary"})

    text = asked()

    assert "canary" not in text.lower()
    names = {key for key in get_resolver().reverse_dict if isinstance(key, str)}
    routes = {labels["route"] for labels in samples(text)["sins_http_requests_total"]}
    unnamed = {route for route in routes if route.rpartition(":")[2] not in names}
    assert all(route == "none" or re.fullmatch(r"[\w.:-]+", route) for route in unnamed)
    assert not [route for route in routes if "/" in route]
    keys = {key for each in samples(text).values() for labels in each for key in labels}
    assert keys <= {"location", "route", "method", "status", "le", "level", "kind", "outcome", "stream"}  # noqa: E501  # fmt: skip


@pytest.mark.django_db
def test_requests_are_counted_by_route_and_status() -> None:
    before, labels = asked(), {"route": "none", "method": "GET", "status": "404"}
    known = any(
        labels.items() <= each.items()
        for each in samples(before).get("sins_http_requests_total", [])
    )
    count = value(before, "sins_http_requests_total", **labels) if known else 0

    Client().get("/nowhere")

    assert value(asked(), "sins_http_requests_total", **labels) == count + 1


@pytest.mark.django_db
def test_the_audit_is_told_by_kind_outcome_age_and_verdict(shipping) -> None:
    a_numbered_read()
    Client().get(LIST, headers={"X-Role": "service_agent"})
    text = asked()

    assert value(text, "sins_audit_entries_total", kind="read", outcome="ok") == 1
    assert value(text, "sins_audit_unnumbered_entries") >= 1
    assert value(text, "sins_audit_unnumbered_seconds") < 60
    assert "sins_audit_chain_intact" not in text  # nobody has verified yet

    verified = Verification.objects.create(verified_at=LONG_AGO, code="")
    assert value(asked(), "sins_audit_chain_intact") == 1
    verified.code = "altered"
    verified.verified_at = datetime.now(UTC) - timedelta(hours=1)
    verified.save()
    text = asked()
    assert value(text, "sins_audit_chain_intact") == 0
    assert value(text, "sins_audit_verified_seconds") == pytest.approx(3600, abs=60)


@pytest.mark.django_db
def test_a_peer_that_contradicts_itself_is_counted() -> None:
    hear_going_back("loc2")

    assert value(asked(), "sins_audit_peer_contradictions_total") == 1


@pytest.mark.django_db
def test_a_chain_that_nobody_ever_verified_ages_from_its_first_entry(shipping) -> None:
    (limit_s,) = [
        int(rule["expr"].removeprefix("sins_audit_verified_seconds > "))
        for rule in rules()
        if rule["alert"] == "ChainUnverified"
    ]
    assert value(asked(), "sins_audit_verified_seconds") < 60

    at = datetime.now(UTC) - timedelta(seconds=limit_s + 60)
    act = Act(Principal("anna", "service_agent", "loc1", "header"), uuid4(), us_of(at))
    add_entry(act, action="customer.listed")

    assert value(asked(), "sins_audit_verified_seconds") > limit_s


@pytest.mark.django_db
def test_shipping_and_disk_are_told_where_there_are_any(shipping, settings) -> None:
    a_numbered_read()
    assert value(asked(), "sins_ship_waiting_entries") >= 1
    assert value(asked(), "sins_disk_free_bytes") < value(asked(), "sins_disk_size_bytes")

    settings.ELASTICSEARCH_HOST = ()
    settings.LOG_DIR = ""
    assert "sins_ship" not in asked()
    assert "sins_disk" not in asked()


COUNT = """
from sins import counters
for _ in range(3):
    counters.count_request(location_id="loc1", route="r", method="GET", status=200, seconds=0.02)
"""
TELL = """
from prometheus_client import CollectorRegistry, generate_latest
from sins import counters
registry = CollectorRegistry()
counters.register(registry)
print(generate_latest(registry).decode())
"""


def test_the_counts_of_several_processes_are_added_up(tmp_path) -> None:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}

    def run(code: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    run(COUNT)
    run(COUNT)
    text = run(TELL)

    assert value(text, "sins_http_requests_total", route="r", status="200") == 6
    assert value(text, "sins_http_request_seconds_bucket", route="r", le="0.025") == 6
    assert value(text, "sins_http_request_seconds_bucket", route="r", le="0.01") == 0


def test_gunicorn_makes_the_folder_of_the_counts_and_removes_it(monkeypatch) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")  # so that what gunicorn sets is undone
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR")
    dead = subprocess.Popen(["true"])
    dead.wait()
    memory = Path("/dev/shm") if Path("/dev/shm").is_dir() else Path(tempfile.gettempdir())
    left = Path(tempfile.mkdtemp(prefix=f"sins-metrics-{dead.pid}-", dir=memory))
    first: dict = {}
    exec(GUNICORN.read_text(), first)  # noqa: S102
    folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    again: dict = {}
    exec(GUNICORN.read_text(), again)  # noqa: S102  (a reload reads it again)

    assert folder.is_dir()
    assert not left.exists()  # somebody was killed there
    assert os.environ["PROMETHEUS_MULTIPROC_DIR"] == str(folder)
    again["on_exit"](None)
    first["on_exit"](None)
    assert not folder.exists()
