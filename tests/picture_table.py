"""Small files of each kind of image, all of which show the same six patches.

``python -m tests.picture_table`` writes them to ``frontend/test/pictures.json``. What they show is
held to be the same in Python (`tests/unit/test_picture_table.py`) and in the page
(`frontend/test/effects/pictures.browser.test.ts`).
"""

from __future__ import annotations

import base64
import io
import json
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np
from PIL import Image

from bodyseg_widgets.images import RgbImage, in_profile
from tests.profiles import display_p3, gray

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE: Final = Path(__file__).parents[1] / "frontend/test/pictures.json"
PATCH: Final = 16
"""The side of a patch in pixels: one block of JPEG's half-size colors."""

COLORS: Final = (
    ((200, 30, 30), (30, 180, 40), (30, 40, 200)),
    ((224, 172, 140), (255, 255, 255), (0, 0, 0)),
)
GRAYS: Final = tuple(tuple((level,) * 3 for level in row) for row in ((20, 60, 100), (140, 255, 0)))
SOFT: Final = (
    ((145, 118, 89), (103, 134, 116), (100, 112, 150)),
    ((232, 174, 137), (255, 255, 255), (0, 0, 0)),
)
"""Less saturated, and hardly rounded by AVIF, whose errors a profile makes larger."""

TOLERANCE: Final = 3

_TURNED = Image.Exif()
_TURNED[0x0112] = 6


