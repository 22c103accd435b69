"""Where two models agree on a frame, and by how much they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from bodyseg_widgets.arguments import check_kind, names_of
from bodyseg_widgets.cards.differences import draw_agreement, draw_difference
from bodyseg_widgets.cards.panels import PanelPicture, panels_png
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.evaluation import intersection_over_union
from bodyseg_widgets.rendering.mirror import mirrored
from bodyseg_widgets.widgets.kit.front_end import front_end_module
from bodyseg_widgets.widgets.kit.pictured import Pictured
from bodyseg_widgets.widgets.kit.reference import REFERENCE
from bodyseg_widgets.widgets.kit.traits import Names
from bodyseg_widgets.widgets.kit.widget import Widget
from bodyseg_widgets.widgets.source.mirrored import Mirrored
from bodyseg_widgets.widgets.source.webcam import Webcam
from bodyseg_widgets.widgets.view.segmentation_view import SegmentationView
from bodyseg_widgets.widgets.view.still import at_rest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.widgets.source.mirrored import MirrorChoice

DIFFERENCE_VIEWS = ("agreement", "difference")
"""What a `DifferenceView` can show."""

_BOTH = 2


class DifferenceView(Pictured, Mirrored, Widget):
    """Where two models agree on the same frame, drawn over the image.

    It draws the newest frame that both have finished. The image is gray under the colors, so
    every color is a difference.

    The agreement colors each pixel by the models for which it is a person, each at its own
    threshold: both blue (``#0072B2``), only `a` orange (``#E69F00``), only `b` green
    (``#009E73``), neither dark; the legend shows the share of each. The difference colors each
    pixel by `a`'s probability minus `b`'s: orange where `a` is more certain, green where `b` is,
    dark where they are alike. Hovering, or the arrow keys, read both probabilities and their
    difference. Color-blind people can tell the colors apart.

    The thresholds are those of the two views. Everything is drawn in the browser: a threshold
    changes the image without a message to the kernel.

    Parameters
    ----------
    a, b : SegmentationView
        What to compare: the streams of two views, at their thresholds. They must be of one
        `Webcam`, and need not be displayed.
    view, opacity, mirror
        First values of the traits of these names.
    names : sequence of str, optional
        The labels of `a` and `b`. Default: the models of their streams.
    frame_number
        First value of the trait of this name.

    Raises
    ------
    InvalidOptionError
        `a` and `b` have different sources, or `names` are neither two nor none.

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

    _esm = front_end_module("difference_view")
    _webcam = traitlets.Instance(Webcam, read_only=True).tag(**REFERENCE)

    a = traitlets.Instance(SegmentationView).tag(**REFERENCE)
    """The first view; it can be replaced by another view of the same source at any time."""

    b = traitlets.Instance(SegmentationView).tag(**REFERENCE)
    """The second view, likewise."""

    names = Names().tag(sync=True)
    """The labels of `a` and `b`; empty for the models of their streams."""

    view = traitlets.Enum(DIFFERENCE_VIEWS, default_value="agreement").tag(sync=True)
    """What is drawn: ``"agreement"`` (for which models a pixel is a person) or ``"difference"``
    (`a`'s probability minus `b`'s)."""

    opacity = traitlets.Float(0.7, min=0, max=1).tag(sync=True)
    """How much the colors cover the gray image: 0 not at all, 1 completely."""

    frame_number = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether the number of the frame, `Frame.id`, is shown in the corner of the image."""

    def __init__(
        self,
        a: SegmentationView,
        b: SegmentationView,
        *,
        view: str = "agreement",
        opacity: float = 0.7,
        mirror: MirrorChoice = "auto",
        names: Sequence[str] = (),
        frame_number: bool = False,
    ) -> None:
        for name, given in (("a", a), ("b", b)):
            check_kind(name, given, SegmentationView, fix="Make one: SegmentationView(stream).")
        self.set_trait("_webcam", a.stream.webcam)
        super().__init__(
            a=a,
            b=b,
            names=names_of("names", names),
            view=view,
            opacity=opacity,
            mirror=mirror,
            frame_number=frame_number,
        )
        self._follow(self._webcam)

    def _picture(self) -> bytes:
        a, b = self.a, self.b
        (of_a, why_a), (of_b, why_b) = at_rest([a.stream, b.stream])
        names = self.names or [each.stream.choice.name for each in (a, b)]
        title = " and ".join(names) if self.view == "agreement" else " minus ".join(names)
        if of_a is None or of_b is None:
            return panels_png([PanelPicture(title, [self.view], note=why_a or why_b)])
        image, masks = of_a.frame.image, (of_a.mask, of_b.mask)
        if self.view == "agreement":
            thresholds = (a.threshold, b.threshold)
            drawn = draw_agreement(image, *masks, thresholds=thresholds, opacity=self.opacity)
            shared = intersection_over_union(
                *masks, threshold_a=a.threshold, threshold_b=b.threshold
            )
            facts = [f"blue both, orange {names[0]}, green {names[1]}", f"IoU {shared:.2f}"]
        else:
            drawn = draw_difference(image, *masks, opacity=self.opacity)
            facts = [f"orange: {names[0]} is more certain, green: {names[1]}"]
        return panels_png([PanelPicture(title, facts, mirrored(drawn, self.mirrored))])

    @traitlets.validate("a", "b")
    def _of_one_source(self, proposal: dict[str, Any]) -> SegmentationView:
        view: SegmentationView = proposal["value"]
        if view.stream.webcam is not self._webcam:
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
