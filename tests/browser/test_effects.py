"""Live effects are what the functions of these names in Python make of the very same frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.explorer_page import (
    CLAIM_A_GRAPHICS_CARD,
    EXPLORER,
    LOG_MESSAGES,
    TELL_OF_MESSAGES,
    canvas_pixels,
    choose_theme,
    choose_view,
    clipped_elements,
    collapse_sidebar,
    first_heard,
    load_axe,
    press_start,
    serious_violations,
    shown_frame,
    timeline_button,
    wait_for_masks,
)
from tests.ssim import structural_similarity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray
    from playwright.sync_api import Page

    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Notebook

COMPARE = """
from bodyseg_widgets import Compare, Webcam
Compare(["general", "landscape", "general"], Webcam(source="sample"), show=[], view="effect")
"""

TABS_JS = """
() => [...document.querySelectorAll('.bodyseg-panels .bodyseg-tabs')].map((tabs) => {
  const all = [...tabs.querySelectorAll('button')];
  return {
    width: tabs.clientWidth,
    rows: new Set(all.map((tab) => tab.offsetTop)).size,
    cut: all.filter((tab) => tab.scrollWidth > tab.clientWidth).map((tab) => tab.innerText),
  };
})
"""

BEYOND_JS = """
() => [...document.querySelectorAll('.bodyseg-effect *')]
  .filter((each) => {
    const controls = each.closest('.bodyseg-effect').getBoundingClientRect();
    return each.offsetParent && each.getBoundingClientRect().right > controls.right;
  })
  .map((each) => each.outerHTML)
"""

EXPECT = """
import numpy as np
from PIL import Image
from bodyseg_widgets import draw_bokeh_effect, draw_pixelated_mask, replace_background
from bodyseg_widgets.rendering.foreground import alpha_of

explorer.view.frame_number = True

def expect(path):
    # What Python's functions make of the frame that is shown, with the view's parameters.
    view, latest = explorer.view, explorer.stream.latest
    image, people = latest.frame.image, latest.segmentation
    alpha = alpha_of([people.mask], view.threshold, soft=view.soft)
    if view.effect == "bokeh":
        drawn = draw_bokeh_effect(
            image, people, view.threshold, view.background_blur_amount, view.edge_blur_amount,
            view.mirror, soft=view.soft,
        )
    elif view.effect == "pixelated":
        mask = np.zeros((*alpha.shape, 4), np.uint8)
        mask[..., :3], mask[..., 3] = (0, 163, 163), alpha
        drawn = draw_pixelated_mask(
            image, mask, view.opacity, 0, view.mirror, view.pixel_cell_width
        )
    else:
        drawn = replace_background(
            image, people, view.background_color, view.threshold, view.edge_blur_amount,
            view.mirror, soft=view.soft, decontaminate=False,
        )
    Image.fromarray(np.ascontiguousarray(drawn)).save(path)
