"""What a pose detector returns: ``Pose`` and ``Keypoint``, the same on every runtime."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bodyseg_widgets.arguments import ExplainedAttributes
from bodyseg_widgets.errors import UnknownAttributeError
from bodyseg_widgets.pose.topology import BLAZEPOSE_BODY, BODYPIX_BODY, KEYPOINT_NAMES, Body
from bodyseg_widgets.segmentation.bodypix.poses import BodyPixPose
from bodyseg_widgets.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from bodyseg_widgets.images import ImageInput
    from bodyseg_widgets.segmentation import Segmentation

__all__ = [
    "AnyPose",
    "Box",
    "Keypoint",
    "KeypointArray",
    "Pose",
    "PoseDetector",
    "Poses",
    "body_of",
    "id_of",
    "poses_in_3d",
    "without_mask",
]

SEEN: Final = 0.5
"""The score from which on texts, tables and drawings take a keypoint for seen, not guessed."""

KeypointArray: TypeAlias = NDArray[np.float32]
"""float32, shape (33, 4): x, y, z and score of each keypoint, in the order of KEYPOINT_NAMES."""


@dataclass(frozen=True, slots=True)
class Keypoint:
    """One joint or other named point of a body.

    Attributes
    ----------
    x, y, z : float
        Its position. In pixels for :attr:`Pose.keypoints`, in meters for :attr:`Pose.keypoints_3d`;
        the coordinate systems are described there.
    score : float
        Probability that it is in the image and not hidden, 0 to 1.
    name : str
        One of ``KEYPOINT_NAMES``.
    """

    x: float
    y: float
    z: float
    score: float
    name: str

    def __repr__(self) -> str:
        """Show four digits: more than any of the models is right about."""
        values = f"x={self.x:.4g}, y={self.y:.4g}, z={self.z:.4g}, score={self.score:.2g}"
        return f"Keypoint({values}, name={self.name!r})"


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in the image, in pixels; it may extend beyond the image."""

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


class _OwnMask:
    """A pose's own segmentation, which it has only where one was made."""

    def __get__(self, pose: Pose | None, owner: type[Pose]) -> Segmentation:
        if pose is None:
            # The default of the field.
            return None  # type: ignore[return-value]
        own: Segmentation | None = pose.__dict__["segmentation"]
        if own is None:
            raise UnknownAttributeError(
                "This pose has no segmentation. Create the detector with create_detector(…, "
                "enable_segmentation=True). Of several people's poses that were stored, only the "
                "mask of all is kept: result.segmentation.",
                name="segmentation",
                obj=pose,
            )
        return own

    def __set__(self, pose: Pose, own: Segmentation | None) -> None:
        pose.__dict__["segmentation"] = own


@dataclass(frozen=True, eq=False)
class Pose(Shown, ExplainedAttributes):
    """One person's pose, in the image and in 3D.

    Attributes
    ----------
    keypoint_array : numpy.ndarray
        float32 (33, 4), read-only: x, y, z and score of :attr:`keypoints`.
    keypoint_array_3d : numpy.ndarray
        float32 (33, 4), read-only: x, y, z and score of :attr:`keypoints_3d`.
    segmentation : Segmentation
        The person's mask, as a segmenter returns it. A pose has this attribute only if the detector
        was created with ``enable_segmentation=True``; otherwise reading it raises
        :class:`UnknownAttributeError`, and `has_segmentation` is False.
    id : int or None
        The person's number, from 1; it stays the same from frame to frame. None in a still image.

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
    segmentation: _OwnMask = _OwnMask()
    id: int | None = None

    def __post_init__(self) -> None:
        """Check the shapes and make the arrays read-only."""
        for array in (self.keypoint_array, self.keypoint_array_3d):
            if array.shape != (len(KEYPOINT_NAMES), 4):
                raise ValueError(
                    f"Expect keypoints of shape ({len(KEYPOINT_NAMES)}, 4), but got {array.shape}."
                )
            array.flags.writeable = False

    def __repr__(self) -> str:
        """Show how certain the pose is and where it is, not its 66 keypoints."""
        number = "" if self.id is None else f"id={self.id}, "
        box = self.box
        place = f"{box.width:.0f}x{box.height:.0f} at ({box.x_min:.0f}, {box.y_min:.0f})"
        seen = (self.keypoint_array[:, 3] >= SEEN).sum()
        mask = ", with mask" if self.has_segmentation else ""
        return (
            f"Pose({number}score={self.score:.2f}, {seen} of {len(KEYPOINT_NAMES)} keypoints "
            f"seen, box {place}{mask})"
        )

    @property
    def has_segmentation(self) -> bool:
        """Whether it has a mask of its own."""
        return hasattr(self, "segmentation")

    @cached_property
    def keypoints(self) -> tuple[Keypoint, ...]:
        """The 33 keypoints in the image.

        x and y are pixels, from the image's left and top edge; they may lie outside the image. z is
        depth on the same scale as x, so also in pixels: 0 at the midpoint of the hips, negative
        toward the camera. It is an estimate of the body's shape, not a measured distance.
        """
        return _named(self.keypoint_array)

    @cached_property
    def keypoints_3d(self) -> tuple[Keypoint, ...]:
        """The 33 keypoints in 3D, the *world landmarks*.

        In meters, with the midpoint of the hips at the origin: x to the image's right, y down, z
        away from the camera. The body's size is the model's estimate, independent of the distance
        from the camera.
        """
        return _named(self.keypoint_array_3d)

    @cached_property
    def score(self) -> float:
        """How well the person is visible: the mean of the keypoints' scores, 0 to 1.

        Upstream returns the network's presence score on one runtime and nothing on the other; this
        is the same on both.
        """
        return float(self.keypoint_array[:, 3].mean())

    @cached_property
    def box(self) -> Box:
        """The upright rectangle around the 33 keypoints, in pixels."""
        x_min, y_min = self.keypoint_array[:, :2].min(axis=0).tolist()
        x_max, y_max = self.keypoint_array[:, :2].max(axis=0).tolist()
        return Box(x_min, y_min, x_max, y_max)


AnyPose: TypeAlias = Pose | BodyPixPose
"""A pose of any model. Of both kinds, the first columns of `keypoint_array` are x and y in pixels,
and the last one is the score."""


def body_of(pose: AnyPose) -> Body:
    """Return the names and connections of a pose's keypoints."""
    return BLAZEPOSE_BODY if isinstance(pose, Pose) else BODYPIX_BODY


