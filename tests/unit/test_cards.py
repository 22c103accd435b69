"""Results show themselves in notebooks."""

from __future__ import annotations

import base64
import copy
import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from PIL import Image

from bodyseg_widgets import (
    Frame,
    Mask,
    Pose,
    Region,
    Result,
    Segmentation,
    Snapshot,
    SupportedModels,
    Timings,
    create_detector,
    create_segmenter,
    side_by_side,
)
from bodyseg_widgets.cards import card_of
from bodyseg_widgets.cards.charts import curves
from bodyseg_widgets.cards.images import LARGEST, heat, matte, overlaid, sheet, skeletons, smaller
from bodyseg_widgets.errors import InvalidImageError, InvalidOptionError
from bodyseg_widgets.evaluation import profile_all, sweep_all
from bodyseg_widgets.options import CreatedModel
from bodyseg_widgets.pose import Poses
from bodyseg_widgets.rendering.color import PANEL_COLORS
from bodyseg_widgets.rendering.heatmap import inferno
from bodyseg_widgets.shown import Shown
from bodyseg_widgets.streaming import FrameInPage
from tests.poses import make_pose

HEIGHT, WIDTH = 480, 640
LABEL = "BlazePose full (tensorflow)"


def a_mask(width: int = WIDTH, height: int = HEIGHT) -> Mask:
    """A person in the left half."""
    levels = np.zeros((64, 64), np.uint8)
    levels[:, :32] = 255
    return Mask.from_levels(levels, size=(height, width))


def a_frame(width: int = WIDTH, height: int = HEIGHT) -> Frame:
    noise = np.random.default_rng(seed=0).integers(0, 256, (height, width, 3), np.uint8)
    return Frame(7, noise, timestamp=0.0)


def a_result(width: int = WIDTH, height: int = HEIGHT) -> Result:
    people = Segmentation(a_mask(width, height))
    timings = Timings(decode=2, infer=5.25)
    return Result(a_frame(width, height), people, timings, (make_pose(),), LABEL)


def a_snapshot(panels: int = 2) -> Snapshot:
    results = {f"model {number}": a_result() for number in range(panels)}
    return Snapshot(a_frame(), results, thresholds={"model 0": 0.3} if panels else {})


def a_segmenter() -> Shown:
    segmenter = create_segmenter(
        SupportedModels.MediaPipeSelfieSegmentation, runtime="tensorflow", model_type="landscape"
    )
    segmenter.dispose()
    return segmenter


def a_detector() -> Shown:
    detector = create_detector(SupportedModels.BlazePose, runtime="tensorflow", model_type="lite")
    detector.dispose()
    return detector


EVERYTHING = {
    "a frame": a_frame,
    "a mask": a_mask,
    "a segmentation": lambda: Segmentation(a_mask()),
    "a pose": make_pose,
    "a pose with mask": lambda: replace(make_pose(), segmentation=Segmentation(a_mask()), id=3),
    "poses": lambda: Poses([make_pose(), make_pose()]),
    "no poses": Poses,
    "a result": a_result,
    "a snapshot": a_snapshot,
    "a segmenter": a_segmenter,
    "a detector": a_detector,
    "sweeps": lambda: sweep_all({"one": a_mask(), "other": a_mask()}),
    "profiles": lambda: profile_all({"one": a_mask()}, (0, 0), (WIDTH - 1, 0)),
    "images side by side": lambda: side_by_side(a_frame(), a_frame(), captions=["a", "b"]),
}
everything = pytest.mark.parametrize("make", EVERYTHING.values(), ids=EVERYTHING)


