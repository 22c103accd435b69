"""Plays a source: at its own speed while playing, frame by frame while paused."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.streaming.sources import Video

if TYPE_CHECKING:
    from bodyseg_widgets.streaming.sources import FrameSource, SourceFrame

LATE = 0.5
"""Seconds of delay beyond which a source continues from where it is instead of catching up: it was
paused, or not displayed."""


@dataclass(frozen=True, slots=True)
class Played:
    """A frame to be shown.

    Attributes
    ----------
    frame : SourceFrame
        The frame as its source returned it.
    image : numpy.ndarray
        uint8 (H, W, 3), RGB: its image, no larger than the player allows.
    timestamp : float
        When it is shown, in seconds since 1970; spaced like the source's frames.
    """

    frame: SourceFrame
    image: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
    timestamp: float


class Player:
    """Returns the frames of a source when they are due.

    Parameters
    ----------
    source : FrameSource
        Closed with the player.
    size : tuple of int
        Maximum width and height of images, in pixels; larger ones are scaled down. Frames of a
        recording that have results are not scaled.
    loop : bool
        Whether to start over at the end (the default).

    Attributes
    ----------
    jumps : int
        How often playback jumped: people are not tracked across a jump.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.streaming import Player
    >>> from bodyseg_widgets.streaming.sources import ImageIterator
    >>> images = ImageIterator([np.zeros((4, 6, 3), np.uint8)] * 3)
    >>> player = Player(images, size=(640, 480), loop=False)
    >>> player.next().frame.index, player.show(2).frame.index, player.next()
    (0, 2, None)
    >>> player.close()
    """

    def __init__(self, source: FrameSource, *, size: tuple[int, int], loop: bool = True) -> None:
        self.source = source
        self.loop = loop
        self._size = size
        self._closed = False
        self._woken = threading.Event()
        self.jumps = 0
        # Wall clock minus the source's time, for frames being played.
        self._offset: float | None = None
        self._last_time = 0.0

    @property
    def damaged(self) -> int:
        """How many damaged parts of a video were found so far."""
        return self.source.damaged if isinstance(self.source, Video) else 0

    def next(self, begin_at: int | None = None) -> Played | None:
        """Wait until the next frame is due, and return it; None at the end, or once closed.

        Frames whose time has passed are skipped, so that a slow page sees the source at normal
        speed. A source that takes longer to read than to show plays more slowly instead.

        Parameters
        ----------
        begin_at : int, optional
            Continue from the frame with this number.

        Raises
        ------
        SourceError
            It cannot be read; the message says why.
        """
        frame = self._read() if begin_at is None else self._begin(begin_at)
        if frame is None:
            return None
        frame = self._catch_up(frame)
        due = time.time() if self.source.rate is None else self._due(frame)
        self._woken.wait(max(0.0, due - time.time()))
        if self._closed:
            return None
        self._woken.clear()
        return self._played(frame, due)

    def show(self, index: int) -> Played:
        """Return the frame with this number immediately; `next` continues after it.

        Raises
        ------
        SourceError
            There is no such frame, or the source is not seekable.
        """
        return self._played(self._begin(index), time.time())

    def hurry(self) -> None:
        """Return the awaited frame immediately, because something else is to be shown."""
        self._woken.set()

    def close(self) -> None:
        """Close the source; waiting callers get None."""
        self._closed = True
        self._woken.set()
        self.source.close()

    def _read(self) -> SourceFrame | None:
        frame = self.source.read()
        if frame is None and self.loop and self.source.length:
            frame = self.source.read_at(0)
            self.jumps += 1
            if self._offset is not None:
                self._offset += self._end() - frame.time
        if frame is not None:
            self._last_time = frame.time
        return frame

    def _end(self) -> float:
        """Return when the last frame has been shown, in seconds of the source."""
        if isinstance(self.source, Video):
            return float(self.source.duration)
        # Others do not know: it is shown as long as all others.
        return self._last_time + (1 / self.source.rate if self.source.rate else 0)

    def _begin(self, index: int) -> SourceFrame:
        self._offset = None
        self.jumps += 1
        frame = self.source.read_at(index)
        self._last_time = frame.time
        return frame

    def _catch_up(self, frame: SourceFrame) -> SourceFrame:
        """Skip frames whose time has passed, as long as that helps to catch up."""
        behind = self._behind(frame)
        while behind is not None:
            following = self._read()
            if following is None:
                break
            frame, before = following, behind
            behind = self._behind(frame)
            if behind is not None and behind >= before:
                self._offset = None
                break
        return frame

    def _behind(self, frame: SourceFrame) -> float | None:
        """Return by how many seconds a frame is late; None if it is not."""
        rate = self.source.rate
        if rate is None or frame.known or self._closed:
            return None
        late = time.time() - self._due(frame)
        return late if late > 1 / rate else None

    def _due(self, frame: SourceFrame) -> float:
        now = time.time()
        early = 0.0 if self._offset is None else self._offset + frame.time - now
        if self._offset is None or early < -LATE or early > self._longest_wait():
            self._offset = now - frame.time
        return self._offset + frame.time

    def _longest_wait(self) -> float:
        """Return the longest gap, in seconds, that is waited for: a recording was paused there."""
        return LATE + 2 / (self.source.rate or 1)

    def _played(self, frame: SourceFrame, timestamp: float) -> Played:
        image = frame.image if frame.known else scaled_into(frame.image, self._size)
        return Played(frame, image, timestamp)


def scaled_into(
    image: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], size: tuple[int, int]
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Scale an image down, never up, to fit a width and height in pixels."""
    height, width = image.shape[:2]
    scale = min(1.0, size[0] / width, size[1] / height)
    if scale == 1:
        return image
    fitting = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(image, fitting, interpolation=cv2.INTER_AREA), dtype=np.uint8)
