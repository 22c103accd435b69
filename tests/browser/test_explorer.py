"""The main task: see the webcam, the person's mask and the probability, and adjust everything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.explorer_page import (
    EXPLORER,
    SAMPLE_EXPLORER,
    choose_model,
    clipped_elements,
    collapse_sidebar,
    freeze,
    press_start,
    press_stop,
    seen_when,
    wait_for_masks,
)
from tests.browser.page_scripts import OPEN_TRACKS

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenNotebook

CAMERA_EXPLORER = EXPLORER.format(options="")


def test_a_press_on_start_shows_masks_and_stop_switches_the_camera_off(
    page: Page, open_notebook: OpenNotebook, screenshot: Callable[..., None]
) -> None:
    notebook = open_notebook(CAMERA_EXPLORER)
    said = "The camera starts when you press Start. Video stays on this computer,"
    expect(page.locator(".bodyseg-note")).to_contain_text(said)
    assert page.evaluate(OPEN_TRACKS) == 0
    screenshot(page, "state-idle")

    press_start(page)
    wait_for_masks(page)
    assert page.evaluate(OPEN_TRACKS) == 1
    screenshot(page, "camera-mask")
    notebook.wait_for("explorer.webcam.state == 'live'")
    assert notebook.value("explorer.latest.frame.image.shape") == [480, 640, 3]
    assert notebook.value("explorer.latest.mask.probability.shape") == [480, 640]
    assert notebook.value("0 < explorer.latest.timings.total < 5000")
    expect(page.locator(".bodyseg-legend")).to_contain_text("person")
    expect(page.locator(".bodyseg-times")).to_contain_text("ms from camera to screen")

    press_stop(page)
    expect(page.locator(".bodyseg-legend")).not_to_contain_text("%")
    page.wait_for_function(f"() => ({OPEN_TRACKS})() === 0")
    notebook.wait_for("explorer.webcam.state == 'idle' and not explorer.webcam.running")


def test_every_model_runs_on_every_runtime_and_is_swapped_while_it_streams(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(SAMPLE_EXPLORER)
    press_start(page)
    wait_for_masks(page)
    for runtime in ("tensorflow", "mediapipe"):
        for model_type, size in {"landscape": [144, 256], "general": [256, 256]}.items():
            choose_model(page, f"Selfie · {model_type}")
            page.get_by_label("Runtime").select_option(label=runtime)
            notebook.wait_for(
                f"explorer.stream.runtime == {runtime!r}"
                f" and explorer.stream.model_type == {model_type!r}"
                " and explorer.stream.state == 'ready'"
            )
            notebook.wait_for(f"[*explorer.latest.mask.model_size] == {size}")
            # The portrait fills about half of the image, for every model.
            share = "float((explorer.latest.mask.probability >= 0.5).mean())"
            assert 0.3 < notebook.value(share) < 0.8
            wait_for_masks(page)


def test_the_pointer_and_the_arrow_keys_read_the_probability(
    page: Page, open_notebook: OpenNotebook
) -> None:
    open_notebook(SAMPLE_EXPLORER)
    press_start(page)
    wait_for_masks(page)
    freeze(page)
    canvas = page.locator(".bodyseg-canvas")
    canvas.scroll_into_view_if_needed()
    canvas.focus()
    page.keyboard.press("ArrowDown")
    probe = page.locator(".bodyseg-probe")
    expect(probe).to_have_text(re.compile("^p = "))

    def probability() -> float:
        return float(probe.inner_text().removeprefix("p = "))

    for _ in range(6):
        page.keyboard.press("Shift+ArrowUp")
    for _ in range(6):
        page.keyboard.press("Shift+ArrowRight")
    assert seen_when(page, probability, lambda p: p < 0.5) < 0.5
    for _ in range(5):
        page.keyboard.press("Shift+ArrowDown")
    for _ in range(5):
        page.keyboard.press("Shift+ArrowLeft")
    assert seen_when(page, probability, lambda p: p > 0.5) > 0.5
    page.keyboard.press("Tab")
    expect(probe).to_be_hidden()


def test_tabs_and_sliders_obey_the_keyboard_and_python_follows(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(SAMPLE_EXPLORER)
    page.get_by_role("tab", name="Mask").focus()
    page.keyboard.press("ArrowRight")
    notebook.wait_for("explorer.view.view == explorer.tabs.value == 'heatmap'")
    page.keyboard.press("End")
    notebook.wait_for("explorer.view.view == 'effect'")
    page.get_by_label("Threshold").focus()
    for key in ["ArrowRight", "ArrowRight", "PageUp"]:
        page.keyboard.press(key)
    notebook.wait_for("explorer.view.threshold == explorer.threshold_slider.value == 0.62")
    page.keyboard.press("Home")
    notebook.wait_for("explorer.view.threshold == 0")
    page.get_by_role("button", name="Mirror").click()
    notebook.wait_for("explorer.view.mirror is True")


def test_python_moves_the_controls_and_the_picture_follows(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(SAMPLE_EXPLORER)
    page.wait_for_selector(".bodyseg-view")
    notebook.execute("explorer.start()")
    wait_for_masks(page)
    notebook.execute("explorer.threshold_slider.value = 0.8; explorer.tabs.value = 'heatmap'")
    page.wait_for_function("() => document.querySelector('.bodyseg-bar').checkVisibility()")
    expect(page.get_by_label("Threshold")).to_have_value("0.8")
    notebook.wait_for("explorer.view.threshold == 0.8 and explorer.view.view == 'heatmap'")
    notebook.execute("explorer.stop()")
    notebook.wait_for("explorer.webcam.state == 'idle'")


def test_a_narrow_cell_wraps_and_never_scrolls_sideways(
    page: Page, open_notebook: OpenNotebook, screenshot: Callable[..., None]
) -> None:
    page.set_viewport_size({"width": 560, "height": 1000})
    open_notebook(SAMPLE_EXPLORER)
    page.wait_for_selector(".bodyseg-view")
    collapse_sidebar(page)
    press_start(page)
    wait_for_masks(page)
    expect(page.locator(".bodyseg-times")).to_contain_text("ms from camera to screen")
    screenshot(page, "explorer-narrow")
    assert clipped_elements(page) == []
