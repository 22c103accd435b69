"""Images that models, callbacks and effects share: nobody may paint into them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bodyseg_widgets.lazy import cv2

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["painting_fix", "read_only"]

_READ_ONLY = re.compile(r"\bis read-only|marked as readonly")
"""NumPy's words, and OpenCV's."""


def read_only(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the same pixels as a read-only array."""
    if image.flags.writeable:
        image = image.view()
        image.flags.writeable = False
    return image


def painting_fix(error: BaseException) -> str:
    """Return what to do about an error that painting into a shared image raised.

    Returns
    -------
    str
        Empty for other errors; else a sentence that begins with a space.

    Examples
    --------
    >>> from bodyseg_widgets.streaming.handed_out import painting_fix
    >>> painting_fix(ValueError("assignment destination is read-only")).strip()
    'Images are read-only, because models and callbacks share them: paint into a copy, \
image.copy().'
    >>> painting_fix(ValueError("too dark"))
    ''
    """
    # Of no other class: the text of a user's own may raise anything.
    is_theirs = type(error) in {ValueError, cv2.error}
    if not is_theirs or _READ_ONLY.search(str(error)) is None:
        return ""
    return (
        " Images are read-only, because models and callbacks share them: paint into a copy, "
        "image.copy()."
    )
