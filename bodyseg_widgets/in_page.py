"""Python that itself runs in a page, as in JupyterLite: what it cannot do, and how that is said."""

from __future__ import annotations

import sys
from typing import Final

from bodyseg_widgets.errors import BodySegError

__all__ = ["RUNS_IN_PAGE", "check_threads_for"]

RUNS_IN_PAGE: Final = sys.platform == "emscripten"
"""Whether this Python runs in a page (Pyodide): it has no threads, processes, sockets or LiteRT."""


def check_threads_for(purpose: str) -> None:
    """Raise an error where there are no threads.

    Parameters
    ----------
    purpose : str
        What needs one, as the start of a sentence.

    Raises
    ------
    BodySegError
        This Python runs in a page.

    Examples
    --------
    >>> from bodyseg_widgets.in_page import check_threads_for
    >>> check_threads_for("A recording")
    """
    if RUNS_IN_PAGE:
        raise BodySegError(
            f"{purpose} needs a thread, and Python that runs in a page has none. Run the notebook "
            "with a kernel on a computer."
        )
