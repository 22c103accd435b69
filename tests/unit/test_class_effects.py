"""Effects on classes, such as body parts: what they draw, and of models that have none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from bodyseg_widgets import (
    InvalidOptionError,
    Mask,
    Segmentation,
    SegmentationStream,
    SegmentationView,
    add_model,
    blur_body_part,
    class_colors,
    draw_mask,
    to_colored_mask,
)
from bodyseg_widgets.rendering import gaussian_blur
from bodyseg_widgets.rendering.classes import chosen_values, group_values
from bodyseg_widgets.rendering.effects import EFFECT_PAINTERS
from bodyseg_widgets.segmentation.bodypix import PART_LABELS
from bodyseg_widgets.streaming.effects import BUILTIN_EFFECTS
from bodyseg_widgets.widgets.view.view_effects import describe_builtin_effects

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZE = (40, 60)
IMAGE = np.random.default_rng(3).integers(0, 256, (*SIZE, 3), np.uint8)
MULTICLASS = {0: "background", 1: "hair", 2: "body-skin", 3: "face-skin"}

NEEDING = [each.name for each in BUILTIN_EFFECTS.values() if each.needs]


def _people(labels: dict[int, str], *, values: bool = True) -> Segmentation:
    """Everybody everywhere, with the classes in columns."""
    columns = np.linspace(0, 23.9, SIZE[1]).astype(np.uint8)
    mask = Mask(
        np.ones(SIZE, np.float32),
        size=SIZE,
        model_size=SIZE,
        values=np.tile(columns, (SIZE[0], 1)) if values else None,
    )
    return Segmentation(mask, labels)


def _drawn(effect: str, people: Segmentation, **values: object) -> NDArray[np.uint8]:
    parameters = BUILTIN_EFFECTS[effect].parameters
    usual = {name: each.checked(each.default) for name, each in parameters.items()}
    return EFFECT_PAINTERS[effect](IMAGE, people, 0.5, {**usual, **values})


def test_faces_are_the_classes_with_that_word() -> None:
    assert group_values(PART_LABELS, "faces") == [0, 1]
    assert group_values(MULTICLASS, "faces") == [3]
    assert group_values({0: "Face", 1: "surface", 2: "faces"}, "faces") == [0]
    assert group_values({255: "person"}, "all") == []


def test_all_classes_are_those_of_people() -> None:
    assert group_values(MULTICLASS, "all") == [1, 2, 3]


def test_what_is_chosen_is_looked_for_in_each_model() -> None:
    assert chosen_values(PART_LABELS, ["left_face", "hair"]) == {0}
    assert chosen_values(MULTICLASS, ["left_face", "hair"]) == {1}
    assert chosen_values(MULTICLASS, ["left_face"]) is None
    assert chosen_values(MULTICLASS, []) == frozenset()


def test_face_blur_is_blur_body_part_of_faces() -> None:
    people = _people(dict(PART_LABELS))
    expected = blur_body_part(IMAGE, people, [0, 1], background_blur_amount=30)
    assert (_drawn("face_blur", people) == expected).all()
    assert (expected != IMAGE).any()


def test_part_blur_is_blur_body_part() -> None:
    people = _people(dict(PART_LABELS))
    chosen = {"blurred_parts": ["torso_front", "hair"], "edge_blur_amount": 1}
    expected = blur_body_part(IMAGE, people, parts=["torso_front"], edge_blur_amount=1)
    assert (_drawn("part_blur", people, part_blur_amount=3, **chosen) == expected).all()
    assert (_drawn("part_blur", people, blurred_parts=[]) == IMAGE).all()


def test_colored_parts_are_a_colored_mask_over_the_image() -> None:
    people = _people(dict(PART_LABELS))
    colors = class_colors(PART_LABELS, "colorblind")
    cover = to_colored_mask(people, lambda value: colors[value] if value == 12 else "teal", "teal")
    chosen = {"colored_parts": ["torso_front"], "palette": "colorblind", "mask_background": "teal"}
    assert (_drawn("colored", people, **chosen) == draw_mask(IMAGE, cover, 0.7)).all()


@pytest.mark.parametrize("effect", ["face_blur", "part_blur"])
@pytest.mark.parametrize(
    "people",
    [
        _people({255: "person"}, values=False),
        _people({0: "background", 1: "hair"}),
        _people(dict(PART_LABELS), values=False),
    ],
    ids=["without classes", "without faces", "without labels"],
)
def test_where_it_is_not_known_where_faces_are_all_of_the_image_is_blurred(
    effect: str, people: Segmentation
) -> None:
    assert (_drawn(effect, people) == gaussian_blur(IMAGE, 30)).all()


def test_nothing_is_colored_of_a_model_without_classes() -> None:
    assert (_drawn("colored", _people({255: "person"}, values=False)) == IMAGE).all()


def test_a_blur_of_faces_cannot_be_set_to_one_that_hides_nothing(
    stream: SegmentationStream,
) -> None:
    view = SegmentationView(stream, view="effect", effect="face_blur")
    with pytest.raises(InvalidOptionError, match=r"face_blur_amount must be from 10 to 60"):
        view.face_blur_amount = 3


def test_a_view_takes_labels_of_any_model_and_says_which_was_meant(
    stream: SegmentationStream,
) -> None:
    view = SegmentationView(stream)
    assert (view.blurred_parts, view.colored_parts) == ("faces", "all")
    view.blurred_parts = "left_hand"
    assert view.blurred_parts == ["left_hand"]
    view.show_effect("part_blur", blurred_parts=("left_hand", "right_hand", "left_hand"))
    assert view.blurred_parts == ["left_hand", "right_hand"]
    with pytest.raises(InvalidOptionError, match=r"Did you mean 'left_hand'"):
        view.blurred_parts = ["left_hnad"]
    with pytest.raises(InvalidOptionError, match=r"Write labels, not values"):
        view.blurred_parts = [0, 1]  # type: ignore[list-item]
    assert view.blurred_parts == ["left_hand", "right_hand"]
    add_model("Striped", lambda image: image[..., :2] / 255, labels=["background", "stripe"])
    view.blurred_parts = ["stripe"]
    assert view.effect_params["blurred_parts"] == ["stripe"]


@pytest.mark.parametrize("effect", NEEDING)
def test_the_page_knows_which_effects_need_classes(effect: str) -> None:
    told = {each["name"]: each for each in describe_builtin_effects()}
    assert told[effect]["needs"] == BUILTIN_EFFECTS[effect].needs
    assert told[effect]["otherwise"]
    assert (told["bokeh"]["needs"], told["bokeh"]["otherwise"]) == (None, "")
