"""Where a video goes: nothing that is there is lost, and nothing half written stays."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from bodyseg_widgets.errors import InvalidOptionError, RecordingError, reason
from bodyseg_widgets.files import check_free, check_target, part_of
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
        Whether to replace an existing file.

    Raises
    ------
    InvalidOptionError
        It is no path, ends otherwise than a video that can be written, or is `source`.
    RecordingError
        Its folder does not exist or cannot be written to, or the system takes no such name.
    ExistingFileError
        The file exists and `overwrite` is False, or it is a folder.

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
        target, original = Path(path).expanduser().absolute(), Path(source).expanduser()
    # There is no such home folder.
    except RuntimeError as error:
        raise RecordingError(
            f"The video {os.fspath(path)!r} cannot be made: {error} Choose another path."
        ) from error
    if _is_one_file(target, original):
        raise InvalidOptionError(
            f"video_out must be another file than video_in, but both are {str(target)!r}. Choose "
            "another path."
        )
    check_target(target, overwrite=overwrite, refusal=RecordingError)
    return target


@contextmanager
def written_video(target: Path, *, overwrite: bool) -> Iterator[Path]:
    """Give the path to write to instead, beside the target; at the end move it into place.

    Where the context is left by an error, what was written is removed and the target stays as
    it was.

    Parameters
    ----------
    target : Path
        As `new_target` gives it.
    overwrite : bool
        Whether to replace an existing file.

    Raises
    ------
    RecordingError
        It cannot be moved, or somebody else wrote a file there meanwhile; then it stays where
        it is, and the message says where.
    """
    with part_of(target) as part:
        yield part
    try:
        check_free(target, overwrite=overwrite)
        part.replace(target)
    # It took minutes, maybe hours, and it is whole.
    except OSError as error:
        raise RecordingError(
            f"The video could not be moved to its place: {reason(error)} It is whole, and in "
            f"{str(part)!r}: rename it."
        ) from error


def _is_one_file(target: Path, source: Path) -> bool:
    # Where the system refuses to look, `check_target` says why.
    with suppress(OSError):
        return target.samefile(source)
    return False
