"""Carry the sound of a video file over to another one."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Protocol, cast

from bodyseg_widgets.streaming.sources.decoder import can_decode, open_container, packets_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import OutputContainer
    from av.packet import Packet

    from bodyseg_widgets.streaming.offline.kinds import VideoKind

_SURROUND = ("5.1", "7.1")
"""Layouts with more than two channels that every audio encoder supports."""

_BITS_PER_CHANNEL = 96_000
_TOLD_APART_BY = ("language", "title")


class Sound:
    """All sound of a file: copied if the new container supports it, otherwise re-encoded.

    Streams with a codec that FFmpeg does not know are left out, because they cannot be played.

    Parameters
    ----------
    file : Path or None
        A video file that exists; None for no sound.

    Attributes
    ----------
    start : Fraction or None
        When the sound begins on the file's clock, in seconds; None if there is none.
    """

    def __init__(self, file: Path | None) -> None:
        self._input = None if file is None else open_container(file)
        sounds = () if self._input is None else self._input.streams.audio
        streams = [each for each in sounds if can_decode(each.codec_context)]
        starts = [
            each.start_time * each.time_base
            for each in streams
            if each.start_time is not None and each.time_base is not None
        ]
        self.start: Fraction | None = min(starts, default=None)
        self._streams = streams
        self._packets: Iterator[Packet[AudioStream]] = iter(())
        if file is not None and self._input is not None and streams:
            self._packets = packets_of(file, self._input, *streams)
        self._tracks: dict[int, _Track] = {}
        self._zero = Fraction(0)
        self._next: Packet[AudioStream] | None = None

    def add_to(self, output: OutputContainer, kind: VideoKind, *, zero: Fraction) -> None:
        """Add a stream for each audio stream of the file.

        Parameters
        ----------
        output : OutputContainer
            Nothing is written to it yet.
        kind : VideoKind
            What it is.
        zero : Fraction
            The time on the file's clock at which the new file begins, in seconds.
        """
        self._zero = zero
        takes = output.supported_codecs if kind.sounds is None else kind.sounds
        for stream in self._streams:
            codec = stream.codec_context.codec
            copies = codec.name in takes or codec.canonical_name in takes
            track = (
                _Copied(stream, output, zero) if copies else _Encoded(stream, output, kind, zero)
            )
            for key in _TOLD_APART_BY:
                if key in stream.metadata:
                    track.stream.metadata[key] = stream.metadata[key]
            self._tracks[stream.index] = track
        self._advance()

    def up_to(self, time: Fraction) -> Iterator[Packet[AudioStream]]:
        """Yield remaining packets that begin before a given time.

        Parameters
        ----------
        time : Fraction
            By the new file's clock, in seconds.
        """
        while self._next is not None and self._begins_before(self._next, time):
            yield from self._take(self._next)

    def rest(self) -> Iterator[Packet[AudioStream]]:
        """Yield all remaining packets."""
        while self._next is not None:
            yield from self._take(self._next)
        for track in self._tracks.values():
            yield from track.rest()

    def close(self) -> None:
        """Close the file."""
        if self._input is not None:
            self._input.close()

    def _begins_before(self, packet: Packet[AudioStream], time: Fraction) -> bool:
        begins = packet.pts if packet.dts is None else packet.dts
        return begins is None or begins * packet.time_base - self._zero < time

    def _take(self, packet: Packet[AudioStream]) -> Iterable[Packet[AudioStream]]:
        made = self._tracks[packet.stream.index].packets(packet)
        self._advance()
        return made

    def _advance(self) -> None:
        # An empty packet would tell a decoder that the stream has ended.
        self._next = next((each for each in self._packets if each.size), None)


class _Track(Protocol):
    stream: AudioStream

    def packets(self, packet: Packet[AudioStream]) -> list[Packet[AudioStream]]:
        """Convert one packet of the source file to packets of the new one."""

    def rest(self) -> list[Packet[AudioStream]]:
        """Encode what has not been encoded yet."""


class _Copied:
    def __init__(self, source: AudioStream, output: OutputContainer, zero: Fraction) -> None:
        self.stream = output.add_stream_from_template(source)
        self._zero = zero
        self._last: int | None = None

    def packets(self, packet: Packet[AudioStream]) -> list[Packet[AudioStream]]:
        shift = round(self._zero / packet.time_base)
        given = packet.pts if packet.dts is None else packet.dts
        dts = None if given is None else given - shift
        # Some files have timestamps that go backward, which no container accepts.
        if self._last is not None and (dts is None or dts <= self._last):
            dts = self._last + 1
        self._last = dts = dts or 0
        packet.pts = dts if packet.pts is None else max(packet.pts - shift, dts)
        packet.dts = dts
        packet.stream = self.stream
        return [packet]

    def rest(self) -> list[Packet[AudioStream]]:
        return []


class _Encoded:
    def __init__(
        self, source: AudioStream, output: OutputContainer, kind: VideoKind, zero: Fraction
    ) -> None:
        from av import Codec  # noqa: PLC0415 - an extra
        from av.error import InvalidDataError  # noqa: PLC0415

        self._damaged = InvalidDataError
        encoder = Codec(kind.sound_encoder, "w")
        rate = _nearest_rate(source.rate, encoder.audio_rates)
        self.stream = cast("AudioStream", output.add_stream(encoder.name, rate=rate))
        self.stream.layout = _layout(source)
        self.stream.bit_rate = _BITS_PER_CHANNEL * self.stream.channels
        self._source = source
        self._zero = zero

    def packets(self, packet: Packet[AudioStream]) -> list[Packet[AudioStream]]:
        try:
            frames = self._source.decode(packet)
        except self._damaged:
            # As with images: damaged packets are left out.
            return []
        return self._encoded(frames)

    def rest(self) -> list[Packet[AudioStream]]:
        try:
            frames = self._source.decode(None)
        except self._damaged:
            frames = []
        return [*self._encoded(frames), *self.stream.encode(None)]

    def _encoded(self, frames: Iterable[AudioFrame]) -> list[Packet[AudioStream]]:
        packets: list[Packet[AudioStream]] = []
        for frame in frames:
            if frame.pts is not None and frame.time_base is not None:
                frame.pts -= round(self._zero / frame.time_base)
            packets += self.stream.encode(frame)
        return packets


def _layout(source: AudioStream) -> str:
    name = source.layout.name
    if name in _SURROUND:
        return name
    return "mono" if source.channels == 1 else "stereo"


def _nearest_rate(rate: int, rates: Sequence[int] | None) -> int:
    """Return the lowest rate that loses nothing, or the highest available one."""
    if rates is None:
        return rate
    return min((each for each in rates if each >= rate), default=max(rates))
