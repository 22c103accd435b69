"""Who is told that something has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Listeners"]


class Listeners:
    """Callbacks without arguments, each with a way out.

    Examples
    --------
    >>> from bodyseg_widgets.streaming.listeners import Listeners
    >>> listeners = Listeners()
    >>> end = listeners.add(lambda: print("changed"))
    >>> listeners.tell()
    changed
    >>> end()
    >>> listeners.tell()
    """

    def __init__(self) -> None:
        self._callbacks: list[Callable[[], object]] = []

    def add(self, callback: Callable[[], object]) -> Callable[[], None]:
        """Tell `callback`, too, from now on; give the function that ends that."""
        self._callbacks.append(callback)

        def end() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return end

    def tell(self) -> None:
        """Call all of them."""
        for callback in [*self._callbacks]:
            callback()
