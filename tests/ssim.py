"""How similar two images look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Constants of Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: from error
# visibility to structural similarity", 2004.
_C1 = (0.01 * 255) ** 2
_C2 = (0.03 * 255) ** 2
_WINDOW = (11, 11)
_SIGMA = 1.5


def structural_similarity(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    """Return the mean SSIM of two RGB images' brightness: 1 is identical."""
    x, y = (cv2.cvtColor(each, cv2.COLOR_RGB2GRAY).astype(np.float64) for each in (a, b))

    def mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(cv2.GaussianBlur(values, _WINDOW, _SIGMA))

    mean_x, mean_y = mean(x), mean(y)
    variance_x, variance_y = mean(x * x) - mean_x**2, mean(y * y) - mean_y**2
    covariance = mean(x * y) - mean_x * mean_y
    alike = (2 * mean_x * mean_y + _C1) * (2 * covariance + _C2)
    alike /= (mean_x**2 + mean_y**2 + _C1) * (variance_x + variance_y + _C2)
    inner = tuple(slice(side // 2, -(side // 2)) for side in _WINDOW)
    return float(alike[inner].mean())
