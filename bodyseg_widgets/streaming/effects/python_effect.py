"""Custom effects written in Python."""

from __future__ import annotations

import contextvars
import sys
from collections.abc import Callable
from functools import update_wrapper
from typing import TYPE_CHECKING, TypeAlias, overload

from bodyseg_widgets.arguments import in_short, named_arguments
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.images import ImageInput
from bodyseg_widgets.streaming.effects.annotations import PREVIOUS, read_parameters, takes_previous
from bodyseg_widgets.streaming.effects.custom_effects import add_effect, check_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from bodyseg_widgets.streaming.effects.parameters import Parameter
    from bodyseg_widgets.streaming.frame import Result

__all__ = ["Effect", "PythonEffect", "effect", "name_of"]

Effect: TypeAlias = Callable[..., ImageInput]
"""``(frame, result, **params) -> image``; see `effect`."""


class PythonEffect:
    """A function as a custom effect, made by `effect`.

    Calling it calls the function, after checking the parameters.

    Attributes
    ----------
    name : str
        Its label in pickers.
    function : callable
        The function.
    parameters : dict of str to Parameter
        Its parameters, by name.
    wants_previous : bool
        Whether it gets the image that it returned last, as `previous`.
    context : contextvars.Context
        Where it was made. What it prints while a view shows it appears there: in a notebook, under
        its cell.
    """

    def __init__(
        self, function: Effect, name: str, parameters: Sequence[Parameter] | None = None
    ) -> None:
        # Without its attributes, which could overwrite these.
        update_wrapper(self, function, updated=())
        self.__module__: str = getattr(function, "__module__", __name__)
        self.__qualname__: str = getattr(function, "__qualname__", name)
        self.name = name
        self.function = function
        self.parameters: dict[str, Parameter] = {
            each.name: each
            for each in (read_parameters(function, name) if parameters is None else parameters)
        }
        self.wants_previous = takes_previous(function)
        self.context = contextvars.copy_context()

    def __reduce__(
        self,
    ) -> str | tuple[type[PythonEffect], tuple[Effect, str, tuple[Parameter, ...]]]:
        """Go to another process: by its name in its module, or from a notebook as a whole."""
        if _is_there(self, self.__module__, self.__qualname__):
            return self.__qualname__
        # The names of its annotations are not known there.
        return PythonEffect, (self.function, self.name, tuple(self.parameters.values()))

    def __repr__(self) -> str:
        return f"<effect {self.name!r}: {', '.join(self.parameters) or 'no parameters'}>"

    def __call__(
        self,
        frame: NDArray[np.uint8],
        result: Result,
        *,
        previous: NDArray[np.uint8] | None = None,
        **params: object,
    ) -> ImageInput:
        """Make an image.

        Parameters
        ----------
        frame : numpy.ndarray
            uint8 (H, W, 3), RGB.
        result : Result
            The model's result.
        previous : numpy.ndarray, optional
            The image that it returned last, if the function takes it.
        **params
            Its parameters; omitted ones have their defaults.

        Raises
        ------
        InvalidOptionError
            There is no such parameter, or it does not accept the value.
        """
        handed = {PREVIOUS: previous} if self.wants_previous else {}
        return self.function(frame, result, **handed, **self.checked(params))

    def checked(self, params: dict[str, object]) -> dict[str, object]:
        """Return all parameters as the function gets them, with defaults for omitted ones."""
        check_names(self.name, self.parameters, params)
        return {
            name: each.checked(params.get(name, each.default))
            for name, each in self.parameters.items()
        }


@overload
def effect(function: Effect, /) -> PythonEffect: ...


@overload
def effect(*, name: str) -> Callable[[Effect], PythonEffect]: ...


@named_arguments
def effect(
    function: Effect | None = None, /, *, name: str | None = None
) -> PythonEffect | Callable[[Effect], PythonEffect]:
    """Turn a function into an effect in every view's list, with a control per parameter.

    Views show its result live, instead of the camera's frame. It runs in the kernel, on a separate
    thread: a slow one skips frames without blocking the stream or other panels. Running the cell
    again replaces the old function immediately, even in views that show it. Its errors are shown
    under the view, which keeps its last good image.

    Parameters
    ----------
    function : callable
        ``(frame, result, **params) -> image``. The frame is uint8 (H, W, 3), RGB, read-only and not
        mirrored; the result a :class:`Result` with mask and poses. The image may be anything
        `to_rgb` accepts, of the frame's size. The view's threshold does not apply: an effect gets
        the probabilities, and can have its own threshold.

        Each parameter has a default, and a control by its annotation:

        ==================================  ===========================================
        ``Annotated[float, Range(0, 1)]``   a slider; of whole numbers with ``int``
        ``float``, ``int``                  a field for a number
        ``bool``                            a checkbox
        ``Color``                           a color picker
        ``Literal["soft", "hard"]``         a picker
        ``np.ndarray``, ``Image.Image``     a button that opens an image; None for none
        ==================================  ===========================================

        A parameter named `previous` has no control: it is the image that the effect returned last,
        uint8 (H, W, 3), read-only, or None if there is none of that size. Each view has its own
        `previous`, while any other state of the function is shared: each view that shows it calls
        it on its own thread.
    name : str, optional
        Its label in pickers; default: the function's name.

    Returns
    -------
    PythonEffect
        The function as an effect, which can be called, and passed to `apply_effect`.

    Raises
    ------
    InvalidOptionError
        It does not take frame and result, a parameter has no default or no annotation that declares
        a control, or the name belongs to a built-in effect.

    Examples
    --------
    >>> from typing import Annotated
    >>> import numpy as np
    >>> from bodyseg_widgets import Color, Range, effect
    >>> @effect
    ... def tinted(
    ...     frame, result, strength: Annotated[float, Range(0, 1)] = 0.5, tint: Color = "teal"
    ... ):
    ...     people = strength * result.mask.probability[..., None]
    ...     return (frame * (1 - people) + np.array(tint[:3]) * people).astype(np.uint8)
    >>> tinted
    <effect 'tinted': strength, tint>
    """
    if function is None:
        return lambda given: _registered(given, name)
    return _registered(function, name)


def name_of(effect: Effect) -> str:
    """Return an effect's name for messages, even if it is a plain function."""
    if isinstance(effect, PythonEffect):
        return effect.name
    return str(getattr(effect, "__name__", type(effect).__name__))


def _is_there(effect: PythonEffect, module: str, name: str) -> bool:
    """Whether another process finds it by this name, in a module or the program."""
    found: object = sys.modules.get(module)
    # A notebook is no file that could be imported.
    if getattr(found, "__file__", None) is None:
        return False
    for part in name.split("."):
        found = getattr(found, part, None)
    return found is effect


def _registered(function: Effect, name: str | None) -> PythonEffect:
    if not callable(function):
        raise InvalidOptionError(
            "@effect makes a function (frame, result, **params) -> image an effect, but got "
            f"{in_short(function)}. Write it above a def."
        )
    if isinstance(function, PythonEffect):
        function = function.function
    if name is None:
        name = name_of(function)
        if name == "<lambda>":
            raise InvalidOptionError('A lambda has no name: write effect(name="…")(lambda …).')
    made = PythonEffect(function, name)
    add_effect(made)
    return made
