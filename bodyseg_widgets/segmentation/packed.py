"""Masks in 8 bits, compressed without loss: as they are sent, kept and recorded."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from bodyseg_widgets.errors import InvalidImageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bodyseg_widgets.segmentation.types import Size

__all__ = ["PackedLevels"]


@dataclass(frozen=True, slots=True)
class PackedLevels:
    """`Mask.levels`, compressed without loss: about 2 kB in place of 64.

    Attributes
    ----------
    data : bytes
        The levels, row by row, in zlib's format.
    shape : tuple of int
        (height, width) of the levels.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.segmentation import PackedLevels
    >>> packed = PackedLevels.of(np.full((256, 256), 255, np.uint8))
    >>> len(packed.data) < 200, int(packed.unpacked().min())
    (True, 255)
    """

    data: bytes
    shape: Size

    @classmethod
    def of(cls, levels: NDArray[np.uint8]) -> Self:
        """Pack levels.

        Parameters
        ----------
        levels : numpy.ndarray
            uint8, (height, width).
        """
        # Masks have large areas of a single value. Run-length encoding alone makes them a fifth
        # smaller than zlib's default strategy at level 1, in less time.
        packer = zlib.compressobj(1, strategy=zlib.Z_RLE)
        height, width = levels.shape
        data = packer.compress(np.ascontiguousarray(levels).data) + packer.flush()
        return cls(data, (height, width))

    def unpacked(self) -> NDArray[np.uint8]:
        """Return the levels: uint8 of `shape`, read-only, a new array for each call.

        Raises
        ------
        InvalidImageError
            `data` are not levels of this shape, as in a damaged file.
        """
        height, width = self.shape
        unpacker = zlib.decompressobj()
        try:
            # No more than one too many: a few bytes can be packed gigabytes.
            levels = unpacker.decompress(self.data, height * width + 1)
            if not unpacker.eof:
                raise ValueError("they are incomplete, or too many")  # noqa: TRY301 - told below
            return np.frombuffer(levels, np.uint8).reshape(self.shape)
        except (ValueError, TypeError, zlib.error) as error:
            raise InvalidImageError(
                f"Expect a packed mask of (height, width) {self.shape}, but {len(self.data)} bytes "
                f"cannot be unpacked to that ({error})."
            ) from error
