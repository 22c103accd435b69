"""What all widgets of this package have in common."""

from __future__ import annotations

import inspect
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

import anywidget

from bodyseg_widgets.errors import UnknownArgumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Widget"]


class Widget(anywidget.AnyWidget):
    """A widget that takes the arguments it names, and leaves nothing behind when it is closed.

    What a subclass makes in its ``__init__`` it gives to ``self._closing`` at once. That is
    closed by :meth:`close`, and also where one of the traits' values is refused.

    Raises
    ------
    UnknownArgumentError
        An argument has a name that the subclass does not know.

    Examples
    --------
    >>> from bodyseg_widgets.widgets import ToggleButton
    >>> ToggleButton("Mirror", pressed=True)
    Traceback (most recent call last):
    bodyseg_widgets.errors.UnknownArgumentError: ToggleButton takes no argument 'pressed'. It \
takes 'description', 'tooltip', 'value', 'disabled'.
    """

    _closing: ExitStack

    def __new__(cls, *args: object, **kwargs: object) -> Self:
        """Check the names of the arguments before anything is made."""
        _check_names(cls, kwargs)
        widget: Self = super().__new__(cls, *args, **kwargs)
        # Here, for it is needed before `__init__` hands the traits on.
        widget._closing = ExitStack()
        return widget

    def __init__(self, **traits: object) -> None:
        try:
            super().__init__(**traits)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Take the widget off the page, with all that it made for itself.

        Calling it again does nothing.
        """
        self._closing.close()
        # Asking one that has none yet would make one.
        if self.trait_has_value("layout"):
            self.layout.close()
        super().close()


def _check_names(cls: type[Widget], given: Mapping[str, object]) -> None:
    _, *parameters = inspect.signature(cls.__init__).parameters.values()
    if any(each.kind is each.VAR_KEYWORD for each in parameters):
        return
    allowed = [each.name for each in parameters]
    unknown = [name for name in given if name not in allowed]
    if unknown:
        raise UnknownArgumentError(
            f"{cls.__name__} takes no argument {', '.join(map(repr, unknown))}. It takes "
            f"{', '.join(map(repr, allowed)) or 'none'}."
        )
