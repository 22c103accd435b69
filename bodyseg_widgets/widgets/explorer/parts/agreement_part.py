"""How well all pairs of panels agree, beside the panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from bodyseg_widgets.widgets.kit.boxes import box, heading
from bodyseg_widgets.widgets.kit.widget_box import WidgetBox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.widgets.compare.agreement_plot import AgreementPlot
    from bodyseg_widgets.widgets.compare.agreement_table import AgreementTable
    from bodyseg_widgets.widgets.explorer.parts.part import PartContext
    from bodyseg_widgets.widgets.view.model_panel import ModelPanel


class AgreementPart(WidgetBox, ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no type information
    """How well all pairs of panels agree: now, and over the last seconds.

    Attributes
    ----------
    table : AgreementTable
        The agreement now; its ``measure`` is also that of the plot.
    plot : AgreementPlot
        The agreement over the last seconds.
    """

    table: AgreementTable
    plot: AgreementPlot

    def __init__(self, panels: Sequence[ModelPanel], context: PartContext) -> None:
        from bodyseg_widgets.widgets.compare.agreement_plot import AgreementPlot  # noqa: PLC0415
        from bodyseg_widgets.widgets.compare.agreement_table import AgreementTable  # noqa: PLC0415

        del panels
        self.table = AgreementTable(context.monitor)
        self._closing.callback(self.table.close)
        self.plot = AgreementPlot(context.monitor)
        self._closing.callback(self.plot.close)
        head = box(ipywidgets.HBox, "head", heading("Agreement"))
        super().__init__([head, box(ipywidgets.HBox, "pairs", self.table, self.plot)])
        self.add_class("bodyseg-panel")
        self.table.observe(self._on_measure_changed, "measure")

    def set_panels(self, panels: Sequence[ModelPanel]) -> None:
        """Do nothing: the monitor has the panels."""

    def _on_measure_changed(self, _: object) -> None:
        self.plot.measure = self.table.measure
