"""Whether a widget can be seen in a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import traitlets

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Displayed"]


class Displayed(traitlets.HasTraits):
    """A widget that knows whether it can be seen in a page.

    It can if a page displays it and has not said that it is off the screen, or its tab hidden:
    ``frontend/src/kit/hidden.ts`` says so. `tests/unit/test_private_names.py` fails where
    ipywidgets counts views under another name.

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

    # Not its opposite: a view that has not said anything yet is taken for visible.
    _hidden = traitlets.Bool(default_value=False).tag(sync=True)

    @property
    def is_displayed(self) -> bool:
        """Whether it can be seen in a page."""
        return bool(self._view_count) and not self._hidden

    def on_displayed(self, callback: Callable[[], object]) -> None:
        """Call ``callback()`` whenever `is_displayed` may have changed."""
        self.observe(lambda _: callback(), ["_view_count", "_hidden"])

    def count_views(self) -> None:
        """Let the page count its views."""
        self._view_count = 0

    def forget_views(self) -> None:
        """Take it for not displayed, and let the page count no more."""
        self._view_count = None
