"""Index the frames of a video from its packets, without decoding."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from av.packet import Packet
    from av.video.stream import VideoStream

_VP8_SHOWN = 0x10
"""In the first byte of a VP8 packet: the frame is shown (RFC 6386, 9.1)."""


@dataclass(frozen=True, slots=True)
class KeyFrame:
    """A frame that can be decoded without earlier ones.

    Attributes
    ----------
    time : int
        When it is shown (pts), in units of the stream's time base.
    seek_to : int
        Timestamp to seek to (dts if there is one), in the same units.
    """

    time: int
    seek_to: int


@dataclass(frozen=True, slots=True)
class FrameIndex:
    """The frames of a video in display order.

    Attributes
    ----------
    times : tuple of int
        When each frame is shown (pts), in units of the stream's time base, increasing.
    keys : tuple of KeyFrame
        In the same order.
    last_duration : int
        How long the last frame is shown, in the same units; 0 if the file does not specify it.

    Examples
    --------
    >>> from bodyseg_widgets.streaming.sources.packets import KeyFrame, FrameIndex
    >>> index = FrameIndex((0, 40, 80, 120), (KeyFrame(0, 0), KeyFrame(80, 40)))
    >>> index.number_of(80), index.number_of(81), index.last_key(3)
    (2, None, 1)
    """

    times: tuple[int, ...]
    keys: tuple[KeyFrame, ...]
    last_duration: int = 0

    def number_of(self, time: int | None) -> int | None:
        """Return the number of the frame shown at this time; None if there is none."""
        if time is None:
            return None
        number = bisect_left(self.times, time)
        return number if number < len(self.times) and self.times[number] == time else None

    def last_key(self, number: int) -> int:
        """Return the index in `keys` of the last one up to this number; -1 if there is none."""
        return bisect_right(self.keys, self.times[number], key=lambda key: key.time) - 1


def index_of(packets: Iterable[Packet[VideoStream]], *, codec: str) -> FrameIndex | None:
    """Index the frames of a video.

    Packets that produce no visible frame are left out: empty ones, those removed by an edit list,
    truncated or damaged ones, and VP8's reference-only frames.

    Returns
    -------
    FrameIndex or None
        None if packets have no display times, or two have the same: frames of such a file can be
        counted only by decoding them.
    """
    times: list[int] = []
    keys: list[KeyFrame] = []
    last, last_duration, total = 0, 0, 0
    is_reordered = False
    for packet in packets:
        if not packet.size or packet.is_discard or packet.is_corrupt:
            continue
        if codec == "vp8" and not memoryview(packet)[0] & _VP8_SHOWN:
            continue
        if packet.pts is None:
            return None
        times.append(packet.pts)
        total += packet.duration or 0
        if len(times) == 1 or packet.pts > last:
            last, last_duration = packet.pts, packet.duration or 0
        else:
            is_reordered = True
        if packet.is_keyframe:
            keys.append(KeyFrame(packet.pts, packet.pts if packet.dts is None else packet.dts))
    times.sort()
    if any(one == next_one for one, next_one in pairwise(times)):
        return None
    if is_reordered and times:
        # MP4 stores how long it takes until the next packet, which is another frame's duration.
        last_duration = max(last_duration, total - (times[-1] - times[0]))
    in_order = tuple(sorted(keys, key=lambda key: key.time))
    return FrameIndex(tuple(times), in_order, last_duration)
