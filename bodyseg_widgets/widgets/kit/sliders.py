"""Single-line sliders from 0 to 1, accessible to screen readers and the keyboard."""

from __future__ import annotations

import traitlets

from bodyseg_widgets.widgets.kit.front_end import front_end_module
from bodyseg_widgets.widgets.kit.widget import Widget


class LabelledSlider(Widget):
    """A slider from 0 to 1 with a label and its value.

    It changes in the page first: anything linked to it with ``jslink`` is redrawn immediately.
    Arrow keys move it by 0.01, Page Up and Page Down by 0.1, Home and End to the ends.

    Parameters
    ----------
    label : str
        What it is called.
    value : float
        Its initial value, 0 to 1.

    Examples
    --------
    >>> from ipywidgets import jslink
    >>> from bodyseg_widgets import SegmentationStream, SegmentationView, Webcam
    >>> from bodyseg_widgets.widgets import LabelledSlider
    >>> view = SegmentationView(SegmentationStream(Webcam(source="sample")))
    >>> slider = LabelledSlider("opacity", value=0.7)
    >>> link = jslink((slider, "value"), (view, "opacity"))
    """

    _esm = front_end_module("labelled_slider")
    # Whether it is a threshold, which keeps what is to its right, or an amount.
    _cuts = traitlets.Bool(default_value=False).tag(sync=True)
    _sides = traitlets.List(traitlets.Unicode()).tag(sync=True)

    label = traitlets.Unicode(read_only=True).tag(sync=True)
    """What it is called."""

    value = traitlets.Float(0.5, min=0, max=1).tag(sync=True)
    """Its value, 0 to 1."""

    def __init__(self, label: str, *, value: float = 0.5) -> None:
        self.set_trait("label", label)
        super().__init__(value=value)


class ScoreSlider(LabelledSlider):
    """A slider for the joints' score threshold, with the colors of the skeleton's sides.

    Its legend, which screen readers announce with the slider, explains blue, orange and white: the
    person's left, right and middle.

    Parameters
    ----------
    value : float
        The score threshold to begin with.

    Examples
    --------
    >>> from ipywidgets import jslink
    >>> from bodyseg_widgets import ScoreSlider, SegmentationStream, SegmentationView, Webcam
    >>> stream = SegmentationStream(Webcam(source="sample"), model="BlazePose")
    >>> view, slider = SegmentationView(stream), ScoreSlider(value=0.8)
    >>> link = jslink((slider, "value"), (view, "score_threshold"))
    """

    _cuts = traitlets.Bool(default_value=True).tag(sync=True)
    _sides = traitlets.List(traitlets.Unicode(), default_value=["left", "right", "middle"]).tag(
        sync=True
    )

    def __init__(self, *, value: float = 0.5) -> None:
        super().__init__("joint score", value=value)
