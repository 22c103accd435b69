"""A frame as it arrives from a source: one image for all models, decoded once."""

from __future__ import annotations

import io
import threading
import time
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

import numpy as np

from bodyseg_widgets.errors import InvalidImageError, MissingImageError
from bodyseg_widgets.images import has_srgb_colors, opened_file, read_pil
from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.streaming.handed_out import read_only

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from numpy.typing import NDArray

    from bodyseg_widgets.segmentation import Size
    from bodyseg_widgets.streaming.frame import Timings
    from bodyseg_widgets.streaming.stored import StoredResult

Origin = TypeVar("Origin")
OtherOrigin = TypeVar("OtherOrigin")

IMAGE_JPEG_QUALITY = 0.9
"""JPEG quality, 0 to 1, of images that Python sends to the page, and of images for effects that are
chosen in the page: higher than a webcam's, because they are looked at longer."""


def decode_image(data: bytes | memoryview) -> NDArray[np.uint8]:
    """Decode an image that was sent or stored as a file.

    Returns
    -------
    numpy.ndarray
        uint8 (H, W, 3), RGB, as `to_rgb` reads a file.

    Raises
    ------
    InvalidImageError
        The bytes are not an image, or one with too many pixels.
    """
    name = f"A file of {len(data)} bytes"
    with opened_file(io.BytesIO(data), name) as opened:
        profile = opened.info.get("icc_profile")
        plain = not profile or (opened.mode == "RGB" and has_srgb_colors(profile))
        if opened.format != "JPEG" or not plain:
            return read_pil(opened, name).image
        # What pages and this package send, many times as fast. It applies the orientation, too.
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
    if image is None:
        raise InvalidImageError(f"{name} is a damaged JPEG. Send it again.")
    return image.astype(np.uint8, copy=False)


def encode_image(image: NDArray[np.uint8]) -> bytes:
    """Encode an image, uint8 (H, W, 3) RGB, as JPEG."""
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, round(100 * IMAGE_JPEG_QUALITY)])
    return data.tobytes()


class SharedImage:
    """An image shared by several models, decoded by the first one that needs it.

    Parameters
    ----------
    data : bytes
        A JPEG, PNG or WebP file.
    image : numpy.ndarray, optional
        The same image, uint8 (H, W, 3) RGB, if it is already decoded.

    Attributes
    ----------
    is_here : bool
        Whether Python has the image.
    """

    is_here: ClassVar[bool] = True

    def __init__(self, data: bytes | memoryview, image: NDArray[np.uint8] | None = None) -> None:
        self.data = data
        self._image = None if image is None else read_only(image)
        self._lock = threading.Lock()

    @property
    def size(self) -> Size:
        """(height, width) in pixels, without decoding the image.

        Raises
        ------
        InvalidImageError
            The bytes are not an image.
        """
        if self._image is not None:
            return self._image.shape[0], self._image.shape[1]
        name = f"A file of {len(self.data)} bytes"
        with opened_file(io.BytesIO(self.data), name) as opened:
            return opened.height, opened.width

    def decoded(self) -> tuple[NDArray[np.uint8], float]:
        """Return the image, and how many ms the caller spent on decoding it.

        It is uint8 (H, W, 3), RGB, and read-only, because all models get this one.

        Raises
        ------
        InvalidImageError
            The bytes are not an image.
        """
        start = time.perf_counter()
        with self._lock:
            if self._image is None:
                self._image = read_only(decode_image(self.data))
            return self._image, (time.perf_counter() - start) * 1000


class ImageInPage(SharedImage):
    """An image that has stayed in the browser, of which only the size is known.

    Parameters
    ----------
    size : tuple of int
        (height, width) in pixels.
    """

    is_here = False

    def __init__(self, size: Size) -> None:
        super().__init__(b"")
        self._size = size

    @property
    def size(self) -> Size:
        """(height, width) in pixels."""
        return self._size

    def decoded(self) -> tuple[NDArray[np.uint8], float]:
        """Not possible.

        Raises
        ------
        MissingImageError
            Always.
        """
        raise MissingImageError("This image has stayed in the browser.")


@dataclass(frozen=True, slots=True)
class EncodedFrame(Generic[Origin]):
    """A frame on its way to the models.

    Attributes
    ----------
    id : int
        The source's number for the frame.
    image : SharedImage
        The image.
    timestamp : float
        When it was taken, in seconds since 1970 by the source's clock.
    video : Hashable
        The uninterrupted run of frames it belongs to: its session, and how often playback jumped
        within it. People are not tracked from one run into another. None for a frame shown while
        the source is paused.
    timings : Timings
        Timings known to the source: `capture`, and those of earlier frames.
    origin : Origin
        Whatever the sink needs to answer the source; the pipeline only passes it on.
    live : bool
        False if it is shown again while the source is paused.
    known : mapping
        Results that are already known, by the model's label; these models do not run.
    """

    id: int
    image: SharedImage
    timestamp: float
    video: Hashable | None
    timings: Timings
    origin: Origin
    live: bool = True
    known: Mapping[str, StoredResult] = field(default_factory=lambda: MappingProxyType({}))

    def with_origin(self, origin: OtherOrigin) -> EncodedFrame[OtherOrigin]:
        """Return the same frame with a different ticket to answer its source."""
        return EncodedFrame(
            id=self.id,
            image=self.image,
            timestamp=self.timestamp,
            video=self.video,
            timings=self.timings,
            origin=origin,
            live=self.live,
            known=self.known,
        )
