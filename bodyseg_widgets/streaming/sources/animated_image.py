"""Animated images: GIF, WebP, PNG and AVIF, as browsers play them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from contextlib import contextmanager
from fractions import Fraction
from io import BytesIO
from typing import TYPE_CHECKING, Final

from bodyseg_widgets.errors import InvalidImageError, SourceError
from bodyseg_widgets.files import existing_file
from bodyseg_widgets.images import MAX_PIXELS, image_errors, open_image, read_pil
from bodyseg_widgets.streaming.sources.types import SourceFrame

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from PIL import Image

    from bodyseg_widgets.images import RgbImage

__all__ = ["AnimatedImage", "is_animated"]

KEPT_BYTES = 64 * 2**20
"""Limit for the decoded images that are kept: when stepping back, most come from there."""

MOST_DECODED = 16 * MAX_PIXELS
"""Pixels of all frames together, 2 billion: more than 1000 frames of 1920 x 1080. All are decoded
once, to know their times."""

_FORMATS: Final = ("GIF", "WEBP", "PNG", "AVIF")
_SHORTEST_MS: Final = 11
_USUAL_MS: Final = 100
"""Browsers show images that are to be seen for less than 11 ms for 100 ms."""


def is_animated(image: Image.Image) -> bool:
    """Return whether an open file is an animation, rather than several pages or resolutions."""
    return image.format in _FORMATS and getattr(image, "is_animated", False)


class AnimatedImage:
    """An animated GIF, WebP, PNG or AVIF.

    Its images are read like others: upright, in sRGB, over white where they are transparent. Each
    is shown as long as the file says, as in browsers: 100 ms where it says less than 11.

    Of a truncated file, the complete frames are there.

    Parameters
    ----------
    path : str or os.PathLike
        The file. It is read as a whole, and decoded once to know the times.
    label : str, optional
        Its label; default: the file's name.

    Attributes
    ----------
    label : str
        Its label.
    rate : float
        Average frame rate.
    length : int
        Number of frames.
    damaged : int
        1 if frames at the end are missing because they cannot be decoded, else 0.
    time_base : Fraction
        The unit of its times, in seconds: a millisecond.
    start : Fraction
        When the first frame is shown: 0.
    duration : Fraction
        The time of all frames, in seconds.

    Raises
    ------
    SourceError
        The file does not exist or is not an image, has no readable frame, or too many.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> from bodyseg_widgets.streaming.sources import AnimatedImage
    >>> black, white = Image.new("RGB", (6, 4)), Image.new("RGB", (6, 4), "white")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     black.save(f"{folder}/a.gif", append_images=[white], save_all=True, duration=[300, 200])
    ...     moving = AnimatedImage(f"{folder}/a.gif")
    >>> moving.length, moving.rate, float(moving.duration), moving.read_at(1).time
    (2, 4.0, 0.5, 0.3)
    >>> moving.close()
    """

    time_base = Fraction(1, 1000)
    start = Fraction(0)

    def __init__(self, path: str | os.PathLike[str], *, label: str | None = None) -> None:
        file = existing_file(path)
        self.label = label or file.name
        self._name = f"The file {str(file)!r}"
        self._lock = threading.Lock()
        self._closed = False
        self._next = 0
        self._kept: OrderedDict[int, RgbImage] = OrderedDict()
        with self._readable():
            self._image = open_image(BytesIO(file.read_bytes()), self._name)
            # A PNG may begin with an image for programs that play none.
            self._first = int(getattr(self._image, "default_image", False))
            frames = getattr(self._image, "n_frames", 1) - self._first
            self._check_amount(frames)
        durations = self._read_durations(frames)
        self.length = len(durations)
        self.damaged = int(self.length < frames)
        self._times = [sum(durations[:number]) for number in range(self.length)]
        self.duration = sum(durations) * self.time_base
        self.rate = float(self.length / self.duration)

    def read(self) -> SourceFrame | None:
        """Return the next frame; None at the end, and once closed.

        Raises
        ------
        SourceError
            It can no longer be decoded.
        """
        with self._lock:
            if self._closed or self._next >= self.length:
                return None
            return self._frame(self._next)

    def read_at(self, index: int) -> SourceFrame:
        """Return the frame with this number.

        Parameters
        ----------
        index : int
            From 0 to ``length - 1``.

        Raises
        ------
        SourceError
            There is no frame with this number, or the file is closed.
        """
        if not 0 <= index < self.length:
            raise SourceError(
                f"There is no frame {index} in {self.label!r}: it has {self.length}, "
                f"numbered from 0 to {self.length - 1}."
            )
        with self._lock:
            if self._closed:
                raise SourceError(f"{self.label!r} is closed. Open it again.")
            return self._frame(index)

    def close(self) -> None:
        """Release the file's bytes and images."""
        self._closed = True
        with self._lock:
            self._kept.clear()
            self._image.close()

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            with image_errors(self._name):
                yield
        except InvalidImageError as error:
            raise SourceError(str(error)) from error

    def _check_amount(self, frames: int) -> None:
        if frames * self._image.width * self._image.height > MOST_DECODED:
            raise SourceError(
                f"{self.label!r} has {frames} frames of {self._image.width}x{self._image.height} "
                "pixels, too many for an animated image. Convert it to a video first, for example "
                f"with: ffmpeg -i {self.label} video.mp4"
            )

    def _read_durations(self, frames: int) -> list[int]:
        """Decode all frames once, and return how long each is shown, in ms."""
        durations: list[int] = []
        try:
            for number in range(frames):
                self._decode(number)
                given = round(self._image.info.get("duration", 0))
                durations.append(given if given >= _SHORTEST_MS else _USUAL_MS)
        except SourceError:
            if not durations:
                raise
        return durations

    def _frame(self, number: int) -> SourceFrame:
        if number not in self._kept:
            # Those before it are needed for decoding, and may be asked for next.
            known = max(self._kept, default=-1)
            begin = known + 1 if known < number else 0
            for each in range(max(begin, number - self._room + 1), number + 1):
                if each not in self._kept:
                    self._decode(each)
        self._next = number + 1
        time = float(self._times[number] * self.time_base)
        return SourceFrame(self._kept[number], index=number, time=time)

    @property
    def _room(self) -> int:
        """How many images are kept."""
        return max(1, KEPT_BYTES // (3 * self._image.width * self._image.height))

    def _decode(self, number: int) -> None:
        with self._readable():
            self._image.seek(number + self._first)
            image = read_pil(self._image, self._name).image
        # It is handed out more than once.
        image.flags.writeable = False
        self._kept[number] = image
        while len(self._kept) > self._room:
            self._kept.popitem(last=False)
