"""Traits that the page keeps the same, without the kernel."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

import ipywidgets
import traitlets

from bodyseg_widgets.widgets.kit.front_end import front_end_module
from bodyseg_widgets.widgets.kit.reference import REFERENCES
from bodyseg_widgets.widgets.kit.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Callable


class PageLinks(Widget):
    """Links between widgets that work in every page that shows this widget, until it is closed.

    It is never seen.

    The model of ``ipywidgets.jslink`` is one that nothing refers to. Pages that create a model
    only when something refers to it, such as Google Colab's, would never link anything.

    Examples
    --------
    >>> import ipywidgets
    >>> from bodyseg_widgets.widgets.kit.page_links import PageLinks
    >>> links, slider, number = PageLinks(), ipywidgets.IntSlider(), ipywidgets.IntText()
    >>> unlink = links.link((slider, "value"), (number, "value"))
    >>> shown = ipywidgets.HBox([slider, number, links])
    >>> unlink()
    """

    _esm = front_end_module("page_links")
    _links = traitlets.List(traitlets.Instance(ipywidgets.Widget)).tag(**REFERENCES)

    def __init__(self) -> None:
        # Panels are added and removed on several threads.
        self._lock = threading.Lock()
        self._closed = False
        self._closing.callback(self._close_links)
        super().__init__()

    def link(
        self, source: tuple[ipywidgets.Widget, str], target: tuple[ipywidgets.Widget, str]
    ) -> Callable[[], None]:
        """Keep two traits the same, from now on the value of `source`; not once it is closed.

        Parameters
        ----------
        source, target : tuple of Widget and str
            A widget and the name of its trait.

        Returns
        -------
        callable
            Call it without arguments to end the link.
        """
        link = ipywidgets.jslink(source, target)
        with self._lock:
            if self._closed:
                link.close()
            else:
                self._links = [*self._links, link]
        return partial(self._unlink, link)

    def _close_links(self) -> None:
        with self._lock:
            self._closed = True
            links = self._links
        for link in links:
            link.close()

    def _unlink(self, link: ipywidgets.Widget) -> None:
        with self._lock:
            self._links = [each for each in self._links if each is not link]
        link.close()