class Elements(HTMLParser):
    """The elements of a page; fails if they do not close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in {"img", "br"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += f"{data} "


def shown(made: object) -> dict[str, object]:
    """What IPython sends to a page for an object."""
    bundle, _ = InteractiveShell.instance().display_formatter.format(made)
    return bundle


def words(made: object) -> str:
    return Elements(card_of(made).html).words


def image_of(made: object) -> Image.Image:
    """The image that comes along for documents without HTML."""
    ((_, file),) = card_of(made).images.items()
    return Image.open(io.BytesIO(file))


# Every kind of result


@everything
def test_ipython_shows_html_and_a_short_text(make) -> None:  # noqa: ANN001
    bundle = shown(make())
    assert bundle["text/html"] == make()._repr_html_()
    assert len(str(bundle["text/plain"])) <= 250
    assert "\n" not in repr(make())


@everything
def test_a_card_needs_nothing_from_elsewhere_and_runs_nothing(make) -> None:  # noqa: ANN001
    elements = Elements(card_of(make()).html)
    assert {*elements.tags}.isdisjoint({"script", "style", "link", "iframe", "object"})
    for name, value in elements.attributes:
        assert not name.startswith("on")
        assert name not in {"src", "href"} or str(value).startswith("data:image/")
        assert "url(" not in str(value)


@everything
def test_a_card_is_small(make) -> None:  # noqa: ANN001
    # Noise is the worst that JPEG can get; photographs take a third.
    card = card_of(make())
    assert len(card.html) < 250_000
    for width, height in re.findall(r'width="(\d+)" height="(\d+)"', card.html):
        assert max(int(width), int(height)) <= LARGEST


@pytest.mark.parametrize(
    "make", [a_mask, make_pose, a_frame, a_result], ids=lambda make: make.__name__
)
def test_the_image_comes_along_for_documents_without_html(make) -> None:  # noqa: ANN001
    bundle = shown(make())
    ((kind, encoded),) = (
        (kind, data) for kind, data in bundle.items() if kind.startswith("image/")
    )
    opened = Image.open(io.BytesIO(base64.b64decode(str(encoded))))
    assert opened.get_format_mimetype() == kind


def test_colors_of_text_are_left_to_the_theme() -> None:
    for make in EVERYTHING.values():
        assert not re.search(r"[\"; ]color:", card_of(make()).html)


def test_names_that_people_gave_are_text() -> None:
    label = "<script>alert('&')</script>"
    snapshot = Snapshot(a_frame(), {label: a_result()})
    assert label in words(snapshot)
    people = Segmentation(a_mask(), {255: label})
    assert label in words(people)


def test_another_class_has_no_card() -> None:
    with pytest.raises(InvalidOptionError, match=r"5 has no card. .* have one: .*'Mask', "):
        card_of(5)


def test_every_class_that_shows_itself_has_a_card() -> None:
    # By name: a data class with slots is made of one without, which may still be there.
    kinds = {kind.__name__ for base in (Shown, CreatedModel) for kind in base.__subclasses__()}
    with_card = {kind.__name__ for kind in card_of.registry}
    assert kinds - {"CreatedModel"} <= with_card


# Frames and masks


def test_a_frame_shows_its_size() -> None:
    assert words(a_frame()).split() == ["Frame", "7", "·", "640", "×", "480", "pixels"]
    assert image_of(a_frame()).size == (360, 270)


def test_a_frame_shown_again_says_so() -> None:
    assert "while paused" in words(replace(a_frame(), live=False))


def test_a_mask_shows_size_and_coverage() -> None:
    text = words(a_mask())
    assert "640 × 480 pixels" in text
    assert "coverage 50.0% at threshold 0.5" in text
    assert "computed at 64 × 64 pixels" in text


def test_a_mask_of_a_region_says_which() -> None:
    mask = Mask.from_levels(
        np.full((8, 8), 255, np.uint8), size=(HEIGHT, WIDTH), region=Region(10, 20, 30, 40)
    )
    assert "of the region 30 × 40 pixels at (10, 20)" in words(mask)
    assert "region" in repr(mask)
    assert "region" not in repr(a_mask())


def test_a_masks_image_is_its_probability_in_the_heatmaps_colors() -> None:
    drawn = np.asarray(heat(a_mask()).convert("RGB"))
    assert drawn[100, 10].tolist() == inferno()[255, 0].tolist()
    assert drawn[100, -10].tolist() == inferno()[0, 0].tolist()


def test_a_segmentation_shows_its_mask_over_nothing_and_its_label() -> None:
    drawn = np.asarray(matte(Segmentation(a_mask())))
    assert drawn[100, 10].tolist() == [0, 163, 163, 255]
    assert drawn[100, -10, 3] == 0
    assert "person 255 50.0%" in " ".join(words(Segmentation(a_mask())).split())


def test_a_segmentation_of_body_parts_lists_those_in_the_image() -> None:
    rgba = np.zeros((100, 100, 4), np.uint8)
    rgba[:50, :, 0], rgba[:50, :, 3] = 12, 255
    rgba[50:75, :, 0], rgba[50:75, :, 3] = 2, 200
    names = {2: "left arm", 12: "torso"}
    text = " ".join(words(Segmentation(Mask.from_image_data(rgba), names)).split())
    assert "left arm 2 25.0%" in text
    assert "torso 12 50.0%" in text


# Poses


def test_a_pose_shows_score_angles_and_all_keypoints() -> None:
    elements = Elements(card_of(make_pose()).html)
    assert {"details", "summary", "table"} <= {*elements.tags}
    assert "33 of 33 keypoints seen" in elements.words
    for name in ("knee", "32 right_foot_index"):
        assert name in elements.words


def test_a_guessed_keypoint_gives_no_angle_and_no_bone() -> None:
    keypoints = make_pose().keypoint_array.copy()
    keypoints_3d = make_pose().keypoint_array_3d.copy()
    keypoints[23:, 3] = keypoints_3d[23:, 3] = 0.1  # below the hips
    pose = Pose(keypoints, keypoints_3d)
    assert "knee" not in words(pose).partition("All 33 keypoints")[0]
    whole, seen = skeletons([make_pose()]), skeletons([pose])
    assert whole is not None
    assert seen is not None
    assert seen.width / seen.height > whole.width / whole.height


def test_poses_are_a_list_with_a_line_for_each() -> None:
    poses = Poses([make_pose(), make_pose()])
    assert poses == [*poses]
    assert "2 poses" in words(poses)
    assert "[1]" in words(poses)
    assert repr(poses) == f"[{make_pose()!r}, {make_pose()!r}]"


def test_no_poses_say_so_and_have_no_image() -> None:
    assert "no one was found" in words(Poses())
    assert card_of(Poses()).images == {}


def test_a_pose_without_any_place_is_shown_without_a_drawing() -> None:
    nowhere = Pose(np.full((33, 4), np.nan, np.float32), np.zeros((33, 4), np.float32))
    assert card_of(nowhere).images == {}


def test_a_detector_returns_a_list_that_shows_itself() -> None:
    with create_detector(SupportedModels.BlazePose, runtime="tensorflow") as detector:
        found = detector.estimate_poses(np.zeros((48, 64, 3), np.uint8))
        tracked = detector.estimate_poses(np.zeros((48, 64, 3), np.uint8), timestamp_ms=1)
    assert isinstance(found, list)
    assert [type(found), type(tracked)] == [Poses, Poses]
    assert found == []


# Results and snapshots


def test_a_result_shows_model_people_and_times() -> None:
    text = words(a_result())
    assert LABEL in text
    assert "1 pose" in text
    assert "decode 2.0 ms" in text
    assert "infer 5.2 ms" in text
    assert "total" not in text
    assert "total" in words(replace(a_result(), timings=Timings(1, 1, 1, 1, 1, 1, 1)))


def test_a_result_whose_image_has_stayed_in_the_browser_shows_its_mask_and_says_so() -> None:
    frame = FrameInPage(7, (WIDTH, HEIGHT), 0.0)
    result = replace(a_result(), frame=frame)
    assert "the image has stayed in the browser" in words(result)
    assert LABEL in words(result)
    drawn = np.asarray(image_of(result).convert("RGB"), int)
    assert drawn.shape == (270, 360, 3)
    assert abs(drawn[20, -20] - 96).max() <= 3
    assert drawn[20, 20, 1] > drawn[20, 20, 0] + 30
    assert "stayed in the browser" in words(frame)
    assert copy.deepcopy(frame) != frame
    assert repr(copy.deepcopy(frame)) == repr(frame)


def test_the_mask_of_a_result_is_teal() -> None:
    black = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    drawn = overlaid(black, Segmentation(a_mask()), [], threshold=0.5)
    red, green, blue = drawn[10, 10].tolist()
    assert red == 0
    assert green == blue > 90
    assert drawn[10, -10].tolist() == [0, 0, 0]


def test_a_snapshot_shows_the_image_and_every_panel() -> None:
    elements = Elements(card_of(a_snapshot(panels=3)).html)
    assert elements.tags.count("img") == 4
    for word in ("Frame 7", "model 2", "threshold 0.3", "threshold 0.5", "infer 5.2 ms"):
        assert word in elements.words
    assert image_of(a_snapshot(panels=3)).size == (472, 356)


def test_a_snapshot_without_panels_is_its_image() -> None:
    assert Elements(card_of(a_snapshot(panels=0)).html).tags.count("img") == 1


# Models


def test_a_model_shows_what_it_was_created_with() -> None:
    text = " ".join(words(a_segmenter()).split())
    assert "model_type landscape" in text
    assert "runtime tensorflow" in text
    assert "disposed" in text
    assert repr(a_segmenter()) == (
        "SelfieSegmenter(model=MediaPipeSelfieSegmentation, runtime=tensorflow, "
        "model_type=landscape, disposed)"
    )


@pytest.mark.parametrize("runtime", ["tensorflow", "mediapipe"])
def test_settings_create_the_same_model_again(runtime: str) -> None:
    model = SupportedModels.MediaPipeSelfieSegmentation
    with create_segmenter(model, runtime=runtime, model_type="landscape") as segmenter:
        assert not segmenter.disposed
        with create_segmenter(**segmenter.settings) as again:
            assert again.settings == segmenter.settings
    with (
        create_detector(
            "BlazePose", runtime=runtime, model_type="lite", enable_smoothing=False
        ) as detector,
        create_detector(**detector.settings) as again,
    ):
        assert again.settings == detector.settings
        assert detector.settings["enable_smoothing"] is False


# Images


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((640, 480), (360, 270)),
        ((480, 640), (270, 360)),
        ((300, 200), (300, 200)),
        ((6, 4), (96, 64)),
        ((10_000, 2), (360, 1)),
    ],
)
def test_images_are_made_smaller_and_tiny_ones_larger(
    given: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert smaller(Image.new("L", given)).size == expected


def test_a_sheet_has_its_images_in_rows() -> None:
    red, green, blue = (np.full((10, 20, 3), color, np.uint8) for color in np.eye(3) * 255)
    paper = sheet([red, green, blue], gap=2)
    assert paper.shape == (22, 42, 3)
    assert paper[0, 0].tolist() == [255, 0, 0]
    assert paper[0, 22].tolist() == [0, 255, 0]
    assert paper[12, 0].tolist() == [0, 0, 255]
    assert paper[-1, -1].tolist() == [255, 255, 255]


# Curves


def test_a_sweep_with_a_reference_shows_the_agreement_and_one_without_the_coverage() -> None:
    left = np.zeros((HEIGHT, WIDTH), bool)
    left[:, : WIDTH // 2] = True
    for reference, said in ((left, "intersection over union"), (None, "coverage")):
        sweeps = sweep_all({"one": a_mask(), "other": a_mask()}, reference)
        assert f'alt="Chart: {said} by threshold, of one, other"' in card_of(sweeps).html


def test_curves_have_the_colors_of_panels_and_different_lines() -> None:
    flat = {str(number): (np.arange(100.0), np.full(100, number / 6)) for number in range(6)}
    pixels = np.asarray(curves(flat, title="y", x_title="x"))
    drawn = []
    for color in PANEL_COLORS:
        rgb = [int(color[at : at + 2], 16) for at in (1, 3, 5)]
        drawn.append(int((pixels == rgb).all(axis=2).sum()))
    assert min(drawn) > 0
    assert len({*drawn}) == len(drawn)


def test_a_profile_of_a_single_point_is_shown_too() -> None:
    assert image_of(profile_all({"one": a_mask()}, (3, 3), (3, 3))).width == 2 * LARGEST


# Images side by side


def test_images_side_by_side_are_equally_wide_and_in_rows() -> None:
    shown = side_by_side(a_frame(640, 480), a_frame(64, 48), a_frame(640, 480), columns=2)
    elements = Elements(card_of(shown).html)
    assert {value for name, value in elements.attributes if name == "width"} == {"360"}
    assert "repeat(2," in card_of(shown).html
    assert image_of(shown).size == (2 * 360 + 8, 2 * 270 + 8)


def test_captions_are_text_under_the_images_and_for_those_who_do_not_see_them() -> None:
    html = card_of(side_by_side(a_frame(), captions=["1 < 2"])).html
    assert 'alt="1 &lt; 2"' in html
    assert "<b>1 &lt; 2</b>" in html
    assert "figcaption" not in card_of(side_by_side(a_frame())).html


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"captions": "mask"}, "one text for each of the 1 images, but got 'mask'"),
        ({"captions": ["a", "b"]}, "each of the 1 images"),
        ({"columns": 0}, "columns must be at least 1, but got 0"),
    ],
)
def test_side_by_side_says_what_it_needs(options: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidOptionError, match=said):
        side_by_side(a_frame(), **options)
    with pytest.raises(InvalidOptionError, match="at least one image"):
        side_by_side()
    with pytest.raises(InvalidImageError):
        side_by_side(5)
