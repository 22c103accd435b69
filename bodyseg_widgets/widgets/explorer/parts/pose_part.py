"""The pose in 3D beside the panels."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import ipywidgets
import traitlets

from bodyseg_widgets.widgets.explorer.parts.part import PartContext, finds_poses_in_3d
from bodyseg_widgets.widgets.kit.widget_box import WidgetBox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.widgets.pose.pose_panel import PosePanel3D
    from bodyseg_widgets.widgets.view.model_panel import ModelPanel


class PosePart(WidgetBox, ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no type information
    """The pose in 3D of the first panel whose model finds poses."""

    def __init__(self, panels: Sequence[ModelPanel], context: PartContext) -> None:
        self._mirror_button = context.mirror_button
        self._panel: ModelPanel | None = None
        # What ends with the plot that is shown now.
        self._plot_stack = ExitStack()
        self._closing.callback(self._plot_stack.close)
        self._pose_panel: PosePanel3D | None = None
        super().__init__([])
        self.set_panels(panels)

    @property
    def pose_panel(self) -> PosePanel3D | None:
        """The plot with its controls; None while no panel has poses."""
        return self._pose_panel

    def set_panels(self, panels: Sequence[ModelPanel]) -> None:
        """Show the first of these panels that has poses."""
        panel = next((each for each in panels if finds_poses_in_3d(each)), None)
        if panel is self._panel or (panel is None and self._panel in panels):
            return
        self._plot_stack.close()
        self._panel = panel
        if panel is not None:
            self._open(panel)

    def _open(self, panel: ModelPanel) -> None:
        from bodyseg_widgets.widgets.pose.pose_panel import PosePanel3D  # noqa: PLC0415

        self._pose_panel = PosePanel3D(panel.stream, mirror=self._mirror_button.value)
        self._plot_stack.callback(self._pose_panel.close)
        link = traitlets.link((self._mirror_button, "value"), (self._pose_panel.plot, "mirror"))
        self._plot_stack.callback(link.unlink)
        self.children = [self._pose_panel]
        self._plot_stack.callback(self._clear)

    def _clear(self) -> None:
        self.children = []
        self._pose_panel = None
