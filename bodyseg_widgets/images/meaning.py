"""What an image's file means: orientation, colors, transparency and depth, as a viewer shows it."""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias, cast

import numpy as np
from PIL import Image, ImageCms, ImageFile
from PIL.ExifTags import Base

from bodyseg_widgets.errors import InvalidImageError
from bodyseg_widgets.images.arrays import MAX_LEVEL, WHITE, blended, check_size

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from bodyseg_widgets.images.arrays import Rgb, RgbImage

__all__ = ["ReadImage", "has_srgb_colors", "in_profile", "read_pil"]

_log = logging.getLogger(__name__)

_BAND_PIXELS: Final = 2**22
"""How many pixels are converted at a time: conversions need several copies."""

_TURNS: Final[dict[int, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]]] = {
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.swapaxes(0, 1),
    6: lambda upright: np.rot90(upright, 1),
    7: lambda upright: upright[::-1, ::-1].swapaxes(0, 1),
    8: lambda upright: np.rot90(upright, -1),
}
"""By EXIF orientation: the view of an upright array in which the stored rows are."""

_TRANSPOSED: Final = range(5, 9)
_16_BITS_PER_8: Final = 257
_FORMATS_OF_16_BITS: Final = ("PNG", "PPM", "JPEG2000")
"""Of these, Pillow's mode ``I``, of 32 bits, has 16."""

_STARTS_A_PROGRAM: Final = "EPS"
"""The format for whose decoding Pillow starts Ghostscript."""

_HIGH_RANGES: Final = {16: "PQ", 18: "HLG"}
"""By the number of the transfer function (Rec. ITU-T H.273)."""

_HEAD_BYTES: Final = 2**16
"""Where a file says what its colors are: before its pixels."""

_GRAYS: Final = ("1", "L", "LA")
_PREMULTIPLIED: Final = {"La": "LA", "RGBa": "RGBA"}
_SRGB: Final = ImageCms.createProfile("sRGB")

_LOWEST_GAMMA: Final = 0.1
"""Of what PNG files state, at most 1; what is below is a fault, and ignored."""

_GAMMA_OF_SRGB: Final = 1 / 2.2
_GAMMA_TOLERANCE: Final = 0.05
"""As in libpng and browsers: what states about 2.2 is sRGB."""

Transform: TypeAlias = "ImageCms.ImageCmsTransform"
Conversion: TypeAlias = "Callable[[Image.Image], Image.Image]"
"""Converts an image of the mode that a file has to sRGB."""


@dataclass(frozen=True, slots=True)
class ReadImage:
    """An image that was read.

    Attributes
    ----------
    image : numpy.ndarray
        uint8 (H, W, 3), sRGB, upright, without transparency.
    alpha : numpy.ndarray or None
        Its opacity before, uint8 (H, W); None if it was opaque.
    profile : bytes or None
        The ICC profile of its colors before, if it was one for RGB.
    """

    image: RgbImage
    alpha: NDArray[np.uint8] | None = None
    profile: bytes | None = None


def read_pil(image: Image.Image, name: str, backdrop: Rgb = WHITE) -> ReadImage:
    """Read a Pillow image as a viewer shows it.

    Damaged metadata (EXIF, ICC) is ignored, as in viewers and browsers.

    Parameters
    ----------
    image : PIL.Image.Image
        An image of any mode.
    name : str
        The beginning of a sentence that says which image it is.
    backdrop : tuple of int
        The color behind transparent parts.

    Raises
    ------
    InvalidImageError
        It has no pixels or too long a side, its values have no known range, it has high dynamic
        range, or another program would have to decode it.
    Exception
        Whatever Pillow raises for a damaged file.
    """
    check_size(image.height, image.width)
    if isinstance(image, ImageFile.ImageFile) and image.tile:
        _check_undecoded(image, name)
    image.load()
    orientation = _orientation(image)
    upright = image.size if orientation in _TRANSPOSED else image.size[::-1]
    made = np.empty((*upright, 3), np.uint8)
    alpha = np.empty(upright, np.uint8) if image.has_transparency_data else None
    turn = _TURNS.get(orientation)
    stored = made if turn is None else turn(made)
    stored_alpha = alpha if alpha is None or turn is None else turn(alpha)
    to_srgb = _to_srgb(image)
    rows = max(1, _BAND_PIXELS // image.width)
    for top in range(0, image.height, rows):
        bottom = min(image.height, top + rows)
        band = _in_8_bits(image.crop((0, top, image.width, bottom)), image.format, name)
        colors = np.asarray(_as_rgb(band, to_srgb))
        if stored_alpha is not None:
            band_alpha = _alpha(band)
            stored_alpha[top:bottom] = band_alpha
            colors = blended(colors, band_alpha, backdrop)
        stored[top:bottom] = colors
    is_rgb = to_srgb is not None and _mode_of_colors(image) == "RGB"
    profile = image.info.get("icc_profile") if is_rgb else None
    return ReadImage(made, alpha, profile and _for_output(profile))


def _check_undecoded(image: ImageFile.ImageFile, name: str) -> None:
    if image.format == _STARTS_A_PROGRAM:
        raise InvalidImageError(
            f"{name} is an EPS, which is a program, and is not run here. Save it as a PNG in the "
            "program that shows it."
        )
    file = image.fp
    if file is None or "icc_profile" in image.info:
        return
    position = file.tell()
    file.seek(0)
    curve = _HIGH_RANGES.get(_transfer_of(file.read(_HEAD_BYTES)))
    file.seek(position)
    if curve is not None:
        raise InvalidImageError(
            f"{name} has high dynamic range ({curve}), of which only videos are converted here: "
            "its colors would be wrong. Save it as an ordinary JPEG or PNG, without high dynamic "
            "range, in the program that shows it."
        )


def _transfer_of(head: bytes) -> int:
    """Return the transfer function that an AVIF or a PNG states (H.273); 0 for none."""
    if head[4:8] == b"ftyp":
        stated = head.partition(b"colrnclx")[2]
        return int.from_bytes(stated[2:4], "big")
    stated = head.partition(b"\0\0\0\4cICP")[2] if head.startswith(b"\x89PNG") else b""
    return stated[1] if len(stated) > 1 else 0


def in_profile(image: RgbImage, profile: bytes) -> Image.Image:
    """Convert an sRGB image to the colors of an ICC profile for RGB, which the result carries."""
    made = _applied(_from_srgb(profile), Image.fromarray(image))
    made.info["icc_profile"] = profile
    return made


def _from_srgb(profile: bytes) -> Transform:
    given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    return ImageCms.buildTransform(_SRGB, given, "RGB", "RGB")


def _for_output(profile: bytes) -> bytes | None:
    """Return a profile if colors can be converted to it, which those of scanners do not allow."""
    try:
        _from_srgb(profile)
    except ImageCms.PyCMSError:
        return None
    return profile


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(Base.Orientation, 1))
    # Pillow's parser raises all kinds of errors.
    except Exception:  # noqa: BLE001
        _log.debug("Damaged EXIF metadata was ignored", exc_info=True)
        return 1


