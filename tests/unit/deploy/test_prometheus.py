"""The alert rules read as Prometheus reads them, and each has its line in the guide."""

import re
from pathlib import Path

import pytest
import yaml

from tests.prometheus import BadExpression, rules, used
from tests.unit.deploy.test_operations import section

FOLDER = Path(__file__).parents[3] / "deploy" / "prometheus"
CONFIGURATION = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
RULES = rules()
DURATION = re.compile(r"[1-9]\d*[smhd]")


def test_each_alert_has_one_line_that_says_what_to_do():
    documented = re.findall(r"^\| `(\w+)` \| \S", section("Alerts"), re.M)

    assert documented == [rule["alert"] for rule in RULES]
    assert len(set(documented)) == len(documented)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_has_what_prometheus_wants(rule):
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert rule["labels"]["severity"] in ("critical", "warning", "info")
    assert DURATION.fullmatch(rule.get("for", "1m"))
    assert used(rule["expr"])
    labels = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
    assert labels <= {"location", "instance", "stream"}
    assert rule["annotations"]["summary"].count("{{") == rule["annotations"]["summary"].count("}}")


def test_prometheus_asks_the_web_processes_and_reads_the_rules():
    (job,) = CONFIGURATION["scrape_configs"]
    (targets,) = [config["targets"] for config in job["static_configs"]]

    assert job["job_name"] == "sins"
    assert targets == ["loc1-web:8000", "loc2-web:8000", "loc3-web:8000"]
    assert all((FOLDER / file).is_file() for file in CONFIGURATION["rule_files"])


@pytest.mark.parametrize(
    ("expression", "metrics"),
    [
        ("up == 0", {"up": set()}),
        ('rate(a_total{code=~"5.."}[5m]) > 0.1', {"a_total": {"code"}}),
        ("sum by (at, le) (rate(a_bucket[5m])) / b", {"a_bucket": {"at", "le"}, "b": set()}),
        ("min_over_time(a[1d]) > 0 and on (location) b", {"a": set(), "b": set()}),
    ],
)
def test_an_expression_says_what_it_reads(expression, metrics):
    assert used(expression) == metrics


@pytest.mark.parametrize("expression", ["rate(a[5m]", "a > ", "sums(a)", "a{b=1}", "a[5x]", "> 1"])
def test_an_expression_that_is_none_is_refused(expression):
    with pytest.raises(BadExpression):
        used(expression)
