"""A real JupyterLab, a real Chromium, and a webcam that plays real people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.clips import write_clips
from tests.browser.lab import Notebook, Server, chromium, jupyter_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Error, Page, Playwright, Route

    OpenNotebook = Callable[..., Notebook]

RESULTS = Path(__file__).parents[2] / "test-results"

INSECURE_HOST = "insecure.test"
"""A name of this machine, for a browser that is told so: pages of it are not secure contexts."""

LOCAL_HOSTS = ("127.0.0.1", INSECURE_HOST)


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


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page with the fake webcam; it must reach this machine only and raise nothing."""
    with watched_page(browser) as page:
        yield page


class watched_page:  # noqa: N801 - used like a function, as contextlib's are
    """A page of `browser` that reaches this machine only; its errors are checked at the end.

    Parameters
    ----------
    known_errors, known_strangers
        Parts of the host application's own errors and of addresses that it asks for. They are
        not counted; what is asked for is not fetched all the same.
    """

    def __init__(
        self,
        browser: Browser,
        known_errors: tuple[str, ...] = (),
        known_strangers: tuple[str, ...] = (),
        **options: object,
    ) -> None:
        self._known_errors = known_errors
        self._known_strangers = known_strangers
        viewport = {"width": 1200, "height": 1100}
        self._context = browser.new_context(**{"viewport": viewport, **options})
        self._strangers: list[str] = []
        self._errors: list[str] = []
        self._context.route("**/*", self._let_through)

    def __enter__(self) -> Page:
        page = self._context.new_page()
        page.on("websocket", lambda websocket: self._is_local(websocket.url))
        page.on("pageerror", self._note_error)
        return page

    def __exit__(self, kind: object, *_: object) -> None:
        self._context.close()
        if kind is None:
            assert self._strangers == []
            assert self._errors == []

    def _let_through(self, route: Route) -> None:
        if self._is_local(route.request.url):
            route.continue_()
        else:
            route.abort()

    def _is_local(self, url: str) -> bool:
        parts = urlsplit(url)
        if parts.scheme in {"data", "blob", "about"} or parts.hostname in LOCAL_HOSTS:
            return True
        if not any(known in url.lower() for known in self._known_strangers):
            self._strangers.append(url)
        return False

    def _note_error(self, error: Error) -> None:
        if not any(known in str(error) for known in self._known_errors):
            self._errors.append(str(error))


@pytest.fixture
def open_notebook(page: Page, server: Server) -> Iterator[OpenNotebook]:
    """Open and run a notebook with the given cells."""
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
    """Save a picture of the page's output, for people to look at."""

    def save(page: Page, name: str, selector: str = ".jp-OutputArea-output") -> None:
        RESULTS.mkdir(exist_ok=True)
        page.locator(selector).first.screenshot(path=RESULTS / f"{name}.png")

    return save
