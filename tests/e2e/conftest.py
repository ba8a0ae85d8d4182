"""A browser in front of one running location: own database, the web process as in production."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from deploy.local.machine import find_chromium
from deploy.local.ports import HOST
from deploy.local.postgres import Cluster
from tests.services import HOME
from tests.sync.locations import Location

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
# Milliseconds a browser step may take; far more than any does.
PATIENCE_MS = 15_000
# What the browser says about answers that a test asks for on purpose.
EXPECTED = "Failed to load resource: the server responded with a status of 4"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/e2e/" in item.path.as_posix():
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def site(postgres: Cluster) -> Iterator[Location]:
    """One location with its sample data, serving pages."""
    location = Location("loc1", postgres.create_database("e2e"), HOME, {"LOCATION_NAME": "Zürich"})
    location.manage("migrate", "-v0")
    location.manage("load_sample_data")
    location.start("web")
    yield location
    location.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    assert path, "There is no Chromium on this machine; the browser tests need one."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@dataclass
class Visitor:
    """Somebody with a browser, in a role. `complaints` = what the console said."""

    site: Location
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        self.page.goto(f"http://{HOST}:{self.site.port}{path}")
        return self.page

    def hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and EXPECTED not in message.text:
            self.complaints.append(message.text)

    def is_overflowing(self) -> bool:
        """Would the page have to be scrolled sideways?"""
        root = "document.documentElement"
        return bool(self.page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"))


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(site: Location, chromium: Browser) -> Iterator[Visit]:
    """visit(role=…, width=…, javascript=…, …) opens a browser; its console must stay silent."""
    visitors: list[Visitor] = []

    def open_one(
        *,
        role: str = "service_agent",
        width: int = 1280,
        javascript: bool = True,
        scheme: str = "light",
        touch: bool = False,
    ) -> Visitor:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            java_script_enabled=javascript,
            color_scheme="dark" if scheme == "dark" else "light",
            has_touch=touch,
            extra_http_headers={"X-Role": role},
        )
        context.set_default_timeout(PATIENCE_MS)
        visitor = Visitor(site, context, context.new_page())
        visitor.page.on("console", visitor.hear)
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        visitors.append(visitor)
        return visitor

    yield open_one
    complaints = [text for visitor in visitors for text in visitor.complaints]
    for visitor in visitors:
        visitor.context.close()
    assert complaints == []


@pytest.fixture
def agent(visit: Visit) -> Visitor:
    return visit(role="service_agent")
