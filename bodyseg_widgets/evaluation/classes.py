"""How much of an image each class of a model covers, and how far two models agree on classes."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets.arguments import listed, named_arguments
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.evaluation.agreement import cutoff, is_person
from bodyseg_widgets.segmentation.types import PERSON_MASK_VALUE, without_background

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from bodyseg_widgets.segmentation import Segmentation

__all__ = [
    "ClassAgreement",
    "class_agreement",
    "class_coverage",
    "class_coverage_at_model_size",
    "common_classes",
]

_VALUES = 256
"""How many label values there can be."""


@dataclass(frozen=True, slots=True)
class ClassAgreement:
    """How far two segmentations of one image agree on the classes that both tell apart.

    Attributes
    ----------
    iou : mapping of str to float
        By label, the share of pixels that have this class in both among those that have it in at
        least one, 0 to 1. Classes that neither shows are left out.
    same_class : float
        The share of pixels that have the same class in both among those that have a class in at
        least one, 0 to 1; 1 if neither shows any.
    """

    iou: Mapping[str, float]
    same_class: float


@named_arguments
def class_coverage(segmentation: Segmentation, threshold: float) -> dict[str, float]:
    """Return the share of the image that each class covers, such as each body part.

    A pixel counts for its class if it counts as a person; see :func:`.is_person`.

    Parameters
    ----------
    segmentation : Segmentation
        What a model has found.
    threshold : float
        0 to 1.

    Returns
    -------
    dict of str to float
        The share, 0 to 1, by label, in the order of ``Segmentation.labels``, without the class
        *background*. The sum is less than :func:`.coverage` where a person has none of the classes.
        Of a model that only tells people from background, it is ``{'person': …}``.

    Raises
    ------
    InvalidOptionError
        `threshold` is not between 0 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import Mask, Segmentation
    >>> from bodyseg_widgets.evaluation import class_coverage
    >>> mask = Mask(np.array([[0.2, 0.6, 0.9, 0.9]], np.float32), size=(1, 4), model_size=(1, 4),
    ...             values=np.array([[0, 0, 0, 1]], np.uint8))
    >>> class_coverage(Segmentation(mask, {0: "head", 1: "hand"}), 0.5)
    {'head': 0.5, 'hand': 0.25}
    """
    mask = segmentation.mask
    person = is_person(mask, threshold)
    counts = _counts(person, mask.values)
    return {label: count / person.size for label, count in _by_label(segmentation, counts).items()}


def class_coverage_at_model_size(segmentation: Segmentation, threshold: float) -> dict[str, float]:
    """Return what `class_coverage` does, without resizing anything to the image.

    Parameters
    ----------
    segmentation, threshold
        As in `class_coverage`.

    Returns
    -------
    dict of str to float
        As `class_coverage`, of the pixels at the network's resolution.
    """
    mask = segmentation.mask
    person = mask.levels >= cutoff(threshold)
    counts = _counts(person, mask.model_values)
    height, width = mask.size
    covered = mask.region.width * mask.region.height / (height * width)
    return {
        label: count / person.size * covered
        for label, count in _by_label(segmentation, counts).items()
    }


def common_classes(a: Segmentation, b: Segmentation) -> tuple[str, ...]:
    """Return the labels that both have, in the order of the first, without *background*."""
    theirs = {*without_background(b.labels).values()}
    return tuple(label for label in without_background(a.labels).values() if label in theirs)


@named_arguments
def class_agreement(
    a: Segmentation, b: Segmentation, *, threshold_a: float = 0.5, threshold_b: float = 0.5
) -> ClassAgreement:
    """Return how far two segmentations of one image agree on classes, such as body parts.

    Classes are the same if they have the same label; their values may differ. Only classes that
    both models have are compared: where one sees another class, it has none.

    Parameters
    ----------
    a, b : Segmentation
        What two models have found in one image.
    threshold_a, threshold_b : float
        Lowest probability that counts as a person; see :func:`.is_person`. Only such pixels have a
        class.

    Returns
    -------
    ClassAgreement
        For each class and for all together.

    Raises
    ------
    InvalidOptionError
        The masks belong to images of different sizes, the two have no label in common, or a
        threshold is not between 0 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import Mask, Segmentation
    >>> from bodyseg_widgets.evaluation import class_agreement
    >>> person = np.ones((1, 4), np.float32)
    >>> def found(values, labels):
    ...     mask = Mask(person.copy(), size=(1, 4), model_size=(1, 4),
    ...                 values=np.array([values], np.uint8))
    ...     return Segmentation(mask, labels)
    >>> a = found([0, 0, 1, 1], {0: "head", 1: "hand"})
    >>> b = found([5, 5, 5, 6], {5: "head", 6: "hand"})
    >>> agreement = class_agreement(a, b)
    >>> round(agreement.iou["head"], 2), agreement.iou["hand"], agreement.same_class
    (0.67, 0.5, 0.75)
    """
    if a.mask.size != b.mask.size:
        sizes = " and ".join(" x ".join(map(str, each.mask.size[::-1])) for each in (a, b))
        raise InvalidOptionError(
            f"Only masks of the same image can be compared, but got {sizes} pixels."
        )
    labels = common_classes(a, b)
    if not labels:
        theirs = " and ".join(listed(each.labels.values()) for each in (a, b))
        raise InvalidOptionError(
            f"Expect two segmentations that have a label in common, but got {theirs}. Take two of "
            "the same model, or give the same names in add_model(…, labels=[…])."
        )
    many = len(labels) + 1
    numbers = _numbers(a, threshold_a, labels).astype(np.intp) * many
    numbers += _numbers(b, threshold_b, labels)
    # Of each class of the first and of the second, how many pixels have both; 0 is none.
    both = np.bincount(numbers.ravel(), minlength=many * many).reshape(many, many)
    same, either = both.diagonal(), both.sum(axis=0) + both.sum(axis=1)
    union = (either - same)[1:]
    iou = {
        label: int(same[at]) / int(union[at - 1])
        for at, label in enumerate(labels, 1)
        if union[at - 1]
    }
    classed = int(both.sum() - both[0, 0])
    return ClassAgreement(MappingProxyType(iou), int(same[1:].sum()) / classed if classed else 1.0)


def _numbers(
    segmentation: Segmentation, threshold: float, labels: Collection[str]
) -> NDArray[np.uint8]:
    """Return of each pixel the place of its class among the labels, from 1; 0 for another."""
    places = {label: place for place, label in enumerate(labels, 1)}
    place_of = np.zeros(_VALUES, np.uint8)
    for value, label in segmentation.labels.items():
        place_of[value] = places.get(label, 0)
    values = segmentation.mask.values
    person = is_person(segmentation.mask, threshold)
    places_there = place_of[PERSON_MASK_VALUE] if values is None else place_of[values]
    return person * places_there


def _counts(person: NDArray[np.bool_], values: NDArray[np.uint8] | None) -> NDArray[np.intp]:
    """Return how many of the pixels of a person have each label value."""
    if values is not None:
        return np.bincount(values[person], minlength=_VALUES)
    counts = np.zeros(_VALUES, np.intp)
    counts[PERSON_MASK_VALUE] = np.count_nonzero(person)
    return counts


def _by_label(segmentation: Segmentation, counts: NDArray[np.intp]) -> dict[str, int]:
    """Return the counts by label; of several values with the same label, their sum."""
    labels = without_background(segmentation.labels)
    found = dict.fromkeys(labels.values(), 0)
    for value, label in labels.items():
        found[label] += int(counts[value])
    return found
