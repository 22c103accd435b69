"""The built-in effects as functions of a frame and its result, without a view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bodyseg_widgets.arguments import check_choice
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.evaluation import cutoff
from bodyseg_widgets.rendering.classes import chosen_values
from bodyseg_widgets.rendering.effects import EFFECT_PAINTERS
from bodyseg_widgets.streaming.effects.builtin_effects import BUILTIN_EFFECTS
from bodyseg_widgets.streaming.effects.custom_effects import check_names
from bodyseg_widgets.streaming.effects.parameters import ClassesField

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from bodyseg_widgets.streaming.effects.builtin_effects import BuiltinEffect
    from bodyseg_widgets.streaming.frame import Result

__all__ = ["DrawnEffect"]

_THRESHOLD = "threshold"


class DrawnEffect:
    """A built-in effect with the values of its parameters, as a function of frame and result.

    Parameters
    ----------
    name : str
        One of `BUILTIN_EFFECTS`.
    params : mapping
        Values of its parameters, and ``threshold``, 0 to 1, from which probability on a pixel is a
        person; those left out have their defaults, as in a view.

    Raises
    ------
    InvalidOptionError
        There is no such effect or parameter, or it does not take the value.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import Frame, Mask, Result, Segmentation, Timings
    >>> from bodyseg_widgets.streaming.effects.drawn import DrawnEffect
    >>> frame = Frame(id=1, image=np.full((2, 2, 3), 200, np.uint8), timestamp=0.0)
    >>> nobody = Segmentation(Mask.from_levels(np.zeros((1, 1), np.uint8), size=(2, 2)))
    >>> darkened = DrawnEffect("mask", {"opacity": 0.5})
    >>> int(darkened(frame.image, Result(frame, nobody, Timings()))[0, 0, 0])
    100
    """

    def __init__(self, name: str, params: Mapping[str, object]) -> None:
        check_choice("effect", name, BUILTIN_EFFECTS, fix="Or pass a function.")
        declared = BUILTIN_EFFECTS[name].parameters
        check_names(name, [*declared, _THRESHOLD], params)
        self.__name__ = name
        self._params = dict(params)
        self._effect = BUILTIN_EFFECTS[name]
        threshold: Any = params.get(_THRESHOLD, 0.5)
        cutoff(threshold)
        self._threshold = float(threshold)
        self._values = {
            each: parameter.checked(params.get(each, parameter.default))
            for each, parameter in declared.items()
        }

    def __reduce__(self) -> tuple[type[DrawnEffect], tuple[str, dict[str, object]]]:
        """Go to another process: it is made anew there."""
        return DrawnEffect, (self.__name__, self._params)

    def __call__(self, frame: NDArray[np.uint8], result: Result) -> NDArray[np.uint8]:
        """Draw it.

        Raises
        ------
        InvalidOptionError
            The model does not have the classes that it is for, such as faces.
        """
        _check_classes(self._effect, self._values, result)
        draw = EFFECT_PAINTERS[self._effect.name]
        return draw(frame, result.segmentation, self._threshold, self._values)


def _check_classes(effect: BuiltinEffect, values: Mapping[str, Any], result: Result) -> None:
    if effect.needs is None:
        return
    chosen = [
        values[name] for name, each in effect.parameters.items() if isinstance(each, ClassesField)
    ]
    wanted = chosen[0] if chosen else effect.needs
    labels = result.segmentation.labels
    if result.mask.values is None or chosen_values(labels, wanted) is None:
        what = wanted if isinstance(wanted, str) else ", ".join(wanted)
        raise InvalidOptionError(
            f"The effect {effect.name!r} needs classes of the model ({what}), but its labels are "
            f"{', '.join(labels.values())}. Use a model that has them, such as 'BodyPix'."
        )
