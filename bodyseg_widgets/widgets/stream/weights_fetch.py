"""Downloads the weights that a stream's model needs, when the page asks for it."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Literal, TypedDict

from bodyseg_widgets.errors import BodySegError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bodyseg_widgets.errors import MissingWeightsError

__all__ = ["WeightsFetch", "WeightsMessage", "WeightsOffer"]

_log = logging.getLogger(__name__)

_SECONDS_BETWEEN_NEWS = 0.1


class WeightsOffer(TypedDict):
    """The weights that a stream's model needs, which can be downloaded."""

    url: str
    """Where they are."""
    size: int
    """Bytes that would be downloaded."""
    done: int | None
    """Bytes that are there; null while nothing is downloaded."""
    problem: str
    """Why the last download failed; empty if it did not."""


class WeightsMessage(TypedDict):
    """The weights that a stream offers are to be downloaded, or no longer."""

    kind: Literal["weights"]
    download: bool
    """Whether to download them; false cancels it."""


class WeightsFetch:
    """Offers the weights that are missing, and downloads them on a thread of its own.

    Parameters
    ----------
    tell : callable
        ``(offer)``: what is offered now, None for nothing.
    done : callable
        Called when weights that were offered were downloaded.
    """

    def __init__(
        self, *, tell: Callable[[WeightsOffer | None], None], done: Callable[[], None]
    ) -> None:
        self._tell = tell
        self._done = done
        self._lock = threading.RLock()
        self._missing: MissingWeightsError | None = None
        self._download: _Download | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether weights are missing."""
        with self._lock:
            return self._missing is not None

    def offer(self, missing: MissingWeightsError) -> None:
        """Offer to download what an error says."""
        with self._lock:
            before = self._missing
            # A model that rested is made again, with an error of its own.
            if before is not None and (before.url, before.size) == (missing.url, missing.size):
                return
            self.withdraw()
            self._missing = missing
            if missing.fetch is not None:
                self._tell(_offer(missing))

    def withdraw(self) -> None:
        """Offer nothing any more, and end a download."""
        with self._lock:
            self.cancel()
            if self._missing is not None:
                self._missing = None
                self._tell(None)

    def start(self) -> None:
        """Download what is offered, unless that has begun."""
        with self._lock:
            missing = self._missing
            if missing is not None and missing.fetch is not None and self._download is None:
                self._download = _Download()
                self._download.thread = threading.Thread(
                    target=self._run,
                    args=(missing, self._download),
                    name="bodyseg-weights",
                    daemon=True,
                )
                self._tell(_offer(missing, done=0))
                self._download.thread.start()

    def cancel(self) -> None:
        """End a download; what has come is kept for the next one."""
        with self._lock:
            if self._download is not None:
                self._download.canceled.set()

    def close(self) -> None:
        """End a download, and wait until it has."""
        with self._lock:
            self._missing = None
            self.cancel()
            download = self._download
        if download is not None:
            download.thread.join()

    def _run(self, missing: MissingWeightsError, download: _Download) -> None:
        problem = ""
        try:
            self._fetch(missing, download)
        except Exception as error:  # noqa: BLE001 - a model of the user's own may raise any
            if not download.canceled.is_set():
                problem = str(error) if isinstance(error, BodySegError) else repr(error)
                _log.warning("Weights were not downloaded: %s", problem)
        with self._lock:
            self._download = None
            if missing is not self._missing:
                return
            if problem or download.canceled.is_set():
                self._tell(_offer(missing, problem=problem))
                return
        self._done()

    def _fetch(self, missing: MissingWeightsError, download: _Download) -> None:
        told = time.monotonic()

        def progress(done: int) -> None:
            nonlocal told
            with self._lock:
                if missing is self._missing and time.monotonic() > told + _SECONDS_BETWEEN_NEWS:
                    told = time.monotonic()
                    self._tell(_offer(missing, done=done))

        if missing.fetch is not None:
            missing.fetch(progress, download.canceled.is_set)


class _Download:
    """One that runs."""

    thread: threading.Thread

    def __init__(self) -> None:
        self.canceled = threading.Event()


def _offer(
    missing: MissingWeightsError, *, done: int | None = None, problem: str = ""
) -> WeightsOffer:
    return {"url": missing.url, "size": missing.size, "done": done, "problem": problem}
