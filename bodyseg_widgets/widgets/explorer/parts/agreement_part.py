"""How well all pairs of panels agree, beside the panels."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import ipywidgets

from bodyseg_widgets.widgets.kit.boxes import box, close_family, heading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.widgets.explorer.parts.part import PartContext
    from bodyseg_widgets.widgets.view.model_panel import ModelPanel


class AgreementPart(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no type information
    """How well all pairs of panels agree: now, and over the last seconds.

    Attributes
    ----------
    table : AgreementTable
        The agreement now; its ``measure`` is also that of the plot.
    plot : AgreementPlot
        The agreement over the last seconds.
    """

    def __init__(self, panels: Sequence[ModelPanel], context: PartContext) -> None:
        from bodyseg_widgets.widgets.compare.agreement_plot import AgreementPlot  # noqa: PLC0415
        from bodyseg_widgets.widgets.compare.agreement_table import AgreementTable  # noqa: PLC0415

        del panels
        self.table = AgreementTable(context.monitor)
        self.plot = AgreementPlot(context.monitor)
        head = box(ipywidgets.HBox, "head", heading("Agreement"))
        super().__init__([head, box(ipywidgets.HBox, "pairs", self.table, self.plot)])
        self.add_class("bodyseg-panel")
        self._closing = ExitStack()
        self._closing.callback(close_family, self)
        self._closing.callback(self.plot.close)
        self._closing.callback(self.table.close)
        self.table.observe(self._on_measure_changed, "measure")

    def set_panels(self, panels: Sequence[ModelPanel]) -> None:
        """Do nothing: the monitor has the panels."""

    def close(self) -> None:
        """Close every widget inside."""
        if self.comm is None:
            return
        self._closing.close()
        super().close()

    def _on_measure_changed(self, _: object) -> None:
        self.plot.measure = self.table.measure
