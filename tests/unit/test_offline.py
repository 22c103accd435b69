"""Applying an effect to every frame of a video file."""

from __future__ import annotations

import errno
import signal
import struct
import sys
import threading
import time
import weakref
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

import av
import numpy as np
import pytest
from PIL import Image

from bodyseg_widgets import (
    ExistingFileError,
    InvalidImageError,
    InvalidOptionError,
    Mask,
    Result,
    Segmentation,
    add_model,
)
from bodyseg_widgets.errors import (
    EffectError,
    MissingDependencyError,
    RecordingError,
    SourceError,
)
from bodyseg_widgets.streaming import LIVE_MODELS, LiveModel, SegmenterModel
from bodyseg_widgets.streaming.offline import apply_effect, effect_video, kinds
from bodyseg_widgets.streaming.offline.writer import VideoWriter
from bodyseg_widgets.streaming.sources import VideoFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from bodyseg_widgets.streaming.offline.handover import Handover

WIDTH, HEIGHT, RATE = 64, 48, 25
BITS, BAR = 6, 10
SOUND_RATE = 48_000
KINDS = [".mp4", ".webm", ".mkv"]


class NoOne:
    """A segmenter that finds no one, and counts calls."""

    def __init__(self) -> None:
        self.resets = 0
        self.disposed = False

    def segment_people(self, image: NDArray[np.uint8]) -> list[Segmentation]:
        empty = np.zeros((2, 2), np.float32)
        return [Segmentation(Mask(empty, size=image.shape[:2], model_size=(2, 2)))]

    def reset(self) -> None:
        self.resets += 1

    def dispose(self) -> None:
        self.disposed = True


def numbered(number: int, size: tuple[int, int] = (WIDTH, HEIGHT)) -> NDArray[np.uint8]:
    """Return an image with its number as bars, one per bit: white is 1."""
    width, height = size
    picture = np.full((height, width, 3), 16, np.uint8)
    for bit in range(BITS):
        if number >> bit & 1:
            picture[:, bit * BAR : (bit + 1) * BAR] = 235
    return picture


