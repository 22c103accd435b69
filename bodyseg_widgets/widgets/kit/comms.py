"""Widgets that are only a comm, and which of the kernel's threads messages are handled on.

While a cell runs, JupyterLab and ipykernel handle widget messages on a *subshell*, a thread beside
the main shell. ipykernel picks the shell for a comm's next message by the one that last *published*
on that comm: a trait that a running cell sets on a widget makes all further messages of that widget
wait for the cell. Hence:

- Frames and the parts of a video travel on comms of their own, with no trait that user code could
  set. Controls are other widgets.
- An answer is sent in the ``contextvars`` context of the message that brought the frame
  (``FrameTicket``), so the next frame goes to the subshell that the browser chose. A stream's
  thread would otherwise publish in a context without one.
- A comm that is opened in a cell has published from the main shell; ``open_to_the_page`` makes it
  forget that, or its first messages would wait for all queued cells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ipywidgets

NO_FRONT_END = "export default {}"
"""The module of a widget whose messages another widget's front end reads and sends."""

_ROUTE = "_reply_subshell_id"
"""Where ipykernel keeps to which of its threads the page is to send. Its name is ipykernel's own:
`tests/unit/test_private_names.py` fails where a new release has another one."""


def open_to_the_page(widget: ipywidgets.Widget) -> None:
    """Let the page's first messages to a widget be handled while cells run.

    If it is opened inside a cell, its comm would route them to the main shell, where they wait
    until that cell and all cells queued behind it are done.
    """
    if widget.comm is not None:
        # Absent before the first message, and outside of a kernel.
        widget.comm.__dict__.pop(_ROUTE, None)
