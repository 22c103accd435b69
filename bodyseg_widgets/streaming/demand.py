"""Who needs a source's frames, apart from those who look at them in a page."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bodyseg_widgets.listeners import Unsubscribe


class Demand:
    """Whether anyone of those who may need frames does. Thread-safe.

    Each is asked again by `check`: when it may have changed its mind, and with each frame, so that
    a need may also pass by itself.

    Parameters
    ----------
    told : callable
        ``(wanted)``: called with whether anyone needs frames, when that changes; at first nobody
        does.

    Examples
    --------
    >>> from bodyseg_widgets.streaming.demand import Demand
    >>> demand = Demand(lambda wanted: print("wanted" if wanted else "not wanted"))
    >>> leave = demand.add(lambda: True)
    wanted
    >>> leave()
    not wanted
    """

    def __init__(self, told: Callable[[bool], object]) -> None:
        self._told = told
        # Reentrant: whoever is told may be someone who changes the demand.
        self._lock = threading.RLock()
        # By unique keys, because one may be added twice.
        self._needs: dict[object, Callable[[], bool]] = {}
        self._wanted = False

    def add(self, needs: Callable[[], bool]) -> Unsubscribe:
        """Ask this one, too; it must answer at once.

        Returns
        -------
        callable
            Call it without arguments to ask it no more.
        """
        key = object()
        with self._lock:
            self._needs[key] = needs
        self.check()

        def remove() -> None:
            with self._lock:
                self._needs.pop(key, None)
            self.check()

        return remove

    def check(self) -> None:
        """Ask everyone, and tell what has changed."""
        # Told under the lock, so that the last word is the newest.
        with self._lock:
            wanted = any(needs() for needs in self._needs.values())
            if wanted != self._wanted:
                self._wanted = wanted
                self._told(wanted)
