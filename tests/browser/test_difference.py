"""The drawn difference of two models matches NumPy's, from their masks of that frame."""

from __future__ import annotations

import base64
import re
from functools import partial
from operator import eq
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.explorer_page import (
    choose_theme,
    pixels_when,
    press_start,
    seen_when,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from playwright.sync_api import Page

    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Notebook

PANELS = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r})
import base64
import ipywidgets
from bodyseg_widgets import DifferenceView, Mask, SegmentationStream, SegmentationView, Webcam

webcam = Webcam()
NAMES = ["general", "landscape"]
streams = [SegmentationStream(webcam, model_type=each) for each in NAMES]
views = [SegmentationView(stream, mirror=False) for stream in streams]
difference = DifferenceView(
    *views, names=NAMES, mirror=False, opacity=1
)
# Wide enough for the picture, and no wider.
difference.layout.width = "640px"
masks = {{name: {{}} for name in NAMES}}

def remember(name):
    def note(result):
        masks[name][result.frame.id] = result.mask
    return note

for name, stream in zip(NAMES, streams):
    stream.on_result(remember(name))

def levels_of(name, frame):
    mask = masks[name][frame]
    sent = Mask.from_levels(mask.levels, size=mask.size, region=mask.region)
    return base64.b64encode(sent.to_image_data()[..., 3].tobytes()).decode()

ipywidgets.VBox([webcam, difference, ipywidgets.HBox(views)])
"""

CANVAS = ".bodyseg-difference .bodyseg-canvas"
NUMBER = "window.drawnFrame(document.querySelector('.bodyseg-difference .bodyseg-frame'))"
"""A JavaScript expression: the number of the frame that is drawn."""

NOTE = ".bodyseg-difference .bodyseg-note"

NEITHER, ONLY_A, ONLY_B, BOTH = range(4)
COLORS = {ONLY_A: (230, 159, 0), ONLY_B: (0, 158, 115), BOTH: (0, 114, 178)}
ALIKE = (24, 24, 24)


class Levels(NamedTuple):
    """Two models' probabilities of one frame, as upstream has them: 8 bits, image-sized."""

    a: NDArray[np.int_]
    b: NDArray[np.int_]

    def categories(self, threshold_a: float, threshold_b: float) -> NDArray[np.int_]:
        return (self.a >= _cutoff(threshold_a)) + 2 * (self.b >= _cutoff(threshold_b))

    def sure(self, threshold_a: float, threshold_b: float) -> NDArray[np.bool_]:
        """Where a level more or less, which is rounding, is the same category."""
        far_a = np.abs(self.a - _cutoff(threshold_a)) > 1
        return far_a & (np.abs(self.b - _cutoff(threshold_b)) > 1)


def _cutoff(threshold: float) -> int:
    return int(threshold * 255 + 0.5)


def _open(open_notebook: OpenNotebook, page: Page) -> Notebook:
    notebook = open_notebook(PANELS)
    press_start(page)
    _wait_for_frames(page)
    return notebook


def _wait_for_frames(page: Page) -> None:
    """Wait until a frame of both is drawn, and then another one."""
    page.wait_for_function(
        f"(note) => document.querySelector(note)?.hidden && {NUMBER} >= 0",
        arg=NOTE,
        timeout=30_000,
    )
    before = _drawn_frame(page)
    page.wait_for_function(f"(before) => {NUMBER} > before", arg=before)


def _drawn_frame(page: Page) -> int:
    number: int = page.wait_for_function(f"() => {NUMBER} >= 0 && {{ number: {NUMBER} }}").evaluate(
        "({ number }) => number"
    )
    return number


def _paused_levels(notebook: Notebook, page: Page, *names: str) -> Levels:
    """Pause the source, and give both masks of the frame that is drawn then."""
    notebook.execute("webcam.pause()")
    notebook.wait_for("not any(stream.latest.frame.live for stream in streams)")
    frame = notebook.value("streams[0].latest.frame.id")
    page.wait_for_function(f"(frame) => {NUMBER} === frame", arg=frame)
    a, b = (
        np.frombuffer(base64.b64decode(notebook.value(f"levels_of({name!r}, {frame})")), np.uint8)
        for name in names or ("general", "landscape")
    )
    return Levels(a.reshape(480, 640).astype(int), b.reshape(480, 640).astype(int))


