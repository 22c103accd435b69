"""BlazePose in the page finds what runtime 'tensorflow' finds, on the same images."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
import pytest

from bodyseg_widgets import SupportedModels, create_detector
from bodyseg_widgets.pose.blazepose import litert
from bodyseg_widgets.pose.blazepose.detection import roi_from_detection
from bodyseg_widgets.streaming.frame_model import DetectorModel
from tests.browser.pose_page import PROGRAM, PosePage
from tests.browser.watched_page import watched_page
from tests.browser.worker_program import bundled
from tests.clip_frames import clip_frames
from tests.file_server import serving
from tests.pictures import read_rgb

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from playwright.sync_api import Browser

    from bodyseg_widgets import PoseDetector
    from bodyseg_widgets.pose.blazepose.detection import Detection
    from bodyseg_widgets.pose.blazepose.landmarks import Landmarks
    from bodyseg_widgets.pose.blazepose.roi import Roi
    from bodyseg_widgets.streaming.frame_model import Seen

    Picture = NDArray[np.uint8]

MODEL_TYPES = ("lite", "full", "heavy")
STILLS = ("yoga", "yoga, small", "yoga, turned", "sign")


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return bundled(PROGRAM, tmp_path_factory.mktemp("worker"))


@pytest.fixture(scope="module", params=MODEL_TYPES)
def model_type(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def in_page(browser: Browser, worker: bytes, model_type: str) -> Iterator[PosePage]:
    with serving() as server, watched_page(browser) as page:
        page.set_default_timeout(120_000)
        yield PosePage(page, server, worker, model_type)


@pytest.fixture(scope="module")
def stills(data_folder: Path) -> dict[str, Picture]:
    folder = data_folder / "tfjs-models"
    yoga = read_rgb(folder / "pose-detection/pose.jpg")
    return {
        "yoga": yoga,
        "yoga, small": cv2.resize(yoga, None, fx=0.35, fy=0.35, interpolation=cv2.INTER_AREA),
        "yoga, turned": np.ascontiguousarray(np.rot90(yoga)),
        "sign": clip_frames(data_folder / "asl/eat.mkv", 20)[-1],
    }


@pytest.fixture(scope="module")
def three_people(data_folder: Path) -> Picture:
    return read_rgb(data_folder / "tfjs-models/shared/three_people.jpg")


@pytest.fixture(scope="module")
def walk(data_folder: Path) -> list[Picture]:
    return clip_frames(data_folder / "asl/walk.mkv", 60)


@pytest.fixture(scope="module")
def squats(data_folder: Path) -> list[Picture]:
    return clip_frames(data_folder / "tfjs-models/pose-detection/pose_squats.mp4")


def make(model_type: str) -> PoseDetector:
    return create_detector(
        SupportedModels.BlazePose,
        runtime="tensorflow",
        model_type=model_type,
        enable_segmentation=True,
    )


def seen_by_python(
    model_type: str, images: Sequence[Picture], *, video: bool, max_poses: int = 1
) -> list[Seen]:
    model = DetectorModel(make(model_type), max_poses=lambda: max_poses)
    found = [model.run(image, at / 30 if video else None) for at, image in enumerate(images)]
    model.dispose()
    return found


def keypoints(seen: Seen) -> NDArray[np.float32]:
    """Return x, y, z, score, and x, y, z in meters, (n, 33, 7)."""
    return np.array(
        [
            np.concatenate([pose.keypoint_array, pose.keypoint_array_3d[:, :3]], axis=1)
            for pose in seen.poses
        ]
    )


class Apart(NamedTuple):
    """How far two results are apart at most, the mask on average."""

    px: float
    meters: float
    mask: float


def apart(seen: Seen, found: tuple[NDArray[np.float64], NDArray[np.uint8], list[int]]) -> Apart:
    points, levels, region = found
    expected = keypoints(seen)
    mask = seen.segmentation.mask
    assert points.shape == expected.shape
    assert region == [mask.region.left, mask.region.top, mask.region.width, mask.region.height]
    assert levels.shape == mask.levels.shape
    off = np.abs(points - expected)
    levels_off = np.abs(levels.astype(int) - mask.levels) / 255
    return Apart(
        float(np.hypot(off[..., 0], off[..., 1]).max()),
        float(off[..., 4:].max()),
        float(levels_off.mean()),
    )


@pytest.mark.parametrize("name", STILLS)
def test_stills(in_page: PosePage, model_type: str, stills: dict[str, Picture], name: str) -> None:
    image = stills[name]
    (seen,) = seen_by_python(model_type, [image], video=False)
    (found,) = in_page.stills([image])
    off = apart(seen, (found.keypoints, found.levels, found.region))
    assert off.px <= 0.05
    assert off.meters <= 1e-3
    assert off.mask <= 1e-4


def test_a_portrait(
    in_page: PosePage,
    model_type: str,
    data_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Most of the ROI is beside the image, where the network guesses.

    There it is so unsteady that a ROI 0.0001 px farther on moves keypoints by more than 0.3 px.
    """
    image = read_rgb(data_folder / "tfjs-models/body-segmentation/portrait.jpg")
    (seen,) = seen_by_python(model_type, [image], video=False)
    (found,) = in_page.stills([image])
    off = apart(seen, (found.keypoints, found.levels, found.region))

    def shifted(detection: Detection) -> Roi:
        roi = roi_from_detection(detection)
        return replace(roi, x_center=roi.x_center + 1e-4)

    monkeypatch.setattr(litert, "roi_from_detection", shifted)
    (moved,) = seen_by_python(model_type, [image], video=False)
    unsteady = np.hypot(*(keypoints(moved) - keypoints(seen))[0, :, :2].T).max()
    assert off.px <= 0.05 + 2 * unsteady
    assert off.meters <= 1e-3
    assert off.mask <= 1e-4


