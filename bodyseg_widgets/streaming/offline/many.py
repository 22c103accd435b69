"""One work on many files, on one machine or many: what was written, what was there, what failed."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bodyseg_widgets.errors import RecordingError
from bodyseg_widgets.jobs import run_all
from bodyseg_widgets.progress import progress_bar
from bodyseg_widgets.streaming.kept_models import KEPT_MODELS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bodyseg_widgets.jobs import ExecutorLike

__all__ = ["FailedFile", "FileJob", "SegmentedFiles", "make_folder_of", "work_on_files"]


@dataclass(frozen=True, slots=True)
class FailedFile:
    """A file that could not be used.

    Attributes
    ----------
    path : Path
        The file.
    reason : str
        Why.
    """

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class SegmentedFiles:
    """What became of files; `segment_files` returns it, and `apply_effect` of several videos.

    Attributes
    ----------
    made : tuple of Path
        The files that were written, in the order of their names.
    there : tuple of Path
        Those that were there already.
    failed : tuple of FailedFile
        What could not be used, with the reason.
    """

    made: tuple[Path, ...]
    there: tuple[Path, ...]
    failed: tuple[FailedFile, ...]


@dataclass(frozen=True, slots=True)
class FileJob:
    """One file, and what it becomes if it is an image, or a video."""

    source: Path
    image: Path
    video: Path

    def finished(self) -> Path | None:
        """Return what it has become already."""
        return next((each for each in (self.image, self.video) if each.is_file()), None)


def work_on_files(
    work: Callable[[FileJob], Path],
    jobs: Sequence[FileJob],
    executor: ExecutorLike,
    *,
    overwrite: bool,
    label: str,
    progress: bool,
) -> SegmentedFiles:
    """Do what is missing of many files; one that fails is reported, and the others go on.

    Parameters
    ----------
    work : callable
        ``(job) -> path``: writes a file. Other processes have to be able to import it.
    jobs : sequence of FileJob
        The files.
    executor : Executor, int or None
        Where the work is done; see `run_all`.
    overwrite : bool
        Whether to do those again that are finished.
    label : str
        What the progress bar says.
    progress : bool
        Whether there is one.
    """
    done = {job.source: target for job in jobs if (target := job.finished()) is not None}
    left = [job for job in jobs if overwrite or job.source not in done]
    made: list[Path] = []
    failed: list[FailedFile] = []
    outcomes = run_all(work, left, executor)
    try:
        with (
            closing(outcomes),
            progress_bar(len(left), label, unit="files", shown=progress) as bar,
        ):
            for outcome in outcomes:
                if outcome.value is None:
                    failed.append(FailedFile(outcome.job.source, outcome.reason))
                else:
                    made.append(outcome.value)
                bar.update()
    finally:
        KEPT_MODELS.dispose()
    there = [] if overwrite else done.values()
    return SegmentedFiles(
        tuple(sorted(made)),
        tuple(sorted(there)),
        tuple(sorted(failed, key=lambda each: each.path)),
    )


def make_folder_of(target: Path) -> None:
    """Create the folder of a file to write, unless it is there.

    Raises
    ------
    RecordingError
        It cannot be created.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordingError(
            f"The folder {str(target.parent)!r} cannot be created: {error.strerror}. Choose "
            "another one."
        ) from error
