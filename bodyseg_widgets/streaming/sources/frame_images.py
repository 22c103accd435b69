"""The images of a video's frames, as players show them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Self

import numpy as np

from bodyseg_widgets.errors import SourceError
from bodyseg_widgets.images import MAX_PIXELS, MAX_SIDE
from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.streaming.sources.screen_colors import curve_of, screen_colors

if TYPE_CHECKING:
    from av.video.frame import VideoFrame
    from numpy.typing import NDArray

    from bodyseg_widgets.segmentation import Size

__all__ = ["FrameImages", "Orientation"]

# Rec. ITU-T H.273, of which FFmpeg's conversion to RGB knows others only.
_UNKNOWN_COLORS = {
    10: "BT.2020 with constant luminance",
    12: "chromaticity-derived colors",
    13: "chromaticity-derived colors with constant luminance",
    14: "ICtCp",
    15: "IPT-C2, as Dolby Vision does",
}


@dataclass(frozen=True, slots=True)
class Orientation:
    """How the pixels of a frame become upright: one of eight ways.

    Attributes
    ----------
    transposed : bool
        Whether rows become columns, before anything else.
    from_right, from_below : bool
        Whether columns, then rows, are reversed.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.streaming.sources.frame_images import Orientation
    >>> quarter_turn_clockwise = Orientation.of_matrix(0, 1, -1, 0)
    >>> quarter_turn_clockwise.upright(np.array([[1, 2], [3, 4]])).tolist()
    [[3, 1], [4, 2]]
    """

    transposed: bool = False
    from_right: bool = False
    from_below: bool = False

    @classmethod
    def of_matrix(cls, a: int, b: int, c: int, d: int) -> Self:
        """Read a display matrix (ISO 14496-12): a point x, y is shown at a x + c y, b x + d y.

        Turns that are no quarter turns are rounded to one.
        """
        if abs(b) + abs(c) > abs(a) + abs(d):
            return cls(True, c < 0, b < 0)
        return cls(False, a < 0, d < 0)

    @classmethod
    def of(cls, frame: VideoFrame) -> Self:
        """Return the orientation that comes with a frame."""
        from av.sidedata.sidedata import Type  # noqa: PLC0415 - an extra

        matrix = frame.side_data.get(Type.DISPLAYMATRIX)  # type: ignore[call-overload]  # its stub
        if matrix is None:
            return cls()
        a, b, _, c, d, *_ = (int(each) for each in np.frombuffer(matrix, np.int32))
        return cls.of_matrix(a, b, c, d)

    def upright(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return an image as it is to be seen."""
        if self.transposed:
            image = image.swapaxes(0, 1)
        rows, columns = (slice(None, None, -1 if each else 1) for each in self._reversed)
        return np.ascontiguousarray(image[rows, columns])

    def turned(self, size: Size) -> Size:
        """Return the size of an upright image; also the way back."""
        height, width = size
        return (width, height) if self.transposed else size

    @property
    def _reversed(self) -> tuple[bool, bool]:
        return self.from_below, self.from_right


class FrameImages:
    """Turns frames into images: upright, with square pixels and a screen's colors, of one size.

    Frames of another size, which a video may have in its middle, are fitted into it, with black
    beside them.

    Parameters
    ----------
    first : VideoFrame
        The frame that decides on the size.
    pixel_aspect : Fraction
        Width of the frames' pixels as they are stored, divided by their height.
    name : str
        Of the video, for messages.

    Attributes
    ----------
    size : tuple of int
        (height, width) of all images.

    Raises
    ------
    SourceError
        With square pixels the images would be too large, or their colors are of a kind that cannot
        be shown.
    """

    def __init__(self, first: VideoFrame, pixel_aspect: Fraction, name: str) -> None:
        self._aspect = pixel_aspect
        self._name = name
        self.size = self._natural_size(first, Orientation.of(first))
        height, width = self.size
        if max(self.size) > MAX_SIDE or height * width > MAX_PIXELS:
            raise SourceError(
                f"{name!r} cannot be shown: its {first.width}x{first.height} pixels, of which each "
                f"is {float(pixel_aspect):g} times as wide as high, make images of {width}x"
                f"{height}, but a side may have {MAX_SIDE}, and all {MAX_PIXELS} pixels. Is the "
                "file damaged?"
            )
        self._check_colors(first)

    def image(self, frame: VideoFrame) -> NDArray[np.uint8]:
        """Return the image of a frame.

        Returns
        -------
        numpy.ndarray
            uint8 (H, W, 3), RGB, C-contiguous, of `size`.

        Raises
        ------
        SourceError
            Its colors are of a kind that cannot be shown.
        """
        self._check_colors(frame)
        orientation = Orientation.of(frame)
        inner = _fitted(self._natural_size(frame, orientation), self.size)
        height, width = orientation.turned(inner)
        image = orientation.upright(_rgb(frame, height, width))
        return image if inner == self.size else _centered(image, self.size)

    def _natural_size(self, frame: VideoFrame, orientation: Orientation) -> Size:
        aspect = self._aspect
        # As browsers do: pixels are added, and none lost.
        if aspect < 1:
            return orientation.turned((round(frame.height / aspect), frame.width))
        return orientation.turned((frame.height, round(frame.width * aspect)))

    def _check_colors(self, frame: VideoFrame) -> None:
        colors = _UNKNOWN_COLORS.get(frame.colorspace)
        if colors is not None:
            raise SourceError(
                f"The colors of {self._name!r} cannot be shown: they are stored as {colors}. "
                "Convert it to an ordinary video (SDR, H.264) with another program first."
            )


def _rgb(frame: VideoFrame, height: int, width: int) -> NDArray[np.uint8]:
    curve = curve_of(frame.color_trc, frame.color_primaries)
    pixels = frame.to_ndarray(
        format="rgb24" if curve is None else "rgb48le",
        width=width,
        height=height,
        interpolation="BICUBIC" if (height, width) != (frame.height, frame.width) else None,
        # FFmpeg would start threads for each frame, which takes longer than they save.
        threads=1,
    )
    if curve is None:
        return np.asarray(pixels, dtype=np.uint8)
    return screen_colors(np.asarray(pixels, dtype=np.uint16), curve)


def _fitted(size: Size, into: Size) -> Size:
    """Return the largest size of these proportions that fits into another one."""
    scale = min(Fraction(whole, part) for whole, part in zip(into, size, strict=True))
    height, width = (max(1, round(part * scale)) for part in size)
    return height, width


def _centered(image: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    above, left = ((whole - part) // 2 for whole, part in zip(size, image.shape, strict=False))
    below, right = size[0] - image.shape[0] - above, size[1] - image.shape[1] - left
    framed = cv2.copyMakeBorder(image, above, below, left, right, cv2.BORDER_CONSTANT)
    return np.asarray(framed, dtype=np.uint8)