def number_in(image: NDArray[np.uint8]) -> int:
    middles = image[image.shape[0] // 2, BAR // 2 : BITS * BAR : BAR, 1]
    return sum(1 << bit for bit, level in enumerate(middles) if level > 127)


def tone(begins: float, ends: float, seconds: float, channels: int = 1) -> NDArray[np.int16]:
    """A tone of 1 kHz between two moments, and silence around it."""
    at = np.arange(round(seconds * SOUND_RATE)) / SOUND_RATE
    wave = np.where((at >= begins) & (at < ends), np.sin(2000 * np.pi * at) * 12_000, 0)
    return np.repeat(wave.astype(np.int16)[None], channels, axis=0)


def write_clip(
    path: Path,
    pictures: Sequence[NDArray[np.uint8]] | int = 10,
    *,
    times: Sequence[float] | None = None,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    time_base: Fraction = Fraction(1, 90_000),
    rate: int | Fraction = RATE,
    sound: Sequence[NDArray[np.int16]] = (),
    sound_codec: str = "aac",
    sound_begins: float = 0.0,
    aspect: Fraction | None = None,
    muxer: dict[str, str] | None = None,
) -> Path:
    if isinstance(pictures, int):
        pictures = [numbered(number) for number in range(pictures)]
    if times is None:
        times = [number / rate for number in range(len(pictures))]
    with av.open(str(path), "w", options=muxer or {}) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = pix_fmt
        stream.codec_context.time_base = time_base
        if aspect is not None:
            stream.sample_aspect_ratio = aspect
        voices = [container.add_stream(sound_codec, rate=SOUND_RATE) for _ in sound]
        for voice, samples in zip(voices, sound, strict=True):
            voice.layout = "mono" if len(samples) == 1 else "stereo"
        packets = []
        for picture, at in zip(pictures, times, strict=True):
            frame = av.VideoFrame.from_ndarray(picture)
            frame.pts, frame.time_base = round(at / time_base), time_base
            packets += stream.encode(frame)
        packets += stream.encode(None)
        for voice, samples in zip(voices, sound, strict=True):
            layout = "mono" if len(samples) == 1 else "stereo"
            heard = av.AudioFrame.from_ndarray(samples, format="s16p", layout=layout)
            heard.rate, heard.time_base = SOUND_RATE, Fraction(1, SOUND_RATE)
            heard.pts = round(sound_begins * SOUND_RATE)
            packets += [*voice.encode(heard), *voice.encode(None)]
        container.mux(sorted(packets, key=lambda each: each.dts * each.time_base))
    return path


def seen(path: Path) -> list[tuple[float, NDArray[np.uint8]]]:
    """Return the frames of a file, each with its time on the file's clock."""
    with av.open(str(path)) as container:
        return [
            (float(frame.pts * frame.time_base), frame.to_ndarray(format="rgb24"))
            for frame in container.decode(video=0)
        ]


def heard(path: Path, number: int = 0) -> tuple[float, NDArray[np.float64]]:
    """Return when an audio stream begins on the file's clock, and its samples, 48 000 per
    second."""
    resampler = av.AudioResampler("flt", "mono", SOUND_RATE)
    with av.open(str(path)) as container:
        frames = [each for each in container.decode(audio=number) if each.samples]
        begins = float(frames[0].pts * frames[0].time_base)
        parts = [made for each in [*frames, None] for made in resampler.resample(each)]
    return begins, np.concatenate([each.to_ndarray().ravel() for each in parts]).astype(float)


def tone_times(path: Path, number: int = 0) -> tuple[float, float]:
    """Return when the tone begins and ends on the file's clock."""
    begins, samples = heard(path, number)
    loud = np.flatnonzero(np.abs(samples) > 0.15)
    return begins + loud[0] / SOUND_RATE, begins + loud[-1] / SOUND_RATE


def codecs(path: Path) -> list[str]:
    with av.open(str(path)) as container:
        return [each.codec_context.codec.canonical_name for each in container.streams]


def same(frame: NDArray[np.uint8], _: Result) -> NDArray[np.uint8]:
    return frame


def applied(
    clip: Path,
    name: str = "made.mp4",
    effect: Callable[..., object] | str = same,
    **options: object,
) -> Path:
    return apply_effect(
        clip, clip.with_name(name), NoOne(), effect, **{"progress": False, **options}
    )


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.mp4")


@pytest.fixture(autouse=True)
def no_thread_stays() -> Iterator[None]:
    yield
    assert [each.name for each in threading.enumerate() if "bodyseg-" in each.name] == []


# Images


@pytest.mark.parametrize("kind", KINDS)
def test_every_frame_is_in_the_video_once_and_in_order(clip: Path, kind: str) -> None:
    made = applied(clip, f"made{kind}")
    assert [number_in(image) for _, image in seen(made)] == list(range(10))
    assert [at for at, _ in seen(made)] == pytest.approx(np.arange(10) / RATE, abs=0.0006)


def test_the_file_is_named_and_of_the_kind_its_ending_says(clip: Path) -> None:
    assert codecs(applied(clip, "a.mp4")) == ["h264"]
    assert codecs(applied(clip, "a.MKV")) == ["h264"]
    made = applied(clip, "a.webm")
    assert codecs(made) == ["vp9"]
    assert made == clip.with_name("a.webm")


def test_an_mp4_begins_with_its_index(clip: Path) -> None:
    content = applied(clip).read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


@pytest.mark.parametrize("kind", KINDS)
def test_frames_that_do_not_come_regularly_keep_their_times(tmp_path: Path, kind: str) -> None:
    times = [0.0, 0.04, 0.1, 0.105, 0.4, 1.0]
    clip = write_clip(tmp_path / "clip.mkv", 6, times=times, time_base=Fraction(1, 1000))
    assert [at for at, _ in seen(applied(clip, f"made{kind}"))] == pytest.approx(times, abs=1e-6)


def test_a_rate_that_is_no_whole_number_stays_what_it_is_to_the_bit(tmp_path: Path) -> None:
    rate = Fraction(30_000, 1001)
    clip = write_clip(tmp_path / "clip.mp4", 30, rate=rate, time_base=Fraction(1, 30_000))
    made = VideoFile(applied(clip))
    assert (made.rate, made.duration) == (float(rate), 30 / rate)
    made.close()


@pytest.mark.parametrize("kind", [".mp4", ".mkv"])
def test_the_last_frame_is_shown_as_long_as_it_was(tmp_path: Path, kind: str) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 5)
    with av.open(str(applied(clip, f"made{kind}"))) as container:
        assert container.duration == pytest.approx(5 / RATE * 1e6, abs=1500)


def test_the_effect_sees_what_video_file_gives(clip: Path) -> None:
    frames = []
    applied(clip, effect=lambda frame, _: frames.append(frame) or frame)
    source = VideoFile(clip)
    for frame, picture in zip(frames, iter(source.read, None), strict=True):
        np.testing.assert_array_equal(frame, picture.image)
    source.close()


def test_the_effect_gets_the_result_of_this_very_frame_and_its_parameters(clip: Path) -> None:
    results: list[Result] = []

    def note(frame: NDArray[np.uint8], result: Result, *, strength: float) -> NDArray[np.uint8]:
        assert result.frame.image is frame
        assert strength == 0.5
        results.append(result)
        return frame

    applied(clip, effect=note, strength=0.5)
    assert [each.frame.id for each in results] == list(range(10))
    assert [each.frame.timestamp for each in results] == pytest.approx(np.arange(10) / RATE)
    assert results[3].mask.size == (HEIGHT, WIDTH)
    assert results[3].timings.decode > 0
    assert results[3].timings.infer > 0


def test_a_frame_is_not_painted_over(clip: Path) -> None:
    def paint(frame: NDArray[np.uint8], _: Result) -> NDArray[np.uint8]:
        frame[:] = 0
        return frame

    with pytest.raises(EffectError, match=r"ValueError at frame 0.*read-only"):
        applied(clip, effect=paint)


