"""Files that are written whole or not at all, and never over another one unasked."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from bodyseg_widgets.errors import BodySegError, ExistingFileError, InvalidOptionError, reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["check_free", "check_target", "part_of", "written_whole"]


def check_target(
    path: Path, *, overwrite: bool, refusal: type[BodySegError] = InvalidOptionError
) -> None:
    """Refuse a path that no file can be written to, before anything is done for it.

    Parameters
    ----------
    path : Path
        Where the file goes.
    overwrite : bool
        Whether to replace an existing file.
    refusal : type
        What is raised where the path itself is impossible.

    Raises
    ------
    BodySegError
        Of type `refusal`: the folder does not exist or cannot be written to, or the system takes
        no such name.
    ExistingFileError
        The file exists and `overwrite` is False, or it is a folder.
    """
    folder = path.parent
    try:
        # A name may be too long, or a folder closed to this user.
        with suppress(FileNotFoundError, NotADirectoryError):
            path.stat()
    except OSError as error:
        raise refusal(
            f"{str(path)!r} cannot be created: {reason(error)}. Choose another path."
        ) from error
    if not folder.is_dir():
        raise refusal(
            f"The folder {str(folder)!r} of {path.name!r} does not exist. Create it, or choose "
            "another path."
        )
    if not os.access(folder, os.W_OK):
        raise refusal(
            f"The folder {str(folder)!r} cannot be written to, so {path.name!r} cannot be created "
            "there. Choose another path."
        )
    check_free(path, overwrite=overwrite)


def check_free(path: Path, *, overwrite: bool) -> None:
    """Refuse to replace a file unasked, and a folder in any case.

    Raises
    ------
    ExistingFileError
        The file exists and `overwrite` is False, or it is a folder.
    """
    if path.is_dir() or (path.exists() and not overwrite):
        raise ExistingFileError(path)


@contextmanager
def part_of(path: Path) -> Iterator[Path]:
    """Yield the path of a file beside `path`, which is removed where the context raises."""
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
    except BaseException:
        # What went wrong is to be told, not that it cannot be cleaned up too.
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


@contextmanager
def written_whole(path: Path, *, overwrite: bool) -> Iterator[Path]:
    """Yield the path of a file to write, which takes the place of `path` at the end.

    Where the context raises, what was written is removed, and `path` stays as it was.

    Parameters
    ----------
    path : Path
        Where the file goes.
    overwrite : bool
        Whether to replace an existing file.

    Raises
    ------
    InvalidOptionError
        The folder does not exist or cannot be written to.
    ExistingFileError
        The file exists and `overwrite` is False, also where it was made meanwhile.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from bodyseg_widgets.files import written_whole
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.txt"
    ...     with written_whole(path, overwrite=False) as part:
    ...         _ = part.write_text("all of it")
    ...     path.read_text()
    'all of it'
    """
    check_target(path, overwrite=overwrite)
    with part_of(path) as part:
        yield part
        check_free(path, overwrite=overwrite)
        part.replace(path)
