from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from bodyseg_widgets.errors import InvalidImageError
from bodyseg_widgets.images import to_rgb

if TYPE_CHECKING:
    from pathlib import Path

RGB = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
GRAY = np.arange(6, dtype=np.uint8).reshape(2, 3)
ORIENTATION = 0x0112
TURNED_CLOCKWISE = 6


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


def test_alpha_is_dropped_and_not_blended() -> None:
    rgba = np.dstack([RGB, np.zeros((2, 3), np.uint8)])
    np.testing.assert_array_equal(to_rgb(rgba), RGB)
    np.testing.assert_array_equal(to_rgb(Image.fromarray(rgba)), RGB)


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


def test_the_exif_orientation_is_honoured(tmp_path: Path) -> None:
    image = Image.fromarray(RGB)
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED_CLOCKWISE
    file = tmp_path / "turned.png"
    image.save(file, exif=exif)
    upright = np.rot90(RGB, k=-1)
    np.testing.assert_array_equal(to_rgb(file), upright)
    np.testing.assert_array_equal(to_rgb(str(file)), upright)
    with Image.open(file) as opened:
        np.testing.assert_array_equal(to_rgb(opened), upright)


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
