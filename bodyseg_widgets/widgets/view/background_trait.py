"""The trait of a view's background: a color, an image or a video."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypedDict, cast

import traitlets

from bodyseg_widgets.errors import InvalidImageError
from bodyseg_widgets.streaming.effects.background import Background, locked, video_type
from bodyseg_widgets.streaming.encoded import decode_image, encode_image

if TYPE_CHECKING:
    from bodyseg_widgets.rendering import BackgroundLike
    from bodyseg_widgets.streaming.effects.parameters import BackgroundField

__all__ = ["BackgroundTrait"]

_SUFFIXES = {
    "video/webm": ".webm",
    "video/ogg": ".ogv",
    "video/quicktime": ".mov",
    "video/x-matroska": ".mkv",
}
"""Of what else a page sends: ``.mp4``."""


class BackgroundFile(TypedDict):
    """The file of an image or a video, as it goes to the page and comes from there."""

    type: str
    """Its media type."""
    data: bytes | memoryview
    """Its bytes."""


class _Taken(NamedTuple):
    background: Background
    for_page: str | BackgroundFile
    """The same for the page. Encoded once: ipywidgets asks for it more than once a change."""


class BackgroundTrait(traitlets.TraitType[Background, "BackgroundLike"]):
    """A trait that takes what its parameter takes.

    Python reads it as the parameter does: a str ``#rrggbb``, a uint8 RGB array, or the path of a
    video. The page gets, and may set, the color or the file: ``{"type": "image/jpeg", "data":
    ...}``. A video that the page has set is stored in a temporary folder until the next one, or
    until `release`.
    """

    info_text = "an opaque color, an image, or the path of a video"

    def __init__(self, parameter: BackgroundField, documentation: str) -> None:
        super().__init__(parameter.default, help=documentation)
        self._parameter = parameter
        self._taken: weakref.WeakKeyDictionary[traitlets.HasTraits, _Taken] = (
            weakref.WeakKeyDictionary()
        )
        # What removes them, at the latest when Python ends.
        self._folders: weakref.WeakKeyDictionary[
            traitlets.HasTraits, weakref.finalize[..., traitlets.HasTraits]
        ] = weakref.WeakKeyDictionary()
        self.tag(sync=True, to_json=self._for_page)

    def validate(
        self, obj: traitlets.HasTraits, value: BackgroundLike | BackgroundFile
    ) -> Background:
        """Read it, so that an invalid background is rejected and the last one stays."""
        taken = self._taken.get(obj)
        if taken is not None and value is taken.background:
            return taken.background
        if isinstance(value, dict) and value.keys() >= {"type", "data"}:
            taken = self._from_page(obj, value)
        else:
            taken = _taken(self._parameter.checked(value))
        self._taken[obj] = taken
        return taken.background

    def release(self, obj: traitlets.HasTraits) -> None:
        """Remove the video that the page has set last."""
        remove = self._folders.pop(obj, None)
        if remove is not None:
            remove()

    def _for_page(self, background: Background, obj: traitlets.HasTraits) -> str | BackgroundFile:
        taken = self._taken.get(obj)
        return cast("str", background) if taken is None else taken.for_page

    def _from_page(self, obj: traitlets.HasTraits, file: BackgroundFile) -> _Taken:
        data = bytes(file["data"])
        if not file["type"].startswith("video/"):
            return _Taken(locked(decode_image(data)), file)
        folder = tempfile.mkdtemp(prefix="bodyseg-")
        path = Path(folder) / f"background{_SUFFIXES.get(file['type'], '.mp4')}"
        path.write_bytes(data)
        self.release(obj)
        self._folders[obj] = weakref.finalize(obj, shutil.rmtree, folder, ignore_errors=True)
        return _Taken(path, file)


def _taken(background: Background) -> _Taken:
    if isinstance(background, str):
        return _Taken(background, background)
    if isinstance(background, Path):
        kind = video_type(background)
        if kind is None:
            raise InvalidImageError(f"The video {str(background)!r} has changed while it was read.")
        return _Taken(background, {"type": kind, "data": background.read_bytes()})
    return _Taken(background, {"type": "image/jpeg", "data": encode_image(background)})
