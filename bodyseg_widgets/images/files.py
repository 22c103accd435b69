"""Open image files: only the formats that images of people have, and only up to a size."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, Final

from PIL import Image, UnidentifiedImageError

from bodyseg_widgets.errors import BodySegError, InvalidImageError, reason
from bodyseg_widgets.images.arrays import check_size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["FORMATS", "MAX_PIXELS", "NotAnImageError", "image_errors", "open_image", "opened_file"]

FORMATS: Final = (
    "JPEG",
    "PNG",
    "WEBP",
    "GIF",
    "AVIF",
    "BMP",
    "TIFF",
    "JPEG2000",
    "PPM",
    # Last, because its files begin like others.
    "TGA",
)
"""The formats that are read, as Pillow names them. Its others are for documents, games and
laboratories; some would start another program (EPS), take minutes for a large image (QOI), or have
another image inside, of any size (ICO)."""

MAX_PIXELS: Final = 2**27
"""Most pixels of an image file, 134 million: what phones make has up to 108 million, and decoding
it takes about a gigabyte."""

_COPIED: Final = ("WEBP", "AVIF", "JPEG2000")
"""Their decoders keep copies of the image, so half as many pixels take as much memory."""

_EXAMPLES = "Expect JPEG, PNG, WebP, AVIF, GIF, TIFF or BMP."


class NotAnImageError(InvalidImageError):
    """The file is not an image of one of the `FORMATS`; it may be a video."""


@contextmanager
def opened_file(file: Path | BinaryIO, name: str) -> Iterator[Image.Image]:
    """Open an image file, without decoding it; whatever goes wrong is as with `image_errors`.

    Parameters
    ----------
    file : Path or file object
        An existing file, or its bytes (``io.BytesIO``).
    name : str
        The beginning of a sentence that says which file it is.

    Raises
    ------
    NotAnImageError
        It is not an image of one of the `FORMATS`.
    InvalidImageError
        It is damaged, has more than `MAX_PIXELS`, no pixels, or a side of more than `MAX_SIDE`.

    Examples
    --------
    >>> from io import BytesIO
    >>> from bodyseg_widgets.errors import InvalidImageError
    >>> from bodyseg_widgets.images import opened_file
    >>> try:
    ...     with opened_file(BytesIO(b"%!PS"), "This file"):
    ...         pass
    ... except InvalidImageError as error:
    ...     print(str(error)[:48])
    This file is not an image of a format that is re
    """
    with image_errors(name), open_image(file, name) as image:
        yield image


def open_image(file: Path | BinaryIO, name: str) -> Image.Image:
    """Open an image file for longer than a context; every use belongs in `image_errors`.

    Raises
    ------
    InvalidImageError
        It has too many pixels, or none.
    Exception
        Whatever Pillow raises.
    """
    image = Image.open(file, formats=FORMATS)
    try:
        _check_pixels(image, name)
    except InvalidImageError:
        image.close()
        raise
    return image


@contextmanager
def image_errors(name: str) -> Iterator[None]:
    """Say in the context, in an error of this package, what is wrong with an image file.

    Parameters
    ----------
    name : str
        The beginning of a sentence that says which file it is.

    Raises
    ------
    InvalidImageError
        In place of whatever Pillow raises.
    """
    try:
        yield
    except BodySegError:
        raise
    except UnidentifiedImageError as error:
        raise NotAnImageError(
            f"{name} is not an image of a format that is read here. {_EXAMPLES} Save it as one of "
            "these in the program that shows it."
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InvalidImageError(_too_many(name)) from error
    # Of damaged files, Pillow's formats raise all kinds of errors.
    except Exception as error:
        raise InvalidImageError(
            f"{name} cannot be read: {reason(error) or type(error).__name__}. It may be damaged or "
            "incomplete: copy it again, or open it in another program and save it as a PNG."
        ) from error


def _check_pixels(image: Image.Image, name: str) -> None:
    check_size(image.height, image.width)
    most = MAX_PIXELS // 2 if image.format in _COPIED else MAX_PIXELS
    if image.height * image.width > most:
        raise InvalidImageError(_too_many(name, most, f" It is {image.width}x{image.height}."))


def _too_many(name: str, most: int = MAX_PIXELS, size: str = "") -> str:
    return (
        f"{name} has too many pixels: at most {most:,} are decoded.{size} Make it smaller first, "
        "for example with PIL's Image.thumbnail."
    )
