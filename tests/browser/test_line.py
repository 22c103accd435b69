"""A line drawn across an image, the keys of an image, and the number of its frame."""

from __future__ import annotations

from functools import partial
from operator import eq
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.explorer_page import drawn_counter, pixels_when, press_start, seen_when

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Notebook

LINE = [0.25, 0.5, 0.75, 0.5]

PANELS = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r})
import ipywidgets
from bodyseg_widgets import SegmentationStream, SegmentationView, Webcam
from tests.browser.clips import read_counter

webcam = Webcam()
stream = SegmentationStream(webcam, model_type="landscape")
views = [
    SegmentationView(stream, view="picture", mirror=mirror, frame_number=True, line={LINE})
    for mirror in (False, True)
]
link = ipywidgets.jslink((views[0], "line"), (views[1], "line"))
for view in views:
    view.layout.width = "400px"

counters = {{}}

def note_counter(result):
    counters[result.frame.id] = read_counter(result.frame.image)

stream.on_result(note_counter)
ipywidgets.VBox([webcam, ipywidgets.HBox(views)])
"""


NUMBERS = "[...document.querySelectorAll('.bodyseg-frame')].map(window.drawnFrame)"
"""A JavaScript expression: the numbers of the frames that are drawn."""


def _open(open_notebook: OpenNotebook, page: Page) -> Notebook:
    notebook = open_notebook(PANELS)
    press_start(page)
    page.wait_for_function(
        f"() => {NUMBERS}.length === 2 && {NUMBERS}.every((each) => each >= 0)",
        timeout=30_000,
    )
    return notebook


def _drag(
    page: Page, canvas: Locator, begin: tuple[float, float], end: tuple[float, float]
) -> None:
    box = canvas.bounding_box()
    assert box is not None
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (begin, end)]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=4)
    page.mouse.up()


def _ends(page: Page, panel: int) -> list[float]:
    """Where the line is seen in a panel: x and y of A, x and y of B."""
    ends: list[float] = page.evaluate(
        """(panel) => {
          const line = document.querySelectorAll('.bodyseg-line')[panel].querySelector('line');
          return ['x1', 'y1', 'x2', 'y2'].map((name) => parseFloat(line.getAttribute(name)) / 100);
        }""",
        panel,
    )
    return ends


def _ends_in_both(page: Page) -> list[float]:
    return [*_ends(page, 0), *_ends(page, 1)]


def test_a_line_drawn_across_one_picture_is_seen_in_all_and_told_to_the_kernel(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = _open(open_notebook, page)
    assert _ends(page, 0) == pytest.approx(LINE)
    plain = page.locator(".bodyseg-canvas").first
    _drag(page, plain, (0.1, 0.3), (0.6, 0.9))
    notebook.wait_for("views[1].line == views[0].line != []")
    drawn = notebook.value("views[0].line")
    assert drawn == pytest.approx([0.1, 0.3, 0.6, 0.9], abs=0.005)
    # The other image is mirrored: the same places of the person.
    expected = pytest.approx([*drawn, 1 - drawn[0], drawn[1], 1 - drawn[2], drawn[3]])
    both = partial(_ends_in_both, page)
    assert seen_when(page, both, lambda ends: ends == expected) == expected


def test_a_picture_says_the_number_of_its_frame_where_it_is_asked_to(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = _open(open_notebook, page)
    notebook.execute("webcam.pause()")
    notebook.wait_for("not stream.latest.frame.live")
    frame = notebook.value("stream.latest.frame.id")
    page.wait_for_function(f"(frame) => {NUMBERS}.every((each) => each === frame)", arg=frame)
    # Python knows what was painted into the frame of this number.
    counter = notebook.value(f"counters[{frame}]")
    assert seen_when(page, partial(drawn_counter, page), partial(eq, counter)) == counter

    # The number is white on dark, in the upper left corner.
    def whitest(pixels: NDArray[np.uint8]) -> int:
        return int(pixels[:26, :40, :3].max())

    overlay = pixels_when(page, lambda pixels: whitest(pixels) > 200, ".bodyseg-overlay")
    assert whitest(overlay) > 200
    notebook.execute("views[0].frame_number = False")
    page.locator(".bodyseg-overlay").first.wait_for(state="hidden")


def test_space_pauses_and_comma_and_full_stop_step(page: Page, open_notebook: OpenNotebook) -> None:
    notebook = _open(open_notebook, page)
    # So that there are frames to step back to.
    notebook.wait_for("stream.latest.frame.id > 10")
    page.locator(".bodyseg-canvas").first.focus()
    page.keyboard.press("Space")
    notebook.wait_for("webcam.paused")
    notebook.wait_for("not stream.latest.frame.live")
    frozen = notebook.value("stream.latest.frame.id")
    page.wait_for_function(f"(frozen) => {NUMBERS}.every((each) => each === frozen)", arg=frozen)
    page.keyboard.press(",")
    page.wait_for_function(
        f"(frozen) => {NUMBERS}[0] < frozen",
        arg=frozen,
    )
    page.keyboard.press(".")
    page.wait_for_function(
        f"(frozen) => {NUMBERS}[0] === frozen",
        arg=frozen,
    )
    page.keyboard.press("Space")
    notebook.wait_for("not webcam.paused")
