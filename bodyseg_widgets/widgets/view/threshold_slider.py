"""A threshold under the histogram of a stream's probabilities."""

from __future__ import annotations

import traitlets

from bodyseg_widgets.widgets.kit.front_end import front_end_module
from bodyseg_widgets.widgets.kit.reference import REFERENCE
from bodyseg_widgets.widgets.kit.widget import Widget
from bodyseg_widgets.widgets.stream.segmentation_stream import STREAM_FIX, SegmentationStream


class ThresholdSlider(Widget):
    """A slider for the threshold, under the histogram of the probabilities it cuts.

    The bars right of the handle are what counts as a person. Arrow keys move it by 0.01,
    Page Up and Page Down by 0.1, Home and End to the ends.

    Parameters
    ----------
    stream : SegmentationStream
        Whose probabilities the histogram counts (log scale, live).
    value : float
        The threshold to begin with.

    Examples
    --------
    >>> from ipywidgets import jslink
    >>> from bodyseg_widgets import SegmentationStream, SegmentationView, ThresholdSlider, Webcam
    >>> stream = SegmentationStream(Webcam(source="sample"))
    >>> view, slider = SegmentationView(stream), ThresholdSlider(stream, value=0.3)
    >>> link = jslink((slider, "value"), (view, "threshold"))
    """

    _esm = front_end_module("threshold_slider")

    stream = traitlets.Instance(SegmentationStream, read_only=True).tag(**REFERENCE, fix=STREAM_FIX)
    """Whose probabilities the histogram counts."""

    value = traitlets.Float(0.5, min=0, max=1).tag(sync=True)
    """The threshold, 0 to 1."""

    def __init__(self, stream: SegmentationStream, *, value: float = 0.5) -> None:
        self.set_trait("stream", stream)
        super().__init__(value=value)
