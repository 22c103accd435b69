"""Images of the test data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def read_rgb(path: Path) -> NDArray[np.uint8]:
    """Return an image file as uint8 RGB (H, W, 3)."""
    return np.asarray(Image.open(path).convert("RGB"))
