"""How far masks of one image agree: by overlap, by mean difference, and pixel by pixel."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from bodyseg_widgets.arguments import in_short, named_arguments
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.images import MAX_LEVEL
from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.options import share_of
from bodyseg_widgets.segmentation import Mask

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from bodyseg_widgets.segmentation import Probability

MaskLike: TypeAlias = "Mask | Probability | NDArray[np.bool_]"
"""A mask, a probability at the image's size (float32 (H, W), 0 to 1), or a binary mask (bool (H,
W))."""

NEITHER: Final = 0
"""In :func:`agreement`: a person in neither mask."""

ONLY_A: Final = 1
"""In :func:`agreement`: a person in the first mask only."""

ONLY_B: Final = 2
"""In :func:`agreement`: a person in the second mask only."""

BOTH: Final = 3
"""In :func:`agreement`: a person in both masks."""


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """How far two masks of one image agree.

    Attributes
    ----------
    a, b : str
        The masks' names.
    iou : float
        Their intersection over union, 0 to 1; see :func:`.intersection_over_union`.
    mean_absolute_difference : float
        Of their probabilities, 0 to 1; see :func:`.mean_absolute_difference`.
    """

    a: str
    b: str
    iou: float
    mean_absolute_difference: float


def cutoff(threshold: float) -> int:
    """Return the lowest 8-bit probability that counts as a person.

    Parameters
    ----------
    threshold : float
        0 to 1.

    Returns
    -------
    int
        ``255 * threshold``, rounded to the nearest integer, halves up, as in JavaScript: the page
        and upstream use the same value.

    Raises
    ------
    InvalidOptionError
        `threshold` is not between 0 and 1.

    Examples
    --------
    >>> from bodyseg_widgets.evaluation import cutoff
    >>> cutoff(0.5), cutoff(0.3)
    (128, 77)
    """
    if not 0 <= threshold <= 1:
        raise InvalidOptionError(
            f"A threshold must be a probability from 0 to 1, but got {threshold!r}."
            f"{share_of(threshold) or ' Try 0.5.'}"
        )
    return math.floor(MAX_LEVEL * threshold + 0.5)


@named_arguments
def is_person(mask: MaskLike, threshold: float) -> NDArray[np.bool_]:
    """Return which pixels count as a person.

    A pixel does if its probability times 255, rounded to the nearest integer, is at least
    :func:`.cutoff`. This is upstream's rule, and what the page draws.

    Parameters
    ----------
    mask : Mask or numpy.ndarray
        A mask, or a probability: float32 (H, W), 0 to 1; or bool (H, W).
    threshold : float
        0 to 1.

    Returns
    -------
    numpy.ndarray
        bool (H, W), the size of the image.

    Raises
    ------
    InvalidOptionError
        `threshold` is not between 0 and 1, or `mask` is a different kind of array.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.evaluation import is_person
    >>> is_person(np.array([[0.2, 0.5, 0.9]], np.float32), 0.5).tolist()
    [[False, True, True]]
    """
    lowest = cutoff(threshold)
    person: NDArray[np.bool_] = levels_at_image_size(mask) >= lowest
    return person


@named_arguments
def coverage(mask: MaskLike, threshold: float) -> float:
    """Share of the image that counts as a person, 0 to 1; see :func:`.is_person`.

    Parameters
    ----------
    mask : Mask or numpy.ndarray
        A mask, or a probability: float32 (H, W), 0 to 1; or bool (H, W).
    threshold : float
        0 to 1.

    Raises
    ------
    InvalidOptionError
        `threshold` is not between 0 and 1, or `mask` is a different kind of array.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.evaluation import coverage
    >>> coverage(np.array([[0.2, 0.4, 0.6, 0.8]], np.float32), 0.75)
    0.25
    """
    person = is_person(mask, threshold)
    return _count(person) / person.size


@named_arguments
def intersection_over_union(
    a: MaskLike, b: MaskLike, *, threshold_a: float = 0.5, threshold_b: float = 0.5
) -> float:
    """Return the share of pixels in both masks among those in at least one (IoU).

    Parameters
    ----------
    a, b : Mask or numpy.ndarray
        Two masks of one image, or probabilities: float32 (H, W), 0 to 1; or bool (H, W).
    threshold_a, threshold_b : float
        Lowest probability that counts as a person; see :func:`.is_person`.

    Returns
    -------
    float
        0 (no overlap) to 1 (identical). Two masks without any person also agree: 1.

    Raises
    ------
    InvalidOptionError
        The masks belong to images of different sizes, or a threshold is not between 0 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import intersection_over_union
    >>> a = np.array([[1, 1, 0, 0]], np.float32)
    >>> b = np.array([[0, 1, 1, 0]], np.float32)
    >>> round(intersection_over_union(a, b), 3)
    0.333
    """
    _check_same_size({"a": a, "b": b})
    return _iou(is_person(a, threshold_a), is_person(b, threshold_b))


@named_arguments
def mean_absolute_difference(a: MaskLike, b: MaskLike) -> float:
    """Return the mean absolute difference of two probabilities over all pixels.

    It needs no threshold, so it also distinguishes masks with the same outline but different
    certainty.

    Parameters
    ----------
    a, b : Mask or numpy.ndarray
        Two masks of one image, or probabilities: float32 (H, W), 0 to 1; or bool (H, W).

    Returns
    -------
    float
        0 (the same) to 1 (opposite everywhere).

    Raises
    ------
    InvalidOptionError
        The masks belong to images of different sizes.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import mean_absolute_difference
    >>> a, b = np.zeros((2, 2), np.float32), np.full((2, 2), 0.25, np.float32)
    >>> mean_absolute_difference(a, b)
    0.25
    """
    _check_same_size({"a": a, "b": b})
    return _difference(_probability(a), _probability(b))


@named_arguments
def agreement(
    a: MaskLike, b: MaskLike, *, threshold_a: float = 0.5, threshold_b: float = 0.5
) -> NDArray[np.uint8]:
    """Return which of two masks counts each pixel as a person.

    Parameters
    ----------
    a, b : Mask or numpy.ndarray
        Two masks of one image, or probabilities: float32 (H, W), 0 to 1; or bool (H, W).
    threshold_a, threshold_b : float
        Lowest probability that counts as a person; see :func:`.is_person`.

    Returns
    -------
    numpy.ndarray
        uint8 (H, W): ``NEITHER`` (0), ``ONLY_A`` (1), ``ONLY_B`` (2) or ``BOTH`` (3).

    Raises
    ------
    InvalidOptionError
        The masks belong to images of different sizes, or a threshold is not between 0 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.evaluation import agreement
    >>> a = np.array([[0, 1, 0, 1]], np.float32)
    >>> b = np.array([[0, 0, 1, 1]], np.float32)
    >>> agreement(a, b).tolist()
    [[0, 1, 2, 3]]
    """
    _check_same_size({"a": a, "b": b})
    in_a, in_b = is_person(a, threshold_a).view(np.uint8), is_person(b, threshold_b).view(np.uint8)
    return in_a * np.uint8(ONLY_A) + in_b * np.uint8(ONLY_B)


@named_arguments
def compare_all(
    masks: Mapping[str, MaskLike], thresholds: Mapping[str, float]
) -> list[PairAgreement]:
    """Compare every pair of masks; what several pairs need of a mask is computed once.

    Parameters
    ----------
    masks : mapping of str to Mask or numpy.ndarray
        Masks of one image, by name.
    thresholds : mapping of str to float
        The threshold for each name, 0 to 1.

    Returns
    -------
    list of PairAgreement
        The pairs in the order of `masks`: first with second, first with third, and so on.

    Raises
    ------
    InvalidOptionError
        The masks belong to images of different sizes, or a threshold is missing or not between 0
        and 1.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.evaluation import compare_all
    >>> masks = {name: np.full((2, 2), value, np.float32)
    ...          for name, value in (("low", 0.25), ("high", 0.75), ("higher", 1.0))}
    >>> for pair in compare_all(masks, dict.fromkeys(masks, 0.5)):
    ...     print(pair.a, pair.b, pair.iou, pair.mean_absolute_difference)
    low high 0.0 0.5
    low higher 0.0 0.75
    high higher 1.0 0.25
    """
    check_named(masks)
    if not isinstance(thresholds, Mapping):
        raise InvalidOptionError(
            f"thresholds must be a dict with the threshold of each mask, but got "
            f"{in_short(thresholds)}. For the same one everywhere: dict.fromkeys(masks, 0.5)."
        )
    missing = [name for name in masks if name not in thresholds]
    if missing:
        raise InvalidOptionError(
            f"Expect a threshold for each of the masks {_listed(masks)}, but got none for "
            f"{_listed(missing)}."
        )
    _check_same_size(masks)
    probability = {name: _probability(mask) for name, mask in masks.items()}
    person = {name: is_person(each, thresholds[name]) for name, each in probability.items()}
    counts = {name: _count(each) for name, each in person.items()}
    pairs = []
    for a, b in combinations(masks, 2):
        shared = _count(person[a] & person[b])
        iou = _share(shared, counts[a] + counts[b] - shared)
        pairs.append(PairAgreement(a, b, iou, _difference(probability[a], probability[b])))
    return pairs


def levels_at_image_size(mask: MaskLike) -> NDArray[np.uint8]:
    """Return the probability times 255, rounded to the nearest integer.

    These are the values of ``mask.to_image_data()[..., 3]``, without computing the other three
    channels.

    Parameters
    ----------
    mask : Mask or numpy.ndarray
        A mask, or a probability: float32 (H, W), 0 to 1; or bool (H, W).

    Returns
    -------
    numpy.ndarray
        uint8 (H, W), the size of the image.

    Raises
    ------
    InvalidOptionError
        `mask` is a different kind of array.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.evaluation import levels_at_image_size
    >>> levels_at_image_size(np.array([[0, 0.2, 1]], np.float32)).tolist()
    [[0, 51, 255]]
    """
    return np.asarray(cv2.convertScaleAbs(_probability(mask), alpha=MAX_LEVEL), np.uint8)


def _probability(mask: MaskLike) -> Probability:
    if isinstance(mask, Mask):
        return mask.probability
    if mask.ndim != 2 or mask.dtype not in (np.float32, np.bool_):  # noqa: PLR2004 - two sides
        raise InvalidOptionError(
            "Expect a Mask, a probability (float32 with shape (height, width)) or an array of bool "
            f"with that shape, but got an array of {mask.dtype} with shape {mask.shape}."
        )
    return mask.astype(np.float32, copy=False)


def check_named(masks: object) -> None:
    """Raise an error unless masks are given by name.

    Raises
    ------
    InvalidOptionError
        They are no mapping.
    """
    if not isinstance(masks, Mapping):
        raise InvalidOptionError(
            f"masks must be a dict of masks by name, but got {in_short(masks)}. Name each: "
            "{'general': mask, 'landscape': other}."
        )


def _check_same_size(masks: Mapping[str, MaskLike]) -> None:
    sizes = {
        name: mask.size if isinstance(mask, Mask) else mask.shape for name, mask in masks.items()
    }
    if len({*sizes.values()}) > 1:
        found = ", ".join(
            f"{name!r} of {' x '.join(map(str, size[::-1]))} pixels" for name, size in sizes.items()
        )
        raise InvalidOptionError(f"Only masks of the same image can be compared, but got {found}.")


def _iou(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    return _share(_count(a & b), _count(a | b))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


def _count(pixels: NDArray[np.bool_]) -> int:
    return int(np.count_nonzero(pixels))


def _difference(a: Probability, b: Probability) -> float:
    # Sums in float64, without allocating an array for the differences.
    return float(cv2.norm(a, b, cv2.NORM_L1)) / max(a.size, 1)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(repr(name) for name in names)
