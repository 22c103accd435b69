"""Who is told that something has happened."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeAlias

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable

__all__ = ["Listeners", "Unsubscribe", "log_errors"]

P = ParamSpec("P")

Unsubscribe: TypeAlias = "Callable[[], None]"
"""Ends a subscription; calling it again does nothing."""


class Listeners(Generic[P]):
    """Callbacks that are told of something, from any thread.

    All of them are called, whatever any of them raises, without a lock held: a callback may add,
    unsubscribe and notify. One that is unsubscribed while `notify` is at work may be called
    that once.

    Parameters
    ----------
    on_error : callable, optional
        ``(callback, error)``: called with each callback that raised something, and what it
        raised. Without it `notify` raises that, after all callbacks were called.

    Examples
    --------
    >>> from bodyseg_widgets.listeners import Listeners
    >>> listeners = Listeners()
    >>> unsubscribe = listeners.add(lambda word: print("heard", word))
    >>> listeners.notify("this")
    heard this
    >>> unsubscribe()
    >>> listeners.notify("that")
    """

    def __init__(
        self, on_error: Callable[[Callable[P, object], BaseException], object] | None = None
    ) -> None:
        self._on_error = on_error
        self._lock = threading.Lock()
        # By a key of its own each, for a callback may be added twice.
        self._callbacks: dict[object, Callable[P, object]] = {}

    def __len__(self) -> int:
        with self._lock:
            return len(self._callbacks)

    @property
    def callbacks(self) -> tuple[Callable[P, object], ...]:
        """Who would be told now, in the order in which they were added."""
        with self._lock:
            return (*self._callbacks.values(),)

    def add(self, callback: Callable[P, object]) -> Unsubscribe:
        """Tell `callback`, too, from now on.

        Returns
        -------
        callable
            Call it without arguments to unsubscribe; calling it again does nothing.
        """
        key = object()
        with self._lock:
            self._callbacks[key] = callback

        def unsubscribe() -> None:
            with self._lock:
                self._callbacks.pop(key, None)

        return unsubscribe

    def notify(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call all callbacks, on this thread.

        Raises
        ------
        BaseException
            Where there is no `on_error`: what a callback raised, or a `BaseExceptionGroup` of
            what several raised.
        """
        errors: list[BaseException] = []
        for callback in self.callbacks:
            try:
                callback(*args, **kwargs)
            # A user's function may raise anything, a cancelled await or a sys.exit() too.
            except BaseException as error:  # noqa: BLE001
                if self._on_error is None:
                    errors.append(error)
                else:
                    self._on_error(callback, error)
        if len(errors) == 1:
            raise errors[0]
        if errors:
            raise BaseExceptionGroup("Several callbacks failed.", errors)

    def clear(self) -> None:
        """Unsubscribe all of them."""
        with self._lock:
            self._callbacks.clear()


def log_errors(
    log: logging.Logger, name: str
) -> Callable[[Callable[..., Any], BaseException], None]:
    """Return an `on_error` that logs what a callback raised, with its traceback.

    Parameters
    ----------
    log : logging.Logger
        Where to.
    name : str
        What users know the callbacks by, for example ``"on_result"``.
    """

    def log_error(callback: Callable[..., Any], error: BaseException) -> None:
        log.error("%s callback %r failed", name, callback, exc_info=error)

    return log_error
