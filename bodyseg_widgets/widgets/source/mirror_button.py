"""A button that mirrors images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import traitlets

from bodyseg_widgets.widgets.kit.front_end import front_end_module
from bodyseg_widgets.widgets.kit.reference import REFERENCE
from bodyseg_widgets.widgets.kit.widget import Widget
from bodyseg_widgets.widgets.source.mirrored import Mirror
from bodyseg_widgets.widgets.source.webcam import Webcam

if TYPE_CHECKING:
    from bodyseg_widgets.widgets.source.mirrored import MirrorChoice


class MirrorButton(Widget):
    """A button that shows whether images are mirrored now; link `value` to a view's `mirror`.

    At first that is ``"auto"``: it is pressed while the source is a camera of the page. Pressing it
    means the other way for every source, and pressing it back is ``"auto"`` again.

    Parameters
    ----------
    webcam : Webcam
        The source.
    value : bool or "auto"
        First value of the trait of this name.

    Examples
    --------
    >>> from bodyseg_widgets import Webcam
    >>> from bodyseg_widgets.widgets import MirrorButton
    >>> MirrorButton(Webcam(source="sample")).value
    'auto'
    """

    _esm = front_end_module("mirror_button")

    webcam = traitlets.Instance(Webcam, read_only=True).tag(
        **REFERENCE, fix="Make one: Webcam(source)."
    )
    """The source."""

    value = Mirror().tag(sync=True)
    """Whether images are mirrored: True, False, or ``"auto"``, which mirrors a camera of the page
    and nothing else."""

    def __init__(self, webcam: Webcam, *, value: MirrorChoice = "auto") -> None:
        self.set_trait("webcam", webcam)
        super().__init__(value=value)
