"""How many results a second a stream draws, and where the time goes."""

from __future__ import annotations

import traitlets

from bodyseg_widgets.widgets.kit.front_end import front_end_module
from bodyseg_widgets.widgets.kit.reference import REFERENCE
from bodyseg_widgets.widgets.kit.widget import Widget
from bodyseg_widgets.widgets.stream.segmentation_stream import STREAM_FIX, SegmentationStream


class TimingReadout(Widget):
    """Masks drawn per second, and where the time between camera and screen goes.

    Parameters
    ----------
    stream : SegmentationStream
        Whose frames are timed.
    compact : bool
        Only the rate and the inference time, on one line.

    Examples
    --------
    >>> from bodyseg_widgets import SegmentationStream, TimingReadout, Webcam
    >>> TimingReadout(SegmentationStream(Webcam(source="sample")), compact=True).compact
    True
    """

    _esm = front_end_module("timing_readout")

    stream = traitlets.Instance(SegmentationStream, read_only=True).tag(**REFERENCE, fix=STREAM_FIX)
    """Whose frames are timed."""

    compact = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether only rate and inference time are shown, on one line."""

    def __init__(self, stream: SegmentationStream, *, compact: bool = False) -> None:
        self.set_trait("stream", stream)
        super().__init__(compact=compact)

    def set_stream(self, stream: SegmentationStream) -> None:
        """Show the times of another stream of the same source from now on."""
        self.set_trait("stream", stream)
