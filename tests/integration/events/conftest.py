"""The log with a projector of its own: these tests know no entities."""

import pytest

from events import projectors, receiving
from tests.integration.events.builders import Tally


@pytest.fixture(autouse=True)
def tally(monkeypatch: pytest.MonkeyPatch) -> Tally:
    only = Tally()
    monkeypatch.setattr(projectors, "_projectors", [only])
    monkeypatch.setattr(receiving, "_observers", [])
    return only
