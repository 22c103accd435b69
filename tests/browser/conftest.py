"""A real JupyterLab, a real Chromium, and a webcam that plays real people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.clips import write_clips
from tests.browser.lab import Notebook, Server, chromium, jupyter_server
from tests.browser.page_report import page_report
from tests.browser.watched_page import watched_page
from tests.browser.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from playwright.sync_api import Browser, Page, Playwright

    OpenNotebook = Callable[..., Notebook]

RESULTS = Path(__file__).parents[2] / "test-results"

# What is expected soon: two processes of tests and the browsers' own share two cores.
expect.set_options(timeout=20_000)

_FAILED = pytest.StashKey[bool]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--headed", action="store_true", help="show the browser")
    parser.addoption("--update-pictures", action="store_true", help="write the README's picture")


# Not longer than a package: Playwright keeps an event loop running in this thread, which the
# asynchronous tests of other folders need for themselves.
@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with jupyter_server(tmp_path_factory.mktemp("jupyter") / "server") as server:
        yield server
        assert server.network_log.read_text() == ""


@pytest.fixture(scope="package")
def webcam_clip(tmp_path_factory: pytest.TempPathFactory, data_folder: Path) -> Path:
    """All signers in turn, each frame numbered in its corner."""
    clips = sorted((data_folder / "asl").glob("*.mkv"))
    return write_clips(clips, tmp_path_factory.mktemp("clips") / "webcam.y4m", frames_each=40)


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def browser(
    playwright: Playwright, webcam_clip: Path, request: pytest.FixtureRequest
) -> Iterator[Browser]:
    headed = request.config.getoption("--headed")
    with chromium(playwright, camera=webcam_clip, headed=headed) as browser:
        yield browser


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note of a test whether it failed, for `page`, and what its page shows then."""
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    page = getattr(item, "funcargs", {}).get("page")
    if report.failed and report.when == "call" and page is not None:
        report.sections.append(("page", page_report(page)))
    return report


@pytest.fixture(scope="package")
def workbench(browser: Browser, server: Server) -> Iterator[Workbench]:
    """What `page` and `open_notebook` are of, unless a test is marked `own_page`."""
    workbench = Workbench(browser, server)
    yield workbench
    workbench.throw_away()


@pytest.fixture
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page with the fake webcam; it must reach this machine only and raise nothing.

    Tests have one in common, with one kernel; a test that fails loses it. Each must close without
    leaving anything behind. A test marked `own_page` has one to itself.
    """
    if request.node.get_closest_marker("own_page"):
        with watched_page(browser) as page:
            yield page
        return
    workbench: Workbench = request.getfixturevalue("workbench")
    yield workbench.page
    if request.node.stash[_FAILED]:
        workbench.throw_away()
        return
    try:
        workbench.clear()
    except BaseException:
        workbench.throw_away()
        raise


@pytest.fixture
def open_notebook(
    request: pytest.FixtureRequest, page: Page, server: Server
) -> Iterator[OpenNotebook]:
    """Open and run a notebook with the given cells."""
    if not request.node.get_closest_marker("own_page"):
        yield request.getfixturevalue("workbench").run
        return
    opened: list[Notebook] = []

    def open_it(*cells: str) -> Notebook:
        notebook = Notebook(page, server, cells)
        opened.append(notebook)
        notebook.run_all()
        return notebook

    yield open_it
    for notebook in opened:
        notebook.close()


@pytest.fixture
def screenshot() -> Callable[[Page, str], None]:
    """Save an image of the page's output, for people to look at."""

    def save(page: Page, name: str, selector: str = ".jp-OutputArea-output") -> None:
        RESULTS.mkdir(exist_ok=True)
        page.locator(selector).first.screenshot(path=RESULTS / f"{name}.png")

    return save
