"""Whether a page displays a widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import traitlets

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Displayed"]


class Displayed(traitlets.HasTraits):
    """A widget that knows whether a page displays it.

    `tests/unit/test_private_names.py` fails where ipywidgets counts views under another name.

    Examples
    --------
    >>> import ipywidgets
    >>> from bodyseg_widgets.widgets.kit.displayed import Displayed
    >>> class Label(Displayed, ipywidgets.Label): ...
    >>> label = Label("Hello")
    >>> label.count_views()
    >>> label.is_displayed
    False
    """

    # ipywidgets' own: how many views the page shows; the page counts unless it is None.
    _view_count: int | None

    @property
    def is_displayed(self) -> bool:
        """Whether a page displays it."""
        return bool(self._view_count)

    def on_displayed(self, callback: Callable[[], object]) -> None:
        """Call ``callback()`` whenever the number of its views changes."""
        self.observe(lambda _: callback(), "_view_count")

    def count_views(self) -> None:
        """Let the page count its views."""
        self._view_count = 0

    def forget_views(self) -> None:
        """Take it for not displayed, and let the page count no more."""
        self._view_count = None
