"""What a pose detector gives: ``Pose`` and ``Keypoint``, one meaning on every runtime."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bodyseg_widgets.pose.topology import KEYPOINT_NAMES

if TYPE_CHECKING:
    from types import TracebackType

    from bodyseg_widgets.images import ImageInput
    from bodyseg_widgets.segmentation import Segmentation

__all__ = ["Box", "Keypoint", "KeypointArray", "Pose", "PoseDetector"]

KeypointArray: TypeAlias = NDArray[np.float32]
"""float32, shape (33, 4): x, y, z and score of each keypoint, in the order of KEYPOINT_NAMES."""


@dataclass(frozen=True, slots=True)
class Keypoint:
    """One joint or other named point of a body.

    Attributes
    ----------
    x, y, z : float
        Where it is. In pixels for :attr:`Pose.keypoints`, in metres for
        :attr:`Pose.keypoints_3d`; the frames are described there.
    score : float
        How probably it is in the picture and not hidden, 0 to 1.
    name : str
        One of ``KEYPOINT_NAMES``.
    """

    x: float
    y: float
    z: float
    score: float
    name: str


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in the picture, in pixels; it may reach beyond the picture."""

    x_min: float
    y_min: float
    x_max: float
    y_max: float

    @property
    def width(self) -> float:
        """Pixels from left to right."""
        return self.x_max - self.x_min

    @property
    def height(self) -> float:
        """Pixels from top to bottom."""
        return self.y_max - self.y_min


@dataclass(frozen=True, eq=False)
class Pose:
    """One person's pose, in the picture and in space.

    Attributes
    ----------
    keypoint_array : numpy.ndarray
        float32 (33, 4), read-only: x, y, z and score of :attr:`keypoints`.
    keypoint_array_3d : numpy.ndarray
        float32 (33, 4), read-only: x, y, z and score of :attr:`keypoints_3d`.
    segmentation : Segmentation or None
        The person's mask, as a segmenter gives it; None unless the detector
        was made with ``enable_segmentation=True``.
    id : int or None
        Who it is: the same person keeps the same number, from 1 on, from frame
        to frame. None in a still picture.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.pose import Pose
    >>> pose = Pose(np.zeros((33, 4), np.float32), np.zeros((33, 4), np.float32))
    >>> pose.keypoints[0].name, pose.score
    ('nose', 0.0)
    """

    keypoint_array: KeypointArray
    keypoint_array_3d: KeypointArray
    segmentation: Segmentation | None = None
    id: int | None = None

    def __post_init__(self) -> None:
        """Check the shapes and lock the values."""
        for array in (self.keypoint_array, self.keypoint_array_3d):
            if array.shape != (len(KEYPOINT_NAMES), 4):
                raise ValueError(
                    f"Expect keypoints of shape ({len(KEYPOINT_NAMES)}, 4), but got {array.shape}."
                )
            array.flags.writeable = False

    @cached_property
    def keypoints(self) -> tuple[Keypoint, ...]:
        """The 33 keypoints in the picture.

        x and y are pixels, from the picture's left and top edge; they may lie
        outside of it. z is depth on the same scale as x, so also in pixels:
        0 at the middle of the hips, negative towards the camera. It is a guess
        about the body's shape, not a measured distance.
        """
        return _named(self.keypoint_array)

    @cached_property
    def keypoints_3d(self) -> tuple[Keypoint, ...]:
        """The 33 keypoints in space, the *world landmarks*.

        In metres, with the middle of the hips at the origin: x grows to the
        picture's right, y downwards, z away from the camera. The body's size is
        the model's estimate, whatever the distance from the camera.
        """
        return _named(self.keypoint_array_3d)

    @cached_property
    def score(self) -> float:
        """How well the person is seen: the mean of the keypoints' scores, 0 to 1.

        Upstream gives the network's presence on one runtime and nothing on the
        other; this is the same on both.
        """
        return float(self.keypoint_array[:, 3].mean())

    @cached_property
    def box(self) -> Box:
        """The upright rectangle around the 33 keypoints, in pixels."""
        x_min, y_min = self.keypoint_array[:, :2].min(axis=0).tolist()
        x_max, y_max = self.keypoint_array[:, :2].max(axis=0).tolist()
        return Box(x_min, y_min, x_max, y_max)


def _named(array: KeypointArray) -> tuple[Keypoint, ...]:
    return tuple(
        Keypoint(x, y, z, score, name)
        for (x, y, z, score), name in zip(array.tolist(), KEYPOINT_NAMES, strict=True)
    )


class PoseDetector(Protocol):
    """Finds people's poses. Made by :func:`create_detector`.

    Every method may be called from any thread; calls wait for each other. Use
    it as a context manager to have it disposed at the end.
    """

    def estimate_poses(
        self,
        image: ImageInput,
        *,
        max_poses: int = 1,
        flip_horizontal: bool = False,
        timestamp_ms: float | None = None,
    ) -> list[Pose]:
        """Find the poses in one picture.

        Parameters
        ----------
        image : numpy.ndarray, PIL.Image.Image, str, os.PathLike, tensor or Frame
            See :func:`bodyseg_widgets.images.to_rgb`.
        max_poses : int, optional
            How many people to look for, at least 1. Where a video shows people close together,
            'mediapipe' takes two whose surroundings overlap by half for one.
        flip_horizontal : bool, optional
            Mirror the picture first. All results are those of the mirrored picture.
        timestamp_ms : float or None, optional
            When a video's frame was taken, in milliseconds from any start; growing
            from frame to frame. Each person is then followed, and keypoints and
            mask are smoothed over time. A time not after the last one, a picture of
            another size, or a change of `flip_horizontal` begins a new video.
            None: a still picture, which owes nothing to earlier pictures and leaves
            nothing to later ones (a video that is being followed goes on after it).

        Returns
        -------
        list of Pose
            One for each person found, at most `max_poses`; empty where there is nobody.
            In a video in the order of their ids, in a still picture the surest first.

        Raises
        ------
        InvalidImageError
            The picture cannot be used; the message says why.
        InvalidOptionError
            `max_poses` is no integer of at least 1, or `timestamp_ms` no finite number.
        DisposedError
            The detector was disposed.
        """

    def reset(self) -> None:
        """Forget the video: nobody is followed, and no filter holds an earlier value."""

    def dispose(self) -> None:
        """Free the networks and their threads. Calling it again does nothing."""

    def __enter__(self) -> Self:
        """Give the detector itself."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Dispose the detector."""
