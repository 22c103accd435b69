"""BodyPix's outputs become masks, parts, poses and people, on tensors small enough to check."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.segmentation.bodypix import BodyPixPose
from bodyseg_widgets.segmentation.bodypix.layout import layout_of
from bodyseg_widgets.segmentation.bodypix.network import Outputs
from bodyseg_widgets.segmentation.bodypix.options import PeopleOptions, share_of_image
from bodyseg_widgets.segmentation.bodypix.parts import KEYPOINTS, PART_LABELS, POSE_EDGES
from bodyseg_widgets.segmentation.bodypix.people import NO_ONE, nearest_people
from bodyseg_widgets.segmentation.bodypix.poses import decode_poses
from bodyseg_widgets.segmentation.bodypix.segmenter import (
    BodyPixSegmenter,
    part_values,
    person_probability,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

STRIDE = 16
NOSE, LEFT_EYE, LEFT_EAR = 0, 1, 3
FAR = 1000.0


def sigmoid(values: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    return 1 / (1 + np.exp(-values))


def nothing(height: int, width: int) -> Outputs:
    """Return outputs that show no one."""
    channels = (1, 24, 17, 34, 34, 32, 32)
    zeros = [np.zeros((height, width, count), np.float32) for count in channels]
    return replace(Outputs(*zeros), heatmaps=np.full((height, width, 17), -9, np.float32))


def full(height: int, width: int) -> Any:  # noqa: ANN401 - what layout_of returns
    """Return the layout of an image that fills the network's input at its own size."""
    return layout_of(((height - 1) * STRIDE + 1, (width - 1) * STRIDE + 1), 1.0, STRIDE)


# --- how an image lies in the network's input


@pytest.mark.parametrize(
    ("size", "share", "input_size", "padding"),
    [
        ((1024, 820), 0.5, (513, 401), (13, 0)),
        ((861, 1049), 0.5, (417, 513), (0, 5)),
        ((480, 640), 0.5, (241, 321), (0, 0)),
        ((480, 640), 1.0, (481, 641), (0, 0)),
        ((33, 65), 1.0, (33, 65), (0, 0)),
        ((8, 8), 0.25, (1, 1), (0, 0)),
    ],
)
def test_the_input_is_a_multiple_of_the_stride_plus_one_and_padding_keeps_the_shape(
    size: tuple[int, int],
    share: float,
    input_size: tuple[int, int],
    padding: tuple[int, int],
) -> None:
    layout = layout_of(size, share, STRIDE)
    assert layout.input_size == input_size
    assert (layout.rows.padding, layout.columns.padding) == padding


def test_an_image_of_the_inputs_own_size_is_not_changed() -> None:
    image = np.random.default_rng(3).integers(0, 256, (33, 65, 3), np.uint8)
    np.testing.assert_array_equal(layout_of((33, 65), 1.0, STRIDE).fit(image), image)


def test_an_image_is_padded_with_black_at_both_ends() -> None:
    layout = layout_of((1024, 820), 0.5, STRIDE)
    fitted = layout.fit(np.full((1024, 820, 3), 255, np.uint8))
    assert fitted.shape == (513, 401, 3)
    white = (fitted > 127).all(axis=(1, 2))
    assert white.tolist() == [False] * 7 + [True] * 500 + [False] * 6


def test_the_first_pixels_of_image_and_input_lie_on_each_other() -> None:
    image = np.zeros((66, 66, 3), np.uint8)
    image[2, 4] = 200
    fitted = layout_of((66, 66), 0.5, STRIDE).fit(image)
    assert fitted[1, 2].tolist() == [200, 200, 200]


# --- people


def test_logits_are_resized_with_aligned_corners_before_the_sigmoid() -> None:
    outputs = nothing(2, 2)
    outputs.segments[..., 0] = [[-8, 8], [-8, 8]]
    probability = person_probability(outputs, full(2, 2))
    logits = np.linspace(-8, 8, 17)
    np.testing.assert_allclose(probability, np.tile(sigmoid(logits), (17, 1)), atol=1e-6)


def test_what_is_padding_is_no_part_of_the_mask() -> None:
    layout = layout_of((1024, 820), 0.5, STRIDE)
    outputs = nothing(layout.rows.output, layout.columns.output)
    # Certain in the first and last rows of cells, which are half padding.
    rows = np.abs(np.linspace(-1, 1, layout.rows.output, dtype=np.float32))
    outputs.segments[..., 0] = rows[:, None]
    probability = person_probability(outputs, layout)
    assert probability.shape == (500, 401)
    padded = 1024 + 2 * 13
    # The middle of the first of 500 rows of the image, along 1050 padded ones.
    first = 13 + 0.5 * 1024 / 500 - 0.5
    expected = sigmoid(np.array(1 - 2 * first / (padded - 1)))
    np.testing.assert_allclose(probability[[0, -1], 0], expected, atol=1e-5)


