"""Decisions about pairs → what each kind of evidence is worth. Pure.

The pairs that people decide about were chosen because they look alike. Counting alone would say
that the same birth date is worth little, since nearly all of them have it. How likely a pair is one
person *given* its evidence is not touched by that choice, so the weights are those under which the
decisions are likeliest (logistic regression), each held near its present value until the decisions
say otherwise (a normal prior; Gelman et al. 2008). The shares among confirmed and rejected pairs
(m and u of Fellegi and Sunter 1969, half a pair added to each) are told beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from math import exp, log, log2
from zlib import crc32

from customers.search.matching import Evidence
from customers.search.weights import Weights

# Evidence that is counted, and counts against. What a misspelled word loses is not among it: that
# is known from how people type, not from whom they take for the same.
COUNTED = {
    "unpaired": "unpaired",
    "nameless": "is_nameless",
    "part": "is_part",
    "unasked": "unasked",
    "elsewhere": "elsewhere",
    "joined": "joined",
}
# How far, in bits, a weight may be from the truth before anybody decided anything; and the sum of
# all that is not estimated.
SPREAD_BITS, SPREAD_OF_REST_BITS = 3.0, 10.0
MOST_ROUNDS = 50
CLOSE_BITS = 1e-6
LN2 = log(2)


@dataclass(frozen=True, slots=True)
class Decision:
    """What was compared, and what a person said of it."""

    evidence: Evidence
    is_same: bool


@dataclass(frozen=True, slots=True)
class Estimate:
    """One weight: old and new in bits, in how many confirmed and rejected pairs it counted, and
    the likelihood ratio that these numbers alone give."""

    name: str
    old: float
    new: float
    confirmed: int
    rejected: int
    counted_bits: float


def estimate(decisions: Sequence[Decision], weights: Weights) -> list[Estimate]:
    """Of each weight that counted in any pair, by name."""
    occurring = [_occurrences(decision.evidence) for decision in decisions]
    names = sorted({name for found in occurring for name in found})
    rows = [[1.0, *(found.get(name, 0.0) for name in names)] for found in occurring]
    rests = [
        decision.evidence.bits(weights)
        - sum(count * getattr(weights, name) for name, count in found.items())
        for decision, found in zip(decisions, occurring, strict=True)
    ]
    prior = [-_mean(rests), *(getattr(weights, name) for name in names)]
    spreads = [SPREAD_OF_REST_BITS] + [SPREAD_BITS] * len(names)
    verdicts = [decision.is_same for decision in decisions]
    _, *found = _likeliest(rows, rests, verdicts, prior, spreads)
    return [
        _told(name, getattr(weights, name), bits, occurring, verdicts)
        for name, bits in zip(names, found, strict=True)
    ]


def estimated(weights: Weights, estimates: Sequence[Estimate]) -> Weights:
    """The weights with the new values; the version tells apart what differs."""
    values = {one.name: round(one.new, 2) for one in estimates}
    new = replace(weights, **values)  # type: ignore[arg-type]
    told = " ".join(str(getattr(new, one.name)) for one in fields(new) if one.name != "version")
    return replace(new, version=f"{crc32(told.encode()):08x}")


def _occurrences(evidence: Evidence) -> dict[str, float]:
    """How often each weight is added; negative when it is taken away."""
    found: dict[str, float] = {}
    for name, counted in COUNTED.items():
        if count := getattr(evidence, counted):
            found[name] = -float(count)
    for name in evidence.clues:
        found[name] = found.get(name, 0.0) + 1.0
    return found


def _told(
    name: str,
    old: float,
    new: float,
    occurring: Sequence[Mapping[str, float]],
    verdicts: Sequence[bool],
) -> Estimate:
    said = [verdict for found, verdict in zip(occurring, verdicts, strict=True) if name in found]
    confirmed, all_confirmed = sum(said), sum(verdicts)
    rejected, all_rejected = len(said) - confirmed, len(verdicts) - all_confirmed
    m, u = (confirmed + 0.5) / (all_confirmed + 1), (rejected + 0.5) / (all_rejected + 1)
    return Estimate(name, old, new, confirmed, rejected, log2(m / u))


def _likeliest(
    rows: Sequence[Sequence[float]],
    rests: Sequence[float],
    verdicts: Sequence[bool],
    prior: Sequence[float],
    spreads: Sequence[float],
) -> list[float]:
    """Newton's steps to the one maximum; values in bits."""
    values = list(prior)
    size = range(len(prior))
    for _ in range(MOST_ROUNDS):
        slope = [(prior[i] - values[i]) / spreads[i] ** 2 for i in size]
        bend = [[1 / spreads[i] ** 2 if i == j else 0.0 for j in size] for i in size]
        for row, rest, verdict in zip(rows, rests, verdicts, strict=True):
            bits = rest + sum(x * value for x, value in zip(row, values, strict=True))
            likely = 1 / (1 + exp(-LN2 * max(min(bits, 60.0), -60.0)))
            present = [i for i in size if row[i]]
            for i in present:
                slope[i] += LN2 * (verdict - likely) * row[i]
                for j in present:
                    bend[i][j] += LN2**2 * likely * (1 - likely) * row[i] * row[j]
        step = _solved(bend, slope)
        longest = max(map(abs, step))
        scale = min(1.0, SPREAD_BITS / longest) if longest else 1.0
        values = [value + scale * part for value, part in zip(values, step, strict=True)]
        if longest < CLOSE_BITS:
            break
    return values


def _solved(matrix: Sequence[Sequence[float]], right: Sequence[float]) -> list[float]:
    """matrix @ x = right; the matrix is symmetric and positive definite."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for i in range(size):
        pivot = rows[i]
        for other in rows[i + 1 :]:
            factor = other[i] / pivot[i]
            for j in range(i, size + 1):
                other[j] -= factor * pivot[j]
    found = [0.0] * size
    for i in reversed(range(size)):
        known = sum(rows[i][j] * found[j] for j in range(i + 1, size))
        found[i] = (rows[i][size] - known) / rows[i][i]
    return found


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
