"""What stands around a stream's picture: the threshold, the tabs, the times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.widgets._assets import asset
from bodyseg_widgets.widgets.segmentation_view import VIEWS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.widgets.segmentation_stream import SegmentationStream


class ThresholdSlider(anywidget.AnyWidget):
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

    _esm = asset("threshold_slider.js")
    _css = asset("bodyseg.css")
    _source = traitlets.Unicode().tag(sync=True)
    _stream = traitlets.Unicode().tag(sync=True)

    value = traitlets.Float(0.5, min=0, max=1).tag(sync=True)
    """The threshold, 0 to 1."""

    def __init__(self, stream: SegmentationStream, *, value: float = 0.5) -> None:
        super().__init__(_source=stream.webcam.key, _stream=stream.key, value=value)


class ViewTabs(anywidget.AnyWidget):
    """Tabs to choose what a `SegmentationView` shows; link `value` to its `view`.

    Parameters
    ----------
    value : str
        The view that is chosen first, one of `views`.
    views : sequence of str
        What there is to choose from; default: all that a `SegmentationView` can show.

    Examples
    --------
    >>> from bodyseg_widgets import ViewTabs
    >>> ViewTabs(value="contour").value
    'contour'
    """

    _esm = asset("view_tabs.js")
    _css = asset("bodyseg.css")
    _views = traitlets.List(traitlets.Unicode()).tag(sync=True)

    value = traitlets.Unicode().tag(sync=True)
    """The chosen view."""

    def __init__(self, *, value: str = VIEWS[0], views: Sequence[str] = VIEWS) -> None:
        super().__init__(_views=[*views], value=value)

    @traitlets.validate("value")
    def _known_view(self, proposal: dict[str, Any]) -> str:
        value = str(proposal["value"])
        if value not in self._views:
            listed = ", ".join(map(repr, self._views))
            raise InvalidOptionError(f"value must be one of {listed}, but got {value!r}.")
        return value


class TimingReadout(anywidget.AnyWidget):
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

    _esm = asset("timing_readout.js")
    _css = asset("bodyseg.css")
    _source = traitlets.Unicode().tag(sync=True)
    _stream = traitlets.Unicode().tag(sync=True)

    compact = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether only rate and inference time are shown, on one line."""

    def __init__(self, stream: SegmentationStream, *, compact: bool = False) -> None:
        super().__init__(_source=stream.webcam.key, _stream=stream.key, compact=compact)

    def follow(self, stream: SegmentationStream) -> None:
        """Show the times of another stream of the same source from now on."""
        self._stream = stream.key
