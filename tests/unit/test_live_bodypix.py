"""BodyPix in streams: its variants, people, parts and poses, with a network made for the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from bodyseg_widgets import (
    Compare,
    Explorer,
    Frame,
    InvalidOptionError,
    Result,
    SegmentationStream,
    Snapshot,
    Timings,
    Webcam,
    add_weights,
    draw_skeleton,
)
from bodyseg_widgets.models import BodyPixVariant, available_variants, weights_folders
from bodyseg_widgets.pose import BODYPIX_BODY, KEYPOINT_NAMES
from bodyseg_widgets.segmentation.bodypix import PART_LABELS, BodyPixPose
from bodyseg_widgets.segmentation.types import Mask, Segmentation
from bodyseg_widgets.streaming import (
    PoseRecorder,
    Recording,
    RecordingWriter,
    StoredResult,
    choose_like,
    encode_image,
    look_once,
    model_names,
)
from bodyseg_widgets.streaming.frame_model import Seen
from bodyseg_widgets.streaming.samples import portrait_jpeg
from bodyseg_widgets.widgets.explorer.parts.all_parts import PARTS
from bodyseg_widgets.widgets.transport.results import result_fields
from bodyseg_widgets.widgets.view.model_panel import model_options
from tests.graphs import write_bodypix
from tests.unit.from_page import send_frame
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VARIANT = BodyPixVariant(multiplier=1.0)
pytestmark = pytest.mark.usefixtures("own_weights_folders")
"""One that cannot be downloaded."""

NAME = "MobileNetV1 1.0 float"
SIZE = (65, 129)


@pytest.fixture
def explorer(weights: Path) -> Iterator[Explorer]:
    add_weights(weights)
    explorer = Explorer(Webcam(source="sample"), model="BodyPix", model_type=NAME)
    yield explorer
    explorer.close()


def torso_and_face() -> np.ndarray:
    image = np.zeros((*SIZE, 3), np.uint8)
    image[:, :65], image[:, 65:] = 255, (255, 0, 0)
    return image


def pose(at: float = 10.0, score: float = 0.75) -> BodyPixPose:
    keypoints = np.full((17, 3), score, np.float32)
    keypoints[:, 0], keypoints[:, 1] = at + np.arange(17), at
    return BodyPixPose(keypoints, score)


def result_with_poses(*poses: BodyPixPose) -> Result:
    mask = Mask.from_levels(np.full((2, 2), 255, np.uint8), size=SIZE)
    seen = Seen(Segmentation(mask), poses)
    return Result(Frame(1, torso_and_face(), 0.0), seen.segmentation, Timings(), poses)


def test_variants_are_offered_whose_weights_are_there_or_can_be_downloaded(weights: Path) -> None:
    before = [variant.name for variant in available_variants()]
    assert "MobileNetV1 0.75 quant2" in before
    assert NAME not in before
    assert not any("ResNet50" in name or "quant1" in name for name in before)
    add_weights(weights)
    assert NAME in model_names()
    assert choose_like(NAME).label == f"BodyPix {NAME} (tensorflow)"
    assert choose_like("BodyPix").model_type == "MobileNetV1 0.75 quant2"


def test_what_is_neither_there_nor_to_be_downloaded_is_refused_with_what_is() -> None:
    with pytest.raises(InvalidOptionError, match=r"must be one of .*'MobileNetV1 0.75 quant2'"):
        choose_like("BodyPix", model_type="ResNet50 float")


def test_every_variant_has_a_name_of_its_own() -> None:
    names = [variant.name for variant in BodyPixVariant.all()]
    assert len({*names}) == len(names) == 33
    assert {"MobileNetV1 0.5 quant1 stride 8", "ResNet50 quant2", "ResNet50 float stride 32"} < {
        *names
    }


def test_that_masks_are_poor_is_said_where_the_variant_is_chosen(tmp_path: Path) -> None:
    variant = BodyPixVariant(quant_bytes=1)
    place = tmp_path / "weights" / variant.folder
    place.mkdir(parents=True)
    write_bodypix(place)
    add_weights(tmp_path / "weights")
    labels = [label for label, _ in model_options()]
    assert "BodyPix · MobileNetV1 0.75 quant1 (poor masks)" in labels
    assert "BodyPix · MobileNetV1 0.75 quant2" in labels


def test_a_folder_that_is_named_wrongly_does_not_hide_other_models(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BODYSEG_MODELS", "/no/such/folder")
    assert choose_like("general").label == "Selfie general (tensorflow)"


def test_a_panel_whose_weights_are_missing_says_what_would_be_downloaded(
    webcam: Webcam, weights: Path
) -> None:
    stream = SegmentationStream(webcam, model="BodyPix")
    send_frame(webcam, 1, portrait_jpeg())
    wait_until(lambda: stream.state == "failed" and stream._weights is not None)
    assert stream._weights["url"].endswith("/mobilenet/quant2/075/model-stride16.json")
    assert 2_600_000 < stream._weights["size"] < 2_700_000
    assert "fetch_weights('MobileNetV1', output_stride=16, multiplier=0.75" in stream.message
    add_weights(weights)
    stream.choose(NAME)
    send_frame(webcam, 2, portrait_jpeg())
    wait_until(lambda: stream.state == "ready")
    assert stream._weights is None
    stream.close()


def test_pickers_offer_a_variant_as_soon_as_its_weights_are_there(weights: Path) -> None:
    explorer = Compare(["general"], Webcam(source="sample"), show=())
    picker = explorer.panels[0].model_picker
    assert ("BodyPix", NAME) not in dict(picker.options).values()
    add_weights(weights)
    assert dict(picker.options)[f"BodyPix · {NAME}"] == ("BodyPix", NAME)
    picker.value = ("BodyPix", NAME)
    assert explorer.panels[0].stream.choice.model_type == NAME
    explorer.close()


def test_a_chosen_variant_stays_in_its_picker_when_its_weights_are_gone(
    explorer: Explorer, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights_folders, "_added", [])
    picker = explorer.panels[0].model_picker
    explorer.panels[0].offer_models()
    assert picker.value == ("BodyPix", NAME)
    assert NAME not in model_names()
    del weights


def test_the_page_is_told_the_parts_and_the_17_keypoints(explorer: Explorer) -> None:
    stream = explorer.panels[0].stream
    assert [each["name"] for each in stream._classes] == [*PART_LABELS.values()]
    topology = stream._topology
    assert topology["names"] == [*BODYPIX_BODY.names]
    assert topology["in_3d"] is False
    assert {*topology["names"]} < {*KEYPOINT_NAMES}
    named = {frozenset(topology["names"][end] for end in pair) for pair in topology["pairs"]}
    assert frozenset({"left_shoulder", "left_elbow"}) in named
    assert dict(zip(topology["names"], topology["sides"], strict=True))["left_knee"] == "left"


def test_skeletons_can_be_shown_and_the_pose_in_3d_cannot(explorer: Explorer) -> None:
    assert explorer.skeleton_button.layout.display is None
    assert not PARTS["pose"].suits(explorer.panels)


def test_one_run_finds_people_parts_and_whose_they_are(weights: Path) -> None:
    add_weights(weights)
    result = look_once(choose_like(NAME), Frame(1, torso_and_face(), 0.0), max_poses=3)
    mask = result.mask
    assert result.model == f"BodyPix {NAME} (tensorflow), up to 3 people"
    # Half of the image's width and height, and one pixel, as the network's input.
    assert mask.model_size == (33, 65)
    assert mask.values is not None
    assert mask.values[32, 5] == 12
    assert mask.values[32, 120] == 0
    assert mask.people is not None
    assert not mask.people.any(), "the network finds no keypoints"
    assert result.segmentation.labels == PART_LABELS
    torso = result.class_probability("torso_front")
    assert torso[32, 5] == pytest.approx(1 / (1 + np.exp(-1)), abs=0.01)
    # No one is there.
    assert torso[32, 120] < 0.02


def test_keypoints_travel_without_depth_and_meters() -> None:
    fields, (_, keypoints) = result_fields(result_with_poses(pose(), pose(40)))
    assert fields["poses"] == [{"id": None}, {"id": None}]
    rows = np.frombuffer(keypoints, "<f4").reshape(2, 17, 7)
    np.testing.assert_array_equal(rows[1, :, [0, 1, 3]].T, pose(40).keypoint_array)
    assert not rows[..., 2].any()
    assert np.isnan(rows[..., 4:]).all()


def test_a_skeleton_of_17_keypoints_is_drawn_by_python_too() -> None:
    drawn = draw_skeleton(np.zeros((*SIZE, 3), np.uint8), pose(30.0))
    assert drawn.any()
    assert not draw_skeleton(np.zeros((*SIZE, 3), np.uint8), pose(30.0), 0.9).any()


def test_poses_of_17_keypoints_are_recorded_and_saved_bit_by_bit(tmp_path: Path) -> None:
    result = result_with_poses(pose(1.5, 0.3), pose(40))
    path = tmp_path / "a.bodyseg"
    with RecordingWriter(path) as writer:
        writer.add_frame(1, 0.0, "camera", encode_image(result.frame.image), SIZE)
        writer.add_result(1, "BodyPix", StoredResult.of(result), video="camera")
    with Recording(path) as recording:
        recorded = recording.read_at(0).known["BodyPix"].poses
    saved = Snapshot(result.frame, {"BodyPix": result}).save(tmp_path / "a.npz")
    for poses in (recorded, Snapshot.load(saved).poses("BodyPix")):
        assert [each.score for each in poses if isinstance(each, BodyPixPose)] == [0.3, 0.75]
        for found, given in zip(poses, result.poses, strict=True):
            assert found.keypoint_array.tobytes() == given.keypoint_array.tobytes()


def test_a_recorder_of_poses_in_3d_keeps_none_of_them(webcam: Webcam) -> None:
    stream = SegmentationStream(webcam)
    recorder = PoseRecorder(stream)
    recorder._record(result_with_poses(pose()))
    assert [moment.poses for moment in recorder.moments] == [()]
    recorder.stop()
    stream.close()


def test_results_with_such_poses_are_shown_in_a_notebook() -> None:
    html = result_with_poses(pose(30.0), pose(45.0))._repr_html_()
    assert html is not None
    assert "2 poses" in html
