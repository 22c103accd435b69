"""Write files completely or not at all, and never replace one unless requested."""

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
    """Raise an error if no file can be written to a path, before doing any work.

    Parameters
    ----------
    path : Path
        The file to write.
    overwrite : bool
        Whether to replace an existing file.
    refusal : type
        The error to raise if the path itself is invalid.

    Raises
    ------
    BodySegError
        Of type `refusal`: the folder does not exist or cannot be written to, or the system does not
        accept the name.
    ExistingFileError
        As :func:`check_free`.
    """
    folder = path.parent
    try:
        # A name may be too long, or a folder not accessible to this user.
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
    """Raise an error rather than replace a folder, or a file without `overwrite`.

    Raises
    ------
    ExistingFileError
        The file exists and `overwrite` is False, or it is a folder.
    """
    if path.is_dir() or (path.exists() and not overwrite):
        raise ExistingFileError(path)


@contextmanager
def part_of(path: Path) -> Iterator[Path]:
    """Yield the path of a temporary file next to `path`, which is removed if the context raises."""
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
    except BaseException:
        # Report the original error, not the failed cleanup.
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


@contextmanager
def written_whole(path: Path, *, overwrite: bool) -> Iterator[Path]:
    """Yield the path of a temporary file, which replaces `path` at the end.

    If the context raises, the temporary file is removed, and `path` is unchanged.

    Parameters
    ----------
    path : Path
        The file to write.
    overwrite : bool
        Whether to replace an existing file.

    Raises
    ------
    InvalidOptionError
        The folder does not exist or cannot be written to.
    ExistingFileError
        The file exists and `overwrite` is False, even if it was created in the meantime.

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
