"""Run an effect frame by frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bodyseg_widgets.errors import EffectError, InvalidImageError
from bodyseg_widgets.images import to_rgb
from bodyseg_widgets.streaming.effects.annotations import PREVIOUS
from bodyseg_widgets.streaming.effects.python_effect import PythonEffect, name_of
from bodyseg_widgets.streaming.handed_out import painting_fix, read_only

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from bodyseg_widgets.streaming.effects.python_effect import Effect
    from bodyseg_widgets.streaming.frame import Frame, Result

__all__ = ["EffectRun"]


class EffectRun:
    """Runs an effect on the frames of a stream or video, and checks its results.

    Parameters
    ----------
    effect : callable
        ``(frame, result, **params) -> image``.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import Frame, Mask, Result, Segmentation, Timings
    >>> from bodyseg_widgets.streaming.effects import EffectRun
    >>> frame = Frame(id=1, image=np.zeros((4, 6, 3), np.uint8), timestamp=0.0)
    >>> no_one = Mask.from_levels(np.zeros((1, 1), np.uint8), size=(4, 6))
    >>> run = EffectRun(lambda frame, result: frame[:2])
    >>> run.image(Result(frame, Segmentation(no_one), Timings()), {}, "frame 1")
    Traceback (most recent call last):
    bodyseg_widgets.errors.InvalidImageError: The effect '<lambda>' must return images of the \
frame's size, 6x4 (width x height), but at frame 1 it returned 6x2. Scale it with cv2.resize, or \
cut the frame before you make it.
    """

    def __init__(self, effect: Effect) -> None:
        self.effect = effect
        self.name = name_of(effect)
        self._wants_previous = isinstance(effect, PythonEffect) and effect.wants_previous
        self._frame: Frame | None = None
        # The previous image before that frame, and the result for it.
        self._before: NDArray[np.uint8] | None = None
        self._made: NDArray[np.uint8] | None = None

    def image(self, result: Result, params: Mapping[str, object], where: str) -> NDArray[np.uint8]:
        """Return the effect's image for a frame.

        If the same frame is processed again, as when a parameter has changed, or when a pause
        shows it again, `previous` is the same as before.

        Parameters
        ----------
        result : Result
            The frame, and the model's result for it.
        params : mapping
            Passed to the effect.
        where : str
            The frame's name in messages.

        Returns
        -------
        numpy.ndarray
            uint8 (H, W, 3), RGB, of the frame's size.

        Raises
        ------
        EffectError
            The effect raised an error, which is the ``__cause__``.
        InvalidImageError
            It did not return an image of the frame's size.
        """
        frame = result.frame
        if not _is_same(frame, self._frame):
            self._before, self._frame = self._made, frame
        # Models and other effects share the image.
        image = read_only(frame.image)
        handed = {PREVIOUS: self._previous(image)} if self._wants_previous else {}
        try:
            given = self.effect(image, result, **handed, **params)
        except (Exception, SystemExit) as error:
            raise EffectError(
                f"The effect {self.name!r} raised {type(error).__name__} at {where}: {text(error)}"
                f"{painting_fix(error)}"
            ) from error
        try:
            made = to_rgb(given)
        except InvalidImageError as error:
            raise InvalidImageError(
                f"The effect {self.name!r} must return an image, but did not at {where}: {error}"
            ) from error
        except Exception as error:
            raise EffectError(
                f"The effect {self.name!r} returned at {where} a {type(given).__name__} that "
                f"cannot be read: {type(error).__name__}: {text(error)}"
            ) from error
        if made.shape != image.shape:
            height, width = made.shape[:2]
            raise InvalidImageError(
                f"The effect {self.name!r} must return images of the frame's size, "
                f"{frame.size[0]}x{frame.size[1]} (width x height), but at {where} it returned "
                f"{width}x{height}. Scale it with cv2.resize, or cut the frame before you make it."
            )
        if self._wants_previous:
            # Copied, because the effect may write into the array it returned.
            self._made = read_only(made.copy())
        return made

    def _previous(self, image: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
        before = self._before
        return before if before is not None and before.shape == image.shape else None


def _is_same(frame: Frame, other: Frame | None) -> bool:
    if other is None:
        return False
    return frame is other or (frame.id, frame.timestamp) == (other.id, other.timestamp)


def text(error: BaseException) -> str:
    """Return an error's message, even if producing it fails."""
    try:
        return str(error)
    except Exception as another:  # noqa: BLE001 - a user's class may raise anything
        return f"(its text cannot be read: {type(another).__name__})"
