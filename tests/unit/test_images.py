from __future__ import annotations

import io
import os
import struct
import subprocess
import zlib
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageCms

from bodyseg_widgets.errors import BodySegError, InvalidImageError, SourceError
from bodyseg_widgets.images import files, has_srgb_colors, in_profile, to_rgb
from bodyseg_widgets.streaming import SharedImage, decode_image
from bodyseg_widgets.streaming.sources import open_source
from tests.picture_table import STORED
from tests.profiles import display_p3, gray

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bodyseg_widgets.images import ImageInput
    from bodyseg_widgets.images.arrays import Rgb

RGB = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
GRAY = np.arange(6, dtype=np.uint8).reshape(2, 3)
ORIENTATION = 0x0112


class ArrayOwner:
    """A fake eager tensor: NumPy can read it, but it is not an array."""

    def __array__(self, dtype: object = None, *, copy: object = None) -> np.ndarray:
        return RGB


class Symbolic:
    """A fake tensor inside a graph: it has no values."""

    def __array__(self, dtype: object = None, *, copy: object = None) -> np.ndarray:
        raise NotImplementedError("Cannot convert a symbolic tensor.")


def test_an_rgb_array_passes_without_a_copy() -> None:
    assert to_rgb(RGB) is RGB


HALF_CLEAR = np.dstack([np.full((1, 3, 3), 100, np.uint8), np.uint8([[255, 128, 0]])])


@pytest.mark.parametrize("form", [lambda rgba: rgba, Image.fromarray], ids=["array", "PIL"])
def test_what_is_transparent_lies_over_white_or_a_chosen_backdrop(
    form: Callable[[np.ndarray], ImageInput],
) -> None:
    assert to_rgb(form(HALF_CLEAR))[0, :, 0].tolist() == [100, 177, 255]
    over_blue = to_rgb(form(HALF_CLEAR), backdrop=(0, 0, 200))
    assert over_blue[0].tolist() == [[100, 100, 100], [50, 50, 150], [0, 0, 200]]


@pytest.mark.parametrize("backdrop", [(0, 0), (0, 0, 256), (0, 0, 0.5)], ids=str)
def test_a_backdrop_is_a_color(backdrop: Rgb) -> None:
    with pytest.raises(InvalidImageError, match="backdrop must be three numbers from 0 to 255"):
        to_rgb(RGB, backdrop=backdrop)


@pytest.mark.parametrize("mode", ["LA", "La", "PA", "RGBA", "RGBa"])
def test_transparency_of_every_mode_is_honoured(mode: str) -> None:
    clear = Image.fromarray(HALF_CLEAR)
    given = clear.convert({"La": "LA", "PA": "RGBA"}.get(mode, mode)).convert(mode)
    assert np.abs(to_rgb(given).astype(int) - to_rgb(clear)).max() <= 1


def test_a_color_that_a_file_declares_transparent_is_white(tmp_path: Path) -> None:
    file = tmp_path / "key.png"
    for mode, key in (("L", 7), ("RGB", (7, 7, 7)), ("I;16", 7 * 257)):
        picture = Image.new(mode, (2, 1), key)
        picture.putpixel((1, 0), 0 if isinstance(key, int) else (0, 0, 0))
        picture.save(file, transparency=key)
        assert to_rgb(file)[0].tolist() == [[255] * 3, [0] * 3], mode


@pytest.mark.parametrize("gray", [GRAY, GRAY[..., None]], ids=["H W", "H W 1"])
def test_gray_becomes_three_equal_channels(gray: np.ndarray) -> None:
    np.testing.assert_array_equal(to_rgb(gray), np.dstack([GRAY] * 3))


@pytest.mark.parametrize(
    "view", [RGB[::-1], RGB[:, ::-1], RGB[..., ::-1], RGB.transpose(1, 0, 2)], ids=str
)
def test_any_view_becomes_contiguous(view: np.ndarray) -> None:
    converted = to_rgb(view)
    np.testing.assert_array_equal(converted, view)
    assert converted.flags.c_contiguous


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "CMYK"])
def test_every_8_bit_pil_mode_works(mode: str) -> None:
    assert to_rgb(Image.new(mode, (3, 2))).shape == (2, 3, 3)


