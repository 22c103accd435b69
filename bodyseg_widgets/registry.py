"""A thread-safe registry of named entries."""

from __future__ import annotations

import threading
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, TypeVar

from bodyseg_widgets.listeners import Listeners

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bodyseg_widgets.listeners import Unsubscribe

__all__ = ["Registry"]

T = TypeVar("T")


class Registry(MutableMapping[str, T]):
    """Entries by name, in the order in which they were added.

    Thread-safe: an iteration sees the entries that existed when it began.

    Parameters
    ----------
    entries : mapping, optional
        The initial entries.

    Examples
    --------
    >>> from bodyseg_widgets.registry import Registry
    >>> numbers = Registry({"one": 1})
    >>> unsubscribe = numbers.on_change(lambda: print([*numbers]))
    >>> numbers["two"] = 2
    ['one', 'two']
    """

    def __init__(self, entries: Mapping[str, T] | None = None) -> None:
        self._lock = threading.Lock()
        self._entries = {} if entries is None else {**entries}
        self._listeners = Listeners[[]]()

    def __getitem__(self, name: str) -> T:
        with self._lock:
            return self._entries[name]

    def __setitem__(self, name: str, entry: T) -> None:
        self.put(name, lambda _: entry)

    def __delitem__(self, name: str) -> None:
        with self._lock:
            del self._entries[name]
        self._listeners.notify()

    def __iter__(self) -> Iterator[str]:
        with self._lock:
            return iter([*self._entries])

    def __len__(self) -> int:
        with self._lock:
            return len(self._entries)

    def put(self, name: str, make: Callable[[T | None], T]) -> None:
        """Replace an entry atomically by one made from it.

        Parameters
        ----------
        name : str
            Its name.
        make : callable
            ``(replaced) -> entry``; `replaced` is None if there is no entry with this name.
        """
        with self._lock:
            self._entries[name] = make(self._entries.get(name))
        self._listeners.notify()

    def on_change(self, callback: Callable[[], object]) -> Unsubscribe:
        """Call `callback` after each change.

        Returns
        -------
        callable
            Call it without arguments to unsubscribe.
        """
        return self._listeners.add(callback)
