"""A widget whose output in a notebook comes with a picture, for where there is no kernel.

JupyterLab shows the widget. What shows a saved notebook, such as GitHub, nbviewer, nbconvert and
Quarto, shows the picture. It is made when the output is, and stays as it is: JupyterLab draws an
output that is updated anew, which would stop the source.

Where a program runs the notebook, the output has the picture only. It would otherwise have the
widgets' state, too, and viewers would prefer that to the picture, although it does nothing.
"""

from __future__ import annotations

from abc import abstractmethod
from base64 import b64encode
from typing import Any

import ipywidgets

from bodyseg_widgets.widgets.kit.host import may_show_widgets

__all__ = ["Pictured"]


_WIDGET = "application/vnd.jupyter.widget-view+json"


class Pictured(ipywidgets.DOMWidget):  # type: ignore[misc]  # ipywidgets has no type information
    """A widget with a picture."""

    @abstractmethod
    def _picture(self) -> bytes:
        """Return the picture, as PNG."""

    def _repr_mimebundle_(self, **kwargs: object) -> Any:  # noqa: ANN401 - each kind has its own
        """Return what a notebook keeps of it; called by IPython."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None:
            data["image/png"] = b64encode(self._picture()).decode()
            if not may_show_widgets():
                del data[_WIDGET]
        return bundle
