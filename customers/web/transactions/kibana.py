"""The same period in Kibana, where all locations are together. Pure."""

from datetime import UTC, datetime, timedelta

# As deploy/kibana names it.
DASHBOARD = "sins-transactions"
LEAST = timedelta(milliseconds=1)


def address(kibana_url: str, *, since: datetime, until: datetime) -> str:
    """The dashboard over [since, until); empty where there is no Kibana."""
    if not kibana_url:
        return ""
    period = f"from:'{_stamp(since)}',to:'{_stamp(until - LEAST)}'"
    return f"{kibana_url}/app/dashboards#/view/{DASHBOARD}?_g=(time:({period}))"


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
