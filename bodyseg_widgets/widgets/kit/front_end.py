"""How the front end gets to a page: once, whatever number of widgets need it.

anywidget sends the module of a widget, and its style sheet, with every instance, and JupyterLab
saves them with every instance, too. So a widget's module is a small loader, which gets one program
for all widgets, with their styles, from a widget that carries it. The page forgets the program's
text once it runs: what JupyterLab saves of the widgets in a notebook is small.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from functools import cache
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4
from weakref import WeakSet

import anywidget
import traitlets

from bodyseg_widgets.widgets.kit.assets import IS_WATCHED, asset_path, asset_text

if TYPE_CHECKING:
    from pathlib import Path

    import ipywidgets

__all__ = ["FrontEnd", "front_end_module"]

_EARLY_STYLES = """
:is(.bodyseg-explorer, .bodyseg-panel) { visibility: var(--bodyseg-loaded, hidden); }
.bodyseg-saved { visibility: visible; }
.bodyseg-explorer:has(.bodyseg-saved) :is(.jupyter-widgets, .bodyseg-saved):not(.widget-container, \
.bodyseg-saved-webcam),
.bodyseg-panel:has(.bodyseg-saved) :is(.jupyter-widgets, .bodyseg-saved):not(.widget-container, \
.bodyseg-saved-segmentation_view) { display: none; }
"""
"""Boxes of ipywidgets' own controls are not seen before they have their styles. Of a notebook that
was saved without its kernel, one sentence is seen, and no control that would do nothing."""

_lock = threading.Lock()


class FrontEnd(anywidget.AnyWidget):
    """Carries the front end to the pages, for the widgets that were made in one thread.

    It is closed with the last of them. One thread has one, rather than the process: marimo serves
    each visitor in a thread, and a page has only the widgets that were made in its own.
    """

    _esm = "" if IS_WATCHED else asset_text("carrier.js")
    _css = _EARLY_STYLES

    _id = traitlets.Unicode().tag(sync=True)
    """Its model's id, by which widgets find it."""

    _version = traitlets.Unicode().tag(sync=True)
    """The program's digest: a page runs each program once."""

    _program = traitlets.Bytes().tag(sync=True)
    """All widgets and their styles, compressed by gzip."""

    _of_thread: ClassVar[dict[int, FrontEnd]] = {}

    def __init__(self) -> None:
        self._users: WeakSet[ipywidgets.Widget] = WeakSet()
        model_id = uuid4().hex
        super().__init__(
            model_id=model_id, _id=model_id, _version=_version(), _program=_packed_program()
        )

    @classmethod
    def carry_for(cls, user: ipywidgets.Widget) -> FrontEnd:
        """Return the one that carries the front end for a widget, until `release`."""
        thread = threading.get_ident()
        with _lock:
            known = cls._of_thread.get(thread)
            if known is None or not _is_open(known):
                known = cls._of_thread[thread] = cls()
            known._users.add(user)
            return known

    def release(self, user: ipywidgets.Widget) -> None:
        """Close it, if nobody but `user` needs it."""
        with _lock:
            self._users.discard(user)
            if self._users:
                return
            others = {key: each for key, each in self._of_thread.items() if each is not self}
            FrontEnd._of_thread = others
        self.layout.close()
        self.close()

    def set_state(self, sync_data: dict[str, object]) -> None:
        """Take nothing from a page: only pages forget the program."""


def _is_open(widget: ipywidgets.Widget) -> bool:
    # marimo closes the comms of what a cell has made, without telling their widgets, when the cell
    # runs again.
    return widget.comm is not None and not widget.comm._closed  # noqa: SLF001


def front_end_module(name: str) -> str | Path:
    """Return the module of a widget, for its ``_esm``.

    anywidget would keep every widget whose file it may have to read again, with all that it holds,
    until the kernel ends. So it gets a path only where it is to watch the file: where
    ``ANYWIDGET_HMR`` is 1, for developers.

    Parameters
    ----------
    name : str
        The module in ``frontend/src/widgets``.

    Raises
    ------
    BodySegError
        Where the front end has not been built, as in a checkout that was not installed.
    """
    if IS_WATCHED:
        return asset_path(f"{name}.js")
    return f"const WIDGET={json.dumps(name)};{asset_text('loader.js')}"


@cache
def _program() -> bytes:
    """Return the module that has all widgets, and the styles."""
    styles = json.dumps(asset_text("bodyseg.css"))
    return f"const STYLES={styles};{asset_text('bodyseg.js')}".encode()


@cache
def _packed_program() -> bytes:
    return gzip.compress(_program(), mtime=0)


@cache
def _version() -> str:
    return hashlib.sha256(_program()).hexdigest()[:12]
