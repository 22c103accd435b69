"""BlazePose GHUM on both runtimes.

A small network, the *detector*, finds people; a large one sees the ROI around each person and
returns 39 landmarks, the same in meters, and a mask. Two of the landmarks determine the ROI in the
next frame, so in a video the detector rarely runs.

======================  =================================================
:mod:`.detection`       anchors, decoding and merging of detections
:mod:`.roi`             the rotated square around a person
:mod:`.warp`            images into that square, masks back out of it
:mod:`.landmarks`       decoding, refining and projecting landmarks
:mod:`.filters`         low-pass and one-euro filters on arrays
:mod:`.smoothing`       one person's landmarks over time
:mod:`.masks`           one person's mask over time
:mod:`.stillness`       whether anything moves
:mod:`.identities`      who is who from frame to frame
:mod:`.estimate`        what a runtime returns: the seam between the two
:mod:`.litert`          runtime 'tensorflow': all of the above put together
:mod:`.mediapipe`       runtime 'mediapipe'
:mod:`.detector`        what both have in common
======================  =================================================
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from bodyseg_widgets.pose.blazepose.detector import BlazePoseDetector
from bodyseg_widgets.pose.blazepose.litert import LiteRTEstimator
from bodyseg_widgets.pose.blazepose.mediapipe import MediaPipeEstimator

__all__ = ["BlazePoseDetector", "BlazePoseModelType", "on_litert", "on_mediapipe"]

BlazePoseModelType: TypeAlias = Literal["lite", "full", "heavy"]


def on_litert(
    model_type: BlazePoseModelType,
    *,
    enable_smoothing: bool,
    enable_segmentation: bool,
    smooth_segmentation: bool,
    num_threads: int | None,
) -> BlazePoseDetector:
    """Create a pose detector that runs on LiteRT. See :func:`create_detector`."""
    estimator = LiteRTEstimator(
        model_type,
        with_mask=enable_segmentation,
        smooth_roi=enable_smoothing,
        num_threads=num_threads,
    )
    return BlazePoseDetector(
        estimator, smooth_landmarks=enable_smoothing, smooth_masks=smooth_segmentation
    )


def on_mediapipe(
    model_type: BlazePoseModelType,
    *,
    enable_smoothing: bool,
    enable_segmentation: bool,
    smooth_segmentation: bool,
) -> BlazePoseDetector:
    """Create a pose detector that runs on MediaPipe Tasks. See :func:`create_detector`."""
    estimator = MediaPipeEstimator(
        model_type, with_mask=enable_segmentation, smooth_landmarks=enable_smoothing
    )
    return BlazePoseDetector(
        estimator, smooth_landmarks=enable_smoothing, smooth_masks=smooth_segmentation
    )
