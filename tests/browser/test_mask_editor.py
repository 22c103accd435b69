"""A mask that is corrected by hand beside the frozen image, and what models score against it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import Position

from tests.browser.explorer_page import (
    SAMPLE_EXPLORER,
    choose_theme,
    load_axe,
    press_start,
    serious_violations,
    wait_for_masks,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import OpenNotebook

BEGIN, END = (100, 60), (300, 130)
RUBBED = (320, 200), (320, 420)
SIZES = {"brush": 31, "eraser": 12}

EXPECTED = f"""
import numpy as np

def stroke(shape, begin, end, size):
    # Which pixels are at most half the size from the line, by projecting them on it.
    y, x = np.mgrid[:shape[0], :shape[1]]
    along = np.array(end) - begin
    share = ((x - begin[0]) * along[0] + (y - begin[1]) * along[1]) / (along @ along)
    share = share.clip(0, 1)
    away = np.hypot(x - begin[0] - share * along[0], y - begin[1] - share * along[1])
    return away <= size / 2 + 1e-9

from bodyseg_widgets.evaluation import is_person
frozen = explorer.stream.latest
expected = is_person(frozen.mask, 0.5)
expected |= stroke(expected.shape, {BEGIN}, {END}, {SIZES["brush"]})
expected &= ~stroke(expected.shape, *{RUBBED}, {SIZES["eraser"]})
editor = explorer.parts.open["correct"].editor
"""

MEASURED = """
from bodyseg_widgets import create_segmenter, evaluate

evaluation = evaluate("corrected", "general", progress=False)
with create_segmenter("general") as segmenter:
    (people,) = segmenter.segment_people(editor.image)
found = is_person(people.mask, 0.5)
"""

README_EDITOR = """
from bodyseg_widgets import MaskEditor, create_segmenter, sample

image = sample("portrait")
with create_segmenter("general") as segmenter:
    (people,) = segmenter.segment_people(image)
editor = MaskEditor(image, people.mask, name="astronaut", brush_size=31)
editor.layout.width = "620px"
editor
"""
README_IMAGE = Path(__file__).parents[2] / "docs/images/mask-editor.png"


def _drag(canvas: Locator, begin: tuple[int, int], end: tuple[int, int]) -> None:
    """Draw from one pixel of the image to another."""
    box, mouse = canvas.bounding_box(), canvas.page.mouse
    assert box is not None
    width, height = canvas.evaluate("(canvas) => [canvas.width, canvas.height]")
    begins, ends = (
        Position(x=(x + 0.5) / width * box["width"], y=(y + 0.5) / height * box["height"])
        for x, y in (begin, end)
    )
    # Where it is, is known once it stays there.
    canvas.hover(position=begins)
    mouse.down()
    canvas.hover(position=ends)
    mouse.up()


def test_strokes_on_the_frozen_image_are_a_mask_to_the_pixel_that_models_are_measured_with(
    page: Page,
    open_notebook: OpenNotebook,
    screenshot: Callable[..., None],
    request: pytest.FixtureRequest,
) -> None:
    notebook = open_notebook(SAMPLE_EXPLORER)
    press_start(page)
    wait_for_masks(page)
    page.get_by_role("button", name="Correct mask").click()
    notebook.wait_for("explorer.webcam.paused")
    canvas = page.locator(".bodyseg-editor-mask")
    canvas.wait_for()
    page.wait_for_function("() => document.querySelector('.bodyseg-editor-mask').width === 640")
    editor = "explorer.parts.open['correct'].editor"
    notebook.execute(f"{editor}.brush_size = {SIZES['brush']}")
    page.get_by_text(f"{SIZES['brush']} px").wait_for()
    _drag(canvas, BEGIN, END)
    page.get_by_role("button", name="Eraser").click()
    notebook.execute(f"{editor}.brush_size = {SIZES['eraser']}")
    page.get_by_text(f"{SIZES['eraser']} px").wait_for()
    _drag(canvas, *RUBBED)
    notebook.execute(EXPECTED)
    notebook.wait_for("np.array_equal(editor.mask, expected)")
    assert notebook.value("[*editor.mask.shape]") == [480, 640]

    page.get_by_label("Name of the pair").fill("mine")
    page.get_by_role("button", name="Save pair").click()
    page.get_by_text("Saved mine in").wait_for()
    notebook.execute(MEASURED)
    by_hand = notebook.value("float((found & expected).sum() / (found | expected).sum())")
    assert notebook.value("float(evaluation.images['iou'][0])") == by_hand < 1
    load_axe(page)
    for theme in ("dark", "light"):
        choose_theme(page, theme)
        assert serious_violations(page) == []
        screenshot(page, f"mask-editor-{theme}", ".bodyseg-explorer")
    if request.config.getoption("--update-pictures"):
        _update_readme(page, open_notebook)


def _update_readme(page: Page, open_notebook: OpenNotebook) -> None:
    """Write the README's image of an editor, with the ring of its brush."""
    open_notebook(README_EDITOR)
    page.wait_for_function("() => document.querySelector('.bodyseg-editor-mask').width === 512")
    page.locator(".bodyseg-editor-mask").hover(position={"x": 494, "y": 551})
    page.locator(".bodyseg-editor").screenshot(path=README_IMAGE)