def test_several_people(in_page: PosePage, model_type: str, three_people: Picture) -> None:
    (seen,) = seen_by_python(model_type, [three_people], video=False, max_poses=3)
    (found,) = in_page.stills([three_people], max_poses=3)
    assert len(found.ids) == 3
    off = apart(seen, (found.keypoints, found.levels, found.region))
    assert off.px <= 1
    assert off.meters <= 1e-3
    people = seen.segmentation.mask.model_people
    assert people is not None
    assert found.people is not None
    assert {*np.unique(found.people)} == {*np.unique(people)} == {0, 1, 2, 3}
    assert (found.people == people).mean() >= 0.99
    assert in_page.stills([three_people])[0].people is None


@pytest.mark.parametrize("model_type", ["full"], scope="module", indirect=True)
def test_a_video_with_the_same_rois(
    in_page: PosePage, model_type: str, walk: list[Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    rois: list[Roi] = []
    expected: list[Landmarks | None] = []
    find = litert.find_landmarks

    def noted(network: object, image: Picture, roi: Roi) -> Landmarks | None:
        rois.append(roi)
        expected.append(find(network, image, roi))
        return expected[-1]

    monkeypatch.setattr(litert, "find_landmarks", noted)
    seen_by_python(model_type, walk, video=True)
    assert len(rois) == len(walk)
    found = in_page.look(walk, rois)
    off = [
        np.hypot(*(body - each.body)[:, :2].T).max()
        for each, (body, _) in zip(expected, found, strict=True)
        if each
    ]
    assert max(off) <= 0.05


@pytest.mark.parametrize("model_type", ["full"], scope="module", indirect=True)
def test_a_video(in_page: PosePage, model_type: str, walk: list[Picture]) -> None:
    """Tracking is chaotic, so it is compared with what one pixel changes in Python."""
    poked = walk.copy()
    poked[0] = walk[0].copy()
    poked[0][240, 320] ^= 1
    expected = np.array([keypoints(each) for each in seen_by_python(model_type, walk, video=True)])
    moved = np.array([keypoints(each) for each in seen_by_python(model_type, poked, video=True)])
    found = in_page.video(walk)
    points = np.array([each.keypoints for each in found])

    def median_apart(other: NDArray[np.floating]) -> float:
        off = other - expected
        return float(np.median(np.hypot(off[..., 0], off[..., 1]).max(axis=(1, 2))))

    assert all(each.ids == [1] for each in found)
    assert median_apart(points) <= 2 * median_apart(moved)


@pytest.mark.parametrize("model_type", ["full"], scope="module", indirect=True)
def test_squats(in_page: PosePage, squats: list[Picture], data_folder: Path) -> None:
    """Upstream's tolerances, as for 'tensorflow'."""
    folder = data_folder / "tfjs-models/pose-detection"
    expected = np.array(json.loads((folder / "pose_squats.full.json").read_text()))
    expected_3d = np.array(json.loads((folder / "pose_squats_3d.full.json").read_text()))
    found = np.array([each.keypoints[0] for each in in_page.video(squats)])
    off = np.abs(found[..., :2] - expected[..., :2])
    off_3d = np.abs(found[..., 4:] - expected_3d)
    assert off.mean() <= 3
    assert off.max() <= 20
    assert off_3d.mean() <= 0.03
    assert off_3d.max() <= 0.2