"""

PLACES = (0.3, 3.1)
"""Seconds of play before each frame that is looked at."""

USUAL = {
    "threshold": 0.5,
    "soft": False,
    "background_blur_amount": 3,
    "edge_blur_amount": 3,
    "pixel_cell_width": 10,
    "background_color": "#00a3a3",
    "mirror": False,
}

LOOKS: list[tuple[str, dict[str, Any]]] = [
    (effect, parameters)
    for effect in ("bokeh", "pixelated", "background")
    for parameters in ({}, {"threshold": 0}, {"threshold": 1}, {"soft": True}, {"mirror": True})
] + [
    ("bokeh", {"background_blur_amount": 1.5, "edge_blur_amount": 0}),
    ("bokeh", {"background_blur_amount": 20, "edge_blur_amount": 8}),
    ("bokeh", {"background_blur_amount": 0}),
    ("pixelated", {"pixel_cell_width": 1}),
    ("pixelated", {"pixel_cell_width": 17, "soft": True}),
    ("background", {"edge_blur_amount": 20, "background_color": "#fff3d0"}),
]


def _set(notebook: Notebook, page: Page, **traits: object) -> None:
    """Set traits of the view and wait until the page has drawn them."""
    lines = [f"explorer.view.{name} = {value!r}" for name, value in traits.items()]
    notebook.execute("\n".join(lines))
    page.wait_for_timeout(200)


def _expected(notebook: Notebook, folder: Path) -> NDArray[np.uint8]:
    path = folder / "expected.png"
    notebook.execute(f"expect({str(path)!r})")
    return np.asarray(Image.open(path))


def _open(page: Page, open_notebook: OpenNotebook, renderer: str, options: str = "") -> Notebook:
    if renderer == "webgl2":
        page.add_init_script(CLAIM_A_GRAPHICS_CARD)
    notebook = open_notebook(EXPLORER.format(options=f"view='effect', {options}"), EXPECT)
    press_start(page)
    wait_for_masks(page)
    assert page.get_attribute(".bodyseg-canvas", "data-renderer") == renderer
    return notebook


def _pause(page: Page, notebook: Notebook) -> None:
    """Hold a frame. Page and kernel have it from the same JPEG then."""
    timeline_button(page, "Pause").click()
    number = shown_frame(page)
    notebook.wait_for(f"explorer.stream.latest.frame.id == {number}")
    page.wait_for_timeout(200)


@pytest.mark.parametrize("options", ["model_type='general'", "model='BlazePose', skeleton=False"])
@pytest.mark.parametrize("renderer", ["webgl2", "canvas2d"])
def test_the_drawn_effect_is_what_python_makes_of_the_very_same_frame(
    page: Page, open_notebook: OpenNotebook, tmp_path: Path, renderer: str, options: str
) -> None:
    notebook = _open(page, open_notebook, renderer, options)
    alike = {}
    # Of the other models there is one difference only: what of the picture their masks cover.
    for place in PLACES if "general" in options else PLACES[:1]:
        page.wait_for_timeout(place * 1000)
        _pause(page, notebook)
        for effect, parameters in LOOKS:
            _set(notebook, page, effect=effect, **{**USUAL, **parameters})
            expected = _expected(notebook, tmp_path)
            drawn = canvas_pixels(page)
            assert (drawn[..., 3] == 255).all()
            alike[place, effect, str(parameters)] = structural_similarity(drawn[..., :3], expected)
        timeline_button(page, "Play").click()
        wait_for_masks(page)
    worst = min(alike, key=lambda each: alike[each])
    assert alike[worst] >= 0.98, {name: value for name, value in alike.items() if value < 0.98}


@pytest.mark.parametrize("renderer", ["webgl2", "canvas2d"])
def test_every_slider_changes_the_picture_before_any_message_leaves(
    page: Page, open_notebook: OpenNotebook, renderer: str
) -> None:
    page.add_init_script(TELL_OF_MESSAGES)
    notebook = _open(page, open_notebook, renderer)
    _pause(page, notebook)
    page.evaluate(LOG_MESSAGES)
    picker = page.get_by_role("combobox", name="Effect")
    for effect, sliders in {
        "bokeh": ["background blur", "edge blur"],
        "pixelated": ["cell width"],
        "background": ["edge blur"],
    }.items():
        picker.select_option(effect)
        notebook.wait_for(f"explorer.view.effect == {effect!r}")
        for name in sliders:
            page.get_by_role("slider", name=name).focus()
            page.wait_for_timeout(300)
            assert first_heard(page, "PageUp") == "changed"
    notebook.wait_for("explorer.view.background_blur_amount == 8")
    notebook.wait_for("explorer.view.edge_blur_amount == 13")
    notebook.wait_for("explorer.view.pixel_cell_width == 20")
    heard = page.evaluate("() => window.log.length")
    page.get_by_label("background colour").fill("#102030")
    page.wait_for_function("(heard) => window.log.length > heard", arg=heard)
    assert page.evaluate("(heard) => window.log[heard]", heard) == "changed"
    notebook.wait_for("explorer.view.background_color == '#102030'")


def test_the_controls_are_there_with_the_effect_only_and_are_those_of_the_chosen_one(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(EXPLORER.format(options="Webcam(source='sample')"))
    page.wait_for_selector(".bodyseg-tabs")
    picker = page.get_by_role("combobox", name="Effect")
    expect(picker).to_have_count(0)
    page.get_by_role("tab", name="Mask").focus()
    page.keyboard.press("End")
    expect(picker).to_be_visible()
    notebook.wait_for("explorer.view.view == 'effect'")
    blur = page.get_by_role("slider", name="background blur")
    expect(blur).to_have_attribute("aria-valuetext", "3.0 pixels")
    page.keyboard.press("Tab")
    expect(picker).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("checkbox", name="soft")).to_be_focused()
    page.keyboard.press("Space")
    notebook.wait_for("explorer.view.soft")
    page.keyboard.press("Tab")
    expect(blur).to_be_focused()
    for key in ["ArrowRight", "PageUp"]:
        page.keyboard.press(key)
    notebook.wait_for("explorer.view.background_blur_amount == 8.5")
    page.keyboard.press("Home")
    notebook.wait_for("explorer.view.background_blur_amount == 0")
    picker.select_option("pixelated")
    expect(blur).to_be_hidden()
    width = page.get_by_role("slider", name="cell width")
    expect(width).to_have_attribute("aria-valuetext", "10 pixels")
    notebook.execute("explorer.view.pixel_cell_width = 25")
    expect(width).to_have_attribute("aria-valuetext", "25 pixels")
    expect(page.get_by_role("slider", name="mask opacity")).to_be_visible()
    picker.select_option("background")
    expect(page.get_by_label("background colour")).to_be_visible()
    edge = page.get_by_role("slider", name="edge blur")
    expect(edge).to_be_hidden()
    page.get_by_role("checkbox", name="soft").uncheck()
    expect(edge).to_be_visible()
    choose_view(page, "Heatmap")
    expect(picker).to_have_count(0)


def test_controls_of_ones_own_are_there_whatever_the_view_shows(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(
        """
