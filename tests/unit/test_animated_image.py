"""Images that move are played: animated ones, and JPEGs one after the other."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from bodyseg_widgets import Mask, Segmentation, apply_effect
from bodyseg_widgets.errors import SourceError
from bodyseg_widgets.images import in_profile
from bodyseg_widgets.streaming import Player
from bodyseg_widgets.streaming.sources import (
    AnimatedImage,
    StillImage,
    VideoFile,
    animated_image,
    open_source,
)
from tests.profiles import display_p3

if TYPE_CHECKING:
    from pathlib import Path

    from bodyseg_widgets.streaming.sources import FrameSource

LEVELS = (0, 60, 120, 180, 240)
DURATIONS = (100, 100, 400, 100, 300)
FORMATS = ("GIF", "WEBP", "PNG", "AVIF")
SIZE = (32, 24)


def gray(level: int) -> Image.Image:
    return Image.new("RGB", SIZE, (level, level, level))


def write(
    path: Path, file_format: str, images: list[Image.Image] | None = None, **options: object
) -> Path:
    first, *others = images or [gray(level) for level in LEVELS]
    options = {"duration": list(DURATIONS), "loop": 0, **options}
    first.save(path, file_format, save_all=True, append_images=others, **options)
    return path


def seen(source: FrameSource) -> list[tuple[int, int, int]]:
    """Return the number, the time in ms and the level of each frame, as one of `LEVELS`."""
    return [
        (frame.index, round(frame.time * 1000), min(LEVELS, key=lambda it: abs(it - level)))
        for frame in iter(source.read, None)
        for level in [int(frame.image[12, 16, 1])]
    ]


class Still:
    """A segmenter that finds nobody."""

    def segment_people(self, image: np.ndarray) -> list[Segmentation]:
        size = image.shape[:2]
        return [Segmentation(Mask(np.zeros((1, 1), np.float32), size=size, model_size=(1, 1)))]

    def reset(self) -> None: ...

    def dispose(self) -> None: ...


@pytest.mark.parametrize("file_format", FORMATS)
def test_an_animated_image_is_played_with_its_own_times(tmp_path: Path, file_format: str) -> None:
    source = open_source(write(tmp_path / "moving", file_format))
    assert isinstance(source, AnimatedImage)
    assert seen(source) == [
        (number, time, level)
        for number, (time, level) in enumerate(zip((0, 100, 200, 600, 700), LEVELS, strict=True))
    ]
    assert (source.label, source.length, source.rate, source.duration) == ("moving", 5, 5.0, 1)
    source.close()
    assert source.read() is None
    with pytest.raises(SourceError, match="'moving' is closed"):
        source.read_at(0)


@pytest.mark.parametrize("file_format", FORMATS)
def test_any_frame_is_found_again(
    tmp_path: Path, file_format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Two frames are kept.
    monkeypatch.setattr(animated_image, "KEPT_BYTES", 2 * 3 * SIZE[0] * SIZE[1])
    source = AnimatedImage(write(tmp_path / "moving", file_format))
    for number in (4, 3, 0, 2, 1, 4, 0):
        frame = source.read_at(number)
        assert frame.index == number
        assert abs(int(frame.image[0, 0, 0]) - LEVELS[number]) < 8
        assert not frame.image.flags.writeable
    assert source.read().index == 1
    with pytest.raises(SourceError, match=r"There is no frame 5 .*numbered from 0 to 4"):
        source.read_at(5)
    source.close()


@pytest.mark.parametrize("file_format", FORMATS)
def test_what_is_transparent_lies_over_white(tmp_path: Path, file_format: str) -> None:
    rows, columns = np.indices(SIZE[::-1])
    alpha = np.where(rows > columns, 255, 0).astype(np.uint8)
    images = [
        Image.fromarray(np.dstack([np.full((*alpha.shape, 3), level, np.uint8), alpha]))
        for level in (0, 90)
    ]
    options = {"disposal": 2} if file_format == "GIF" else {}
    source = AnimatedImage(write(tmp_path / "clear", file_format, images, duration=50, **options))
    for frame, level in zip(iter(source.read, None), (0, 90), strict=True):
        assert (frame.image[3, 10:] > 250).all()
        assert np.abs(frame.image[20, :10].astype(int) - level).max() < 8
    source.close()


def test_colors_are_those_that_a_viewer_shows(tmp_path: Path) -> None:
    color = np.full((24, 32, 3), (200, 30, 30), np.uint8)
    images = [in_profile(color, display_p3()), in_profile(255 - color, display_p3())]
    path = write(tmp_path / "p3", "PNG", images, duration=50, icc_profile=display_p3())
    source = AnimatedImage(path)
    assert np.abs(source.read().image.astype(int) - color).max() <= 1
    assert np.abs(source.read().image.astype(int) - (255 - color)).max() <= 1
    source.close()


def test_frames_without_a_time_are_shown_as_long_as_in_browsers(tmp_path: Path) -> None:
    source = AnimatedImage(write(tmp_path / "fast", "WEBP", duration=[0, 10, 11, 20, 5]))
    assert [time for _, time, _ in seen(source)] == [0, 100, 200, 211, 231]
    assert float(source.duration) == 0.331
    source.close()


def test_an_image_for_programs_that_play_none_is_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / "default", "PNG", default_image=True, duration=[100] * 4)
    source = AnimatedImage(path)
    assert [level for _, _, level in seen(source)] == [*LEVELS[1:]]
    source.close()


def test_of_a_truncated_file_the_complete_frames_are_there(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (24, 32, 3), np.uint8)
    images = [gray(0), gray(120), Image.fromarray(noise)]
    path = write(tmp_path / "cut.gif", "GIF", images, duration=100)
    path.write_bytes(path.read_bytes()[:-400])
    source = open_source(path)
    player = Player(source, size=(640, 480))
    assert source.length == 2
    assert player.damaged == 1
    assert [level for _, _, level in seen(source)] == [0, 120]
    player.close()


def test_too_many_frames_are_refused_before_they_are_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(animated_image, "MOST_DECODED", 5 * SIZE[0] * SIZE[1] - 1)
    path = write(tmp_path / "long.gif", "GIF")
    with pytest.raises(SourceError, match=r"has 5 frames of 32x24.*ffmpeg -i long\.gif"):
        open_source(path)


@pytest.mark.parametrize("file_format", FORMATS)
def test_an_effect_is_applied_to_each_frame(tmp_path: Path, file_format: str) -> None:
    moving = write(tmp_path / "moving", file_format)
    made = apply_effect(
        moving, tmp_path / "made.mp4", Still(), lambda frame, _: frame, progress=False
    )
    video = VideoFile(made)
    assert [(time, level) for _, time, level in seen(video)] == [
        *zip((0, 100, 200, 600, 700), LEVELS, strict=True)
    ]
    assert video.duration == 1
    video.close()


# --- JPEGs, one after the other


def jpeg(level: int, size: tuple[int, int] = SIZE, **options: object) -> bytes:
    buffer = io.BytesIO()
    gray(level).resize(size).save(buffer, "JPEG", **options)
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["a.mjpeg", "a.mjpg", "a.jpg", "a"])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"optimize": True}], ids=str)
def test_raw_motion_jpeg_is_played(tmp_path: Path, name: str, options: dict[str, bool]) -> None:
    (tmp_path / name).write_bytes(b"".join(jpeg(each, **options) for each in LEVELS))
    source = open_source(tmp_path / name)
    assert isinstance(source, VideoFile)
    assert [level for _, _, level in seen(source)] == [*LEVELS]
    assert source.rate == 25
    source.close()


@pytest.mark.parametrize(
    "more",
    [jpeg(9, (16, 12)), b"\0\0\0\x18ftypmp42" + bytes(100), jpeg(9)[:40], b"\xff", b""],
    ids=["a smaller image", "a film", "half an image", "a byte", "nothing"],
)
def test_a_photo_with_more_behind_it_stays_a_photo(tmp_path: Path, more: bytes) -> None:
    (tmp_path / "photo.jpg").write_bytes(jpeg(120) + more)
    assert isinstance(open_source(tmp_path / "photo.jpg"), StillImage)


def test_a_photo_of_several_resolutions_or_with_a_preview_stays_a_photo(tmp_path: Path) -> None:
    gray(120).save(tmp_path / "a.mpo", save_all=True, append_images=[gray(9)])
    gray(120).save(tmp_path / "a.tif", save_all=True, append_images=[gray(9)])
    exif = b"Exif\0\0" + jpeg(9)
    segment = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    (tmp_path / "a.jpg").write_bytes(jpeg(120)[:2] + segment + jpeg(120)[2:])
    for name in ("a.mpo", "a.tif", "a.jpg"):
        source = open_source(tmp_path / name)
        assert isinstance(source, StillImage), name
        assert source.read().image[0, 0, 0] == 120
