"""The first step: find where people are in the image, and how they are oriented."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets.pose.blazepose.roi import padded, roi_from_alignment_points, whole_image
from bodyseg_widgets.pose.blazepose.warp import crop

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.pose.blazepose.roi import Roi
    from bodyseg_widgets.runtimes.litert import LiteRTNetwork, Tensor

__all__ = [
    "Detection",
    "decode_detections",
    "detect_people",
    "merge_overlapping",
    "roi_from_detection",
    "ssd_anchors",
]

# All constants: pose-detection/src/blazepose_tfjs/constants.ts of tfjs-models.
INPUT_SIZE = 224
ANCHOR_LAYERS = ((8, 2), (16, 2), (32, 6))
"""Stride in input pixels, and anchors per position. The last three layers share one stride."""
MIN_SCORE = 0.5
MIN_OVERLAP = 0.3
"""Detections that overlap more than this belong to one person."""
MAX_LOGIT = 100.0
KEYPOINTS = 4
CENTER, RIM = 0, 1
"""Indices of the detection keypoints for the midpoint of the hips and the circle around the
body."""
BOX_VALUES = 4


@dataclass(frozen=True, eq=False)
class Detection:
    """A rough detection of one person.

    Attributes
    ----------
    score : float
        0 to 1.
    box : numpy.ndarray
        float (4,): left, top, right, bottom of the face's box.
    keypoints : numpy.ndarray
        float (4, 2), x and y: the midpoint of the hips and a point on the circle around the whole
        body, then the midpoint of the shoulders and a point on the circle around the upper body.
    """

    score: float
    box: NDArray[np.float64]
    keypoints: NDArray[np.float64]


@cache
def ssd_anchors(input_size: int = INPUT_SIZE) -> Tensor:
    """Return the anchors that the detector's outputs are relative to.

    Parameters
    ----------
    input_size : int, optional
        Width and height of the network's input, in pixels.

    Returns
    -------
    numpy.ndarray
        float32 (2254, 2) for an input of 224 pixels, read-only: x and y of each anchor's center,
        relative to the input's width and height. All widths and heights are 1.
    """
    layers = []
    for stride, anchors_each in ANCHOR_LAYERS:
        cells = input_size // stride
        rows, columns = np.mgrid[:cells, :cells]
        middles = np.stack([(columns + 0.5) / cells, (rows + 0.5) / cells], axis=-1)
        layers.append(np.repeat(middles.reshape(-1, 2), anchors_each, axis=0))
    anchors = np.concatenate(layers).astype(np.float32)
    anchors.flags.writeable = False
    return anchors


def decode_detections(raw_boxes: Tensor, raw_scores: Tensor) -> list[Detection]:
    """Read the detector's outputs.

    Parameters
    ----------
    raw_boxes : numpy.ndarray
        float32 (2254, 12): center, width and height of the box, then x and y of four keypoints, in
        input pixels relative to the anchor.
    raw_scores : numpy.ndarray
        float32 (2254,): logits.

    Returns
    -------
    list of Detection
        Detections with a score of at least 0.5, the best first. Coordinates are relative to the
        network's input, 0 to 1.
    """
    scores = 1 / (1 + np.exp(-np.clip(raw_scores.astype(np.float64), -MAX_LOGIT, MAX_LOGIT)))
    kept = np.flatnonzero((scores >= MIN_SCORE) & np.isfinite(raw_boxes).all(axis=1))
    kept = kept[np.argsort(-scores[kept], kind="stable")]
    anchors = ssd_anchors()[kept].astype(np.float64)
    values = raw_boxes[kept].astype(np.float64) / INPUT_SIZE
    middles = values[:, :2] + anchors
    halves = values[:, 2:BOX_VALUES] / 2
    boxes = np.concatenate([middles - halves, middles + halves], axis=1)
    keypoints = values[:, BOX_VALUES:].reshape(-1, KEYPOINTS, 2) + anchors[:, None]
    return [
        Detection(float(scores[index]), box, points)
        for index, box, points in zip(kept, boxes, keypoints, strict=True)
    ]


def merge_overlapping(detections: list[Detection]) -> list[Detection]:
    """Merge detections of the same person: weighted non-maximum suppression.

    Parameters
    ----------
    detections : list of Detection
        The best first.

    Returns
    -------
    list of Detection
        One per person, the best first. The position is the mean of the merged detections, weighted
        by their scores; the score is the best one's.
    """
    left = detections
    merged = []
    while left:
        best = left[0]
        same = [each for each in left if each is best or _overlap(best, each) > MIN_OVERLAP]
        left = [each for each in left if not any(each is other for other in same)]
        weights = np.array([each.score for each in same])
        merged.append(
            Detection(
                best.score,
                np.average([each.box for each in same], axis=0, weights=weights),
                np.average([each.keypoints for each in same], axis=0, weights=weights),
            )
        )
    return merged


def roi_from_detection(detection: Detection) -> Roi:
    """Return the ROI of a detected person; both in pixels."""
    return roi_from_alignment_points(detection.keypoints[CENTER], detection.keypoints[RIM])


def detect_people(network: LiteRTNetwork, image: RgbImage) -> list[Detection]:
    """Find the people in an image.

    Parameters
    ----------
    network : LiteRTNetwork
        The pose detector.
    image : numpy.ndarray
        uint8 RGB (H, W, 3).

    Returns
    -------
    list of Detection
        One per person, the best first, in pixels of the image.
    """
    height, width = image.shape[:2]
    view = padded(whole_image(width, height), aspect=1.0)
    letterboxed = crop(image, view, (INPUT_SIZE, INPUT_SIZE), border="zero")

    def write_input(tensor: Tensor) -> None:
        np.multiply(letterboxed, np.float32(1 / 127.5), out=tensor[0])
        tensor -= 1

    raw_boxes, raw_scores = network.run(write_input)
    side = view.width
    offset = np.array([view.x_center - side / 2, view.y_center - side / 2])
    return [
        Detection(each.score, each.box * side + np.tile(offset, 2), each.keypoints * side + offset)
        for each in merge_overlapping(decode_detections(raw_boxes[0], raw_scores[0, :, 0]))
    ]


def _overlap(one: Detection, other: Detection) -> float:
    """Intersection over union of two boxes."""
    low = np.maximum(one.box[:2], other.box[:2])
    high = np.minimum(one.box[2:], other.box[2:])
    shared = float(np.prod(np.clip(high - low, 0, None)))
    areas = sum(float(np.prod(each.box[2:] - each.box[:2])) for each in (one, other))
    return shared / (areas - shared) if areas > shared else 0.0
