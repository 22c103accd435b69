"""The same Explorer in Notebook 7 and in Voila."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.explorer_page import EXPLORER, canvas_pixels, press_start, wait_for_masks
from tests.browser.lab import write_notebook

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.lab import Server


@pytest.mark.parametrize("host", ["notebooks", "voila/render"], ids=["notebook 7", "voila"])
def test_the_explorer_runs_in(
    page: Page, server: Server, screenshot: Callable[..., None], host: str
) -> None:
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
