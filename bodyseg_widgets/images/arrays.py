"""Arrays as images: which are accepted, and what is wrong with others."""

from __future__ import annotations

import os
from typing import Final, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bodyseg_widgets.errors import InvalidImageError
from bodyseg_widgets.lazy import cv2

__all__ = [
    "MAX_LEVEL",
    "MAX_SIDE",
    "WHITE",
    "ArrayLike",
    "HasImage",
    "ImageInput",
    "Rgb",
    "RgbImage",
    "array_of",
    "blended",
    "check_size",
    "from_array",
]

RgbImage: TypeAlias = NDArray[np.uint8]
"""uint8 sRGB, shape (height, width, 3), C-contiguous."""

Rgb: TypeAlias = tuple[int, int, int]
"""A color: red, green and blue, 0 to 255."""

WHITE: Final[Rgb] = (255, 255, 255)
"""What is behind transparent parts of an image, unless another color is chosen."""

MAX_SIDE = 32764
"""Longest side of an image, in pixels: OpenCV's warps store coordinates as int16, and MediaPipe's
end the process a little earlier."""

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


def array_of(image: ArrayLike) -> NDArray[np.generic]:
    """Return an object's values.

    Raises
    ------
    InvalidImageError
        It has none yet, as a symbolic tensor.
    """
    try:
        return np.asarray(image)
    except (NotImplementedError, TypeError, ValueError, RuntimeError) as error:
        raise InvalidImageError(
            f"The values of this {type(image).__name__} cannot be read: {error} "
            "A symbolic tensor has none; pass an eager tensor, outside tf.function."
        ) from error


def from_array(array: NDArray[np.generic], backdrop: Rgb = WHITE) -> RgbImage:
    """Convert an array to an image; one that is an image already is returned without a copy.

    Raises
    ------
    InvalidImageError
        It has the wrong dtype, shape or number of channels, no pixels or too long a side.
    """
    _check_shape(array)
    if array.dtype != np.uint8:
        raise InvalidImageError(_wrong_dtype(array))
    pixels = np.ascontiguousarray(array, dtype=np.uint8)
    match pixels.shape:
        case (_, _) | (_, _, 1):
            return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB), dtype=np.uint8)
        case (_, _, 4):
            colors = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB), dtype=np.uint8)
            return blended(colors, pixels[..., 3], backdrop)
        case _:
            return pixels


def blended(colors: NDArray[np.uint8], alpha: NDArray[np.uint8], backdrop: Rgb) -> RgbImage:
    """Lay colors, uint8 (H, W, 3), with their opacity, uint8 (H, W), over a backdrop.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.images.arrays import blended
    >>> blended(np.uint8([[[9, 9, 9], [9, 9, 9]]]), np.uint8([[255, 0]]), (1, 2, 3)).tolist()
    [[[9, 9, 9], [1, 2, 3]]]
    """
    if int(alpha.min()) == MAX_LEVEL:
        return colors
    share = alpha[..., None].astype(np.uint16)
    # At most 255 * 255 and a half: it fits.
    mixed = colors * share
    mixed += np.array(backdrop, np.uint16) * (MAX_LEVEL - share)
    mixed += MAX_LEVEL // 2
    mixed //= MAX_LEVEL
    return mixed.astype(np.uint8)


def _check_shape(array: NDArray[np.generic]) -> None:
    match array.shape:
        case (height, width) | (height, width, 1 | 3 | 4):
            check_size(height, width)
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


def check_size(height: int, width: int) -> None:
    """Refuse images that no model can take.

    Raises
    ------
    InvalidImageError
        It has no pixels, or a side of more than `MAX_SIDE`.
    """
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
