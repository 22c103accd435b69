"""What is seen of a stream: the picture with its mask, the sliders and tabs, the times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.rendering import to_color
from bodyseg_widgets.widgets._assets import asset

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.widgets.segmentation_stream import SegmentationStream

VIEWS = ("mask", "heatmap", "cut-out", "contour", "picture", "effect")
"""What a `SegmentationView` can show."""

EFFECTS = ("bokeh", "pixelated", "background")
"""What a `SegmentationView` can make of its picture where it shows an effect."""

_LINE_NUMBERS = 4
_OPAQUE = 255


class SegmentationView(anywidget.AnyWidget):
    """The picture of a stream, drawn with the mask and the poses made from that very picture.

    Everything is drawn in the browser, from probability and keypoints: thresholds, opacity,
    view, skeleton and mirroring change the picture at once, without a message to the kernel.
    Hovering shows the probability of the pixel under the pointer; near a joint of the skeleton
    it names the joint, with its score and its place in space.

    The skeleton's left is sky blue (``#56B4E9``), its right orange (``#E69F00``), its middle
    white: the person's own sides, told apart by colour-blind people too. A joint is as opaque
    as its score is high.

    Its effects are the functions of these names in Python, with the same parameters: what is seen
    is what they make of the frame and its mask.

    Parameters
    ----------
    stream : SegmentationStream
        What to show.
    view, threshold, opacity, mirror, skeleton, score_threshold, frame_number, line
        First values of the traits of these names.
    effect, background_blur_amount, edge_blur_amount, pixel_cell_width, soft, background_color
        Likewise.

    Attributes
    ----------
    stream : SegmentationStream
        What is shown.

    Examples
    --------
    >>> from bodyseg_widgets import SegmentationStream, SegmentationView, Webcam
    >>> stream = SegmentationStream(Webcam(source="sample"))
    >>> view = SegmentationView(stream, view="heatmap", mirror=False)
    >>> view.view
    'heatmap'
    """

    _esm = asset("segmentation_view.js")
    _css = asset("bodyseg.css")
    _source = traitlets.Unicode().tag(sync=True)
    _stream = traitlets.Unicode().tag(sync=True)

    view = traitlets.Enum(VIEWS, default_value="mask").tag(sync=True)
    """What is drawn: ``"mask"`` (a colour over the person), ``"heatmap"`` (the probability in
    inferno colours, with a colour bar), ``"cut-out"`` (the person alone), ``"contour"`` (the
    person's outline), ``"picture"`` (the camera picture alone) or ``"effect"`` (what `effect`
    says)."""

    threshold = traitlets.Float(0.5, min=0, max=1).tag(sync=True)
    """A pixel is a person where its probability, in steps of 1/255, is at least this."""

    opacity = traitlets.Float(0.7, min=0, max=1).tag(sync=True)
    """How much the mask or heatmap covers the picture: 0 not at all, 1 wholly."""

    mirror = traitlets.Bool(default_value=True).tag(sync=True)
    """Whether left and right are swapped, as in a mirror. Only the drawing: frames, masks and
    poses in Python stay as the camera sees them."""

    skeleton = traitlets.Bool(default_value=True).tag(sync=True)
    """Whether the skeletons of the poses are drawn, over whatever `view` shows."""

    score_threshold = traitlets.Float(0.5, min=0, max=1).tag(sync=True)
    """A joint is drawn where its score is at least this; a bone, where both its joints are."""

    frame_number = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether the number of the frame, `Frame.id`, stands in the picture's corner."""

    line = traitlets.List(traitlets.Float(min=0, max=1)).tag(sync=True)
    """A line across the picture: x and y of its end A, x and y of its end B, each in shares of
    the picture's width or height, from the top left as the camera sees it. Empty: no line, and
    none can be drawn. While there is one, dragging across the picture draws another, or moves
    the end that the drag begins at; the keys A and B put that end where the arrow keys are."""

    effect = traitlets.Enum(EFFECTS, default_value="bokeh").tag(sync=True)
    """What `view` ``"effect"`` draws: ``"bokeh"`` (`draw_bokeh_effect`: the background is
    blurred), ``"pixelated"`` (`draw_pixelated_mask` with `opacity`, of a mask that is teal where
    people are and clear elsewhere) or ``"background"`` (`replace_background` with
    `background_color`, without decontamination).
    Their `foreground_threshold` is `threshold`."""

    background_blur_amount = traitlets.Float(3, min=0, max=20).tag(sync=True)
    """Of ``"bokeh"``: standard deviation of the background's blur, in pixels of the picture."""

    edge_blur_amount = traitlets.Float(3, min=0, max=20).tag(sync=True)
    """Of ``"bokeh"`` and ``"background"``: standard deviation of the blur of the border between
    people and background, in pixels of the picture. A `soft` ``"background"`` has none."""

    pixel_cell_width = traitlets.Float(10, min=1, max=50).tag(sync=True)
    """Of ``"pixelated"``: how wide and high a cell is, in pixels of the picture."""

    soft = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether, in effects, the probability says how much of a person a pixel is, in place of the
    threshold."""

    background_color = traitlets.Unicode("#00a3a3").tag(sync=True)
    """Of ``"background"``: the colour, as ``#rrggbb``; opaque names and codes of CSS are turned
    into that."""

    def __init__(
        self,
        stream: SegmentationStream,
        *,
        view: str = "mask",
        threshold: float = 0.5,
        opacity: float = 0.7,
        mirror: bool = True,
        skeleton: bool = True,
        score_threshold: float = 0.5,
        frame_number: bool = False,
        line: Sequence[float] = (),
        effect: str = "bokeh",
        background_blur_amount: float = 3,
        edge_blur_amount: float = 3,
        pixel_cell_width: float = 10,
        soft: bool = False,
        background_color: str = "#00a3a3",
    ) -> None:
        self.stream = stream
        super().__init__(
            _source=stream.webcam.key,
            _stream=stream.key,
            view=view,
            threshold=threshold,
            opacity=opacity,
            mirror=mirror,
            skeleton=skeleton,
            score_threshold=score_threshold,
            frame_number=frame_number,
            line=[*line],
            effect=effect,
            background_blur_amount=background_blur_amount,
            edge_blur_amount=edge_blur_amount,
            pixel_cell_width=pixel_cell_width,
            soft=soft,
            background_color=background_color,
        )

    @traitlets.validate("line")
    def _two_ends(self, proposal: dict[str, Any]) -> list[float]:
        line: list[float] = proposal["value"]
        if len(line) not in {0, _LINE_NUMBERS}:
            raise InvalidOptionError(
                "line must be four numbers, x and y of its end A and x and y of its end B, each "
                f"from 0 to 1, or empty for no line, but got {len(line)} numbers: {line}."
            )
        return line

    @traitlets.validate("background_color")
    def _opaque_color(self, proposal: dict[str, Any]) -> str:
        color = to_color(proposal["value"])
        if color.a != _OPAQUE:
            raise InvalidOptionError(
                "background_color takes the place of the background wholly, so it has no opacity "
                f"of its own, but got {proposal['value']!r}. Write it as '#rrggbb'."
            )
        return f"#{color.r:02x}{color.g:02x}{color.b:02x}"


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
