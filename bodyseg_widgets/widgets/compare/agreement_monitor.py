"""How well the masks of all panels agree, computed on a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

from bodyseg_widgets.evaluation import (
    PairAgreement,
    class_agreement,
    common_classes,
    compare_all,
)
from bodyseg_widgets.listeners import Listeners, log_errors
from bodyseg_widgets.streaming import LatestWorker
from bodyseg_widgets.widgets.compare.compared_panels import ComparedPanels

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bodyseg_widgets.evaluation import ClassAgreement
    from bodyseg_widgets.listeners import Unsubscribe
    from bodyseg_widgets.segmentation import Segmentation
    from bodyseg_widgets.streaming import Result, SameFrame
    from bodyseg_widgets.widgets.compare.compared_panels import ComparedPanel

MEASURES = ("iou", "difference", "classes")
"""What is shown of an agreement: ``"iou"``, the intersection over union of the masks, 0 to 1 (the
same), ``"difference"``, the mean absolute difference of the probabilities, 0 (the same) to 1, or
``"classes"``, for two models that tell the same classes apart: the share of pixels with the same
class among those that have one in either, 0 to 1 (the same), and the table has each class."""

PERIOD = 0.2
"""Least time between two comparisons while the source is running, in seconds."""

SHORTEST = 0.05
"""Least time between two comparisons while a slider is moved, in seconds."""

SLOWER_MODELS_WAIT = 0.3
"""How long a frame that is shown while paused waits for the slower models, in seconds."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FrameAgreement(PairAgreement):
    """How well two panels agree, and on which frame.

    Attributes
    ----------
    frame : int
        The number of the frame that both have finished: `Frame.id`.
    timestamp : float
        When the frame was taken, in seconds since 1970.
    live : bool
        False where it is shown while the source is paused.
    classes : ClassAgreement or None
        How far they agree on classes; None if they have none in common beside *person*.
    """

    frame: int
    timestamp: float
    live: bool
    classes: ClassAgreement | None = None


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a subscriber wants; see `AgreementMonitor.on_agreement`."""

    period: float
    asks: bool


AgreementCallback: TypeAlias = "Callable[[tuple[FrameAgreement, ...]], object]"
"""A function that takes what :attr:`AgreementMonitor.latest` is; what it returns is not used."""


class AgreementMonitor:
    """Compares all pairs of panels on the newest frame that both have finished.

    This is the newest common frame of all panels, or of the pair if all have no recent one. It
    compares as often as its subscribers want it, at most five times a second by default, and at
    once when a threshold or the panels change or a frame is shown while paused; it compares only
    while there are subscribers.

    Parameters
    ----------
    panels : sequence of ComparedPanel
        Objects with a ``name``, a ``stream`` (with ``on_result``) and a ``view`` (with a
        ``threshold``).

    Raises
    ------
    InvalidOptionError
        More than six panels, or two of the same name.

    Examples
    --------
    >>> from bodyseg_widgets import Compare, Webcam
    >>> from bodyseg_widgets.widgets.compare.agreement_monitor import AgreementMonitor
    >>> compare = Compare(["general", "landscape"], Webcam(source="sample"), show=())
    >>> monitor = AgreementMonitor(compare.panels)
    >>> unsubscribe = monitor.on_agreement(lambda pairs: print([pair.iou for pair in pairs]))
    >>> # Press Start, and then:
    >>> unsubscribe(); monitor.close(); compare.close()
    >>> monitor.latest
    ()
    """

    def __init__(self, panels: Sequence[ComparedPanel] = ()) -> None:
        self._listeners: Listeners[[tuple[FrameAgreement, ...]]] = Listeners(
            log_errors(_log, "on_agreement")
        )
        self._wishes_lock = threading.Lock()
        # Of the subscribers, by unique keys.
        self._wishes: dict[object, _Wish] = {}
        self._latest: tuple[FrameAgreement, ...] = ()
        self._hurry = threading.Event()
        self._news = threading.Event()
        self._closed = threading.Event()
        self._worker: LatestWorker[None] = LatestWorker(
            self._update, on_skipped=lambda _: None, name="bodyseg-AgreementMonitor"
        )
        self._compared = ComparedPanels(panels, self._compare_now)
        self._compared.frames.on_result(self._notice)

    @property
    def panels(self) -> list[ComparedPanel]:
        """What is compared. Set it after panels were added, removed, moved or renamed."""
        return self._compared.panels

    @panels.setter
    def panels(self, panels: Sequence[ComparedPanel]) -> None:
        self._compared.panels = [*panels]

    @property
    def names(self) -> list[str]:
        """The names of :attr:`panels`, in their order."""
        return self._compared.names

    @property
    def started(self) -> bool:
        """Whether any of the panels has ever finished a frame."""
        return bool(self._compared.shown())

    @property
    def latest(self) -> tuple[FrameAgreement, ...]:
        """All pairs with a recent common frame, in the order of the panels.

        It is not updated while there are no subscribers.
        """
        return self._latest

    def on_agreement(
        self, callback: AgreementCallback, *, period: float = PERIOD, asks: bool = True
    ) -> Unsubscribe:
        """Call ``callback(latest)`` after each comparison, on the monitor's thread.

        It is also called where nothing has changed, and with an empty tuple where no pair has a
        recent common frame. What it raises is logged.

        Parameters
        ----------
        callback : callable
            Called with `latest`.
        period : float
            How long the source may run between two comparisons, in seconds. All subscribers are
            called as often as the most demanding one.
        asks : bool
            Whether results have to come for it; else it hears of those that come anyway.

        Returns
        -------
        callable
            Call it without arguments to unsubscribe.
        """
        key = object()
        with self._wishes_lock:
            self._wishes[key] = _Wish(period, asks)
            self._ask()
        remove = self._listeners.add(callback)
        self._compare_now()

        def unsubscribe() -> None:
            remove()
            with self._wishes_lock:
                self._wishes.pop(key, None)
                self._ask()

        return unsubscribe

    def close(self) -> None:
        """Unsubscribe from the panels and end the thread; calling it again does nothing."""
        self._compared.close()
        self._listeners.clear()
        self._closed.set()
        self._hurry.set()
        self._news.set()
        self._worker.close()

    def _ask(self) -> None:
        self._compared.frames.asks = any(wish.asks for wish in self._wishes.values())

    def _notice(self, result: Result) -> None:
        self._news.set()
        if not result.frame.live:
            self._compare_now()
        elif self._listeners:
            self._worker.offer(None)

    def _compare_now(self) -> None:
        if self._listeners:
            self._worker.offer(None)
            self._hurry.set()

    def _update(self, _: None) -> None:
        begin = time.monotonic()
        self._hurry.clear()
        self._wait_for_slower_models(begin + SLOWER_MODELS_WAIT)
        if self._closed.is_set():
            return
        panels = self._compared.panels, self._compared.names
        latest = self._compare()
        # Panels that were replaced or renamed meanwhile are compared again at once, so no
        # number is shown under another panel's name.
        if panels == (self._compared.panels, self._compared.names):
            self._latest = latest
            self._listeners.notify(latest)
        with self._wishes_lock:
            period = min((wish.period for wish in self._wishes.values()), default=PERIOD)
        self._hurry.wait(max(0.0, begin + period - time.monotonic()))
        self._closed.wait(max(0.0, begin + SHORTEST - time.monotonic()))

    def _wait_for_slower_models(self, end: float) -> None:
        """Let the slower models finish the frame that is shown while paused.

        Otherwise the table would be empty for a moment after every step.
        """
        while not self._compared.frames.is_settled() and not self._closed.is_set():
            left = end - time.monotonic()
            if left <= 0:
                return
            self._news.wait(left)
            self._news.clear()

    def _compare(self) -> tuple[FrameAgreement, ...]:
        thresholds = self._compared.thresholds
        together = self._compared.frames.newest([*thresholds])
        if together is not None:
            return _on_frame(together, thresholds)
        each = [self._compared.frames.newest(pair) for pair in combinations(thresholds, 2)]
        return tuple(
            agreement
            for frame in each
            if frame is not None
            for agreement in _on_frame(frame, thresholds)
        )


def _on_frame(frame: SameFrame, thresholds: Mapping[str, float]) -> tuple[FrameAgreement, ...]:
    found = {name: result.seen().segmentation for name, result in frame.results.items()}
    masks = {name: segmentation.mask for name, segmentation in found.items()}
    return tuple(
        FrameAgreement(
            pair.a,
            pair.b,
            pair.iou,
            pair.mean_absolute_difference,
            frame.id,
            frame.timestamp,
            frame.live,
            _on_classes(found[pair.a], found[pair.b], thresholds[pair.a], thresholds[pair.b]),
        )
        for pair in compare_all(masks, thresholds)
    )


def _on_classes(
    a: Segmentation, b: Segmentation, threshold_a: float, threshold_b: float
) -> ClassAgreement | None:
    if not (a.has_classes and b.has_classes and common_classes(a, b)):
        return None
    return class_agreement(a, b, threshold_a=threshold_a, threshold_b=threshold_b)
