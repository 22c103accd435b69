"""Results show themselves in JupyterLab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenNotebook

LOAD = """
from importlib.resources import files
import numpy as np
from PIL import Image
import bodyseg_widgets as bs

sample = files("bodyseg_widgets.streaming.samples") / "data" / "astronaut.jpg"
with sample.open("rb") as file:
    portrait = np.asarray(Image.open(file).convert("RGB"))
with bs.create_segmenter("MediaPipeSelfieSegmentation", runtime="mediapipe") as segmenter:
    (people,) = segmenter.segment_people(portrait)
with bs.create_detector("BlazePose", runtime="tensorflow", enable_segmentation=True) as detector:
    poses = detector.estimate_poses(portrait)
frame = bs.Frame(1, portrait, timestamp=0.0)
result = bs.Result(frame, people, bs.Timings(infer=5.0), tuple(poses))
"""
SHOWN = (
    "segmenter", "people.mask", "people", "poses", "poses[0]", "frame", "result",
    "bs.Snapshot(frame, {'one': result, 'two': result})",
)  # fmt: skip


def test_results_are_images_and_text_and_no_red_box(
    page: Page, open_notebook: OpenNotebook, screenshot: Callable[..., None]
) -> None:
    open_notebook(LOAD, *SHOWN)
    outputs = page.locator(".jp-OutputArea-output")
    expect(outputs).to_have_count(len(SHOWN))
    expect(page.locator("[data-mime-type='application/vnd.jupyter.stderr']")).to_have_count(0)
    for at, expected in enumerate((0, 2, 1, 1, 1, 1, 1, 3)):
        images = outputs.nth(at).locator("img")
        expect(images).to_have_count(expected)
        for image in images.all():
            width = image.evaluate("image => image.decode().then(() => image.naturalWidth)")
            assert width > 0
    wide = page.locator(".jp-OutputArea-output > div > figure")
    assert max(figure.bounding_box()["width"] for figure in wide.all()) <= 480
    screenshot(page, "cards", ".jp-Notebook")


def test_all_keypoints_of_a_pose_open_on_a_click(page: Page, open_notebook: OpenNotebook) -> None:
    open_notebook(LOAD, "poses[0]")
    row = page.get_by_role("row", name="32 right_foot_index")
    expect(row).to_be_hidden()
    page.get_by_text("All 33 keypoints").click()
    row.scroll_into_view_if_needed()
    expect(row).to_be_visible()
