"""Encodes images, each at its own time, along with the sound."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, cast

import numpy as np

from bodyseg_widgets.errors import RecordingError
from bodyseg_widgets.files import why_unwritten
from bodyseg_widgets.lazy import cv2

if TYPE_CHECKING:
    from pathlib import Path

    from av.container import OutputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream
    from numpy.typing import NDArray

    from bodyseg_widgets.streaming.offline.handover import Handover
    from bodyseg_widgets.streaming.offline.kinds import VideoKind
    from bodyseg_widgets.streaming.offline.sound import Sound
    from bodyseg_widgets.streaming.sources import SourceFrame, Video

_FINEST_RATE = 10_000
_SLOWEST_RATE = Fraction(1, _FINEST_RATE)

# ITU-T H.273: primaries and transfer, and the matrix; and 16 to 235 for luma.
_BT709 = 1
_LIMITED, _FULL = 1, 2


class VideoWriter:
    """Writes processed video frames, and the video's sound.

    Colors are in BT.709, and marked so in the file. All images have the size of the first one.

    Parameters
    ----------
    kind : VideoKind
        What is written.
    video : VideoFile or AnimatedImage
        The source video, whose times are used.
    sound : Sound
        Of the same file.

    Raises
    ------
    RecordingError
        The installed FFmpeg lacks the encoder for this format.
    """

    def __init__(self, kind: VideoKind, video: Video, sound: Sound) -> None:
        _check_encoder(kind)
        self._kind = kind
        self._video = video
        self._sound = sound
        self._zero = video.start if sound.start is None else min(video.start, sound.start)
        self._last = -1
        self._durations: dict[int, int] = {}

    def frame(self, image: NDArray[np.uint8], source_frame: SourceFrame) -> VideoFrame:
        """Copy an image to the form that `write` takes.

        Parameters
        ----------
        image : numpy.ndarray
            uint8 (H, W, 3), RGB. It may be changed afterward.
        source_frame : SourceFrame
            The source frame.

        Raises
        ------
        RecordingError
            The format takes no images of this size.
        """
        from av import VideoFrame  # noqa: PLC0415 - an extra

        height, width = image.shape[:2]
        self._check_pixels(height, width)
        if self._kind.even and (height % 2 or width % 2):
            image = np.asarray(
                cv2.copyMakeBorder(image, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE),
                dtype=np.uint8,
            )
        frame = VideoFrame.from_ndarray(image, format="rgb24")
        video = self._video
        frame.time_base = video.time_base
        # Files with artificial timestamps may have two frames in one time unit.
        pts = max(
            self._last + 1, self._units(video.start - self._zero) + self._units(source_frame.time)
        )
        is_last = source_frame.index == video.length - 1
        seconds = float(video.duration) - source_frame.time if is_last else 1 / video.rate
        frame.pts, self._durations[pts] = pts, max(1, self._units(seconds))
        self._last = pts
        return frame

    def _check_pixels(self, height: int, width: int) -> None:
        kind = self._kind
        if kind.most_pixels is not None and height * width > kind.most_pixels:
            raise RecordingError(
                f"Frames of {width}x{height} are too large for {kind.container}: its encoder "
                f"({kind.encoder}) would take gigabytes of memory for more than "
                f"{kind.most_pixels:,} pixels. Write an .mp4, or make the video smaller first."
            )

    def write(self, part: Path, frames: Handover[VideoFrame]) -> None:
        """Write all frames as they arrive, with the sound.

        Parameters
        ----------
        part : Path
            The logger.
        frames : Handover
            As returned by `frame`, in order.

        Raises
        ------
        RecordingError
            It cannot be written; the message says why.
        """
        import av  # noqa: PLC0415 - an extra

        kind = self._kind
        try:
            with av.open(
                str(part), "w", format=kind.container, options=dict(kind.container_options)
            ) as output:
                self._write(output, frames)
        except (av.FFmpegError, OSError, ValueError) as error:
            raise RecordingError(
                f"The video could not be written ({kind.container}, {kind.encoder}): "
                f"{why_unwritten(error)}. Nothing of it was kept."
            ) from error

    def _write(self, output: OutputContainer, frames: Handover[VideoFrame]) -> None:
        from av.video.reformatter import VideoReformatter  # noqa: PLC0415 - an extra

        converter = VideoReformatter()
        stream = None
        for frame in frames:
            if stream is None:
                stream = self._add_frames(output, frame)
                self._sound.add_to(output, self._kind, zero=self._zero)
            planar = converter.reformat(
                frame,
                width=stream.width,
                height=stream.height,
                format="yuv420p",
                dst_colorspace=_BT709,
                src_color_range=_FULL,
                dst_color_range=_LIMITED,
                threads=1,
            )
            self._mux(output, stream, planar)
        if stream is not None:
            self._mux(output, stream, None)
        for packet in self._sound.rest():
            frames.check()
            output.mux(packet)

    def _add_frames(self, output: OutputContainer, first: VideoFrame) -> VideoStream:
        kind, video = self._kind, self._video
        rate = max(Fraction(video.rate).limit_denominator(_FINEST_RATE), _SLOWEST_RATE)
        options = dict(kind.encoder_options)
        stream = cast("VideoStream", output.add_stream(kind.encoder, rate=rate, options=options))
        stream.width, stream.height, stream.pix_fmt = first.width, first.height, "yuv420p"
        context = stream.codec_context
        context.time_base = video.time_base
        context.color_primaries = context.color_trc = context.colorspace = _BT709
        context.color_range = _LIMITED
        return stream

    def _mux(self, output: OutputContainer, stream: VideoStream, frame: VideoFrame | None) -> None:
        for packet in stream.encode(frame):
            # Encoders do not pass it on, and without it the last frame would have a usual one.
            if packet.pts is not None:
                packet.duration = self._durations.pop(packet.pts)
            if packet.dts is not None:
                # Containers buffer packets that are far ahead of the rest.
                for sound in self._sound.up_to(packet.dts * packet.time_base):
                    output.mux(sound)
            output.mux(packet)

    def _units(self, seconds: float | Fraction) -> int:
        return round(seconds / self._video.time_base)


def _check_encoder(kind: VideoKind) -> None:
    from av.codec.codec import Codec, UnknownCodecError  # noqa: PLC0415 - an extra

    try:
        Codec(kind.encoder, "w")
    except UnknownCodecError as error:
        raise RecordingError(
            f"PyAV's FFmpeg cannot write a {kind.container} video: it lacks "
            f"{kind.encoder}. Choose another extension, or install PyAV with: pip install av"
        ) from error
