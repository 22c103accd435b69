"""BlazePose on LiteRT: the whole pipeline from image to landmarks and masks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bodyseg_widgets.models import read_model
from bodyseg_widgets.pose.blazepose.detection import detect_people, roi_from_detection
from bodyseg_widgets.pose.blazepose.estimate import Estimate
from bodyseg_widgets.pose.blazepose.filters import OneEuro, OneEuroSettings
from bodyseg_widgets.pose.blazepose.identities import distance
from bodyseg_widgets.pose.blazepose.landmarks import find_landmarks, sigmoid
from bodyseg_widgets.pose.blazepose.masks import PlacedMask
from bodyseg_widgets.pose.blazepose.roi import ROI_SCALE, roi_from_alignment_points
from bodyseg_widgets.pose.blazepose.stillness import StillnessWatch
from bodyseg_widgets.pose.blazepose.warp import unwarp_mask
from bodyseg_widgets.pose.topology import KEYPOINT_NAMES

if TYPE_CHECKING:
    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.pose.blazepose.detection import Detection
    from bodyseg_widgets.pose.blazepose.landmarks import Landmarks
    from bodyseg_widgets.pose.blazepose.roi import Roi

__all__ = ["LiteRTEstimator"]

AUXILIARY_SETTINGS = OneEuroSettings(min_cutoff=0.01, beta=10)
"""pose-detection/src/blazepose_tfjs/constants.ts of tfjs-models."""
NOSE = KEYPOINT_NAMES.index("nose")
ANKLES = [KEYPOINT_NAMES.index("left_ankle"), KEYPOINT_NAMES.index("right_ankle")]
MIN_VISIBILITY = 0.5
MAX_SAME_PERSON = 0.1
"""Two bodies whose landmarks are closer than this fraction of their size are one person."""
MIN_ROI_SIDE = 1.0
"""In pixels; a smaller ROI is considered empty."""


class LiteRTEstimator:
    """Tracks people by their landmarks; the detector runs only while someone is missing.

    Parameters
    ----------
    model_type : {'lite', 'full', 'heavy'}
        Which landmark network.
    with_mask : bool
        Whether estimates include a mask.
    smooth_roi : bool
        Whether to smooth the ROI of the next frame.
    num_threads : int or None
        Threads of each network; None uses the default.
    """

    def __init__(
        self, model_type: str, *, with_mask: bool, smooth_roi: bool, num_threads: int | None
    ) -> None:
        from bodyseg_widgets.runtimes.litert import LiteRTNetwork  # noqa: PLC0415 - lazy

        self._person_network = LiteRTNetwork(read_model("pose_detector"), num_threads=num_threads)
        self._landmark_network = LiteRTNetwork(
            read_model(f"pose_{model_type}"), num_threads=num_threads
        )
        self._with_mask = with_mask
        self._smooth_roi = smooth_roi
        self._tracks: list[_Track] = []
        self._nothing_moves = StillnessWatch()

    def still(self, image: RgbImage, max_poses: int) -> list[Estimate]:
        """See :class:`Estimator`."""
        rois = [roi_from_detection(each) for each in detect_people(self._person_network, image)]
        found = []
        for roi in rois[:max_poses]:
            landmarks = self._landmarks(image, roi)
            if landmarks is not None:
                found.append(self._estimate(image, roi, landmarks))
        return found

    def track(self, image: RgbImage, max_poses: int, seconds: float) -> list[Estimate]:
        """See :class:`Estimator`."""
        rests = self._nothing_moves(image)
        tracks = self._tracks[:max_poses]
        if len(tracks) < max_poses:
            tracks += [
                _Track(roi_from_detection(each), smooth_roi=self._smooth_roi)
                for each in detect_people(self._person_network, image)
                if not any(track.is_of(each) for track in tracks)
            ]
        self._tracks = []
        found: list[Estimate] = []
        for track in tracks[:max_poses]:
            roi = track.roi
            landmarks = self._landmarks(image, roi)
            if landmarks is None:
                continue
            estimate = self._estimate(image, roi, landmarks)
            # Two ROIs can converge on one person; the one tracked first stays.
            if any(distance(estimate, other) < MAX_SAME_PERSON for other in found):
                continue
            track.see(landmarks)
            if not rests:
                track.move(landmarks, seconds)
            self._tracks.append(track)
            found.append(estimate)
        return found

    def smooths_landmarks(self, max_poses: int) -> bool:  # noqa: ARG002
        """See :class:`Estimator`."""
        return False

    def reset(self) -> None:
        """See :class:`Estimator`."""
        self._tracks = []
        self._nothing_moves = StillnessWatch()

    def dispose(self) -> None:
        """See :class:`Estimator`."""
        self._person_network.dispose()
        self._landmark_network.dispose()

    def _landmarks(self, image: RgbImage, roi: Roi) -> Landmarks | None:
        if not roi.width >= MIN_ROI_SIDE:
            return None
        return find_landmarks(self._landmark_network, image, roi)

    def _estimate(self, image: RgbImage, roi: Roi, landmarks: Landmarks) -> Estimate:
        mask = None
        if self._with_mask:
            height, width = image.shape[:2]
            mask = PlacedMask(*unwarp_mask(sigmoid(landmarks.mask_logits), roi, (height, width)))
        return Estimate(landmarks.body, landmarks.world, _object_scale(landmarks), mask)


class _Track:
    """Where to look for one person in the next frame."""

    def __init__(self, roi: Roi, *, smooth_roi: bool) -> None:
        self.roi = roi
        self._smooth_roi = smooth_roi
        self._auxiliary = OneEuro(AUXILIARY_SETTINGS)
        self._nose: tuple[float, float] | None = None

    def is_of(self, detection: Detection) -> bool:
        """Whether this person's face is the detected one."""
        if self._nose is None:
            return False
        left, top, right, bottom = detection.box
        x, y = self._nose
        return bool(left <= x <= right and top <= y <= bottom)

    def see(self, landmarks: Landmarks) -> None:
        """Store the person's face."""
        x, y = landmarks.body[NOSE, :2].tolist()
        self._nose = (x, y)

    def move(self, landmarks: Landmarks, seconds: float) -> None:
        """Move to where the auxiliary landmarks point.

        Upstream's filter keeps the ROI of a person standing still in place; it would take many
        seconds to leave a wrong first guess. If the legs are not in the image, the circle around
        the whole body is a guess, so the ROI follows the network immediately, as in MediaPipe
        Tasks.
        """
        points = landmarks.auxiliary
        if self._smooth_roi and _shows_whole_body(landmarks):
            points = self._auxiliary(points, seconds=seconds, object_scale=_object_scale(landmarks))
        else:
            self._auxiliary = OneEuro(AUXILIARY_SETTINGS)
        self.roi = roi_from_alignment_points(*points)


def _shows_whole_body(landmarks: Landmarks) -> bool:
    return bool(landmarks.body[ANKLES, 3].max() >= MIN_VISIBILITY)


def _object_scale(landmarks: Landmarks) -> float:
    """Diameter of the circle around the whole body, in pixels.

    If that is only a guess, the side of the ROI, as in MediaPipe Tasks.
    """
    circle = 2 * math.dist(*landmarks.auxiliary)
    return circle if _shows_whole_body(landmarks) else circle * ROI_SCALE
