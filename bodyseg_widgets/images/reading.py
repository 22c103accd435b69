"""Read an image of any accepted type."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from bodyseg_widgets.arguments import named_arguments
from bodyseg_widgets.errors import InvalidImageError
from bodyseg_widgets.files import existing_file, without_credentials
from bodyseg_widgets.images.arrays import (
    MAX_LEVEL,
    WHITE,
    ArrayLike,
    HasImage,
    array_of,
    from_array,
)
from bodyseg_widgets.images.files import opened_file
from bodyseg_widgets.images.meaning import ReadImage, read_pil

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bodyseg_widgets.images.arrays import ImageInput, Rgb, RgbImage

__all__ = ["read_image", "to_rgb"]

_ACCEPTED = (
    "a NumPy array (uint8; RGB, RGBA or gray), a PIL image, a path, a TensorFlow tensor, or a Frame"
)
_RGBA: Final = 4
_CHANNELS: Final = 3


@named_arguments
def to_rgb(image: ImageInput, *, backdrop: Rgb = WHITE) -> RgbImage:
    """Convert an image of any accepted type to uint8 RGB, as a viewer shows it.

    Parameters
    ----------
    image : numpy.ndarray, PIL.Image.Image, str, os.PathLike, tensor or Frame
        - array or tensor: ``uint8``, 0 to 255, shape (H, W) or (H, W, 1) gray, (H, W, 3) RGB, (H,
          W, 4) RGBA. OpenCV reads files as BGR: convert them first with ``image[..., ::-1]``.
        - PIL image or path: the EXIF orientation is applied; colors with an ICC profile, or
          of a PNG with a gamma, are converted to sRGB, with damaged ones ignored as in browsers; 16
          bits are scaled to 8. Of an animated image, the first frame. Colors that only numbers
          state (``nclx`` of AVIF, ``cICP`` of PNG, as in Rec. ITU-T H.273) are taken for sRGB,
          whatever primaries they name and also if they name no curve; those with the curve PQ or
          HLG are refused. Display P3 of cameras and screens has an ICC profile as a rule.
        - Frame: any object whose ``image`` is such an array.
    backdrop : tuple of int
        The color behind transparent parts, 0 to 255: what they hide stays hidden from models and
        effects.

    Returns
    -------
    numpy.ndarray
        ``uint8``, shape (H, W, 3), RGB, 0 to 255, C-contiguous. An array that is already in this
        form is returned without a copy.

    Raises
    ------
    InvalidImageError
        The file does not exist, is not an image of one of the `FORMATS` (such as JPEG, PNG, WebP,
        AVIF, GIF, TIFF), is damaged, or has more than `MAX_PIXELS`; or the array has the wrong
        dtype, shape or number of channels, no pixels, a side of more than `MAX_SIDE` pixels, or
        NaN. Floating-point arrays are rejected whatever their range, because 0 to 1 and 0 to 255
        cannot be distinguished reliably; the message shows the conversion to use.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.images import to_rgb
    >>> to_rgb(np.zeros((480, 640), np.uint8)).shape
    (480, 640, 3)
    >>> clear = np.zeros((1, 1, 4), np.uint8)
    >>> to_rgb(clear).tolist(), to_rgb(clear, backdrop=(0, 255, 0)).tolist()
    ([[[255, 255, 255]]], [[[0, 255, 0]]])
    """
    return read_image(image, backdrop).image


def read_image(image: ImageInput, backdrop: Rgb = WHITE) -> ReadImage:
    """Do the same, and return the image's transparency and profile with it.

    Raises
    ------
    InvalidImageError
        As `to_rgb`.
    """
    _check_backdrop(backdrop)
    if isinstance(image, np.ndarray):
        return _of_array(image, backdrop)
    if isinstance(image, Image.Image):
        return _of_pil(image, backdrop)
    if isinstance(image, str | os.PathLike):
        return _of_path(image, backdrop)
    if isinstance(image, HasImage):
        return _of_array(np.asarray(image.image), backdrop)
    if isinstance(image, ArrayLike):
        return _of_array(array_of(image), backdrop)
    raise InvalidImageError(f"Expect an image to be {_ACCEPTED}, but got {type(image).__name__}.")


def _check_backdrop(backdrop: Sequence[int]) -> None:
    levels = range(MAX_LEVEL + 1)
    if len(backdrop) != _CHANNELS or not all(each in levels for each in backdrop):
        raise InvalidImageError(
            f"backdrop must be three numbers from 0 to {MAX_LEVEL}: red, green and blue, such as "
            f"(255, 255, 255), but got {backdrop!r}."
        )


def _of_array(array: NDArray[np.generic], backdrop: Rgb) -> ReadImage:
    pixels = from_array(array, backdrop)
    has_alpha = array.ndim == _CHANNELS and array.shape[2] == _RGBA
    return ReadImage(pixels, np.asarray(array[..., 3], np.uint8) if has_alpha else None)


def _of_pil(image: Image.Image, backdrop: Rgb) -> ReadImage:
    try:
        return read_pil(image, "The PIL image", backdrop)
    except InvalidImageError:
        raise
    # An image that is not loaded yet may be a damaged file.
    except Exception as error:
        raise InvalidImageError(
            f"The PIL image cannot be read: {error}. Convert it first, with image.convert('RGB')."
        ) from error


def _of_path(path: str | os.PathLike[str], backdrop: Rgb) -> ReadImage:
    if isinstance(path, str) and path.startswith(("http://", "https://", "data:")):
        raise InvalidImageError(
            f"Expect the path of an image file, but got the URL {without_credentials(path)!r}. "
            "Nothing is fetched from the network: download the image and pass its path."
        )
    file = existing_file(path, refusal=InvalidImageError)
    name = f"The file {str(file)!r}"
    with opened_file(file, name) as opened:
        return read_pil(opened, name, backdrop)
