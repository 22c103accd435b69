"""What is drawn matches what Python computed: on both renderers, also mirrored."""

from __future__ import annotations

import base64
import itertools
import time
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from bodyseg_widgets import Frame, Mask, Result, Segmentation, Timings
from bodyseg_widgets.cards.views import ViewLook, draw_view
from tests.browser.explorer_page import (
    EXPLORER,
    canvas_pixels,
    claim_a_graphics_card,
    drawn_counter,
    freeze,
    intersection_over_union,
    press_start,
    timeline_button,
    wait_for_masks,
    without_the_kernel,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from playwright.sync_api import Page

    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Notebook

_MARKS = itertools.count(1)

_IMPORT_TESTS = f"import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r})"

REMEMBER = """
import base64
from collections import OrderedDict
import ipywidgets
import numpy as np
from tests.browser.clips import read_counter

masks = OrderedDict()

def remember(result):
    masks[read_counter(result.frame.image)] = result.mask.probability
    while len(masks) > 90:
        masks.popitem(last=False)

explorer.stream.on_result(remember)

def mask_of(counter, threshold):
    # As upstream cuts: alpha >= round(255 * threshold).
    person = np.rint(masks[counter] * 255) >= int(threshold * 255 + 0.5)
    return base64.b64encode(np.packbits(person)).decode()

# The page gets messages in the order in which they are sent.
mark = ipywidgets.HTML()
mark
"""

SIGNERS = 6
"""The people in the clip, each of whom is seen for `SIGNER_FRAMES` frames."""

SIGNER_FRAMES = 40

FEW = 2
"""Where a model or a way of drawing has been looked at elsewhere: who is seen makes no difference
to it, only what of the image the mask covers does."""


def _python_mask(notebook: Notebook, counter: int, threshold: float) -> NDArray[np.bool_]:
    bits = base64.b64decode(notebook.value(f"mask_of({counter}, {threshold})"))
    return np.unpackbits(np.frombuffer(bits, np.uint8)).reshape(480, 640).astype(bool)


def _set(notebook: Notebook, page: Page, name: str, value: object) -> None:
    """Set a trait of the view and wait until the page has it and had time to draw it."""
    mark = f"mark-{next(_MARKS)}"
    notebook.execute(f"explorer.view.{name} = {value!r}\nmark.value = {mark!r}")
    page.get_by_text(mark, exact=True).wait_for(state="attached")
    page.wait_for_timeout(150)


def _wait_for_another(page: Page, seen: set[int]) -> None:
    """Wait until a signer is drawn who was not looked at yet; the clip loops."""
    end = time.monotonic() + 60
    while drawn_counter(page) // SIGNER_FRAMES in seen:
        assert time.monotonic() < end
        page.wait_for_timeout(100)


def _assert_drawn_as_in_python(
    drawn: NDArray[np.uint8], picture: NDArray[np.int_], person: NDArray[np.bool_]
) -> None:
    """Hold that the page's mask and contour have the colors of Python's drawing of the view."""
    people = Segmentation(Mask.from_levels(np.uint8(person) * 255, size=person.shape))
    result = Result(Frame(id=1, image=picture.astype(np.uint8), timestamp=0.0), people, Timings())
    expected = draw_view(result, ViewLook("mask", mask_color="#cc79a7"))
    is_same = np.abs(drawn.astype(int) - expected).max(axis=2) <= 1
    # The masks may differ by a pixel at their edge, where the contour is, two pixels wide.
    edge = cv2.morphologyEx(np.uint8(person), cv2.MORPH_GRADIENT, np.ones((9, 9))) > 0
    assert is_same[~edge].all()
    assert is_same[edge].mean() > 0.8


@pytest.mark.parametrize(
    ("renderer", "options", "people"),
    [
        ("webgl2", "runtime='tensorflow', model_type='general'", SIGNERS),
        ("canvas2d", "runtime='tensorflow', model_type='general'", FEW),
        ("webgl2", "runtime='tensorflow', model_type='landscape'", FEW),
        ("canvas2d", "runtime='mediapipe', model_type='general'", FEW),
        ("webgl2", "runtime='mediapipe', model='BlazePose'", FEW),
        ("canvas2d", "runtime='tensorflow', model='BlazePose'", FEW),
    ],
)
def test_the_drawn_mask_is_pythons_mask_of_the_very_same_frame(
    page: Page,
    open_notebook: OpenNotebook,
    renderer: str,
    options: str,
    people: int,
) -> None:
    if renderer == "webgl2":
        claim_a_graphics_card(page)
    code = EXPLORER.format(options=f"mirror=False, view='picture', {options}")
    notebook = open_notebook(_IMPORT_TESTS, code, REMEMBER)
    press_start(page)
    wait_for_masks(page)
    assert page.get_attribute(".bodyseg-canvas", "data-renderer") == renderer
    seen: set[int] = set()
    for _ in range(people):
        _wait_for_another(page, seen)
        freeze(page)
        counter = drawn_counter(page)
        seen.add(counter // SIGNER_FRAMES)
        picture = canvas_pixels(page)[..., :3].astype(int)
        for threshold in (0.5, 0.15, 0.9):
            _set(notebook, page, "threshold", threshold)
            expected = _python_mask(notebook, counter, threshold)
            assert 0.02 < expected.mean() < 0.9
            _set(notebook, page, "view", "cut-out")
            cut = canvas_pixels(page)[..., 3] > 0
            assert intersection_over_union(cut, expected) >= 0.97
        _set(notebook, page, "threshold", 0.5)
        expected = _python_mask(notebook, counter, 0.5)

        _set(notebook, page, "mirror", value=True)
        mirrored = canvas_pixels(page)[..., 3] > 0
        assert intersection_over_union(mirrored, expected[:, ::-1]) >= 0.97
        _set(notebook, page, "mirror", value=False)

        _set(notebook, page, "view", "mask")
        colored = np.abs(canvas_pixels(page)[..., :3] - picture).max(axis=2) > 2
        assert intersection_over_union(colored, expected) >= 0.97
        _set(notebook, page, "mask_color", "#cc79a7")
        _assert_drawn_as_in_python(canvas_pixels(page)[..., :3], picture, expected)
        _set(notebook, page, "mask_color", "teal")

        _set(notebook, page, "view", "picture")
        timeline_button(page, "Play").click()
        wait_for_masks(page)
    # It is paused a little later, which may be within the next one.
    assert len(seen) >= people * 2 // 3


@pytest.mark.parametrize("renderer", ["webgl2", "canvas2d"])
def test_the_heatmap_has_the_color_of_pythons_probability(
    page: Page, open_notebook: OpenNotebook, renderer: str
) -> None:
    if renderer == "webgl2":
        claim_a_graphics_card(page)
    code = EXPLORER.format(options="mirror=False, view='picture', opacity=1")
    notebook = open_notebook(_IMPORT_TESTS, code, REMEMBER)
    press_start(page)
    wait_for_masks(page)
    page.wait_for_timeout(1000)
    freeze(page)
    counter = drawn_counter(page)
    _set(notebook, page, "view", "heatmap")
    # Inferno gets brighter with the probability, and only brighter.
    brightness = canvas_pixels(page)[..., :3].astype(float) @ [0.2126, 0.7152, 0.0722]
    probability = np.array(notebook.value(f"masks[{counter}][::8, ::8].tolist()"))
    seen = brightness[::8, ::8]
    assert seen[probability < 0.02].max() < 25
    assert seen[probability > 0.98].min() > 190
    between = (probability > 0.02) & (probability < 0.98)
    order = np.corrcoef(seen[between], probability[between])[0, 1]
    assert order > 0.97


def test_the_picture_changes_before_the_kernel_hears_of_it_when_the_threshold_moves(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(EXPLORER.format(options=""))
    press_start(page)
    wait_for_masks(page)
    freeze(page)
    page.get_by_label("Threshold").focus()
    for key in ("PageUp", "PageDown") * 4:
        with without_the_kernel(page):
            page.keyboard.press(key)
    notebook.wait_for("explorer.view.threshold == explorer.threshold_slider.value == 0.5")
