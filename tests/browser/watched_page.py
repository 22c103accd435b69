"""A page that reaches this machine only, and whose errors are told."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.browser.page_scripts import PREPARE_PAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Error, Page

INSECURE_HOST = "insecure.test"
"""A name of this machine, which ``chromium_flags.json`` tells browsers: pages of it are not secure
contexts."""

LOCAL_HOSTS = ("127.0.0.1", INSECURE_HOST)

VIEWPORT = {"width": 1200, "height": 1100}


class WatchedPage:
    """A page of `browser` that notes what goes wrong in it, and what it asks of other machines.

    Parameters
    ----------
    browser : Browser
        Of a context of its own.
    known_errors, known_strangers : tuple of str
        Parts of the host application's own errors and of addresses that it asks for. They are
        not counted; the browser finds no other machine all the same.
    """

    def __init__(
        self,
        browser: Browser,
        known_errors: tuple[str, ...] = (),
        known_strangers: tuple[str, ...] = (),
    ) -> None:
        self._known_errors = known_errors
        self._known_strangers = known_strangers
        self._strangers: list[str] = []
        self._errors: list[str] = []
        self._context = browser.new_context(viewport=VIEWPORT)
        self._context.on("request", lambda request: self._note_stranger(request.url))
        self._context.add_init_script(PREPARE_PAGE)
        self.page: Page = self._context.new_page()
        self.page.on("websocket", lambda websocket: self._note_stranger(websocket.url))
        self.page.on("pageerror", self._note_error)

    def check(self) -> None:
        """Hold that nothing beyond this machine was asked for, and that nothing was raised."""
        # With messages: pytest explains assertions of tests only.
        assert not self._strangers, f"The page asked for {self._strangers}."
        assert not self._errors, f"The page raised {self._errors}."

    def close(self) -> None:
        """Close the page and forget its context."""
        self._context.close()

    def _note_stranger(self, url: str) -> None:
        parts = urlsplit(url)
        local = parts.scheme in {"data", "blob", "about"} or parts.hostname in LOCAL_HOSTS
        if not local and not any(known in url.lower() for known in self._known_strangers):
            self._strangers.append(url)

    def _note_error(self, error: Error) -> None:
        if not any(known in str(error) for known in self._known_errors):
            self._errors.append(str(error))


@contextlib.contextmanager
def watched_page(browser: Browser, **known: tuple[str, ...]) -> Iterator[Page]:
    """Open a `WatchedPage`, and check and close it at the end."""
    watched = WatchedPage(browser, **known)
    try:
        yield watched.page
    finally:
        watched.close()
    watched.check()
