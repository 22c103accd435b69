"""A video file's frames in order, from the beginning or from a keyframe."""

from __future__ import annotations

import logging
import struct
from itertools import chain
from typing import TYPE_CHECKING, Any

from bodyseg_widgets.errors import SourceError
from bodyseg_widgets.extras import needed_for
from bodyseg_widgets.images import MAX_PIXELS
from bodyseg_widgets.streaming.sources.jpeg_film import is_jpeg_film

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from fractions import Fraction
    from pathlib import Path
    from types import ModuleType

    from av.codec.context import CodecContext
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    from bodyseg_widgets.streaming.sources.packets import KeyFrame

_log = logging.getLogger(__name__)

WHAT_WORKS = (
    "What usually works: MP4 and MOV (H.264), WebM (VP8, VP9), MKV and AVI videos; "
    "JPEG, PNG and WebP images."
)

# FFmpeg's names of what is recorded, sent and edited. Of sound, too: to say that there is no more.
_FORMATS = (
    *("mov", "matroska", "avi", "mpegts", "mpeg", "mpegvideo", "flv", "asf", "ogg", "mxf", "nut"),
    *("ivf", "h264", "hevc", "m4v", "obu", "vc1", "dv", "wtv", "rm", "yuv4mpegpipe"),
    *("mjpeg", "mpjpeg", "gif", "apng", "jpegxl_anim"),
    *("wav", "mp3", "flac", "aac"),
)

# ISO 14496-12: a file is made of boxes; each begins with its length (32 bits) and its name.
_BOX = struct.Struct(">I4s")
_LONG_LENGTH = struct.Struct(">Q")
_RIFF = struct.Struct("<4sI")
# Of HEIF images FFmpeg decodes the first of their tiles; image sequences it may play.
_HEIF_IMAGES = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"mif2", b"avif")
_HEIF_SEQUENCES = (b"hevc", b"hevx", b"hevm", b"hevs", b"msf1", b"avis")


