"""Sync: how fast do changes reach the other locations, and what holds them up?"""

from deploy.kibana.dashboards.shared import DEAD_LETTERS, MEASURED, PEER, entries_row, header
from deploy.kibana.spec import (
    Control,
    Count,
    Dashboard,
    Graph,
    Number,
    Percentile,
    Row,
    Table,
    Time,
    Top,
    Value,
)
from deploy.kibana.views import LOGS, SYNC_LINES

APPLIED = "sins.latency_ms: *"
HERE = Top("labels.location", "At", size=20, by_name=True)
ORIGIN = Top("labels.origin", "From", size=20, by_name=True)


def _measured(id: str, title: str, question: str, field: str, *, split: Top = PEER) -> Graph:
    """What `sync.measured` says of each location; somebody always says it, also of a silent one."""
    return Graph(
        id=id,
        title=title,
        question=question,
        width=16,
        where=MEASURED,
        chart="lines",
        x=Time(),
        split=split,
        measures=(Value(label=title.lower(), field=field, how="max"),),
    )


SYNC = Dashboard(
    id="sins-sync",
    title="SINS Sync",
    description="Latency between the locations, backlog, conflicts and dead letters.",
    header=header(
        "sins-sync",
        "how fast do changes reach the other locations, and what holds them up? A click "
        "narrows all panels, down to the log lines at the end; a request id there finds a"
        " write's way through all locations.",
    ),
    view=LOGS,
    since="now-1h",
    refresh_s=30,
    controls=(
        Control(field="labels.location", title="At"),
        Control(field="labels.origin", title="From"),
    ),
    rows=(
        Row(
            height=6,
            panels=(
                Number(
                    id="applied",
                    title="Changes taken over",
                    question="How many changes of others arrived?",
                    width=12,
                    where=APPLIED,
                    measure=Value(label="changes", field="sins.events", how="sum"),
                ),
                Number(
                    id="latency-now",
                    title="95 % arrived within",
                    question="How long is a change on its way, nearly always?",
                    width=12,
                    where=APPLIED,
                    measure=Percentile(label="95 %", field="sins.latency_ms", percent=95),
                ),
                Number(
                    id="conflicts-now",
                    title="Open conflicts now",
                    question="How many conflicts wait for somebody to decide?",
                    width=12,
                    where=MEASURED,
                    measure=Value(label="conflicts", field="sins.conflicts", how="last_value"),
                    each=PEER,
                ),
                DEAD_LETTERS,
            ),
        ),
        Row(
            height=12,
            panels=(
                Graph(
                    id="latency",
                    title="Latency between locations",
                    question="How long are changes on their way, and when was it longer?",
                    width=24,
                    where=APPLIED,
                    chart="lines",
                    x=Time(),
                    measures=(
                        Percentile(label="50 %", field="sins.latency_ms", percent=50),
                        Percentile(label="95 %", field="sins.latency_ms", percent=95),
                        Percentile(label="99 %", field="sins.latency_ms", percent=99),
                    ),
                ),
                Table(
                    id="links",
                    title="Each way from location to location",
                    question="Which way is slow, and how much goes over it?",
                    width=24,
                    where=APPLIED,
                    rows=(ORIGIN, HERE),
                    measures=(
                        Value(label="Changes", field="sins.events", how="sum"),
                        Percentile(label="50 %", field="sins.latency_ms", percent=50),
                        Percentile(label="95 %", field="sins.latency_ms", percent=95),
                        Value(label="Longest", field="sins.latency_ms", how="max"),
                    ),
                ),
            ),
        ),
        Row(
            height=11,
            panels=(
                Graph(
                    id="arrivals",
                    title="Changes taken over per minute",
                    question="When did how many changes arrive, from where?",
                    width=16,
                    where=APPLIED,
                    chart="stacked",
                    x=Time(),
                    split=ORIGIN,
                    measures=(Value(label="changes", field="sins.events", how="sum"),),
                ),
                _measured(
                    "unsealed", "Not sent yet", "Do changes made here stay here?", "sins.unsealed"
                ),
                _measured(
                    "behind",
                    "Not arrived yet",
                    "How many changes does each location still miss?",
                    "sins.lag_events",
                ),
            ),
        ),
        Row(
            height=11,
            panels=(
                _measured(
                    "pending",
                    "Received, waiting",
                    "Do changes wait that arrived and could not be used yet?",
                    "sins.pending",
                ),
                _measured(
                    "conflicts",
                    "Open conflicts",
                    "Do conflicts pile up?",
                    "sins.conflicts",
                ),
                _measured(
                    "pairs",
                    "Likely duplicates",
                    "Do likely duplicates pile up?",
                    "sins.duplicate_pairs",
                    split=HERE,
                ),
            ),
        ),
        Row(
            height=11,
            panels=(
                _measured(
                    "silence",
                    "Silent for",
                    "For how long was nothing heard of each location?",
                    "sins.lag_s",
                ),
                Table(
                    id="complaints",
                    title="What held it up",
                    question="What did publishing and consuming complain of?",
                    width=32,
                    where=(
                        "process.name: (publish or consume) "
                        "and log.level: (warning or error or critical)"
                    ),
                    rows=(Top("message", "Line", size=15), HERE),
                    measures=(Count(label="Lines"),),
                ),
            ),
        ),
        entries_row(
            id="lines",
            title="Log lines of the exchange",
            question="What did publishing and consuming write, line by line?",
            entries=SYNC_LINES,
        ),
    ),
)
