"""What all widgets of this package have in common."""

from __future__ import annotations

import inspect
from contextlib import ExitStack
from typing import Self

import anywidget

from bodyseg_widgets.errors import UnknownArgumentError

__all__ = ["Closing", "NamedArguments", "Widget"]


class NamedArguments:
    """A widget that refuses arguments whose names it does not know, before anything is made.

    Raises
    ------
    UnknownArgumentError
        An argument's name is unknown; the message lists the known ones.
    """

    def __new__(cls, *args: object, **kwargs: object) -> Self:
        """Check the arguments' names."""
        allowed = _known_names(cls)
        unknown = [name for name in kwargs if allowed is not None and name not in allowed]
        if unknown:
            raise UnknownArgumentError(
                f"{cls.__name__} takes no argument {', '.join(map(repr, unknown))}. It takes "
                f"{', '.join(map(repr, allowed or ())) or 'none'}."
            )
        return super().__new__(cls, *args, **kwargs)


class Closing(NamedArguments):
    """A widget with a stack of what is to be closed with it, from the last to the first.

    Subclasses register everything they create in ``__init__`` with ``self._closing`` right away.
    Their ``close`` closes that, before the widget itself.
    """

    _closing: ExitStack

    def __new__(cls, *args: object, **kwargs: object) -> Self:
        """Make the stack."""
        widget = super().__new__(cls, *args, **kwargs)
        # Here, because it is needed before `__init__` passes the traits on.
        widget._closing = ExitStack()
        return widget


class Widget(Closing, anywidget.AnyWidget):
    """A widget that takes the arguments it names, and leaves nothing behind when it is closed.

    It is closed by :meth:`close`, and also if a trait value is rejected.

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


def _known_names(cls: type) -> list[str] | None:
    """Return the names of the arguments that a class takes, or None if it takes any."""
    names: list[str] = []
    for base in cls.__mro__:
        if "__init__" not in vars(base):
            continue
        _, *parameters = inspect.signature(vars(base)["__init__"]).parameters.values()
        names += [each.name for each in parameters if each.kind is not each.VAR_KEYWORD]
        if not any(each.kind is each.VAR_KEYWORD for each in parameters):
            # A subclass may name again what it hands on.
            return [*dict.fromkeys(names)]
    return None
