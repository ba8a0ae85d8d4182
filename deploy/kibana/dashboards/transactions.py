"""Transactions: who did what, where, and what was refused?"""

from deploy.kibana.dashboards.shared import entries_row, header
from deploy.kibana.spec import (
    Control,
    Count,
    Dashboard,
    Graph,
    Heatmap,
    Number,
    Row,
    Table,
    Time,
    Top,
    Value,
)
from deploy.kibana.views import AUDIT, ENTRIES

REFUSED = "event.outcome: refused"
EMPTY = "sins.kind: search and sins.result_count: 0"
CHANGES = Value(label="Changes", field="sins.changes", how="sum")

TRANSACTIONS = Dashboard(
    id="sins-transactions",
    title="SINS Transactions",
    description="Every read, search, change and refusal at all locations.",
    header=header(
        "sins-transactions",
        "who did what, where, and what was refused? Each entry is one transaction, "
        "numbered without gaps at its location (`sins.seq`). A click narrows all panels, "
        "down to the entries at the end.",
        entries=("all entries", "sins-entries"),
    ),
    view=AUDIT,
    since="now-7d",
    refresh_s=0,
    controls=(
        Control(field="labels.location", title="Location"),
        Control(field="user.name", title="Who"),
        Control(field="user.roles", title="Role"),
        Control(field="event.action", title="Action"),
    ),
    rows=(
        Row(
            height=6,
            panels=(
                Number(
                    id="entries-count",
                    title="Transactions",
                    question="How many were there?",
                    width=12,
                    measure=Count(label="transactions"),
                ),
                Number(
                    id="people",
                    title="Who acted",
                    question="How many different users and programs?",
                    width=12,
                    measure=Value(label="actors", field="user.name", how="unique_count"),
                ),
                Number(
                    id="refused-count",
                    title="Refused",
                    question="How often was somebody turned away?",
                    width=12,
                    measure=Count(label="refused", where=REFUSED),
                ),
                Number(
                    id="empty-count",
                    title="Searches without result",
                    question="How often was nobody found?",
                    width=12,
                    measure=Count(label="without result", where=EMPTY),
                ),
            ),
        ),
        Row(
            height=13,
            panels=(
                Graph(
                    id="kinds",
                    title="What was done",
                    question="When was there how much of each kind: reads, searches, writes …?",
                    width=28,
                    chart="stacked",
                    x=Time(),
                    split=Top("sins.kind", "Kind", by_name=True),
                    measures=(Count(label="transactions"),),
                ),
                Heatmap(
                    id="hours",
                    title="Hour and weekday",
                    question="At which hours of which days is work done (in the location's time)?",
                    width=20,
                    x=Top("sins.hour", "Hour", size=24, by_name=True, is_number=True),
                    y=Top("sins.weekday", "Weekday", size=7, by_name=True),
                    measure=Count(label="transactions"),
                ),
            ),
        ),
        Row(
            height=14,
            panels=(
                Table(
                    id="who",
                    title="Who",
                    question="Who did how much, in which role, and was refused how often?",
                    width=24,
                    rows=(
                        Top("user.name", "Who", size=25),
                        Top("user.roles", "Role", size=3, by_name=True),
                    ),
                    measures=(
                        Count(label="Transactions"),
                        CHANGES,
                        Count(label="Refused", where=REFUSED),
                    ),
                ),
                Table(
                    id="what",
                    title="What",
                    question="Which actions were there, how many failed or were refused?",
                    width=24,
                    rows=(Top("event.action", "Action", size=100),),
                    measures=(
                        Count(label="Transactions"),
                        CHANGES,
                        Count(label="Refused", where=REFUSED),
                        Count(label="Failed", where="event.outcome: failed"),
                    ),
                ),
            ),
        ),
        Row(
            height=12,
            panels=(
                Graph(
                    id="where",
                    title="Where",
                    question="At which location was what done?",
                    width=16,
                    chart="across",
                    x=Top("labels.location", "Location", size=20),
                    split=Top("sins.kind", "Kind", by_name=True),
                    measures=(Count(label="transactions"),),
                ),
                Graph(
                    id="refused",
                    title="Refused",
                    question="When was somebody turned away, and why?",
                    width=16,
                    where=REFUSED,
                    chart="stacked",
                    x=Time(),
                    split=Top("sins.codes", "Reason", size=8),
                    measures=(Count(label="refused"),),
                ),
                Graph(
                    id="empty",
                    title="Searches with and without result",
                    question="Does searching get better or worse?",
                    width=16,
                    where="sins.kind: search",
                    chart="bars",
                    x=Time(),
                    measures=(
                        Count(label="with result", where="sins.result_count > 0"),
                        Count(label="without result", where="sins.result_count: 0"),
                    ),
                ),
            ),
        ),
        Row(
            height=12,
            panels=(
                Table(
                    id="empty-again",
                    title="Asked again and again without result",
                    question="Which searches (keyed hashes, never their words) always find nobody?",
                    width=24,
                    where=EMPTY,
                    rows=(Top("sins.query_hash", "Search", size=15),),
                    measures=(
                        Count(label="Times"),
                        Value(label="Askers", field="user.name", how="unique_count"),
                    ),
                ),
                Table(
                    id="received",
                    title="Received from elsewhere",
                    question="How many changes were taken over, from where, at which location?",
                    width=24,
                    where="sins.kind: applied",
                    rows=(
                        Top("labels.location", "At", size=20, by_name=True),
                        Top("sins.origins", "From", size=20, by_name=True),
                    ),
                    measures=(Count(label="Batches"), CHANGES),
                ),
            ),
        ),
        entries_row(
            id="entries",
            title="Entries",
            question="Who did what, one by one?",
            entries=ENTRIES,
        ),
    ),
)
