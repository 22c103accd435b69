"""Results as they are stored: masks packed, without the image."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from operator import index as as_index
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from bodyseg_widgets.images import MAX_LEVEL, MAX_PIXELS, MAX_SIDE
from bodyseg_widgets.pose import Pose, without_mask
from bodyseg_widgets.segmentation import (
    PERSON_LABELS,
    BodyPixPose,
    Mask,
    PackedLevels,
    PackedPlanes,
    Region,
    Segmentation,
)
from bodyseg_widgets.segmentation.types import person_labels
from bodyseg_widgets.streaming.frame import Timings
from bodyseg_widgets.streaming.frame_model import Seen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from bodyseg_widgets.pose import AnyPose
    from bodyseg_widgets.segmentation import Size
    from bodyseg_widgets.streaming.frame import Result


NO_PLANES: Final = PackedPlanes()
"""Of a mask with nothing but the probability of a person."""


@dataclass(frozen=True, slots=True)
class StoredResult:
    """A result without its image, stored compactly.

    Attributes
    ----------
    packed : PackedLevels
        The mask as it was sent; see ``Mask.packed``.
    size : tuple of int
        (height, width) of the frame, in pixels.
    region : Region
        The part of the image that the mask covers.
    poses : tuple of Pose or BodyPixPose
        Without individual masks.
    timings : Timings
        Timings from when it was computed.
    planes : PackedPlanes
        What the mask has beside the probability of a person, each of its shape; see
        ``Mask.packed_planes``.
    labels : mapping of int to str
        See ``Segmentation.labels``.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import Frame, Mask, Result, Segmentation, Timings
    >>> from bodyseg_widgets.streaming import StoredResult
    >>> frame = Frame(id=1, image=np.zeros((4, 6, 3), np.uint8), timestamp=0.0)
    >>> mask = Mask.from_levels(np.full((2, 3), 255, np.uint8), size=(4, 6))
    >>> stored = StoredResult.of(Result(frame, Segmentation(mask), Timings()))
    >>> float(stored.seen().segmentation.mask.probability.min())
    1.0
    """

    packed: PackedLevels
    size: Size
    region: Region
    poses: tuple[AnyPose, ...]
    timings: Timings
    planes: PackedPlanes = NO_PLANES
    labels: Mapping[int, str] = field(default_factory=person_labels, hash=False)

    def __repr__(self) -> str:
        """Show the size, not the pixels."""
        return f"StoredResult(size={self.size}, {len(self.poses)} poses)"

    @classmethod
    def of(cls, result: Result) -> Self:
        """Store a result compactly."""
        mask = result.mask
        poses = tuple(without_mask(pose) for pose in result.poses)
        return cls(
            mask.packed,
            mask.size,
            mask.region,
            poses,
            result.timings,
            mask.packed_planes,
            result.segmentation.labels,
        )

    @classmethod
    def of_parts(
        cls,
        packed: PackedLevels,
        size: Size,
        region: Iterable[object],
        poses: Iterable[AnyPose],
        stages: Iterable[float],
        *,
        planes: Iterable[tuple[object, object, object]] = (),
        labels: Mapping[int, str] = PERSON_LABELS,
    ) -> Self:
        """Put together what was read from a file, if it fits together.

        Parameters
        ----------
        packed : PackedLevels
            The mask.
        size : tuple of int
            (height, width) of the frame that was read, in pixels.
        region : iterable of int
            `left`, `top`, `width` and `height` of the region.
        poses : iterable of Pose or BodyPixPose
            See `pose_of` and `bodypix_pose_of`.
        stages : iterable of float
            The stages of the timings, in their order.
        planes : iterable of tuple
            The kind of each plane, the label value of a class, and the packed bytes.
        labels : mapping of int to str
            The labels of the model.

        Raises
        ------
        InvalidImageError
            `packed` or a plane cannot be unpacked, or is too large.
        ValueError, TypeError
            The values do not fit together.
        """
        height, width = (as_index(each) for each in packed.shape)
        if not (0 < height <= MAX_SIDE and 0 < width <= MAX_SIDE and height * width <= MAX_PIXELS):
            raise ValueError(f"a mask cannot have the (height, width) {packed.shape}")
        # Now, so that the error is one of reading.
        packed.unpacked()
        covered = Region(*(as_index(each) for each in region))  # type: ignore[arg-type]
        for begin, length, whole in (
            (covered.top, covered.height, size[0]),
            (covered.left, covered.width, size[1]),
        ):
            if not 0 <= begin <= begin + length <= whole:
                raise ValueError(f"the {covered} is not in an image of (height, width) {size}")
        return cls(
            packed,
            size,
            covered,
            tuple(poses),
            Timings(*(float(stage) for stage in stages)),
            _planes(planes, packed.shape, labels),
            labels,
        )

    @property
    def nbytes(self) -> int:
        """The size of the packed mask with its planes, in bytes."""
        return len(self.packed.data) + self.planes.nbytes

    def with_classes(self, seen: Seen) -> Self:
        """Return the same with the probabilities of classes that the model has found anew.

        They are added, where a class is asked for after the result was stored; all else stays as it
        was.

        Parameters
        ----------
        seen : Seen
            What the same model found in the same frame.

        Raises
        ------
        ValueError
            It is of another shape.
        """
        mask = seen.segmentation.mask
        if (mask.model_size, mask.region) != (self.packed.shape, self.region):
            raise ValueError(
                f"The stored mask is of {self.packed.shape} for {self.region}, but the model's is "
                f"of {mask.model_size} for {mask.region}."
            )
        return replace(self, planes=replace(self.planes, classes=mask.packed_planes.classes))

    @property
    def levels(self) -> NDArray[np.uint8]:
        """The probability times 255 at the resolution of the model, unpacked for each call.

        uint8, read-only; see ``Mask.levels``.
        """
        return self.packed.unpacked()

    def seen(self) -> Seen:
        """Return the result with a new mask, because masks cache what was requested of them."""
        mask = Mask.from_packed(self.packed, size=self.size, region=self.region, planes=self.planes)
        segmentation = Segmentation(mask, self.labels)
        if len(self.poses) == 1 and isinstance(self.poses[0], Pose):
            # With one person, the combined mask is that person's.
            return Seen(segmentation, (replace(self.poses[0], segmentation=segmentation),))
        return Seen(segmentation, self.poses)


def labels_of(rows: Iterable[tuple[object, object]]) -> Mapping[int, str]:
    """Return labels that were read from a file; those of a person alone if there are none.

    Parameters
    ----------
    rows : iterable of tuple
        The value and the name of each.

    Raises
    ------
    ValueError, TypeError
        They are no labels.

    Examples
    --------
    >>> from bodyseg_widgets.streaming.stored import labels_of
    >>> dict(labels_of([(0, "hair")])), dict(labels_of([]))
    ({0: 'hair'}, {255: 'person'})
    """
    labels: dict[int, str] = {}
    for value, name in rows:
        number = as_index(value)  # type: ignore[arg-type]  # raises an error
        if not (0 <= number <= MAX_LEVEL and isinstance(name, str)):
            raise ValueError(f"a class has the value {value!r} and the name {name!r}")
        if number in labels or name in labels.values():
            raise ValueError(f"two classes have the value {value!r} or the name {name!r}")
        labels[number] = name
    return MappingProxyType(labels) if labels else PERSON_LABELS


def _planes(
    given: Iterable[tuple[object, object, object]], shape: Size, labels: Mapping[int, str]
) -> PackedPlanes:
    numbers: dict[str, PackedLevels] = {}
    classes: dict[int, PackedLevels] = {}
    for kind, value, data in given:
        plane = PackedLevels(data, shape)  # type: ignore[arg-type]  # the next line checks it
        plane.unpacked()
        if kind == "class" and value in labels and value not in classes:
            classes[as_index(value)] = plane  # type: ignore[arg-type]  # it is a label's
        elif kind in {"labels", "people"} and value is None and kind not in numbers:
            numbers[str(kind)] = plane
        else:
            raise ValueError(f"it has a plane of kind {kind!r} and value {value!r}")
    return PackedPlanes(**numbers, classes=MappingProxyType(classes))


def pose_of(keypoints: NDArray[Any], keypoints_3d: NDArray[Any], number: object) -> Pose:
    """Return a pose of BlazePose that was read from a file.

    Parameters
    ----------
    keypoints, keypoints_3d : numpy.ndarray
        ``Pose.keypoint_array`` and ``Pose.keypoint_array_3d``.
    number : int or None
        ``Pose.id``.

    Raises
    ------
    ValueError, TypeError
        They are none.
    """
    _check_finite(keypoints, keypoints_3d)
    return Pose(keypoints, keypoints_3d, id=None if number is None else as_index(number))  # type: ignore[arg-type]  # raises an error


def bodypix_pose_of(keypoints: NDArray[Any], score: float) -> BodyPixPose:
    """Return a pose of BodyPix that was read from a file.

    Parameters
    ----------
    keypoints : numpy.ndarray
        ``BodyPixPose.keypoint_array``.
    score : float
        ``BodyPixPose.score``.

    Raises
    ------
    ValueError, TypeError
        They are none.
    """
    _check_finite(keypoints, np.float64(score))
    return BodyPixPose(keypoints, float(score))


def _check_finite(*arrays: NDArray[Any] | np.float64) -> None:
    if not all(np.isfinite(array).all() for array in arrays):
        raise ValueError("a pose has keypoints that are no numbers")
