"""Poses over the image: at Python's positions, in the right colors, with the right labels."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.clips import empty_room, frames, read_counter, write_pictures
from tests.browser.explorer_page import (
    EXPLORER,
    canvas_pixels,
    choose_model,
    choose_view,
    clipped_elements,
    collapse_sidebar,
    freeze,
    pixels_when,
    press_start,
    press_stop,
    seen_when,
    timeline_button,
    wait_for_masks,
)
from tests.browser.lab import Notebook, Server, chromium
from tests.browser.watched_page import watched_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from playwright.sync_api import Page, Playwright

    from tests.browser.conftest import OpenNotebook

POSE_EXPLORER = EXPLORER.format(options="model='BlazePose'")
SKELETON = ".bodyseg-overlay"

_IMPORT_TESTS = f"import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r})"

REMEMBER_POSES = """
from collections import OrderedDict
from bodyseg_widgets.pose import KEYPOINT_SIDES
from tests.browser.clips import read_counter

poses = OrderedDict()

def remember(result):
    poses[read_counter(result.frame.image)] = result.poses
    while len(poses) > 90:
        poses.popitem(last=False)

explorer.stream.on_result(remember)

def joints_of(counter):
    return [
        [point.x, point.y, point.score, side]
        for pose in poses[counter]
        for point, side in zip(pose.keypoints, KEYPOINT_SIDES, strict=True)
    ]
"""

COUNT_RESETS = """
from bodyseg_widgets.streaming import DetectorModel

resets, reset = 0, DetectorModel.reset

def counted(self):
    global resets
    resets += 1
    reset(self)

DetectorModel.reset = counted
"""

COLORS = {"left": (86, 180, 233), "right": (230, 159, 0), "middle": (255, 255, 255)}


def _freeze(page: Page, notebook: Notebook) -> int:
    """Pause at a frame; give the number painted into it."""
    freeze(page)
    picture = canvas_pixels(page)
    return read_counter(picture[:, ::-1] if notebook.value("explorer.view.mirrored") else picture)


def _apart(joints: list[list[Any]]) -> list[list[Any]]:
    """The sure joints inside the image that no other one covers."""
    places = np.array([joint[:2] for joint in joints])
    distances = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    np.fill_diagonal(distances, np.inf)
    return [
        joint
        for joint, nearest in zip(joints, distances.min(axis=1), strict=True)
        if nearest > 12 and joint[2] > 0.9 and 8 < joint[0] < 632 and 8 < joint[1] < 472
    ]


def _color_at(pixels: NDArray[np.uint8], x: float, y: float) -> NDArray[np.int_]:
    """Return the skeleton's color at a position of the 640 x 480 frame; 0 if it is transparent."""
    scale = pixels.shape[1] / 640
    pixel = pixels[int(y * scale), int(x * scale)].astype(int)
    return pixel[:3] * (pixel[3] > 200)


def _assert_colored(page: Page, joints: list[tuple[float, float, tuple[int, int, int]]]) -> None:
    """Hold that a skeleton is drawn with these colors at these places."""

    def off(pixels: NDArray[np.uint8]) -> int:
        return max(int(np.abs(_color_at(pixels, x, y) - color).max()) for x, y, color in joints)

    assert off(pixels_when(page, lambda pixels: off(pixels) < 30, SKELETON)) < 30