def _drawn(page: Page, matches: Callable[[NDArray[np.int_]], bool | np.bool_]) -> NDArray[np.int_]:
    """The colors that are drawn, once they match; hold that they do."""

    def colors(pixels: NDArray[np.uint8]) -> NDArray[np.int_]:
        assert pixels.shape == (480, 640, 4)
        assert pixels[..., 3].min() == 255
        return pixels[..., :3].astype(int)

    drawn = colors(pixels_when(page, lambda pixels: matches(colors(pixels)), CANVAS))
    assert matches(drawn)
    return drawn


def _categories(drawn: NDArray[np.int_]) -> NDArray[np.int_]:
    categories = np.full(drawn.shape[:2], NEITHER)
    for category, color in COLORS.items():
        categories[(drawn == color).all(axis=2)] = category
    return categories


def _assert_categories(
    page: Page, expected: NDArray[np.int_], sure: NDArray[np.bool_]
) -> NDArray[np.int_]:
    """Hold that these categories are drawn where they are sure; give those that are drawn."""
    return _categories(_drawn(page, lambda drawn: (_categories(drawn) == expected)[sure].all()))


def test_the_agreement_has_the_colors_of_numpys_categories_pixel_by_pixel(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = _open(open_notebook, page)
    excluded: list[float] = []
    seen: set[int] = set()
    # The camera goes on while its image is held: each time, somebody else is in it.
    for _ in range(3):
        levels = _paused_levels(notebook, page)
        for thresholds in ((0.5, 0.5), (0.1, 0.9), (0.9, 0.1)):
            # Those of the views, which the difference follows in the page.
            notebook.execute(f"views[0].threshold, views[1].threshold = {thresholds}")
            expected, sure = levels.categories(*thresholds), levels.sure(*thresholds)
            excluded.append(1 - sure.mean())
            drawn = _assert_categories(page, expected, sure)
            seen |= {*np.unique(expected[sure]).tolist()}
            # The legend counts what is drawn, rounded to 0.1 %, ten times a second.
            shares = [(drawn == each).mean() for each in (BOTH, ONLY_A, ONLY_B, NEITHER)]
            rounded = pytest.approx(shares, abs=0.00051)
            assert seen_when(page, partial(_shares, page), partial(eq, rounded)) == rounded
        notebook.execute("views[0].threshold, views[1].threshold = 0.5, 0.5")
        notebook.execute("difference.mirror = True")
        _assert_categories(
            page, levels.categories(0.5, 0.5)[:, ::-1], levels.sure(0.5, 0.5)[:, ::-1]
        )
        notebook.execute("difference.mirror = False")
        notebook.execute("webcam.play()")
        _wait_for_frames(page)
    assert seen == {NEITHER, ONLY_A, ONLY_B, BOTH}
    # Where a level of rounding decides: 0.03 % to 0.1 % of the pixels, when this was written.
    assert max(excluded) < 0.01


def _shares_in_words(page: Page) -> list[str]:
    return page.locator(".bodyseg-shares li").all_inner_texts()


def _shares(page: Page) -> list[float]:
    return [float(text.split()[-2]) / 100 for text in _shares_in_words(page)]


def test_where_neither_sees_a_person_the_picture_is_gray_and_darkened(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = _open(open_notebook, page)
    levels = _paused_levels(notebook, page)
    neither = (levels.categories(0.5, 0.5) == NEITHER) & levels.sure(0.5, 0.5)
    dark = _drawn(page, lambda drawn: (_categories(drawn) == NEITHER)[neither].all())[neither]
    notebook.execute("difference.opacity = 0")

    def is_gray_and_not_darkened(drawn: NDArray[np.int_]) -> np.bool_:
        picture = drawn[neither]
        is_gray = (picture == picture[:, :1]).all()
        return is_gray & (np.abs(dark - picture / 2).max() <= 0.5)

    _drawn(page, is_gray_and_not_darkened)


def test_the_difference_has_the_colors_of_numpys_difference_pixel_by_pixel(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = _open(open_notebook, page)
    levels = _paused_levels(notebook, page)
    notebook.execute("difference.view = 'difference'")
    size = np.arange(256)[:, None] / 255
    to_a, to_b = (
        np.floor(ALIKE + (np.array(COLORS[end]) - ALIKE) * size + 0.5).astype(int)
        for end in (ONLY_A, ONLY_B)
    )
    # The colors of -255 to 255.
    colors = np.concatenate([to_b[:0:-1], to_a])
    difference = levels.a - levels.b
    assert difference.max() > 100
    assert difference.min() < -100

    def is_near(drawn: NDArray[np.int_]) -> np.bool_:
        # Of each of the two probabilities, a level is rounding.
        near = [np.clip(difference + off, -255, 255) + 255 for off in range(-2, 3)]
        return np.any([(drawn == colors[each]).all(axis=2) for each in near], axis=0).all()

    drawn = _drawn(page, is_near)
    # At first, 99.7 % were exact.
    assert (drawn == colors[difference + 255]).all(axis=2).mean() > 0.98


def test_the_pixel_under_the_pointer_is_read_off(page: Page, open_notebook: OpenNotebook) -> None:
    notebook = _open(open_notebook, page)
    notebook.execute("difference.view = 'difference'")
    levels = _paused_levels(notebook, page)
    page.locator(CANVAS).focus()
    # From the middle, 15 % to the left and down.
    for key in ("ArrowLeft", "ArrowDown"):
        page.keyboard.press(f"Shift+{key}")
        for _ in range(5):
            page.keyboard.press(key)
    spoken = page.locator(".bodyseg-difference .bodyseg-spoken")
    expect(spoken).to_have_text(re.compile("at 35 percent from the left, 65 percent from the top$"))
    a, b = levels.a[312, 224], levels.b[312, 224]
    probe = page.locator(".bodyseg-difference .bodyseg-probe")
    # Stopped, the note is over the image; the keys go on.
    values, category = (probe.text_content() or "").split("\n")
    general, landscape, change = (part.split()[-1] for part in values.split(" · "))
    assert values.startswith("general ")
    assert float(general) == pytest.approx(a / 255, abs=0.01)
    assert float(landscape) == pytest.approx(b / 255, abs=0.01)
    assert float(change.replace("\N{MINUS SIGN}", "-")) == pytest.approx((a - b) / 255, abs=0.02)
    names = ("neither", "only general", "only landscape", "both")
    assert category == names[levels.categories(0.5, 0.5)[312, 224]]


def test_the_two_are_exchanged_while_frames_go_on(page: Page, open_notebook: OpenNotebook) -> None:
    notebook = _open(open_notebook, page)
    notebook.execute("views[0].threshold, views[1].threshold = 0.2, 0.8")
    notebook.execute("difference.a, difference.b = difference.b, difference.a")
    notebook.execute("difference.names = [*reversed(NAMES)]")
    _wait_for_frames(page)
    levels = _paused_levels(notebook, page, "landscape", "general")
    _assert_categories(page, levels.categories(0.8, 0.2), levels.sure(0.8, 0.2))
    expect(page.locator(".bodyseg-shares li").nth(1)).to_contain_text("only landscape")
    # Each follows the threshold of the view it is now.
    notebook.execute("views[0].threshold = 0.4")
    _assert_categories(page, levels.categories(0.8, 0.4), levels.sure(0.8, 0.4))


def _show(notebook: Notebook, page: Page, view: str) -> None:
    notebook.execute(f"difference.view = {view!r}")
    shares = page.locator(".bodyseg-difference .bodyseg-shares")
    expect(shares).to_be_visible(visible=view == "agreement")
    _drawn_frame(page)


def test_it_is_seen_in_light_and_dark_and_narrow(
    page: Page, open_notebook: OpenNotebook, screenshot: Callable[[Page, str, str], None]
) -> None:
    notebook = _open(open_notebook, page)
    notebook.execute("difference.opacity = 0.7")
    for theme in ("light", "dark"):
        choose_theme(page, theme)
        for view in ("agreement", "difference"):
            _show(notebook, page, view)
            screenshot(page, f"difference-{view}-{theme}", ".bodyseg-difference")
    notebook.execute("difference.layout.width = '260px'")
    for view in ("agreement", "difference"):
        _show(notebook, page, view)
        screenshot(page, f"difference-{view}-narrow", ".bodyseg-difference")
        assert page.evaluate(
            """() => [...document.querySelectorAll('.bodyseg-difference *')]
              .every((each) => each.scrollWidth <= each.clientWidth + 1
                || getComputedStyle(each).display === 'inline'
                || each.closest('.bodyseg-spoken'))"""
        )
