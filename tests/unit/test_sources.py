from __future__ import annotations

import gc
import random
import struct
import subprocess
import sys
import threading
import wave
import weakref
from collections import deque
from fractions import Fraction
from io import BytesIO
from types import SimpleNamespace
from typing import TYPE_CHECKING

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from bodyseg_widgets.errors import MissingDependencyError, RecordingError, SourceError
from bodyseg_widgets.streaming import Player
from bodyseg_widgets.streaming.sources import (
    ImageIterator,
    KernelCamera,
    StillImage,
    VideoFile,
    camera,
    open_source,
    video,
)
from bodyseg_widgets.streaming.sources.decoder import Decoder
from bodyseg_widgets.streaming.sources.frame_images import FrameImages
from bodyseg_widgets.streaming.sources.screen_colors import Curve, screen_colors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from bodyseg_widgets.streaming.sources import FrameSource, SourceFrame

WIDTH, HEIGHT, COUNT, RATE = 64, 48, 40, 25
BITS, BAR = 6, 10
# Encoders insert a keyframe wherever a frame differs from the previous one, unless told not to.
ONLY_AS_ASKED = {"mpeg4": {"sc_threshold": "1000000000"}, "libx264": {"sc_threshold": "0"}}
BLACK = np.zeros((4, 6, 3), np.uint8)


def numbered(number: int) -> np.ndarray:
    """Return an image with its number as bars, one per bit: white is 1."""
    picture = np.full((HEIGHT, WIDTH, 3), 16, np.uint8)
    for bit in range(BITS):
        if number >> bit & 1:
            picture[:, bit * BAR : (bit + 1) * BAR] = 235
    return picture


