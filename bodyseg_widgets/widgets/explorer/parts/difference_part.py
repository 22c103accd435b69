"""The difference of two panels beside the panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from bodyseg_widgets.widgets.compare.difference_view import DIFFERENCE_VIEWS, DifferenceView
from bodyseg_widgets.widgets.kit.boxes import box, heading
from bodyseg_widgets.widgets.kit.controls import labelled_picker
from bodyseg_widgets.widgets.kit.observers import OwnChanges
from bodyseg_widgets.widgets.kit.page_links import PageLinks
from bodyseg_widgets.widgets.kit.widget_box import WidgetBox
from bodyseg_widgets.widgets.view.view_tabs import ViewTabs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.widgets.explorer.parts.part import PartContext
    from bodyseg_widgets.widgets.view.model_panel import ModelPanel


class DifferencePart(WidgetBox, ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no type information
    """Where two panels differ, with pickers for the two.

    Attributes
    ----------
    view : DifferenceView
        The image with the differences.
    a_picker, b_picker : ipywidgets.Dropdown
        Which two panels.
    tabs : ViewTabs
        Agreement, or the signed difference of the probabilities.
    """

    a_picker: ipywidgets.Dropdown
    b_picker: ipywidgets.Dropdown
    view: DifferenceView
    tabs: ViewTabs

    def __init__(self, panels: Sequence[ModelPanel], context: PartContext) -> None:
        self._panels = [*panels]
        self._chosen = [panels[0], panels[1]]
        self._own = OwnChanges()
        self.a_picker = labelled_picker("First panel")
        self.b_picker = labelled_picker("Second panel")
        mirror_button = context.mirror_button
        self.view = DifferenceView(
            panels[0].view, panels[1].view, mirror=mirror_button.value, frame_number=True
        )
        self.tabs = ViewTabs(value=self.view.view, views=DIFFERENCE_VIEWS)
        pair = box(
            ipywidgets.HBox,
            "pair",
            self.a_picker,
            ipywidgets.HTML('<span class="bodyseg-quiet">vs</span>'),
            self.b_picker,
        )
        head = box(ipywidgets.HBox, "head", heading("Difference"), pair)
        links = PageLinks()
        super().__init__([head, self.view, self.tabs, links])
        self.add_class("bodyseg-panel")
        for control, name in ((self.tabs, "view"), (mirror_button, "mirror")):
            links.link((control, "value"), (self.view, name))
        for picker in (self.a_picker, self.b_picker):
            picker.observe(self._on_picker_changed, "value")
        self.set_panels(panels)

    def set_panels(self, panels: Sequence[ModelPanel]) -> None:
        """Offer these panels; a removed one is replaced by the first that is not chosen."""
        if len(panels) == 1:
            # It is hidden, and goes on with this panel when there is another one again.
            return
        self._panels = [*panels]
        for at, chosen in enumerate(self._chosen):
            if chosen not in panels:
                others = [each for each in panels if each not in self._chosen]
                self._chosen[at] = others[0] if others else panels[0]
        options = [(panel.name, index) for index, panel in enumerate(panels)]
        pickers = (self.a_picker, self.b_picker)
        # Half set, they would choose a pair that is not meant.
        with self._own:
            for picker, panel in zip(pickers, self._chosen, strict=True):
                picker.options = options
                picker.value = panels.index(panel)
        self._show()

    def _on_picker_changed(self, _: object) -> None:
        if self._own.now:
            return
        self._chosen = [self._panels[each.value] for each in (self.a_picker, self.b_picker)]
        self._show()

    def _show(self) -> None:
        a, b = self._chosen
        with self.view.hold_sync():
            self.view.a, self.view.b = a.view, b.view
            self.view.names = [a.name, b.name]
