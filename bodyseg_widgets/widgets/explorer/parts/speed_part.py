"""How fast all models are on this computer, in each way to run them, beside the panels."""

from __future__ import annotations

import html
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import ipywidgets

from bodyseg_widgets.errors import BodySegError
from bodyseg_widgets.widgets.explorer.speed import check_can_measure, measure_speed, ways_of
from bodyseg_widgets.widgets.kit.boxes import box, heading
from bodyseg_widgets.widgets.kit.widget_box import WidgetBox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.measuring import Benchmark
    from bodyseg_widgets.widgets.explorer.parts.part import PartContext
    from bodyseg_widgets.widgets.explorer.speed import Way
    from bodyseg_widgets.widgets.view.model_panel import ModelPanel

_SECONDS = 2.0
_HINT = (
    "Runs the bundled models in every way there is, one after the other, on what the source shows; "
    "the panels wait. Pictures go to Python meanwhile."
)


class SpeedPart(WidgetBox, ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no type information
    """Frames per second by model, runtime and accelerator.

    Attributes
    ----------
    button : ipywidgets.Button
        Measures, or cancels that.
    progress : ipywidgets.IntProgress
        How many are done. Hidden before and after.
    said : ipywidgets.HTML
        What is measured now, or why it cannot be.
    table : ipywidgets.HTML
        The result.
    """

    button: ipywidgets.Button
    progress: ipywidgets.IntProgress
    said: ipywidgets.HTML
    table: ipywidgets.HTML

    def __init__(self, panels: Sequence[ModelPanel], context: PartContext) -> None:
        del context
        self._latest: Benchmark | None = None
        self._panels = tuple(panels)
        self._lock = threading.Lock()
        self._cancelled: threading.Event | None = None
        self.button = ipywidgets.Button(description=_MEASURE)
        self.button.on_click(self._on_click)
        self.progress = ipywidgets.IntProgress(layout={"display": "none"})
        self.said = ipywidgets.HTML(_HINT)
        self.table = ipywidgets.HTML()
        head = box(ipywidgets.HBox, "head", heading("Speed"), self.button)
        super().__init__([head, self.progress, self.said, self.table])
        self.add_class("bodyseg-panel")
        self.add_class("bodyseg-speed")
        self._closing.callback(self._cancel)

    @property
    def latest(self) -> Benchmark | None:
        """The newest result, or None before the first."""
        return self._latest

    def set_panels(self, panels: Sequence[ModelPanel]) -> None:
        """Have these panels wait during the next measurement."""
        self._panels = tuple(panels)

    def _on_click(self, _: object) -> None:
        with self._lock:
            if self._cancelled is None:
                self._begin()
            else:
                self._cancelled.set()

    def _cancel(self) -> None:
        with self._lock:
            if self._cancelled is not None:
                self._cancelled.set()

    def _begin(self) -> None:
        webcam = self._panels[0].stream.webcam
        try:
            check_can_measure(webcam, _SECONDS)
        except BodySegError as error:
            self.said.value = html.escape(str(error))
            return
        self._cancelled = threading.Event()
        ways = ways_of(None)
        self.progress.max, self.progress.value = len(ways), 0
        self.progress.layout.display = None
        self.button.description = "Cancel"
        threading.Thread(
            target=self._run, args=(ways, self._cancelled), name="bodyseg-speed", daemon=True
        ).start()

    def _run(self, ways: list[Way], cancelled: threading.Event) -> None:
        def tell(index: int, way: Way) -> None:
            self.progress.value = index
            self.said.value = html.escape(f"{index + 1} of {len(ways)}: {way.label}")

        panels = self._panels
        said = "Cancelled."
        try:
            with ExitStack() as resting:
                for panel in panels:
                    resting.enter_context(panel.stream.resting())
                measured = measure_speed(
                    panels[0].stream.webcam, ways, _SECONDS, tell=tell, cancelled=cancelled
                )
            if measured is not None:
                self._latest = measured
                self.table.value = measured._repr_html_()
                said = _HINT
        except BodySegError as error:
            said = str(error)
        finally:
            with self._lock:
                self._cancelled = None
            self.said.value = html.escape(said)
            self.progress.layout.display = "none"
            self.button.description = _MEASURE


_MEASURE = "Measure"
