"""The public pose detector: the same behavior on both runtimes."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from bodyseg_widgets.arguments import named_arguments
from bodyseg_widgets.errors import DisposedError, InvalidOptionError
from bodyseg_widgets.images import to_rgb
from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.options import CreatedModel, check_max_poses
from bodyseg_widgets.pose.blazepose.identities import Identities
from bodyseg_widgets.pose.blazepose.masks import PersonMaskSmoother, to_segmentation
from bodyseg_widgets.pose.blazepose.smoothing import LandmarkSmoother
from bodyseg_widgets.pose.types import Pose, Poses

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bodyseg_widgets.images import ImageInput, RgbImage
    from bodyseg_widgets.pose.blazepose.estimate import Estimate, Estimator
    from bodyseg_widgets.segmentation import Size

__all__ = ["BlazePoseDetector"]


class BlazePoseDetector(CreatedModel):
    """BlazePose on any runtime. See :class:`PoseDetector`.

    Parameters
    ----------
    estimator : Estimator
        BlazePose on one runtime; it is disposed with the detector.
    smooth_landmarks, smooth_masks : bool
        Whether to smooth landmarks and masks over a video's frames.
    settings : mapping
        See :attr:`settings`.
    """

    def __init__(
        self,
        estimator: Estimator,
        *,
        smooth_landmarks: bool,
        smooth_masks: bool,
        settings: Mapping[str, object],
    ) -> None:
        super().__init__(settings)
        self._estimator = estimator
        self._smooth_landmarks = smooth_landmarks
        self._smooth_masks = smooth_masks
        self._lock = threading.Lock()
        self._video: _Video | None = None

    @named_arguments
    def estimate_poses(
        self,
        image: ImageInput,
        *,
        max_poses: int = 1,
        flip_horizontal: bool = False,
        timestamp_ms: float | None = None,
    ) -> Poses:
        """Find the poses in one image. See :meth:`PoseDetector.estimate_poses`."""
        max_poses = check_max_poses(max_poses)
        seconds = None if timestamp_ms is None else _seconds(timestamp_ms)
        rgb = to_rgb(image)
        if flip_horizontal:
            rgb = np.asarray(cv2.flip(rgb, 1), dtype=np.uint8)
        height, width = rgb.shape[:2]
        with self._lock:
            if self._disposed:
                raise DisposedError("It was used after dispose(). Create a new one.")
            if seconds is None:
                found = _sound(self._estimator.still(rgb, max_poses))
                return Poses(_pose(each, (height, width)) for each in found)
            kind = _Kind((height, width), flip_horizontal)
            return self._track(rgb, max_poses, seconds, kind)

    def reset(self) -> None:
        """Start a new video. See :meth:`PoseDetector.reset`."""
        with self._lock:
            self._forget()

    def dispose(self) -> None:
        """Free the networks and their threads. Calling it again does nothing."""
        with self._lock:
            self._disposed = True
            self._estimator.dispose()

    def _track(self, rgb: RgbImage, max_poses: int, seconds: float, kind: _Kind) -> Poses:
        video = self._video
        if video is None or video.kind != kind or seconds <= video.seconds:
            self._forget()
            video = self._video = _Video(kind)
        video.seconds = seconds
        estimates = _sound(self._estimator.track(rgb, max_poses, seconds))
        numbers = video.identities.assign(estimates, seconds)
        # Filters are kept for people seen in every frame; after a gap they start over.
        video.filters = {number: video.filters.get(number, _Filters()) for number in numbers}
        smooth_landmarks = self._smooth_landmarks and not self._estimator.smooths_landmarks(
            max_poses
        )
        poses = Poses()
        for number, raw in sorted(zip(numbers, estimates, strict=True), key=itemgetter(0)):
            filters = video.filters[number]
            estimate = filters.landmarks(raw, seconds) if smooth_landmarks else raw
            if estimate.mask is not None and self._smooth_masks:
                estimate = replace(estimate, mask=filters.mask(estimate.mask))
            poses.append(_pose(estimate, kind.size, number))
        return poses

    def _forget(self) -> None:
        self._video = None
        if not self._disposed:
            self._estimator.reset()


@dataclass(frozen=True, slots=True)
class _Kind:
    """What all images of one video have in common."""

    size: Size
    flipped: bool


@dataclass(slots=True)
class _Filters:
    landmarks: LandmarkSmoother = field(default_factory=LandmarkSmoother)
    mask: PersonMaskSmoother = field(default_factory=PersonMaskSmoother)


@dataclass(slots=True)
class _Video:
    """All state kept between frames, except the estimator's."""

    kind: _Kind
    seconds: float = -math.inf
    identities: Identities = field(default_factory=Identities)
    filters: dict[int, _Filters] = field(default_factory=dict)


def _sound(estimates: list[Estimate]) -> list[Estimate]:
    """Drop people with non-finite estimates: no NaN ever reaches a keypoint or a mask."""
    return [each for each in estimates if each.is_finite]


def _pose(estimate: Estimate, size: Size, number: int | None = None) -> Pose:
    return Pose(
        estimate.body.astype(np.float32),
        estimate.world.astype(np.float32),
        segmentation=None if estimate.mask is None else to_segmentation(estimate.mask, size),
        id=number,
    )


def _seconds(timestamp_ms: Any) -> float:  # noqa: ANN401 - people pass anything
    try:
        seconds = math.nan if isinstance(timestamp_ms, bool | str) else float(timestamp_ms) / 1000
    except (TypeError, ValueError, OverflowError):
        seconds = math.nan
    if not math.isfinite(seconds):
        raise InvalidOptionError(
            f"Expect timestamp_ms to be a number of milliseconds, but got {timestamp_ms!r}. "
            "Leave it out for a still image."
        )
    return seconds
