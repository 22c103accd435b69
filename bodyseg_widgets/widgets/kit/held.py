"""Holding back what one thread says of a widget's traits, while others go on."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

import traitlets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from traitlets.utils.bunch import Bunch

__all__ = ["HeldByThread"]


class HeldByThread(traitlets.HasTraits):
    """A widget whose traits several threads set.

    ipywidgets holds notifications back for each message of a page. traitlets would let that hold
    back what every thread says and checks, and lose some of it if two threads do so at a time. Here
    each thread holds back its own.

    Examples
    --------
    >>> import traitlets
    >>> from bodyseg_widgets.widgets.kit.held import HeldByThread
    >>> class Pair(HeldByThread):
    ...     a, b = traitlets.Int(), traitlets.Int()
    >>> pair = Pair()
    >>> pair.observe(lambda change: print(change["name"], pair.a, pair.b))
    >>> with pair.hold_trait_notifications():
    ...     pair.a, pair.b = 1, 2
    a 1 2
    b 1 2
    """

    @property
    def _cross_validation_lock(self) -> bool:
        """Whether this thread checks values later; traitlets asks, under this name."""
        return getattr(self._of_thread, "checks_later", False)

    @_cross_validation_lock.setter
    def _cross_validation_lock(self, later: bool) -> None:
        self._of_thread.checks_later = later

    @property
    def _of_thread(self) -> threading.local:
        own = vars(self)
        # First asked for while the widget is made, by the thread that makes it.
        if "_thread_local" not in own:
            own["_thread_local"] = threading.local()
        local: threading.local = own["_thread_local"]
        return local

    @contextlib.contextmanager
    def hold_trait_notifications(self) -> Iterator[None]:
        """Hold back this thread's notifications, and check what it sets, until the block ends.

        A value that is refused then takes back all that was set.
        """
        if self._cross_validation_lock:
            yield
            return
        held: dict[str, Bunch] = {}
        self._of_thread.held = held
        self._cross_validation_lock = True
        try:
            yield
            for name in [*held]:
                checked = getattr(type(self), name)._cross_validate(self, getattr(self, name))  # noqa: SLF001
                self.set_trait(name, checked)
        except traitlets.TraitError:
            for name, change in [*held.items()]:
                if change.old is traitlets.Undefined:
                    self._trait_values.pop(name)
                else:
                    self.set_trait(name, change.old)
            held.clear()
            raise
        finally:
            self._cross_validation_lock = False
            self._of_thread.held = None
            for change in held.values():
                self.notify_change(change)

    def notify_change(self, change: Bunch) -> None:
        """Notify observers of a change, or hold it back with earlier ones of its trait."""
        held: dict[str, Bunch] | None = getattr(self._of_thread, "held", None)
        if held is None:
            super().notify_change(change)
        elif change.name in held:
            held[change.name]["new"] = change.new
        else:
            held[change.name] = change
