"""Classes: what their labels are, and which of them is a person."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from bodyseg_widgets.arguments import in_short, listed, names_of
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.segmentation.types import BACKGROUND, PERSON_LABELS, Mask, Segmentation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from bodyseg_widgets.segmentation.planes import ClassSource
    from bodyseg_widgets.segmentation.types import Probability, Size

__all__ = [
    "ClassMap",
    "Labels",
    "checked_labels",
    "count_of",
    "map_of_numbers",
    "map_of_planes",
    "values_of",
]

Labels: TypeAlias = "tuple[str, ...] | None"
"""The label of each class, in the order of their numbers; None for a person alone."""

_PERSON = "person"
_MAX_CLASSES = 255


def checked_labels(labels: Sequence[str] | None) -> Labels:
    """Return the labels of classes, as they are given to `add_model`.

    Raises
    ------
    InvalidOptionError
        They are no list of different texts, more than 255, or say neither what a person is nor what
        the background is.

    Examples
    --------
    >>> from bodyseg_widgets.segmentation.custom.classes import checked_labels
    >>> checked_labels(["background", "hair", "clothes"])
    ('background', 'hair', 'clothes')
    """
    if labels is None:
        return None
    names = names_of("labels", labels)
    if not 0 < len(names) <= _MAX_CLASSES or len({*names}) < len(names) or "" in names:
        raise InvalidOptionError(
            f"labels must be 1 to {_MAX_CLASSES} different texts, one for each class, but got "
            f"{in_short(labels)}."
        )
    _deciding_class(names)
    return names


def count_of(labels: Labels) -> int:
    """Return how many classes there are, 1 where only a person is looked for."""
    return 1 if labels is None else len(labels)


def values_of(labels: Labels) -> Mapping[int, str]:
    """Return the labels by their values, as segmentations have them.

    Examples
    --------
    >>> from bodyseg_widgets.segmentation.custom.classes import values_of
    >>> dict(values_of(("background", "hair"))), dict(values_of(None))
    ({0: 'background', 1: 'hair'}, {255: 'person'})
    """
    if labels is None or count_of(labels) == 1:
        return PERSON_LABELS
    return MappingProxyType(dict(enumerate(labels)))


@dataclass(frozen=True, slots=True)
class ClassMap:
    """Who is where in one image.

    Attributes
    ----------
    person : numpy.ndarray
        float32 (h, w): the probability of a person, 0 to 1.
    numbers : numpy.ndarray or None
        uint8 (h, w): the number of the most likely class; None if there is one class.
    planes : numpy.ndarray or None
        float32 (h, w, classes): the probability of each; None if only their numbers are known,
        which is 1 for that class and 0 for the others, or if there is one class.
    """

    person: Probability
    numbers: NDArray[np.uint8] | None = None
    planes: NDArray[np.float32] | None = None

    def segmentation(self, size: Size, labels: Labels) -> Segmentation:
        """Return it as that of an image.

        Parameters
        ----------
        size : tuple of int
            (height, width) of the image, in pixels.
        labels : tuple of str or None
            One for each class.
        """
        height, width = self.person.shape
        mask = Mask(
            self.person,
            size=size,
            model_size=(height, width),
            values=self.numbers,
            class_source=self._class_source(),
        )
        return Segmentation(mask, values_of(labels))

    def _class_source(self) -> ClassSource | None:
        planes, numbers = self.planes, self.numbers
        if planes is not None:
            return lambda number: np.ascontiguousarray(planes[..., number])
        if numbers is not None:
            return lambda number: np.equal(numbers, number).astype(np.float32)
        return None


def map_of_planes(planes: Probability, labels: Labels) -> ClassMap:
    """Return what the probabilities of classes say.

    Parameters
    ----------
    planes : numpy.ndarray
        float32 (h, w, classes), 0 to 1.
    labels : tuple of str or None
        One for each class.

    Returns
    -------
    ClassMap
        The probability of a person is that of the class *person*, else 1 minus that of the class
        *background*.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.segmentation.custom.classes import map_of_planes
    >>> planes = np.array([[[0.25, 0.5, 0.25]]], np.float32)
    >>> found = map_of_planes(planes, ("background", "hair", "clothes"))
    >>> found.person.tolist(), found.numbers.tolist()
    ([[0.75]], [[1]])
    >>> map_of_planes(planes, ("cat", "background", "person")).person.tolist()
    [[0.25]]
    """
    if count_of(labels) == 1 or labels is None:
        return ClassMap(planes[..., 0])
    number, is_person = _deciding_class(labels)
    plane = planes[..., number]
    person = np.ascontiguousarray(plane if is_person else np.float32(1) - plane)
    return ClassMap(person, planes.argmax(axis=2).astype(np.uint8), planes)


def map_of_numbers(numbers: NDArray[np.integer[Any]], labels: tuple[str, ...]) -> ClassMap:
    """Return what a label image says.

    Parameters
    ----------
    numbers : numpy.ndarray
        Integers (h, w): the number of each pixel's class, from 0.
    labels : tuple of str
        One for each class.

    Returns
    -------
    ClassMap
        The probability of a person is 1 at the class *person*, else at all classes but
        *background*; 0 elsewhere.

    Raises
    ------
    InvalidOptionError
        A number has no label.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.segmentation.custom.classes import map_of_numbers
    >>> map_of_numbers(np.array([[0, 1, 2]]), ("background", "hair", "clothes")).person.tolist()
    [[0.0, 1.0, 1.0]]
    """
    smallest, largest = int(numbers.min()), int(numbers.max())
    if smallest < 0 or largest >= len(labels):
        raise InvalidOptionError(
            f"The label image has numbers from {smallest} to {largest}, but there are "
            f"{len(labels)} labels, for 0 to {len(labels) - 1}: {listed(labels)}. Name all classes "
            "in labels=[…]."
        )
    number, is_person = _deciding_class(labels)
    shows_person: NDArray[np.bool_] = (numbers == number) == is_person
    return ClassMap(shows_person.astype(np.float32), numbers.astype(np.uint8))


def _deciding_class(labels: Sequence[str]) -> tuple[int, bool]:
    """Return the number of the class *person* and True, else that of *background* and False."""
    bare = [label.strip().casefold() for label in labels]
    for wanted in (_PERSON, BACKGROUND):
        if wanted in bare:
            return bare.index(wanted), wanted == _PERSON
    raise InvalidOptionError(
        f"labels must name the class {_PERSON!r} or the class {BACKGROUND!r}, so that it is known "
        f"who is a person, but got {listed(labels)}. Rename one of them."
    )