class Decoder:
    """Decodes the first video stream of a file that is not a cover image.

    Parameters
    ----------
    file : Path
        An existing file. Only this file is read, whatever it refers to.

    Raises
    ------
    MissingDependencyError
        PyAV is not installed.
    SourceError
        The file contains no readable video; the message says why.

    Examples
    --------
    >>> from pathlib import Path
    >>> from bodyseg_widgets.errors import SourceError
    >>> from bodyseg_widgets.streaming.sources.decoder import Decoder
    >>> try:
    ...     Decoder(Path(__file__))
    ... except SourceError as error:
    ...     print(str(error)[:46])
    'decoder.py' is not a supported video or image
    """

    def __init__(self, file: Path) -> None:
        self._av = _import_av()
        self._file = file
        # Times of packets: a video that is played again has the same ones. None for its end.
        self._damaged: set[int | None] = {None} if _ends_early(file) else set()
        self._container, self._stream = self._open()
        self._reached: int | None = None
        self._frames = self._decode(self.packets())

    @property
    def damaged(self) -> int:
        """How many packets could not be decoded, or only with errors, so far; each counts once."""
        return len(self._damaged)

    @property
    def reached(self) -> int | None:
        """The latest time of a packet since decoding began somewhere, in units of the time base."""
        return self._reached

    @property
    def codec(self) -> str:
        """The name of the decoder, for example ``"h264"``."""
        return self._stream.codec_context.name

    @property
    def time_base(self) -> Fraction:
        """The unit of all times, in seconds."""
        base = self._stream.time_base
        if base is None:
            raise SourceError(f"{self._file.name!r} does not specify a frame rate. {WHAT_WORKS}")
        return base

    @property
    def nominal_rate(self) -> float | None:
        """Frame rate according to the file; None if it does not specify one."""
        rate = self._stream.average_rate or self._stream.guessed_rate
        return float(rate) if rate else None

    @property
    def start(self) -> int:
        """When the stream begins according to the file, in units of the time base."""
        return self._stream.start_time or 0

    @property
    def pixel_aspect(self) -> Fraction | None:
        """Pixel aspect ratio (width / height); None if the file does not specify it."""
        return self._stream.sample_aspect_ratio or None

    @property
    def has_guessed_times(self) -> bool:
        """Whether packet times are unreliable.

        AVI has no timestamps. They are guessed from packet order, which differs from display order
        in codecs that reorder frames.
        """
        return self._container.format.name == "avi" and self._stream.codec_context.has_b_frames

    def packets(self) -> Iterator[Packet[VideoStream]]:
        """Yield the packets from here to the end; a truncated file ends where it was cut off.

        Decoding continues only after `restart` or `begin_at`.
        """
        return packets_of(self._file, self._container, self._stream)

    def restart(self) -> None:
        """Start at the first frame."""
        container, stream = self._open()
        self._container.close()
        self._container, self._stream = container, stream
        self._begin(self.packets())

    def begin_at(self, key: KeyFrame) -> bool:
        """Start at a keyframe; return False if seeking went past it.

        After False, decoding continues only after `restart` or another `begin_at`. Frames shown
        before the keyframe may come first.
        """
        try:
            self._container.seek(key.seek_to, stream=self._stream)
        except self._av.error.FFmpegError:
            # Not every format is seekable; others are read from the beginning.
            return False
        packets = self.packets()
        for packet in packets:
            if not packet.is_keyframe or packet.pts is None:
                continue
            if packet.pts == key.time:
                self._begin(chain((packet,), packets))
                return True
            if packet.pts > key.time:
                return False
        return False

    def next(self) -> VideoFrame | None:
        """Decode the next frame, in display order; None at the end."""
        return next(self._frames, None)

    def close(self) -> None:
        """Close the file, and log how many damaged packets were left out of it."""
        self._container.close()
        if self._damaged:
            _log.warning(
                "%r has damaged parts (%d): frames are missing, or repaired as far as possible.",
                self._file.name,
                len(self._damaged),
            )
            self._damaged.clear()
        # It refers to this object, and the reference cycle would keep 30 MB of frames until garbage
        # collection.
        self._frames = iter(())

    def _begin(self, packets: Iterable[Packet[VideoStream]]) -> None:
        self._reached = None
        self._frames = self._decode(packets)

    def _decode(self, packets: Iterable[Packet[VideoStream]]) -> Iterator[VideoFrame]:
        for packet in packets:
            # An empty packet would tell the decoder that the stream has ended.
            if packet.size:
                if packet.pts is not None:
                    self._reached = max(packet.pts, self._reached or packet.pts)
                yield from self._decoded(packet)
        # Decoders hold frames back until they know which one is shown first.
        yield from self._decoded(None)

    def _decoded(self, packet: Packet[VideoStream] | None) -> list[VideoFrame]:
        try:
            frames = self._stream.codec_context.decode(packet)
        except self._av.error.FFmpegError:
            # Its frame is left out, which shows in the numbers of the others.
            self._damaged.add(None if packet is None else packet.pts)
            return []
        self._damaged.update(frame.pts for frame in frames if frame.is_corrupt)
        return frames

    def _open(self) -> tuple[InputContainer, VideoStream]:
        if _brand(self._file) in _HEIF_IMAGES:
            raise self._unreadable(None)
        try:
            container = open_container(self._file)
        except self._av.error.FFmpegError as error:
            raise self._unreadable(error.strerror) from error
        try:
            stream = self._video_stream(container)
            # Larger ones would take all memory before anything else could refuse them.
            stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
        except BaseException:
            container.close()
            raise
        return container, stream

    def _video_stream(self, container: InputContainer) -> VideoStream:
        cover = self._av.stream.Disposition.attached_pic
        videos = [each for each in container.streams.video if not each.disposition & cover]
        if not videos and container.streams.audio:
            raise SourceError(
                f"{self._file.name!r} has only sound ({container.format.long_name}), and no "
                f"video. {WHAT_WORKS}"
            )
        if not videos:
            raise self._unreadable(f"{container.format.long_name}, without video")
        if not can_decode(videos[0].codec_context):
            raise self._unreadable(f"{container.format.long_name} with an unsupported codec")
        return videos[0]

    def _unreadable(self, reason: str | None) -> SourceError:
        name, brand = self._file.name, _brand(self._file)
        if brand in _HEIF_IMAGES + _HEIF_SEQUENCES:
            return SourceError(
                f"{name!r} is a HEIF image ({brand.decode()}), which cannot be read here. Save it "
                f"as a JPEG. {WHAT_WORKS}"
            )
        if _is_cut_off(self._file):
            return SourceError(
                f"{name!r} is truncated or damaged: its index ('moov') is missing, which "
                "cameras and programs write last. Copy the complete file, or record it again."
            )
        if _is_text(self._file):
            # Playlists, too: those of FFmpeg open other files.
            reason = "it is text"
        return SourceError(f"{name!r} is not a supported video or image ({reason}). {WHAT_WORKS}")