def test_a_part_is_the_most_likely_one_and_of_several_the_first() -> None:
    outputs = nothing(1, 3)
    outputs.parts[0, 0, [4, 7]] = 5, 5
    outputs.parts[0, 1, 7] = 6
    outputs.parts[0, 2, 23] = 0.1
    values = part_values(outputs, full(1, 3))
    assert values.shape == (1, 33)
    assert values[0, [0, 16, 32]].tolist() == [4, 7, 23]
    assert set(np.unique(values)) == {4, 7, 23}


def test_every_part_has_a_name() -> None:
    assert [*PART_LABELS] == [*range(24)]
    assert (PART_LABELS[0], PART_LABELS[23]) == ("left_face", "right_feet")
    assert len({*PART_LABELS.values()}) == 24


# --- poses


def with_nose(outputs: Outputs, row: int, column: int, logit: float) -> None:
    """Make a person of a single certain keypoint, all of whose others are at the same place."""
    outputs.heatmaps[row, column] = -2
    outputs.heatmaps[row, column, NOSE] = logit


def test_a_keypoint_is_where_its_cell_says_in_pixels_of_the_image() -> None:
    outputs = nothing(3, 4)
    with_nose(outputs, 1, 2, 4)
    outputs.offsets[1, 2, NOSE] = 3
    outputs.offsets[1, 2, len(KEYPOINTS) + NOSE] = -5
    (pose,) = decode_poses(outputs, full(3, 4), PeopleOptions(score_threshold=0.1))
    assert pose.keypoints[NOSE][:2] == (2 * STRIDE - 5, STRIDE + 3)
    assert pose.keypoints[NOSE].score == pytest.approx(sigmoid(np.array(4.0)), abs=1e-6)
    assert pose.keypoints[NOSE].name == "nose"
    assert pose.score == pytest.approx((sigmoid(4.0) + 16 * sigmoid(-2.0)) / 17, abs=1e-6)


def test_the_other_keypoints_are_found_along_the_tree() -> None:
    outputs = nothing(4, 4)
    outputs.heatmaps[0, 0, LEFT_EYE] = 4
    outputs.heatmaps[2, 3, LEFT_EAR] = 1
    outputs.heatmaps[3, 0, NOSE] = 2
    to_ear, to_nose = POSE_EDGES.index((LEFT_EYE, LEFT_EAR)), POSE_EDGES.index((NOSE, LEFT_EYE))
    outputs.forward[0, 0, [to_ear, 16 + to_ear]] = 2 * STRIDE + 5, 3 * STRIDE - 6
    outputs.backward[0, 0, [to_nose, 16 + to_nose]] = 3 * STRIDE, 0
    (pose,) = decode_poses(outputs, full(4, 4), PeopleOptions(score_threshold=0.08))
    # The displacement leads to a cell, and the cell's own offset, here 0, to the keypoint.
    assert pose.keypoints[LEFT_EAR][:2] == (3 * STRIDE, 2 * STRIDE)
    assert pose.keypoints[NOSE][:2] == (0, 3 * STRIDE)
    assert pose.keypoints[NOSE].score == pytest.approx(sigmoid(2.0), abs=1e-6)


def test_a_person_begins_where_a_keypoint_is_more_certain_than_around() -> None:
    outputs = nothing(1, 9)
    for column, logit in enumerate((0, 3, 2, 1, -9, 1, 2.5, 2, 0)):
        outputs.heatmaps[0, column, NOSE] = logit
    poses = decode_poses(outputs, full(1, 9), PeopleOptions(score_threshold=0.01))
    assert [pose.keypoints[NOSE].x for pose in poses] == [STRIDE, 6 * STRIDE]


@pytest.mark.parametrize(("radius", "people"), [(3 * STRIDE - 1, 2), (3 * STRIDE, 1)])
def test_within_the_radius_is_the_same_person(radius: float, people: int) -> None:
    outputs = nothing(1, 5)
    with_nose(outputs, 0, 0, 4)
    with_nose(outputs, 0, 3, 3)
    options = PeopleOptions(score_threshold=0.01, nms_radius=radius)
    assert len(decode_poses(outputs, full(1, 5), options)) == people


def test_a_keypoint_that_someone_else_has_does_not_count_twice() -> None:
    outputs = nothing(1, 9)
    with_nose(outputs, 0, 0, 4)
    # The second one's other keypoints are the first one's.
    outputs.heatmaps[0, 8, NOSE] = 3
    for edge, (parent, _) in enumerate(POSE_EDGES):
        if parent == NOSE:
            outputs.forward[0, 8, 16 + edge] = -8 * STRIDE
    first, second = decode_poses(outputs, full(1, 9), PeopleOptions(score_threshold=0.01))
    assert first.score == pytest.approx((sigmoid(4.0) + 16 * sigmoid(-2.0)) / 17, abs=1e-6)
    assert second.score == pytest.approx(sigmoid(3.0) / 17, abs=1e-6)


