"""Planes beside the probability of a person: from models through streams to the page."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from bodyseg_widgets import Frame, InvalidOptionError, Result, Timings, add_model, create_segmenter
from bodyseg_widgets.segmentation import Mask, PackedLevels, PackedPlanes, Region, Segmentation
from bodyseg_widgets.streaming import FunctionModel, StoredResult, choose
from bodyseg_widgets.streaming.frame_model import Seen, all_together
from bodyseg_widgets.streaming.pipeline import in_levels
from bodyseg_widgets.widgets.stream.segmentation_stream import class_names
from bodyseg_widgets.widgets.transport.results import meaning_of, result_fields

LABELS = np.array([[0, 0, 0, 0], [0, 10, 10, 23], [23, 255, 255, 0]], np.uint8)
PEOPLE = np.array([[0, 0, 0, 0], [0, 1, 1, 2], [2, 1, 1, 0]], np.uint8)
HAND = np.array([[0, 0, 0, 0], [0, 240, 255, 3], [12, 0, 0, 0]], np.uint8)
NAMES = {10: "left_hand", 23: "right_feet"}
SIZE = (6, 8)
CLASSES = ["background", "hair", "clothes"]


def _mask(size: tuple[int, int] = SIZE, region: Region | None = None) -> Mask:
    return Mask(
        (LABELS > 0).astype(np.float32),
        size=size,
        model_size=(3, 4),
        region=region,
        values=LABELS.copy(),
        people=PEOPLE.copy(),
        class_source=lambda value: HAND / np.float32(255) if value == 10 else HAND * np.float32(0),
    )


def _seen(*classes: int) -> Seen:
    return in_levels(Seen(Segmentation(_mask(), NAMES)), classes)


def _result(seen: Seen) -> Result:
    height, width = seen.segmentation.mask.size
    frame = Frame(1, np.zeros((height, width, 3), np.uint8), timestamp=0.0)
    return Result(frame, seen.segmentation, Timings(), seen.poses)


def _thirds(image: np.ndarray) -> np.ndarray:
    """Find three classes from left to right."""
    height, width = image.shape[:2]
    planes = np.full((height, width, 3), 0.25, np.float32)
    for number in range(3):
        planes[:, number * width // 3 : (number + 1) * width // 3, number] = 0.5
    return planes


def test_planes_are_enlarged_to_the_nearest_pixel_and_are_0_outside_of_the_region() -> None:
    mask = _mask((8, 10), Region(2, 1, 8, 6))
    for plane, small in ((mask.values, LABELS), (mask.people, PEOPLE)):
        assert plane is not None
        np.testing.assert_array_equal(plane[1:7, 2:], small.repeat(2, axis=0).repeat(2, axis=1))
        assert not plane[:1].any()
        assert not plane[:, :2].any()
        with pytest.raises(ValueError, match="read-only"):
            plane[0, 0] = 1
    np.testing.assert_array_equal(mask.model_people, PEOPLE)


def test_a_mask_whose_people_are_not_told_apart_has_no_plane_of_them() -> None:
    mask = Mask(np.ones((2, 2), np.float32), size=(2, 2), model_size=(2, 2))
    assert mask.people is mask.model_people is None
    assert [*mask.packed_planes] == []
    assert mask.class_values == ()


def test_planes_of_another_size_are_refused() -> None:
    plane = np.zeros((2, 2), np.uint8)
    with pytest.raises(ValueError, match=r"Expect values of shape .* but got \(2, 2\)"):
        Mask(np.ones((3, 4), np.float32), size=SIZE, model_size=(3, 4), people=plane)


def test_a_stream_has_the_planes_at_the_resolution_of_the_network_and_the_labels() -> None:
    segmentation = _seen(10).segmentation
    assert segmentation.labels == NAMES
    np.testing.assert_array_equal(segmentation.mask.model_values, LABELS)
    np.testing.assert_array_equal(segmentation.mask.model_people, PEOPLE)
    np.testing.assert_array_equal(segmentation.mask.class_levels(10), HAND)


def test_the_page_gets_planes_behind_the_keypoints_and_reads_the_same() -> None:
    fields, buffers = result_fields(_result(_seen(10)))
    assert fields["planes"] == [
        {"kind": "labels", "meaning": meaning_of(NAMES)},
        {"kind": "people"},
        {"kind": "class", "value": 10},
    ]
    # frontend/test/source/result.test.ts has the same bytes.
    assert [base64.b64encode(each).decode() for each in buffers[2:]] == [
        "eAFjAAEuLnHx//8ZAAZYAkE=",
        "eAFjAAFGRiYmRkYGAAAwAAk=",
        "eAFjAIEP/5l5GBgYAAzVAf8=",
    ]


def test_a_model_without_classes_sends_no_more_than_mask_and_keypoints() -> None:
    mask = Mask(np.ones((3, 4), np.float32), size=SIZE, model_size=(3, 4))
    fields, buffers = result_fields(_result(in_levels(Seen(Segmentation(mask)), {10})))
    assert (fields["planes"], len(buffers)) == ([], 2)


def test_a_class_is_sent_only_while_it_is_wanted_and_python_has_all_of_them() -> None:
    result = _result(_seen())
    fields, _ = result_fields(result)
    assert [plane["kind"] for plane in fields["planes"]] == ["labels", "people"]
    hand = result.class_probability("left_hand")
    assert hand.shape == SIZE
    assert hand.max() > 0.7
    assert result.class_probability("right_feet").max() == 0


@pytest.mark.parametrize("wanted", [(), (0,)])
def test_python_has_the_probability_of_a_class_as_it_is_sent(wanted: tuple[int, ...]) -> None:
    exact = Mask(
        np.ones((1, 2), np.float32),
        size=(1, 2),
        model_size=(1, 2),
        values=np.zeros((1, 2), np.uint8),
        class_source=lambda _: np.array([[0.5, 0.123]], np.float32),
    )
    segmentation = Segmentation(exact, {0: "hair"})
    assert segmentation.class_probability("hair").tolist()[0] == pytest.approx([0.5, 0.123])
    found = in_levels(Seen(segmentation), wanted).segmentation.class_probability("hair")
    assert (found * 255).round(4).tolist() == [[128, 31]]


def test_what_is_stored_has_the_planes_and_the_classes_that_were_wanted() -> None:
    result = _result(_seen(10))
    stored = StoredResult.of(result)
    again = stored.seen().segmentation
    assert again.labels == NAMES
    np.testing.assert_array_equal(again.mask.model_values, LABELS)
    np.testing.assert_array_equal(again.mask.model_people, PEOPLE)
    np.testing.assert_array_equal(again.mask.class_levels(10), HAND)
    assert again.mask.packed_planes == result.mask.packed_planes
    assert stored.nbytes == len(stored.packed.data) + result.mask.packed_planes.nbytes
    with pytest.raises(InvalidOptionError, match=r"of 'left_hand', but not of 'right_feet'.*want"):
        again.class_probability("right_feet")
    with pytest.raises(InvalidOptionError, match=r"the values 10, but not of 23"):
        again.mask.class_levels(23)


def test_a_class_that_is_wanted_later_is_added_to_what_is_known() -> None:
    before = StoredResult.of(_result(_seen()))
    after = before.with_classes(_seen(10))
    assert after.packed is before.packed
    assert after.planes.labels is before.planes.labels
    np.testing.assert_array_equal(after.seen().segmentation.mask.class_levels(10), HAND)
    other = Mask(np.ones((1, 1), np.float32), size=SIZE, model_size=(1, 1))
    with pytest.raises(ValueError, match="stored mask"):
        before.with_classes(Seen(Segmentation(other)))


def test_a_label_that_a_model_does_not_have_is_refused_with_the_one_that_was_meant() -> None:
    segmentation = Segmentation(_mask(), NAMES)
    assert segmentation.has_classes
    with pytest.raises(InvalidOptionError, match=r"label must be one of .*'left_hand'\?"):
        segmentation.class_probability("lefthand")


def test_of_a_person_alone_the_class_is_the_mask() -> None:
    segmentation = Segmentation(Mask(np.ones((2, 2), np.float32), size=(4, 4), model_size=(2, 2)))
    assert not segmentation.has_classes
    assert segmentation.class_probability("person") is segmentation.mask.probability


def test_another_probability_leaves_the_planes_as_they_are() -> None:
    mask = _mask().with_source(np.zeros((3, 4), np.float32))
    np.testing.assert_array_equal(mask.model_values, LABELS)
    np.testing.assert_array_equal(mask.model_people, PEOPLE)
    np.testing.assert_array_equal(mask.class_levels(10), HAND)


def test_the_person_with_the_highest_probability_has_the_pixel() -> None:
    left, right = np.zeros((2, 4, 8), np.float32)
    left[:, :4], right[:, 3:7] = 0.6, 0.9
    people = [Segmentation(Mask(each, size=(4, 8), model_size=(4, 8))) for each in (left, right)]
    mask = all_together(people, (4, 8), numbered=True).mask
    assert mask.people is not None
    assert mask.people[0].tolist() == [1, 1, 1, 2, 2, 2, 2, 0]
    assert all_together(people, (4, 8)).mask.people is None


def test_a_pixel_whose_probability_is_0_in_8_bits_is_no_ones() -> None:
    one, other = np.zeros((2, 4, 8), np.float32)
    one[:, :4], other[:, 2:6] = 0.001, 0.5
    people = [Segmentation(Mask(each, size=(4, 8), model_size=(4, 8))) for each in (one, other)]
    mask = all_together(people, (4, 8), numbered=True).mask
    assert mask.people is not None
    assert mask.people[0].tolist() == [0, 0, 2, 2, 2, 2, 0, 0]


@pytest.mark.parametrize("count", [0, 1])
def test_people_are_numbered_as_soon_as_several_are_looked_for(count: int) -> None:
    one = Segmentation(Mask(np.eye(4, dtype=np.float32), size=(4, 4), model_size=(4, 4)))
    mask = all_together([one] * count, (4, 4), numbered=True).mask
    assert mask.people is not None
    np.testing.assert_array_equal(mask.people, count * np.eye(4, dtype=np.uint8))
    assert all_together([one] * count, (4, 4)).mask.people is None


def test_a_custom_models_classes_are_those_of_its_labels() -> None:
    add_model("Thirds", _thirds, labels=CLASSES)
    live = choose("Thirds", None, "tensorflow").live_model
    assert class_names(live.labels) == [
        {"value": 0, "name": "background"},
        {"value": 1, "name": "hair"},
        {"value": 2, "name": "clothes"},
    ]
    model = FunctionModel(create_segmenter("Thirds"))
    mask = in_levels(model.run(np.zeros((2, 6, 3), np.uint8), 0.0), {1}).segmentation.mask
    assert mask.model_values is not None
    assert mask.model_values[0].tolist() == [0, 0, 1, 1, 2, 2]
    assert mask.class_levels(1)[0].tolist() == [64, 64, 128, 128, 64, 64]
    assert mask.levels[0].tolist() == [128, 128, 191, 191, 191, 191]


def test_a_label_image_has_its_classes_with_certainty() -> None:
    add_model("Numbers", lambda image: image[..., 0] // 100, labels=CLASSES)
    (found,) = create_segmenter("Numbers").segment_people(np.full((1, 1, 3), 200, np.uint8))
    assert [float(found.class_probability(label)[0, 0]) for label in CLASSES] == [0, 0, 1]


def test_a_model_that_finds_a_person_alone_has_no_classes() -> None:
    assert class_names(choose("BlazePose", None, "tensorflow").live_model.labels) == []
    add_model("Alone", lambda image: image[..., 0] / 255, labels=["person"])
    assert class_names(choose("Alone", None, "tensorflow").live_model.labels) == []


def test_packed_planes_know_how_large_they_are() -> None:
    assert PackedPlanes().nbytes == 0
    plane = PackedLevels(b"12345", (1, 1))
    assert PackedPlanes(plane, None, {3: plane}).nbytes == 10
