"""Fixtures: the smoke report, opened from disk in headless Chromium."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip
VIEWS = {f"{width}-{scheme}": (width, scheme) for width in (1440, 768, 390) for scheme in ("light", "dark")}


class View:
    """The report in a window of its own, with everything that it asked for and complained about.

    Args:
        context: a browser context.
        path: the page on disk.
    """

    def __init__(self, context, path: Path):
        self.path = path
        self.url = path.as_uri()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page = context.new_page()
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", self._noted)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(self.url)

    def explorer(self):
        """The explorer's plot, drawn."""
        plot = self.page.locator(".explorer .plot").first
        plot.scroll_into_view_if_needed()
        self.page.locator(".explorer .plot[data-drawn]").first.wait_for(timeout=60_000)
        return plot

    def _noted(self, message) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


@pytest.fixture(scope="session")
def browser():
    executable = shutil.which("chromium")
    assert executable, "no chromium; on Debian, as root: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def opened(browser, built):
    """Opens the report with options of a browser context, such as viewport."""
    contexts = []

    def open_report(**options) -> View:
        context = browser.new_context(reduced_motion="reduce", **options)
        contexts.append(context)
        return View(context, built.folder / "report/report.html")

    yield open_report
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    assert AXE.is_file(), "no axe-core; run: npm ci"
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="session", params=VIEWS)
def view(request, opened) -> View:
    width, scheme = VIEWS[request.param]
    return opened(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        permissions=["clipboard-read", "clipboard-write"],
    )