def test_no_more_people_are_found_than_asked_for_and_none_below_the_score() -> None:
    outputs = nothing(1, 9)
    for column, logit in ((0, 2), (4, 4), (8, 3)):
        with_nose(outputs, 0, column, logit)
    options = PeopleOptions(score_threshold=0.01, max_detections=2)
    poses = decode_poses(outputs, full(1, 9), options)
    assert [pose.keypoints[NOSE].x for pose in poses] == [4 * STRIDE, 8 * STRIDE]
    # All noses are certain enough to begin with, but no whole person is.
    assert decode_poses(outputs, full(1, 9), PeopleOptions(score_threshold=0.5)) == ()


def test_a_pose_says_how_certain_it_is_and_where() -> None:
    array = np.zeros((17, 3), np.float32)
    array[0] = 30, 40, 1
    assert repr(BodyPixPose(array, 0.5)) == "BodyPixPose(score=0.50, box 30x40 at (0, 0))"
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1


# --- who is who


def face_at(x: float, y: float, score: float = 1.0) -> BodyPixPose:
    array = np.full((17, 3), FAR, np.float32)
    array[:5] = x, y, score
    return BodyPixPose(array, score)


def test_a_pixel_is_the_persons_whose_face_its_offsets_lead_to() -> None:
    layout = full(5, 5)
    offsets = np.zeros((5, 5, 34), np.float32)
    # Cells on the left lead to the right, and the others to the left.
    offsets[:, :2, 17:22] = 4 * STRIDE
    offsets[:, 3:, 17:22] = -4 * STRIDE
    left, right = face_at(0, 32), face_at(64, 32)
    options = PeopleOptions(refine_steps=1)
    nearest = nearest_people(offsets, [left, right], layout, options)
    assert nearest.shape == (65, 65)
    # One step and a correction: from the left to the right and back.
    assert (nearest[:, :8] == 0).all()
    assert (nearest[:, -8:] == 1).all()
    swapped = nearest_people(offsets, [left, right], layout, PeopleOptions(refine_steps=2))
    assert (swapped[:, :8] == 1).all()
    assert (swapped[:, -8:] == 0).all()


def test_keypoints_that_are_uncertain_do_not_count() -> None:
    offsets = np.zeros((3, 3, 34), np.float32)
    unseen, seen = face_at(16, 16, 0.3), face_at(900, 900, 0.4)
    options = PeopleOptions(min_keypoint_score=0.3)
    assert (nearest_people(offsets, [unseen, seen], full(3, 3), options) == 1).all()
    assert (nearest_people(offsets, [unseen], full(3, 3), options) == NO_ONE).all()


def test_offsets_that_lead_out_of_the_image_lead_along_its_edge() -> None:
    offsets = np.full((3, 3, 34), -FAR, np.float32)
    assert (nearest_people(offsets, [face_at(0, 0)], full(3, 3), PeopleOptions()) == 0).all()


# --- options


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_detections": 0}, "Invalid max_detections 0. Should be > 0."),
        ({"max_detections": 1.5}, "Invalid max_detections 1.5. Should be a whole number > 0."),
        ({"score_threshold": 1.1}, "Invalid score_threshold 1.1. Should be in range [0, 1]."),
        ({"score_threshold": 40}, "Write 40 % as 0.4."),
        ({"nms_radius": -1}, "Invalid nms_radius -1. Should be > 0."),
        ({"nms_radius": None}, "Invalid nms_radius None. Should be > 0."),
        ({"min_keypoint_score": -0.1}, "Invalid min_keypoint_score -0.1. Should be in range"),
        ({"refine_steps": 0}, "Invalid refine_steps 0. Should be in range [1, 20]."),
        ({"refine_steps": 21}, "Invalid refine_steps 21. Should be in range [1, 20]."),
        ({"refine_steps": True}, "Invalid refine_steps True."),
        ({"segmentation_threshold": 2}, "Invalid segmentation_threshold 2. Should be in range"),
        ({"segmentation_threshold": "high"}, "Invalid segmentation_threshold 'high'."),
        (
            {"internal_resolution": "hi"},
            (
                "internal_resolution must be one of 'low', 'medium', 'high', 'full', or a number "
                "from 0.1 to 2.0, but was 'hi'. Did you mean 'high'?"
            ),
        ),
        ({"internal_resolution": 0.05}, "but was 0.05."),
        ({"internal_resolution": 2.1}, "but was 2.1."),
        ({"internal_resolution": True}, "but was True."),
    ],
)
def test_what_upstream_refuses_is_refused_before_the_network_runs(
    options: dict[str, Any], message: str
) -> None:
    def run(_: NDArray[np.uint8]) -> Outputs:
        raise AssertionError

    segmenter = BodyPixSegmenter(
        run, output_stride=STRIDE, dispose=lambda: None, settings={"model": "BodyPix"}
    )
    with pytest.raises(InvalidOptionError, match=re.escape(message)):
        segmenter.segment_people(np.zeros((8, 8, 3), np.uint8), **options)


@pytest.mark.parametrize(
    ("given", "share"), [("low", 0.25), ("medium", 0.5), ("high", 0.75), ("full", 1.0), (2, 2.0)]
)
def test_an_internal_resolution_is_a_name_or_a_number(given: Any, share: float) -> None:  # noqa: ANN401
    assert share_of_image(given) == share
