"""First answers with known truth → the two constants of the logistic (search/weights.py)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tests.benchmarks.search_quality import Answer

STEPS = 25
# Scores have four digits: at 0 and 1 the bits behind them are unknown, only that they were many.
LEAST_SCORE, MOST_SCORE = 0.0001, 0.9999


@dataclass(frozen=True, slots=True)
class Logistic:
    """probability = 1 / (1 + 2 ** -(offset + slope * bits))."""

    offset: float
    slope: float

    def after(self, other: "Logistic") -> "Logistic":
        """This one applied to what the other gave."""
        return Logistic(self.offset + self.slope * other.offset, self.slope * other.slope)


def bits_of(score: float) -> float:
    within = min(max(score, LEAST_SCORE), MOST_SCORE)
    return float(np.log2(within / (1 - within)))


def fit(answers: Sequence[Answer], *, current: Logistic) -> Logistic:
    """What the constants should be, after what they are: `answers` were scored with `current`."""
    told = [answer for answer in answers if answer.found]
    bits = np.array([bits_of(answer.score) for answer in told])
    right = np.array([float(answer.is_first_right) for answer in told])
    return newton(bits, right).after(current)


def newton(bits: np.ndarray, right: np.ndarray) -> Logistic:
    """The likeliest logistic; a little pull towards doing nothing keeps it finite where all of
    few answers were right."""
    features = np.column_stack((np.ones_like(bits), bits)) * np.log(2)
    found, start, pull = np.array([0.0, 1.0]), np.array([0.0, 1.0]), np.eye(2)
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-features @ found))
        slope = features.T @ (right - likely) - pull @ (found - start)
        bend = (features * (likely * (1 - likely))[:, None]).T @ features + pull
        found = found + np.linalg.solve(bend, slope)
    return Logistic(*map(float, found))


def log_loss(answers: Sequence[Answer]) -> float:
    """Bits per first answer: what its score did not know."""
    losses = []
    for answer in answers:
        if answer.found:
            sure = min(max(answer.score, LEAST_SCORE), MOST_SCORE)
            losses.append(-np.log2(sure if answer.is_first_right else 1 - sure))
    return float(np.mean(losses)) if losses else 0.0
