"""What all boxes of widgets with a class of their own have in common."""

from __future__ import annotations

import ipywidgets

from bodyseg_widgets.widgets.kit.boxes import close_family
from bodyseg_widgets.widgets.kit.widget import Closing

__all__ = ["WidgetBox"]


class WidgetBox(Closing, ipywidgets.Box):  # type: ignore[misc]  # ipywidgets has no type information
    """A box that takes the arguments it names, and closes everything inside it.

    A subclass also inherits from ``ipywidgets.VBox`` or ``HBox``, after this class.

    Examples
    --------
    >>> import ipywidgets
    >>> from bodyseg_widgets.widgets.kit.widget_box import WidgetBox
    >>> slider = ipywidgets.IntSlider()
    >>> WidgetBox([slider]).close()
    >>> slider.comm is None
    True
    """

    def close(self) -> None:
        """Take the box off the page, with all that it made and everything inside it.

        Calling it again does nothing.
        """
        try:
            self._closing.close()
        finally:
            if self.comm is not None:
                close_family(self)
                super().close()
