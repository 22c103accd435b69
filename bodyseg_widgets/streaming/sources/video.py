"""The frames of a video file, in order and by number."""

from __future__ import annotations

import threading
from collections import deque
from fractions import Fraction
from typing import TYPE_CHECKING

from bodyseg_widgets.errors import SourceError
from bodyseg_widgets.files import existing_file
from bodyseg_widgets.streaming.sources.decoder import WHAT_WORKS, Decoder
from bodyseg_widgets.streaming.sources.frame_images import FrameImages
from bodyseg_widgets.streaming.sources.packets import FrameIndex, index_of
from bodyseg_widgets.streaming.sources.types import SourceFrame

if TYPE_CHECKING:
    import os

    from av.video.frame import VideoFrame

KEPT_PICTURES = 64
KEPT_BYTES = 64 * 2**20
"""Limits for the cache of decoded frames: when stepping back, most frames come from it, and each of
the others is decoded together with those before it."""

_SEEKS = 3
"""How many keyframes to try before decoding from the beginning."""

_USUAL_RATE = 25.0
_FINEST_RATE = 10_000
"""Denominator large enough to distinguish rates such as 30000/1001 from nearby ones."""


class VideoFile:
    """A video file, read with PyAV.

    Opening it scans the whole file once, without decoding, to find out how many frames there are
    and when each is shown; that takes about as long as copying it. Files without display times (raw
    H.264, some AVI) are decoded once instead, and `read_at` has to decode them from the beginning.

    A truncated file has its complete frames. A damaged frame in the middle is left out: `read`
    continues with the next one, which leaves a gap in the numbers; `read_at` returns the next frame
    that can be decoded, or the previous one when seeking backward, so that stepping never gets
    stuck. `damaged` counts them, and closing logs their number. A file that becomes shorter while
    it is read is an error.

    Frames are as players show them: turned and mirrored as the file specifies, with square pixels,
    and with the colors of an ordinary screen (sRGB), also where the file has high dynamic range (PQ
    or HLG) or the wide gamut of BT.2020. All have the size of the first one; others are fitted into
    it.

    Parameters
    ----------
    path : str or os.PathLike
        Anything FFmpeg reads: MP4, MOV, WebM, MKV, AVI, animated GIF, ...
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
    time_base : Fraction
        The unit of its clock, in seconds.
    start : Fraction
        When the first frame is shown on the file's clock, which its sound also uses, in seconds.
    duration : Fraction
        Duration from the first frame to the end of the last one, in seconds.

    Raises
    ------
    MissingDependencyError
        PyAV is not installed.
    SourceError
        The file does not exist or contains no readable video; the message says why.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import av
    >>> from bodyseg_widgets.streaming.sources import VideoFile
    >>> with TemporaryDirectory() as folder:
    ...     with av.open(f"{folder}/clip.mp4", "w") as container:
    ...         stream = container.add_stream("mpeg4", rate=25)
    ...         stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
    ...         for _ in range(3):
    ...             container.mux(stream.encode(av.VideoFrame(64, 48, "yuv420p")))
    ...         container.mux(stream.encode())
    ...     video = VideoFile(f"{folder}/clip.mp4")
    ...     frame = video.read_at(2)
    ...     video.close()
    >>> video.label, video.rate, video.length, frame.time, frame.image.shape
    ('clip.mp4', 25.0, 3, 0.08, (48, 64, 3))
    """

    def __init__(self, path: str | os.PathLike[str], *, label: str | None = None) -> None:
        file = existing_file(path)
        self.label = label or file.name
        self._lock = threading.Lock()
        self._closed = False
        self._next = 0
        # Decoded in one run: every decodable frame from `_from` up to, but not including, `_head`.
        self._kept: deque[tuple[int, VideoFrame]] = deque()
        self._kept_bytes = 0
        self._from = self._head = 0
        self._decoder = Decoder(file)
        try:
            self._index = self._read_index()
            self._decoder.restart()
            if self._index is not None and not self._decode_one():
                # The packets do not match what the decoder returns.
                self._index = None
            self.length = self._count() if self._index is None else len(self._index.times)
            self.rate = self._rate()
            self.time_base = self._decoder.time_base
            self.start = self._start()
            self.duration = self._duration()
            self._images = self._frame_images()
        except BaseException:
            self._decoder.close()
            raise

    @property
    def damaged(self) -> int:
        """How many damaged parts were found so far: frames are missing, or repaired in part."""
        return self._decoder.damaged

    def read(self) -> SourceFrame | None:
        """Decode the next frame; None at the end, and once closed.

        Raises
        ------
        SourceError
            The file can no longer be read.
        """
        with self._lock:
            if self._closed or self._next >= self.length:
                return None
            found = self._at_or_after(self._next)
            return None if found is None else self._source_frame(*found)

    def read_at(self, index: int) -> SourceFrame:
        """Return the frame with this number; reading sequentially needs no seeking.

        Parameters
        ----------
        index : int
            From 0 to ``length - 1``.

        Raises
        ------
        SourceError
            There is no frame with this number, no more can be decoded, or the file is closed.
        """
        if not 0 <= index < self.length:
            raise SourceError(
                f"There is no frame {index} in {self.label!r}: it has {self.length}, "
                f"numbered from 0 to {self.length - 1}."
            )
        with self._lock:
            self._check_open()
            if index < self._next - 1:
                found = self._at_or_before(index) or self._at_or_after(index)
            else:
                found = self._at_or_after(index) or self._at_or_before(index)
            self._check_open()
            if found is None:
                raise SourceError(
                    f"Frame {index} of {self.label!r} can no longer be decoded, nor "
                    "can any other. Was the file changed? Open it again."
                )
            return self._source_frame(*found)

    def close(self) -> None:
        """Close the file, after finishing any frame being decoded."""
        self._closed = True
        with self._lock:
            self._decoder.close()
            self._kept.clear()

    def _check_open(self) -> None:
        if self._closed:
            raise SourceError(f"{self.label!r} is closed. Open it again.")

    def _read_index(self) -> FrameIndex | None:
        if self._decoder.has_guessed_times:
            return None
        return index_of(self._decoder.packets(), codec=self._decoder.codec)

    def _count(self) -> int:
        count = 0
        self._decoder.restart()
        while self._decoder.next() is not None:
            count += 1
        self._decoder.restart()
        if not count:
            raise self._undecodable()
        return count

    def _undecodable(self) -> SourceError:
        return SourceError(
            f"None of the frames of {self.label!r} can be decoded ({self._decoder.codec}): the "
            f"file is damaged, or of an unsupported kind. {WHAT_WORKS}"
        )

    def _rate(self) -> float:
        nominal = self._decoder.nominal_rate or _USUAL_RATE
        if self._index is None or self.length == 1:
            return nominal
        units = self._index.times[-1] - self._index.times[0]
        return float((self.length - 1) / (units * self._decoder.time_base))

    def _start(self) -> Fraction:
        units = self._decoder.start if self._index is None else self._index.times[0]
        return units * self.time_base

    def _duration(self) -> Fraction:
        # Of less than one frame in hours, nothing would be left.
        usual = 1 / (Fraction(self.rate).limit_denominator(_FINEST_RATE) or Fraction(self.rate))
        if self._index is None:
            return self.length * usual
        units = self._index.times[-1] - self._index.times[0]
        return units * self.time_base + (self._index.last_duration * self.time_base or usual)

    def _frame_images(self) -> FrameImages:
        if not self._kept:
            self._decode_one()
        if not self._kept:
            raise self._undecodable()
        _, first = self._kept[0]
        return FrameImages(first, self._decoder.pixel_aspect or Fraction(1), self.label)

    def _at_or_after(self, number: int) -> tuple[int, VideoFrame] | None:
        self._decode_up_to(number)
        found = next((each for each in self._kept if each[0] >= number), None)
        if found is None and not self._closed:
            self._check_whole()
        return found

    def _check_whole(self) -> None:
        """Raise an error if the file ended earlier than when it was opened."""
        if self._index is None:
            is_whole = self._head >= self.length
        else:
            reached = self._decoder.reached
            is_whole = reached is not None and reached >= self._index.times[-1]
        if not is_whole:
            raise SourceError(
                f"{self.label!r} ended after {self._head} of {self.length} frames: the file was "
                "cut off or changed while it was read. Copy it again, and open the copy."
            )

    def _at_or_before(self, number: int) -> tuple[int, VideoFrame] | None:
        while number >= 0 and not self._closed:
            self._decode_up_to(number)
            found = next((each for each in reversed(self._kept) if each[0] <= number), None)
            if found is not None:
                return found
            number = self._from - 1
        return None

    def _decode_up_to(self, number: int) -> None:
        """Keep the frame with this number, if it can be decoded, or the next one."""
        if number < self._from or self._is_nearer_from_a_key(number):
            self._begin_before(number)
        while self._head <= number and self._decode_one():
            pass

    def _is_nearer_from_a_key(self, number: int) -> bool:
        if self._index is None or number <= self._head:
            return False
        last = self._index.last_key(number)
        return last >= 0 and self._index.keys[last].time > self._index.times[self._head]

    def _begin_before(self, number: int) -> None:
        self._kept.clear()
        self._kept_bytes = 0
        self._from = self._head = self._begin_decoding(number)

    def _begin_decoding(self, number: int) -> int:
        """Start the decoder at or before a number, and return the one it starts at."""
        if self._index is not None:
            last = self._index.last_key(number)
            for position in range(last, max(last - _SEEKS, -1), -1):
                key = self._index.keys[position]
                if self._decoder.begin_at(key):
                    return self._index.number_of(key.time) or 0
        self._decoder.restart()
        return 0

    def _decode_one(self) -> bool:
        """Decode the next numbered frame, and keep it; return False at the end."""
        while not self._closed:
            frame = self._decoder.next()
            if frame is None:
                return False
            number = self._head if self._index is None else self._index.number_of(frame.pts)
            # A keyframe may be followed by frames shown before it, which need earlier frames for
            # decoding.
            if number is not None and number >= self._head:
                self._keep(number, frame)
                return True
        return False

    def _keep(self, number: int, frame: VideoFrame) -> None:
        self._kept.append((number, frame))
        self._kept_bytes += _size(frame)
        self._head = number + 1
        while len(self._kept) > 1 and (
            len(self._kept) > KEPT_PICTURES or self._kept_bytes > KEPT_BYTES
        ):
            dropped, old = self._kept.popleft()
            self._kept_bytes -= _size(old)
            self._from = dropped + 1

    def _source_frame(self, number: int, frame: VideoFrame) -> SourceFrame:
        self._next = number + 1
        return SourceFrame(self._images.image(frame), number, self._time_of(number))

    def _time_of(self, number: int) -> float:
        if self._index is None:
            return number / self.rate
        times = self._index.times
        return float((times[number] - times[0]) * self._decoder.time_base)


def _size(frame: VideoFrame) -> int:
    return sum(plane.buffer_size for plane in frame.planes)