def without_mask(pose: AnyPose) -> AnyPose:
    """Return the same pose without a mask of its own."""
    return replace(pose, segmentation=None) if isinstance(pose, Pose) else pose


def id_of(pose: AnyPose) -> int | None:
    """Return the person's number, None where the model does not follow people."""
    return pose.id if isinstance(pose, Pose) else None


def poses_in_3d(poses: Iterable[AnyPose]) -> tuple[Pose, ...]:
    """Return those poses that have depth and meters: BlazePose's, not BodyPix's.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.segmentation import BodyPixPose
    >>> from bodyseg_widgets.pose import poses_in_3d
    >>> poses_in_3d([BodyPixPose(np.zeros((17, 3), np.float32), score=0.5)])
    ()
    """
    return tuple(pose for pose in poses if isinstance(pose, Pose))


class Poses(list[Pose], Shown):
    """The people that a detector found: a list that a notebook shows as a drawing and a table.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.pose import Pose, Poses
    >>> nowhere = np.zeros((33, 4), np.float32)
    >>> Poses([Pose(nowhere, nowhere, id=1)])
    [Pose(id=1, score=0.00, 0 of 33 keypoints seen, box 0x0 at (0, 0))]
    """

    __slots__ = ()


def _named(array: KeypointArray) -> tuple[Keypoint, ...]:
    return tuple(
        Keypoint(x, y, z, score, name)
        for (x, y, z, score), name in zip(array.tolist(), KEYPOINT_NAMES, strict=True)
    )


class PoseDetector(Protocol):
    """Finds people's poses. Created by :func:`create_detector`.

    Every method may be called from any thread; calls wait for each other. Use it as a context
    manager to dispose it automatically.
    """

    def estimate_poses(
        self,
        image: ImageInput,
        *,
        max_poses: int = 1,
        flip_horizontal: bool = False,
        timestamp_ms: float | None = None,
    ) -> list[Pose]:
        """Find the poses in one image.

        Parameters
        ----------
        image : numpy.ndarray, PIL.Image.Image, str, os.PathLike, tensor or Frame
            See :func:`bodyseg_widgets.images.to_rgb`.
        max_poses : int, optional
            How many people to look for, at least 1. In a video of people close together,
            'mediapipe' merges two whose ROIs overlap by half.
        flip_horizontal : bool, optional
            Mirror the image first. All results are those of the mirrored image.
        timestamp_ms : float or None, optional
            When a video's frame was taken, in milliseconds from any starting point, increasing from
            frame to frame. People are then tracked, and keypoints and masks are smoothed over time.
            A time that is not after the previous one, a different image size, or a change of
            `flip_horizontal` starts a new video. None: a still image, processed independently of
            all others (a video being tracked continues after it).

        Returns
        -------
        list of Pose
            One per person found, at most `max_poses`; empty if there is no one. Ordered by id in a
            video, by confidence (highest first) in a still image.

        Raises
        ------
        InvalidImageError
            The image cannot be used; the message says why.
        InvalidOptionError
            `max_poses` is not an integer of at least 1, or `timestamp_ms` is not finite.
        DisposedError
            The detector was disposed.
        """

    def reset(self) -> None:
        """Start a new video: stop tracking everyone, and clear all filters."""

    def dispose(self) -> None:
        """Free the networks and their threads. Calling it again does nothing."""

    def __enter__(self) -> Self:
        """Return self."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Dispose the detector."""
