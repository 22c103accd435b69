"""Results as they are kept: in 8 bits, without the picture they belong to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from bodyseg_widgets.segmentation import Mask, Segmentation
from bodyseg_widgets.streaming.frame_model import Seen

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bodyseg_widgets.pose import Pose
    from bodyseg_widgets.segmentation import Region, Size
    from bodyseg_widgets.streaming.frame import Result, Timings


@dataclass(frozen=True, slots=True)
class StoredResult:
    """A result without its picture, as small as it can be kept.

    Attributes
    ----------
    levels : numpy.ndarray
        uint8, the probability times 255 at the resolution of the model; see ``Mask.levels``.
    size : tuple of int
        (height, width) of the picture, in pixels.
    region : Region
        What of the picture `levels` cover.
    poses : tuple of Pose
        Without masks of their own.
    timings : Timings
        Where the time went when it was made.

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

    levels: NDArray[np.uint8]
    size: Size
    region: Region
    poses: tuple[Pose, ...]
    timings: Timings

    @classmethod
    def of(cls, result: Result) -> Self:
        """Keep what is needed of a result."""
        mask = result.mask
        poses = tuple(replace(pose, segmentation=None) for pose in result.poses)
        return cls(mask.levels, mask.size, mask.region, poses, result.timings)

    def seen(self) -> Seen:
        """Give what the model saw, with a mask of its own: masks keep what was asked of them."""
        mask = Mask.from_levels(self.levels, size=self.size, region=self.region)
        segmentation = Segmentation(mask)
        poses = self.poses
        if len(poses) == 1:
            # All people's mask is that of the only one.
            poses = (replace(poses[0], segmentation=segmentation),)
        return Seen(segmentation, poses)
