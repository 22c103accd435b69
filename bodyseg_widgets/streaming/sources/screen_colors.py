"""Colors of high dynamic range and wide gamut, as an ordinary screen shows them.

Phones record with PQ or HLG curves and the primaries of BT.2020 (Rec. ITU-R BT.2100). Read as if
they were sRGB, such images are flat and gray, and models find less in them.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets.lazy import cv2

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Curve", "curve_of", "screen_colors"]

_WHITE = 203.0
"""Luminance of diffuse white in cd/m2, and 0.75 as HLG (Rep. ITU-R BT.2408)."""

_SYSTEM_GAMMA = 1.2
"""Of the light that a screen adds to the scene's (BT.2100): an ordinary screen adds its own."""

_SHOULDER = 0.8
"""From this level on, highlights are compressed, because white is not the brightest any more."""

_LIMIT = 16.0
"""Brightest light, in terms of white, that is told from even brighter light."""

_CODES = 4096
_ROWS = 128
"""How many rows are converted at once: few, because light takes 12 bytes per pixel."""

_BT2020_PRIMARIES = 9
_BT2020_LUMINANCE = np.array([[0.2627, 0.6780, 0.0593]], np.float32)
# Rep. ITU-R BT.2407.
_BT2020_TO_BT709 = np.array(
    [
        [1.660491, -0.587641, -0.072850],
        [-0.124550, 1.132900, -0.008349],
        [-0.018151, -0.100579, 1.118730],
    ],
    np.float32,
)


class Curve(IntEnum):
    """How light is encoded, where that differs from sRGB (Rec. ITU-T H.273)."""

    WIDE = 1
    """As in sRGB, with the primaries of BT.2020."""
    PQ = 16
    HLG = 18


def curve_of(transfer: int, primaries: int) -> Curve | None:
    """Return the curve of a frame with these properties (H.273), or None for ordinary colors.

    Examples
    --------
    >>> from bodyseg_widgets.streaming.sources.screen_colors import curve_of
    >>> curve_of(16, 9), curve_of(1, 1)
    (<Curve.PQ: 16>, None)
    """
    if transfer in {Curve.PQ, Curve.HLG}:
        return Curve(transfer)
    return Curve.WIDE if primaries == _BT2020_PRIMARIES else None


def screen_colors(image: NDArray[np.uint16], curve: Curve) -> NDArray[np.uint8]:
    """Convert an image with the primaries of BT.2020 to sRGB.

    Diffuse white becomes 236 and the gray of 18 % becomes 118, as if a camera without high dynamic
    range had recorded the scene; highlights are between white and 255.

    Parameters
    ----------
    image : numpy.ndarray
        uint16 (H, W, 3), RGB, full range.
    curve : Curve
        How its light is encoded.

    Returns
    -------
    numpy.ndarray
        uint8 (H, W, 3), RGB.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.streaming.sources.screen_colors import Curve, screen_colors
    >>> white = np.full((1, 1, 3), round(0.75 * 65535), np.uint16)
    >>> screen_colors(white, Curve.HLG)[0, 0].tolist()
    [236, 236, 236]
    """
    shown = np.empty(image.shape, np.uint8)
    levels = _LEVELS if curve != Curve.WIDE else _LEVELS_WITHOUT_HIGHLIGHTS
    for row in range(0, len(image), _ROWS):
        light = _LIGHT[curve][image[row : row + _ROWS] >> 4]
        if curve is Curve.PQ:
            # PQ is the light of a screen, HLG that of the scene.
            luminance = cv2.transform(light, _BT2020_LUMINANCE)
            gain = np.maximum(luminance, 1e-6) ** np.float32(1 / _SYSTEM_GAMMA - 1)
            light *= gain[..., np.newaxis]
        light = np.clip(cv2.transform(light, _BT2020_TO_BT709), 0, _LIMIT)
        # By their roots, dark levels are as fine as bright ones.
        shown[row : row + _ROWS] = levels[
            (np.sqrt(light / _LIMIT) * (_CODES - 1) + 0.5).astype(np.uint16)
        ]
    return shown


def _of_pq(code: NDArray[np.float64]) -> NDArray[np.float64]:
    root = code ** (32 / 2523)
    light = np.maximum(root - 3424 / 4096, 0) / (2413 / 128 - 2392 / 128 * root)
    return 10000 * light ** (16384 / 2610) / _WHITE


def _of_hlg(code: NDArray[np.float64]) -> NDArray[np.float64]:
    dark, bright = code**2 / 3, (np.exp((code - 0.55991073) / 0.17883277) + 0.28466892) / 12
    return np.where(code <= 0.5, dark, bright)  # noqa: PLR2004 - where the curve's halves meet


def _of_srgb(code: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004


def _to_srgb(light: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)  # noqa: PLR2004


def _compressed(level: NDArray[np.float64]) -> NDArray[np.float64]:
    room = 1 - _SHOULDER
    above = np.maximum(level - _SHOULDER, 0)
    return np.minimum(level, _SHOULDER) + room * (1 - np.exp(-above / room))


def _as_levels(value: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.rint(255 * np.clip(value, 0, 1)).astype(np.uint8)


_STEPS = np.linspace(0, 1, _CODES)
_LIGHT = {
    Curve.WIDE: _of_srgb(_STEPS).astype(np.float32),
    Curve.PQ: _of_pq(_STEPS).astype(np.float32),
    Curve.HLG: (_of_hlg(_STEPS) / _of_hlg(np.array(0.75))).astype(np.float32),
}
_LEVELS = _as_levels(_compressed(_to_srgb(_STEPS**2 * _LIMIT)))
_LEVELS_WITHOUT_HIGHLIGHTS = _as_levels(_to_srgb(_STEPS**2 * _LIMIT))
