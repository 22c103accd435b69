"""Which custom effects views can draw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from bodyseg_widgets.arguments import did_you_mean, in_short, listed
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.registry import Registry
from bodyseg_widgets.streaming.effects.builtin_effects import BUILTIN_EFFECTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bodyseg_widgets.listeners import Unsubscribe
    from bodyseg_widgets.streaming.effects.parameters import Parameter

__all__ = ["CUSTOM_EFFECTS", "CustomEffect", "add_effect", "check_names", "on_new_effect"]


class CustomEffect(Protocol):
    """An effect that users write."""

    @property
    def name(self) -> str:
        """Its label in pickers."""

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """Its parameters, by name."""


CUSTOM_EFFECTS: Final = Registry[CustomEffect]()
"""Every custom effect, by name, in the order in which pickers list them."""


def add_effect(effect: CustomEffect) -> None:
    """Add an effect to every view, replacing one with the same name.

    Raises
    ------
    InvalidOptionError
        Its name is empty, or the name of a built-in effect.
    """
    name: object = effect.name
    if not isinstance(name, str) or not name.strip() or name in BUILTIN_EFFECTS:
        raise InvalidOptionError(
            f"The name of an effect must be some text other than {listed(BUILTIN_EFFECTS)}, but "
            f"got {in_short(name)}."
        )
    CUSTOM_EFFECTS[name] = effect


def on_new_effect(callback: Callable[[], object]) -> Unsubscribe:
    """Call `callback` whenever an effect is added; return the function that unsubscribes it."""
    return CUSTOM_EFFECTS.on_change(callback)


def check_names(effect: str, known: Iterable[str], given: Iterable[str]) -> None:
    """Check that an effect has all given parameters.

    Raises
    ------
    InvalidOptionError
        It does not; the message lists those it has.
    """
    known = [*known]
    for name in given:
        if name not in known:
            raise InvalidOptionError(
                f"The effect {effect!r} has no parameter {name!r}; it has {listed(known)}."
                f"{did_you_mean(name, known)}"
            )