def _in_8_bits(band: Image.Image, file_format: str | None, name: str) -> Image.Image:
    has_16_bits = band.mode.startswith("I;16") or (
        band.mode == "I" and file_format in _FORMATS_OF_16_BITS
    )
    if has_16_bits:
        values = np.asarray(band).astype(np.int32).clip(0, np.iinfo(np.uint16).max)
        levels = ((values + _16_BITS_PER_8 // 2) // _16_BITS_PER_8).astype(np.uint8)
        clear = band.info.get("transparency")
        if clear is None:
            return Image.fromarray(levels)
        return Image.fromarray(np.dstack([levels, np.where(values == clear, 0, 255)]).astype("u1"))
    if band.mode in ("I", "F"):
        kind = "32-bit integers" if band.mode == "I" else "floating-point numbers"
        raise InvalidImageError(
            f"{name} has {kind} (PIL mode {band.mode!r}), of which nobody knows what is white. "
            "Scale its values to 0 to 255, and convert them to uint8: "
            "np.clip(np.asarray(image) * scale, 0, 255).astype(np.uint8)."
        )
    if band.mode in _PREMULTIPLIED:
        return band.convert(_PREMULTIPLIED[band.mode])
    return band


def _alpha(band: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(band.convert("RGBA").getchannel("A"))


def _as_rgb(band: Image.Image, to_srgb: Conversion | None) -> Image.Image:
    if band.has_transparency_data and band.mode not in _GRAYS:
        band = band.convert("RGBA")
    return band.convert("RGB") if to_srgb is None else to_srgb(band)


def _mode_of_colors(image: Image.Image) -> str:
    if image.mode in _GRAYS or image.mode.startswith("I"):
        return "L"
    return "CMYK" if image.mode == "CMYK" else "RGB"


def _to_srgb(image: Image.Image) -> Conversion | None:
    """Return what converts the image's colors to sRGB; None if they are, or nobody knows."""
    profile = image.info.get("icc_profile")
    if not profile:
        return _from_gamma(image)
    mode = _mode_of_colors(image)
    if mode == "RGB" and has_srgb_colors(profile):
        return None
    transform = _transform(profile, mode)
    if transform is None:
        return None
    return lambda band: _applied(transform, band.convert(mode))


@lru_cache(maxsize=16)
def has_srgb_colors(profile: bytes) -> bool:
    """Return whether RGB colors with an ICC profile are sRGB, up to rounding.

    Those with a damaged profile are, as in viewers. The answer is kept: to find it takes several
    times as long as to decode a frame, and browsers put a profile into each one that they encode.
    """
    transform = _transform(profile, "RGB")
    return transform is None or not _changes(transform)


def _transform(profile: bytes, mode: str) -> Transform | None:
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.buildTransform(given, _SRGB, mode, "RGB")
    # It is damaged, or for other colors than the image has.
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        _log.debug("A damaged ICC profile was ignored", exc_info=True)
        return None


def _from_gamma(image: Image.Image) -> Conversion | None:
    """Return what converts from the gamma that a PNG states; None if that is about sRGB's."""
    gamma = image.info.get("gamma", 0)
    if image.format != "PNG" or "srgb" in image.info or not _LOWEST_GAMMA <= gamma <= 1:
        return None
    if abs(gamma / _GAMMA_OF_SRGB - 1) < _GAMMA_TOLERANCE:
        return None
    light = (np.arange(MAX_LEVEL + 1) / MAX_LEVEL) ** (1 / gamma)
    # IEC 61966-2-1.
    levels = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)  # noqa: PLR2004
    curve = np.rint(MAX_LEVEL * levels).astype(int).tolist()
    return lambda band: band.convert("RGB").point(curve * 3)


def _changes(transform: Transform) -> bool:
    """Return whether a transform changes colors by more than rounding does."""
    steps = np.linspace(0, 255, 9).astype(np.uint8)
    colors = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 3)
    made = _applied(transform, Image.fromarray(colors))
    return int(np.abs(np.asarray(made, np.int16) - colors).max()) > 1


def _applied(transform: Transform, image: Image.Image) -> Image.Image:
    # Only what is converted in place is not returned.
    return cast("Image.Image", ImageCms.applyTransform(image, transform))
