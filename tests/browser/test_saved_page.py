"""The page of `Explorer.to_html` in a browser that reaches no network. No Jupyter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from bodyseg_widgets import Compare, Frame, Webcam, sample
from bodyseg_widgets.evaluation import is_person
from bodyseg_widgets.streaming import choose_like, look_once
from tests.browser.explorer_page import canvas_pixels

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

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
        drawn = canvas_pixels(page, "[aria-label='Selfie general'] .image")[..., :3]
        covered = (np.abs(drawn.astype(int) - PINK) <= 2).all(axis=2)
        assert (covered != is_person(mask, threshold)).mean() < 0.002
        # As in the live page, of the network's own pixels.
        share = float(general.locator(".share").inner_text().split()[1])
        assert share == pytest.approx(100 * is_person(mask, threshold).mean(), abs=1)
    general.get_by_label("picture", exact=True).check()
    plain = canvas_pixels(page, "[aria-label='Selfie general'] .image")[..., :3]
    assert np.abs(plain.astype(int) - frame.image).mean() < 3

    before = canvas_pixels(page, ".turntable")
    assert (before[..., 3] > 0).mean() > 0.01
    page.locator(".turntable").focus()
    page.keyboard.press("ArrowRight")
    assert (canvas_pixels(page, ".turntable") != before).any()
    page.keyboard.press("Home")
    assert (canvas_pixels(page, ".turntable") == before).all()
    context.close()
    assert errors == []
    assert [url for url in asked if not url.startswith(("file:", "blob:"))] == []