STORED: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""By EXIF orientation: how an upright image is stored."""


@dataclass(frozen=True)
class Row:
    """A file, and the colors that a viewer shows, row by row."""

    name: str
    type: str
    data: bytes
    colors: tuple[tuple[tuple[int, ...], ...], ...] = COLORS

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return len(self.colors[0]) * PATCH, len(self.colors) * PATCH


def patches(colors: tuple[tuple[tuple[int, ...], ...], ...] = COLORS) -> RgbImage:
    """Return an image of patches."""
    rows = np.array(colors, np.uint8)
    return rows.repeat(PATCH, axis=0).repeat(PATCH, axis=1)


def rows() -> list[Row]:
    """Make all files."""
    image = Image.fromarray(patches())
    lying = image.transpose(Image.Transpose.ROTATE_90)
    grays = Image.fromarray(patches(GRAYS)).convert("L")
    p3 = in_profile(patches(), display_p3())
    clear = image.convert("RGBA")
    # The white patch is black, but nothing of it is seen.
    clear.paste((0, 0, 0, 0), (PATCH, PATCH, 2 * PATCH, 2 * PATCH))
    # The skin is of half opacity, over white.
    seen = np.array(COLORS[1][0])
    half = tuple(int(each) for each in np.rint(255 - 2 * (255 - np.maximum(seen, 128))))
    clear.paste((*half, 128), (0, PATCH, PATCH, 2 * PATCH))
    half_seen = tuple(round((128 * each + 127 * 255) / 255) for each in half)
    over_white = (COLORS[0], (half_seen, *COLORS[1][1:]))
    keyed = image.convert("P", palette=Image.Palette.ADAPTIVE, colors=6)
    white = keyed.getpixel((PATCH + 1, PATCH + 1))
    deep = np.asarray(grays, np.uint16) * 257
    # The page compresses it once more.
    lossy = {"quality": 100}
    files: list[tuple[str, bytes, Any]] = [
        ("png", _file(image, "PNG"), COLORS),
        ("png of a palette", _file(keyed, "PNG"), COLORS),
        (
            "png of a palette with a transparent color",
            _file(keyed, "PNG", transparency=white),
            COLORS,
        ),
        ("png with transparency", _file(clear, "PNG"), over_white),
        ("png of gray", _file(grays, "PNG"), GRAYS),
        ("png of gray with transparency", _file(grays.convert("LA"), "PNG"), GRAYS),
        ("png of gray with 16 bits", _file(Image.fromarray(deep), "PNG"), GRAYS),
        ("png with 16 bits", _deep_png(), COLORS),
        ("png with a profile", _file(p3, "PNG", icc_profile=display_p3()), COLORS),
        ("png of gray with a profile", _gray_with_profile(), GRAYS),
        ("png with a gamma", _with_gamma(1.8), COLORS),
        ("png with the gamma of most screens", _stating(2.2, patches()), COLORS),
        ("png on its side", _file(lying, "PNG", exif=_TURNED), COLORS),
        ("jpeg", _file(image, "JPEG", **lossy), COLORS),
        ("progressive jpeg", _file(image, "JPEG", progressive=True, **lossy), COLORS),
        ("jpeg with full colors", _file(image, "JPEG", subsampling=0, **lossy), COLORS),
        ("jpeg of gray", _file(grays, "JPEG", **lossy), GRAYS),
        (
            "jpeg with a profile",
            _file(p3, "JPEG", icc_profile=display_p3(), subsampling=0, **lossy),
            COLORS,
        ),
        ("jpeg on its side", _file(lying, "JPEG", exif=_TURNED, **lossy), COLORS),
        ("jpeg for print", _file(image.convert("CMYK"), "JPEG", **lossy), COLORS),
        ("webp", _file(image, "WEBP", lossless=True), COLORS),
        ("webp with transparency", _file(clear, "WEBP", lossless=True), over_white),
        ("webp with a profile", _file(p3, "WEBP", lossless=True, icc_profile=display_p3()), COLORS),
        *(
            (f"webp of orientation {number}", _stored(image, number, turn), COLORS)
            for number, turn in STORED.items()
        ),
        ("avif", _file(image, "AVIF", subsampling="4:4:4", **lossy), COLORS),
        ("avif with transparency", _file(clear, "AVIF", subsampling="4:4:4", **lossy), over_white),
        (
            "avif with a profile",
            _file(
                in_profile(patches(SOFT), display_p3()),
                "AVIF",
                subsampling="4:4:4",
                icc_profile=display_p3(),
                **lossy,
            ),
            SOFT,
        ),
        (
            "avif on its side",
            _file(lying, "AVIF", subsampling="4:4:4", exif=_TURNED, **lossy),
            COLORS,
        ),
        ("gif", _file(keyed, "GIF"), COLORS),
        ("gif with a transparent color", _file(keyed, "GIF", transparency=white), COLORS),
        ("bmp", _file(image, "BMP"), COLORS),
    ]
    return [
        Row(name, f"image/{next(kind for kind in name.split() if kind in _KINDS)}", data, colors)
        for name, data, colors in files
    ]


_KINDS: Final = ("png", "jpeg", "webp", "avif", "gif", "bmp")


def _file(image: Image.Image, file_format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def _stored(image: Image.Image, orientation: int, turn: Image.Transpose) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return _file(image.transpose(turn), "WEBP", lossless=True, exif=exif)


def _deep_png() -> bytes:
    values = patches()[..., ::-1].astype(np.uint16) * 257
    return cv2.imencode(".png", values)[1].tobytes()


def _gray_with_profile() -> bytes:
    levels = np.rint(255 * _light(GRAYS)[..., 0] ** (1 / 1.8)).astype(np.uint8)
    return _file(Image.fromarray(levels), "PNG", icc_profile=gray(1.8))


def _with_gamma(gamma: float) -> bytes:
    """Return a PNG for a screen of this gamma: 1.8 was that of old Macintoshes."""
    return _stating(gamma, np.rint(255 * _light(COLORS) ** (1 / gamma)).astype(np.uint8))


def _stating(gamma: float, levels: RgbImage) -> bytes:
    plain = _file(Image.fromarray(levels), "PNG")
    chunk = b"gAMA" + struct.pack(">I", round(100_000 / gamma))
    before = plain.index(b"IDAT") - 4
    whole = struct.pack(">I", 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return plain[:before] + whole + plain[before:]


def _light(colors: tuple[tuple[tuple[int, ...], ...], ...]) -> NDArray[np.float64]:
    """Return how much light patches give, 0 to 1, by the curve of sRGB."""
    srgb = patches(colors) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def main() -> None:
    """Write the table."""
    table = [
        {
            "name": row.name,
            "type": row.type,
            "colors": row.colors,
            "data": base64.b64encode(row.data).decode(),
        }
        for row in rows()
    ]
    lines = ",\n".join(json.dumps(row) for row in table)
    FILE.write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
