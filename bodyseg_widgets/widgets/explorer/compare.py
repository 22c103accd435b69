"""Several models side by side from the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from bodyseg_widgets.arguments import in_short
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.streaming import names_a_model
from bodyseg_widgets.widgets.explorer.explorer import Explorer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.streaming import ModelLike
    from bodyseg_widgets.widgets.explorer.options import ExplorerOptions
    from bodyseg_widgets.widgets.source.kernel_sources import Images
    from bodyseg_widgets.widgets.source.webcam import Webcam


class Compare(Explorer):
    """Several models side by side on the same frame, and how their results differ.

    It is an `Explorer` that starts with these panels and with the parts for differences open.

    Parameters
    ----------
    models : str or sequence
        One panel for each, up to ``MAX_PANELS``; see `Explorer`.
    webcam : Webcam, path, URL, array or iterable, optional
        The source. Default: a new `Webcam`.
    show : str or sequence of str
        The parts to open; see `Explorer`.
    **options
        Further options of `Explorer`: ``runtime``, ``max_poses``, ``view``, ``threshold``,
        ``opacity``, ``mask_color``, ``mirror``, ``skeleton``, ``score_threshold``,
        ``effect``, ``keep_picture``.

    Examples
    --------
    >>> from bodyseg_widgets import Compare, Webcam
    >>> compare = Compare(["general", "landscape", "full"], Webcam(source="sample"))
    >>> [panel.name for panel in compare.panels]
    ['Selfie general', 'Selfie landscape', 'BlazePose full']
    >>> compare.move(compare.panels[2], to=0)
    >>> compare.remove(compare.panels[1])
    >>> [panel.name for panel in compare.panels]
    ['BlazePose full', 'Selfie landscape']
    >>> compare.close()
    """

    def __init__(
        self,
        models: ModelLike | Sequence[ModelLike] = ("general", "landscape", "full"),
        webcam: Webcam | Images | None = None,
        *,
        show: str | Sequence[str] = ("difference", "agreement"),
        **options: Unpack[ExplorerOptions],
    ) -> None:
        if names_a_model(webcam):
            raise InvalidOptionError(
                f"webcam must be a source of frames, but got the model {webcam!r}. To compare "
                f"several models, list them: Compare([{in_short(models)}, {webcam!r}])."
            )
        super().__init__(webcam, models=models, show=show, **options)
