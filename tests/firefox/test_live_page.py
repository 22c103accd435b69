"""The page of `Explorer.to_html(live=True)` in Firefox."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets import Compare, Webcam, create_segmenter
from bodyseg_widgets.rendering.color import TEAL
from tests.browser.explorer_page import canvas_pixels, intersection_over_union
from tests.file_server import serve_live_page, serving

if TYPE_CHECKING:
    from pathlib import Path

    from tests.firefox.firefox import FirefoxPage

START = ".bodyseg-webcam > button"
TIMELINE = ".bodyseg-timeline button"

HOLDS = """
() => {
  const said = document.querySelector('.bodyseg-place').innerText.match(/^frame (\\d+)/);
  const frames = [...document.querySelectorAll('.bodyseg-panels .bodyseg-frame')];
  return frames.every((frame) => window.drawnFrame(frame) === Number(said[1]));
}
"""
"""A JavaScript function: whether all panels show the frame at which the timeline is held."""


def test_masks_are_right_and_nothing_beyond_the_server_is_asked_for(
    page: FirefoxPage, tmp_path: Path
) -> None:
    models = Compare(["general", "lite"], Webcam(source="sample"), runtime="browser", opacity=1.0)
    with serving() as server:
        with closing(models) as compare:
            serve_live_page(server, compare, tmp_path)
        page.goto(f"{server.address}/demo%20page.html")
        page.click(START, "Start")
        page.wait_for_text(".bodyseg-shares", "both [1-9]", timeout=60_000)
        page.wait_for_text(".bodyseg-webcam .bodyseg-status", "^Pictures stay in this browser")
        page.wait_for_text(".bodyseg-rate .bodyseg-running-on", "^processor$")
        # Shown again, the picture is the JPEG that the models see.
        page.click(TIMELINE)
        page.wait_for_text(".bodyseg-place", "^frame ")
        page.wait_for_function(HOLDS)
        drawn = canvas_pixels(page)[..., :3].astype(int)
        page.click(".bodyseg-panel [role=tab]", "Picture")
        picture = canvas_pixels(page)[..., :3]
        page.click(START, "Stop")
        page.wait_for_text(START, "^Start$")
        others = [url for url in page.asked if not url.startswith((server.address, "data:"))]
        assert others == []
    person = (np.abs(drawn - np.array([*TEAL][:3])) <= 1).all(axis=-1)
    with create_segmenter("general") as segmenter:
        (found,) = segmenter.segment_people(np.ascontiguousarray(picture))
    assert 0.2 < person.mean() < 0.8
    iou = intersection_over_union(person, found.mask.probability >= 0.5)
    assert iou >= 0.999
