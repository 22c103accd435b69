"""Why a download failed, apart from what to do then, which depends on what it was for."""

from __future__ import annotations

from bodyseg_widgets.errors import SourceError

__all__ = ["DownloadError", "NotResumedError"]


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
