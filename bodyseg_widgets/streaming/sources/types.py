"""What every source in the kernel (not the browser) provides."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from bodyseg_widgets.streaming.stored import StoredResult


@dataclass(frozen=True, slots=True)
class SourceFrame:
    """One frame of a source.

    Attributes
    ----------
    image : numpy.ndarray
        uint8 (H, W, 3), RGB.
    index : int
        Frame number in the source, from 0.
    time : float
        When it is shown, in seconds from the beginning of the source.
    known : mapping
        Results that are already known, as in recordings, by model label.
    jpeg : bytes or None
        The same image as JPEG, if the source has it.
    """

    image: NDArray[np.uint8]
    index: int
    time: float
    known: Mapping[str, StoredResult] = field(default_factory=lambda: MappingProxyType({}))
    jpeg: bytes | None = None


@runtime_checkable
class FrameSource(Protocol):
    """A source in the kernel: a file, a camera on its computer, an iterator.

    Attributes
    ----------
    label : str
        Its label, for example ``"clip.mp4"``.
    rate : float or None
        Frame rate for playback; None for frames as they arrive.
    length : int or None
        Number of frames; None if it is unknown, or if the source is not seekable.
    """

    @property
    def label(self) -> str:
        """Its label."""

    @property
    def rate(self) -> float | None:
        """Frame rate for playback; None for frames as they arrive."""

    @property
    def length(self) -> int | None:
        """Number of frames; None if it is not seekable."""

    def read(self) -> SourceFrame | None:
        """Return the next frame, waiting for it if necessary; None at the end.

        Raises
        ------
        SourceError
            It cannot be read; the message says why.
        """

    def read_at(self, index: int) -> SourceFrame:
        """Return the frame with this number, if `length` is known; `read` continues after it.

        Raises
        ------
        SourceError
            There is no frame with this number, or it cannot be read.
        """

    def close(self) -> None:
        """Release the file or camera; safe while another thread reads, and more than once."""
