"""Widgets that are only a comm, and which of the kernel's threads messages are handled on.

While a cell runs, JupyterLab and ipykernel handle widget messages on a *subshell*, a thread beside
the main shell. ipykernel picks the shell for a comm's next message by the one that last *published*
on that comm, or opened it. Left to that, a widget that is made in a cell, or whose trait a cell
sets, has its next message handled on the main shell: once the cell and all cells queued behind it
are done; at the same time as a later message of another widget, which so may be overtaken; and in a
cell that awaits something without telling the page that it was handled, so that ipywidgets never
sends another one. Hence:

- Widgets forget where they published (`OpenToThePage`). All messages of a page are handled on the
  thread that it chooses, one after the other, in the order in which they were sent.
- Frames and the parts of a video travel on comms of their own, with no trait that user code could
  set. Controls are other widgets.
- An answer is sent in the ``contextvars`` context of the message that brought the frame
  (``FrameTicket``). A stream's thread would otherwise publish in a context without one.
"""

from __future__ import annotations

from typing import Any

import ipywidgets

NO_FRONT_END = "export default {}"
"""The module of a widget whose messages another widget's front end reads and sends."""

_ROUTE = "_reply_subshell_id"
"""Where ipykernel keeps to which of its threads the page is to send. Its name is ipykernel's own:
`tests/unit/test_private_names.py` fails where a new release has another one."""


class OpenToThePage(ipywidgets.Widget):  # type: ignore[misc]  # ipywidgets has no type information
    """A widget whose messages are handled where the page wants them, also while cells run.

    Examples
    --------
    >>> import ipywidgets
    >>> from bodyseg_widgets.widgets.kit.comms import OpenToThePage
    >>> class Picker(OpenToThePage, ipywidgets.Dropdown): ...
    >>> Picker(options=["a", "b"]).value
    'a'
    """

    def open(self) -> None:
        """Open its comm, if it has none yet; called by ipywidgets."""
        super().open()
        self._forget_route()

    def _send(self, msg: object, buffers: Any = None) -> None:  # noqa: ANN401 - as in ipywidgets
        super()._send(msg, buffers)
        self._forget_route()

    def _forget_route(self) -> None:
        # Absent outside of a kernel.
        if self.comm is not None:
            self.comm.__dict__.pop(_ROUTE, None)
