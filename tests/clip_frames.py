"""The frames of a video file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


def clip_frames(path: Path, limit: int | None = None) -> list[NDArray[np.uint8]]:
    """Yield every frame of a video, or the first `limit`: uint8 RGB (H, W, 3)."""
    frames: list[NDArray[np.uint8]] = []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            if limit is not None and len(frames) >= limit:
                break
            frames.append(frame.to_ndarray(format="rgb24"))
    return frames
