"""Drawn movement as a video file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bodyseg_widgets.extras import needed_for

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.segmentation import Size

__all__ = ["write_film"]

_QUALITY = {"crf": "18", "preset": "veryfast"}


def write_film(path: Path, images: Iterable[RgbImage], *, size: Size, rate: int) -> None:
    """Write images of one size as a video: MP4 with H.264.

    Parameters
    ----------
    path : Path
        The file.
    images : iterable of numpy.ndarray
        uint8 (H, W, 3), RGB.
    size : tuple of int
        Their height and width, in pixels; both even.
    rate : int
        Frames per second.

    Raises
    ------
    MissingDependencyError
        PyAV is not installed.
    """
    with needed_for("Writing a video"):
        import av  # noqa: PLC0415 - an extra

    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=rate, options=_QUALITY)
        (stream.height, stream.width), stream.pix_fmt = size, "yuv420p"
        for image in images:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image)))
        container.mux(stream.encode())
