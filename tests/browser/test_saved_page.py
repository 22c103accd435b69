"""The page of `Explorer.to_html` in a browser that reaches no network. No Jupyter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from bodyseg_widgets import Compare, Frame, Webcam, sample
from bodyseg_widgets.evaluation import is_person
from bodyseg_widgets.streaming import choose_like, look_once
from tests.browser.explorer_page import canvas_pixels, pixels_when

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from playwright.sync_api import Browser

IMAGE = "[aria-label='Selfie general'] .image"
PINK = (204, 121, 167)

# A canvas that a page draws on its own thread is on the screen a moment later.
READ_CANVASES = """
window.drawnCanvas = async (selector) => {
  for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
  return document.querySelector(selector);
};
"""


def test_masks_follow_the_threshold_and_poses_turn_without_a_kernel(
    browser: Browser, tmp_path: Path
) -> None:
    compare = Compare(
        ["general", "full"],
        Webcam(source="squats"),
        show=(),
        opacity=1,
        mask_color=PINK,
        mirror=False,
    )
    path = compare.to_html(tmp_path / "lesson.html")
    compare.close()
    frame = Frame(0, sample("squats").frame_at(0).image, timestamp=0.0)
    mask = look_once(choose_like("general"), frame).mask

    errors: list[str] = []
    asked: list[str] = []
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.add_init_script(READ_CANVASES)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_selector("html[data-shown]")
    general = page.get_by_label("Selfie general", exact=True)
    for threshold in (0.5, 0.95):
        general.get_by_role("slider").fill(str(threshold))
        person = is_person(mask, threshold)

        def wrong(pixels: NDArray[np.uint8], person: NDArray[np.bool_] = person) -> float:
            covered = (np.abs(pixels[..., :3].astype(int) - PINK) <= 2).all(axis=2)
            return float((covered != person).mean())

        assert wrong(pixels_when(page, lambda pixels: wrong(pixels) < 0.002, IMAGE)) < 0.002
        # As in the live page, of the network's own pixels.
        share = float(general.locator(".share").inner_text().split()[1])
        assert share == pytest.approx(100 * person.mean(), abs=1)
    general.get_by_label("picture", exact=True).check()

    def off(pixels: NDArray[np.uint8]) -> float:
        return float(np.abs(pixels[..., :3].astype(int) - frame.image).mean())

    assert off(pixels_when(page, lambda pixels: off(pixels) < 3, IMAGE)) < 3

    before = canvas_pixels(page, ".turntable")
    assert (before[..., 3] > 0).mean() > 0.01
    page.locator(".turntable").focus()
    page.keyboard.press("ArrowRight")
    turned = pixels_when(page, lambda pixels: (pixels != before).any(), ".turntable")
    assert (turned != before).any()
    page.keyboard.press("Home")
    back = pixels_when(page, lambda pixels: (pixels == before).all(), ".turntable")
    assert (back == before).all()
    context.close()
    assert errors == []
    assert [url for url in asked if not url.startswith(("file:", "blob:"))] == []
