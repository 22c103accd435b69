"""The choice of a view's effect, and the controls of its parameters."""

from __future__ import annotations

import traitlets

from bodyseg_widgets.widgets.kit.front_end import front_end_module
from bodyseg_widgets.widgets.kit.reference import REFERENCE
from bodyseg_widgets.widgets.kit.widget import Widget
from bodyseg_widgets.widgets.view.segmentation_view import SegmentationView


class EffectControls(Widget):
    """A picker for a view's effect, and controls for the parameters of the chosen one.

    They set the view's traits, in the page first: the view is redrawn immediately, without the
    kernel. The sliders support arrow keys, Page Up and Page Down, Home and End.

    An image that is chosen as the background is scaled down in the page as Python does it. A
    video may have 8 MB there, which is what one message to the kernel has room for: of a larger
    one they say so, and the background stays. Python takes up to 32 MB.

    Parameters
    ----------
    view : SegmentationView
        The view whose effect they control.
    always : bool
        Whether they are visible whatever the view shows; otherwise only while it shows an effect.

    Examples
    --------
    >>> from bodyseg_widgets import EffectControls, SegmentationStream, SegmentationView, Webcam
    >>> stream = SegmentationStream(Webcam(source="sample"))
    >>> view = SegmentationView(stream, view="effect", effect="pixelated")
    >>> EffectControls(view).view.pixel_cell_width
    10.0
    """

    _esm = front_end_module("effect_controls")
    _always = traitlets.Bool(default_value=True).tag(sync=True)

    view = traitlets.Instance(SegmentationView, read_only=True).tag(
        **REFERENCE, fix="Make one: SegmentationView(stream)."
    )
    """The view whose effect they control."""

    def __init__(self, view: SegmentationView, *, always: bool = True) -> None:
        self.set_trait("view", view)
        super().__init__(_always=always)