@pytest.mark.parametrize(
    "convert",
    [
        Image.fromarray,
        lambda frame: frame[..., 0],
        lambda frame: np.dstack([frame, 255 - 0 * frame[..., 0]]),
    ],
)
def test_any_kind_of_picture_will_do(clip: Path, convert: Callable[..., object]) -> None:
    made = applied(clip, effect=lambda frame, _: convert(frame))
    assert [number_in(image) for _, image in seen(made)] == list(range(10))


def test_an_effect_may_use_one_picture_for_all_frames(clip: Path) -> None:
    own = np.zeros((HEIGHT, WIDTH, 3), np.uint8)

    def copy(frame: NDArray[np.uint8], _: Result) -> NDArray[np.uint8]:
        own[:] = frame
        return own

    assert [number_in(image) for _, image in seen(applied(clip, effect=copy))] == list(range(10))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(64, 48), (1280, 720)])
@pytest.mark.parametrize("color", [(200, 40, 40), (30, 180, 60), (40, 60, 220), (255, 255, 255)])
def test_colors_stay_what_they_are(
    tmp_path: Path, kind: str, size: tuple[int, int], color: tuple[int, int, int]
) -> None:
    plain = np.full((size[1], size[0], 3), color, np.uint8)
    clip = write_clip(tmp_path / "clip.mkv", [plain], codec="ffv1", pix_fmt="bgr0")
    ((_, image),) = seen(applied(clip, f"made{kind}"))
    np.testing.assert_allclose(image.mean(axis=(0, 1)), color, atol=3)


@pytest.mark.parametrize(("kind", "size"), [(".mp4", (66, 48)), (".webm", (65, 47))])
def test_odd_sizes_grow_by_a_pixel_only_where_they_have_to(
    tmp_path: Path, kind: str, size: tuple[int, int]
) -> None:
    pictures = [numbered(number, (65, 47)) for number in range(5)]
    clip = write_clip(tmp_path / "clip.mkv", pictures, codec="ffv1", pix_fmt="bgr0")
    images = [image for _, image in seen(applied(clip, f"made{kind}"))]
    assert {image.shape for image in images} == {(size[1], size[0], 3)}
    assert [number_in(image) for image in images] == list(range(5))


@pytest.mark.parametrize("kind", KINDS)
def test_every_frame_keeps_its_duration_and_so_does_the_last_one(tmp_path: Path, kind: str) -> None:
    times, end = (0, 100, 150, 400, 700), 2700
    path = tmp_path / "clip.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "bgr0"
        stream.codec_context.time_base = Fraction(1, 1000)
        for number, (time_of, next_time) in enumerate(pairwise((*times, end))):
            frame = av.VideoFrame.from_ndarray(numbered(number))
            frame.pts, frame.time_base = time_of, Fraction(1, 1000)
            for packet in stream.encode(frame):
                packet.duration = next_time - time_of
                container.mux(packet)
        container.mux(stream.encode(None))
    made = applied(path, f"made{kind}")
    assert [at for at, _ in seen(made)] == pytest.approx([each / 1000 for each in times])
    video = VideoFile(made)
    video.close()
    assert float(video.duration) == pytest.approx(end / 1000, abs=0.002)
    with av.open(str(made)) as container:
        assert container.duration == pytest.approx(end * 1000, abs=2000)


@pytest.mark.parametrize("kind", KINDS)
def test_one_frame_makes_a_video(tmp_path: Path, kind: str) -> None:
    made = applied(write_clip(tmp_path / "clip.mp4", [numbered(5)]), f"made{kind}")
    ((at, image),) = seen(made)
    assert (at, number_in(image)) == (0, 5)


