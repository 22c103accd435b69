"""What all widgets of this package have in common."""

from __future__ import annotations

import inspect
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Self

import anywidget
import traitlets

from bodyseg_widgets.arguments import (
    ExplainedAttributes,
    unknown_arguments,
    unknown_attribute,
    wrong_call,
)
from bodyseg_widgets.arguments.kinds import with_article
from bodyseg_widgets.errors import UnknownAttributeError
from bodyseg_widgets.widgets.kit.assets import IS_WATCHED, asset_path
from bodyseg_widgets.widgets.kit.comms import NO_FRONT_END, OpenToThePage
from bodyseg_widgets.widgets.kit.front_end import FrontEnd
from bodyseg_widgets.widgets.kit.held import HeldByThread
from bodyseg_widgets.widgets.kit.reference import REFERENCE
from bodyseg_widgets.widgets.kit.traits import explained

__all__ = ["Closing", "KnownNames", "Widget"]


class KnownNames(ExplainedAttributes):
    """A widget that refuses names it does not know, and says what its traits take.

    Arguments are refused before anything is made. An attribute can be set if the class declares it:
    as a trait or a property, or once as an annotation. What users derive from a widget has whatever
    attributes they give it.

    Raises
    ------
    UnknownArgumentError
        An argument's name is unknown, or one is missing or too many.
    UnknownAttributeError
        An attribute is set that the class does not declare.
    """

    def __new__(cls, *args: object, **kwargs: object) -> Self:
        """Check the arguments' names."""
        allowed = _known_names(cls)
        unknown = [name for name in kwargs if allowed is not None and name not in allowed]
        if unknown:
            raise unknown_arguments(cls.__name__, unknown, allowed or ())
        _, *parameters = inspect.signature(cls.__init__).parameters.values()
        wrong = wrong_call(cls.__name__, parameters, args, kwargs)
        if wrong is not None:
            raise wrong
        return super().__new__(cls, *args, **kwargs)

    # Not for type checkers: to them, an object with this method would take every attribute.
    if not TYPE_CHECKING:

        def __setattr__(self, name: str, value: object) -> None:
            if not name.startswith("_"):
                _check_declared(self, name)
            try:
                super().__setattr__(name, value)
            except traitlets.TraitError as error:
                raise explained(self, name, value, error) from None

        def set_trait(self, name: str, value: object) -> None:
            """Set a trait, also one that is read-only."""
            try:
                super().set_trait(name, value)
            except traitlets.TraitError as error:
                raise explained(self, name, value, error) from None


class Closing(KnownNames):
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


class Widget(Closing, HeldByThread, OpenToThePage, anywidget.AnyWidget):
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

    if IS_WATCHED:
        _css = asset_path("bodyseg.css")

    _front_end = traitlets.Instance(FrontEnd, allow_none=True).tag(**REFERENCE, python_sets=True)
    """What carries the front end to the page; None if the widget has its own, or none."""

    def __init__(self, **traits: object) -> None:
        try:
            module = getattr(type(self), "_esm", NO_FRONT_END)
            if not IS_WATCHED and module != NO_FRONT_END:
                front_end = FrontEnd.carry_for(self)
                self._closing.callback(front_end.release, self)
                traits["_front_end"] = front_end
            super().__init__(**traits)
        except BaseException:
            self.close()
            raise

    def set_state(self, sync_data: dict[str, object]) -> None:
        """Take what a page has set, but for traits that only Python sets."""
        traits = self.traits()
        super().set_state(
            {
                name: value
                for name, value in sync_data.items()
                if name in traits and not _only_python_sets(traits[name])
            }
        )

    def close(self) -> None:
        """Take the widget off the page, with all that it made for itself.

        Calling it again does nothing.
        """
        self._closing.close()
        # Asking one that has none yet would make one.
        if self.trait_has_value("layout"):
            self.layout.close()
        super().close()


def _only_python_sets(trait: traitlets.TraitType[Any, Any]) -> bool:
    return trait.read_only or bool(trait.metadata.get("python_sets"))


def _check_declared(widget: object, name: str) -> None:
    """Raise an error if an attribute cannot be set, or if setting it would change nothing."""
    kind = type(widget)
    declared = inspect.getattr_static(kind, name, None)
    if isinstance(declared, property) and declared.fset is None:
        raise _fixed(widget, name)
    if declared is not None or not _is_ours(kind):
        return
    if name in vars(widget):
        raise _fixed(widget, name)
    if not any(name in inspect.get_annotations(base) for base in kind.__mro__):
        raise unknown_attribute(widget, name)


def _fixed(widget: object, name: str) -> UnknownAttributeError:
    inner = getattr(widget, name)
    fix = ""
    if isinstance(inner, traitlets.HasTraits):
        trait = next((each for each in (name, "value") if inner.has_trait(each)), None)
        fix = f" Set .{name}.{trait}." if trait else f" Set attributes of .{name}."
    return UnknownAttributeError(
        f"{name!r} of {with_article(type(widget).__name__)} cannot be set.{fix}",
        name=name,
        obj=widget,
    )


def _is_ours(kind: type) -> bool:
    # anywidget adds traits by deriving a class, which traitlets makes.
    made = next(base for base in kind.__mro__ if base.__module__ != traitlets.traitlets.__name__)
    return made.__module__.partition(".")[0] == __name__.partition(".")[0]


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
