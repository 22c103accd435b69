"""Convert any accepted image to one kind of array.

Everything below this module works on one kind of image: ``uint8`` RGB of shape (height, width, 3),
rows from top to bottom, C-contiguous.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, Protocol, TypeAlias, runtime_checkable

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from bodyseg_widgets.errors import InvalidImageError

__all__ = ["MAX_SIDE", "ArrayLike", "HasImage", "ImageInput", "RgbImage", "to_rgb"]

RgbImage: TypeAlias = NDArray[np.uint8]
"""uint8 RGB, shape (height, width, 3), C-contiguous."""

MAX_SIDE = 32766
"""Longest side of an image, in pixels: OpenCV's warps store coordinates as int16."""

_ACCEPTED = (
    "a NumPy array (uint8; RGB, RGBA or gray), a PIL image, a path, a TensorFlow tensor, or a Frame"
)
_DEEP_PIL_MODES = ("I", "F")
MAX_LEVEL: Final = 255
"""The largest value of 8 bits: white, opaque, a probability of 1."""


@runtime_checkable
class HasImage(Protocol):
    """Something that contains an image, such as a ``Frame`` of a stream."""

    @property
    def image(self) -> RgbImage:
        """uint8 RGB of shape (height, width, 3)."""


@runtime_checkable
class ArrayLike(Protocol):
    """Something NumPy can view as an array, such as an eager TensorFlow tensor."""

    def __array__(self) -> NDArray[np.generic]:
        """Return the values, shape (height, width[, channels])."""


ImageInput: TypeAlias = (
    NDArray[np.generic] | Image.Image | str | os.PathLike[str] | HasImage | ArrayLike
)
"""Every type of image that :func:`to_rgb`, and so every segmenter, accepts."""


def to_rgb(image: ImageInput) -> RgbImage:
    """Convert an image of any accepted type to uint8 RGB.

    Parameters
    ----------
    image : numpy.ndarray, PIL.Image.Image, str, os.PathLike, tensor or Frame
        - array or tensor: ``uint8``, 0 to 255, shape (H, W) or (H, W, 1) gray, (H, W, 3) RGB, (H,
          W, 4) RGBA. OpenCV reads files as BGR: convert them first with ``image[..., ::-1]``.
        - PIL image or path: any 8-bit mode. The EXIF orientation is applied, so the image looks the
          same as in a viewer.
        - Frame: any object whose ``image`` is such an array.

        Alpha is dropped, not blended: there is no background to blend with, and the networks were
        trained on opaque images.

    Returns
    -------
    numpy.ndarray
        ``uint8``, shape (H, W, 3), RGB, 0 to 255, C-contiguous. An array that is already in this
        form is returned without a copy.

    Raises
    ------
    InvalidImageError
        The file does not exist or is not an image; or the array has the wrong dtype, shape or
        number of channels, no pixels, a side of more than `MAX_SIDE` pixels, or NaN. Floating-point
        arrays are rejected whatever their range, because 0 to 1 and 0 to 255 cannot be
        distinguished reliably; the message shows the conversion to use.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.images import to_rgb
    >>> to_rgb(np.zeros((480, 640), np.uint8)).shape
    (480, 640, 3)
    """
    if isinstance(image, np.ndarray):
        return _from_array(image)
    if isinstance(image, Image.Image):
        return _from_pil(image, "The PIL image")
    if isinstance(image, str | os.PathLike):
        return _from_path(image)
    if isinstance(image, HasImage):
        return _from_array(np.asarray(image.image))
    if isinstance(image, ArrayLike):
        return _from_array(_as_array(image))
    raise InvalidImageError(f"Expect an image to be {_ACCEPTED}, but got {type(image).__name__}.")


def _as_array(image: ArrayLike) -> NDArray[np.generic]:
    try:
        return np.asarray(image)
    except (NotImplementedError, TypeError, ValueError, RuntimeError) as error:
        raise InvalidImageError(
            f"The values of this {type(image).__name__} cannot be read: {error} "
            "A symbolic tensor has none; pass an eager tensor, outside tf.function."
        ) from error


def _from_array(array: NDArray[np.generic]) -> RgbImage:
    _check_shape(array)
    if array.dtype != np.uint8:
        raise InvalidImageError(_wrong_dtype(array))
    pixels = np.ascontiguousarray(array, dtype=np.uint8)
    match pixels.shape:
        case (_, _) | (_, _, 1):
            return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB), dtype=np.uint8)
        case (_, _, 4):
            return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB), dtype=np.uint8)
        case _:
            return pixels


