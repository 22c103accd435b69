"""Coverage and agreement at every threshold, beside the panels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ipywidgets

from bodyseg_widgets.widgets.kit.boxes import box, heading
from bodyseg_widgets.widgets.kit.controls import labelled_picker
from bodyseg_widgets.widgets.kit.observers import OwnChanges
from bodyseg_widgets.widgets.kit.widget_box import WidgetBox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.widgets.compare.sweep_plot import SweepPlot
    from bodyseg_widgets.widgets.explorer.parts.part import PartContext
    from bodyseg_widgets.widgets.view.model_panel import ModelPanel

_NO_PANEL: Final = -1
"""The picker's value while no panel is the reference."""


class ThresholdSweepPart(WidgetBox, ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no type information
    """Coverage, and agreement with a chosen panel, at every threshold.

    Attributes
    ----------
    plot : SweepPlot
        The curves.
    reference_picker : ipywidgets.Dropdown
        The panel that the others are compared with.
    """

    plot: SweepPlot
    reference_picker: ipywidgets.Dropdown

    def __init__(self, panels: Sequence[ModelPanel], context: PartContext) -> None:
        from bodyseg_widgets.widgets.compare.sweep_plot import SweepPlot  # noqa: PLC0415

        del context
        self.plot = SweepPlot(panels)
        self._closing.callback(self.plot.close)
        self._panels = [*panels]
        self._reference: ModelPanel | None = None
        self._own = OwnChanges()
        self.reference_picker = labelled_picker("IoU reference")
        head = box(
            ipywidgets.HBox, "head", heading("Threshold sweep", "IoU with"), self.reference_picker
        )
        super().__init__([head, self.plot])
        self.add_class("bodyseg-panel")
        self.reference_picker.observe(self._on_picker_changed, "value")
        self.set_panels(panels)

    def set_panels(self, panels: Sequence[ModelPanel]) -> None:
        """Show these panels, and offer them as reference."""
        self._panels = [*panels]
        if self._reference not in panels:
            self._reference = None
        picker = self.reference_picker
        names = [(panel.name, index) for index, panel in enumerate(panels)]
        with self._own:
            picker.options = [("none", _NO_PANEL), *names]
            reference = self._reference
            picker.value = _NO_PANEL if reference is None else panels.index(reference)
        self.plot.panels = [*panels]
        self._show()

    def _on_picker_changed(self, change: dict[str, int]) -> None:
        if self._own.now:
            return
        index = change["new"]
        self._reference = None if index == _NO_PANEL else self._panels[index]
        self._show()

    def _show(self) -> None:
        self.plot.reference = None if self._reference is None else self._reference.name
