"""Checks on a file before it is read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bodyseg_widgets.errors import SourceError

if TYPE_CHECKING:
    import os


def existing_file(path: str | os.PathLike[str]) -> Path:
    """Find a nonempty file.

    Parameters
    ----------
    path : str or os.PathLike
        Its path; ``~`` is the home folder.

    Raises
    ------
    SourceError
        The file does not exist, is a folder, is empty, or may not be read.

    Examples
    --------
    >>> from bodyseg_widgets.streaming.sources.files import existing_file
    >>> existing_file(__file__).name
    'files.py'
    """
    file = Path(path).expanduser()
    try:
        if file.is_dir():
            raise SourceError(f"{str(file)!r} is a folder. Choose a file in it.")
        if not file.exists():
            raise SourceError(
                f"There is no file {str(file)!r} (looked in {str(Path.cwd())!r}). Check the path."
            )
        with file.open("rb") as opened:
            empty = not opened.read(1)
    except OSError as error:
        raise SourceError(
            f"The file {str(file)!r} cannot be read: {error.strerror}. Check its permissions."
        ) from error
    if empty:
        raise SourceError(
            f"The file {str(file)!r} is empty: it has 0 bytes. Record or copy it again."
        )
    return file.absolute()
