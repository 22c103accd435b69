"""A view's background: accepted values, what Python reads, what the page gets and sets."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from bodyseg_widgets import (
    BodySegError,
    InvalidImageError,
    InvalidOptionError,
    SegmentationStream,
    SegmentationView,
)
from bodyseg_widgets.streaming.effects import background

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bodyseg_widgets.rendering import ColorLike

TEAL = "#00a3a3"
MP4 = b"\0\0\0\x18ftypisom" + bytes(50)
WEBM = b"\x1a\x45\xdf\xa3" + bytes(50)


@pytest.fixture
def view(stream: SegmentationStream) -> SegmentationView:
    return SegmentationView(stream)


def _picture(height: int, width: int) -> NDArray[np.uint8]:
    y, x = np.mgrid[:height, :width]
    return np.stack([x * 255 // width, y * 255 // height, 0 * x + 90], axis=-1).astype(np.uint8)


def _sent(view: SegmentationView) -> Any:  # noqa: ANN401 - a str or a dict, as JSON has it
    return view.get_state("background")["background"]


def _decoded(file: dict[str, Any]) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(file["data"])) as picture:
        return np.asarray(picture, np.uint8)


@pytest.mark.parametrize(
    ("color", "code"),
    [
        ("SeaGreen", "#2e8b57"),
        ((1, 2, 3), "#010203"),
        (np.array([255, 0, 16]), "#ff0010"),
        ("hsl(0, 100%, 50%)", "#ff0000"),
    ],
)
def test_a_color_is_kept_as_the_page_writes_it(
    stream: SegmentationStream, color: ColorLike, code: str
) -> None:
    view = SegmentationView(stream, background=color)
    assert view.background == _sent(view) == code


@pytest.mark.parametrize("color", ["rgba(0, 0, 0, 0)", "#12345678"])
def test_a_color_that_is_not_opaque_is_refused(view: SegmentationView, color: str) -> None:
    with pytest.raises(InvalidOptionError, match=rf"{re.escape(repr(color))}. Write it as '#rrgg"):
        view.background = color
    assert view.background == _sent(view) == TEAL


def test_a_picture_of_any_kind_goes_to_the_page_as_jpeg(
    view: SegmentationView, tmp_path: Path
) -> None:
    pixels = _picture(90, 120)
    Image.fromarray(pixels).save(tmp_path / "there.png")
    (tmp_path / "red").write_bytes((tmp_path / "there.png").read_bytes())
    for given in (pixels, Image.fromarray(pixels), tmp_path / "there.png", str(tmp_path / "red")):
        view.background = "black"
        view.background = given
        assert (view.background == pixels).all()
        sent = _sent(view)
        assert sent["type"] == "image/jpeg"
        assert np.abs(_decoded(sent).astype(int) - pixels).max() < 12


@pytest.mark.parametrize(
    ("size", "fitted"),
    [((720, 1280), (720, 1280)), ((1500, 3000), (640, 1280)), ((4000, 10), (1280, 3))],
)
def test_a_large_picture_is_scaled_down(
    view: SegmentationView, size: tuple[int, int], fitted: tuple[int, int]
) -> None:
    view.background = _picture(*size)
    assert view.background.shape == (*fitted, 3)
    assert _decoded(_sent(view)).shape == (*fitted, 3)


def test_a_picture_is_kept_as_it_was(view: SegmentationView) -> None:
    pixels = _picture(9, 12)
    view.background = pixels
    pixels[:] = 0
    assert (view.background == _picture(9, 12)).all()
    with pytest.raises(ValueError, match="read-only"):
        view.background[:] = 0


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.mp4", MP4, "video/mp4"),
        ("b.dat", WEBM, "video/webm"),
        ("c.mov", MP4.replace(b"isom", b"qt  "), "video/quicktime"),
        ("d.ogv", b"OggS" + bytes(50), "video/ogg"),
    ],
)
def test_a_video_goes_to_the_page_as_it_is_whatever_it_is_called(
    view: SegmentationView, tmp_path: Path, name: str, content: bytes, media_type: str
) -> None:
    (tmp_path / name).write_bytes(content)
    view.background = str(tmp_path / name)
    assert view.background == tmp_path / name
    assert _sent(view) == {"type": media_type, "data": content}


def test_a_video_that_is_too_large_is_refused(
    view: SegmentationView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "MAX_BYTES", 2 * 2**20)
    (tmp_path / "long.mp4").write_bytes(MP4 + bytes(3 * 2**20))
    with pytest.raises(InvalidOptionError, match=r"long.mp4' is 3.0 MB.* at most 2 MB.*ffmpeg"):
        view.background = tmp_path / "long.mp4"
    assert view.background == TEAL


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.txt", b"red"),
        ("empty.mp4", b""),
        ("photo.heic", MP4.replace(b"isom", b"heic")),
        ("old.avi", b"RIFF\0\0\0\0AVI " + bytes(50)),
    ],
)
def test_a_file_that_is_neither_is_refused(
    view: SegmentationView, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(
        InvalidImageError, match=rf"browsers play \(MP4, WebM\): .*{name}.* (not|empty)"
    ):
        view.background = tmp_path / name
    assert view.background == _sent(view) == TEAL


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("mauvish", "must be an opaque color.* an image.* no file 'mauvish'"),
        (Path("nowhere"), "no file 'nowhere'"),
        (7, "got int"),
        (None, "got NoneType"),
        ({}, "got dict"),
        (np.zeros((2, 2)), "uint8"),
        ((1, 2), "whole numbers"),
    ],
)
def test_what_is_no_background_is_refused_and_the_last_one_stays(
    view: SegmentationView, given: object, words: str
) -> None:
    pixels = _picture(9, 12)
    view.background = pixels
    before = _sent(view)
    with pytest.raises(BodySegError, match=words):
        view.background = given
    assert (view.background == pixels).all()
    assert _sent(view) is before


def test_the_page_sets_a_picture_and_python_has_its_pixels(view: SegmentationView) -> None:
    view.background = _picture(90, 120)
    jpeg = _sent(view)["data"]
    view.background = "white"
    heard: list[Any] = []
    view.observe(lambda change: heard.append(change.new), "background")
    file = {"type": "image/jpeg", "data": memoryview(jpeg)}
    view.set_state({"background": file})
    assert len(heard) == 1
    assert np.abs(view.background.astype(int) - _picture(90, 120)).max() < 12
    # Unchanged: it is not encoded again.
    assert _sent(view)["data"] == jpeg
    with pytest.raises(InvalidImageError, match="A file of 3 bytes is not an image"):
        view.set_state({"background": {"type": "image/jpeg", "data": memoryview(b"abc")}})


def test_the_page_sets_a_video_and_python_has_its_path_until_the_next(
    view: SegmentationView,
) -> None:
    paths = []
    for content, media_type, suffix in ((WEBM, "video/webm", ".webm"), (MP4, "video/mp4", ".mp4")):
        view.set_state({"background": {"type": media_type, "data": memoryview(content)}})
        path = view.background
        assert isinstance(path, Path)
        assert path.suffix == suffix
        assert path.read_bytes() == content
        paths.append(path)
    assert not paths[0].parent.exists()
    view.close()
    assert not paths[1].parent.exists()
