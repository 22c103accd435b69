"""Where a video is written: existing files are not lost, and no partial file remains."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from bodyseg_widgets.errors import (
    BodySegError,
    ExistingFileError,
    InvalidOptionError,
    RecordingError,
)
from bodyseg_widgets.files import check_target, given_path, part_of, why_unwritten
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
        The path as given; ``~`` is the home folder.
    source : str or os.PathLike
        The file being read, as given.
    overwrite : bool
        Whether to replace an existing file.

    Raises
    ------
    InvalidOptionError
        It is not a path, has an unsupported extension, or is `source`.
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
    target = given_path(path, refusal=RecordingError)
    if _is_one_file(target, given_path(source)):
        raise InvalidOptionError(
            f"video_out must differ from video_in, but both are {str(target)!r}. Choose "
            "another path."
        )
    check_target(target, overwrite=overwrite, refusal=RecordingError)
    return target


@contextmanager
def written_video(target: Path, *, overwrite: bool) -> Iterator[Path]:
    """Yield a temporary path next to the target; at the end move it into place.

    If the context ends with an error, the temporary file is removed and the target is unchanged.

    Parameters
    ----------
    target : Path
        As returned by `new_target`.
    overwrite : bool
        Whether to replace an existing file.

    Raises
    ------
    RecordingError
        It cannot be moved there, or another file was written there in the meantime; then the video
        is kept beside it, and the message says where.
    """
    try:
        with part_of(target) as part:
            yield part.path
            try:
                part.place(overwrite=overwrite)
            except ExistingFileError as error:
                # It took minutes, maybe hours, and it is complete: keep it.
                kept = part.place_beside()
                raise RecordingError(
                    f"The video could not be moved into place: {error} It is complete, and saved "
                    f"as {str(kept)!r}."
                ) from error
    except OSError as error:
        # Errors of this package already say all.
        if isinstance(error, BodySegError):
            raise
        raise RecordingError(
            f"The video {str(target)!r} could not be written: {why_unwritten(error)}. Nothing of "
            "it was kept."
        ) from error


def _is_one_file(target: Path, source: Path) -> bool:
    # Where the system refuses to look, `check_target` says why.
    with suppress(OSError):
        return target.samefile(source)
    return False
