"""Which of a model's classes are meant: by label, by value, or by a word for several."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, SupportsIndex, TypeAlias

from bodyseg_widgets.arguments import check_choice, in_short, listed
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.segmentation.types import PERSON_LABELS, without_background

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ALL",
    "CLASS_GROUPS",
    "FACES",
    "ClassesLike",
    "chosen_values",
    "group_values",
    "values_of_classes",
]

ClassesLike: TypeAlias = "str | Iterable[str | SupportsIndex]"
"""``"faces"`` or ``"all"``, or labels and values, such as ``["left_hand", 11]``."""

FACES: Final = "faces"
ALL: Final = "all"

CLASS_GROUPS: Final = (FACES, ALL)
"""The words for several classes: those with the word *face* in their labels (``left_face`` and
``right_face`` of BodyPix, ``face-skin`` of MediaPipe's multiclass selfie), and all but
``background``."""

_FACE = "face"


def group_values(labels: Mapping[int, str], group: str) -> list[int]:
    """Return the values of a group of classes, in their order; none of a model without classes.

    Parameters
    ----------
    labels : mapping of int to str
        The labels by their values, as ``Segmentation.labels`` has them.
    group : {"faces", "all"}
        See `CLASS_GROUPS`. The page has the same rule (``effects/classes.ts``).

    Examples
    --------
    >>> from bodyseg_widgets.rendering.classes import group_values
    >>> group_values({0: "background", 1: "hair", 3: "face-skin"}, "faces")
    [3]
    """
    if labels == PERSON_LABELS:
        return []
    if group == FACES:
        return [value for value, label in labels.items() if _FACE in _words(label)]
    return [*without_background(labels)]


def values_of_classes(
    labels: Mapping[int, str], wanted: ClassesLike, *, what: str
) -> frozenset[int]:
    """Return the values of some classes.

    Parameters
    ----------
    labels : mapping of int to str
        See `group_values`.
    wanted : str, or iterable of str and int
        A group, or labels and values. Values need no label, as in upstream.
    what : str
        What is given, for errors.

    Returns
    -------
    frozenset of int
        At least one, unless `wanted` is empty.

    Raises
    ------
    InvalidOptionError
        A label is not one of the model's, or there is no class of that group.

    Examples
    --------
    >>> from bodyseg_widgets.rendering.classes import values_of_classes
    >>> sorted(values_of_classes({0: "left_face", 1: "right_face"}, ["left_face", 1], what="parts"))
    [0, 1]
    """
    if isinstance(wanted, str):
        if wanted not in CLASS_GROUPS:
            return frozenset([_value_of(labels, wanted, what)])
        found = group_values(labels, wanted)
        if not found:
            raise InvalidOptionError(
                f"{what} is {wanted!r}, but there is no such class: the labels are "
                f"{listed(labels.values())}. {_FIX}"
            )
        return frozenset(found)
    if not isinstance(wanted, Iterable):
        raise InvalidOptionError(
            f"{what} must be {listed(CLASS_GROUPS)} or a list of labels, such as ['left_hand', "
            f"'right_hand'], but got {in_short(wanted)}."
        )
    return frozenset(
        _value_of(labels, each, what) if isinstance(each, str) else each.__index__()
        for each in wanted
    )


def chosen_values(labels: Mapping[int, str], chosen: ClassesLike) -> frozenset[int] | None:
    """Return the values of the classes that are chosen in a view, where the model may change.

    Parameters
    ----------
    labels : mapping of int to str
        See `group_values`.
    chosen : str or iterable of str
        A group, or labels, of this model or of others.

    Returns
    -------
    frozenset of int or None
        Those that the model has; None if something is chosen and it has nothing of that.

    Examples
    --------
    >>> from bodyseg_widgets.rendering.classes import chosen_values
    >>> chosen_values({0: "background", 1: "hair"}, ["hair", "left_hand"])
    frozenset({1})
    >>> chosen_values({0: "background", 1: "hair"}, "faces") is None
    True
    """
    if isinstance(chosen, str):
        found = group_values(labels, chosen)
        return frozenset(found) if found else None
    names = {*chosen}
    found = [value for value in group_values(labels, ALL) if labels[value] in names]
    return frozenset(found) if found or not names else None


_FIX = "Use a model with parts, such as BodyPix with segment_body_parts=True."


def _value_of(labels: Mapping[int, str], label: str, what: str) -> int:
    known = [*labels.values()]
    check_choice(f"Each label in {what}", label, known, fix=_FIX if labels == PERSON_LABELS else "")
    return next(value for value, each in labels.items() if each == label)


def _words(label: str) -> list[str]:
    return re.split("[^a-z]+", label.lower())