def _check_shape(array: NDArray[np.generic]) -> None:
    match array.shape:
        case (height, width) | (height, width, 1 | 3 | 4):
            _check_size(height, width)
        case shape:
            raise InvalidImageError(
                "Expect an image array of shape (H, W), (H, W, 1), (H, W, 3) or (H, W, 4), "
                f"but got shape {shape}. {_shape_advice(shape)}"
            )


def _shape_advice(shape: tuple[int, ...]) -> str:
    match shape:
        case (1 | 3 | 4, _, _):
            return "The channels come first; move them last: image.transpose(1, 2, 0)."
        case (_, _, _, _):
            return "That looks like a batch; pass one image at a time: image[0]."
        case _:
            return "Pass the pixels of one image."


def _check_size(height: int, width: int) -> None:
    if height == 0 or width == 0:
        raise InvalidImageError(
            f"The image has no pixels: it is {width}x{height} (width x height). "
            "Expect at least 1x1; check that the file or the camera provided an image."
        )
    if max(height, width) > MAX_SIDE:
        raise InvalidImageError(
            f"The image is {width}x{height} pixels; a side may be at most {MAX_SIDE}. "
            "Make it smaller first, for example with PIL's Image.thumbnail."
        )


def _wrong_dtype(array: NDArray[np.generic]) -> str:
    wanted = f"Expect an image array of dtype uint8 (0 to 255), but got {array.dtype}"
    if array.dtype == np.bool_:
        return f"{wanted}. Convert it with: image.astype(np.uint8) * 255"
    if array.dtype == np.uint16:
        return f"{wanted}. Convert it with: (image // 257).astype(np.uint8)"
    if np.issubdtype(array.dtype, np.floating):
        return _float_advice(array.astype(np.float64), wanted)
    if np.issubdtype(array.dtype, np.integer):
        return f"{wanted}. Convert it with: np.clip(image, 0, 255).astype(np.uint8)"
    return f"{wanted}. Pass the pixels as numbers of dtype uint8."


def _float_advice(values: NDArray[np.float64], wanted: str) -> str:
    if np.isnan(values).any():
        count = int(np.isnan(values).sum())
        return (
            f"{wanted} with {count} NaN values. NaN is not a valid pixel value: replace it with "
            "np.nan_to_num(image), then convert to uint8."
        )
    low, high = float(values.min()), float(values.max())
    found = f"{wanted} with values from {low:g} to {high:g}"
    if low >= 0 and high <= 1:
        return f"{found}. Convert it with: (image * 255).round().astype(np.uint8)"
    if low >= 0 and high <= MAX_LEVEL:
        return f"{found}. Convert it with: image.round().astype(np.uint8)"
    if low >= -1 and high <= 1:
        return f"{found}. Convert it with: ((image + 1) * 127.5).round().astype(np.uint8)"
    return f"{found}. Scale it to 0 to 255, then: np.clip(image, 0, 255).round().astype(np.uint8)"


def _from_path(path: str | os.PathLike[str]) -> RgbImage:
    if isinstance(path, str) and path.startswith(("http://", "https://", "data:")):
        raise InvalidImageError(
            f"Expect the path of an image file, but got the URL {path[:60]!r}. "
            "Nothing is fetched from the network: download the image and pass its path."
        )
    file = Path(path).expanduser()
    if not file.exists():
        raise InvalidImageError(
            f"There is no file {str(file)!r} (looked in {str(Path.cwd())!r}). Check the path."
        )
    try:
        with Image.open(file) as opened:
            return _from_pil(opened, f"The file {str(file)!r}")
    except UnidentifiedImageError as error:
        raise InvalidImageError(
            f"The file {str(file)!r} is not an image. "
            "Expect a format that Pillow reads, such as JPEG, PNG or WebP."
        ) from error
    except Image.DecompressionBombError as error:
        raise InvalidImageError(
            f"The file {str(file)!r} was rejected: {error} If you trust it, open it with PIL after "
            "increasing PIL.Image.MAX_IMAGE_PIXELS, make it smaller, and pass that."
        ) from error
    except OSError as error:
        raise InvalidImageError(f"The file {str(file)!r} cannot be read: {error}") from error


def _from_pil(image: Image.Image, name: str) -> RgbImage:
    if image.mode in _DEEP_PIL_MODES or image.mode.startswith("I;"):
        raise InvalidImageError(
            f"{name} has more than 8 bits per channel (PIL mode {image.mode!r}), but expect 8. "
            "Scale its values to 0 to 255 and convert them to uint8 first."
        )
    upright = ImageOps.exif_transpose(image)
    return _from_array(np.asarray(upright.convert("RGB")))