def number_in(picture: SourceFrame) -> int:
    middles = picture.image[HEIGHT // 2, BAR // 2 : BITS * BAR : BAR, 1]
    return sum(1 << bit for bit, level in enumerate(middles) if level > 127)


def all_of(source: FrameSource) -> list[SourceFrame]:
    return list(iter(source.read, None))


def write_video(
    path: Path,
    codec: str = "mpeg4",
    *,
    pix_fmt: str = "yuv420p",
    gop: int = 12,
    b_frames: int = 0,
    rate: int = RATE,
    muxer: dict[str, str] | None = None,
    change: Callable[[bytes], bytes] | None = None,
    paint: Callable[[int], np.ndarray] = numbered,
) -> Path:
    """Write COUNT frames; `change` modifies packet 5."""
    with av.open(str(path), "w", options=muxer or {}) as container:
        stream = container.add_stream(codec, rate=rate, options=ONLY_AS_ASKED.get(codec, {}))
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, pix_fmt
        stream.codec_context.gop_size = gop
        stream.codec_context.max_b_frames = b_frames
        frames = [av.VideoFrame.from_ndarray(paint(each), format="rgb24") for each in range(COUNT)]
        packets = [packet for each in (*frames, None) for packet in stream.encode(each)]
        for number, packet in enumerate(packets):
            container.mux(changed(packet, change) if change and number == 5 else packet)
    return path


def changed(packet: av.Packet, change: Callable[[bytes], bytes]) -> av.Packet:
    copy = av.Packet(change(bytes(packet)))
    copy.stream, copy.time_base = packet.stream, packet.time_base
    copy.pts, copy.dts, copy.duration = packet.pts, packet.dts, packet.duration
    return copy


def kind(
    name: str, codec: str, *, what: str, gop: int = 12, b_frames: int = 0, pix_fmt: str = "yuv420p"
) -> object:
    options = {"codec": codec, "gop": gop, "b_frames": b_frames, "pix_fmt": pix_fmt}
    return pytest.param(name, options, id=what)


KINDS = [
    kind("clip.mp4", "mpeg4", gop=300, what="one key picture"),
    kind("clip.mp4", "mpeg4", b_frames=2, what="B pictures"),
    kind("clip.mkv", "ffv1", pix_fmt="bgr0", what="lossless"),
    kind("clip.avi", "mjpeg", pix_fmt="yuvj420p", what="key pictures only"),
    kind("clip.avi", "mpeg4", b_frames=2, what="AVI, which knows no times"),
    kind("clip.ts", "mpeg2video", b_frames=2, what="transport stream"),
    kind("clip.webm", "libvpx", what="VP8"),
    kind("clip.mp4", "libx264", gop=300, b_frames=2, what="H.264"),
    kind("clip.avi", "libx264", b_frames=2, what="H.264 in AVI"),
    kind("clip.h264", "libx264", b_frames=2, what="H.264 without a container"),
]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_video(tmp_path / "clip.mp4", gop=300)


@pytest.mark.parametrize(("name", "options"), KINDS)
def test_a_video_gives_every_picture_once_and_in_order(
    tmp_path: Path, name: str, options: dict[str, object]
) -> None:
    source = VideoFile(write_video(tmp_path / name, **options))
    pictures = all_of(source)
    assert [number_in(each) for each in pictures] == list(range(COUNT))
    assert [each.index for each in pictures] == list(range(COUNT))
    assert [each.time for each in pictures] == pytest.approx(np.arange(COUNT) / RATE)
    assert (source.label, source.rate, source.length) == (name, pytest.approx(RATE), COUNT)
    source.close()


@pytest.mark.parametrize(("name", "options"), KINDS)
def test_a_picture_asked_for_by_number_is_that_picture_to_the_bit(
    tmp_path: Path, name: str, options: dict[str, object]
) -> None:
    source = VideoFile(write_video(tmp_path / name, **options))
    in_order = all_of(source)
    numbers = [*range(COUNT), *reversed(range(COUNT))]
    numbers += random.Random(0).choices(range(COUNT), k=COUNT)  # noqa: S311
    for number in numbers:
        picture = source.read_at(number)
        assert (picture.index, picture.time) == (number, in_order[number].time)
        np.testing.assert_array_equal(picture.image, in_order[number].image)
    source.close()


def test_lossless_pictures_are_those_that_were_written(tmp_path: Path) -> None:
    source = VideoFile(write_video(tmp_path / "clip.mkv", "ffv1", pix_fmt="bgr0"))
    for number in (3, 30, 4):
        np.testing.assert_array_equal(source.read_at(number).image, numbered(number))
    source.close()


def test_reading_goes_on_after_the_picture_that_was_asked_for(clip: Path) -> None:
    source = VideoFile(clip)
    for number in (20, 5, 5, COUNT - 2):
        source.read_at(number)
        assert source.read().index == number + 1
    assert source.read() is None
    assert source.read_at(0).index == 0
    source.close()


def test_a_step_forward_searches_nothing_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = VideoFile(write_video(tmp_path / "clip.mp4", gop=5))
    source.read_at(7)
    monkeypatch.setattr(Decoder, "begin_at", lambda *_: pytest.fail("searched"))
    monkeypatch.setattr(Decoder, "restart", lambda *_: pytest.fail("began again"))
    assert [source.read_at(number).index for number in range(8, COUNT)] == list(range(8, COUNT))
    source.close()


def test_steps_back_decode_each_stretch_once_however_far_the_key_picture_is(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video, "KEPT_PICTURES", 10)
    source = VideoFile(clip)
    decoded = []
    decode = Decoder.next
    monkeypatch.setattr(Decoder, "next", lambda self: decoded.append(1) or decode(self))
    for number in reversed(range(COUNT)):
        assert number_in(source.read_at(number)) == number
    # One was decoded when opening it; after that, up to 39, 29, 19 and 9 in four runs.
    assert len(decoded) == 39 + 30 + 20 + 10
    source.close()


def test_no_more_pictures_are_kept_than_there_is_memory_for(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video, "KEPT_BYTES", 3 * WIDTH * HEIGHT * 2)
    source = VideoFile(clip)
    for number in (0, 20, 19, 39, 38):
        assert number_in(source.read_at(number)) == number
        assert source._kept_bytes <= video.KEPT_BYTES
    source.close()


def test_a_file_that_cannot_be_searched_is_read_from_its_beginning(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Decoder, "begin_at", lambda *_: False)
    monkeypatch.setattr(video, "KEPT_PICTURES", 1)
    source = VideoFile(clip)
    assert [number_in(source.read_at(number)) for number in (30, 3, 29)] == [30, 3, 29]
    source.close()


def test_a_picture_that_is_only_there_to_make_others_is_not_counted(tmp_path: Path) -> None:
    def hide(packet: bytes) -> bytes:
        return bytes([packet[0] & ~0x10]) + packet[1:]

    source = VideoFile(write_video(tmp_path / "clip.webm", "libvpx", change=hide))
    assert source.length == COUNT - 1
    shown = [number for number in range(COUNT) if number != 5]
    assert [number_in(each) for each in all_of(source)] == shown
    assert [number_in(source.read_at(number)) for number in (30, 5, 4)] == [31, 6, 4]
    source.close()


def _corners(_: int) -> np.ndarray:
    """1 2 above 3 4, as levels of gray."""
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    for number, (row, column) in enumerate(np.ndindex(2, 2)):
        rows, columns = slice(row * HEIGHT // 2, None), slice(column * WIDTH // 2, None)
        picture[rows, columns] = 50 * (number + 1)
    return picture


@pytest.mark.parametrize(
    ("matrix", "seen"),
    [
        pytest.param((1, 0, 0, 1), [[1, 2], [3, 4]], id="as it is"),
        pytest.param((0, 1, -1, 0), [[3, 1], [4, 2]], id="a quarter turn clockwise"),
        pytest.param((-1, 0, 0, -1), [[4, 3], [2, 1]], id="upside down"),
        pytest.param((0, -1, 1, 0), [[2, 4], [1, 3]], id="a quarter turn counterclockwise"),
        pytest.param((-1, 0, 0, 1), [[2, 1], [4, 3]], id="mirrored"),
        pytest.param((1, 0, 0, -1), [[3, 4], [1, 2]], id="upside down, mirrored"),
        pytest.param((0, 1, 1, 0), [[1, 3], [2, 4]], id="transposed"),
        pytest.param((0, -1, -1, 0), [[4, 2], [3, 1]], id="transposed the other way"),
    ],
)
def test_a_video_is_turned_and_mirrored_as_it_is_to_be_seen(
    tmp_path: Path, matrix: tuple[int, int, int, int], seen: list[list[int]]
) -> None:
    path = write_video(tmp_path / "clip.mp4", paint=_corners)
    content = bytearray(path.read_bytes())
    a, b, c, d = (each << 16 for each in matrix)
    # ISO 14496-12.
    struct.pack_into(">9i", content, content.index(b"tkhd") + 44, a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(content)
    source = VideoFile(path)
    image = source.read().image
    source.close()
    height, width, _ = image.shape
    assert (height, width) == ((HEIGHT, WIDTH) if matrix[0] else (WIDTH, HEIGHT))
    quarters = image[height // 4 :: height // 2, width // 4 :: width // 2, 0]
    assert np.rint(quarters / 50).tolist() == seen


@pytest.mark.parametrize(
    ("aspect", "size"),
    [(Fraction(2), (HEIGHT, 2 * WIDTH)), (Fraction(3, 4), (HEIGHT * 4 // 3, WIDTH))],
)
def test_pixels_are_square(tmp_path: Path, aspect: Fraction, size: tuple[int, int]) -> None:
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.sample_aspect_ratio = aspect
        for number in range(3):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(numbered(number))))
        container.mux(stream.encode(None))
    source = VideoFile(path)
    assert [each.image.shape[:2] for each in all_of(source)] == [size] * 3
    source.close()


def test_pixels_that_would_be_too_many_when_they_are_square_are_refused() -> None:
    first = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
    with pytest.raises(SourceError, match=r"each is 1000 times as wide as high, .*Is the file"):
        FrameImages(first, Fraction(1000), "clip.mp4")


def test_a_size_that_changes_in_the_middle_is_fitted_into_the_first_one() -> None:
    images = FrameImages(av.VideoFrame(64, 48, "rgb24"), Fraction(1), "clip.webm")
    for width, height, above, left in ((128, 96, 0, 0), (160, 90, 6, 0), (30, 60, 0, 20)):
        frame = av.VideoFrame.from_ndarray(np.full((height, width, 3), 200, np.uint8))
        image = images.image(frame)
        assert image.shape == (48, 64, 3)
        inner = image[above : 48 - above, left : 64 - left]
        assert inner.min() > 195
        assert image.sum() == inner.sum()


def _gray_frame(code: float, *, transfer: int) -> av.VideoFrame:
    """A frame of BT.2020 with 10 bits, as phones record it."""
    frame = av.VideoFrame(64, 48, "yuv420p10le")
    levels = (round((code * 219 + 16) * 4), 512, 512)
    for plane, level in zip(frame.planes, levels, strict=True):
        plane.update(np.full(plane.buffer_size // 2, level, np.uint16).tobytes())
    frame.colorspace, frame.color_range = 9, 1
    frame.color_trc, frame.color_primaries = transfer, 9
    return frame


@pytest.mark.parametrize(
    ("transfer", "code", "level"),
    [
        pytest.param(16, 0.0, 0, id="PQ, black"),
        # Rep. ITU-R BT.2408: of a scene, gray of 18 % and white.
        pytest.param(16, 0.38, 118, id="PQ, gray"),
        pytest.param(16, 0.58, 236, id="PQ, white"),
        pytest.param(16, 0.75, 255, id="PQ, 1000 cd/m2"),
        pytest.param(18, 0.38, 118, id="HLG, gray"),
        pytest.param(18, 0.75, 236, id="HLG, white"),
        pytest.param(18, 1.0, 255, id="HLG, the brightest"),
        pytest.param(14, 0.5, 128, id="BT.2020 without high dynamic range"),
    ],
)
def test_high_dynamic_range_is_shown_as_an_ordinary_camera_would_have_recorded_it(
    transfer: int, code: float, level: int
) -> None:
    frame = _gray_frame(code, transfer=transfer)
    image = FrameImages(frame, Fraction(1), "clip.mov").image(frame)
    np.testing.assert_allclose(image, level, atol=2)


def test_colors_of_a_wide_gamut_become_those_of_a_screen() -> None:
    # Of sRGB: pure red, and a color of skin, with the primaries of BT.2020.
    light = {(255, 0, 0): (0.6274, 0.0691, 0.0164), (224, 172, 140): (0.6043, 0.4323, 0.2850)}
    for color, wide in light.items():
        code = [
            12.92 * each if each < 0.0031308 else 1.055 * each ** (1 / 2.4) - 0.055 for each in wide
        ]
        image = np.full((2, 2, 3), np.rint(np.multiply(code, 65535)), np.uint16)
        np.testing.assert_allclose(screen_colors(image, Curve.WIDE)[0, 0], color, atol=2)


@pytest.mark.parametrize(("colors", "name"), [(14, "ICtCp"), (15, "IPT-C2, as Dolby Vision does")])
def test_colors_that_cannot_be_converted_are_refused(colors: int, name: str) -> None:
    frame = _gray_frame(0.5, transfer=16)
    frame.colorspace = colors
    with pytest.raises(SourceError, match=rf"stored as {name}\. Convert it to an ordinary video"):
        FrameImages(frame, Fraction(1), "clip.mp4")


@pytest.mark.parametrize(
    ("name", "codec", "pix_fmt"),
    [
        ("clip.mkv", "ffv1", "bgr0"),
        ("clip.mp4", "mjpeg", "yuvj420p"),
    ],
)
def test_a_file_that_becomes_shorter_while_it_is_read_is_an_error(
    tmp_path: Path, name: str, codec: str, pix_fmt: str
) -> None:
    # So that the file is larger than what FFmpeg reads at once.
    noise = np.random.default_rng(0).integers(0, 255, (COUNT, HEIGHT, WIDTH, 3), np.uint8)
    path = write_video(tmp_path / name, codec, pix_fmt=pix_fmt, paint=lambda number: noise[number])
    source = VideoFile(path)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size * 2 // 3)
    with pytest.raises(SourceError, match=rf"ended after \d+ of {COUNT} frames: the file was cut"):
        all_of(source)
    source.close()


@pytest.mark.parametrize("name", ["clip.mp4", "clip.avi"])
def test_a_file_that_is_shorter_than_it_says_counts_as_damaged(
    tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    options = {"movflags": "faststart"} if name.endswith("mp4") else {}
    path = write_video(tmp_path / name, muxer=options)
    whole = VideoFile(path)
    assert whole.damaged == 0
    whole.close()
    assert caplog.text == ""
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size * 2 // 3)
    source = VideoFile(path)
    assert source.damaged == 1
    source.close()
    assert f"'{name}' has damaged parts (1)" in caplog.text


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.ts", "clip.h264"])
def test_a_video_knows_how_long_it_is(tmp_path: Path, name: str) -> None:
    source = VideoFile(write_video(tmp_path / name, "libx264", b_frames=2))
    assert float(source.duration) == pytest.approx(COUNT / RATE, abs=0.002)
    source.close()


def test_two_frames_may_be_hours_apart(tmp_path: Path) -> None:
    path = tmp_path / "clip.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=1)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "bgr0"
        for hours in (0, 10):
            frame = av.VideoFrame.from_ndarray(numbered(hours))
            frame.pts, frame.time_base = 3600 * hours, Fraction(1)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    source = VideoFile(path)
    assert [each.time for each in all_of(source)] == [0, 36000]
    assert source.duration >= 36000
    source.close()


def test_a_video_knows_when_it_begins_by_the_clock_of_its_sound(tmp_path: Path) -> None:
    path = tmp_path / "clip.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(3):
            frame = av.VideoFrame.from_ndarray(numbered(number))
            frame.pts, frame.time_base = 20 + number, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    source = VideoFile(path)
    assert (source.start, source.time_base) == (Fraction(20, RATE), Fraction(1, 1000))
    assert source.read().time == 0
    source.close()


def test_a_file_cut_in_the_middle_has_the_pictures_that_are_whole(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mp4", muxer={"movflags": "faststart"})
    content = path.read_bytes()
    begin = content.index(b"mdat")
    path.write_bytes(content[: begin + (len(content) - begin) // 2])
    source = VideoFile(path)
    assert 5 < source.length < COUNT - 5
    assert [number_in(each) for each in all_of(source)] == list(range(source.length))
    assert number_in(source.read_at(source.length - 1)) == source.length - 1
    source.close()


@pytest.fixture
def damaged(tmp_path: Path) -> VideoFile:
    """Frame 5 cannot be decoded."""
    path = tmp_path / "damaged.avi"
    write_video(path, "mjpeg", pix_fmt="yuvj420p", change=lambda packet: bytes(len(packet)))
    return VideoFile(path)


def test_a_damaged_picture_is_left_out_and_the_numbers_show_it(damaged: VideoFile) -> None:
    assert damaged.length == COUNT
    read = all_of(damaged)
    assert [each.index for each in read] == [number for number in range(COUNT) if number != 5]
    assert [number_in(each) for each in read] == [each.index for each in read]
    damaged.close()


def test_damaged_frames_are_counted_once_and_said_when_the_video_is_closed(
    damaged: VideoFile, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        damaged.read_at(0)
        all_of(damaged)
    damaged.close()
    assert "'damaged.avi' has damaged parts (1): frames are missing" in caplog.text


def test_a_player_says_how_many_parts_of_its_video_are_damaged(damaged: VideoFile) -> None:
    player = Player(damaged, size=(640, 480), loop=False)
    assert player.damaged == 0
    all_of(damaged)
    assert player.damaged == 1
    player.close()
    still = Player(ImageIterator([np.zeros((4, 6, 3), np.uint8)]), size=(640, 480))
    assert still.damaged == 0
    still.close()


def test_steps_over_a_damaged_picture_go_on_in_their_direction(damaged: VideoFile) -> None:
    forth = [damaged.read_at(number).index for number in (4, 5)]
    back = [damaged.read_at(number).index for number in (6, 5)]
    assert (forth, back) == ([4, 6], [6, 4])
    damaged.close()


def test_a_closed_video_ends(clip: Path) -> None:
    source = VideoFile(clip)
    source.close()
    source.close()
    assert source.read() is None
    with pytest.raises(SourceError, match=r"'clip\.mp4' is closed\. Open it again\."):
        source.read_at(0)


def test_a_closed_video_leaves_its_memory_at_once(clip: Path) -> None:
    source = VideoFile(clip)
    source.read()
    decoder = weakref.ref(source._decoder)
    gc.disable()
    try:
        source.close()
        del source
        assert decoder() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("number", [-1, COUNT])
def test_a_number_that_no_picture_has_says_which_there_are(clip: Path, number: int) -> None:
    source = VideoFile(clip, label="My clip")
    with pytest.raises(SourceError, match=rf"frame {number} in 'My clip': .* 0 to 39\."):
        source.read_at(number)
    source.close()


def test_without_pyav_the_message_says_what_to_install(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingDependencyError, match=r"bodyseg-widgets\[video\]"):
        VideoFile(clip)


def write_sound(path: Path) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(8000))
    return path


def write_sound_with_a_cover(path: Path) -> Path:
    cover = BytesIO()
    Image.new("RGB", (8, 8)).save(cover, "JPEG")
    tag = b"\0image/jpeg\0\3\0" + cover.getvalue()
    tag = b"APIC" + struct.pack(">I", len(tag)) + b"\0\0" + tag
    size = bytes((len(tag) >> (7 * place)) & 0x7F for place in (3, 2, 1, 0))
    # A silent frame of MPEG 1 layer III: 128 kbit/s at 44.1 kHz.
    silence = b"\xff\xfb\x90\x64" + bytes(413)
    path.write_bytes(b"ID3\3\0\0" + size + tag + 50 * silence)
    return path


def test_a_file_with_sound_only_says_so(tmp_path: Path) -> None:
    for path in (write_sound(tmp_path / "a.wav"), write_sound_with_a_cover(tmp_path / "a.mp3")):
        with pytest.raises(SourceError, match=rf"'{path.name}' has only sound .* no video"):
            VideoFile(path)


def test_a_video_without_its_table_of_contents_says_that_it_is_cut_off(clip: Path) -> None:
    content = clip.read_bytes()
    contents = content.index(b"moov") - 4
    for end in (contents, contents + 200):
        clip.write_bytes(content[:end])
        with pytest.raises(
            SourceError, match=r"'clip\.mp4' is truncated .* \('moov'\) .*record it"
        ):
            VideoFile(clip)


def test_a_video_with_an_unknown_codec_says_so(tmp_path: Path) -> None:
    path = write_video(tmp_path / "clip.mkv", "ffv1", pix_fmt="bgr0")
    path.write_bytes(path.read_bytes().replace(b"FFV1", b"ZZZZ").replace(b"V_FFV1", b"V_ZZZZ"))
    with pytest.raises(SourceError, match=r"Matroska / WebM with an unsupported codec"):
        VideoFile(path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("noise.mp4", bytes(range(256)) * 40, r"'noise\.mp4' is not a supported video or image"),
        ("notes.txt", b"some words\n" * 90, r"'notes\.txt' .* \(it is text\)\. What usually works"),
        ("list.m3u8", b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n", r"'list\.m3u8' is no"),
        ("photo.heic", b"\0\0\0\x18ftypheic" + bytes(99), r"a HEIF image .* Save it as a JPEG"),
        ("burst.heic", b"\0\0\0\x18ftyphevc" + bytes(99), r"a HEIF image .* Save it as a JPEG"),
        ("empty.mp4", b"", r"empty\.mp4' is empty: it has 0 bytes"),
    ],
)
def test_what_is_no_video_says_what_it_is(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SourceError, match=message):
        open_source(path)


@pytest.mark.parametrize(
    "text",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nclip.ts\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile clip.ts\n",
    ],
)
def test_a_playlist_opens_no_other_file(tmp_path: Path, text: str) -> None:
    write_video(tmp_path / "clip.ts", "mpeg2video")
    (tmp_path / "list.mp4").write_text(text)
    with pytest.raises(SourceError, match=r"'list\.mp4' is not a supported video .*it is text"):
        VideoFile(tmp_path / "list.mp4")


def test_a_missing_file_and_a_folder_say_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"There is no file .*absent\.mp4"):
        VideoFile(tmp_path / "absent.mp4")
    with pytest.raises(SourceError, match=r"is a folder. Choose a file in it"):
        VideoFile(tmp_path)


# Images


def test_a_still_picture_is_given_again_and_again_half_a_second_apart() -> None:
    still = StillImage(BLACK)
    given = [still.read() for _ in range(3)]
    assert [(each.index, each.time) for each in given] == [(0, 0.0), (0, 0.5), (0, 1.0)]
    np.testing.assert_array_equal(given[2].image, BLACK)
    assert (still.label, still.rate, still.length) == ("Picture", 2, 1)


def test_a_still_picture_has_number_0_only() -> None:
    still = StillImage(BLACK)
    assert still.read_at(0).time < still.read_at(0).time
    with pytest.raises(SourceError, match=r"no frame 1 .* a single image, numbered 0"):
        still.read_at(1)


def test_a_still_picture_is_not_painted_over() -> None:
    array = BLACK.copy()
    still = StillImage(array)
    array[:] = 255
    assert still.read().image.max() == 0


def test_a_picture_file_is_called_by_its_name(tmp_path: Path) -> None:
    Image.fromarray(BLACK).save(tmp_path / "black.png")
    assert StillImage(tmp_path / "black.png").label == "black.png"
    assert StillImage(tmp_path / "black.png", label="Nothing").label == "Nothing"


def test_a_closed_still_picture_ends() -> None:
    still = StillImage(BLACK)
    still.close()
    still.close()
    assert still.read() is None
    with pytest.raises(SourceError, match="is closed"):
        still.read_at(0)


def test_a_file_that_is_no_picture_says_so(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("some words")
    with pytest.raises(SourceError, match="is not an image"):
        StillImage(tmp_path / "notes.txt")


# Python's own images


def grays(count: int) -> list[np.ndarray]:
    return [np.full((4, 6), level, np.uint8) for level in range(count)]


def test_an_iterator_gives_its_pictures_until_it_ends() -> None:
    source = ImageIterator(iter(grays(3)), rate=10)
    assert (source.label, source.rate, source.length) == ("Python frames", 10, None)
    given = all_of(source)
    assert [(each.index, each.time, each.image[0, 0, 0]) for each in given] == [
        (0, 0.0, 0),
        (1, 0.1, 1),
        (2, 0.2, 2),
    ]
    assert source.read() is None
    source.close()


def test_pictures_as_they_come_begin_at_time_0() -> None:
    source = ImageIterator(iter(grays(2)))
    first, second = source.read(), source.read()
    assert (source.rate, first.time) == (None, 0.0)
    assert second.time >= 0
    source.close()


def test_an_iterator_is_asked_only_for_what_is_wanted() -> None:
    asked = []
    source = ImageIterator(asked.append(1) or each for each in grays(5))
    source.read()
    source.read()
    source.close()
    assert len(asked) == 2


@pytest.mark.parametrize(
    "pictures", [grays(5), tuple(grays(5)), deque(grays(5)), np.stack(grays(5))[..., None]]
)
def test_pictures_that_are_there_all_at_once_can_be_sought_in(pictures: Iterable[object]) -> None:
    source = ImageIterator(pictures)
    assert (source.length, source.rate) == (5, 30)
    assert source.read_at(3).image[0, 0, 0] == 3
    assert [each.index for each in all_of(source)] == [4]
    assert source.read_at(3).time == pytest.approx(0.1)
    with pytest.raises(SourceError, match=r"no frame 5 .* numbered from 0 to 4"):
        source.read_at(5)
    source.close()
    assert source.read() is None
    with pytest.raises(SourceError, match="is closed"):
        source.read_at(0)


def test_an_iterator_cannot_be_sought_in() -> None:
    with pytest.raises(SourceError, match=r"cannot go to frame 2. Pass a list"):
        ImageIterator(iter(grays(3))).read_at(2)


def test_code_may_paint_every_picture_into_the_same_array() -> None:
    def painted() -> Iterator[np.ndarray]:
        array = BLACK.copy()
        for level in range(3):
            array[:] = level
            yield array

    source = ImageIterator(painted())
    assert [each.image.max() for each in all_of(source)] == [0, 1, 2]
    source.close()


@pytest.mark.parametrize("raised", [ValueError("no light"), SystemExit("no light")])
def test_what_the_code_raises_is_told_with_the_number_of_the_picture(
    raised: BaseException,
) -> None:
    def failing() -> Iterator[np.ndarray]:
        yield BLACK
        raise raised

    source = ImageIterator(failing(), label="Microscope")
    source.read()
    expected = f"Frame 1 of 'Microscope' could not be read: {type(raised).__name__}: no light"
    with pytest.raises(SourceError, match=expected) as caught:
        source.read()
    assert caught.value.__cause__ is raised
    assert source.read() is None
    source.close()


def test_a_sequence_that_fails_is_told_with_the_number_of_the_picture() -> None:
    class Failing:
        def __len__(self) -> int:
            return 9

        def __getitem__(self, number: int) -> np.ndarray:
            raise KeyError(number)

    with pytest.raises(SourceError, match=r"Frame 7 .* KeyError: 7"):
        ImageIterator(Failing()).read_at(7)


@pytest.mark.parametrize(
    ("wrong", "reason"), [(BLACK / 255, "float64"), (BLACK[0, 0], r"\(3,\)"), (None, "NoneType")]
)
def test_a_wrong_picture_is_told_with_its_number(wrong: object, reason: str) -> None:
    for pictures in ([BLACK, wrong, BLACK], iter([BLACK, wrong, BLACK])):
        source = ImageIterator(pictures)
        source.read()
        with pytest.raises(SourceError, match=rf"Frame 1 of .* is not a usable image: .*{reason}"):
            source.read()
        assert source.read().index == 2
        source.close()


def test_closing_does_not_wait_for_an_iterator_that_blocks() -> None:
    asked, released = threading.Event(), threading.Event()

    def blocking() -> Iterator[np.ndarray]:
        asked.set()
        released.wait()
        yield BLACK

    source = ImageIterator(blocking(), label="stuck")
    given = []
    reader = threading.Thread(target=lambda: given.append(source.read()))
    reader.start()
    asked.wait()
    source.close()
    reader.join()
    assert given == [None]
    (asking,) = (each for each in threading.enumerate() if each.name == "bodyseg-stuck")
    released.set()
    asking.join()


@pytest.mark.parametrize(
    ("pictures", "message"),
    [
        (BLACK, r"shape \(N, H, W, 3\), but got \(4, 6, 3\)\. StillImage takes one"),
        ([], "has no images: its length is 0"),
        ("clip.mp4", "but got str. open_source opens files"),
        ({0: BLACK}, "but got dict"),
        (3, "but got int"),
    ],
)
def test_what_are_no_pictures_says_what_to_give(pictures: object, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        ImageIterator(pictures)


def test_a_rate_is_above_0() -> None:
    with pytest.raises(SourceError, match="rate above 0 frames per second, but got 0"):
        ImageIterator(grays(2), rate=0)


# Cameras of the kernel's machine


class FakeCapture:
    """A fake cv2.VideoCapture: returns what the test puts in, and waits for it."""

    def __init__(self) -> None:
        self.asked_for: dict[int, float] = {}
        self.opens = True
        self._changed = threading.Condition()
        self._coming: deque[np.ndarray | None] = deque()
        self._left = 0
        self.is_unplugged = False
        self.is_released = threading.Event()

    def __call__(self, device: int | str) -> FakeCapture:
        self.device = device
        return self

    def isOpened(self) -> bool:  # noqa: N802
        return self.opens

    def set(self, option: int, value: float) -> None:
        self.asked_for[option] = value

    def get(self, _: int) -> float:
        return -1

    def show(self, *pictures: np.ndarray | None) -> None:
        """Feed the camera these frames (None: damaged), and wait until all of them were read."""
        with self._changed:
            self._coming.extend(pictures)
            self._changed.notify_all()
            # It asks for another frame once it has stored the last.
            self._changed.wait_for(lambda: not self._coming and self._left == 0)

    def unplug(self) -> None:
        with self._changed:
            self.is_unplugged = True
            self._changed.notify_all()

    def grab(self) -> bool:
        with self._changed:
            self._left = 0
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._coming or self.is_unplugged)
            if not self._coming:
                return False
            self._left = 1
            self._taken = self._coming.popleft()
            return True

    def retrieve(self) -> tuple[bool, np.ndarray | None]:
        return self._taken is not None, self._taken

    def release(self) -> None:
        with self._changed:
            self._left = 0
            self._changed.notify_all()
        self.is_released.set()


@pytest.fixture
def capture(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCapture]:
    fake = FakeCapture()
    monkeypatch.setattr(cv2, "VideoCapture", fake)
    monkeypatch.setattr(camera, "_camera_numbers", lambda: [0, 2])
    yield fake
    fake.unplug()


def test_a_camera_gives_its_newest_picture_only(capture: FakeCapture) -> None:
    source = KernelCamera(2, width=320, height=240, rate=15)
    capture.show(*(np.full((4, 6, 3), level, np.uint8) for level in (1, 2, 3)))
    newest = source.read()
    assert (newest.index, newest.image.max()) == (2, 3)
    assert (source.label, source.rate, source.length) == ("Camera 2", None, None)
    assert capture.asked_for == {
        cv2.CAP_PROP_FRAME_WIDTH: 320,
        cv2.CAP_PROP_FRAME_HEIGHT: 240,
        cv2.CAP_PROP_FPS: 15,
    }


def test_reading_a_camera_waits_for_a_picture_that_was_not_given(capture: FakeCapture) -> None:
    source = KernelCamera()
    capture.show(BLACK)
    source.read()
    given = []
    reader = threading.Thread(target=lambda: given.append(source.read()))
    reader.start()
    capture.show(BLACK + np.uint8(7))
    reader.join()
    assert [(each.index, each.image.max()) for each in given] == [(1, 7)]
    assert given[0].time >= 0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The camera's clock, which stands still unless a test moves it."""
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(camera, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def test_a_camera_that_nobody_reads_is_off_until_somebody_does(
    capture: FakeCapture, clock: SimpleNamespace
) -> None:
    source = KernelCamera(width=320, patience=3)
    capture.show(BLACK)
    assert source.read().index == 0
    clock.now += 4
    capture.asked_for.clear()
    capture.show(BLACK)
    assert capture.is_released.wait(10)
    # It is opened as it was before, and what it saw in between is gone.
    read = []
    reader = threading.Thread(target=lambda: read.append(source.read()))
    reader.start()
    capture.show(BLACK + np.uint8(7))
    reader.join()
    assert capture.asked_for[cv2.CAP_PROP_FRAME_WIDTH] == 320
    assert [each.image.max() for each in read] == [7]
    source.close()


def test_a_camera_that_another_program_took_meanwhile_says_so(
    capture: FakeCapture, clock: SimpleNamespace
) -> None:
    source = KernelCamera(patience=3)
    clock.now += 4
    capture.opens = False
    capture.show(BLACK)
    assert capture.is_released.wait(10)
    with pytest.raises(SourceError, match="another program using it"):
        source.read()


def test_a_cameras_pictures_are_rgb(capture: FakeCapture) -> None:
    blue_of_opencv = BLACK.copy()
    blue_of_opencv[..., 0] = 255
    source = KernelCamera()
    capture.show(blue_of_opencv)
    assert source.read().image[0, 0].tolist() == [0, 0, 255]


def test_a_camera_that_is_unplugged_says_so_after_its_last_picture(capture: FakeCapture) -> None:
    source = KernelCamera()
    capture.show(BLACK, BLACK)
    capture.unplug()
    assert source.read().index == 1
    with pytest.raises(SourceError, match=r"camera number 0 .* after 2\. Was it unplugged"):
        source.read()
    assert capture.is_released.is_set()


def test_a_damaged_picture_of_a_camera_is_left_out(capture: FakeCapture) -> None:
    source = KernelCamera()
    capture.show(None, BLACK)
    assert source.read().index == 0


def test_a_camera_that_gives_damaged_pictures_only_counts_as_broken(capture: FakeCapture) -> None:
    source = KernelCamera()
    capture.show(*[None] * (camera.MAX_DAMAGED - 1))
    capture._coming.append(None)
    capture.unplug()
    with pytest.raises(SourceError, match="after 0"):
        source.read()


def test_closing_a_camera_ends_its_thread_and_whoever_waits(capture: FakeCapture) -> None:
    source = KernelCamera(label="closing")
    given = []
    reader = threading.Thread(target=lambda: given.append(source.read()))
    reader.start()
    closing = threading.Thread(target=source.close)
    closing.start()
    reader.join()
    assert given == [None]
    capture.unplug()
    closing.join()
    source.close()
    assert capture.is_released.is_set()
    assert "bodyseg-closing" not in [each.name for each in threading.enumerate()]
    assert source.read() is None


def test_a_camera_that_another_program_uses_says_so(capture: FakeCapture) -> None:
    capture.opens = False
    with pytest.raises(SourceError, match=r"camera number 0 .* cannot be opened. Is another"):
        KernelCamera()
    assert capture.is_released.is_set()


def test_a_camera_that_is_not_there_names_those_that_are(
    capture: FakeCapture, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SourceError, match=r"no camera number 3 .* \(available: 0, 2\)"):
        KernelCamera(3)
    assert capfd.readouterr().err == ""
    assert not hasattr(capture, "device")


def test_where_cameras_are_not_listed_opencv_is_asked(
    capture: FakeCapture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera, "_camera_numbers", lambda: None)
    capture.opens = False
    with pytest.raises(SourceError, match=r"camera number 3 .* cannot be opened"):
        KernelCamera(3)
    with pytest.raises(SourceError, match=r"no camera number -1 on the kernel's computer\. "):
        KernelCamera(-1)


def test_the_listed_cameras_are_those_that_linux_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("video0", "video10", "video2", "video-codec", "null"):
        (tmp_path / name).touch()
    monkeypatch.setattr(camera, "_DEVICES", tmp_path)
    monkeypatch.setattr(camera.sys, "platform", "linux")
    assert camera._camera_numbers() == [0, 2, 10]
    monkeypatch.setattr(camera.sys, "platform", "darwin")
    assert camera._camera_numbers() is None


def test_a_camera_path_that_is_not_there_says_so() -> None:
    with pytest.raises(SourceError, match=r"no camera '/dev/no-such-camera' .*Webcam\(\)"):
        KernelCamera("/dev/no-such-camera")


def test_a_camera_cannot_be_sought_in(capture: FakeCapture) -> None:
    capture.show()
    with pytest.raises(SourceError, match="is a camera and cannot go to frame 4"):
        KernelCamera().read_at(4)


def test_a_file_given_as_a_camera_plays_once(tmp_path: Path) -> None:
    source = KernelCamera(write_video(tmp_path / "clip.mp4", rate=1000))
    given = all_of(source)
    numbers = [each.index for each in given]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == COUNT - 1
    assert [number_in(each) for each in given] == numbers
    assert source.label == "clip.mp4"
    source.close()


def test_a_process_may_end_without_closing_its_camera(clip: Path) -> None:
    code = (
        "from bodyseg_widgets.streaming.sources import KernelCamera\n"
        f"print(KernelCamera({str(clip)!r}).read().image.shape)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{(HEIGHT, WIDTH, 3)}\n", "")


# Opening anything


def test_files_are_told_apart_by_what_is_in_them(tmp_path: Path, clip: Path) -> None:
    Image.fromarray(BLACK).save(tmp_path / "picture.mp4", "PNG")
    clip.rename(tmp_path / "video.png")
    assert isinstance(open_source(tmp_path / "picture.mp4"), StillImage)
    source = open_source(str(tmp_path / "video.png"), label="Squats")
    assert isinstance(source, VideoFile)
    assert source.label == "Squats"
    source.close()


def test_pictures_in_memory_need_no_more_than_themselves() -> None:
    assert isinstance(open_source(BLACK), StillImage)
    assert isinstance(open_source(Image.fromarray(BLACK)), StillImage)
    assert isinstance(open_source(StillImage(BLACK).read()), StillImage)
    assert open_source(np.stack([BLACK, BLACK])).length == 2
    assert open_source([BLACK], label="One").label == "One"
    assert open_source(each for each in [BLACK]).length is None


def test_a_source_is_handed_back_as_it_is() -> None:
    still = StillImage(BLACK)
    assert open_source(still) is still


def test_a_database_is_opened_as_a_recording(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"SQLite format 3\0" + bytes(100))
    with pytest.raises(RecordingError):
        open_source(tmp_path / "a.db")


@pytest.mark.parametrize("address", ["https://host/clip.mp4", "HTTP://host", "data:video/mp4,x"])
def test_an_address_is_not_fetched_without_being_asked(address: str) -> None:
    with pytest.raises(SourceError, match=r"is a URL, .* Download it with fetch\("):
        open_source(address)


def test_what_is_no_source_says_what_is() -> None:
    with pytest.raises(SourceError, match=r"but got 0\. For a camera .* KernelCamera\(0\)"):
        open_source(0)
