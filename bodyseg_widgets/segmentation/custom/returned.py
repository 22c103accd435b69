"""What a user's function returned for an image."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.segmentation.custom.classes import (
    count_of,
    map_of_numbers,
    map_of_planes,
)
from bodyseg_widgets.segmentation.custom.outputs import is_numbers

if TYPE_CHECKING:
    from bodyseg_widgets.segmentation.custom.classes import ClassMap, Labels

__all__ = ["map_of"]

_PLANE, _PLANES = 2, 3


def map_of(returned: object, labels: Labels, *, name: str) -> ClassMap:
    """Return what a function's result says.

    Parameters
    ----------
    returned : object
        See `model` of `add_model`.
    labels : tuple of str or None
        One for each class.
    name : str
        The model's name, for messages.

    Raises
    ------
    InvalidOptionError
        The function returned something else, or classes that do not fit the labels.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.segmentation.custom.returned import map_of
    >>> map_of(np.array([[0, 1]]), ("background", "hair"), name="Hair").person.tolist()
    [[0.0, 1.0]]
    """
    array = np.asarray(returned)
    if array.ndim == _PLANES and array.shape[2] == 1:
        array = array[..., 0]
    classes = count_of(labels)
    got = f"but got {array.dtype} of shape {array.shape}."
    if labels is not None and is_numbers(array) and array.ndim == _PLANE and array.size:
        return map_of_numbers(array, labels)
    planes = array[..., np.newaxis] if array.ndim == _PLANE else array
    if planes.ndim != _PLANES or not planes.size or planes.dtype.kind not in "fb":
        raise InvalidOptionError(
            f"{name} must return probabilities: float of shape (height, width), 0 to 1, {got}"
            + (" Of numbers of classes, name the classes: labels=[…]." if is_numbers(array) else "")
        )
    if planes.shape[2] != classes:
        raise InvalidOptionError(
            f"{name} must return one class, as labels=[…] names no other, {got} Name the classes "
            "when you add it."
            if labels is None
            else f"{name} must return {classes} classes, one for each label: float of shape "
            f"(height, width, {classes}), or integers of shape (height, width), {got}"
        )
    probability = planes.astype(np.float32)
    if not (probability.min() >= 0 and probability.max() <= 1):
        raise InvalidOptionError(
            f"{name} must return probabilities from 0 to 1, but they range from "
            f"{probability.min()} to {probability.max()}."
        )
    return map_of_planes(probability, labels)
