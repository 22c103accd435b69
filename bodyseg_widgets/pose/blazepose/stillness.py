"""Detect whether anything moves in a video."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets.lazy import cv2

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bodyseg_widgets.images import RgbImage

__all__ = ["StillnessWatch", "gray_cells"]

CELLS = (32, 24)
"""Columns and rows that an image is averaged into, so that camera noise averages out."""
MAX_CHANGE = 1
"""Gray levels that a cell may change by in a still image."""


class StillnessWatch:
    """Detects when the images of a video stop changing.

    The network that tracks a person determines where to look in the next frame, and its output
    depends on where it looks. On a still image this feedback loop never settles: a shift of 0.00001
    px grows to several pixels within ten frames. So if nothing moves, the ROI must stay in place.
    The network still runs on every frame, so movements too small or too dark to be detected here
    are not lost.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.pose.blazepose.stillness import StillnessWatch
    >>> is_still = StillnessWatch()
    >>> image = np.zeros((48, 64, 3), np.uint8)
    >>> is_still(image), is_still(image), is_still(image + 9)
    (False, True, False)
    """

    def __init__(self) -> None:
        self._reference: NDArray[np.uint8] | None = None

    def __call__(self, image: RgbImage) -> bool:
        """Return whether an image, uint8 RGB (H, W, 3), shows the same as the last moving one.

        It is compared with that one, not with the previous one, so that slow changes count, too.
        """
        cells = gray_cells(image)
        if self._reference is not None and (
            cv2.absdiff(cells, self._reference).max() <= MAX_CHANGE
        ):
            return True
        self._reference = cells
        return False


def gray_cells(image: RgbImage) -> NDArray[np.uint8]:
    """Return the mean gray of each cell of an image, uint8 RGB (H, W, 3), as uint8 (24, 32)."""
    small = cv2.resize(image, CELLS, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
