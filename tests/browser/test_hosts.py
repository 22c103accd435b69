"""The same Explorer, and two models side by side, in Notebook 7 and in Voila."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from playwright.sync_api import expect

from bodyseg_widgets import Snapshot
from tests.browser.explorer_page import (
    canvas_pixels,
    choose_theme,
    clipped_elements,
    intersection_over_union,
    load_axe,
    press_start,
    serious_violations,
    shown_frame,
    timeline_button,
    wait_for_panels,
)
from tests.browser.lab import KERNEL_IS_IDLE, write_notebook
from tests.browser.watched_page import watched_page

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


IN_PAGE_AND_KERNEL = """
from bodyseg_widgets import Explorer
selfie = "MediaPipeSelfieSegmentation"
explorer = Explorer(
    models=[(selfie, "general", "browser"), (selfie, "general", "tensorflow")], show="agreement"
)
explorer
"""

COMPARE = """
from bodyseg_widgets import Compare
compare = Compare(["general", "lite"])
compare
"""


@pytest.mark.parametrize("host", ODDITIES, ids=["notebook 7", "voila"])
def test_the_same_model_in_the_page_and_in_the_kernel_and_what_is_saved_of_them_in(
    browser: Browser, server: Server, screenshot: Callable[..., None], host: str
) -> None:
    with watched_page(browser, **ODDITIES[host]) as page:
        _open_in(host, page, server, IN_PAGE_AND_KERNEL)
        press_start(page)
        wait_for_panels(page)
        assert canvas_pixels(page)[..., 3].min() == 255
        pair = page.locator(".bodyseg-agreement tbody td")
        expect(pair.first).to_have_text("1.000", timeout=30_000)
        timeline_button(page, "Pause").click()
        held = shown_frame(page)
        page.get_by_role("button", name="Snapshot").click()
        link = page.get_by_role("button", name="Download bodyseg-")
        with page.expect_download() as download:
            link.click()
        assert link.inner_text() == download.value.suggested_filename
        screenshot(page, f"host-{host.partition('/')[0]}", ".bodyseg-explorer")
        snapshot = Snapshot.load(download.value.path())
        assert snapshot.frame_id == held
        assert len(snapshot.labels) == 2
        one, other = (snapshot.mask(label).levels.astype(int) for label in snapshot.labels)
        assert (np.abs(one - other) <= 1).mean() >= 0.99
        people = [snapshot.person(label) for label in snapshot.labels]
        assert people[0].any()
        assert intersection_over_union(*people) >= 0.999
        # Visitors of Voila get no files, addresses or cameras of the kernel's computer.
        offered = page.locator(".bodyseg-webcam select").first.inner_text()
        assert ("Path or URL" in offered) == (host == "notebooks")
        assert "File on this computer" in offered


@pytest.mark.parametrize(
    ("host", "themes"),
    [("notebooks", ("light", "dark")), ("voila/render", ("light",)), ("voila/render", ("dark",))],
    ids=["notebook 7", "voila-light", "voila-dark"],
)
def test_two_models_are_compared_by_keys_alone_in(
    browser: Browser,
    server: Server,
    screenshot: Callable[..., None],
    host: str,
    themes: tuple[str, ...],
) -> None:
    with watched_page(browser, **ODDITIES[host]) as page:
        _open_in(host, page, server, COMPARE, themes[0])
        load_axe(page)

        def look() -> None:
            assert serious_violations(page) == []
            for theme in themes[1:]:
                choose_theme(page, theme)
                assert clipped_elements(page) == []
                assert serious_violations(page) == []
                screenshot(page, f"compare-{host.partition('/')[0]}-{theme}", ".bodyseg-explorer")
                choose_theme(page, themes[0])

        page.locator(".bodyseg-webcam > button").focus()
        page.keyboard.press("Enter")
        wait_for_panels(page)
        page.locator(".bodyseg-agreement .bodyseg-value").wait_for()
        page.get_by_text("both").wait_for()
        assert clipped_elements(page) == []
        screenshot(page, f"compare-{host.partition('/')[0]}-{themes[0]}", ".bodyseg-explorer")
        look()
        page.locator(".bodyseg-panel .bodyseg-canvas").first.focus()
        page.keyboard.press(" ")
        held = shown_frame(page)
        page.keyboard.press(",")
        before = shown_frame(page)
        assert before < held
        timeline_button(page, "Previous frame").focus()
        page.keyboard.press("ArrowLeft")
        assert shown_frame(page) < before
        page.locator(".bodyseg-panel [role=tab]", has_text="Mask").first.focus()
        page.keyboard.press("ArrowRight")
        page.locator(".bodyseg-panel [aria-selected=true]", has_text="Heatmap").first.wait_for()
        look()


def _open_in(host: str, page: Page, server: Server, cell: str, theme: str = "light") -> None:
    name = write_notebook(server, [cell])
    # Of the two, Voila takes the theme from there.
    page.goto(f"{server.url}/{host}/{name}?theme={theme}")
    if host == "notebooks":
        page.wait_for_function(KERNEL_IS_IDLE, timeout=60_000)
        choose_theme(page, theme)
        page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    page.wait_for_selector(".bodyseg-view", timeout=90_000)
