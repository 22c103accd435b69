"""Video files of many containers and codecs, whole and damaged."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import av
import cv2
import numpy as np

from bodyseg_widgets.errors import BodySegError
from bodyseg_widgets.streaming.offline.sound import Sound
from bodyseg_widgets.streaming.sources import VideoFile
from tests.fuzz.open_files import none_left_open

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.fuzz.case import Case

_HEIGHT, _WIDTH, _FRAMES = 48, 64, 12
_MOST_READ: Final = 40
_KINDS: Final[tuple[tuple[str, str, str, dict[str, str]], ...]] = (
    ("mp4", "libx264", "yuv420p", {}),
    ("mp4", "libx264", "yuv420p", {"movflags": "faststart"}),
    ("mp4", "libx264", "yuv420p", {"movflags": "frag_keyframe+empty_moov"}),
    ("mov", "mpeg4", "yuv420p", {}),
    ("mov", "prores_ks", "yuv422p10le", {}),
    ("matroska", "ffv1", "bgr0", {}),
    ("matroska", "libx264", "yuv420p", {}),
    ("webm", "libvpx", "yuv420p", {}),
    ("webm", "libvpx-vp9", "yuv420p", {}),
    ("avi", "mjpeg", "yuvj420p", {}),
    ("avi", "mpeg4", "yuv420p", {}),
    ("mpegts", "mpeg2video", "yuv420p", {}),
    ("flv", "flv", "yuv420p", {}),
    ("gif", "gif", "rgb8", {}),
    ("h264", "libx264", "yuv420p", {}),
    ("mjpeg", "mjpeg", "yuvj420p", {}),
)


def try_one(case: Case) -> str:
    """Read a file to its end, and some frames by number, and its sound."""
    kind, data = case.random.choice(_files())
    whole = case.random.random() < 0.1
    if not whole:
        data = case.damaged(data, [each for _, each in _files()])
    file = case.folder / f"a.{case.random.choice(('mp4', 'avi', 'webm', 'bin'))}"
    file.write_bytes(data)
    with none_left_open():
        try:
            images = _read(file, case)
        except BodySegError:
            if whole:
                raise
            return "refused"
    if whole:
        assert len(images) == _FRAMES
    if whole or kind == "ffv1":
        _compare(file, images)
    return "read"


def _read(file: Path, case: Case) -> list[NDArray[np.uint8]]:
    video = VideoFile(file)
    try:
        assert video.rate > 0
        assert video.duration >= 0
        images = []
        while len(images) < _MOST_READ and (frame := video.read()) is not None:
            assert 0 <= frame.index < video.length
            assert np.isfinite(frame.time)
            images.append(frame.image)
        assert len({image.shape for image in images}) <= 1
        for _ in range(3):
            video.read_at(case.random.randrange(video.length))
    finally:
        video.close()
    sound = Sound(file)
    sound.close()
    return images


def _compare(file: Path, images: list[NDArray[np.uint8]]) -> None:
    """What OpenCV, with another FFmpeg, reads as well must be the same."""
    other = cv2.VideoCapture(str(file), cv2.CAP_FFMPEG)
    try:
        read, image = other.read()
    finally:
        other.release()
    if read and images and image.shape == images[0].shape:
        apart = np.abs(images[0].astype(int) - image[..., ::-1]).mean()
        assert apart < 6, f"another image than OpenCV's, by {apart:.1f}"


@cache
def _files() -> tuple[tuple[str, bytes], ...]:
    files = []
    with TemporaryDirectory() as folder:
        for kind in _KINDS:
            file = Path(folder) / "a"
            _encode(file, *kind)
            files.append((kind[1], file.read_bytes()))
    return tuple(files)


def _encode(file: Path, container: str, codec: str, pix_fmt: str, options: dict[str, str]) -> None:
    ramp = np.linspace(0, 200, _HEIGHT * _WIDTH).reshape(_HEIGHT, _WIDTH)
    with av.open(str(file), "w", format=container, options=options) as output:
        stream: Any = output.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = _WIDTH, _HEIGHT, pix_fmt
        stream.codec_context.gop_size = 5
        if container == "mov":
            stream.codec_context.sample_aspect_ratio = Fraction(4, 3)
        has_sound = container in {"mp4", "avi", "mpegts"}
        sound: Any = output.add_stream("mp2", rate=16000) if has_sound else None
        for number in range(_FRAMES):
            image = np.dstack([ramp, ramp[::-1], np.full_like(ramp, 20 * number)]).astype(np.uint8)
            output.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        output.mux(stream.encode(None))
        if sound is not None:
            samples = np.zeros((1, 8000), np.int16)
            frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
            frame.sample_rate = 16000
            output.mux([*sound.encode(frame), *sound.encode(None)])
