"""A still picture, shown again and again."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from bodyseg_widgets.errors import InvalidImageError, SourceError
from bodyseg_widgets.images import to_rgb
from bodyseg_widgets.streaming.sources.types import Picture

if TYPE_CHECKING:
    from bodyseg_widgets.images import ImageInput

STILL_RATE = 2.0
"""How often a still picture is shown anew, times a second."""


class StillPicture:
    """One picture, which never ends.

    `read` gives it every time, as picture 0, so that a model that is chosen later sees it too;
    its time goes on by half a second each time. It is read once, when it is opened.

    Parameters
    ----------
    picture : numpy.ndarray, PIL.Image.Image, str, os.PathLike, tensor or Frame
        Everything :func:`bodyseg_widgets.images.to_rgb` takes.
    label : str, optional
        How people call it; the name of the file, or ``"Picture"``, without one.

    Attributes
    ----------
    label : str
        How people call it.
    rate : float
        How often it is shown anew, times a second.
    length : int
        1.

    Raises
    ------
    SourceError
        There is no such file, or it is no picture; the message says why.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.streaming.sources import StillPicture
    >>> still = StillPicture(np.zeros((4, 6, 3), np.uint8), label="A black picture")
    >>> [(picture.index, picture.time) for picture in (still.read(), still.read())]
    [(0, 0.0), (0, 0.5)]
    """

    rate = STILL_RATE
    length = 1

    def __init__(self, picture: ImageInput, *, label: str | None = None) -> None:
        try:
            # A copy: what the caller paints into an array later is another picture.
            self._image = to_rgb(picture).copy()
        except InvalidImageError as error:
            raise SourceError(str(error)) from error
        self.label = label or (
            Path(picture).name if isinstance(picture, str | os.PathLike) else "Picture"
        )
        self._lock = threading.Lock()
        self._given = 0
        self._closed = False

    def read(self) -> Picture | None:
        """Give the picture, without waiting; None once closed."""
        with self._lock:
            return None if self._closed else self._next()

    def read_at(self, index: int) -> Picture:
        """Give the picture; its number is 0.

        Raises
        ------
        SourceError
            Another number than 0, or closed.
        """
        with self._lock:
            if self._closed:
                raise SourceError(f"{self.label!r} is closed. Open it again.")
            if index != 0:
                raise SourceError(
                    f"There is no picture number {index} in {self.label!r}: it is a single "
                    "picture, number 0."
                )
            return self._next()

    def close(self) -> None:
        """Give the picture no more."""
        self._closed = True

    def _next(self) -> Picture:
        time = self._given / self.rate
        self._given += 1
        return Picture(self._image, index=0, time=time)
