"""What is drawn matches what Python computed: on both renderers, also mirrored."""

from __future__ import annotations

import base64
import itertools
import time
from functools import partial
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
    pixels_when,
    press_start,
    timeline_button,
    wait_for_masks,
    without_the_kernel,
)

if TYPE_CHECKING:
    from collections.abc import Callable

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


def _set(notebook: Notebook, page: Page, **traits: object) -> None:
    """Set traits of the view and wait until the page has them."""
    mark = f"mark-{next(_MARKS)}"
    lines = [f"explorer.view.{name} = {value!r}" for name, value in traits.items()]
    notebook.execute("\n".join([*lines, f"mark.value = {mark!r}"]))
    page.get_by_text(mark, exact=True).wait_for(state="attached")


def _wait_for_another(page: Page, seen: set[int]) -> None:
    """Wait until a signer is drawn who was not looked at yet; the clip loops."""
    end = time.monotonic() + 60
    while drawn_counter(page) // SIGNER_FRAMES in seen:
        assert time.monotonic() < end
        page.wait_for_timeout(100)


def _assert_drawn(
    page: Page, expected: NDArray[np.bool_], where: Callable[[NDArray[np.uint8]], NDArray[np.bool_]]
) -> None:
    """Hold that an image is drawn in which the expected pixels are marked."""

    def overlap(pixels: NDArray[np.uint8]) -> float:
        return intersection_over_union(where(pixels), expected)

    assert overlap(pixels_when(page, lambda pixels: overlap(pixels) >= 0.97)) >= 0.97


def _is_opaque(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return pixels[..., 3] > 0


def _is_colored(picture: NDArray[np.int_], pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    colored: NDArray[np.bool_] = np.abs(pixels[..., :3] - picture).max(axis=2) > 2
    return colored


def _assert_drawn_as_in_python(
    page: Page, picture: NDArray[np.int_], person: NDArray[np.bool_]
) -> None:
    """Hold that the page's mask and contour have the colors of Python's drawing of the view."""
    people = Segmentation(Mask.from_levels(np.uint8(person) * 255, size=person.shape))
    result = Result(Frame(id=1, image=picture.astype(np.uint8), timestamp=0.0), people, Timings())
    expected = draw_view(result, ViewLook("mask", mask_color="#cc79a7"))
    # The masks may differ by a pixel at their edge, where the contour is, two pixels wide.
    edge = cv2.morphologyEx(np.uint8(person), cv2.MORPH_GRADIENT, np.ones((9, 9))) > 0

    def is_same(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
        same: NDArray[np.bool_] = np.abs(pixels[..., :3].astype(int) - expected).max(axis=2) <= 1
        return same

    same = is_same(pixels_when(page, lambda pixels: bool(is_same(pixels)[~edge].all())))
    assert same[~edge].all()
    assert same[edge].mean() > 0.8


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
            expected = _python_mask(notebook, counter, threshold)
            assert 0.02 < expected.mean() < 0.9
            _set(notebook, page, threshold=threshold, view="cut-out")
            _assert_drawn(page, expected, _is_opaque)
        expected = _python_mask(notebook, counter, 0.5)
        _set(notebook, page, threshold=0.5, mirror=True)
        _assert_drawn(page, expected[:, ::-1], _is_opaque)

        _set(notebook, page, mirror=False, view="mask")
        _assert_drawn(page, expected, partial(_is_colored, picture))
        _set(notebook, page, mask_color="#cc79a7")
        _assert_drawn_as_in_python(page, picture, expected)

        _set(notebook, page, mask_color="teal", view="picture")
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
    freeze(page)
    counter = drawn_counter(page)
    _set(notebook, page, view="heatmap")
    probability = np.array(notebook.value(f"masks[{counter}][::8, ::8].tolist()"))

    def brightness(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        weighed: NDArray[np.float64] = pixels[::8, ::8, :3] @ np.array([0.2126, 0.7152, 0.0722])
        return weighed

    # Inferno gets brighter with the probability, and only brighter.
    seen = brightness(
        pixels_when(page, lambda pixels: brightness(pixels)[probability < 0.02].max() < 25)
    )
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
