"""Opens any kind of source, based on its content."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np
from PIL import Image

from bodyseg_widgets.arguments import in_short
from bodyseg_widgets.errors import InvalidImageError, SourceError
from bodyseg_widgets.files import existing_file, without_credentials
from bodyseg_widgets.images import (
    ArrayLike,
    HasImage,
    ImageInput,
    NotAnImageError,
    opened_file,
)
from bodyseg_widgets.streaming.sources.animated_image import AnimatedImage, is_animated
from bodyseg_widgets.streaming.sources.iterator import ImageIterator, Images, Indexed
from bodyseg_widgets.streaming.sources.jpeg_film import is_jpeg_film
from bodyseg_widgets.streaming.sources.still_image import StillImage
from bodyseg_widgets.streaming.sources.types import FrameSource
from bodyseg_widgets.streaming.sources.video import VideoFile

if TYPE_CHECKING:
    from pathlib import Path

SourceInput: TypeAlias = str | os.PathLike[str] | ImageInput | Images | FrameSource
"""Everything that `open_source` accepts."""

Video: TypeAlias = VideoFile | AnimatedImage
"""What is opened of a file that moves, unless it is a recording."""

Source = TypeVar("Source")

_SQLITE = b"SQLite format 3\0"
_BATCH_DIMENSIONS = 4
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://|data:", re.IGNORECASE)


def open_source(what: SourceInput, *, label: str | None = None) -> FrameSource:
    """Open a file, or images in memory.

    Files are recognized by their content, not their name. Nothing is fetched from the network; use
    :func:`fetch` for that.

    Parameters
    ----------
    what : str, os.PathLike, array, PIL.Image.Image, Frame, iterable or FrameSource
        - path: a recording, an image, an animated image or a video;
        - one image: an array of shape (H, W[, channels]), a PIL image, a Frame;
        - several: an array of shape (N, H, W, channels), a list, a generator;
        - a source is returned unchanged.
    label : str, optional
        Its label; default: the file's name. Recordings and existing sources keep their label.

    Returns
    -------
    FrameSource
        Close it when it is no longer needed.

    Raises
    ------
    SourceError
        It is none of these, or the file cannot be read; the message says why.
    RecordingError
        The file is a database that is not a recording, or a damaged one.
    MissingDependencyError
        The file is not an image, and PyAV, which reads videos, is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.streaming.sources import open_source
    >>> open_source(np.zeros((4, 6, 3), np.uint8)).length
    1
    >>> open_source(np.zeros((5, 4, 6, 3), np.uint8), label="Five").length
    5
    """
    if isinstance(what, str | os.PathLike):
        return _open_path(what, label)
    if isinstance(what, FrameSource):
        return what
    if isinstance(what, ArrayLike) and len(np.shape(what)) == _BATCH_DIMENSIONS:
        return _several(what, label)
    if isinstance(what, Image.Image | HasImage | ArrayLike):
        return StillImage(what, label=label)
    return _several(check_source(what), label)


def check_source(what: Source) -> Source:
    """Return what has the type of something that `open_source` opens.

    Raises
    ------
    SourceError
        It has another type.

    Examples
    --------
    >>> from bodyseg_widgets.streaming.sources import check_source
    >>> check_source("clip.mp4")
    'clip.mp4'
    """
    if isinstance(what, str | os.PathLike | FrameSource | Image.Image | HasImage):
        return what
    if isinstance(what, ArrayLike | Indexed | Iterable):
        return what
    raise SourceError(
        "Expect a path, an image (array, PIL image, Frame), several images (list, generator, "
        f"array of shape (N, H, W, 3)) or a source, but got {in_short(what)}. For a camera on "
        "the kernel's computer, use Webcam(source='kernel camera'), or KernelCamera(0) as a source."
    )


def is_address(path: str) -> bool:
    """Return whether a path is rather a URL.

    Examples
    --------
    >>> from bodyseg_widgets.streaming.sources import is_address
    >>> is_address("https://example.org/a.mp4"), is_address("a.mp4")
    (True, False)
    """
    return _ADDRESS.match(path) is not None


def _several(images: Images, label: str | None) -> ImageIterator:
    return ImageIterator(images) if label is None else ImageIterator(images, label=label)


def _open_path(path: str | os.PathLike[str], label: str | None) -> FrameSource:
    if isinstance(path, str) and is_address(path):
        raise SourceError(
            f"{without_credentials(path)!r} is a URL, and nothing is downloaded implicitly. "
            "Download it with fetch(url, folder, ...) and open the file that it returns."
        )
    file = existing_file(path)
    with file.open("rb") as opened:
        is_recording = opened.read(len(_SQLITE)) == _SQLITE
    if is_recording:
        from bodyseg_widgets.streaming.recording import Recording  # noqa: PLC0415

        return Recording(file)
    return _kind_of(file)(file, label=label)


def _kind_of(file: Path) -> type[StillImage | AnimatedImage | VideoFile]:
    try:
        with opened_file(file, repr(file.name)) as image:
            if image.format == "JPEG" and is_jpeg_film(file):
                return VideoFile
            return AnimatedImage if is_animated(image) else StillImage
    except NotAnImageError:
        return VideoFile
    except InvalidImageError:
        # Still an image; the reader reports why it is rejected.
        return StillImage