def test_a_video_that_lies_on_its_side_comes_out_upright(tmp_path: Path) -> None:
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    picture[: HEIGHT // 2] = 200
    path = write_clip(tmp_path / "clip.mp4", [picture] * 3, aspect=Fraction(4, 3))
    content = bytearray(path.read_bytes())
    matrix = content.index(b"tkhd") + 44
    # ISO 14496-12: a quarter turn clockwise.
    content[matrix : matrix + 36] = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)
    path.write_bytes(content)
    made = VideoFile(applied(path))
    image = made.read().image
    across = round(WIDTH * 4 / 3)
    assert image.shape == (across + across % 2, HEIGHT, 3)
    assert image[:, HEIGHT // 2 + 4 :].min() > 150
    assert image[:, : HEIGHT // 2 - 4].max() < 50
    made.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_is_to_be_seen_wider_still_is(tmp_path: Path, kind: str) -> None:
    clip = write_clip(tmp_path / "clip.mp4", aspect=Fraction(4, 3))
    made = VideoFile(applied(clip, f"made{kind}"))
    height, width, _ = made.read().image.shape
    assert width / height == pytest.approx(16 / 9, abs=0.03)
    made.close()


def test_frames_whose_size_changes_are_written_as_large_as_the_first(tmp_path: Path) -> None:
    for number, size in enumerate([(64, 48), (128, 96)]):
        write_clip(
            tmp_path / f"{number}.ts",
            [np.full((size[1], size[0], 3), 200, np.uint8)] * 5,
            codec="mpeg2video",
            times=[(5 * number + each) / RATE for each in range(5)],
            time_base=Fraction(1, RATE),
        )
    clip = tmp_path / "clip.ts"
    clip.write_bytes(b"".join((tmp_path / f"{number}.ts").read_bytes() for number in range(2)))
    sizes = []
    made = applied(clip, effect=lambda frame, _: sizes.append(frame.shape) or frame)
    assert {each[:2] for each in sizes} == {(48, 64)}
    assert {image.shape for _, image in seen(made)} == {(48, 64, 3)}


@pytest.mark.parametrize(
    ("name", "codec"), [("clip.avi", "mpeg4"), ("clip.h264", "libx264"), ("clip.gif", "gif")]
)
def test_files_that_know_little_of_their_times_are_rendered_too(
    tmp_path: Path, name: str, codec: str
) -> None:
    pix_fmt = "rgb8" if codec == "gif" else "yuv420p"
    base = Fraction(1, RATE)
    clip = write_clip(tmp_path / name, codec=codec, time_base=base, pix_fmt=pix_fmt)
    made = applied(clip)
    assert [number_in(image) for _, image in seen(made)] == list(range(10))
    assert [at for at, _ in seen(made)] == pytest.approx(np.arange(10) / RATE, abs=0.001)


# Sound


SECONDS = 1.0
PICTURES = [np.full((HEIGHT, WIDTH, 3), 235 if 10 <= n < 15 else 16, np.uint8) for n in range(25)]
BEEP = tone(0.4, 0.6, SECONDS)


def flash_times(path: Path) -> tuple[float, float]:
    """Return when the first bright frame is shown, and the first dark one after it."""
    bright = [(at, image.mean() > 127) for at, image in seen(path)]
    first = next(at for at, is_bright in bright if is_bright)
    return first, next(at for at, is_bright in bright if at > first and not is_bright)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("clip.mp4", "aac"),
        ("clip.mkv", "libopus"),
        ("clip.mkv", "pcm_s16le"),
        ("clip.mkv", "libmp3lame"),
        ("clip.ts", "aac"),
        ("clip.mov", "pcm_s16le"),
    ],
)
def test_sound_stays_with_the_pictures_and_as_long_as_it_was(
    tmp_path: Path, kind: str, name: str, codec: str
) -> None:
    clip = write_clip(tmp_path / name, PICTURES, sound=[BEEP], sound_codec=codec)
    made = applied(clip, f"made{kind}")
    flash, dark = flash_times(made)
    begins, ends = tone_times(made)
    assert dark - flash == pytest.approx(0.2, abs=0.002)
    original = np.subtract(tone_times(clip), flash_times(clip))
    np.testing.assert_allclose(np.subtract((begins, ends), (flash, dark)), original, atol=0.012)
    length, original_length = len(heard(made)[1]), len(heard(clip)[1])
    assert length / SOUND_RATE == pytest.approx(original_length / SOUND_RATE, abs=0.025)


@pytest.mark.parametrize(
    ("codec", "kind", "expected"),
    [
        ("aac", ".mp4", "aac"),
        ("libopus", ".mp4", "opus"),
        ("pcm_s16le", ".mp4", "aac"),
        ("aac", ".webm", "opus"),
        ("libopus", ".webm", "opus"),
        ("aac", ".mkv", "aac"),
        ("pcm_s16le", ".mkv", "pcm_s16le"),
        ("libmp3lame", ".mkv", "mp3"),
    ],
)
def test_sound_is_encoded_again_only_where_the_file_cannot_hold_it(
    tmp_path: Path, codec: str, kind: str, expected: str
) -> None:
    clip = write_clip(tmp_path / "clip.mkv", PICTURES, sound=[BEEP], sound_codec=codec)
    assert codecs(applied(clip, f"made{kind}"))[1] == expected