from bodyseg_widgets import EffectControls, SegmentationStream, SegmentationView, Webcam
from ipywidgets import VBox
webcam = Webcam(source="sample")
view = SegmentationView(SegmentationStream(webcam))
VBox([webcam, view, EffectControls(view), EffectControls(view)])
"""
    )
    pickers = page.get_by_role("combobox", name="Effect")
    expect(pickers).to_have_count(2)
    first, second = pickers.all()
    first.select_option("pixelated")
    expect(second).to_have_value("pixelated")
    notebook.wait_for("view.effect == 'pixelated'")


@pytest.mark.parametrize("width", [1200, 476])
def test_axe_finds_nothing_and_nothing_is_clipped_in_light_dark_and_narrow(
    page: Page, open_notebook: OpenNotebook, screenshot: Callable[..., None], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 1100})
    _open(page, open_notebook, "canvas2d")
    collapse_sidebar(page)
    load_axe(page)
    for theme in ("light", "dark"):
        choose_theme(page, theme)
        for effect in ("bokeh", "pixelated", "background"):
            page.get_by_role("combobox", name="Effect").select_option(effect)
            page.wait_for_timeout(600)
            assert serious_violations(page) == []
            assert clipped_elements(page) == []
            screenshot(page, f"effect-{effect}-{theme}-{width}")
    choose_theme(page, "light")


@pytest.mark.parametrize("width", [476, 990])
def test_tabs_and_controls_are_whole_in_the_narrowest_panels(
    page: Page, open_notebook: OpenNotebook, screenshot: Callable[..., None], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 1100})
    open_notebook(COMPARE)
    collapse_sidebar(page)
    page.wait_for_selector(".bodyseg-effect:visible")
    found = page.evaluate(TABS_JS)
    screenshot(page, f"effect-tabs-{width}")
    assert len(found) == 3
    for tabs in found:
        assert tabs["width"] <= 360
        assert (tabs["rows"], tabs["cut"]) == (1, [])
    assert page.evaluate(BEYOND_JS) == []
    assert clipped_elements(page) == []
