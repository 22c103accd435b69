"""Results as they are stored: masks packed, without the image."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from bodyseg_widgets.segmentation import Mask, Segmentation
from bodyseg_widgets.streaming.frame_model import Seen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bodyseg_widgets.pose import Pose
    from bodyseg_widgets.segmentation import PackedLevels, Region, Size
    from bodyseg_widgets.streaming.frame import Result, Timings


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