def test_copied_sound_is_the_same_to_the_bit(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", PICTURES, sound=[BEEP])

    def packets(path: Path) -> list[bytes]:
        with av.open(str(path)) as container:
            return [bytes(each) for each in container.demux(audio=0) if each.size]

    assert packets(applied(clip)) == packets(clip)


@pytest.mark.parametrize("kind", KINDS)
def test_all_streams_of_sound_come_along(tmp_path: Path, kind: str) -> None:
    sound = [BEEP, tone(0.1, 0.2, SECONDS, channels=2)]
    made = applied(write_clip(tmp_path / "clip.mp4", PICTURES, sound=sound), f"made{kind}")
    flash, _ = flash_times(made)
    assert tone_times(made, 0)[0] - flash == pytest.approx(0, abs=0.012)
    assert tone_times(made, 1)[0] - flash == pytest.approx(-0.3, abs=0.012)
    with av.open(str(made)) as container:
        assert [each.channels for each in container.streams.audio] == [1, 2]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("codec", ["aac", "libopus"])
def test_sound_that_begins_later_still_does(tmp_path: Path, kind: str, codec: str) -> None:
    clip = write_clip(
        tmp_path / "clip.mkv",
        PICTURES,
        sound=[tone(0.1, 0.3, 0.6)],
        sound_codec=codec,
        sound_begins=0.3,
    )
    made = applied(clip, f"made{kind}")
    assert tone_times(made)[0] - flash_times(made)[0] == pytest.approx(0, abs=0.012)


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_that_begin_later_than_the_sound_still_do(tmp_path: Path, kind: str) -> None:
    times = [0.5 + number / RATE for number in range(25)]
    clip = write_clip(tmp_path / "clip.mkv", PICTURES, times=times, sound=[tone(0.9, 1.1, 1.5)])
    made = applied(clip, f"made{kind}")
    assert seen(made)[0][0] == pytest.approx(0.5, abs=0.03)
    assert tone_times(made)[0] - flash_times(made)[0] == pytest.approx(0, abs=0.012)


def test_sound_longer_than_the_pictures_is_kept_to_its_end(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", PICTURES, sound=[tone(2.5, 2.8, 3.0)])
    assert tone_times(applied(clip))[1] == pytest.approx(2.8, abs=0.012)


def test_a_video_without_sound_has_none_afterwards(clip: Path) -> None:
    with av.open(str(applied(clip))) as container:
        assert len(container.streams) == 1


# Models


def test_a_segmenter_is_reset_before_the_first_frame_and_stays_open(clip: Path) -> None:
    segmenter = NoOne()
    apply_effect(clip, clip.with_name("made.mp4"), segmenter, same, progress=False)
    assert (segmenter.resets, segmenter.disposed) == (1, False)


def test_a_detector_is_told_the_time_of_each_frame_and_how_many_people(clip: Path) -> None:
    asked: list[object] = []

    class Detector(NoOne):
        def estimate_poses(
            self, image: NDArray[np.uint8], *, max_poses: int, timestamp_ms: float
        ) -> list[object]:
            assert image.shape == (HEIGHT, WIDTH, 3)
            asked.append((max_poses, round(timestamp_ms)))
            return []

    results: list[Result] = []
    made = clip.with_name("made.mp4")
    apply_effect(
        clip,
        made,
        Detector(),
        lambda frame, result: results.append(result) or frame,
        max_poses=3,
        progress=False,
    )
    assert asked == [(3, 40 * number) for number in range(10)]
    assert results[0].poses == ()
    assert results[0].mask.probability.max() == 0


def test_a_model_that_is_named_is_loaded_and_disposed_of(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = NoOne()
    live = LiveModel(
        "Mine", tuple, "", ("python",), finds_poses=False, create=lambda *_: SegmenterModel(loaded)
    )
    monkeypatch.setitem(LIVE_MODELS, "Mine", live)
    apply_effect(clip, clip.with_name("made.mp4"), "Mine", same, progress=False)
    assert loaded.disposed
    loaded.disposed = False
    with pytest.raises(EffectError):
        apply_effect(clip, clip.with_name("2.mp4"), "Mine", lambda: None, progress=False)
    assert loaded.disposed


@pytest.mark.parametrize("model", ["general", ("BlazePose", "lite")])
def test_models_that_come_along_are_understood_by_name(clip: Path, model: object) -> None:
    results: list[Result] = []
    made = clip.with_name("made.mp4")
    apply_effect(
        clip, made, model, lambda frame, result: results.append(result) or frame, progress=False
    )
    assert len(results) == 10


@pytest.mark.parametrize("model", ["no one", 5, None])
def test_a_model_that_there_is_not_is_refused_with_those_that_are(
    clip: Path, model: object
) -> None:
    with pytest.raises(InvalidOptionError, match=f"{model} is not .*'general'"):
        apply_effect(clip, clip.with_name("made.mp4"), model, same, progress=False)


# Effects by name


def test_a_built_in_effect_is_named_with_the_parameters_of_views(clip: Path) -> None:
    results: list[Result] = []
    plain = seen(applied(clip, effect=lambda frame, result: results.append(result) or frame))
    made = seen(applied(clip, "2.mp4", "mask", mask_background="white", opacity=1))
    assert (plain[3][1] < 200).any()
    assert made[3][1].min() > 250


@pytest.mark.parametrize(
    ("effect", "params", "words"),
    [
        (
            "blured",
            {},
            r"effect must be one of .*'face_blur'.*but got 'blured'.*Or pass a function",
        ),
        ("bokeh", {"blur": 3}, r"no parameter 'blur'.*'background_blur_amount'"),
        ("bokeh", {"edge_blur_amount": 90}, r"edge_blur_amount must be from 0 to 20, but got 90"),
        ("bokeh", {"threshold": 2}, r"from 0 to 1, but got 2"),
        ("part_blur", {"blurred_parts": ["left_fase"]}, r"Did you mean 'left_face'"),
    ],
)
def test_a_name_or_parameter_that_there_is_not_is_refused_before_a_frame_is_read(
    clip: Path, effect: str, params: dict[str, object], words: str
) -> None:
    with pytest.raises(InvalidOptionError, match=words):
        applied(clip, effect=effect, **params)


def test_faces_are_blurred_and_the_sound_is_kept(tmp_path: Path) -> None:
    def in_halves(image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Find somebody everywhere, whose left half is hair, and whose right half is face."""
        del image
        classes = np.zeros((2, 2, 3), np.float32)
        classes[:, 0, 1] = classes[:, 1, 2] = 1
        return classes

    add_model("Half a face", in_halves, labels=["background", "hair", "face-skin"])
    noise = np.random.default_rng(5).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
    clip = write_clip(tmp_path / "clip.mp4", [noise] * 25, sound=[tone(0.4, 0.6, 1.0)])
    made = apply_effect(
        clip, tmp_path / "made.mp4", "Half a face", "face_blur", progress=False, face_blur_amount=20
    )
    (_, before), (_, after) = seen(clip)[12], seen(made)[12]
    shown, hidden = slice(0, WIDTH // 2 - 9), slice(WIDTH // 2 + 9, None)
    assert after[:, shown].std() > 0.8 * before[:, shown].std()
    assert after[:, hidden].std() < 0.2 * before[:, hidden].std()
    assert tone_times(made) == pytest.approx((0.4, 0.6), abs=0.012)


def test_no_video_is_written_as_if_faces_were_blurred(clip: Path) -> None:
    with pytest.raises(EffectError, match=r"needs classes of the model \(faces\).*are person"):
        applied(clip, effect="face_blur")
    assert not clip.with_name("made.mp4").exists()


# Effects that go wrong


@pytest.fixture
def old(clip: Path) -> Path:
    path = clip.with_name("made.mp4")
    path.write_bytes(b"an older video")
    return path


def nothing_was_written(old: Path) -> bool:
    names = sorted(each.name for each in old.parent.iterdir())
    return old.read_bytes() == b"an older video" and names == ["clip.mp4", "made.mp4"]


def at_frame_3(then: Callable[[NDArray[np.uint8]], object]) -> Callable[..., object]:
    def effect(frame: NDArray[np.uint8], result: Result) -> object:
        return then(frame) if result.frame.id == 3 else frame

    return effect


def test_an_effect_that_fails_names_the_frame_and_the_old_file_stays(clip: Path, old: Path) -> None:
    def fail(_: object) -> object:
        return {}["missing"]

    with pytest.raises(
        EffectError, match=r"'effect' raised KeyError at frame 3 \(0\.120 s\) of 'clip\.mp4': "
    ) as caught:
        applied(clip, effect=at_frame_3(fail), overwrite=True)
    assert isinstance(caught.value.__cause__, KeyError)
    assert nothing_was_written(old)


@pytest.mark.parametrize(
    ("then", "message"),
    [
        (lambda frame: frame[::2, ::2], r"size, 64x48 .*at frame 3 .*120 s.* returned 32x24\. Sc"),
        (lambda frame: frame / 255, r"did not at frame 3 .*got float64.*Convert it with"),
        (lambda _: None, r"did not at frame 3 \(0\.120 s\) of 'clip\.mp4': .*got NoneType"),
        (lambda frame: frame[..., :2], r"did not at frame 3 .*got shape \(48, 64, 2\)"),
    ],
)
def test_what_is_no_picture_of_the_frames_size_is_refused(
    clip: Path, old: Path, then: Callable[..., object], message: str
) -> None:
    with pytest.raises(InvalidImageError, match=message):
        applied(clip, effect=at_frame_3(then), overwrite=True)
    assert nothing_was_written(old)


@pytest.mark.usefixtures("interrupts")
def test_an_interrupt_ends_the_threads_and_leaves_nothing(clip: Path, old: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        applied(
            clip,
            effect=at_frame_3(lambda _: signal.raise_signal(signal.SIGINT)),
            overwrite=True,
        )
    assert nothing_was_written(old)


@pytest.mark.usefixtures("interrupts")
def test_an_interrupt_while_the_file_is_completed_leaves_nothing(
    clip: Path, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main, write = threading.main_thread().ident, VideoWriter.write
    assert main is not None

    def slow(self: VideoWriter, part: Path, frames: Handover[Any]) -> None:
        write(self, part, frames)
        signal.pthread_kill(main, signal.SIGINT)
        time.sleep(0.2)

    monkeypatch.setattr(VideoWriter, "write", slow)
    with pytest.raises(KeyboardInterrupt):
        applied(clip, overwrite=True)
    assert nothing_was_written(old)


def test_an_effect_that_is_no_function_is_refused(clip: Path) -> None:
    with pytest.raises(InvalidOptionError, match=r"effect must be a function .*but got 5"):
        applied(clip, effect=5)  # type: ignore[arg-type]


def test_frames_that_are_missing_in_a_damaged_video_are_reported(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clip = write_clip(tmp_path / "damaged.avi", codec="mjpeg", pix_fmt="yuvj420p")
    with av.open(str(clip)) as container:
        packet = [each for each in container.demux(video=0) if each.size][5]
        begin, size = packet.pos + 8, packet.size
    data = bytearray(clip.read_bytes())
    data[begin : begin + size] = bytes(size)
    clip.write_bytes(data)
    applied(clip)
    assert "'damaged.avi' has damaged parts (1): frames are missing" in caplog.text


# Files that cannot be written


@pytest.mark.parametrize("name", ["made.avi", "made", "made.mp4.txt"])
def test_another_kind_of_file_is_refused(clip: Path, name: str) -> None:
    with pytest.raises(InvalidOptionError, match=rf"'.mp4', '.webm' or '.mkv', but got '.*{name}'"):
        applied(clip, name)


def test_a_file_that_is_there_is_not_replaced_unasked(clip: Path, old: Path) -> None:
    with pytest.raises(ExistingFileError, match=r"made\.mp4' exists already\. .*overwrite=True"):
        applied(clip)
    assert nothing_was_written(old)


@pytest.mark.usefixtures("old")
def test_a_file_that_is_there_is_replaced_where_that_was_asked_for(clip: Path) -> None:
    assert len(seen(applied(clip, overwrite=True))) == 10


def test_the_video_itself_is_refused_by_whatever_name(clip: Path) -> None:
    clip.with_name("link.mp4").symlink_to(clip)
    content = clip.read_bytes()
    for name in ("clip.mp4", "link.mp4"):
        with pytest.raises(InvalidOptionError, match="must differ from video_in, but both are"):
            applied(clip, name, overwrite=True)
    assert clip.read_bytes() == content


def test_a_folder_that_is_not_there_is_named(clip: Path) -> None:
    with pytest.raises(
        RecordingError, match=r"The folder '.*nowhere' of .* does not exist\. Create"
    ):
        apply_effect(clip, clip.parent / "nowhere/made.mp4", NoOne(), same, progress=False)


def test_a_folder_in_the_place_of_the_file_is_named(clip: Path) -> None:
    clip.with_name("made.mp4").mkdir()
    with pytest.raises(ExistingFileError, match=r"made\.mp4' is a folder"):
        applied(clip, overwrite=True)


def test_a_name_that_the_system_does_not_take_is_named(clip: Path) -> None:
    with pytest.raises(RecordingError, match=r"cannot be created: File name too long\. Choose an"):
        applied(clip, "a" * 300 + ".mp4")


def test_what_is_no_path_is_refused(clip: Path) -> None:
    with pytest.raises(InvalidOptionError, match=r"video_out must be the path .* but got int"):
        apply_effect(clip, 5, NoOne(), same, progress=False)


def test_a_full_disk_is_named_and_leaves_nothing(
    clip: Path, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(VideoWriter, "_mux", full)
    with pytest.raises(
        RecordingError, match=r"could not be written .*: No space left on device\. Free"
    ):
        applied(clip, overwrite=True)
    assert nothing_was_written(old)


def test_an_encoder_that_is_not_there_is_named(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str, _: str) -> object:
        raise av.codec.codec.UnknownCodecError(name)

    monkeypatch.setattr("av.codec.codec.Codec", unknown)
    with pytest.raises(RecordingError, match=r"lacks libx264\. Choose another extension"):
        applied(clip)


def test_frames_for_which_an_encoder_takes_gigabytes_are_refused(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    webm = kinds.KINDS[".webm"]
    # 4K is written, and takes less than 1.5 GB.
    assert webm.most_pixels is not None
    assert 3840 * 2160 < webm.most_pixels < 1.1 * 3840 * 2160
    monkeypatch.setattr(effect_video, "KINDS", {".webm": replace(webm, most_pixels=100)})
    with pytest.raises(RecordingError, match=r"too large for webm: .* Write an \.mp4"):
        applied(clip, "made.webm")


def test_a_file_that_someone_wrote_meanwhile_is_not_lost_and_neither_is_the_video(
    clip: Path,
) -> None:
    made = clip.with_name("made.mp4")

    def meanwhile(frame: NDArray[np.uint8], _: Result) -> NDArray[np.uint8]:
        made.write_bytes(b"another one")
        return frame

    with pytest.raises(
        RecordingError, match=r"exists already.* is complete, and saved as '.*made \(2\)\.mp4'\."
    ):
        applied(clip, effect=meanwhile)
    assert made.read_bytes() == b"another one"
    assert len(seen(clip.with_name("made (2).mp4"))) == 10


# Files that cannot be read


def test_a_picture_is_no_video(tmp_path: Path) -> None:
    Image.fromarray(numbered(1)).save(tmp_path / "photo.png")
    with pytest.raises(
        SourceError, match=r"must be a video file, but 'photo\.png' is a single image"
    ):
        applied(tmp_path / "photo.png")
    assert [each.name for each in tmp_path.iterdir()] == ["photo.png"]


def test_what_is_no_video_says_why(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("some words\n" * 90)
    with pytest.raises(SourceError, match="it is text"):
        applied(tmp_path / "notes.txt")
    with pytest.raises(SourceError, match=r"There is no file .*absent\.mp4"):
        applied(tmp_path / "absent.mp4")
    with pytest.raises(
        SourceError, match=r"path of a video file, or several, but got ndarray\. Images"
    ):
        apply_effect(numbered(1), tmp_path / "a.mp4", NoOne(), same, progress=False)


def test_a_file_with_sound_only_says_so(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.mp4"), "w") as container:
        stream = container.add_stream("aac", rate=SOUND_RATE)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(BEEP, format="s16p", layout="mono")
        frame.rate = SOUND_RATE
        container.mux([*stream.encode(frame), *stream.encode(None)])
    with pytest.raises(SourceError, match="has only sound"):
        applied(tmp_path / "a.mp4")


@pytest.mark.parametrize("kind", KINDS)
def test_of_a_file_that_was_cut_off_all_that_is_whole_is_used(tmp_path: Path, kind: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (40, HEIGHT, WIDTH, 3), np.uint8)
    for number, picture in enumerate(noise):
        picture[10:-10] = numbered(number)[10:-10]
    sound = [tone(0.0, 1.6, 1.6)]
    clip = write_clip(tmp_path / "clip.mp4", [*noise], sound=sound, muxer={"movflags": "faststart"})
    content = clip.read_bytes()
    begin = content.index(b"mdat")
    clip.write_bytes(content[: begin + (len(content) - begin) // 2])
    source = VideoFile(clip)
    whole = source.length
    source.close()
    assert 5 < whole < 35
    made = applied(clip, f"made{kind}")
    assert [number_in(image) for _, image in seen(made)] == list(range(whole))
    assert len(heard(made)[1]) / SOUND_RATE == pytest.approx(whole / RATE, abs=0.2)


def test_a_disk_that_goes_away_says_how_far_it_came_and_leaves_nothing(
    clip: Path, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = VideoFile.read

    def gone(self: VideoFile) -> object:
        if self._next >= 6:
            raise SourceError("'clip.mp4' could not be read any further: Input/output error.")
        return read(self)

    monkeypatch.setattr(VideoFile, "read", gone)
    with pytest.raises(SourceError, match=r"Input/output.*read up to frame 6 of 10, and no video"):
        applied(clip, overwrite=True)
    assert nothing_was_written(old)


def test_a_file_that_gives_nothing_any_more_says_so(
    clip: Path, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(VideoFile, "read", lambda _: None)
    with pytest.raises(
        SourceError, match=r"No more frames of 'clip\.mp4' .*Was the file changed\?"
    ):
        applied(clip, overwrite=True)
    assert nothing_was_written(old)


# Memory


def test_no_more_than_a_few_frames_are_in_memory_however_slow_the_effect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 60)
    alive: weakref.WeakSet[_Watched] = weakref.WeakSet()
    most = []
    read = VideoFile.read

    def watched(self: VideoFile) -> object:
        picture = read(self)
        if picture is not None:
            image = picture.image.view(_Watched)
            alive.add(image)
            object.__setattr__(picture, "image", image)
            most.append(len(alive))
        return picture

    monkeypatch.setattr(effect_video, "BYTES_AHEAD", 4 * WIDTH * HEIGHT * 3)
    monkeypatch.setattr(VideoFile, "read", watched)
    applied(clip, effect=lambda frame, _: time.sleep(0.005) or np.array(frame))
    assert len(most) == 60
    # Those waiting, the one being read, and the one in the effect.
    assert max(most) <= 4 + 3


def test_no_more_than_a_few_frames_wait_for_a_slow_encoder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 60)
    mux, written, ahead = VideoWriter._mux, [], []

    def slow(self: VideoWriter, *rest: object) -> None:
        time.sleep(0.005)
        mux(self, *rest)
        written.append(1)

    monkeypatch.setattr(effect_video, "BYTES_AHEAD", 4 * WIDTH * HEIGHT * 3)
    monkeypatch.setattr(VideoWriter, "_mux", slow)
    applied(
        clip, effect=lambda frame, result: ahead.append(result.frame.id - len(written)) or frame
    )
    # Those waiting, and the one being processed.
    assert max(ahead) <= 4 + 2


class _Watched(np.ndarray):
    """An array that can be kept in a set of weak references."""

    __hash__ = object.__hash__  # type: ignore[assignment]


# Progress


class _Bar:
    made: list[_Bar]

    def __init__(self, **options: object) -> None:
        self.options, self.updates, self.closed = options, 0, False
        self.made.append(self)

    def update(self) -> None:
        self.updates += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True


@pytest.fixture
def bars(monkeypatch: pytest.MonkeyPatch) -> list[_Bar]:
    _Bar.made = []
    monkeypatch.setattr("tqdm.auto.tqdm", _Bar)
    return _Bar.made


def test_the_bar_counts_the_frames(clip: Path, bars: list[_Bar]) -> None:
    applied(clip, progress=True)
    (bar,) = bars
    assert (bar.options["total"], bar.updates, bar.closed) == (10, 10, True)


def test_the_bar_is_closed_where_something_fails(clip: Path, bars: list[_Bar]) -> None:
    with pytest.raises(EffectError):
        applied(clip, progress=True, effect=at_frame_3(lambda frame: frame[99]))
    (bar,) = bars
    assert (bar.updates, bar.closed) == (3, True)


def test_there_is_no_bar_where_none_is_wanted(clip: Path, bars: list[_Bar]) -> None:
    applied(clip, progress=False)
    assert bars == []


def test_without_pyav_the_message_says_what_to_install(
    clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingDependencyError, match=r"bodyseg-widgets\[video\]"):
        applied(clip)