def can_decode(context: CodecContext | None) -> bool:
    """Whether PyAV can decode a stream that has this context.

    It has None for a codec that FFmpeg does not have, though its type information says otherwise.
    """
    return context is not None


def open_container(file: Path) -> InputContainer:
    """Open a file, but nothing else that it refers to.

    Raises
    ------
    MissingDependencyError
        PyAV is not installed.
    av.error.FFmpegError
        FFmpeg cannot read the file.
    """
    container: InputContainer = _import_av().open(
        str(file),
        # It begins like an image, for which FFmpeg takes it.
        format="mjpeg" if is_jpeg_film(file) else None,
        metadata_errors="replace",
        # Playlists and other scripts, which lead to other files or the network, are not in it.
        options={"protocol_whitelist": "file", "format_whitelist": ",".join(_FORMATS)},
    )
    return container


def packets_of(file: Path, container: InputContainer, *streams: Stream) -> Iterator[Packet[Any]]:
    """Yield the packets of some streams to the end; a truncated file ends where it was cut off.

    Parameters
    ----------
    file : Path
        The name used in error messages.
    container : InputContainer
        The same file, open.
    *streams : Stream
        Of this container.

    Raises
    ------
    SourceError
        The disk, or the network it is on, is no longer available.
    """
    av = _import_av()
    try:
        yield from container.demux(*streams)
    except av.error.InvalidDataError:
        return
    except av.error.FFmpegError as error:
        raise SourceError(
            f"{file.name!r} could not be read any further: {error.strerror}. "
            "Is its disk still there?"
        ) from error


def _import_av() -> ModuleType:
    with needed_for("Reading video files"):
        import av  # noqa: PLC0415
    return av


def _brand(file: Path) -> bytes:
    """Return the file's MP4 brand; empty for other files."""
    with file.open("rb") as opened:
        head = opened.read(12)
    return head[8:] if head[4:8] == b"ftyp" else b""


def _is_text(file: Path) -> bool:
    with file.open("rb") as opened:
        head = opened.read(512)
    return not any(byte < ord("\t") for byte in head)


def _is_cut_off(file: Path) -> bool:
    """Return whether it is an MP4 or MOV with an incomplete index."""
    size = file.stat().st_size
    boxes = list(_boxes(file))
    has_index = any(name == b"moov" and end <= size for name, end in boxes)
    return not has_index and _is_mp4(boxes)


def _ends_early(file: Path) -> bool:
    """Return whether it is an MP4, MOV or AVI that is shorter than it says."""
    size = file.stat().st_size
    with file.open("rb") as opened:
        head = opened.read(_RIFF.size)
    if head[:4] == b"RIFF" and len(head) == _RIFF.size:
        _, length = _RIFF.unpack(head)
        return bool(_RIFF.size + length > size)
    boxes = list(_boxes(file))
    return _is_mp4(boxes) and any(end > size for _, end in boxes)


def _is_mp4(boxes: Sequence[tuple[bytes, int]]) -> bool:
    return [name for name, _ in boxes[:1]] in ([b"ftyp"], [b"wide"], [b"mdat"])


def _boxes(file: Path) -> Iterator[tuple[bytes, int]]:
    """Yield the name of each box of an MP4, and where it ends."""
    size = file.stat().st_size
    with file.open("rb") as opened:
        position = 0
        while position + _BOX.size <= size:
            opened.seek(position)
            length, name = _BOX.unpack(opened.read(_BOX.size))
            if length == 1 and position + _BOX.size + _LONG_LENGTH.size <= size:
                (length,) = _LONG_LENGTH.unpack(opened.read(_LONG_LENGTH.size))
            if length < _BOX.size:
                # The last one may have no length; other lengths are damage.
                yield name, size
                return
            position += length
            yield name, position
