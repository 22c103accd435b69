"""Traits that take what people write, and say what they take where it is something else."""

from __future__ import annotations

from typing import Any

import traitlets

from bodyseg_widgets.arguments import check_choice, check_kind, in_short, names_of
from bodyseg_widgets.arguments.kinds import with_article
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.options import share_of

__all__ = ["PYTHON_SETS", "InvalidTraitError", "Names", "explained"]


PYTHON_SETS = {"python_sets": True}
"""Tags a trait that a page gets and may not set."""


class InvalidTraitError(InvalidOptionError, traitlets.TraitError):
    """A trait does not take a value. Of a TraitError only, traitlets takes a value back."""


class Names(traitlets.List):  # type: ignore[type-arg]  # not generic at run time
    """A list of names, which also takes one name as it is."""

    def __init__(self) -> None:
        super().__init__(traitlets.Unicode())

    def validate(self, obj: Any, value: Any) -> list[str]:  # noqa: ANN401 - as traitlets has it
        """Return the names as a list."""
        given = [*names_of(str(self.name), value)]
        return super().validate(obj, given) or given


def explained(
    owner: traitlets.HasTraits, name: str, value: object, error: traitlets.TraitError
) -> traitlets.TraitError:
    """Return what to raise in place of traitlets' own error.

    Parameters
    ----------
    owner : HasTraits
        Whose trait it is.
    name : str
        The trait.
    value : object
        What it was set to.
    error : TraitError
        What traitlets raised, perhaps for another trait that was set in turn.

    Returns
    -------
    TraitError
        An `InvalidTraitError` that says what the trait takes; `error` where that is about
        something else, or says so already.
    """
    trait = owner.traits().get(name)
    if isinstance(error, InvalidTraitError) or trait is None or _takes(trait, owner, value):
        return error
    try:
        match trait:
            case traitlets.Enum():
                check_choice(name, value, [str(each) for each in trait.values or ()])
            case traitlets.Instance(klass=type() as kind) if not isinstance(
                trait, traitlets.Container | traitlets.Dict
            ):
                check_kind(name, value, kind, fix=trait.metadata.get("fix", ""))
    except InvalidOptionError as refusal:
        return InvalidTraitError(str(refusal))
    fix = share_of(value) if getattr(trait, "max", None) == 1 else ""
    unquoted = isinstance(trait, traitlets.Int | traitlets.Float | traitlets.Bool)
    if isinstance(value, str) and unquoted:
        fix = " Write it without quotes."
    return InvalidTraitError(f"{name} must be {_said(trait)}, but got {in_short(value)}.{fix}")


def _takes(trait: traitlets.TraitType[Any, Any], owner: traitlets.HasTraits, value: object) -> bool:
    try:
        trait._validate(owner, value)  # noqa: SLF001 - cross-checks come later, None before
    except traitlets.TraitError:
        return False
    return True


def _said(trait: traitlets.TraitType[Any, Any]) -> str:
    said = trait.info()
    match trait:
        case traitlets.Bool():
            said = "True or False"
        case traitlets.Int() | traitlets.Float():
            said = "a whole number" if isinstance(trait, traitlets.Int) else "a number"
            if trait.min is not None:
                said += f" of at least {trait.min:g}"
            if trait.min is not None and trait.max is not None:
                said = said.replace("of at least", "from") + f" to {trait.max:g}"
        case traitlets.Unicode():
            said = "a text"
        case traitlets.List(_trait=traitlets.TraitType() as each):
            said = f"a list, each {_said(each)}"
        case traitlets.Instance(klass=type() as kind):
            said = with_article(kind.__name__)
    return said
