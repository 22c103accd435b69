"""The table of how well all pairs of panels agree."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypedDict

import traitlets

from bodyseg_widgets.widgets.compare.agreement_display import AgreementDisplay
from bodyseg_widgets.widgets.compare.agreement_monitor import MEASURES
from bodyseg_widgets.widgets.kit.front_end import front_end_module
from bodyseg_widgets.widgets.kit.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.widgets.compare.agreement_monitor import AgreementMonitor, FrameAgreement
    from bodyseg_widgets.widgets.compare.compared_panels import ComparedPanel

_DIGITS = 4
"""More than are shown, but few enough that a still source sends nothing."""


class Agreement(TypedDict):
    """The numbers of an `AgreementTable`."""

    names: list[str]
    """The panels' names."""
    started: bool
    """Whether any panel has ever finished a frame."""
    pairs: list[tuple[int, int, float, float, int]]
    """Of each pair the places of both in `names`, intersection over union, mean absolute
    difference, and the frame's number."""
    classes: list[tuple[int, int, float, dict[str, float]]]
    """Of each pair whose models tell the same classes apart: the places of both in `names`, the
    share of pixels with the same class among those with any, and by label the intersection over
    union of each class that either shows."""


class AgreementTable(AgreementDisplay, Widget):
    """How well each two panels agree on the same frame, live.

    A cell shows the intersection over union of two panels' masks, each at its own threshold, or
    the mean absolute difference of their probabilities; larger values are bluer. For models that
    tell the same classes apart, such as two of BodyPix, there is a third choice: the share of
    pixels with the same class, and below it the intersection over union of each class. Numbers are
    updated at most five times a second, and at once when a threshold changes or a frame is shown
    while paused. Nothing is computed while the table cannot be seen.

    Parameters
    ----------
    panels : sequence of ComparedPanel, or AgreementMonitor
        What to compare: objects with a ``name``, a ``stream`` (with ``on_result``) and a
        ``view`` (a `SegmentationView`), at most six. Given a monitor, the table shows what it
        computes, and does not close it.
    measure
        First value of the trait of this name.

    Raises
    ------
    InvalidOptionError
        More than six panels, or two of the same name.

    Examples
    --------
    >>> from bodyseg_widgets import AgreementTable, Compare, Webcam
    >>> compare = Compare(["general", "landscape"], Webcam(source="sample"), show=())
    >>> table = AgreementTable(compare.panels)
    >>> table.measure
    'iou'
    >>> table.close(); compare.close()
    """

    _esm = front_end_module("agreement_table")
    _agreement = traitlets.Dict().tag(sync=True)

    measure = traitlets.Enum(MEASURES, default_value="iou").tag(sync=True)
    """What the cells show: one of ``MEASURES``."""

    def __init__(
        self, panels: Sequence[ComparedPanel] | AgreementMonitor = (), *, measure: str = "iou"
    ) -> None:
        # Messages of the page are handled on other threads than the monitor's, which sends numbers.
        self._lock = threading.RLock()
        self._use_monitor(panels)
        self._closing.callback(self.forget_views)
        super().__init__(_agreement=self._agreement_of(()), measure=measure)
        self.count_views()

    @property
    def monitor(self) -> AgreementMonitor:
        """Computes the numbers; subscribe to it for numbers while the table is not displayed."""
        return self._monitor

    def _on_agreement(self, pairs: tuple[FrameAgreement, ...]) -> None:
        agreement = self._agreement_of(pairs)
        with self._lock:
            if self._unsubscribe_monitor is not None:
                self.set_trait("_agreement", agreement)

    def _agreement_of(self, pairs: tuple[FrameAgreement, ...]) -> Agreement:
        names = self._monitor.names
        known = [pair for pair in pairs if pair.a in names and pair.b in names]
        return {
            "names": names,
            "started": self._monitor.started,
            "pairs": [
                (
                    names.index(pair.a),
                    names.index(pair.b),
                    round(pair.iou, _DIGITS),
                    round(pair.mean_absolute_difference, _DIGITS),
                    pair.frame,
                )
                for pair in known
            ],
            "classes": [
                (
                    names.index(pair.a),
                    names.index(pair.b),
                    round(pair.classes.same_class, _DIGITS),
                    {label: round(iou, _DIGITS) for label, iou in pair.classes.iou.items()},
                )
                for pair in known
                if pair.classes is not None
            ],
        }
