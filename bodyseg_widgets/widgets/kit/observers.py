"""Setting traits without calling the observer that reacts to the user."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import traitlets


@contextmanager
def unobserved(
    handler: Callable[[Any], object], *widgets: traitlets.HasTraits, name: str = "value"
) -> Iterator[None]:
    """Remove an observer from widgets for the duration of a ``with`` block.

    Parameters
    ----------
    handler : callable
        The observer.
    widgets : HasTraits
        The observed widgets.
    name : str
        The trait.

    Examples
    --------
    >>> from bodyseg_widgets.widgets import ToggleButton
    >>> from bodyseg_widgets.widgets.kit.observers import unobserved
    >>> button = ToggleButton("Mirror")
    >>> button.observe(print, "value")
    >>> with unobserved(print, button):
    ...     button.value = True
    """
    for widget in widgets:
        widget.unobserve(handler, name)
    try:
        yield
    finally:
        for widget in widgets:
            widget.observe(handler, name)
