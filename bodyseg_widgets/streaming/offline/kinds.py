"""Which video formats can be written, and how."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class VideoKind:
    """One file format.

    Attributes
    ----------
    container : str
        FFmpeg's name for it.
    encoder : str
        FFmpeg's name for the video encoder.
    encoder_options : mapping
        The encoder's options, as text.
    container_options : mapping
        The container's options, as text.
    even : bool
        Whether width and height must be even.
    most_pixels : int or None
        How many a frame may have; None for as many as a source may.
    sounds : frozenset of str or None
        Audio codecs that are copied unchanged; None for all that the container supports.
    sound_encoder : str
        FFmpeg's name for the encoder of other audio codecs.
    """

    container: str
    encoder: str
    encoder_options: Mapping[str, str]
    container_options: Mapping[str, str]
    even: bool
    most_pixels: int | None
    sounds: frozenset[str] | None
    sound_encoder: str


_H264 = MappingProxyType({"preset": "veryfast", "crf": "18", "bf": "0"})
"""Visually indistinguishable from the source, and the encoder keeps up with a model. Without B
frames, because MP4 has durations of packets in the order of decoding, and the last one of those
would not be the last frame's."""

_VP9 = MappingProxyType(
    {
        "deadline": "realtime",
        "cpu-used": "7",
        "crf": "24",
        "row-mt": "1",
        # It would keep 25 frames to look ahead, which at this speed changes little but the memory.
        "lag-in-frames": "0",
    }
)

_MOST_PIXELS_OF_VP9 = 2**23
"""A little more than 4K. Of such a video, `apply_effect` took 1.4 GB at most; the larger part of
it has the encoder, some 90 bytes for each pixel."""

_NONE: Mapping[str, str] = MappingProxyType({})

KINDS: Final[Mapping[str, VideoKind]] = MappingProxyType(
    {
        ".mp4": VideoKind(
            "mp4",
            "libx264",
            _H264,
            # An MP4 with its index at the end would have to be loaded completely before it plays.
            MappingProxyType({"movflags": "faststart"}),
            even=True,
            most_pixels=None,
            # The container supports more (PCM, Vorbis), but hardly any player plays them.
            sounds=frozenset({"aac", "ac3", "alac", "eac3", "flac", "mp3", "opus"}),
            sound_encoder="aac",
        ),
        ".webm": VideoKind(
            "webm",
            "libvpx-vp9",
            _VP9,
            _NONE,
            even=False,
            most_pixels=_MOST_PIXELS_OF_VP9,
            sounds=frozenset({"opus", "vorbis"}),
            sound_encoder="libopus",
        ),
        ".mkv": VideoKind(
            "matroska",
            "libx264",
            _H264,
            _NONE,
            even=True,
            most_pixels=None,
            sounds=None,
            sound_encoder="libopus",
        ),
    }
)
"""The video formats, by file extension."""

VIDEO_SUFFIX: Final = ".mp4"
"""Of videos whose names nobody has given."""
