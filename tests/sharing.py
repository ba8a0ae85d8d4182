"""Pytest plugin: how `pytest -n` shares the tests out between processes with services of their own.

The tests of `tests/sync` start many processes each and have time limits: all are done by one of the
processes, first, while the others do the rest file by file.
"""

import re
from collections.abc import Sequence
from itertools import groupby

import pytest
from xdist.remote import Producer
from xdist.scheduler.loadscope import LoadScopeScheduling

SYNC = "tests/sync/"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def unit_of(nodeid: str) -> str:
    """What stays together: fixtures are made once per file."""
    file = nodeid.partition("::")[0]
    return SYNC if file.startswith(SYNC) else file


def units_of(nodeids: Sequence[str]) -> dict[str, str]:
    """The unit of each test. A file in two places of the order, such as one whose tests with
    transactions come after those of all other files, is two units: the order stays."""
    runs = [(unit, list(run)) for unit, run in groupby(nodeids, unit_of)]
    return {nodeid: f"{unit} {place}" for place, (unit, run) in enumerate(runs) for nodeid in run}


class InOrder(LoadScopeScheduling):  # type: ignore[misc]
    """Gives a process that becomes free the next unit."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False
        self._units: dict[str, str] = {}

    def schedule(self) -> None:
        self._units = self._units or units_of(next(iter(self.registered_collections.values())))
        super().schedule()

    def _split_scope(self, nodeid: str) -> str:
        return self._units[nodeid]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> InOrder:
    return InOrder(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not item.nodeid.startswith(SYNC))


def pytest_make_parametrize_id(val: object) -> str | None:
    """An id drawn by chance would give a test another name in each process."""
    if isinstance(val, str) and UUID.search(val):
        return UUID.sub("uuid", val)
    return None
