"""Where a video goes: nothing that is there is lost, and nothing half written stays."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from bodyseg_widgets.errors import InvalidOptionError, RecordingError, reason
from bodyseg_widgets.streaming.offline.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator


def new_target(
    path: str | os.PathLike[str], source: str | os.PathLike[str], *, overwrite: bool
) -> Path:
    """Where to write a video, as an absolute path.

    Parameters
    ----------
    path : str or os.PathLike
        What a person calls it; ``~`` is the home folder.
    source : str or os.PathLike
        What is read meanwhile, as a person calls it.
    overwrite : bool
        Whether a file that is there may be replaced.

    Raises
    ------
    InvalidOptionError
        It is no path, ends otherwise than a video that can be written, or is `source`.
    RecordingError
        The file is there already, its folder is not or cannot be written to, or the system
        takes no such name.

    Examples
    --------
    >>> from bodyseg_widgets.streaming.offline.target import new_target
    >>> new_target("talk.avi", "talk.mp4", overwrite=False)
    Traceback (most recent call last):
    bodyseg_widgets.errors.InvalidOptionError: video_out must end in '.mp4', '.webm' or '.mkv', \
but got 'talk.avi'.
    """
    if not isinstance(path, str | os.PathLike):
        raise InvalidOptionError(
            f"video_out must be the path of a video to write, but got {type(path).__name__}."
        )
    if Path(path).suffix.lower() not in KINDS:
        *others, last = map(repr, KINDS)
        raise InvalidOptionError(
            f"video_out must end in {', '.join(others)} or {last}, but got {os.fspath(path)!r}."
        )
    try:
        target = Path(path).expanduser().absolute()
        folder = target.parent
        original = Path(source).expanduser()
        has_folder, is_there = folder.is_dir(), target.exists()
        is_source = is_there and original.exists() and target.samefile(original)
    # A name that is too long, or a folder that must not be looked into.
    except (OSError, RuntimeError) as error:
        raise RecordingError(
            f"The video {os.fspath(path)!r} cannot be made: {reason(error)}. Choose another path."
        ) from error
    if is_source:
        raise InvalidOptionError(
            f"video_out must be another file than video_in, but both are {str(target)!r}. Choose "
            "another path."
        )
    if not has_folder:
        raise RecordingError(
            f"The folder {str(folder)!r} of the video {target.name!r} does not exist. Make it, or "
            "choose another path."
        )
    if not os.access(folder, os.W_OK):
        raise RecordingError(
            f"The folder {str(folder)!r} cannot be written to, so the video {target.name!r} "
            "cannot be made there. Choose another path."
        )
    _check_free(target, is_there=is_there, overwrite=overwrite)
    return target


@contextmanager
def written_whole(target: Path, *, overwrite: bool) -> Iterator[Path]:
    """Give the path to write to instead, beside the target; at the end move it into place.

    Where the context is left by an error, what was written is removed and the target stays as
    it was.

    Parameters
    ----------
    target : Path
        As `new_target` gives it.
    overwrite : bool
        Whether a file that is there may be replaced.

    Raises
    ------
    RecordingError
        It cannot be moved, or somebody else wrote a file there meanwhile; then it stays where
        it is, and the message says where.
    """
    part = target.with_name(f".{target.name}.part")
    try:
        yield part
    except BaseException:
        # What went wrong is to be told, not that it cannot be cleaned up too.
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    try:
        _check_free(target, is_there=target.exists(), overwrite=overwrite)
        part.replace(target)
    # It took minutes, maybe hours, and it is whole.
    except (RecordingError, OSError) as error:
        raise RecordingError(
            f"The video could not be moved to its place: {reason(error)} It is whole, and in "
            f"{str(part)!r}: rename it."
        ) from error


def _check_free(target: Path, *, is_there: bool, overwrite: bool) -> None:
    if is_there and target.is_dir():
        raise RecordingError(f"{str(target)!r} is a folder. Choose another path.")
    if is_there and not overwrite:
        raise RecordingError(
            f"The file {str(target)!r} exists already. Choose another path, or replace it with "
            "apply_effect(..., overwrite=True)."
        )
