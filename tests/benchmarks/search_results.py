"""What one run of the search benchmark found, at one size of the list: values only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

OURS = "SINS"


@dataclass(frozen=True, slots=True)
class Recall:
    """Of so many questions: the right person first, and among the first ten."""

    asked: int
    first: int
    ten: int

    @property
    def at_1(self) -> float:
        return self.first / self.asked if self.asked else 0.0

    @property
    def at_10(self) -> float:
        return self.ten / self.asked if self.asked else 0.0


@dataclass(frozen=True, slots=True)
class Quality:
    """One way to search. `overall` is over all classes of corruption; `beside` holds what does
    not count there: names as written, with a birth date, with a document number."""

    name: str
    overall: Recall
    classes: Mapping[str, Recall]
    beside: Mapping[str, Recall] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Strangers:
    """People who are not listed, asked like those who are. `threshold` keeps 95 % of the right
    first answers of the same kind of question; `let_through` strangers got an answer above it."""

    kind: str
    threshold: float
    asked: int
    let_through: int

    @property
    def share(self) -> float:
        return self.let_through / self.asked if self.asked else 0.0


@dataclass(frozen=True, slots=True)
class Nonsense:
    """`empty` = answered with nothing; `kind` = "random letters", …"""

    kind: str
    asked: int
    empty: int


@dataclass(frozen=True, slots=True)
class Bin:
    """First answers with a score from `least` to below `most` (the last bin: to 1 itself), over
    four listed people to one stranger: how sure they were and how many were right."""

    least: float
    most: float
    answers: int
    right: int
    mean_score: float

    @property
    def share(self) -> float:
        return self.right / self.answers if self.answers else 0.0


@dataclass(frozen=True, slots=True)
class Speed:
    """One way to search, asked by turns with the others in one process."""

    name: str
    p50_ms: float
    p95_ms: float
    times: int


@dataclass(frozen=True, slots=True)
class Http:
    """Clients over HTTP beside writes: here through the API, and events that peers sent."""

    clients: int
    searches_per_s: float
    p50_ms: float
    p95_ms: float
    writes_per_s: float
    found_after_write: int  # of `looked_for` new customers, in the first search after the answer
    looked_for: int
    applied_per_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Cost:
    """The same work with the product's index and without it: seconds, or ms, as `unit` says."""

    name: str
    unit: str
    with_index: float
    without: float
    most_ratio: float | None = None

    @property
    def ratio(self) -> float:
        return self.with_index / self.without if self.without else 0.0


@dataclass(frozen=True, slots=True)
class Results:
    """`quality` is of the same questions for all, ours first, then the baselines; `whole` is
    ours on many more of each class, the figures that count. `sizes` = bytes of each search
    index and table, by name. Empty parts were not measured."""

    at: datetime
    machine: str
    people: int
    words: int  # distinct ones, as compared
    names: int  # distinct full names, as compared
    seed: str  # of the questions
    load_s: float  # making the rows, loading them and the indexes
    whole: Quality
    quality: Sequence[Quality] = ()
    strangers: Sequence[Strangers] = ()
    nonsense: Sequence[Nonsense] = ()
    reliability: Sequence[Bin] = ()
    speed: Sequence[Speed] = ()  # ours first
    http: Http | None = None
    costs: Sequence[Cost] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)
