"""One page and one kernel for many tests, one after the other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.explorer_page import wait_for_no_worker
from tests.browser.lab import Notebook
from tests.browser.page_scripts import OPEN_TRACKS
from tests.browser.watched_page import VIEWPORT, WatchedPage

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.lab import Server

_LEFTOVERS = "tests.browser.leftovers"
_BEGIN = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
import {_LEFTOVERS}
{_LEFTOVERS}.begin()
del sys, tests
"""
_CLEAR = f"__import__('sys').modules[{_LEFTOVERS!r}].clear()"

_NOTHING_IN_PAGE = f"""
() => ({OPEN_TRACKS})() === 0
  && document.querySelector('.jp-OutputArea-output, [class^=bodyseg-]') === null
"""

_AS_IN_THE_BEGINNING = """
async () => {
  const { commands, shell } = window.jupyterapp;
  window.undoScripts();
  if (shell.leftCollapsed) shell.expandLeft();
  if (document.body.dataset.jpThemeName !== 'JupyterLab Light')
    await commands.execute('apputils:change-theme', { theme: 'JupyterLab Light' });
}
"""


class Workbench:
    """A notebook in a page, cleared and looked through after each test.

    Parameters
    ----------
    browser : Browser
        Where the page is opened once a test needs it.
    server : Server
        Where the notebook lives.
    """

    def __init__(self, browser: Browser, server: Server) -> None:
        self._browser = browser
        self._server = server
        self._watched: WatchedPage | None = None
        self._notebook: Notebook | None = None

    @property
    def page(self) -> Page:
        """The page with its notebook."""
        return self._open().page

    def run(self, *cells: str) -> Notebook:
        """Put these cells into the notebook in place of those it has, and run them."""
        notebook = self._open()
        notebook.replace_cells(cells)
        notebook.run_all()
        return notebook

    def clear(self) -> None:
        """Close what a test has made; hold that nothing is left, nothing was raised or asked for.

        Widgets, threads and comms in the kernel, elements, camera tracks and workers in the page.
        """
        assert self._watched is not None
        notebook = self._open()
        left = notebook.value(_CLEAR)
        assert left == []
        notebook.replace_cells([""])
        notebook.page.wait_for_function(_NOTHING_IN_PAGE, timeout=10_000)
        wait_for_no_worker(notebook.page)
        self._watched.check()
        notebook.page.evaluate(_AS_IN_THE_BEGINNING)
        notebook.page.set_viewport_size(VIEWPORT)
        notebook.page.mouse.move(0, 0)

    def throw_away(self) -> None:
        """End page and kernel; the next test gets others."""
        watched, notebook = self._watched, self._notebook
        self._watched = self._notebook = None
        try:
            if notebook is not None:
                notebook.close()
        finally:
            if watched is not None:
                watched.close()

    def _open(self) -> Notebook:
        if self._notebook is None:
            self._watched = WatchedPage(self._browser)
            self._notebook = Notebook(self._watched.page, self._server, [""])
            self._notebook.execute(_BEGIN)
        return self._notebook
