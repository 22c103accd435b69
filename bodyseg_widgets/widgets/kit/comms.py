"""Widgets that are only a comm, and which of the kernel's threads messages are handled on."""

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
