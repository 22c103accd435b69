"""How a mask depends on the threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets.arguments import named_arguments
from bodyseg_widgets.evaluation.agreement import MaskLike, check_named, levels_at_image_size
from bodyseg_widgets.evaluation.level_counts import LEVELS, count_levels
from bodyseg_widgets.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """Coverage, and agreement with a reference, at each threshold that makes a difference.

    Attributes
    ----------
    thresholds : numpy.ndarray
        float32 (256,): 0 to 1 in steps of 1/255.
    coverage : numpy.ndarray
        float32 (256,): share of the image that counts as a person, 0 to 1.
    iou : numpy.ndarray or None
        float32 (256,): intersection over union with the reference, 0 to 1; None without one.
    """

    thresholds: NDArray[np.float32]
    coverage: NDArray[np.float32]
    iou: NDArray[np.float32] | None


class Sweeps(dict[str, Sweep], Shown):
    """Sweeps by name, made by `sweep_all`: a notebook shows them as curves in one chart.

    The curves are those of the agreement where all have one, otherwise those of the coverage.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        """Show the names, not the values."""
        return f"Sweeps({', '.join(map(repr, self))})"


@named_arguments
def sweep(mask: MaskLike, reference: NDArray[np.bool_] | None = None) -> Sweep:
    """Return coverage and agreement with a reference at every threshold.

    It makes one histogram of 8-bit probabilities, so it takes about as long as a single threshold.
    The results are those of :func:`is_person` at each threshold.

    Parameters
    ----------
    mask : Mask or numpy.ndarray
        A mask, or a probability: float32 (H, W), 0 to 1.
    reference : numpy.ndarray, optional
        bool (H, W), the size of the image: which pixels are a person.

    Returns
    -------
    Sweep
        256 values of each. If neither mask nor reference contains a person, the intersection over
        union is 1.

    Raises
    ------
    InvalidOptionError
        `reference` has a different size than the image, or a dtype other than bool.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import Mask
    >>> from bodyseg_widgets.evaluation import sweep
    >>> mask = Mask.from_levels(np.array([[0, 100, 200, 255]], np.uint8), size=(1, 4))
    >>> swept = sweep(mask, np.array([[False, False, True, True]]))
    >>> float(swept.coverage[100]), float(swept.coverage[101]), float(swept.iou[101])
    (0.75, 0.5, 1.0)
    """
    thresholds = (np.arange(LEVELS) / (LEVELS - 1)).astype(np.float32)
    if reference is None:
        pixels = np.bincount(levels_at_image_size(mask).ravel(), minlength=LEVELS)
        return Sweep(thresholds, _coverage(pixels), None)
    counts = count_levels(mask, reference)
    pixels = counts.inside + counts.outside
    return Sweep(thresholds, _coverage(pixels), counts.ious().astype(np.float32))


def _coverage(pixels: NDArray[np.intp]) -> NDArray[np.float32]:
    return np.asarray(pixels[::-1].cumsum()[::-1] / pixels.sum(), np.float32)


@named_arguments
def sweep_all(masks: Mapping[str, MaskLike], reference: NDArray[np.bool_] | None = None) -> Sweeps:
    """Sweep several masks of one image; a notebook shows the result as a chart.

    Parameters
    ----------
    masks : mapping of str to Mask or numpy.ndarray
        The masks, by name.
    reference : numpy.ndarray, optional
        As in `sweep`.

    Returns
    -------
    Sweeps
        A dict: the `Sweep` of each name.

    Raises
    ------
    InvalidOptionError
        As `sweep`.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.evaluation import sweep_all
    >>> masks = {name: np.full((2, 2), value, np.float32)
    ...          for name, value in (("low", 0.25), ("high", 0.75))}
    >>> swept = sweep_all(masks, np.ones((2, 2), bool))
    >>> swept
    Sweeps('low', 'high')
    >>> float(swept["low"].iou[128]), float(swept["high"].iou[128])
    (0.0, 1.0)
    """
    check_named(masks)
    return Sweeps({name: sweep(mask, reference) for name, mask in masks.items()})
