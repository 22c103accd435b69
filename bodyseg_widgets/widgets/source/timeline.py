"""Pause, step, and scrub through what a source has shown or is going to show."""

from __future__ import annotations

import traitlets

from bodyseg_widgets.widgets.kit.assets import asset
from bodyseg_widgets.widgets.kit.reference import REFERENCE
from bodyseg_widgets.widgets.kit.widget import Widget
from bodyseg_widgets.widgets.source.webcam import Webcam


class Timeline(Widget):
    """Buttons to pause and step, and a slider over the frames that can be looked at again.

    Of a camera these are the last `Webcam.history` seconds, of a video all of its pictures.
    Whatever follows the source shows the chosen frame: pictures, thresholds, plots, differences.
    Space pauses and goes on, the slider's arrow keys step, and so do comma and full stop.

    Parameters
    ----------
    webcam : Webcam
        The source.

    Examples
    --------
    >>> from bodyseg_widgets import Timeline, Webcam
    >>> webcam = Webcam(source="sample")
    >>> timeline = Timeline(webcam)
    >>> timeline.loop
    True
    >>> timeline.close(); webcam.close()
    """

    _esm = asset("timeline.js")
    _css = asset("bodyseg.css")

    webcam = traitlets.Instance(Webcam, read_only=True).tag(**REFERENCE)
    """The source."""

    loop = traitlets.Bool(default_value=True).tag(sync=True)
    """Whether a video begins again at its end: the same as `Webcam.loop`."""

    def __init__(self, webcam: Webcam) -> None:
        self.set_trait("webcam", webcam)
        super().__init__(loop=webcam.loop)
        link = traitlets.link((webcam, "loop"), (self, "loop"))
        self._closing.callback(link.unlink)
