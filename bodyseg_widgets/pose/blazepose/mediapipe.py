"""BlazePose on MediaPipe Tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.models import pose_task
from bodyseg_widgets.pose.blazepose.estimate import Estimate
from bodyseg_widgets.pose.blazepose.masks import PlacedMask
from bodyseg_widgets.pose.topology import KEYPOINT_NAMES
from bodyseg_widgets.segmentation import Region

if TYPE_CHECKING:
    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.runtimes.mediapipe import LandmarkedPose, PoseLandmarkerTask
    from bodyseg_widgets.segmentation import Probability

__all__ = ["MediaPipeEstimator"]

HIPS = [KEYPOINT_NAMES.index("left_hip"), KEYPOINT_NAMES.index("right_hip")]


class MediaPipeEstimator:
    """Finds and tracks people with MediaPipe Tasks.

    Tasks smooths the landmarks of a video itself if it looks for one person, and has no option to
    turn that off. To avoid it, this class asks for two people and takes the first, at the cost of
    running the detector in every frame. Tasks cannot start a new video or change the number of
    people either, so each gets a new task, which takes 0.1 s to create.

    Parameters
    ----------
    model_type : {'lite', 'full', 'heavy'}
        Which landmark network.
    with_mask : bool
        Whether estimates include a mask.
    smooth_landmarks : bool
        Whether Tasks may smooth a single person's landmarks.
    """

    def __init__(self, model_type: str, *, with_mask: bool, smooth_landmarks: bool) -> None:
        self._bundle = pose_task(model_type)
        self._with_mask = with_mask
        self._smooth_landmarks = smooth_landmarks
        self._stills_task: PoseLandmarkerTask | None = None
        self._video_task: PoseLandmarkerTask | None = None
        self._last: list[Estimate] = []
        self._last_image: RgbImage | None = None
        # Created immediately, so that a wrong or missing mediapipe is reported here.
        self._stills_task = self._task(1, video=False)

    def still(self, image: RgbImage, max_poses: int) -> list[Estimate]:
        """See :class:`Estimator`."""
        if self._stills_task is None or self._stills_task.num_poses != max_poses:
            _dispose(self._stills_task)
            self._stills_task = self._task(max_poses, video=False)
        return [_estimate(each, image) for each in self._stills_task.run(image)]

    def track(self, image: RgbImage, max_poses: int, seconds: float) -> list[Estimate]:
        """See :class:`Estimator`."""
        num_poses = max_poses if self._smooth_landmarks else max(2, max_poses)
        if self._video_task is None or self._video_task.num_poses != num_poses:
            _dispose(self._video_task)
            self._video_task = self._task(num_poses, video=True)
            self._last_image = None
        # Tasks would move its landmarks even on an identical image.
        if self._last_image is None or not np.array_equal(image, self._last_image):
            found = self._video_task.run(image, seconds=seconds)
            self._last = [_estimate(each, image) for each in found]
            # Copied, because callers may read every video frame into the same array.
            self._last_image = image.copy()
        return self._last[:max_poses]

    def smooths_landmarks(self, max_poses: int) -> bool:
        """See :class:`Estimator`."""
        return self._smooth_landmarks and max_poses == 1

    def reset(self) -> None:
        """See :class:`Estimator`."""
        _dispose(self._video_task)
        self._video_task = None

    def dispose(self) -> None:
        """See :class:`Estimator`."""
        _dispose(self._stills_task)
        _dispose(self._video_task)

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
    # Tasks returns z on the scale of x, as a fraction of the width.
    body = pose.landmarks * [width, height, width, 1]
    world = np.concatenate([pose.world_landmarks, pose.landmarks[:, 3:]], axis=1)
    mask = None if pose.mask is None else _placed(pose.mask)
    return Estimate(body, world, _body_circle(body), mask)


def _body_circle(body: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    """Diameter of the circle around the hips that contains all landmarks, in pixels.

    Tasks does not expose the two landmarks that define the usual circle.
    """
    hips = body[HIPS, :2].mean(axis=0)
    return 2 * float(np.linalg.norm(body[:, :2] - hips, axis=1).max())


def _placed(probability: Probability) -> PlacedMask:
    left, top, width, height = cv2.boundingRect((probability > 0).astype(np.uint8))
    region = Region(left, top, width, height)
    return PlacedMask(np.ascontiguousarray(probability[region.slices]), region)