@pytest.mark.parametrize(("orientation", "turn"), STORED.items())
def test_the_exif_orientation_is_honoured(
    tmp_path: Path, orientation: int, turn: Image.Transpose
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    file = tmp_path / "turned.png"
    rgba = np.dstack([RGB, GRAY])
    Image.fromarray(rgba).transpose(turn).save(file, exif=exif)
    np.testing.assert_array_equal(to_rgb(file), to_rgb(rgba))
    np.testing.assert_array_equal(to_rgb(str(file)), to_rgb(rgba))
    with Image.open(file) as opened:
        np.testing.assert_array_equal(to_rgb(opened), to_rgb(rgba))


COLORS = np.uint8([[[200, 30, 30], [30, 180, 40], [30, 40, 200], [224, 172, 140], [255] * 3]])


def test_colors_with_a_profile_become_those_that_a_viewer_shows(tmp_path: Path) -> None:
    file = tmp_path / "p3.png"
    in_profile(COLORS, display_p3()).save(file)
    assert np.abs(np.asarray(Image.open(file)).astype(int) - COLORS).max() > 40
    assert np.abs(to_rgb(file).astype(int) - COLORS).max() <= 1
    Image.open(file).convert("RGBA").save(file, icc_profile=display_p3())
    assert np.abs(to_rgb(file).astype(int) - COLORS).max() <= 1


def jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(
        file, "JPEG", quality=100, subsampling=0, icc_profile=picture.info.get("icc_profile")
    )
    return file.getvalue()


def test_a_frame_with_a_profile_becomes_what_a_viewer_shows() -> None:
    assert (
        np.abs(decode_image(jpeg(in_profile(COLORS, display_p3()))).astype(int) - COLORS).max() < 5
    )


def test_the_profile_of_srgb_that_browsers_put_into_each_frame_is_looked_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks = []
    build = ImageCms.buildTransform
    monkeypatch.setattr(
        ImageCms, "buildTransform", lambda *colors: looks.append(1) or build(*colors)
    )
    has_srgb_colors.cache_clear()
    picture = Image.fromarray(COLORS)
    plain = decode_image(jpeg(picture))
    picture.info["icc_profile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for _ in range(3):
        np.testing.assert_array_equal(decode_image(jpeg(picture)), plain)
    assert len(looks) == 1


@pytest.mark.parametrize("mode", ["L", "LA", "I;16"])
def test_gray_with_a_profile_becomes_what_a_viewer_shows(tmp_path: Path, mode: str) -> None:
    linear = 55  # of 255: 0.216, which sRGB writes as 128
    file = tmp_path / "linear.png"
    level = {"LA": (linear, 255), "I;16": linear * 257}.get(mode, linear)
    Image.new(mode, (1, 1), level).save(file, icc_profile=gray(1.0))
    assert np.abs(to_rgb(file).astype(int) - 128).max() <= 1


def test_damaged_metadata_is_ignored_as_in_viewers(tmp_path: Path) -> None:
    file = tmp_path / "damaged.png"
    Image.fromarray(RGB).save(file, icc_profile=b"no profile", exif=b"Exif\0\0no metadata")
    np.testing.assert_array_equal(to_rgb(file), RGB)


def test_a_profile_for_other_colors_is_ignored_as_in_viewers(tmp_path: Path) -> None:
    file = tmp_path / "wrong.png"
    Image.fromarray(RGB).save(file, icc_profile=gray(1.0))
    np.testing.assert_array_equal(to_rgb(file), RGB)


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.pgm", "a.jp2"])
def test_gray_of_16_bits_is_scaled(tmp_path: Path, name: str) -> None:
    levels = np.uint16([[0, 128, 129, 32896, 65535]])
    file = tmp_path / name
    Image.fromarray(levels).save(file)
    assert to_rgb(file)[0, :, 0].tolist() == [0, 0, 1, 128, 255]


@pytest.mark.parametrize("mode", ["I", "F"])
def test_values_without_a_known_range_are_refused(mode: str) -> None:
    with pytest.raises(InvalidImageError, match=r"nobody knows what is white.*Scale its values"):
        to_rgb(Image.new(mode, (2, 2)))


def test_a_large_image_is_converted_in_parts_without_seams() -> None:
    rows = np.arange(3000, dtype=np.uint32)
    picture = np.dstack([np.tile((rows // div % 256)[:, None], (1, 3000)) for div in (1, 7, 256)])
    np.testing.assert_array_equal(to_rgb(Image.fromarray(picture.astype(np.uint8))), picture)


def bomb(side: int) -> bytes:
    """Return a PNG of nothing but a header that claims `side` x `side` pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            struct.pack(">I", 13),
            header,
            struct.pack(">I", zlib.crc32(header)),
            struct.pack(">I4s", 0, b"IDAT"),
            struct.pack(">I", zlib.crc32(b"IDAT")),
        ]
    )


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [12_000, 24_000])
def test_too_many_pixels_are_refused_by_the_header(tmp_path: Path, side: int) -> None:
    file = tmp_path / "bomb.png"
    file.write_bytes(bomb(side))
    with pytest.raises(InvalidImageError, match=r"too many pixels: at most 134,217,728"):
        to_rgb(file)
    with pytest.raises(InvalidImageError, match=r"too many pixels: at most 134,217,728"):
        decode_image(file.read_bytes())
    with pytest.raises(InvalidImageError, match=r"too many pixels: at most 134,217,728"):
        _ = SharedImage(file.read_bytes()).size
    with pytest.raises(SourceError, match=r"too many pixels: at most 134,217,728"):
        open_source(file)


def test_formats_whose_decoders_keep_copies_may_have_half_as_many_pixels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_PIXELS", 100)
    picture = Image.new("RGB", (10, 6))
    for name in ("a.webp", "a.avif", "a.jp2"):
        picture.save(tmp_path / name)
        with pytest.raises(InvalidImageError, match=r"at most 50 are decoded\. It is 10x6"):
            to_rgb(tmp_path / name)
    picture.save(tmp_path / "a.png")
    assert to_rgb(tmp_path / "a.png").shape == (6, 10, 3)


@pytest.mark.parametrize("file_format", ["ICO", "QOI", "DDS"])
def test_formats_of_no_photo_are_refused(tmp_path: Path, file_format: str) -> None:
    Image.fromarray(RGB).save(tmp_path / "a.png", file_format)
    for read in (to_rgb, open_source):
        with pytest.raises(BodySegError, match="not"):
            read(tmp_path / "a.png")


def test_no_format_is_read_that_starts_another_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("started a program"))
    monkeypatch.setattr(subprocess, "check_call", lambda *_, **__: pytest.fail("started a program"))
    file = tmp_path / "holiday.jpg"
    Image.fromarray(RGB).save(file, "EPS")
    with pytest.raises(InvalidImageError, match="not an image of a format that is read here"):
        to_rgb(file)
    with pytest.raises(SourceError):
        open_source(file)


def test_what_a_file_system_does_not_take_is_an_error_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Image.fromarray(RGB).save("~copy.png")
    np.testing.assert_array_equal(to_rgb("~copy.png"), RGB)
    for path, words in {
        "a\0b.png": "NUL",
        "x" * 300 + ".png": "name too long",
        "~nouser/a.png": "There is no file",
        str(tmp_path): "is a folder",
        os.devnull: "is a device",
        "\ud800.png": "cannot be read",
    }.items():
        for read in (to_rgb, open_source):
            with pytest.raises(BodySegError, match=f"(?i){words}"):
                read(path)


def test_an_eps_that_was_opened_but_not_decoded_starts_no_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = io.BytesIO()
    Image.fromarray(RGB).save(file, "EPS")
    monkeypatch.setattr(subprocess, "check_call", lambda *_, **__: pytest.fail("it was started"))
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("it was started"))
    with Image.open(file) as image, pytest.raises(InvalidImageError, match="is not run here"):
        to_rgb(image)


def _stating(transfer: int, file_format: str) -> bytes:
    """A file that says that its colors are those of BT.2020, with this curve."""
    file = io.BytesIO()
    Image.fromarray(RGB).resize((16, 16)).save(file, file_format)
    data = file.getvalue()
    if file_format == "AVIF":
        at = data.index(b"colrnclx") + len(b"colrnclx")
        return data[:at] + struct.pack(">HH", 9, transfer) + data[at + 4 :]
    chunk = b"cICP" + bytes([9, transfer, 0, 1])
    at = data.index(b"IDAT") - 4
    chunk = struct.pack(">I", 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return data[:at] + chunk + data[at:]


@pytest.mark.parametrize("file_format", ["AVIF", "PNG"])
@pytest.mark.parametrize(("transfer", "curve"), [(16, "PQ"), (18, "HLG")])
def test_an_image_of_high_dynamic_range_is_refused_not_taken_for_srgb(
    tmp_path: Path, file_format: str, transfer: int, curve: str
) -> None:
    file = tmp_path / f"image.{file_format.lower()}"
    file.write_bytes(_stating(transfer, file_format))
    with pytest.raises(InvalidImageError, match=rf"high dynamic range \({curve}\).*ordinary JPEG"):
        to_rgb(file)
    with Image.open(file) as image, pytest.raises(InvalidImageError, match="high dynamic range"):
        to_rgb(image)
    file.write_bytes(_stating(13, file_format))
    assert to_rgb(file).shape == (16, 16, 3)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(InvalidImageError, match="is a pipe"):
        to_rgb(tmp_path / "pipe.png")


def test_a_folder_that_is_gone_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(
        InvalidImageError, match=r"'a\.png' cannot be looked up: the working folder was removed"
    ):
        to_rgb("a.png")


def test_a_frame_is_its_image() -> None:
    np.testing.assert_array_equal(to_rgb(SimpleNamespace(image=RGB)), RGB)


def test_a_frame_with_a_bad_image_is_refused() -> None:
    with pytest.raises(InvalidImageError, match="float"):
        to_rgb(SimpleNamespace(image=RGB / 255))


def test_whatever_numpy_can_read_is_an_image() -> None:
    np.testing.assert_array_equal(to_rgb(ArrayOwner()), RGB)


def test_a_symbolic_tensor_is_refused() -> None:
    with pytest.raises(InvalidImageError, match="eager tensor"):
        to_rgb(Symbolic())
