"""Image files of all formats and modes, whole and damaged, at every door that takes one."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from PIL import Image

from bodyseg_widgets.errors import BodySegError
from bodyseg_widgets.images import in_profile, to_rgb
from bodyseg_widgets.streaming import SharedImage, decode_image
from bodyseg_widgets.streaming.sources import open_source
from tests.profiles import display_p3, gray

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from tests.fuzz.case import Case

_SIZE: Final = (37, 23)
_FRAMES: Final = 3
_REFUSED: Final = ("EPS", "ICO", "QOI", "DDS")
_COMPARABLE: Final = ("PNG", "BMP", "PPM")
"""Without loss, and without a tolerance for damage that each decoder has its own of."""

_NOT_IN_OPENCV: Final = {"icc_profile", "exif", "transparency", "default_image"}


def try_one(case: Case) -> str:
    """Read a file as an image, as a source, as a frame that a page sends, and with OpenCV."""
    file_format, data = case.random.choice(_files())
    whole = case.random.random() < 0.1
    if not whole:
        data = case.damaged(data, [each for _, each in _files()])
    file = case.folder / f"a.{case.random.choice(('jpg', 'png', 'webp', 'tif'))}"
    file.write_bytes(data)
    doors: list[Callable[[], NDArray[np.uint8]]] = [
        lambda: to_rgb(file),
        lambda: decode_image(data),
        lambda: np.zeros((*SharedImage(data).size, 3), np.uint8),
        lambda: _first_frames(file),
    ]
    opened = _opened(data)
    if opened is not None:
        doors.append(lambda: to_rgb(opened))
    read: list[NDArray[np.uint8]] = []
    for door in doors:
        try:
            image = door()
        except BodySegError:
            if whole and file_format not in _REFUSED:
                raise
            continue
        assert image.dtype == np.uint8
        assert image.ndim == 3
        read.append(image)
    if file_format in _COMPARABLE:
        _compare(data, read)
    return "read" if read else "refused"


def _first_frames(file: object) -> NDArray[np.uint8]:
    source = open_source(file)  # type: ignore[arg-type]
    try:
        image = np.zeros((1, 1, 3), np.uint8)
        for _ in range(_FRAMES):
            frame = source.read()
            if frame is not None:
                image = frame.image
        return image
    finally:
        source.close()


def _opened(data: bytes) -> Image.Image | None:
    """Open an image as a user does before giving it to the package."""
    try:
        image = Image.open(io.BytesIO(data))
    except Exception:  # noqa: BLE001 - Pillow's own, which the user sees
        return None
    # The user's own decision to start a program.
    return None if image.format == "EPS" else image


def _compare(data: bytes, read: list[NDArray[np.uint8]]) -> None:
    """What OpenCV reads as well must be the same."""
    opened = _opened(data)
    if opened is None or opened.mode not in ("RGB", "L") or opened.info.keys() & _NOT_IN_OPENCV:
        return
    try:
        other = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
    except cv2.error:
        return
    if other is not None and read and read[0].shape == other.shape:
        assert np.abs(read[0].astype(int) - other).mean() < 1, "another image than OpenCV's"


@cache
def _files() -> tuple[tuple[str, bytes], ...]:
    """Return small files of each format, mode and kind of metadata."""
    ramp = np.linspace(0, 255, _SIZE[0] * _SIZE[1]).reshape(_SIZE[::-1])
    colors = np.dstack([ramp, ramp[::-1], 255 - ramp]).astype(np.uint8)
    photo = Image.fromarray(colors)
    alpha = photo.convert("RGBA")
    alpha.putalpha(Image.fromarray(ramp.astype(np.uint8)))
    turned = Image.Exif()
    turned[0x0112] = 6
    deep = Image.fromarray((ramp * 257).astype(np.uint16))
    made: list[tuple[Image.Image, str, dict[str, object]]] = [
        *((photo, each, {}) for each in ("JPEG", "PNG", "WEBP", "AVIF", "BMP", "PPM", "TGA")),
        *((photo, each, {}) for each in ("TIFF", "JPEG2000", "GIF", *_REFUSED)),
        *((photo.convert("L"), each, {}) for each in ("JPEG", "PNG", "BMP", "PPM", "TIFF")),
        *((alpha, each, {}) for each in ("PNG", "WEBP", "AVIF", "TIFF", "TGA", "JPEG2000")),
        *((photo, each, {"exif": turned}) for each in ("JPEG", "PNG", "WEBP", "TIFF")),
        *(
            (in_profile(colors, display_p3()), each, {"icc_profile": display_p3()})
            for each in ("JPEG", "PNG", "WEBP", "TIFF", "AVIF")
        ),
        (photo.convert("L"), "PNG", {"icc_profile": gray(2.2)}),
        (photo.convert("CMYK"), "JPEG", {}),
        (photo.convert("CMYK"), "TIFF", {"compression": "tiff_lzw"}),
        (photo, "JPEG", {"progressive": True}),
        (photo, "TIFF", {"compression": "tiff_adobe_deflate"}),
        (photo, "TIFF", {"compression": "jpeg"}),
        (photo.convert("P"), "PNG", {"transparency": 3}),
        (photo.convert("1"), "PNG", {}),
        (photo.convert("1"), "TIFF", {"compression": "group4"}),
        (deep, "PNG", {}),
        (deep, "TIFF", {}),
        (photo, "MPO", {"save_all": True, "append_images": [photo]}),
        *(
            (alpha, each, {"save_all": True, "append_images": [alpha.rotate(180)] * 2})
            for each in ("GIF", "WEBP", "PNG", "AVIF")
        ),
    ]
    files = []
    for image, file_format, options in made:
        buffer = io.BytesIO()
        image.save(buffer, file_format, **options)
        files.append((file_format, buffer.getvalue()))
    return tuple(files)
