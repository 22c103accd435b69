"""Backgrounds of effects: a color, an image or a video."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np

from bodyseg_widgets.errors import InvalidImageError, InvalidOptionError
from bodyseg_widgets.files import given_path
from bodyseg_widgets.images import MAX_LEVEL, to_rgb
from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.rendering.background import color_of

if TYPE_CHECKING:
    from pathlib import Path

    from bodyseg_widgets.images import ImageInput, RgbImage
    from bodyseg_widgets.rendering import BackgroundLike

__all__ = [
    "MAX_BYTES",
    "MAX_EFFECT_IMAGE_SIDE",
    "Background",
    "locked",
    "read_background",
    "video_type",
]

MAX_EFFECT_IMAGE_SIDE = 1280
"""Longer side in pixels that images for the page are scaled down to."""

MAX_BYTES = 32 * 2**20
"""Limit for a video sent to the page, which holds it in memory, in one message."""

_MEGABYTE = 2**20
_HEAD = 12
"""Number of bytes that identify a video format."""

_VIDEO_TYPES = {
    b"\x1a\x45\xdf\xa3": "video/webm",
    b"OggS": "video/ogg",
}
"""The first bytes of files that browsers play. Matroska begins like WebM, and browsers do not check
further."""

_MP4_MARK = b"ftyp"
_MP4_IMAGES = (b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1")
"""Images in the same container as MP4's."""

Background: TypeAlias = "str | RgbImage | Path"
"""A background as Python reads it: a color as ``#rrggbb``, a uint8 RGB image that fits
`MAX_EFFECT_IMAGE_SIDE`, or the path of a video."""


def read_background(value: BackgroundLike) -> Background:
    """Convert a background as people write it.

    Parameters
    ----------
    value : Color, sequence of int, str, os.PathLike, or an image of any kind
        Anything `replace_background` accepts, except translucent colors, or the path of a video
        that browsers play, of at most `MAX_BYTES`.

    Raises
    ------
    InvalidOptionError
        It is a translucent color, or a video that is too large.
    InvalidImageError
        It is neither a color, an image nor a video.

    Examples
    --------
    >>> from bodyseg_widgets.streaming.effects.background import read_background
    >>> read_background("teal")
    '#008080'
    """
    color = color_of(value)
    if color is not None:
        if color.a != MAX_LEVEL:
            raise InvalidOptionError(
                "background replaces the original completely, so its color must be opaque, but got "
                f"{value!r}. Write it as '#rrggbb'."
            )
        return color.hex
    try:
        return locked(_fitted(to_rgb(cast("ImageInput", value))))
    except InvalidImageError as error:
        video = _video(value) if isinstance(value, str | PathLike) else None
        if video is not None:
            return video
        raise InvalidImageError(
            "background must be an opaque color, such as 'teal' or (0, 163, 163), an image, or the "
            f"path of a video that browsers play (MP4, WebM): {error}"
        ) from error


def locked(image: RgbImage) -> RgbImage:
    """Make an image read-only: the page's copy would not follow changes."""
    image.flags.writeable = False
    return image


def video_type(path: Path) -> str | None:
    """Return the media type of a video, from the beginning of its file; None for other files."""
    with path.open("rb") as opened:
        head = opened.read(_HEAD)
    if head[4:8] == _MP4_MARK:
        brand = head[8:12]
        if brand in _MP4_IMAGES:
            return None
        return "video/quicktime" if brand == b"qt  " else "video/mp4"
    return _VIDEO_TYPES.get(head[:4])


def _fitted(image: RgbImage) -> RgbImage:
    """Scale an image down to `MAX_EFFECT_IMAGE_SIDE`; a copy in any case."""
    height, width = image.shape[:2]
    scale = MAX_EFFECT_IMAGE_SIDE / max(height, width)
    if scale >= 1:
        return image.copy()
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _video(path: str | PathLike[str]) -> Path | None:
    """Return the path of a video; None if it is not a video."""
    file = given_path(path, refusal=InvalidOptionError)
    if not file.is_file() or video_type(file) is None:
        return None
    size = file.stat().st_size
    if size > MAX_BYTES:
        raise InvalidOptionError(
            f"The video {str(file)!r} is {size / _MEGABYTE:.1f} MB; a background may be at most "
            f"{MAX_BYTES // _MEGABYTE} MB, because all of it is sent to the page. Make it shorter "
            "or smaller, for example with: ffmpeg -i long.mp4 -t 20 -vf scale=1280:-2 -an short.mp4"
        )
    return file
