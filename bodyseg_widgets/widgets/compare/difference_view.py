"""What tells two models apart: where they agree on a picture, and by how much they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.widgets.kit.assets import asset
from bodyseg_widgets.widgets.kit.widget import Widget
from bodyseg_widgets.widgets.view.segmentation_view import SegmentationView

if TYPE_CHECKING:
    from collections.abc import Sequence

DIFFERENCE_VIEWS = ("agreement", "difference")
"""What a `DifferenceView` can show."""

_BOTH = 2


class DifferenceView(Widget):
    """Where two models agree on the very same frame, drawn over its picture.

    It draws the newest frame that both have finished. The picture is grey under the colours, so
    that whatever has a colour is a difference.

    The agreement colours each pixel by who takes it for a person, each with its own threshold:
    both blue (``#0072B2``), only `a` orange (``#E69F00``), only `b` green (``#009E73``), neither
    the darkened picture; the legend has each one's share. The difference colours each pixel by
    `a`'s probability less `b`'s: orange where `a` is surer, green where `b` is, dark where they
    are alike. Hovering, or the arrow keys, read both probabilities and their difference. The
    colours are told apart by colour-blind people.

    The thresholds are those of the two views. As there, everything is drawn in the browser: a
    threshold changes the picture without a message to the kernel.

    Parameters
    ----------
    a, b : SegmentationView
        What to compare: the streams of two views, at their thresholds. They must be of one
        `Webcam`, and need not be displayed.
    view, opacity, mirror, frame_number
        First values of the traits of these names.
    names : sequence of str, optional
        What `a` and `b` are called, one name each. Default: what their streams run.

    Raises
    ------
    InvalidOptionError
        `a` and `b` are of different sources, or `names` are neither two nor none.

    Examples
    --------
    >>> from bodyseg_widgets import DifferenceView, SegmentationStream, SegmentationView, Webcam
    >>> webcam = Webcam(source="sample")
    >>> general = SegmentationView(SegmentationStream(webcam), threshold=0.3)
    >>> wide = SegmentationView(SegmentationStream(webcam, model_type="landscape"))
    >>> difference = DifferenceView(general, wide, names=["general", "landscape"])
    >>> difference.view = "difference"
    >>> difference.a, difference.b = difference.b, difference.a
    >>> difference.b.threshold
    0.3
    """

    _esm = asset("difference_view.js")
    _css = asset("bodyseg.css")
    _source = traitlets.Unicode().tag(sync=True)

    a = traitlets.Instance(SegmentationView).tag(sync=True, **ipywidgets.widget_serialization)
    """The first of the two; another view of the same source may take its place at any time."""

    b = traitlets.Instance(SegmentationView).tag(sync=True, **ipywidgets.widget_serialization)
    """The second of the two, likewise."""

    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """What `a` and `b` are called; empty: what their streams run."""

    view = traitlets.Enum(DIFFERENCE_VIEWS, default_value="agreement").tag(sync=True)
    """What is drawn: ``"agreement"`` (who takes a pixel for a person) or ``"difference"``
    (`a`'s probability less `b`'s)."""

    opacity = traitlets.Float(0.7, min=0, max=1).tag(sync=True)
    """How much the colours cover the grey picture: 0 not at all, 1 wholly."""

    mirror = traitlets.Bool(default_value=True).tag(sync=True)
    """Whether left and right are swapped, as in a mirror. Only the drawing."""

    frame_number = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether the number of the frame, `Frame.id`, stands in the picture's corner."""

    def __init__(
        self,
        a: SegmentationView,
        b: SegmentationView,
        *,
        view: str = "agreement",
        opacity: float = 0.7,
        mirror: bool = True,
        names: Sequence[str] = (),
        frame_number: bool = False,
    ) -> None:
        super().__init__(
            a=a,
            b=b,
            _source=a.stream.webcam.key,
            names=[*names],
            view=view,
            opacity=opacity,
            mirror=mirror,
            frame_number=frame_number,
        )

    @traitlets.validate("a", "b")
    def _of_one_source(self, proposal: dict[str, Any]) -> SegmentationView:
        view: SegmentationView = proposal["value"]
        if view.stream.webcam.key != self._source:
            name = proposal["trait"].name
            raise InvalidOptionError(
                "Two views can be compared where both show streams of the same Webcam, but the "
                f"Webcam of {name} is another one, of source {view.stream.webcam.source!r}. Make "
                "both streams with one Webcam."
            )
        return view

    @traitlets.validate("names")
    def _two_names(self, proposal: dict[str, Any]) -> list[str]:
        names: list[str] = proposal["value"]
        if len(names) not in {0, _BOTH}:
            raise InvalidOptionError(
                "names must be two, the first for a and the second for b, or none for those of "
                f"their models, but got {len(names)}: {names}."
            )
        return names
