"""The same Explorer in Notebook 7 and in Voila."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import watched_page
from tests.browser.explorer_page import EXPLORER, canvas_pixels, press_start, wait_for_masks
from tests.browser.lab import write_notebook

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

    from tests.browser.lab import Server


# Notebook's own errors when it reads JupyterLab's settings; and what Voila's own templates ask
# a server on the internet for, with or without widgets.
ODDITIES = {
    "notebooks": {"known_errors": ("reading 'schema'", "registered")},
    "voila/render": {"known_strangers": ("fortawesome", "mathjax")},
}


@pytest.mark.parametrize("host", ODDITIES, ids=["notebook 7", "voila"])
def test_the_explorer_runs_in(
    browser: Browser, server: Server, screenshot: Callable[..., None], host: str
) -> None:
    with watched_page(browser, **ODDITIES[host]) as page:
        _run_explorer(page, server, screenshot, host)


def _run_explorer(page: Page, server: Server, screenshot: Callable[..., None], host: str) -> None:
    name = write_notebook(server, [EXPLORER.format(options="")])
    page.goto(f"{server.url}/{host}/{name}")
    if host == "notebooks":
        page.wait_for_function(
            "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"
            "?.status === 'idle'",
            timeout=60_000,
        )
        page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    page.wait_for_selector(".bodyseg-view", timeout=90_000)
    press_start(page)
    wait_for_masks(page, timeout=60_000)
    assert canvas_pixels(page)[..., 3].min() == 255
    screenshot(page, f"host-{host.partition('/')[0]}", ".bodyseg-explorer")
