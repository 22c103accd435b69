"""A button that shows its explorer on the whole screen."""

from __future__ import annotations

from bodyseg_widgets.widgets.kit.front_end import front_end_module
from bodyseg_widgets.widgets.kit.widget import Widget


class BigScreenButton(Widget):
    """A button that shows the explorer around it on the whole screen, with large images and text.

    It is meant for projectors. Escape leaves it, and so does the button. Only a person can enter
    it: browsers refuse pages that do so by themselves.

    Examples
    --------
    >>> import ipywidgets
    >>> from bodyseg_widgets import SegmentationStream, SegmentationView, Webcam
    >>> from bodyseg_widgets.widgets import BigScreenButton
    >>> webcam = Webcam(source="sample")
    >>> view = SegmentationView(SegmentationStream(webcam))
    >>> box = ipywidgets.VBox([webcam, BigScreenButton(), view])
    >>> box.add_class("bodyseg-explorer").close()
    """

    _esm = front_end_module("big_screen_button")
