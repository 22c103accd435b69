"""What is behind the people of a view: a colour, a picture or a video."""

from __future__ import annotations

import io
import shutil
import tempfile
import weakref
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypedDict, cast

import cv2
import numpy as np
import traitlets
from PIL import Image

from bodyseg_widgets.errors import InvalidImageError, InvalidOptionError
from bodyseg_widgets.images import to_rgb
from bodyseg_widgets.rendering.background import color_of
from bodyseg_widgets.streaming.encoded import encode_picture

if TYPE_CHECKING:
    from bodyseg_widgets.images import ImageInput, RgbImage
    from bodyseg_widgets.rendering import BackgroundLike

__all__ = ["MOST_BYTES", "MOST_SIDE", "Background", "BackgroundTrait"]

MOST_SIDE = 1280
"""Pixels of a picture's longer side: what is sent to the page is scaled down to it."""

MOST_BYTES = 32 * 2**20
"""Of a video that is sent to the page; the page holds it in memory, in one message."""

_MEGABYTE = 2**20
_OPAQUE = 255

_VIDEO_TYPES = {
    b"\x1a\x45\xdf\xa3": "video/webm",
    b"OggS": "video/ogg",
}
"""How files begin that browsers play. Matroska begins as WebM does, and browsers ask no more."""

_MP4_MARK = b"ftyp"
_MP4_PICTURES = (b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1")
"""Pictures in the same container as MP4's."""

_SUFFIXES = {
    "video/webm": ".webm",
    "video/ogg": ".ogv",
    "video/quicktime": ".mov",
    "video/x-matroska": ".mkv",
}
"""Of what else a page sends: ``.mp4``."""


class _File(TypedDict):
    """A file as it goes to the page and comes from there."""

    type: str
    data: bytes | memoryview


Background: TypeAlias = "str | RgbImage | Path"
"""What a view's background is in Python: a colour, a picture, or where a video is."""


class _Taken(NamedTuple):
    background: Background
    for_page: str | _File
    """The same for the page. Encoded once: ipywidgets asks for it more than once a change."""


class BackgroundTrait(traitlets.TraitType[Background, "BackgroundLike"]):
    """A trait that takes what `replace_background` takes, or the path of a video.

    Python reads it as a str ``#rrggbb``, a uint8 RGB array that fits `MOST_SIDE`, or the path of a
    video. The page gets, and may set, the colour or the file: ``{"type": "image/jpeg", "data":
    ...}``. A video that the page has set is stored in a temporary folder until the next one, or
    until `release`.
    """

    info_text = "an opaque colour, a picture, or the path of a video"

    def __init__(self, default_value: str) -> None:
        super().__init__(default_value)
        self._taken: weakref.WeakKeyDictionary[traitlets.HasTraits, _Taken] = (
            weakref.WeakKeyDictionary()
        )
        # What removes them, at the latest when Python ends.
        self._folders: weakref.WeakKeyDictionary[
            traitlets.HasTraits, weakref.finalize[..., traitlets.HasTraits]
        ] = weakref.WeakKeyDictionary()
        self.tag(sync=True, to_json=self._for_page)

    def validate(self, obj: traitlets.HasTraits, value: BackgroundLike | _File) -> Background:
        """Read it, so that what is no background is refused and the last one stays."""
        taken = self._taken.get(obj)
        if taken is not None and value is taken.background:
            return taken.background
        if isinstance(value, dict) and value.keys() >= {"type", "data"}:
            taken = self._from_page(obj, value)
        else:
            taken = _opened(cast("BackgroundLike", value))
        self._taken[obj] = taken
        return taken.background

    def release(self, obj: traitlets.HasTraits) -> None:
        """Remove the video that the page has set last."""
        remove = self._folders.pop(obj, None)
        if remove is not None:
            remove()

    def _for_page(self, background: Background, obj: traitlets.HasTraits) -> str | _File:
        taken = self._taken.get(obj)
        return cast("str", background) if taken is None else taken.for_page

    def _from_page(self, obj: traitlets.HasTraits, file: _File) -> _Taken:
        data = bytes(file["data"])
        if not file["type"].startswith("video/"):
            try:
                with Image.open(io.BytesIO(data)) as picture:
                    return _Taken(_locked(to_rgb(picture)), file)
            except OSError as error:
                raise InvalidImageError(
                    f"The page's background, {len(data)} bytes of {file['type']}, is not an image "
                    f"({error})."
                ) from error
        folder = tempfile.mkdtemp(prefix="bodyseg-")
        path = Path(folder) / f"background{_SUFFIXES.get(file['type'], '.mp4')}"
        path.write_bytes(data)
        self.release(obj)
        self._folders[obj] = weakref.finalize(obj, shutil.rmtree, folder, ignore_errors=True)
        return _Taken(path, file)


def _opened(background: BackgroundLike) -> _Taken:
    color = color_of(background)
    if color is not None:
        if color.a != _OPAQUE:
            raise InvalidOptionError(
                "background replaces the original completely, so its color must be "
                f"opaque, but got {background!r}. Write it as '#rrggbb'."
            )
        return _Taken(color.hex, color.hex)
    try:
        picture = _fitted(to_rgb(cast("ImageInput", background)))
    except InvalidImageError as error:
        video = _video(background) if isinstance(background, str | PathLike) else None
        if video is not None:
            return video
        raise InvalidImageError(
            "background must be an opaque color, such as 'teal' or (0, 163, 163), an "
            f"image, or the path of a video that browsers play (MP4, WebM): {error}"
        ) from error
    return _Taken(_locked(picture), {"type": "image/jpeg", "data": encode_picture(picture)})


def _locked(picture: RgbImage) -> RgbImage:
    """Let nobody write into it: the page has a copy, which would not follow."""
    picture.flags.writeable = False
    return picture


def _fitted(picture: RgbImage) -> RgbImage:
    """Scale a picture down to `MOST_SIDE`; a copy in any case."""
    height, width = picture.shape[:2]
    scale = MOST_SIDE / max(height, width)
    if scale >= 1:
        return picture.copy()
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _video(path: str | PathLike[str]) -> _Taken | None:
    """Read a video for the page; None where it is none."""
    file = Path(path).expanduser()
    if not file.is_file():
        return None
    with file.open("rb") as opened:
        kind = _video_type(opened.read(12))
    if kind is None:
        return None
    size = file.stat().st_size
    if size > MOST_BYTES:
        raise InvalidOptionError(
            f"The video {str(file)!r} is {size / _MEGABYTE:.1f} MB; a background may be at most "
            f"{MOST_BYTES // _MEGABYTE} MB, because all of it is sent to the page. Make it "
            "shorter or smaller, for example with: "
            "ffmpeg -i long.mp4 -t 20 -vf scale=1280:-2 -an short.mp4"
        )
    return _Taken(file.absolute(), {"type": kind, "data": file.read_bytes()})


def _video_type(head: bytes) -> str | None:
    """Tell by its first 12 bytes what kind of video a file is."""
    if head[4:8] == _MP4_MARK:
        brand = head[8:12]
        if brand in _MP4_PICTURES:
            return None
        return "video/quicktime" if brand == b"qt  " else "video/mp4"
    return _VIDEO_TYPES.get(head[:4])
