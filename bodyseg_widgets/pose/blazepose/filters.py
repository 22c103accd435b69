"""Filters that remove jitter from landmarks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.float64]

__all__ = ["LowPass", "OneEuro", "OneEuroSettings"]

FREQUENCY = 30.0
"""Frame rate that the filter assumes until it has measured one."""
MIN_OBJECT_SCALE = 1e-6
MIN_STEP = 1e-6
"""In seconds; upstream counts time in whole microseconds."""


@dataclass(frozen=True, slots=True)
class OneEuroSettings:
    """Parameters of a one-euro filter.

    Attributes
    ----------
    min_cutoff : float
        Cutoff frequency at rest, in Hz; lower is steadier.
    beta : float
        How much the cutoff rises with speed, in Hz per unit; higher follows faster.
    derivate_cutoff : float
        Cutoff frequency for the speed estimate, in Hz.
    """

    min_cutoff: float
    beta: float
    derivate_cutoff: float = 1.0


class LowPass:
    """Exponential smoothing of an array: values move toward the new ones by `alpha`.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.pose.blazepose.filters import LowPass
    >>> smooth = LowPass()
    >>> smooth(np.array([0.0]), 0.1), smooth(np.array([1.0]), 0.1)
    (array([0.]), array([0.1]))
    """

    def __init__(self) -> None:
        self._last: Values | None = None

    def __call__(self, values: Values, alpha: float | Values) -> Values:
        """Return the smoothed values; the first ones are returned unchanged."""
        if self._last is not None:
            values = alpha * values + (1 - alpha) * self._last
        self._last = values
        return values


class OneEuro:
    """The one-euro filter on an array: steady at rest, responsive in motion.

    See Casiez, Roussel and Vogel, "1 € Filter", CHI 2012, and MediaPipe's
    one_euro_filter.cc, whose order of operations this follows.

    Parameters
    ----------
    settings : OneEuroSettings
        The filter's parameters.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.pose.blazepose.filters import OneEuro, OneEuroSettings
    >>> smooth = OneEuro(OneEuroSettings(min_cutoff=0.05, beta=80))
    >>> float(smooth(np.array([1.0]), seconds=0.0, object_scale=100.0)[0])
    1.0
    """

    def __init__(self, settings: OneEuroSettings) -> None:
        self._settings = settings
        self._frequency = FREQUENCY
        self._seconds: float | None = None
        self._raw: Values | None = None
        self._values = LowPass()
        self._speeds = LowPass()

    def __call__(self, values: Values, *, seconds: float, object_scale: float) -> Values:
        """Smooth the next values.

        Parameters
        ----------
        values : numpy.ndarray
            float64 of any shape, the same in each call.
        seconds : float
            When they were measured; values less than a microsecond after the previous ones are
            returned unchanged.
        object_scale : float
            Size of the body, in the unit of `values`; speed is relative to it. Below 1e-6 the
            values are returned unchanged.

        Returns
        -------
        numpy.ndarray
            float64 of the same shape.
        """
        if object_scale < MIN_OBJECT_SCALE:
            return values
        if self._seconds is not None:
            if seconds - self._seconds < MIN_STEP:
                return values
            self._frequency = 1 / (seconds - self._seconds)
        self._seconds = seconds
        settings = self._settings
        speed = np.zeros_like(values)
        if self._raw is not None:
            speed = (values - self._raw) / object_scale * self._frequency
        self._raw = values
        speed = self._speeds(speed, self._alpha(settings.derivate_cutoff))
        cutoff = settings.min_cutoff + settings.beta * np.abs(speed)
        return self._values(values, self._alpha(cutoff))

    def _alpha(self, cutoff: float | Values) -> float | Values:
        return 1 / (1 + self._frequency / (2 * math.pi * cutoff))
