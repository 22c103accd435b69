"""The second step: from one person's ROI to landmarks in the image and in 3D."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets.pose.blazepose.roi import turn
from bodyseg_widgets.pose.blazepose.warp import crop
from bodyseg_widgets.pose.topology import KEYPOINT_NAMES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.pose.blazepose.roi import Roi
    from bodyseg_widgets.runtimes.litert import LiteRTNetwork, Tensor
    from bodyseg_widgets.segmentation import Probability

__all__ = [
    "Landmarks",
    "decode_landmarks",
    "decode_world_landmarks",
    "find_landmarks",
    "project_landmarks",
    "refine_from_heatmap",
    "sigmoid",
]

# All constants: pose-detection/src/blazepose_tfjs/constants.ts of tfjs-models.
INPUT_SIZE = 256
LANDMARKS = 39
VALUES = 5
"""Values per landmark: x, y, z, logits of visibility and presence."""
BODY = len(KEYPOINT_NAMES)
AUXILIARY = slice(BODY, BODY + 2)
"""The two landmarks that determine the next ROI: the midpoint of the hips and a point on the
circle."""
MIN_PRESENCE = 0.5
HEATMAP_KERNEL = 7
MIN_HEATMAP_CONFIDENCE = 0.5


@dataclass(frozen=True, eq=False)
class Landmarks:
    """The network's output for one person.

    Attributes
    ----------
    body : numpy.ndarray
        float64 (33, 4): x, y, z in pixels of the image, and visibility, 0 to 1.
    world : numpy.ndarray
        float64 (33, 4): x, y, z in meters from the midpoint of the hips, and visibility.
    auxiliary : numpy.ndarray
        float64 (2, 2): x and y in pixels of the two points that determine the next ROI.
    mask_logits : numpy.ndarray
        float32 (256, 256): the person's mask in the ROI.
    """

    body: NDArray[np.float64]
    world: NDArray[np.float64]
    auxiliary: NDArray[np.float64]
    mask_logits: Tensor


def sigmoid(logits: Tensor) -> Probability:
    """Turn logits into probabilities: float32, same shape, 0 to 1."""
    # Beyond 80, the exponential would overflow a float32, and the result no longer changes.
    scaled = np.clip(logits, -80, 80)
    np.negative(scaled, out=scaled)
    np.exp(scaled, out=scaled)
    scaled += 1
    np.reciprocal(scaled, out=scaled)
    return scaled


def find_landmarks(network: LiteRTNetwork, image: RgbImage, roi: Roi) -> Landmarks | None:
    """Find one person's landmarks.

    Parameters
    ----------
    network : LiteRTNetwork
        One of the three landmark networks.
    image : numpy.ndarray
        uint8 RGB (H, W, 3).
    roi : Roi
        The ROI around the person.

    Returns
    -------
    Landmarks or None
        None if the network sees no person in the ROI (presence below 0.5), or returns non-finite
        values.
    """
    view = crop(image, roi, (INPUT_SIZE, INPUT_SIZE), border="replicate")

    def write_input(tensor: Tensor) -> None:
        np.multiply(view, np.float32(1 / 255), out=tensor[0])

    landmarks, presence, mask, heatmap, world = outputs = network.run(write_input)
    if not presence.item() >= MIN_PRESENCE or not all(np.isfinite(each).all() for each in outputs):
        return None
    decoded = refine_from_heatmap(decode_landmarks(landmarks), heatmap[0])
    placed = project_landmarks(decoded, roi)
    body = placed[:BODY]
    return Landmarks(
        body=body,
        world=np.concatenate([decode_world_landmarks(world, roi), body[:, 3:]], axis=1),
        auxiliary=placed[AUXILIARY, :2],
        mask_logits=mask[0, ..., 0],
    )


def decode_landmarks(raw: Tensor) -> NDArray[np.float64]:
    """Decode the network's landmarks.

    Parameters
    ----------
    raw : numpy.ndarray
        float32, 39 x 5 values: x, y, z in input pixels, logits of visibility and presence.

    Returns
    -------
    numpy.ndarray
        float64 (39, 4): x, y relative to the ROI, z on the same scale, visibility 0 to 1.
    """
    values = raw.reshape(LANDMARKS, VALUES)
    places = values[:, :3].astype(np.float64) / INPUT_SIZE
    return np.concatenate([places, sigmoid(values[:, 3:4])], axis=1)


def refine_from_heatmap(landmarks: NDArray[np.float64], logits: Tensor) -> NDArray[np.float64]:
    """Move each landmark to the weighted center of the heatmap around it.

    Parameters
    ----------
    landmarks : numpy.ndarray
        float64 (39, 4): x, y relative to the ROI; z and visibility do not change.
    logits : numpy.ndarray
        float32 (64, 64, 39): a heatmap for each landmark.

    Returns
    -------
    numpy.ndarray
        float64 (39, 4). A landmark outside the ROI, or with a heatmap below 0.5 in all 7 x 7 cells
        around it, does not move.
    """
    rows, columns, _ = logits.shape
    reach = HEATMAP_KERNEL // 2
    steps = np.arange(-reach, reach + 1)
    refined = landmarks.copy()
    cells = np.trunc(landmarks[:, :2] * [columns, rows]).astype(np.intp)
    inside = ((cells >= 0) & (cells < [columns, rows])).all(axis=1)
    each = np.flatnonzero(inside)
    x = cells[each, 0, None] + steps
    y = cells[each, 1, None] + steps
    known_x, known_y = (x >= 0) & (x < columns), (y >= 0) & (y < rows)
    patches = logits[
        np.clip(y, 0, rows - 1)[:, :, None],
        np.clip(x, 0, columns - 1)[:, None, :],
        each[:, None, None],
    ]
    weights = sigmoid(patches).astype(np.float64) * (known_y[:, :, None] & known_x[:, None, :])
    sure = weights.max(axis=(1, 2)) >= MIN_HEATMAP_CONFIDENCE
    weights, x, y, each = weights[sure], x[sure], y[sure], each[sure]
    total = weights.sum(axis=(1, 2))
    refined[each, 0] = (weights.sum(axis=1) * x).sum(axis=1) / total / columns
    refined[each, 1] = (weights.sum(axis=2) * y).sum(axis=1) / total / rows
    return refined


def project_landmarks(landmarks: NDArray[np.float64], roi: Roi) -> NDArray[np.float64]:
    """Project landmarks from the ROI into the image.

    Parameters
    ----------
    landmarks : numpy.ndarray
        float64 (n, 4): x, y relative to the ROI, z on the same scale, visibility.
    roi : Roi
        The ROI.

    Returns
    -------
    numpy.ndarray
        float64 (n, 4): x, y, z in pixels of the image; visibility unchanged.
    """
    placed = landmarks.copy()
    offsets = (landmarks[:, :2] - 0.5) * [roi.width, roi.height]
    placed[:, :2] = offsets @ turn(roi.rotation).T + [roi.x_center, roi.y_center]
    placed[:, 2] *= roi.width
    return placed


def decode_world_landmarks(raw: Tensor, roi: Roi) -> NDArray[np.float64]:
    """Decode the world landmarks, and rotate them to match the person's orientation in the image.

    Parameters
    ----------
    raw : numpy.ndarray
        float32, 39 x 3 values: x, y, z in meters, for an upright person.
    roi : Roi
        Its rotation is the person's.

    Returns
    -------
    numpy.ndarray
        float64 (33, 3), in meters.
    """
    world = raw.reshape(LANDMARKS, 3)[:BODY].astype(np.float64)
    world[:, :2] = world[:, :2] @ turn(roi.rotation).T
    return world
