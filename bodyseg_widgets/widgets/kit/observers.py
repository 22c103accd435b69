"""Telling what Python shows in a control from what is chosen there."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType


class OwnChanges:
    """A ``with`` block in which this thread sets controls to what holds already.

    An observer that reacts to a person's choices leaves out what is set in such a block, and
    nothing else: what is chosen meanwhile, on another thread, counts.

    Examples
    --------
    >>> from bodyseg_widgets.widgets import ToggleButton
    >>> from bodyseg_widgets.widgets.kit.observers import OwnChanges
    >>> button, own = ToggleButton("Mirror"), OwnChanges()
    >>> button.observe(lambda change: own.now or print("chosen:", change["new"]), "value")
    >>> with own:
    ...     button.value = True
    >>> button.value = False
    chosen: False
    """

    def __init__(self) -> None:
        self._of_thread = threading.local()

    @property
    def now(self) -> bool:
        """Whether this thread is in such a block."""
        return bool(getattr(self._of_thread, "depth", 0))

    def __enter__(self) -> Self:
        """Begin a block; one may be in another."""
        self._of_thread.depth = getattr(self._of_thread, "depth", 0) + 1
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End it."""
        self._of_thread.depth -= 1
