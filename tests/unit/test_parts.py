"""Classes and people over the image, in the colors of the live views."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from bodyseg_widgets import (
    Color,
    Frame,
    InvalidImageError,
    InvalidOptionError,
    Mask,
    Result,
    Segmentation,
    Timings,
    class_colors,
    draw_mask,
    draw_parts,
    draw_people,
    to_binary_mask,
    to_colored_mask,
)
from bodyseg_widgets.cards.images import overlaid
from bodyseg_widgets.cards.panels import PanelPicture, panels_png
from bodyseg_widgets.cards.views import ViewLook, draw_view, legend_of
from bodyseg_widgets.pose import KEYPOINT_NAMES
from bodyseg_widgets.rendering import draw_heatmap, person_color
from bodyseg_widgets.rendering.color import TEAL
from bodyseg_widgets.rendering.part_colors import PALETTES
from bodyseg_widgets.segmentation import PackedLevels, Region
from tests.poses import make_pose

LABELS = {0: "background", 1: "hair", 2: "skin"}
IMAGE = np.random.default_rng(4).integers(0, 256, (4, 4, 3), np.uint8)
LEVELS = np.array([[255, 255], [200, 90]], np.uint8)
"""People, but for the lower right quarter."""


def parts(values: list[list[int]], **options: object) -> Segmentation:
    plane = np.array(values, np.uint8)
    mask = Mask(LEVELS.copy(), size=(4, 4), model_size=(2, 2), values=plane, **options)  # type: ignore[arg-type]
    return Segmentation(mask, LABELS)


def people(*rows: list[int]) -> Segmentation:
    plane = np.array(rows, np.uint8)
    return Segmentation(Mask(LEVELS.copy(), size=(4, 4), model_size=(2, 2), people=plane))


def corners(image: np.ndarray) -> list[tuple[int, ...]]:
    """The colors of the four corners, row by row."""
    return [tuple(map(int, image[y, x])) for y in (0, 3) for x in (0, 3)]


def test_each_class_has_its_color_and_the_background_none() -> None:
    colors = class_colors(LABELS, "colorblind")
    drawn = draw_parts(IMAGE, parts([[1, 2], [0, 1]]), 1, palette="colorblind")
    upper_left, upper_right, lower_left, lower_right = corners(drawn)
    assert (upper_left, upper_right) == (colors[1][:3], colors[2][:3])
    assert [lower_left, lower_right] == corners(IMAGE)[2:], "background, and below the threshold"


def test_it_is_upstreams_colored_mask_over_the_image() -> None:
    segmentation = parts([[1, 2], [1, 1]])
    mask = to_colored_mask(segmentation, class_colors(LABELS).__getitem__, (0, 0, 0, 0), 0.7)
    expected = draw_mask(IMAGE, mask, 0.6)
    np.testing.assert_array_equal(
        draw_parts(IMAGE, segmentation, 0.6, foreground_threshold=0.7), expected
    )
    mirrored = draw_parts(IMAGE, segmentation, 0.6, True, foreground_threshold=0.7)
    np.testing.assert_array_equal(mirrored, expected[:, ::-1])


def test_a_value_without_a_label_has_no_color() -> None:
    drawn = draw_parts(IMAGE, parts([[255, 9], [1, 1]]), 1)
    assert corners(drawn)[:2] == corners(IMAGE)[:2]


def test_of_several_people_the_parts_of_all_are_drawn() -> None:
    first, second = parts([[1, 0], [0, 0]]), parts([[0, 2], [1, 0]])
    colors = class_colors(LABELS)
    drawn = draw_parts(IMAGE, [first, second], 1)
    assert corners(drawn)[:3] == [colors[1][:3], colors[2][:3], colors[1][:3]]
    np.testing.assert_array_equal(draw_parts(IMAGE, [], 1), IMAGE)


def test_what_tells_no_classes_apart_is_refused_with_what_does() -> None:
    with pytest.raises(InvalidOptionError, match=r"'person'. Use BodyPix with segment_body_parts"):
        draw_parts(IMAGE, people([1, 1], [1, 1]))


def test_each_person_has_a_color_of_their_own() -> None:
    drawn = draw_people(IMAGE, people([1, 2], [2, 1]), 1)
    first, second = person_color(1)[:3], person_color(2)[:3]
    assert corners(drawn) == [first, second, second, corners(IMAGE)[3]]


def test_a_persons_color_follows_the_number() -> None:
    drawn = draw_people(IMAGE, people([1, 2], [0, 0]), 1, numbers=[7, 3])
    assert corners(drawn)[:2] == [person_color(7)[:3], person_color(3)[:3]]


def test_the_number_of_a_person_without_one_is_the_place() -> None:
    drawn = draw_people(IMAGE, people([1, 2], [0, 0]), 1, numbers=[7])
    assert corners(drawn)[1] == person_color(2)[:3]


def test_a_list_has_one_segmentation_for_each_person() -> None:
    left = Segmentation(Mask.from_levels(np.array([[255, 0], [255, 0]], np.uint8), size=(4, 4)))
    right = Segmentation(Mask.from_levels(np.array([[0, 255], [0, 0]], np.uint8), size=(4, 4)))
    drawn = draw_people(IMAGE, [left, right], 1)
    first, second = person_color(1)[:3], person_color(2)[:3]
    assert corners(drawn) == [first, second, first, corners(IMAGE)[3]]
    np.testing.assert_array_equal(draw_people(IMAGE, [], 1), IMAGE)


def test_what_tells_no_people_apart_is_refused_with_what_does() -> None:
    with pytest.raises(InvalidOptionError, match="BlazePose with max_poses above 1"):
        draw_people(IMAGE, parts([[1, 1], [1, 1]]))
    with pytest.raises(InvalidImageError, match="size"):
        draw_people(IMAGE[:2], people([1, 1], [1, 1]))


@pytest.mark.parametrize("palette", PALETTES)
def test_24_people_in_a_row_have_different_colors(palette: str) -> None:
    colors = [person_color(number, palette) for number in range(5, 29)]  # type: ignore[arg-type]
    assert len({*colors}) == 24


def test_the_heatmap_of_a_class_has_its_probability() -> None:
    plane = np.array([[0, 51], [102, 255]], np.uint8)
    region = Region(1, 0, 2, 4)
    segmentation = parts([[1, 1], [1, 1]], region=region, classes={2: PackedLevels.of(plane)})
    of_class = Segmentation(Mask.from_levels(plane, size=(4, 4), region=region))
    np.testing.assert_array_equal(
        draw_heatmap(IMAGE, segmentation, 0.8, label="skin"), draw_heatmap(IMAGE, of_class, 0.8)
    )
    with pytest.raises(InvalidOptionError, match="want_class"):
        draw_heatmap(IMAGE, segmentation, label="hair")
    with pytest.raises(InvalidOptionError, match="'skin'"):
        draw_heatmap(IMAGE, segmentation, label="nose")


# --- the views


def drawn_view(segmentation: Segmentation, *ids: int, **look: object) -> np.ndarray:
    poses = tuple(make_pose(pose_id=each) for each in ids)
    result = Result(Frame(id=1, image=IMAGE, timestamp=0.0), segmentation, Timings(), poses)
    return draw_view(result, ViewLook(skeleton=False, opacity=1, **look))  # type: ignore[arg-type]


def test_the_views_draw_classes_and_people() -> None:
    classes, crowd = parts([[1, 2], [0, 1]]), people([1, 2], [2, 1])
    np.testing.assert_array_equal(
        drawn_view(classes, view="parts", palette="colorblind", threshold=0.3),
        draw_parts(IMAGE, classes, 1, palette="colorblind", foreground_threshold=0.3),
    )
    np.testing.assert_array_equal(
        drawn_view(crowd, 9, 4, view="people"), draw_people(IMAGE, crowd, 1, numbers=[9, 4])
    )


@pytest.mark.parametrize("view", ["parts", "people"])
def test_a_result_without_them_shows_the_mask(view: str) -> None:
    plain = Segmentation(Mask.from_levels(LEVELS, size=(4, 4)))
    np.testing.assert_array_equal(drawn_view(plain, view=view), drawn_view(plain, view="mask"))


def test_the_view_of_a_heatmap_is_that_of_the_class_if_there_is_one() -> None:
    plane = PackedLevels.of(np.array([[0, 51], [102, 255]], np.uint8))
    classes = parts([[1, 1], [1, 1]], classes={2: plane})
    np.testing.assert_array_equal(
        drawn_view(classes, view="heatmap", heatmap_of="skin"),
        draw_heatmap(IMAGE, classes, 1, label="skin"),
    )
    plain = Segmentation(Mask.from_levels(LEVELS, size=(4, 4)))
    np.testing.assert_array_equal(
        drawn_view(plain, view="heatmap", heatmap_of="skin"), draw_heatmap(IMAGE, plain, 1)
    )


def test_a_kept_picture_says_what_the_colors_of_classes_and_people_stand_for() -> None:
    classes, crowd = parts([[1, 1], [0, 2]]), people([1, 2], [2, 1])

    def legend(segmentation: Segmentation, *ids: int, **look: object) -> list[tuple[str, str]]:
        found = Frame(id=1, image=IMAGE, timestamp=0.0), segmentation, Timings()
        result = Result(*found, tuple(make_pose(pose_id=each) for each in ids))
        return [(color.hex, name) for color, name in legend_of(result, ViewLook(**look))]  # type: ignore[arg-type]

    hair, skin = (color.hex for color in class_colors(LABELS).values())
    assert legend(classes, view="parts", threshold=0.7) == [(hair, "hair")]
    assert legend(classes, view="parts", threshold=0.2) == [(hair, "hair"), (skin, "skin")]
    assert legend(crowd, 9, 4, view="people", palette="colorblind") == [
        (person_color(4, "colorblind").hex, "person 4"),
        (person_color(9, "colorblind").hex, "person 9"),
    ]
    assert legend(classes, view="mask") == legend(crowd, view="parts") == []


def test_a_legend_has_as_many_lines_as_it_needs() -> None:
    def height(names: list[str]) -> int:
        panel = PanelPicture("A", image=IMAGE, legend=[(Color(255, 0, 0), each) for each in names])
        return Image.open(io.BytesIO(panels_png([panel, PanelPicture("B", image=IMAGE)]))).height

    none, one, many = height([]), height(["left face"]), height(["left upper arm front"] * 24)
    assert none < one < many
    assert (many - none) % (one - none) == 0


def test_a_card_of_a_result_has_the_colors_of_its_classes_or_people() -> None:
    def drawn(segmentation: Segmentation, *ids: int) -> np.ndarray:
        poses = [make_pose(pose_id=each, scores=dict.fromkeys(KEYPOINT_NAMES, 0)) for each in ids]
        return overlaid(IMAGE, segmentation, poses, threshold=0.5)

    classes, crowd = parts([[1, 2], [0, 1]]), people([1, 2], [2, 1])

    def same(drawn: np.ndarray, expected: np.ndarray) -> bool:
        return np.array_equal(drawn, expected.repeat(24, axis=0).repeat(24, axis=1))

    assert same(drawn(classes), draw_parts(IMAGE, classes, 0.6))
    assert same(drawn(crowd, 7, 3), draw_people(IMAGE, crowd, 0.6, numbers=[7, 3]))
    teal = to_binary_mask(crowd, TEAL, (0, 0, 0, 0))
    assert same(drawn(crowd, 7), draw_mask(IMAGE, teal, 0.6)), "one person needs no other color"
