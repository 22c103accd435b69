"""BodyPix in JupyterLab: live parts, people and skeletons, and its choice in the picker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from playwright.sync_api import expect

from tests.browser.explorer_page import (
    canvas_pixels,
    choose_model,
    choose_view,
    pixels_when,
    press_start,
    wait_for_masks,
)
from tests.ssim import structural_similarity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Notebook

LEFT, RIGHT = (86, 180, 233), (230, 159, 0)

EXPLORER = """
import numpy as np
from bodyseg_widgets import Explorer, add_weights

add_weights({folder!r})
explorer = Explorer({picture!r}, model={model!r}, view='picture', mirror=False, max_poses=5)
explorer
"""


IN_PAGE = """
import numpy as np
from bodyseg_widgets import Explorer, add_weights

explorer = Explorer({picture!r}, model="BodyPix", runtime="browser", mirror=False, max_poses=5)
explorer
"""


BLURRED = """
from pathlib import Path
from bodyseg_widgets import blur_body_part

latest = explorer.stream.latest
drawn = blur_body_part(
    latest.frame.image, latest.segmentation, parts=["left_face", "right_face"],
    background_blur_amount=30,
)
np.save(Path({folder!r}) / "blurred.npy", drawn)
np.save(Path({folder!r}) / "face.npy", (latest.mask >= 0.5) & (latest.mask.values <= 1))
"""


def _start(open_notebook: OpenNotebook, page: Page, folder: Path, model: object) -> Notebook:
    picture = folder / "reference" / "inputs" / "three_people.png"
    notebook = open_notebook(EXPLORER.format(folder=str(folder), picture=str(picture), model=model))
    press_start(page)
    wait_for_masks(page)
    return notebook


def test_parts_people_and_skeletons_are_drawn_live(
    page: Page, open_notebook: OpenNotebook, bodypix_folder: Path
) -> None:
    notebook = _start(open_notebook, page, bodypix_folder, "BodyPix")
    expect(page.locator(".bodyseg-note")).to_be_hidden()
    assert notebook.value("int(explorer.stream.latest.mask.people.max())") == 3
    joints = notebook.value(
        "[[x, y] for pose in explorer.stream.latest.poses for x, y, score, name in pose.keypoints "
        "if score > 0.9 and name in ('left_shoulder', 'right_shoulder')]"
    )
    width = notebook.value("explorer.stream.latest.frame.size[0]")
    assert len(joints) >= 4

    def missing(pixels: np.ndarray) -> int:
        scale = pixels.shape[1] / width
        drawn = [pixels[int(y * scale), int(x * scale)].astype(int) for x, y in joints]
        there = [
            pixel[3] > 200 and min(np.abs(pixel[:3] - side).max() for side in (LEFT, RIGHT)) < 30
            for pixel in drawn
        ]
        return there.count(False)

    assert missing(pixels_when(page, lambda pixels: missing(pixels) == 0, ".bodyseg-overlay")) == 0

    picture = canvas_pixels(page)
    choose_view(page, "Parts")
    legend = page.get_by_role("list", name="Colors of classes")
    for part in ("left face", "right face", "torso front", "left hand"):
        expect(legend.get_by_text(part, exact=True)).to_be_visible()

    def colored(pixels: np.ndarray) -> float:
        return float((np.abs(pixels.astype(int) - picture).max(axis=2) > 20).mean())

    covered = notebook.value("float((explorer.stream.latest.mask >= 0.5).mean())")
    parts = pixels_when(page, lambda pixels: colored(pixels) > 0.8 * covered)
    assert 0.8 * covered < colored(parts) < 1.2 * covered
    choose_view(page, "People")
    people = page.get_by_role("list", name="People").get_by_role("listitem")
    expect(people).to_have_text(["person 1", "person 2", "person 3"])


def test_faces_are_blurred_with_one_choice_to_the_pixels_of_python(
    page: Page,
    open_notebook: OpenNotebook,
    bodypix_folder: Path,
    tmp_path: Path,
    screenshot: Callable[..., None],
) -> None:
    notebook = _start(open_notebook, page, bodypix_folder, "BodyPix")
    choose_view(page, "Effect")
    page.get_by_role("combobox", name="Effect").select_option(label="Face blur")
    notebook.wait_for("explorer.view.effect == 'face_blur'")
    notebook.execute(BLURRED.format(folder=str(tmp_path)))
    blurred = np.load(tmp_path / "blurred.npy")
    face = np.load(tmp_path / "face.npy")

    def same(pixels: np.ndarray) -> tuple[float, float]:
        """How much of the faces is alike, and of the picture, which the page has as a JPEG."""
        near = np.abs(pixels[..., :3].astype(int) - blurred).max(axis=2) <= 6
        return float(near[face].mean()), structural_similarity(pixels[..., :3], blurred)

    drawn = pixels_when(page, lambda pixels: min(same(pixels)) >= 0.99)
    faces, picture = same(drawn)
    assert faces >= 0.99
    assert picture >= 0.98
    expect(page.locator(".bodyseg-note")).to_be_hidden()
    screenshot(page, "effect-face-blur-bodypix")


AGAINST_PYTHON = """
import cv2
from bodyseg_widgets import create_segmenter

