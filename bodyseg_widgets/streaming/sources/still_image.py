"""A still image, shown repeatedly."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from bodyseg_widgets.errors import InvalidImageError, SourceError
from bodyseg_widgets.images import ArrayLike, HasImage, to_rgb
from bodyseg_widgets.streaming.sources.types import SourceFrame

if TYPE_CHECKING:
    from bodyseg_widgets.images import ImageInput

STILL_RATE = 2.0
"""How often a still image is repeated per second."""


class StillImage:
    """A single image, repeated forever.

    `read` returns it every time, as frame 0, so that a model chosen later also sees it; its time
    advances by half a second each time. The file is read once, when it is opened.

    Parameters
    ----------
    image : numpy.ndarray, PIL.Image.Image, str, os.PathLike, tensor or Frame
        Anything that :func:`bodyseg_widgets.images.to_rgb` accepts.
    label : str, optional
        Its label; default: the file's name, or ``"Picture"``.

    Attributes
    ----------
    label : str
        Its label.
    rate : float
        How often it is repeated per second.
    length : int
        1.

    Raises
    ------
    SourceError
        The file does not exist or is not an image; the message says why.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.streaming.sources import StillImage
    >>> still = StillImage(np.zeros((4, 6, 3), np.uint8), label="A black image")
    >>> [(frame.index, frame.time) for frame in (still.read(), still.read())]
    [(0, 0.0), (0, 0.5)]
    """

    rate = STILL_RATE
    length = 1

    def __init__(self, image: ImageInput, *, label: str | None = None) -> None:
        try:
            read = to_rgb(image)
        except InvalidImageError as error:
            raise SourceError(str(error)) from error
        # The caller may change an array later; of anything else, this is a copy already.
        self._image = read.copy() if isinstance(image, ArrayLike | HasImage) else read
        self.label = label or (
            Path(image).name if isinstance(image, str | os.PathLike) else "Picture"
        )
        self._lock = threading.Lock()
        self._given = 0
        self._closed = False

    def read(self) -> SourceFrame | None:
        """Return the image without waiting; None once closed."""
        with self._lock:
            return None if self._closed else self._next()

    def read_at(self, index: int) -> SourceFrame:
        """Return the image as frame 0.

        Raises
        ------
        SourceError
            The number is not 0, or the source is closed.
        """
        with self._lock:
            if self._closed:
                raise SourceError(f"{self.label!r} is closed. Open it again.")
            if index != 0:
                raise SourceError(
                    f"There is no frame {index} in {self.label!r}: it is a single "
                    "image, numbered 0."
                )
            return self._next()

    def close(self) -> None:
        """Stop returning the image."""
        self._closed = True

    def _next(self) -> SourceFrame:
        time = self._given / self.rate
        self._given += 1
        return SourceFrame(self._image, index=0, time=time)
