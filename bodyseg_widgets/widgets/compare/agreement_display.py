"""What table and plot of the panels' agreement share: a monitor, asked only while displayed."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from bodyseg_widgets.widgets.compare.agreement_monitor import AgreementMonitor
from bodyseg_widgets.widgets.kit.displayed import Displayed
from bodyseg_widgets.widgets.kit.widget import Closing

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    from bodyseg_widgets.listeners import Unsubscribe
    from bodyseg_widgets.widgets.compare.agreement_monitor import FrameAgreement
    from bodyseg_widgets.widgets.compare.compared_panels import ComparedPanel

__all__ = ["AgreementDisplay"]


class AgreementDisplay(Closing, Displayed):
    """A widget that shows how well all pairs of panels agree.

    Nothing is computed for it while it cannot be seen. Subclasses have a lock, call
    `_use_monitor` before anything else of theirs needs it, and implement `_on_agreement`.
    """

    _lock: threading.RLock
    _monitor: AgreementMonitor
    _unsubscribe_monitor: Unsubscribe | None

    @property
    def panels(self) -> list[ComparedPanel]:
        """What is compared. Set it after panels were added, removed, moved or renamed."""
        return self._monitor.panels

    @panels.setter
    def panels(self, panels: Sequence[ComparedPanel]) -> None:
        self._monitor.panels = [*panels]

    def _use_monitor(self, panels: Sequence[ComparedPanel] | AgreementMonitor) -> None:
        """Show what a monitor computes, or what one made for these panels does."""
        self._unsubscribe_monitor = None
        if isinstance(panels, AgreementMonitor):
            self._monitor = panels
        else:
            self._monitor = AgreementMonitor(panels)
            self._closing.callback(self._monitor.close)
        self.on_displayed(self._on_displayed)

    @abstractmethod
    def _on_agreement(self, pairs: tuple[FrameAgreement, ...]) -> None:
        """Show the agreement; called on the monitor's thread."""

    def _on_displayed(self) -> None:
        with self._lock:
            if self.is_displayed and self._unsubscribe_monitor is None:
                self._unsubscribe_monitor = self._monitor.on_agreement(self._on_agreement)
            elif not self.is_displayed and self._unsubscribe_monitor is not None:
                self._unsubscribe_monitor()
                self._unsubscribe_monitor = None
