"""Results as they are stored: masks packed, without the image."""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import index as as_index
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from bodyseg_widgets.images import MAX_PIXELS, MAX_SIDE
from bodyseg_widgets.pose import Pose
from bodyseg_widgets.segmentation import Mask, Region, Segmentation
from bodyseg_widgets.streaming.frame import Timings
from bodyseg_widgets.streaming.frame_model import Seen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from bodyseg_widgets.segmentation import PackedLevels, Size
    from bodyseg_widgets.streaming.frame import Result


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
    poses : tuple of Pose
        Without individual masks.
    timings : Timings
        Timings from when it was computed.

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
    poses: tuple[Pose, ...]
    timings: Timings

    def __repr__(self) -> str:
        """Show the size, not the pixels."""
        return f"StoredResult(size={self.size}, {len(self.poses)} poses)"

    @classmethod
    def of(cls, result: Result) -> Self:
        """Store a result compactly."""
        mask = result.mask
        poses = tuple(replace(pose, segmentation=None) for pose in result.poses)
        return cls(mask.packed, mask.size, mask.region, poses, result.timings)

    @classmethod
    def of_parts(
        cls,
        packed: PackedLevels,
        size: Size,
        region: Iterable[object],
        poses: Iterable[tuple[NDArray[Any], NDArray[Any], int | None]],
        stages: Iterable[float],
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
        poses : iterable of tuple
            `keypoint_array`, `keypoint_array_3d` and `id` of each pose.
        stages : iterable of float
            The stages of the timings, in their order.

        Raises
        ------
        InvalidImageError
            `packed` cannot be unpacked, or is too large.
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
            tuple(_pose(*each) for each in poses),
            Timings(*(float(stage) for stage in stages)),
        )

    @property
    def levels(self) -> NDArray[np.uint8]:
        """The probability times 255 at the resolution of the model, unpacked for each call.

        uint8, read-only; see ``Mask.levels``.
        """
        return self.packed.unpacked()

    def seen(self) -> Seen:
        """Return the result with a new mask, because masks cache what was requested of them."""
        mask = Mask.from_packed(self.packed, size=self.size, region=self.region)
        segmentation = Segmentation(mask)
        poses = self.poses
        if len(poses) == 1:
            # With one person, the combined mask is that person's.
            poses = (replace(poses[0], segmentation=segmentation),)
        return Seen(segmentation, poses)


def _pose(keypoints: NDArray[Any], keypoints_3d: NDArray[Any], number: int | None) -> Pose:
    if not (np.isfinite(keypoints).all() and np.isfinite(keypoints_3d).all()):
        raise ValueError("a pose has keypoints that are no numbers")
    return Pose(keypoints, keypoints_3d, id=None if number is None else as_index(number))
