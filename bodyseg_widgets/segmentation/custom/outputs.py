"""What a network returned, as a map of classes: axes in order, values from 0 to 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

import numpy as np

from bodyseg_widgets.errors import InvalidOptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bodyseg_widgets.segmentation.types import Probability

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "Layout",
    "activated",
    "as_map",
    "found_activation",
    "is_numbers",
]

Layout: TypeAlias = Literal["NHWC", "NCHW"]
"""Where a tensor has its channels: last, as in TensorFlow, or first, as in PyTorch."""

Activation: TypeAlias = Literal["softmax", "sigmoid", "none"]
"""What turns a network's values into probabilities."""

ACTIVATIONS: Final = ("auto", *get_args(Activation))

_PLANE, _PLANES, _BATCH = 2, 3, 4
_ROUNDING = 1e-3
"""How far from 0 to 1 probabilities of a quantized or half-precision network may be."""


def as_map(output: NDArray[Any], *, classes: int, layout: Layout) -> NDArray[Any] | None:
    """Bring the axes of a network's output in order.

    Parameters
    ----------
    output : numpy.ndarray
        (1, h, w, classes), (1, classes, h, w), or the same without the batch, or without the
        classes where there is one, or where the values are numbers of classes.
    classes : int
        How many there are.
    layout : {'NHWC', 'NCHW'}
        Which axis is that of the classes, if both could be.

    Returns
    -------
    numpy.ndarray or None
        (h, w, classes); of numbers of classes (h, w, 1). None if it is no map of so many classes.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.segmentation.custom.outputs import as_map
    >>> as_map(np.zeros((1, 6, 120, 160)), classes=6, layout="NCHW").shape
    (120, 160, 6)
    >>> as_map(np.zeros((1, 1000)), classes=1, layout="NHWC") is None
    True
    """
    wanted = 1 if is_numbers(output) else classes
    if output.ndim == _BATCH:
        if output.shape[0] != 1:
            return None
        output = output[0]
    elif output.ndim == _PLANES and output.shape[0] == 1 and wanted == 1:
        output = output[0]
    if output.ndim == _PLANE and wanted == 1:
        output = output[..., np.newaxis]
    if output.ndim != _PLANES:
        return None
    last, first = output, output.transpose(1, 2, 0)
    for planes in (last, first) if layout == "NHWC" else (first, last):
        if planes.shape[2] == wanted and min(planes.shape[:2]) > 1:
            return planes
    return None


def is_numbers(output: NDArray[Any]) -> bool:
    """Return whether the values are numbers of classes, not probabilities of them."""
    return output.dtype.kind in "iu"


def found_activation(lowest: float, highest: float, *, classes: int) -> Activation:
    """Return what a network's values need to become probabilities, from the range that they have.

    Examples
    --------
    >>> from bodyseg_widgets.segmentation.custom.outputs import found_activation
    >>> found_activation(0.0, 1.0, classes=1), found_activation(-9.0, 5.0, classes=6)
    ('none', 'softmax')
    """
    if _is_probability(lowest, highest):
        return "none"
    return "sigmoid" if classes == 1 else "softmax"


def activated(planes: NDArray[Any], activation: Activation) -> Probability:
    """Return the probability of each class.

    Parameters
    ----------
    planes : numpy.ndarray
        Floating point (h, w, classes).
    activation : {'softmax', 'sigmoid', 'none'}
        What to apply.

    Returns
    -------
    numpy.ndarray
        float32 (h, w, classes), 0 to 1, a new array.

    Raises
    ------
    InvalidOptionError
        The values are no numbers, or with 'none' not from 0 to 1.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.segmentation.custom.outputs import activated
    >>> activated(np.zeros((1, 1, 4)), "softmax").tolist()
    [[[0.25, 0.25, 0.25, 0.25]]]
    >>> activated(np.zeros((1, 1, 1)), "sigmoid").tolist()
    [[[0.5]]]
    """
    values: Probability = planes.astype(np.float32)
    lowest, highest = float(values.min()), float(values.max())
    if not np.isfinite([lowest, highest]).all():
        raise InvalidOptionError(
            "The network returned values that are no numbers (NaN or infinite). Do mean and std "
            "fit it?"
        )
    if activation == "none":
        if not _is_probability(lowest, highest):
            raise InvalidOptionError(
                "The network must return probabilities from 0 to 1, but they range from "
                f"{lowest:g} to {highest:g}. Pass activation='sigmoid' or 'softmax' to add_model."
            )
        return np.clip(values, 0, 1, out=values)
    if activation == "sigmoid":
        # Of tanh, no value overflows.
        values = np.float32(0.5) * (1 + np.tanh(values / 2))
    else:
        values = np.exp(values - values.max(axis=2, keepdims=True))
        values /= values.sum(axis=2, keepdims=True)
    return values


def _is_probability(lowest: float, highest: float) -> bool:
    return lowest >= -_ROUNDING and highest <= 1 + _ROUNDING
