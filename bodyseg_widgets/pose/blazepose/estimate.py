"""A runtime's estimate of one person, before smoothing over time."""

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
    """One person in one image.

    Attributes
    ----------
    body : numpy.ndarray
        float64 (33, 4): x, y, z in pixels of the image, and visibility, 0 to 1.
    world : numpy.ndarray
        float64 (33, 4): x, y, z in meters from the midpoint of the hips, and visibility.
    object_scale : float
        Size of the body in pixels, which speeds and distances are relative to.
    mask : PlacedMask or None
        The person's mask, if requested.
    """

    body: NDArray[np.float64]
    world: NDArray[np.float64]
    object_scale: float
    mask: PlacedMask | None

    @property
    def is_finite(self) -> bool:
        """Whether all values are finite."""
        arrays: list[NDArray[np.floating]] = [self.body, self.world]
        if self.mask is not None:
            arrays.append(self.mask.probability)
        return math.isfinite(self.object_scale) and all(np.isfinite(each).all() for each in arrays)


class Estimator(Protocol):
    """BlazePose on one runtime. Calls come one at a time."""

    def still(self, image: RgbImage, max_poses: int) -> list[Estimate]:
        """Find people in a still image; a video being tracked is not affected."""

    def track(self, image: RgbImage, max_poses: int, seconds: float) -> list[Estimate]:
        """Find people in the next image of a video, taken at `seconds`."""

    def smooths_landmarks(self, max_poses: int) -> bool:
        """Return whether the landmarks of :meth:`track` are already smoothed over time."""

    def reset(self) -> None:
        """Start a new video."""

    def dispose(self) -> None:
        """Free the networks; may be called several times."""
