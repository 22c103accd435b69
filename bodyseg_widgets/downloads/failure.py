"""Why a download failed, apart from what to do then, which depends on what it was for."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from bodyseg_widgets.errors import BodySegError, SourceError
from bodyseg_widgets.files import why_unwritten

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["DownloadError", "NotResumedError", "saving"]


class DownloadError(SourceError):
    """A download failed.

    Parameters
    ----------
    problem : str
        What happened, in whole sentences.
    advice : str
        What to do where a source was to be downloaded, in whole sentences.

    Examples
    --------
    >>> from bodyseg_widgets.downloads import DownloadError
    >>> error = DownloadError("The connection broke.", "Try again.")
    >>> print(error, "/", error.problem)
    The connection broke. Try again. / The connection broke.
    """

    def __init__(self, problem: str, advice: str = "") -> None:
        super().__init__(f"{problem} {advice}".rstrip())
        self.problem = problem


class NotResumedError(DownloadError):
    """The server does not go on where an earlier download ended."""


@contextlib.contextmanager
def saving(shown: str, folder: Path) -> Iterator[None]:
    """Raise a `DownloadError` that names URL and folder where writing fails."""
    try:
        yield
    except OSError as error:
        # Errors of this package already say all.
        if isinstance(error, BodySegError):
            raise
        raise DownloadError(
            f"{shown!r} could not be saved in {str(folder)!r}: {why_unwritten(error)}."
        ) from error
