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

Between two frames of a video::

    image ── detector (only while a person is missing) ── ROI ─┐
    image ─────────────────────────────────────────────────── crop ── landmark network
    landmarks ── auxiliary points ── the ROI of the next frame
    landmarks ── smoothing per person ── Pose
    mask ── turned back and smoothed ── Pose.segmentation

An :class:`~.estimate.Estimator` is BlazePose on one runtime: it takes an image and returns
estimates that are not smoothed. All that the two runtimes share is in
:class:`~.detector.BlazePoseDetector`: options, mirroring, what counts as a new video, identities
and filters. So an image and a video, one person and several, mean the same on both.
``docs/upstream.md`` says where they track differently, and what was measured.

A person's mask is known only inside the ROI. The network's square is turned back and resampled to
an upright region of the image, at the image's resolution (``Mask.region``). A stream sends that
region with no more pixels than the network's mask: a person far away costs little and keeps a fine
outline. ``Result.segmentation`` combines the masks of several people by taking the highest
probability of each pixel, so that everything made for masks works with poses, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bodyseg_widgets.options import SupportedModels
from bodyseg_widgets.pose.blazepose.detector import BlazePoseDetector
from bodyseg_widgets.pose.blazepose.litert import LiteRTEstimator
from bodyseg_widgets.pose.blazepose.mediapipe import MediaPipeEstimator

if TYPE_CHECKING:
    from bodyseg_widgets.options import BlazePoseModelType

__all__ = ["BlazePoseDetector", "on_litert", "on_mediapipe"]


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
        estimator,
        smooth_landmarks=enable_smoothing,
        smooth_masks=smooth_segmentation,
        settings={
            "model": SupportedModels.BlazePose,
            "runtime": "tensorflow",
            "model_type": model_type,
            "enable_smoothing": enable_smoothing,
            "enable_segmentation": enable_segmentation,
            "smooth_segmentation": smooth_segmentation,
            "num_threads": num_threads,
        },
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
        estimator,
        smooth_landmarks=enable_smoothing,
        smooth_masks=smooth_segmentation,
        settings={
            "model": SupportedModels.BlazePose,
            "runtime": "mediapipe",
            "model_type": model_type,
            "enable_smoothing": enable_smoothing,
            "enable_segmentation": enable_segmentation,
            "smooth_segmentation": smooth_segmentation,
        },
    )
