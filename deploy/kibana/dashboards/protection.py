"""Data protection: who looked at whom, what was removed, and did the runs run?"""

from deploy.kibana.dashboards.shared import LOCATION, entries_row, header
from deploy.kibana.spec import (
    Control,
    Count,
    Dashboard,
    Graph,
    Number,
    Row,
    Table,
    Time,
    Top,
    Value,
)
from deploy.kibana.views import AUDIT, SUBJECT_ENTRIES

READS = "sins.kind: read and sins.entity_uid: *"
REMOVALS = (
    "event.action: (entity.deleted or entity.restored or entity.erased "
    "or erasure.scheduled or erasure.cancelled)"
)
RUNS = "sins.kind: command"

PROTECTION = Dashboard(
    id="sins-protection",
    title="SINS Data protection",
    description="Reads of each subject, removals and erasures, runs over the whole list.",
    header=header(
        "sins-protection",
        "who looked at whom, what was removed, and did the runs run? Subjects are ids: "
        "look one up in the product, if you may. A click narrows all panels, down to the "
        "entries at the end.",
    ),
    view=AUDIT,
    since="now-30d",
    refresh_s=0,
    controls=(
        Control(field="labels.location", title="Location"),
        Control(field="user.name", title="Who"),
        Control(field="sins.entity_uid", title="Subject"),
    ),
    rows=(
        Row(
            height=6,
            panels=(
                Number(
                    id="reads-count",
                    title="Reads of a subject",
                    question="How often was somebody's record opened?",
                    width=12,
                    measure=Count(label="reads", where=READS),
                ),
                Number(
                    id="subjects",
                    title="Subjects looked at",
                    question="How many different people's records were opened?",
                    width=12,
                    where=READS,
                    measure=Value(label="subjects", field="sins.entity_uid", how="unique_count"),
                ),
                Number(
                    id="removals-count",
                    title="Removals and erasures",
                    question="How many records were ended, brought back or erased?",
                    width=12,
                    measure=Count(label="entries", where=REMOVALS),
                ),
                Number(
                    id="runs-count",
                    title="Runs over the whole list",
                    question="How many commands ran: retention, loading, rebuilding …?",
                    width=12,
                    measure=Count(label="runs", where=RUNS),
                ),
            ),
        ),
        Row(
            height=14,
            panels=(
                Table(
                    id="subject-reads",
                    title="Most read subjects",
                    question="Whose record was opened most, and by how many different people?",
                    width=24,
                    where=READS,
                    rows=(Top("sins.entity_uid", "Subject", size=25),),
                    measures=(
                        Count(label="Reads"),
                        Value(label="Readers", field="user.name", how="unique_count"),
                    ),
                ),
                Table(
                    id="readers",
                    title="Who read most",
                    question="Who opened how many records, and of how many different people?",
                    width=24,
                    where=READS,
                    rows=(
                        Top("user.name", "Who", size=25),
                        Top("labels.location", "Location", size=3, by_name=True),
                    ),
                    measures=(
                        Count(label="Reads"),
                        Value(label="Subjects", field="sins.entity_uid", how="unique_count"),
                    ),
                ),
            ),
        ),
        Row(
            height=12,
            panels=(
                Graph(
                    id="reads",
                    title="Reads of a subject over time",
                    question="Did somebody look at unusually many records at once?",
                    width=24,
                    where=READS,
                    chart="stacked",
                    x=Time(),
                    split=Top("user.roles", "Role", by_name=True),
                    measures=(Count(label="reads"),),
                ),
                Table(
                    id="found",
                    title="Found in searches",
                    question="Who was among the results of how many searches?",
                    width=24,
                    where="sins.kind: search",
                    rows=(Top("sins.hit_ids", "Subject", size=25),),
                    measures=(
                        Count(label="Searches"),
                        Value(label="Searchers", field="user.name", how="unique_count"),
                    ),
                ),
            ),
        ),
        Row(
            height=12,
            panels=(
                Graph(
                    id="removals",
                    title="Removals and erasures",
                    question="When were records ended, brought back or erased?",
                    width=24,
                    where=REMOVALS,
                    chart="stacked",
                    x=Time(),
                    split=Top("event.action", "Action", by_name=True),
                    measures=(Count(label="entries"),),
                ),
                Table(
                    id="runs",
                    title="Runs over the whole list",
                    question="Which commands ran where, how often, over how many records?",
                    width=24,
                    where=RUNS,
                    rows=(Top("event.action", "Run", size=25), LOCATION),
                    measures=(
                        Count(label="Runs"),
                        Value(label="Records", field="sins.result_count", how="sum"),
                        Count(label="Failed", where="event.outcome: failed"),
                    ),
                ),
            ),
        ),
        entries_row(
            id="entries",
            title="Entries that name a subject",
            question="Who looked at, found, changed or removed whom, one by one?",
            entries=SUBJECT_ENTRIES,
        ),
    ),
)
