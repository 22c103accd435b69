"""All that the live plots use of plotly's own: names a new release may change.

`tests/unit/test_private_names.py` fails where one of them is missing, as `pyproject.toml` says
beside plotly's range. What they use in the page is in ``frontend/src/kit/live_figure.ts``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bodyseg_widgets.extras import needed_for
from bodyseg_widgets.widgets.kit.displayed import Displayed
from bodyseg_widgets.widgets.kit.widget import Closing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

with needed_for("A live plot"):
    from plotly.basedatatypes import Undefined
    from plotly.graph_objects import FigureWidget

__all__ = ["RELAYOUT_TRAIT", "UNCHANGED", "PlotlyFigure", "answered_edit", "page_module"]

UNCHANGED: Final[object] = Undefined
"""In an update of several traces: this one keeps its value."""

RELAYOUT_TRAIT: Final = "_js2py_relayout"
"""The trait by which the page reports a new layout, such as that of a new view."""

_ANSWER_TRAIT: Final = "_js2py_traceDeltas"


def page_module() -> str:
    """Return the module that draws a FigureWidget in the page."""
    return str(FigureWidget._esm)  # noqa: SLF001 - anywidget's name


def answered_edit(state: Mapping[str, Any]) -> int | None:
    """Return the number of the update that this message of the page answers, if it does."""
    answer = state.get(_ANSWER_TRAIT)
    return answer["trace_edit_id"] if answer else None


class PlotlyFigure(Closing, Displayed, FigureWidget):  # type: ignore[misc]  # plotly has no type information
    """A FigureWidget, and what a stream of updates needs to know of it."""

    _last_trace_edit_id: int

    @property
    def last_edit(self) -> int:
        """The number of the last update."""
        return self._last_trace_edit_id

    def close(self) -> None:
        """Take the plot off the page, with all that it made for itself.

        Calling it again does nothing.
        """
        self._closing.close()
        super().close()

    def configure(self, config: Mapping[str, object]) -> None:
        """Set plotly's configuration in the page."""
        self._config = {**config}

    def send_update(
        self, restyle: Mapping[str, Sequence[object]], relayout: Mapping[str, object]
    ) -> None:
        """Send an update as it is, also what the figure in Python has already."""
        self._send_update_msg(restyle_data={**restyle}, relayout_data={**relayout})
