"""Read arrays from a file of NumPy's, of which nothing is trusted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib import format as npy

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.streaming.closable import Closable

if TYPE_CHECKING:
    import zipfile

    from numpy.typing import NDArray

__all__ = ["NpzReader"]

_MAX_HEADER = 10_000
_HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


class NpzReader(Closable):
    """Reads the arrays of an ``.npz`` file, each of a kind and shape that is known beforehand.

    Unlike ``numpy.load``, it takes memory only for what is expected, whatever the file declares,
    and makes nothing but numbers and text.

    Parameters
    ----------
    archive : zipfile.ZipFile
        The file.

    Examples
    --------
    >>> import io, zipfile
    >>> import numpy as np
    >>> from bodyseg_widgets.streaming.npz import NpzReader
    >>> file = io.BytesIO()
    >>> np.savez(file, numbers=np.arange(6.0).reshape(2, 3))
    >>> with NpzReader(zipfile.ZipFile(file)) as reader:
    ...     reader.array("numbers", "f8", (None, 3), most=100).shape
    (2, 3)
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def array(
        self, name: str, dtype: str, shape: tuple[int | None, ...], *, most: int
    ) -> NDArray[Any]:
        """Read an array.

        Parameters
        ----------
        name : str
            Its name.
        dtype : str
            Its kind and bytes, such as ``"u1"``; ``"U"`` for text of any length.
        shape : tuple of int or None
            Its shape; None for any length.
        most : int
            Most bytes that it may have.

        Raises
        ------
        InvalidOptionError
            It is another one, or incomplete.
        KeyError
            There is none of this name.
        """
        with self._archive.open(f"{name}.npy") as file:
            version = npy.read_magic(file)
            if version not in _HEADERS:
                raise InvalidOptionError(f"{name!r} is of version {version}")
            found, in_fortran, declared = _HEADERS[version](file, max_header_size=_MAX_HEADER)
            nbytes = math.prod(found) * declared.itemsize
            fits = len(found) == len(shape) and all(
                length >= 0 and wanted in {length, None}
                for length, wanted in zip(found, shape, strict=True)
            )
            if not fits or not declared.str[1:].startswith(dtype) or nbytes > most:
                raise InvalidOptionError(
                    f"{name!r} has the shape {found} and the type {declared}, which it cannot have"
                )
            data = file.read(nbytes)
        if len(data) < nbytes:
            raise InvalidOptionError(f"{name!r} has {len(data)} bytes of {nbytes}")
        array = np.frombuffer(data, declared).reshape(found, order="F" if in_fortran else "C")
        return array.astype(declared.newbyteorder("="), order="C")

    def has(self, name: str) -> bool:
        """Return whether there is an array of this name."""
        return f"{name}.npy" in self._archive.namelist()

    def close(self) -> None:
        """Close the file."""
        self._archive.close()
