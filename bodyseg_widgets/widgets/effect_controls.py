"""The effect of a picture, and what it is made of."""

from __future__ import annotations

import anywidget
import ipywidgets
import traitlets

from bodyseg_widgets.widgets._assets import asset
from bodyseg_widgets.widgets.views import SegmentationView


class EffectControls(anywidget.AnyWidget):
    """A picker of a view's effect, and a slider for each parameter of the chosen one.

    They set the view's traits, in the page first: the picture is drawn anew at once, without the
    kernel. The sliders obey arrow keys, Page Up and Page Down, Home and End.

    Parameters
    ----------
    view : SegmentationView
        Whose effect it is.
    always : bool
        Whether they are seen whatever the view shows; else only while it shows an effect.

    Examples
    --------
    >>> from bodyseg_widgets import EffectControls, SegmentationStream, SegmentationView, Webcam
    >>> stream = SegmentationStream(Webcam(source="sample"))
    >>> view = SegmentationView(stream, view="effect", effect="pixelated")
    >>> EffectControls(view).view.pixel_cell_width
    10.0
    """

    _esm = asset("effect_controls.js")
    _css = asset("bodyseg.css")
    _always = traitlets.Bool(default_value=True).tag(sync=True)

    view = traitlets.Instance(SegmentationView, read_only=True).tag(
        sync=True, **ipywidgets.widget_serialization
    )
    """Whose effect it is."""

    def __init__(self, view: SegmentationView, *, always: bool = True) -> None:
        self.set_trait("view", view)
        super().__init__(_always=always)
