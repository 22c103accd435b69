"""A button that opens a menu."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypedDict

import traitlets

from bodyseg_widgets.listeners import Listeners
from bodyseg_widgets.widgets.kit.front_end import front_end_module
from bodyseg_widgets.widgets.kit.page_messages import PageMessages
from bodyseg_widgets.widgets.kit.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bodyseg_widgets.listeners import Unsubscribe


class ChosenMessage(TypedDict):
    """An entry of a `MenuButton` was chosen in the page."""

    kind: Literal["chosen"]
    index: int
    """Its index in `items`, from 0."""


class MenuButton(Widget):
    """A button that opens a menu.

    Unlike a picker, it does nothing before an entry is chosen: with the keyboard, a picker would
    select every entry on the way to the intended one.

    Parameters
    ----------
    description, tooltip : str
        Initial values of the traits.
    items : sequence of str
        Likewise.

    Examples
    --------
    >>> from bodyseg_widgets.widgets import MenuButton
    >>> button = MenuButton("+ Add", "Add a panel", items=["general", "landscape"])
    >>> unsubscribe = button.on_choose(print)
    >>> button.choose(1)
    1
    """

    _esm = front_end_module("menu_button")

    items = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """The entries."""

    description = traitlets.Unicode().tag(sync=True)
    """Its label."""

    tooltip = traitlets.Unicode().tag(sync=True)
    """Its tooltip, also read by screen readers."""

    disabled = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether it is disabled."""

    def __init__(self, description: str, tooltip: str = "", *, items: Sequence[str] = ()) -> None:
        self._listeners = Listeners[[int]]()
        super().__init__(description=description, tooltip=tooltip, items=[*items])
        messages: PageMessages[ChosenMessage] = PageMessages({"chosen": ChosenMessage})
        messages.hear(self, lambda message, _: self._receive(message))

    def on_choose(self, callback: Callable[[int], object]) -> Unsubscribe:
        """Call ``callback(index)`` when an entry is chosen.

        Parameters
        ----------
        callback : callable
            Receives the entry's index in `items`, from 0.

        Returns
        -------
        callable
            Call it without arguments to unsubscribe.
        """
        return self._listeners.add(callback)

    def choose(self, index: int) -> None:
        """Choose an entry, as if it was clicked.

        Parameters
        ----------
        index : int
            Its index in `items`, from 0.
        """
        self._listeners.notify(index)

    def _receive(self, message: ChosenMessage) -> None:
        # The clicked entry may have been removed in the meantime.
        if 0 <= message["index"] < len(self.items):
            self.choose(message["index"])