def _point_at(page: Page, x: float, y: float) -> None:
    """Move the pointer to a place of the 640 x 480 frame, which is shown mirrored."""
    box = page.locator(".bodyseg-canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * (1 - x / 640), box["y"] + box["height"] * y / 480)


@pytest.mark.parametrize("runtime", ["tensorflow", "mediapipe"])
def test_the_skeleton_lies_on_pythons_keypoints_in_the_colors_of_their_sides(
    page: Page, open_notebook: OpenNotebook, runtime: str
) -> None:
    options = f"model='BlazePose', mirror=False, view='picture', {runtime=}"
    notebook = open_notebook(_IMPORT_TESTS, EXPLORER.format(options=options), REMEMBER_POSES)
    checked: set[str] = set()
    press_start(page)
    # The camera goes on while its image is held: each time, somebody else is in it.
    for _ in range(3):
        wait_for_masks(page)
        joints = _apart(notebook.value(f"joints_of({_freeze(page, notebook)})"))
        assert joints
        _assert_colored(page, [(x, y, COLORS[side]) for x, y, _, side in joints])
        notebook.execute("explorer.view.mirror = True")
        _assert_colored(page, [(639.99 - x, y, COLORS[side]) for x, y, _, side in joints])
        notebook.execute("explorer.view.mirror = False")
        checked |= {side for *_, side in joints}
        timeline_button(page, "Play").click()
    assert checked == {"left", "right", "middle"}


def test_score_threshold_and_skeleton_are_redrawn_without_the_kernel(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(_IMPORT_TESTS, POSE_EXPLORER, REMEMBER_POSES)
    press_start(page)
    wait_for_masks(page)
    _freeze(page, notebook)
    page.evaluate("() => window.holdMessages()")

    def drawn() -> int:
        # Where there is nothing to draw, the canvas is hidden as it was.
        if not page.locator(SKELETON).is_visible():
            return 0
        return int((canvas_pixels(page, SKELETON)[..., 3] > 0).sum())

    drawn_when = partial(seen_when, page, drawn)

    usual = drawn_when(lambda count: count > 0)
    assert usual > 0
    slider = page.get_by_role("slider", name="joint score")
    slider.focus()
    page.keyboard.press("Home")
    assert drawn_when(lambda count: count > usual) > usual
    page.keyboard.press("End")
    expect(slider).to_have_attribute("aria-valuetext", "1.00")
    assert drawn_when(lambda count: count < usual / 2) < usual / 2
    for _ in range(5):
        page.keyboard.press("PageDown")
    assert drawn_when(lambda count: count == usual) == usual

    button = page.get_by_role("button", name="Skeleton")
    canvas = page.locator(".bodyseg-canvas")
    expect(canvas).to_have_accessible_name(re.compile(r", 1 person with a skeleton\. "))
    button.click()
    expect(page.locator(SKELETON)).to_be_hidden()
    expect(canvas).to_have_accessible_name(re.compile(r", 1 person\. "))
    button.click()
    assert drawn_when(lambda count: count == usual) == usual
    page.evaluate("() => window.releaseMessages()")


def test_a_screen_reader_is_told_what_is_shown_what_keys_do_and_whose_sides_are_colored(
    page: Page, open_notebook: OpenNotebook
) -> None:
    open_notebook(POSE_EXPLORER)
    picture = page.get_by_role("application")
    expect(picture).to_have_accessible_name("No image yet")
    press_start(page)
    wait_for_masks(page)
    for view, shown in [
        ("Heatmap", "with the heatmap of"),
        ("Cut-out", "cut out with the mask of"),
        ("Contour", "with the contour of"),
        ("Picture", "without the mask of"),
        ("Effect", "with an effect based on the mask of"),
        ("Mask", "with the mask of"),
    ]:
        choose_view(page, view)
        name = f"^Image {shown} BlazePose full .*Arrow keys"
        expect(picture).to_have_accessible_name(re.compile(name))
    slider = page.get_by_role("slider", name="joint score")
    expect(slider).to_have_accessible_description(
        "Colors of the skeleton, by the person's left and right: "
        "left sky blue, right orange, middle white."
    )


def test_no_one_is_followed_from_one_session_into_the_next(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(COUNT_RESETS, POSE_EXPLORER)

    def resets_after_some_frames() -> int:
        wait_for_masks(page)
        frame = notebook.value("explorer.latest.frame.id")
        notebook.wait_for(f"explorer.latest.frame.id > {frame + 10}")
        count: int = notebook.value("resets")
        return count

    press_start(page)
    assert resets_after_some_frames() == 1
    press_stop(page)
    notebook.wait_for("explorer.webcam.state == 'idle'")
    press_start(page)
    assert resets_after_some_frames() == 2
    page.locator(".bodyseg-webcam select >> nth=0").select_option(label="Sample image")
    notebook.wait_for("explorer.webcam.source == 'sample' and explorer.webcam.state == 'live'")
    assert resets_after_some_frames() == 3
    notebook.execute("DetectorModel.reset = reset")


def test_pointer_and_arrow_keys_name_the_joint_and_read_the_probability_elsewhere(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(_IMPORT_TESTS, POSE_EXPLORER, REMEMBER_POSES)
    press_start(page)
    wait_for_masks(page)
    frame = _freeze(page, notebook)
    x, y, score, _ = notebook.value(f"joints_of({frame})[11]")
    x3, y3, z3 = notebook.value(f"poses[{frame}][0].keypoint_array_3d[11, :3].tolist()")
    canvas = page.locator(".bodyseg-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    probe = page.locator(".bodyseg-probe")

    _point_at(page, x + 2, y)
    said = f"left shoulder · score {score:.2f}\nx {x3:.2f} y {y3:.2f} z {z3:.2f} m"
    expect(probe).to_have_text(said.replace("-", "\N{MINUS SIGN}"), use_inner_text=True)
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] - 20)
    expect(probe).to_have_text("p = 0.00")
    voice = page.locator(".bodyseg-view .bodyseg-spoken")
    assert voice.inner_text() == ""

    canvas.focus()
    page.keyboard.press("Escape")
    page.mouse.move(0, 0)
    across, down = round((640 - x) / 6.4) - 50, round(y / 4.8) - 50
    page.keyboard.press("ArrowDown")
    expect(voice).to_have_text(
        re.compile(", at 50 percent from the left, 51 percent from the top$")
    )
    for _ in range(abs(across)):
        page.keyboard.press("ArrowRight" if across > 0 else "ArrowLeft")
    for _ in range(abs(down - 1)):
        page.keyboard.press("ArrowDown" if down > 1 else "ArrowUp")
    expect(probe).to_have_text(re.compile("^left shoulder"))
    expect(voice).to_have_text(
        re.compile(rf"^frame \d+, left shoulder, score {score:.2f}, x .* m, at ")
    )
    _point_at(page, x + 2, y + 2)
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] - 20)
    expect(probe).to_have_text("p = 0.00")
    expect(voice).to_have_text(re.compile(r"^frame \d+, left shoulder"))


def test_models_are_switched_while_pictures_run_and_each_shows_what_is_its_own(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(EXPLORER.format(options=""))
    button = page.get_by_role("button", name="Skeleton")
    slider = page.get_by_role("slider", name="joint score")
    press_start(page)
    wait_for_masks(page)
    expect(button).to_be_hidden()
    expect(slider).to_be_hidden()
    for variant in ("full", "lite"):
        choose_model(page, f"BlazePose · {variant}")
        notebook.wait_for(f"explorer.stream.model_type == {variant!r}")
        notebook.wait_for("explorer.stream.state == 'ready'")
        expect(page.locator(SKELETON)).to_be_visible()
        expect(button).to_be_visible()
        expect(slider).to_be_visible()
        notebook.wait_for("len(explorer.latest.poses) == 1")
        wait_for_masks(page)
    choose_model(page, "Selfie · landscape")
    notebook.wait_for("explorer.stream.state == 'ready'")
    expect(page.locator(SKELETON)).to_be_hidden()
    expect(button).to_be_hidden()
    wait_for_masks(page)
    notebook.wait_for("not explorer.latest.poses")
    notebook.wait_for("[*explorer.latest.mask.model_size] == [144, 256]")


def test_no_one_in_the_picture_is_said_in_words_and_a_person_ends_it(
    playwright: Playwright,
    server: Server,
    tmp_path: Path,
    data_folder: Path,
    screenshot: Callable[..., None],
) -> None:
    signer = next(frames(data_folder / "asl" / "book.mkv"))
    clip = write_pictures([empty_room()] * 120 + [signer] * 120, tmp_path / "room.y4m")
    with chromium(playwright, camera=clip) as browser, watched_page(browser) as page:
        notebook = Notebook(page, server, [POSE_EXPLORER])
        notebook.run_all()
        page.wait_for_selector(".bodyseg-view")
        press_start(page)
        strip = page.locator(".bodyseg-note.bodyseg-strip")
        expect(strip).to_contain_text("No one found: BlazePose looks for a whole", timeout=30_000)
        picture = page.get_by_role("application")
        expect(picture).to_have_accessible_name(re.compile(r", no one found\. "))
        expect(page.locator(SKELETON)).to_be_hidden()
        screenshot(page, "pose-no-one")
        wait_for_masks(page)
        expect(page.locator(".bodyseg-note")).to_be_hidden()
        # The person comes and goes with the clip, always in the same place.
        notebook.wait_for("bool(seen := explorer.latest.poses)")
        _point_at(page, *notebook.value("seen[0].keypoint_array[12, :2].tolist()"))
        expect(page.locator(".bodyseg-probe")).to_contain_text("right shoulder", timeout=15_000)
        screenshot(page, "pose-hover")
        notebook.close()


def test_a_narrow_cell_wraps_and_the_named_joint_stays_inside_the_picture(
    page: Page, open_notebook: OpenNotebook, screenshot: Callable[..., None]
) -> None:
    page.set_viewport_size({"width": 500, "height": 1000})
    notebook = open_notebook(_IMPORT_TESTS, POSE_EXPLORER, REMEMBER_POSES)
    page.wait_for_selector(".bodyseg-view")
    collapse_sidebar(page)
    press_start(page)
    wait_for_masks(page)
    expect(page.locator(".bodyseg-times")).to_contain_text("ms from camera to screen")
    screenshot(page, "pose-narrow")
    assert clipped_elements(page) == []
    x, y, *_ = notebook.value(f"joints_of({_freeze(page, notebook)})[12]")
    canvas = page.locator(".bodyseg-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    assert box["width"] < 430
    _point_at(page, x, y)
    probe = page.locator(".bodyseg-probe")
    expect(probe).to_have_text(re.compile("^right shoulder"))
    inside = probe.bounding_box()
    assert inside is not None
    assert box["x"] <= inside["x"]
    assert inside["x"] + inside["width"] <= box["x"] + box["width"]
    assert box["y"] <= inside["y"]
