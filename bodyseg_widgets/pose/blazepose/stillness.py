"""Whether anything moves in a video."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bodyseg_widgets.images import RgbImage

__all__ = ["StillnessWatch"]

CELLS = (32, 24)
"""Columns and rows that a picture is averaged into, so that a camera's noise averages out."""
MAX_CHANGE = 1
"""Grey levels that a cell may change by in a still picture."""


class StillnessWatch:
    """Notices when the pictures of a video stop changing.

    The network that follows a person says where to look in the next frame, and what it says
    there depends on where it looks. Over a still picture this feedback never comes to rest: a
    shift of 0.00001 px grows to several pixels within ten frames. So where nothing moves, the
    place to look at must stay. What is found there is still looked for in every frame, so
    nothing is lost where a movement is too small or too dark to be noticed here.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.pose.blazepose.stillness import StillnessWatch
    >>> is_still = StillnessWatch()
    >>> picture = np.zeros((48, 64, 3), np.uint8)
    >>> is_still(picture), is_still(picture), is_still(picture + 9)
    (False, True, False)
    """

    def __init__(self) -> None:
        self._reference: NDArray[np.uint8] | None = None

    def __call__(self, image: RgbImage) -> bool:
        """Say whether a picture, uint8 RGB (H, W, 3), shows what the last moving one did.

        It is compared with that one and not with the one just before, so that a slow change
        counts too.
        """
        small = cv2.resize(image, CELLS, interpolation=cv2.INTER_AREA)
        cells = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
        if self._reference is not None and (
            cv2.absdiff(cells, self._reference).max() <= MAX_CHANGE
        ):
            return True
        self._reference = cells
        return False
