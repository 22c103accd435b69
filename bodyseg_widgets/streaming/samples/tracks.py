"""People's measured landmarks over time, as numbers in small files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import resources
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from bodyseg_widgets.images import MAX_LEVEL

if TYPE_CHECKING:
    import os
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from numpy.typing import NDArray

    from bodyseg_widgets.pose import Pose

__all__ = ["DATA", "Track", "read_track"]

STEPS_PER_PIXEL: Final = 16
STEPS_PER_METER: Final = 10_000
"""Positions are stored as int16 in these steps: up to 2047 pixels and 3.2 m, far finer than any
model is right about."""

_ROUNDING = 1e-6

DATA: Final = resources.files("bodyseg_widgets.streaming.samples") / "data"
"""The folder of bundled samples."""


@dataclass(frozen=True, slots=True)
class Track:
    """One person's landmarks, at a steady rate.

    Attributes
    ----------
    rate : float
        Measurements per second.
    keypoints : numpy.ndarray
        float32 (N, 33, 4): ``Pose.keypoint_array`` of each moment.
    keypoints_3d : numpy.ndarray
        float32 (N, 33, 4): ``Pose.keypoint_array_3d`` of each moment.
    """

    rate: float
    keypoints: NDArray[np.float32]
    keypoints_3d: NDArray[np.float32]

    @classmethod
    def of(cls, poses: list[Pose], rate: float) -> Self:
        """Return the track of poses that were measured at a rate."""
        return cls(
            rate,
            np.stack([pose.keypoint_array for pose in poses]),
            np.stack([pose.keypoint_array_3d for pose in poses]),
        )

    @property
    def duration(self) -> float:
        """Seconds from the first to the last measurement."""
        return (len(self.keypoints) - 1) / self.rate

    def first(self, count: int) -> Self:
        """Return the track's first measurements."""
        return replace(
            self, keypoints=self.keypoints[:count], keypoints_3d=self.keypoints_3d[:count]
        )

    def placed(
        self, *, scale: float = 1.0, x: NDArray[np.float64] | float = 0.0, y: float = 0.0
    ) -> Self:
        """Return the track with its image landmarks scaled, then moved.

        Parameters
        ----------
        scale : float
            Factor of x, y and z.
        x : float or numpy.ndarray
            Pixels to the right: one number, or one for each moment.
        y : float
            Pixels down.
        """
        keypoints = self.keypoints.copy()
        keypoints[..., :3] *= scale
        keypoints[..., 0] += np.reshape(x, (-1, 1))
        keypoints[..., 1] += y
        return replace(self, keypoints=keypoints)

    def at_rate(self, rate: float) -> Self:
        """Return the track at another rate, with straight lines between the measurements."""
        count = int(self.duration * rate + _ROUNDING) + 1
        at = np.arange(count, dtype=np.float64) * (self.rate / rate)
        return replace(
            self,
            rate=rate,
            keypoints=_between(self.keypoints, at),
            keypoints_3d=_between(self.keypoints_3d, at),
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save it to a compressed ``.npz`` file; both kinds of landmarks have the same scores."""
        np.savez_compressed(
            path,
            rate=np.float64(self.rate),
            keypoints=_steps(self.keypoints, STEPS_PER_PIXEL),
            keypoints_3d=_steps(self.keypoints_3d, STEPS_PER_METER),
            scores=np.rint(self.keypoints[..., 3] * MAX_LEVEL).astype(np.uint8),
        )


def read_track(path: Path | Traversable) -> Track:
    """Read a file that `Track.save` wrote."""
    with path.open("rb") as file, np.load(file, allow_pickle=False) as saved:
        scores = saved["scores"].astype(np.float32) / MAX_LEVEL
        return Track(
            float(saved["rate"]),
            _unpacked(saved["keypoints"], STEPS_PER_PIXEL, scores),
            _unpacked(saved["keypoints_3d"], STEPS_PER_METER, scores),
        )


def _steps(keypoints: NDArray[np.float32], per_unit: int) -> NDArray[np.int16]:
    limits = np.iinfo(np.int16)
    return np.clip(np.rint(keypoints[..., :3] * per_unit), limits.min, limits.max).astype(np.int16)


def _unpacked(
    steps: NDArray[np.int16], per_unit: int, scores: NDArray[np.float32]
) -> NDArray[np.float32]:
    places = steps.astype(np.float32) / np.float32(per_unit)
    return np.concatenate([places, scores[..., None]], axis=-1)


def _between(values: NDArray[np.float32], at: NDArray[np.float64]) -> NDArray[np.float32]:
    before = np.minimum(np.floor(at + _ROUNDING).astype(int), len(values) - 1)
    after = np.minimum(before + 1, len(values) - 1)
    share = np.clip(at - before, 0, 1).astype(np.float32)[:, None, None]
    return np.asarray(values[before] * (1 - share) + values[after] * share)
