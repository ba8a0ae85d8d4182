"""The data views and saved searches that the dashboards share."""

from deploy.kibana.spec import DataView, Entries

TIME_FIELD = "@timestamp"


def _duration(unit: str, shown: str) -> dict[str, object]:
    params = {
        "inputFormat": unit,
        "outputFormat": shown,
        "outputPrecision": 1,
        "showSuffix": True,
        "useShortSuffix": True,
        "includeSpaceWithSuffix": True,
    }
    return {"id": "duration", "params": params}


AUDIT = DataView(
    id="sins-audit",
    pattern="sins-audit*",
    name="SINS audit entries",
    formats={"event.duration": _duration("nanoseconds", "asMilliseconds")},
)
LOGS = DataView(
    id="sins-logs",
    pattern="sins-logs*",
    name="SINS log lines",
    formats={
        "event.duration": _duration("nanoseconds", "asMilliseconds"),
        "sins.latency_ms": _duration("milliseconds", "asMilliseconds"),
        "sins.latency_p50_ms": _duration("milliseconds", "asMilliseconds"),
        "sins.lag_s": _duration("seconds", "asSeconds"),
    },
)

ENTRIES = Entries(
    id="sins-entries",
    title="SINS audit entries",
    view=AUDIT,
    columns=(
        "labels.location",
        "user.name",
        "user.roles",
        "event.action",
        "event.outcome",
        "sins.entity_uid",
        "sins.result_count",
        "sins.changes",
        "http.request.id",
        "sins.seq",
    ),
)
# Who saw or removed something of somebody: the entries that name a person.
SUBJECT_ENTRIES = Entries(
    id="sins-subject-entries",
    title="SINS audit entries that name a subject",
    view=AUDIT,
    columns=(
        "labels.location",
        "user.name",
        "user.roles",
        "event.action",
        "sins.entity_uid",
        "sins.hit_ids",
        "http.request.id",
        "sins.seq",
    ),
    where="sins.entity_uid: * or sins.hit_ids: * or sins.kind: command",
)
LINES = Entries(
    id="sins-lines",
    title="SINS log lines",
    view=LOGS,
    columns=(
        "labels.location",
        "process.name",
        "log.level",
        "message",
        "sins.route",
        "http.response.status_code",
        "event.duration",
        "error.type",
        "http.request.id",
    ),
)
SYNC_LINES = Entries(
    id="sins-sync-lines",
    title="SINS log lines of the exchange between locations",
    view=LOGS,
    columns=(
        "labels.location",
        "labels.origin",
        "labels.peer",
        "process.name",
        "log.level",
        "message",
        "sins.events",
        "sins.latency_ms",
        "http.request.id",
    ),
    where="process.name: (publish or consume)",
)
