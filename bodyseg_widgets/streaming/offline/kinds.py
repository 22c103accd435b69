"""What kinds of video can be written, and how."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class VideoKind:
    """One kind of file.

    Attributes
    ----------
    container : str
        FFmpeg's name of it.
    encoder : str
        FFmpeg's name of what encodes the pictures.
    encoder_options : mapping
        Its settings, as text.
    container_options : mapping
        The container's settings, as text.
    even : bool
        Whether width and height have to be even.
    square : bool
        Whether pixels have to be square: PyAV tells H.264 their shape, but not the container.
    sounds : frozenset of str or None
        Codecs of sound that are copied as they are; None for all that the container takes.
    sound_encoder : str
        FFmpeg's name of what encodes sound of another codec.
    """

    container: str
    encoder: str
    encoder_options: Mapping[str, str]
    container_options: Mapping[str, str]
    even: bool
    square: bool
    sounds: frozenset[str] | None
    sound_encoder: str


_H264 = MappingProxyType({"preset": "veryfast", "crf": "18"})
"""Nobody sees a difference to the picture before, and the encoder keeps up with a model."""

_VP9 = MappingProxyType({"deadline": "realtime", "cpu-used": "7", "crf": "24", "row-mt": "1"})

_NONE: Mapping[str, str] = MappingProxyType({})

KINDS: Final[Mapping[str, VideoKind]] = MappingProxyType(
    {
        ".mp4": VideoKind(
            "mp4",
            "libx264",
            _H264,
            # An MP4 whose index is at its end would have to be loaded as a whole before it plays.
            MappingProxyType({"movflags": "faststart"}),
            even=True,
            square=False,
            # The container takes more (PCM, Vorbis), which hardly any player plays from it.
            sounds=frozenset({"aac", "ac3", "alac", "eac3", "flac", "mp3", "opus"}),
            sound_encoder="aac",
        ),
        ".webm": VideoKind(
            "webm",
            "libvpx-vp9",
            _VP9,
            _NONE,
            even=False,
            square=True,
            sounds=frozenset({"opus", "vorbis"}),
            sound_encoder="libopus",
        ),
        ".mkv": VideoKind(
            "matroska",
            "libx264",
            _H264,
            _NONE,
            even=True,
            square=False,
            sounds=None,
            sound_encoder="libopus",
        ),
    }
)
"""The kinds of video, by how their names end."""
