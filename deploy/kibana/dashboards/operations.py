"""Operations: is each location quick and sound?"""

from deploy.kibana.dashboards.shared import (
    DEAD_LETTERS,
    LOCATION,
    MEASURED,
    PEER,
    entries_row,
    header,
)
from deploy.kibana.spec import (
    Control,
    Count,
    Dashboard,
    Graph,
    Number,
    Percentile,
    Row,
    Split,
    Table,
    Time,
    Top,
    Value,
)
from deploy.kibana.views import LINES, LOGS

REQUESTS = "message: http.request"
FAILED = "http.response.status_code >= 500"
REFUSED = "http.response.status_code >= 400 and http.response.status_code < 500"

OPERATIONS = Dashboard(
    id="sins-operations",
    title="SINS Operations",
    description="Requests, their speed and errors, lag and dead letters of each location.",
    header=header(
        "sins-operations",
        "is each location quick and sound? A click on a bar, a line or a row narrows all "
        "panels, down to the log lines at the end.",
        entries=("all log lines", "sins-lines"),
    ),
    view=LOGS,
    since="now-24h",
    refresh_s=60,
    controls=(
        Control(field="labels.location", title="Location"),
        Control(field="process.name", title="Process"),
        Control(field="sins.route", title="Route"),
    ),
    rows=(
        Row(
            height=6,
            panels=(
                Number(
                    id="requests",
                    title="Requests",
                    question="How much was asked of the locations?",
                    width=12,
                    where=REQUESTS,
                    measure=Count(label="requests"),
                ),
                Number(
                    id="slowest",
                    title="95 % of requests answered within",
                    question="How long does nearly everybody wait at most?",
                    width=12,
                    where=REQUESTS,
                    measure=Percentile(label="95 %", field="event.duration", percent=95),
                ),
                Number(
                    id="failures",
                    title="Failed requests",
                    question="How often did somebody see an error page (5xx)?",
                    width=12,
                    where=REQUESTS,
                    measure=Count(label="failed", where=FAILED),
                ),
                DEAD_LETTERS,
            ),
        ),
        Row(
            height=12,
            panels=(
                Graph(
                    id="request-rate",
                    title="Requests per minute",
                    question="When is how much asked of which location?",
                    width=24,
                    where=REQUESTS,
                    chart="areas",
                    x=Time(),
                    split=LOCATION,
                    measures=(Count(label="requests per minute", per="m"),),
                ),
                Graph(
                    id="latency",
                    title="Latency of requests",
                    question="How long do a half, nearly all and the slowest of them wait?",
                    width=24,
                    where=REQUESTS,
                    chart="lines",
                    x=Time(),
                    measures=(
                        Percentile(label="50 %", field="event.duration", percent=50),
                        Percentile(label="95 %", field="event.duration", percent=95),
                        Percentile(label="99 %", field="event.duration", percent=99),
                    ),
                ),
            ),
        ),
        Row(
            height=12,
            panels=(
                Graph(
                    id="errors",
                    title="Refused and failed requests",
                    question="When were requests refused (4xx), when did they fail (5xx)?",
                    width=24,
                    where=REQUESTS,
                    chart="stacked",
                    x=Time(),
                    measures=(Count(label="requests"),),
                    split=Split("Status", (("refused, 4xx", REFUSED), ("failed, 5xx", FAILED))),
                ),
                Graph(
                    id="log-levels",
                    title="Warnings and errors in the logs",
                    question="When did which process have something to complain of?",
                    width=24,
                    where="log.level: (warning or error or critical)",
                    chart="stacked",
                    x=Time(),
                    measures=(Count(label="lines"),),
                    split=Top("process.name", "Process", by_name=True),
                ),
            ),
        ),
        Row(
            height=14,
            panels=(
                Table(
                    id="routes",
                    title="Routes",
                    question="Which pages and calls are used most, and which are slow or fail?",
                    width=28,
                    where=REQUESTS,
                    rows=(Top("sins.route", "Route", size=25),),
                    measures=(
                        Count(label="Requests"),
                        Percentile(label="50 %", field="event.duration", percent=50),
                        Percentile(label="95 %", field="event.duration", percent=95),
                        Count(label="4xx", where=REFUSED),
                        Count(label="5xx", where=FAILED),
                    ),
                ),
                Table(
                    id="complaints",
                    title="What the complaints are",
                    question="Which warnings and errors are there, where, and how many?",
                    width=20,
                    where="log.level: (warning or error or critical)",
                    rows=(
                        Top("message", "Line", size=15),
                        Top("labels.location", "Location", by_name=True),
                    ),
                    measures=(Count(label="Lines"),),
                ),
            ),
        ),
        Row(
            height=12,
            panels=(
                Graph(
                    id="lag",
                    title="Lag of each location",
                    question="How old is what the others last said of themselves?",
                    width=24,
                    where=MEASURED,
                    chart="lines",
                    x=Time(),
                    split=PEER,
                    measures=(Value(label="seconds", field="sins.lag_s", how="max"),),
                ),
                Graph(
                    id="unshipped",
                    title="Audit entries not shipped yet",
                    question="Does what these dashboards show come late?",
                    width=24,
                    where=MEASURED,
                    chart="lines",
                    x=Time(),
                    split=LOCATION,
                    measures=(Value(label="entries", field="sins.unshipped", how="max"),),
                ),
            ),
        ),
        entries_row(
            id="lines",
            title="Log lines",
            question="What did the processes write, line by line?",
            entries=LINES,
        ),
    ),
)
