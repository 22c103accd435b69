"""The whole panel in one cell: a composition of the other widgets, nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import ipywidgets
import traitlets

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.options import Runtime
from bodyseg_widgets.segmentation import SelfieModelType
from bodyseg_widgets.widgets.segmentation_stream import SegmentationStream
from bodyseg_widgets.widgets.views import (
    SegmentationView,
    ThresholdSlider,
    TimingReadout,
    ViewTabs,
)
from bodyseg_widgets.widgets.webcam import Webcam

if TYPE_CHECKING:
    from bodyseg_widgets.streaming import Result


class Explorer(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no type information
    """See a source's people and their probability live, and change everything while it runs.

    Display it as the last line of a cell and press Start. Its parts are the attributes below,
    each a widget of its own that can also be displayed elsewhere.

    Parameters
    ----------
    webcam : Webcam, optional
        The source. Default: a new `Webcam`.
    runtime : {"tensorflow", "mediapipe"}
        What runs the model.
    model_type : {"general", "landscape"}
        ``"general"`` looks at 256 x 256 pixels, ``"landscape"`` at 256 x 144: faster, and made
        for wide pictures.
    view : {"mask", "heatmap", "cut-out", "contour", "picture"}
        What is drawn.
    threshold : float
        From which probability on a pixel is a person, 0 to 1.
    opacity : float
        How much mask or heatmap covers the picture, 0 to 1.
    mirror : bool
        Whether the picture is drawn as in a mirror.

    Attributes
    ----------
    webcam : Webcam
        The source with its start and stop button.
    stream : SegmentationStream
        ``stream.latest``, ``stream.on_result(fn)`` and ``async for result in stream`` give
        Python the frames, masks and timings.
    view : SegmentationView
        The picture.
    tabs : ViewTabs
        The choice of view.
    threshold_slider : ThresholdSlider
        The threshold under its histogram.
    opacity_slider : ipywidgets.FloatSlider
        The opacity.
    mirror_button : ipywidgets.ToggleButton
        Whether the picture is mirrored.
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
    >>> explorer.close()
    """

    def __init__(
        self,
        webcam: Webcam | None = None,
        *,
        runtime: Runtime = "tensorflow",
        model_type: SelfieModelType = "general",
        view: str = "mask",
        threshold: float = 0.5,
        opacity: float = 0.7,
        mirror: bool = True,
    ) -> None:
        self.webcam = Webcam() if webcam is None else webcam
        try:
            self.stream = SegmentationStream(self.webcam, runtime=runtime, model_type=model_type)
        except InvalidOptionError:
            if webcam is None:
                self.webcam.close()
            raise
        self.view = SegmentationView(
            self.stream, view=view, threshold=threshold, opacity=opacity, mirror=mirror
        )
        self.tabs = ViewTabs(value=view)
        self.threshold_slider = ThresholdSlider(self.stream, value=threshold)
        self.opacity_slider = ipywidgets.FloatSlider(
            value=opacity, min=0, max=1, step=0.01, description="opacity"
        )
        self.mirror_button = ipywidgets.ToggleButton(
            value=mirror, description="Mirror", tooltip="Show the picture as in a mirror"
        )
        self.model_picker = ipywidgets.Dropdown(
            options=[(f"Selfie · {each}", each) for each in get_args(SelfieModelType)],
            value=model_type,
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
            traitlets.link((self.model_picker, "value"), (self.stream, "model_type")),
            traitlets.link((self.runtime_picker, "value"), (self.stream, "runtime")),
        ]
        super().__init__(
            [
                _box(ipywidgets.HBox, "toolbar", self.webcam, self.mirror_button),
                _box(
                    ipywidgets.VBox,
                    "panel",
                    _box(
                        ipywidgets.HBox, "head", self.model_picker, self.runtime_picker, self.rate
                    ),
                    self.view,
                    self.tabs,
                    _box(ipywidgets.VBox, "cut", self.threshold_slider, self.opacity_slider),
                ),
                self.times,
            ]
        )
        self.model_picker.add_class("bodyseg-model")
        self.add_class("bodyseg-explorer")

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
        self.stream.close()
        self.webcam.close()
        for widget in _family(self):
            widget.layout.close()
            if isinstance(widget, ipywidgets.DOMWidget) and hasattr(widget, "style"):
                widget.style.close()
            widget.close()
        self.layout.close()
        super().close()


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
