"""Lists of callbacks."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeAlias

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable
    from contextvars import Context

__all__ = ["Listeners", "Unsubscribe", "log_errors"]

P = ParamSpec("P")

Unsubscribe: TypeAlias = "Callable[[], None]"
"""Ends a subscription; calling it again does nothing."""


class Listeners(Generic[P]):
    """A list of callbacks to notify. Thread-safe.

    All of them are called, even if some raise, without holding a lock: a callback may add,
    unsubscribe and notify. One that is unsubscribed while `notify` is running may still be called
    once.

    Parameters
    ----------
    on_error : callable, optional
        ``(callback, error)``: called for each callback that raised an exception. Without it,
        `notify` raises the exceptions after all callbacks were called.

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
        # By unique keys, because a callback may be added twice.
        self._callbacks: dict[object, tuple[Callable[P, object], Context | None]] = {}

    def __len__(self) -> int:
        with self._lock:
            return len(self._callbacks)

    @property
    def callbacks(self) -> tuple[Callable[P, object], ...]:
        """The callbacks, in the order in which they were added."""
        with self._lock:
            return tuple(callback for callback, _ in self._callbacks.values())

    def add(self, callback: Callable[P, object], context: Context | None = None) -> Unsubscribe:
        """Add a callback.

        Parameters
        ----------
        callback : callable
            The callback.
        context : contextvars.Context, optional
            Where it is called: what it prints appears there. Default: where `notify` is called.

        Returns
        -------
        callable
            Call it without arguments to unsubscribe; calling it again does nothing.
        """
        key = object()
        with self._lock:
            self._callbacks[key] = (callback, context)

        def unsubscribe() -> None:
            with self._lock:
                self._callbacks.pop(key, None)

        return unsubscribe

    def notify(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call all callbacks, on this thread.

        Raises
        ------
        BaseException
            Without `on_error`: the exception of a callback, or a `BaseExceptionGroup` of several.
        """
        errors: list[BaseException] = []
        with self._lock:
            callbacks = (*self._callbacks.values(),)
        for callback, context in callbacks:
            try:
                if context is None:
                    callback(*args, **kwargs)
                else:
                    # A copy, because a context can be entered only once at a time.
                    context.copy().run(callback, *args, **kwargs)
            # A user's function may raise anything, even a canceled await or a sys.exit().
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
    """Return an `on_error` that logs a callback's exception, with its traceback.

    Parameters
    ----------
    log : logging.Logger
        The logger.
    name : str
        The callbacks' name for users, for example ``"on_result"``.
    """

    def log_error(callback: Callable[..., Any], error: BaseException) -> None:
        log.error("%s callback %r failed", name, callback, exc_info=error)

    return log_error
