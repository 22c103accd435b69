"""What every source of pictures gives that Python has, and not the browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from bodyseg_widgets.streaming.stored import StoredResult


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a source.

    Attributes
    ----------
    image : numpy.ndarray
        uint8 (H, W, 3), RGB.
    index : int
        Its number in the source, from 0.
    time : float
        When it is shown, in seconds from the beginning of the source.
    known : mapping
        What is known of it already, as recordings have it: results by the model's label.
    jpeg : bytes or None
        The same picture as a JPEG file, where the source has it.
    """

    image: NDArray[np.uint8]
    index: int
    time: float
    known: Mapping[str, StoredResult] = field(default_factory=lambda: MappingProxyType({}))
    jpeg: bytes | None = None


class PictureSource(Protocol):
    """A file, a camera of the kernel's machine, an iterator: pictures that Python has.

    Attributes
    ----------
    label : str
        How people call it, for example ``"clip.mp4"``.
    rate : float or None
        Pictures a second to play it at; None for pictures as they come.
    length : int or None
        How many pictures it has; None where that is not known, or where it cannot be sought in.
    """

    @property
    def label(self) -> str:
        """How people call it."""

    @property
    def rate(self) -> float | None:
        """Pictures a second to play it at; None for pictures as they come."""

    @property
    def length(self) -> int | None:
        """How many pictures it has; None where it cannot be sought in."""

    def read(self) -> Picture | None:
        """Give the next picture, waiting for it where need be; None at the end.

        Raises
        ------
        SourceError
            It cannot be read; the message says why.
        """

    def read_at(self, index: int) -> Picture:
        """Give the picture of this number, of a source with a `length`; `read` goes on after it.

        Raises
        ------
        SourceError
            There is none of this number, or it cannot be read.
        """

    def close(self) -> None:
        """Let go of file or camera; also while another thread reads, and also twice."""