result = explorer.latest
# What the page sees of the picture, which Python has read without loss.
jpeg = np.frombuffer(explorer.webcam.kept_frames[-1].data, np.uint8)
with create_segmenter("BodyPix", quant_bytes=2) as segmenter:
    own = segmenter.find_all(cv2.cvtColor(cv2.imdecode(jpeg, 1), cv2.COLOR_BGR2RGB),
                             max_detections=5)
mask, ours = result.mask, own.mask
apart = abs(mask.levels.astype(int) - ours.levels)
a, b = mask.levels >= 128, ours.levels >= 128
off = [np.hypot(*(one.keypoint_array - other.keypoint_array)[:, :2].T).max()
       for one, other in zip(result.poses, own.poses, strict=True)]
measured = {
    "model": result.model,
    "within one level": float((apart <= 1).mean()),
    "iou": float((a & b).sum() / (a | b).sum()),
    "parts": float((mask.model_values == ours.model_values).mean()),
    "people": float((mask.model_people == ours.model_people).mean()),
    "poses": len(off),
    "px": float(max(off)),
    "hand": sorted(mask.packed_planes.classes),
}
"""


def test_in_the_page_it_waits_for_weights_and_finds_what_python_computes_of_the_same_frame(
    page: Page,
    open_notebook: OpenNotebook,
    bodypix_folder: Path,
    screenshot: Callable[..., None],
) -> None:
    picture = bodypix_folder / "reference" / "inputs" / "three_people.png"
    notebook = open_notebook(IN_PAGE.format(picture=str(picture)))
    press_start(page)
    note = page.locator(".bodyseg-note").first
    expect(note).to_contain_text("needs weights that are not part of this package")
    expect(note.get_by_role("button", name="Download")).to_be_visible()
    screenshot(page, "bodypix-in-page-without-weights")
    notebook.execute(f"add_weights({str(bodypix_folder)!r})")
    notebook.wait_for("explorer.stream.running_on == 'wasm'")
    choose_view(page, "Parts")
    legend = page.get_by_role("list", name="Colors of classes")
    expect(legend.get_by_text("torso front", exact=True)).to_be_visible()
    expect(page.locator(".bodyseg-note")).to_be_hidden()
    screenshot(page, "bodypix-in-page")
    notebook.execute("explorer.stream.want_class('left_face')")
    notebook.wait_for(
        "explorer.latest is not None and 0 in explorer.latest.mask.packed_planes.classes"
    )
    notebook.execute(AGAINST_PYTHON)
    measured = notebook.value("measured")
    assert measured["model"] == "BodyPix MobileNetV1 0.75 quant2 (browser), up to 5 people"
    assert measured["within one level"] >= 0.99
    assert measured["iou"] >= 0.999
    assert measured["parts"] >= 0.99
    assert measured["people"] >= 0.99
    assert measured["poses"] == 3
    assert measured["px"] <= 0.05
    assert measured["hand"] == [0]


def test_it_is_chosen_in_the_picker_and_another_variant_after_it(
    page: Page, open_notebook: OpenNotebook, bodypix_folder: Path
) -> None:
    notebook = _start(open_notebook, page, bodypix_folder, "general")
    for variant in ("MobileNetV1 0.5 float", "MobileNetV1 0.75 quant2 stride 8"):
        choose_model(page, f"BodyPix · {variant}")
        model = f"BodyPix {variant} (tensorflow), up to 5 people"
        notebook.wait_for(f"explorer.stream.latest.model == {model!r}")
        expect(page.get_by_role("tab", name="Parts")).to_be_visible()
        expect(page.locator(".bodyseg-note")).to_be_hidden()
