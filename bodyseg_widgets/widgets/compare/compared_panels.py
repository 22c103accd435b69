"""The panels that are compared: their names, their look in plots, their results."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from bodyseg_widgets.arguments import in_short
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.rendering.color import PANEL_COLORS
from bodyseg_widgets.streaming import SameFrames

if TYPE_CHECKING:
    from collections.abc import Callable

    from bodyseg_widgets.streaming import ResultSource, SameFrame
    from bodyseg_widgets.widgets.view.segmentation_view import SegmentationView

PANEL_DASHES: Final = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
"""The line style of each panel in plots, by its position: lines differ without color, too."""

MAX_PANELS: Final = len(PANEL_COLORS)
"""The most panels that can be compared; more could not be told apart."""


_PANEL_PARTS = ("name", "stream", "view")


class ComparedPanel(Protocol):
    """A panel that is compared with others."""

    @property
    def name(self) -> str:
        """Its label; no other panel has this one."""

    @property
    def stream(self) -> ResultSource:
        """The source of its results; anything with ``on_result`` will do."""

    @property
    def view(self) -> SegmentationView:
        """The view whose ``threshold`` counts."""


class ComparedPanels:
    """The results and thresholds of panels, which can be replaced at any time.

    Parameters
    ----------
    panels : sequence of ComparedPanel
        First value of :attr:`panels`.
    on_change : callable
        Called without arguments when panels or a threshold have changed, on the thread that
        changed them.

    Attributes
    ----------
    frames : SameFrames
        What the panels' streams have finished, by the panels' names.

    Raises
    ------
    InvalidOptionError
        Too many panels, or two of the same name.
    """

    def __init__(self, panels: Sequence[ComparedPanel], on_change: Callable[[], object]) -> None:
        self.frames = SameFrames(asks=False)
        self._on_change = on_change
        self._lock = threading.Lock()
        self._named: dict[str, ComparedPanel] = {}
        self._replace(panels)

    @property
    def panels(self) -> list[ComparedPanel]:
        """The panels in their order. Set it after any was added, removed, moved or renamed."""
        return [*self._named.values()]

    @panels.setter
    def panels(self, panels: Sequence[ComparedPanel]) -> None:
        self._replace(panels)
        self._on_change()

    @property
    def names(self) -> list[str]:
        """The panels' names, as they were when the panels were set."""
        return [*self._named]

    @property
    def thresholds(self) -> dict[str, float]:
        """The panels' thresholds now, by their names."""
        return {name: panel.view.threshold for name, panel in self._named.items()}

    def shown(self) -> dict[str, SameFrame]:
        """Return the newest frame that all panels have finished, for each panel by name.

        Where there is no recent common frame, each panel has its own newest frame. Panels
        without any result are left out.
        """
        names = self.names
        together = self.frames.newest(names)
        if together is not None:
            return dict.fromkeys(names, together)
        each = {name: self.frames.newest_of(name) for name in names}
        return {name: frame for name, frame in each.items() if frame is not None}

    def close(self) -> None:
        """Unsubscribe from all panels; calling it again does nothing."""
        self._replace(())
        self.frames.close()

    def _replace(self, panels: Sequence[ComparedPanel]) -> None:
        _check_panels(panels)
        names = [panel.name for panel in panels]
        if len(names) > MAX_PANELS or len({*names}) < len(names):
            raise InvalidOptionError(
                f"Expect at most {MAX_PANELS} panels of different names, but got {names!r}."
            )
        with self._lock:
            for panel in self._named.values():
                panel.view.unobserve(self._on_threshold_changed, "threshold")
            self._named = dict(zip(names, panels, strict=True))
            for panel in panels:
                panel.view.observe(self._on_threshold_changed, "threshold")
            self.frames.streams = {name: panel.stream for name, panel in self._named.items()}

    def _on_threshold_changed(self, _: dict[str, Any]) -> None:
        self._on_change()


def _check_panels(panels: object) -> None:
    """Raise an error unless these are panels."""
    given = panels if isinstance(panels, Sequence) and not isinstance(panels, str) else [None]
    if all(hasattr(each, part) for each in given for part in _PANEL_PARTS):
        return
    own = isinstance(getattr(panels, "panels", None), Sequence)
    fix = "Pass its .panels." if own else "Pass the .panels of a Compare."
    raise InvalidOptionError(
        "panels must be a list of panels, each with a name, a stream and a view, but got "
        f"{in_short(panels)}. {fix}"
    )
