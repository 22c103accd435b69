"""What people say of a model file, where it does not say it itself."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, get_args

import numpy as np

from bodyseg_widgets.arguments import check_choice, check_kind, in_short, listed
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.images import MAX_SIDE
from bodyseg_widgets.segmentation.custom.classes import checked_labels
from bodyseg_widgets.segmentation.custom.hints import ColorOrder
from bodyseg_widgets.segmentation.custom.outputs import ACTIVATIONS, Layout

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bodyseg_widgets.segmentation.custom.classes import Labels
    from bodyseg_widgets.segmentation.types import Size

__all__ = ["FileOptions", "checked_file_options", "refuse_file_options"]

_CHANNELS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOptions:
    """The options of `add_model` for a file, checked; None for what was not given.

    Attributes
    ----------
    labels : tuple of str or None
        One for each class.
    input_size : tuple of int or None
        (height, width) of the input, in pixels.
    layout : {'NHWC', 'NCHW'} or None
        Where the channels are.
    mean, std : tuple of float or None
        For each channel: a pixel value ``x``, 0 to 255, is normalized to ``(x - mean) / std``.
    color_order : {'rgb', 'bgr'} or None
        The order of the channels.
    activation : {'auto', 'softmax', 'sigmoid', 'none'}
        What turns the output into probabilities.
    output : str or None
        Which output is the map.
    """

    labels: Labels = None
    input_size: Size | None = None
    layout: Layout | None = None
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    color_order: ColorOrder | None = None
    activation: str = "auto"
    output: str | None = None


def checked_file_options(
    *,
    labels: Sequence[str] | None,
    input_size: Sequence[int] | None,
    layout: str | None,
    mean: float | Sequence[float] | None,
    std: float | Sequence[float] | None,
    color_order: str | None,
    activation: str,
    output: str | None,
) -> FileOptions:
    """Check the options of `add_model` for a file.

    Raises
    ------
    InvalidOptionError
        One of them is invalid.

    Examples
    --------
    >>> from bodyseg_widgets.segmentation.custom.file_options import checked_file_options
    >>> checked_file_options(
    ...     labels=None, input_size=[256, 256], layout=None, mean=0, std=255, color_order=None,
    ...     activation="auto", output=None,
    ... ).std
    (255.0, 255.0, 255.0)
    """
    if (mean is None) != (std is None):
        raise InvalidOptionError(
            f"mean and std belong together, but got mean={in_short(mean)} and std={in_short(std)}. "
            "Give both: a pixel value x, 0 to 255, becomes (x - mean) / std."
        )
    checked_mean, checked_std = _numbers("mean", mean), _numbers("std", std)
    if checked_mean is not None and checked_std is not None and min(checked_std) < 1:
        raise InvalidOptionError(
            "mean and std are those of pixel values from 0 to 255, so std must be at least 1, but "
            f"got {in_short(std)}. Of values from 0 to 1, multiply both by 255: mean="
            f"{_times_255(checked_mean)}, std={_times_255(checked_std)}."
        )
    for name, given, allowed in (
        ("layout", layout, get_args(Layout)),
        ("color_order", color_order, get_args(ColorOrder)),
    ):
        if given is not None:
            check_choice(name, given, allowed)
    check_choice("activation", activation, ACTIVATIONS)
    if output is not None:
        check_kind("output", output, str, fix="Give the name of one of the model's outputs.")
    return FileOptions(
        labels=checked_labels(labels),
        input_size=_size(input_size),
        layout=layout,  # type: ignore[arg-type] # checked above
        mean=checked_mean,
        std=checked_std,
        color_order=color_order,  # type: ignore[arg-type] # checked above
        activation=activation,
        output=output,
    )


def refuse_file_options(given: Mapping[str, object]) -> None:
    """Raise an error if options for a file are given beside a function.

    Raises
    ------
    InvalidOptionError
        One of them is.

    Examples
    --------
    >>> from bodyseg_widgets.segmentation.custom.file_options import refuse_file_options
    >>> refuse_file_options({"mean": None, "activation": "auto"})
    """
    defaults = {each.name: each.default for each in fields(FileOptions)}
    meant = [name for name, value in given.items() if value != defaults[name]]
    if meant:
        raise InvalidOptionError(
            f"{listed(meant)} is for model files, but got a function, which gets the image as it "
            "is and returns probabilities. Do it in the function."
        )


def _size(given: Sequence[int] | None) -> Size | None:
    if given is None:
        return None
    match given:
        case [int(height), int(width)] if min(given) > 1 and max(given) <= MAX_SIDE:
            return height, width
    raise InvalidOptionError(
        f"input_size must be (height, width) in pixels, 2 to {MAX_SIDE}, but got {in_short(given)}."
    )


def _numbers(name: str, given: float | Sequence[float] | None) -> tuple[float, ...] | None:
    """Return a number for each channel."""
    if given is None:
        return None
    try:
        numbers = np.atleast_1d(np.asarray(given, dtype=np.float64))
    except (TypeError, ValueError):
        numbers = np.array([np.nan])
    if numbers.shape not in ((1,), (_CHANNELS,)) or not np.isfinite(numbers).all():
        raise InvalidOptionError(
            f"{name} must be a number, or one for each of the {_CHANNELS} channels, but got "
            f"{in_short(given)}."
        )
    return tuple(np.broadcast_to(numbers, _CHANNELS).tolist())


def _times_255(numbers: tuple[float, ...]) -> str:
    each = [f"{255 * number:g}" for number in numbers]
    return each[0] if len({*each}) == 1 else f"({', '.join(each)})"
