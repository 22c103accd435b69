"""A trait for each parameter of the built-in effects, as it is declared."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import traitlets

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.streaming.effects import BUILTIN_EFFECTS
from bodyseg_widgets.streaming.effects.builtin_effects import PARAMETERS
from bodyseg_widgets.streaming.effects.parameters import BackgroundField, Number
from bodyseg_widgets.widgets.kit.traits import InvalidTraitError
from bodyseg_widgets.widgets.view.background_trait import BackgroundTrait

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.streaming.effects import Parameter

__all__ = ["EffectTraits", "name_options"]


class ParameterTrait(traitlets.TraitType[Any, Any]):
    """A trait that takes what its parameter takes; Python reads it as the page has it."""

    def __init__(self, parameter: Parameter, documentation: str) -> None:
        default = parameter.to_json(parameter.checked(parameter.default))
        super().__init__(default, help=documentation)
        self._parameter = parameter
        self.tag(sync=True)

    def validate(self, _: traitlets.HasTraits | None, value: object) -> object:
        """Check a value."""
        try:
            return self._parameter.to_json(self._parameter.checked(value))
        except InvalidOptionError as error:
            raise InvalidTraitError(str(error)) from error


def documentation_of(parameter: Parameter) -> str:
    """Return what a trait's documentation says of a parameter."""
    effects = [each for each in BUILTIN_EFFECTS.values() if parameter.name in each.parameters]
    of = ", ".join(f'"{each.name}"' for each in effects)
    text = f"Of {of}. {parameter.help}."
    if isinstance(parameter, Number):
        unit = f" {parameter.unit}" if parameter.unit else ""
        text += f" {parameter.low} to {parameter.high}{unit}; default {parameter.default}."
    else:
        text += f" Default: {parameter.to_json(parameter.default)!r}."
    return text


def _trait(parameter: Parameter) -> traitlets.TraitType[Any, Any]:
    documentation = documentation_of(parameter)
    if isinstance(parameter, BackgroundField):
        return BackgroundTrait(parameter, documentation)
    return ParameterTrait(parameter, documentation)


EffectTraits = type(
    "EffectTraits",
    (traitlets.HasTraits,),
    {"__module__": __name__, **{name: _trait(each) for name, each in PARAMETERS.items()}},
)
"""The parameters of the built-in effects: for each a trait of its name."""


def name_options(cls: type, view: type[traitlets.HasTraits], options: Sequence[str]) -> None:
    """Have a class's signature and docstring name the options that ``**options`` stands for.

    Parameters
    ----------
    cls : type
        Its ``__init__`` ends in ``**options``.
    view : type
        Whose traits' defaults the options have.
    options : sequence of str
        Their names.
    """
    init: Any = cls.__dict__["__init__"]
    *given, _ = inspect.signature(init).parameters.values()
    traits = view.class_traits()
    keywords = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=traits[name].default())
        for name in options
    ]
    init.__signature__ = inspect.Signature([*given, *keywords])
    if cls.__doc__ is not None:
        cls.__doc__ = cls.__doc__.replace("**options\n", f"{', '.join(options)}\n")
