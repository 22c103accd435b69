"""The pose in 3D as a panel: the plot, with a button and a picker for a trail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets

from bodyseg_widgets.arguments import check_choice
from bodyseg_widgets.pose import KEYPOINT_NAMES
from bodyseg_widgets.widgets.kit.controls import labelled_picker
from bodyseg_widgets.widgets.kit.group_mark import GroupMark
from bodyseg_widgets.widgets.kit.pictured import Pictured
from bodyseg_widgets.widgets.kit.toggle_button import ToggleButton
from bodyseg_widgets.widgets.kit.widget_box import WidgetBox
from bodyseg_widgets.widgets.pose.landmark_plot import LandmarkPlot3D

if TYPE_CHECKING:
    from bodyseg_widgets.streaming import ResultSource
    from bodyseg_widgets.widgets.source.mirrored import MirrorChoice


class PosePanel3D(Pictured, WidgetBox, ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no type information
    """A `LandmarkPlot3D` with a button and a picker for the trail of a joint.

    Parameters
    ----------
    stream : SegmentationStream
        What to show. Its model must find poses, as BlazePose does.
    mirror : bool or "auto"
        First value of ``plot.mirror``.
    joint : str
        The keypoint whose trail the button shows; one of ``KEYPOINT_NAMES``.

    Attributes
    ----------
    plot : LandmarkPlot3D
        The plot; link its ``mirror`` to that of the view.
    trail_button : ToggleButton
        Whether the trail is drawn.
    joint_picker : ipywidgets.Dropdown
        Whose trail.

    Examples
    --------
    >>> from bodyseg_widgets import PosePanel3D, SegmentationStream, Webcam
    >>> webcam = Webcam(source="sample")
    >>> stream = SegmentationStream(webcam, model="BlazePose")
    >>> panel = PosePanel3D(stream, joint="nose")
    >>> panel.trail_button.value = True
    >>> panel.plot.trail
    'nose'
    >>> panel.close(); stream.close(); webcam.close()
    """

    plot: LandmarkPlot3D
    trail_button: ToggleButton
    joint_picker: ipywidgets.Dropdown

    def __init__(
        self, stream: ResultSource, *, mirror: MirrorChoice = "auto", joint: str = "left_wrist"
    ) -> None:
        check_choice("joint", joint, KEYPOINT_NAMES)
        self.plot = LandmarkPlot3D(stream, mirror=mirror)
        self._closing.callback(self.plot.close)
        self.trail_button = ToggleButton("Trail", "Show the path of a joint over the last seconds")
        self.joint_picker = labelled_picker(
            "Joint whose trail is shown",
            [(name.replace("_", " "), name) for name in KEYPOINT_NAMES],
            joint,
        )
        title = ipywidgets.HTML(
            '<span class="bodyseg-title" role="heading" aria-level="3">Pose in 3D</span> '
            '<span class="bodyseg-badge">meters, hips at 0</span>'
        )
        mark = GroupMark("Pose in 3D")
        head = ipywidgets.HBox([title, self.trail_button, self.joint_picker])
        head.add_class("bodyseg-head")
        panel = ipywidgets.VBox([head, self.plot, mark])
        panel.add_class("bodyseg-panel")
        super().__init__([panel])
        # So that it looks the same outside of an Explorer.
        self.add_class("bodyseg-explorer")
        for control in (self.trail_button, self.joint_picker):
            control.observe(self._on_control_changed, "value")
        self.plot.observe(self._on_trail_changed, "trail")

    def _picture(self) -> bytes:
        return self.plot._picture()  # noqa: SLF001 - it has no other

    def _on_control_changed(self, _: object) -> None:
        self.plot.trail = self.joint_picker.value if self.trail_button.value else None

    def _on_trail_changed(self, _: object) -> None:
        self.trail_button.value = self.plot.trail is not None
        if self.plot.trail is not None:
            self.joint_picker.value = self.plot.trail
