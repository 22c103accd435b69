"""The choice of what a view shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from bodyseg_widgets.arguments import check_choice, names_of
from bodyseg_widgets.widgets.kit.front_end import front_end_module
from bodyseg_widgets.widgets.kit.reference import REFERENCE
from bodyseg_widgets.widgets.kit.traits import Names
from bodyseg_widgets.widgets.kit.widget import Widget
from bodyseg_widgets.widgets.stream.segmentation_stream import STREAM_FIX, SegmentationStream
from bodyseg_widgets.widgets.view.segmentation_view import VIEWS

if TYPE_CHECKING:
    from collections.abc import Sequence


class ViewTabs(Widget):
    """Tabs to choose what a `SegmentationView` shows; link `value` to its `view`.

    Parameters
    ----------
    value : str
        The view that is chosen first, one of `views`.
    views : sequence of str
        What there is to choose from; default: all that a `SegmentationView` can show.
    stream : SegmentationStream, optional
        Whose results are shown: views that they do not have are hidden.

    Examples
    --------
    >>> from bodyseg_widgets import ViewTabs
    >>> ViewTabs(value="contour").value
    'contour'
    """

    _esm = front_end_module("view_tabs")
    _views = Names().tag(sync=True)

    stream = traitlets.Instance(SegmentationStream, read_only=True, allow_none=True).tag(
        **REFERENCE, fix=STREAM_FIX
    )
    """Whose results are shown, or None: then all `views` are offered."""

    value = traitlets.Unicode().tag(sync=True)
    """The chosen view."""

    def __init__(
        self,
        *,
        value: str = VIEWS[0],
        views: str | Sequence[str] = VIEWS,
        stream: SegmentationStream | None = None,
    ) -> None:
        self.set_trait("stream", stream)
        super().__init__(_views=[*names_of("views", views)], value=value)

    @traitlets.validate("value")
    def _known_view(self, proposal: dict[str, Any]) -> str:
        return check_choice("value", proposal["value"], self._views)
