"""BlazePose on MediaPipe Tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from bodyseg_widgets.models import pose_task
from bodyseg_widgets.pose.blazepose.estimate import Estimate
from bodyseg_widgets.pose.blazepose.masks import PlacedMask
from bodyseg_widgets.pose.blazepose.stillness import StillnessWatch
from bodyseg_widgets.pose.topology import KEYPOINT_NAMES
from bodyseg_widgets.segmentation import Region

if TYPE_CHECKING:
    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.runtimes.mediapipe import LandmarkedPose, PoseLandmarkerTask
    from bodyseg_widgets.segmentation import Probability

__all__ = ["MediaPipeEstimator"]

HIPS = [KEYPOINT_NAMES.index("left_hip"), KEYPOINT_NAMES.index("right_hip")]


class MediaPipeEstimator:
    """Lets MediaPipe Tasks find and follow people.

    Tasks smooths the landmarks of a video by itself where it looks for one person, and has no
    option for that: where that is not wanted it is asked for two, and the first is taken. It
    cannot be told to begin a new video either, so each has a task of its own.

    Parameters
    ----------
    model_type : {'lite', 'full', 'heavy'}
        Which landmark network.
    with_mask : bool
        Whether estimates come with a mask.
    smooth_landmarks : bool
        Whether Tasks may smooth the landmarks of a single person.
    """

    def __init__(self, model_type: str, *, with_mask: bool, smooth_landmarks: bool) -> None:
        self._bundle = pose_task(model_type)
        self._with_mask = with_mask
        self._smooth_landmarks = smooth_landmarks
        self._still: PoseLandmarkerTask | None = None
        self._video: PoseLandmarkerTask | None = None
        self._last: list[Estimate] = []
        self._is_still = StillnessWatch()
        # Made at once, so that a wrong or missing mediapipe is told of here.
        self._still = self._task(1, video=False)

    def still(self, image: RgbImage, max_poses: int) -> list[Estimate]:
        """See :class:`Estimator`."""
        if self._still is None or self._still.num_poses != max_poses:
            _dispose(self._still)
            self._still = self._task(max_poses, video=False)
        return [_estimate(each, image) for each in self._still.run(image)]

    def follow(self, image: RgbImage, max_poses: int, seconds: float) -> list[Estimate]:
        """See :class:`Estimator`."""
        num_poses = max_poses if self._smooth_landmarks else max(2, max_poses)
        if self._video is None or self._video.num_poses != num_poses:
            _dispose(self._video)
            self._video = self._task(num_poses, video=True)
            self._last, self._is_still = [], StillnessWatch()
        # Tasks moves its landmarks even while nothing in the picture does.
        if not (self._is_still(image) and self._last):
            self._last = [
                _estimate(each, image) for each in self._video.run(image, seconds=seconds)
            ]
        return self._last[:max_poses]

    def smooths_landmarks(self, max_poses: int) -> bool:
        """See :class:`Estimator`."""
        return self._smooth_landmarks and max_poses == 1

    def forget(self) -> None:
        """See :class:`Estimator`."""
        _dispose(self._video)
        self._video = None

    def dispose(self) -> None:
        """See :class:`Estimator`."""
        _dispose(self._still)
        _dispose(self._video)

    def _task(self, num_poses: int, *, video: bool) -> PoseLandmarkerTask:
        from bodyseg_widgets.runtimes.mediapipe import PoseLandmarkerTask  # noqa: PLC0415 - lazy

        return PoseLandmarkerTask(
            self._bundle, num_poses=num_poses, with_mask=self._with_mask, video=video
        )


def _dispose(task: PoseLandmarkerTask | None) -> None:
    if task is not None:
        task.dispose()


def _estimate(pose: LandmarkedPose, image: RgbImage) -> Estimate:
    height, width = image.shape[:2]
    # Tasks gives z on the scale of x, as a share of the width.
    body = pose.landmarks * [width, height, width, 1]
    world = np.concatenate([pose.world_landmarks, pose.landmarks[:, 3:]], axis=1)
    mask = None if pose.mask is None else _placed(pose.mask)
    return Estimate(body, world, _body_circle(body), mask)


def _body_circle(body: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    """Diameter of the circle around the hips that holds all landmarks, in pixels.

    Tasks keeps the two landmarks that give it to itself.
    """
    hips = body[HIPS, :2].mean(axis=0)
    return 2 * float(np.linalg.norm(body[:, :2] - hips, axis=1).max())


def _placed(probability: Probability) -> PlacedMask:
    left, top, width, height = cv2.boundingRect((probability > 0).astype(np.uint8))
    region = Region(left, top, width, height)
    return PlacedMask(np.ascontiguousarray(probability[region.slices]), region)
