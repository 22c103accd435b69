"""What a runtime says of one person, before anything is smoothed over time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.pose.blazepose.masks import PlacedMask

__all__ = ["Estimate", "Estimator"]


@dataclass(frozen=True, eq=False)
class Estimate:
    """One person in one picture.

    Attributes
    ----------
    body : numpy.ndarray
        float64 (33, 4): x, y, z in pixels of the picture, and visibility, 0 to 1.
    world : numpy.ndarray
        float64 (33, 4): x, y, z in metres from the middle of the hips, and visibility.
    object_scale : float
        How large the body is, in pixels: what speeds and distances are taken relative to.
    mask : PlacedMask or None
        The person's mask, where it was asked for.
    """

    body: NDArray[np.float64]
    world: NDArray[np.float64]
    object_scale: float
    mask: PlacedMask | None

    @property
    def is_finite(self) -> bool:
        """Whether there is no NaN and no infinity in it."""
        arrays: list[NDArray[np.floating]] = [self.body, self.world]
        if self.mask is not None:
            arrays.append(self.mask.probability)
        return math.isfinite(self.object_scale) and all(np.isfinite(each).all() for each in arrays)


class Estimator(Protocol):
    """BlazePose on one runtime. Its calls come one at a time."""

    def still(self, image: RgbImage, max_poses: int) -> list[Estimate]:
        """Find people in a picture of its own; leaves a video that is followed alone."""

    def follow(self, image: RgbImage, max_poses: int, seconds: float) -> list[Estimate]:
        """Find people in the next picture of a video, taken at `seconds`."""

    def smooths_landmarks(self, max_poses: int) -> bool:
        """Say whether the landmarks of :meth:`follow` are smoothed over time already."""

    def forget(self) -> None:
        """Begin a new video."""

    def dispose(self) -> None:
        """Free the networks; may be called several times."""
