"""The whole panel in one cell: a composition of the other widgets, nothing more."""

from __future__ import annotations

from contextlib import ExitStack
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, get_args

import ipywidgets
import traitlets

from bodyseg_widgets.errors import MissingDependencyError
from bodyseg_widgets.options import Runtime, SupportedModels
from bodyseg_widgets.streaming import LIVE_MODELS
from bodyseg_widgets.widgets.segmentation_stream import SegmentationStream
from bodyseg_widgets.widgets.sliders import LabelledSlider, ScoreSlider
from bodyseg_widgets.widgets.views import (
    SegmentationView,
    ThresholdSlider,
    TimingReadout,
    ViewTabs,
)
from bodyseg_widgets.widgets.webcam import Webcam

if TYPE_CHECKING:
    from bodyseg_widgets.streaming import Result
    from bodyseg_widgets.widgets.pose_panel import PosePanel3D


class Explorer(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no type information
    """See a source's people, probability and poses live, and change everything while it runs.

    Display it as the last line of a cell and press Start. Its parts are the attributes below,
    each a widget of its own that can also be displayed elsewhere.

    Parameters
    ----------
    webcam : Webcam, optional
        The source. Default: a new `Webcam`.
    model : SupportedModels
        Which model: the selfie one finds the people's mask, BlazePose their poses too.
    model_type : str, optional
        Its variant. Of the selfie model: ``"general"`` (the default) looks at 256 x 256 pixels,
        ``"landscape"`` at 256 x 144: faster, and made for wide pictures. Of BlazePose, from
        fast to accurate: ``"lite"``, ``"full"`` (the default), ``"heavy"``.
    runtime : {"tensorflow", "mediapipe"}
        What runs the model.
    max_poses : int
        How many people's poses to look for, at least 1.
    view : {"mask", "heatmap", "cut-out", "contour", "picture"}
        What is drawn.
    threshold : float
        From which probability on a pixel is a person, 0 to 1.
    opacity : float
        How much mask or heatmap covers the picture, 0 to 1.
    mirror : bool
        Whether the picture is drawn as in a mirror.
    skeleton : bool
        Whether the poses' skeletons are drawn.
    score_threshold : float
        From which score on a joint is drawn, 0 to 1.

    Attributes
    ----------
    webcam : Webcam
        The source with its start and stop button.
    stream : SegmentationStream
        ``stream.latest``, ``stream.on_result(fn)`` and ``async for result in stream`` give
        Python the frames, masks, poses and timings.
    view : SegmentationView
        The picture.
    tabs : ViewTabs
        The choice of view.
    threshold_slider : ThresholdSlider
        The threshold under its histogram.
    opacity_slider : LabelledSlider
        The opacity.
    mirror_button : ipywidgets.ToggleButton
        Whether the picture is mirrored.
    skeleton_button : ipywidgets.ToggleButton
        Whether skeletons are drawn. Shown with models that find poses.
    score_slider : ScoreSlider
        The joints' score threshold. Shown with models that find poses.
    plot_button : ipywidgets.ToggleButton
        Whether the pose is shown in space, too. Shown with models that find poses.
    pose_panel : PosePanel3D or None
        The pose in space, while `plot_button` is pressed.
    model_picker, runtime_picker : ipywidgets.Dropdown
        The model and what runs it.
    rate, times : TimingReadout
        Masks per second, and where the time goes.

    Examples
    --------
    >>> from bodyseg_widgets import Explorer, Webcam
    >>> explorer = Explorer(Webcam(source="sample"), view="heatmap", threshold=0.3)
    >>> explorer.view.threshold
    0.3
    >>> explorer.stream.choose("BlazePose", "lite")
    >>> explorer.model_picker.label
    'BlazePose · lite'
    >>> explorer.close()
    """

    def __init__(
        self,
        webcam: Webcam | None = None,
        *,
        model: str = SupportedModels.MediaPipeSelfieSegmentation,
        model_type: str | None = None,
        runtime: Runtime = "tensorflow",
        max_poses: int = 1,
        view: str = "mask",
        threshold: float = 0.5,
        opacity: float = 0.7,
        mirror: bool = True,
        skeleton: bool = True,
        score_threshold: float = 0.5,
    ) -> None:
        # Stream and view check every option, and a refusal leaves nothing behind.
        with ExitStack() as made:
            self.webcam = Webcam() if webcam is None else webcam
            if webcam is None:
                made.callback(self.webcam.close)
            self.stream = SegmentationStream(
                self.webcam,
                model=model,
                model_type=model_type,
                runtime=runtime,
                max_poses=max_poses,
            )
            made.callback(self.stream.close)
            self.view = SegmentationView(
                self.stream,
                view=view,
                threshold=threshold,
                opacity=opacity,
                mirror=mirror,
                skeleton=skeleton,
                score_threshold=score_threshold,
            )
            made.pop_all()
        self.tabs = ViewTabs(value=view)
        self.threshold_slider = ThresholdSlider(self.stream, value=threshold)
        self.opacity_slider = LabelledSlider("opacity", value=opacity)
        self.mirror_button = ipywidgets.ToggleButton(
            value=mirror, description="Mirror", tooltip="Show the picture as in a mirror"
        )
        self.skeleton_button = ipywidgets.ToggleButton(
            value=skeleton, description="Skeleton", tooltip="Show the skeleton of each pose"
        )
        self.score_slider = ScoreSlider(value=score_threshold)
        self.plot_button = _plot_button()
        self.pose_panel: PosePanel3D | None = None
        self.model_picker = ipywidgets.Dropdown(
            options=[
                (f"{live.title} · {each}", (str(name), each))
                for name, live in LIVE_MODELS.items()
                for each in live.model_types
            ],
            value=(self.stream.model, self.stream.model_type),
            tooltip="Model",
        )
        self.runtime_picker = ipywidgets.Dropdown(
            options=get_args(Runtime), value=runtime, tooltip="Runtime"
        )
        self.rate = TimingReadout(self.stream, compact=True)
        self.times = TimingReadout(self.stream)
        self._links = [
            ipywidgets.jslink((self.tabs, "value"), (self.view, "view")),
            ipywidgets.jslink((self.threshold_slider, "value"), (self.view, "threshold")),
            ipywidgets.jslink((self.opacity_slider, "value"), (self.view, "opacity")),
            ipywidgets.jslink((self.mirror_button, "value"), (self.view, "mirror")),
            ipywidgets.jslink((self.skeleton_button, "value"), (self.view, "skeleton")),
            ipywidgets.jslink((self.score_slider, "value"), (self.view, "score_threshold")),
            traitlets.link((self.runtime_picker, "value"), (self.stream, "runtime")),
        ]
        panel = _box(
            ipywidgets.VBox,
            "panel",
            _box(ipywidgets.HBox, "head", self.model_picker, self.runtime_picker, self.rate),
            self.view,
            self.tabs,
            _box(
                ipywidgets.VBox,
                "cut",
                self.threshold_slider,
                self.opacity_slider,
                self.score_slider,
            ),
        )
        self._main = _box(ipywidgets.VBox, "main", panel, self.times)
        self._panels = _box(ipywidgets.HBox, "panels", self._main)
        toolbar = _box(
            ipywidgets.HBox,
            "toolbar",
            self.webcam,
            self.mirror_button,
            self.skeleton_button,
            self.plot_button,
        )
        super().__init__([toolbar, self._panels])
        self.model_picker.add_class("bodyseg-model")
        self.add_class("bodyseg-explorer")
        self._only_with_poses = (self.skeleton_button, self.plot_button, self.score_slider)
        self._follow_stream()
        self.plot_button.observe(self._follow_plot_button, "value")
        self.model_picker.observe(self._follow_picker, "value")
        self.stream.observe(self._follow_stream, ["model", "model_type"])

    @property
    def latest(self) -> Result | None:
        """The newest result of `stream`, or None before the first."""
        return self.stream.latest

    def start(self) -> None:
        """Start the source, as its button does."""
        self.webcam.start()

    def stop(self) -> None:
        """Stop the source, as its button does."""
        self.webcam.stop()

    def close(self) -> None:
        """Stop, end the stream's thread, and close every widget of this panel."""
        if self.comm is None:
            return
        for link in self._links:
            if isinstance(link, traitlets.link):
                link.unlink()
            else:
                link.close()
        self.plot_button.value = False
        self.model_picker.unobserve(self._follow_picker, "value")
        self.stream.unobserve(self._follow_stream, ["model", "model_type"])
        self.stream.close()
        self.webcam.close()
        for widget in _family(self):
            widget.layout.close()
            if isinstance(widget, ipywidgets.DOMWidget) and hasattr(widget, "style"):
                widget.style.close()
            widget.close()
        self.layout.close()
        super().close()

    def _follow_picker(self, _: object) -> None:
        self.stream.choose(*self.model_picker.value)

    def _follow_stream(self, _: object = None) -> None:
        self.model_picker.value = (self.stream.model, self.stream.model_type)
        finds_poses = LIVE_MODELS[SupportedModels(self.stream.model)].finds_poses
        for widget in (*self._only_with_poses, self.pose_panel):
            if widget is not None:
                widget.layout.display = None if finds_poses else "none"

    def _follow_plot_button(self, _: object) -> None:
        if self.plot_button.value and self.pose_panel is None:
            # Only now: plotly takes a while to load, and it is an extra.
            from bodyseg_widgets.widgets.pose_panel import PosePanel3D  # noqa: PLC0415

            self.pose_panel = PosePanel3D(self.stream, mirror=self.mirror_button.value)
            self._mirror_link = traitlets.link(
                (self.mirror_button, "value"), (self.pose_panel.plot, "mirror")
            )
            self._panels.children = (self._main, self.pose_panel)
        elif not self.plot_button.value and self.pose_panel is not None:
            self._panels.children = (self._main,)
            self._mirror_link.unlink()
            self.pose_panel.close()
            self.pose_panel = None


def _plot_button() -> ipywidgets.ToggleButton:
    installed = find_spec("plotly") is not None
    return ipywidgets.ToggleButton(
        description="Pose in 3D",
        disabled=not installed,
        tooltip="Show the pose in space, to be turned and zoomed"
        if installed
        else str(MissingDependencyError("plotly", extra="lab", purpose="The pose in 3D")),
    )


def _box(kind: type[ipywidgets.Box], name: str, *children: ipywidgets.Widget) -> ipywidgets.Box:
    box = kind(children)
    box.add_class(f"bodyseg-{name}")
    return box


def _family(box: ipywidgets.Box) -> list[Any]:
    """All widgets inside `box`, the innermost first."""
    inside: list[Any] = []
    for child in box.children:
        if isinstance(child, ipywidgets.Box):
            inside += _family(child)
        inside.append(child)
    return inside
