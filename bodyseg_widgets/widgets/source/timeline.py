"""Pause, step and scrub through the frames of a source."""

from __future__ import annotations

import traitlets

from bodyseg_widgets.widgets.kit.front_end import front_end_module
from bodyseg_widgets.widgets.kit.reference import REFERENCE
from bodyseg_widgets.widgets.kit.widget import Widget
from bodyseg_widgets.widgets.source.webcam import Webcam


class Timeline(Widget):
    """Buttons to pause and step, and a slider over the frames that can be viewed again.

    For a camera these are the last `Webcam.history` seconds, for a video all of its frames.
    Everything connected to the source shows the chosen frame: views, thresholds, plots,
    differences. Space pauses and resumes; the slider's arrow keys step, and so do comma and period.

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

    _esm = front_end_module("timeline")

    webcam = traitlets.Instance(Webcam, read_only=True).tag(
        **REFERENCE, fix="Make one: Webcam(source)."
    )
    """The source."""

    loop = traitlets.Bool(default_value=True).tag(sync=True)
    """Whether a video starts over at its end: the same as `Webcam.loop`."""

    def __init__(self, webcam: Webcam) -> None:
        self.set_trait("webcam", webcam)
        super().__init__(loop=webcam.loop)
        link = traitlets.link((webcam, "loop"), (self, "loop"))
        self._closing.callback(link.unlink)
