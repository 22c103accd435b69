"""What runs the notebook, and whether somebody sees its pages."""

from __future__ import annotations

import os
import sys

__all__ = ["is_voila", "may_show_widgets"]


def is_voila() -> bool:
    """Whether Voila runs the notebook."""
    software = os.environ.get("SERVER_SOFTWARE", "")
    return "VOILA_BASE_URL" in os.environ or software.startswith("voila")


def may_show_widgets() -> bool:
    """Whether there may be a page to show widgets in.

    nbclient, by which nbconvert, papermill and others run notebooks, says with each cell that
    nobody could answer a question of it (``allow_stdin`` of Jupyter's ``execute_request``), which
    pages do not say. Voila runs cells by nbclient, too, and then shows a page.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    kernel = getattr(shell, "kernel", None)
    if kernel is None or is_voila():
        return True
    return kernel.get_parent().get("content", {}).get("allow_stdin") is not False
