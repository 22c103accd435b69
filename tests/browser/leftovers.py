"""What a test leaves in a kernel that it shares with others. This runs in that kernel."""

from __future__ import annotations

import gc
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import ipywidgets
from comm import get_comm_manager
from IPython import get_ipython

from bodyseg_widgets import SegmentationStream, Webcam
from tests.registries import kept_registries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SECONDS = 15
_INSTANCES = ipywidgets.widgets.widget._instances


class Leftovers:
    """Notes what there is, and closes and looks for what has come since."""

    def __init__(self) -> None:
        self._widgets = {*_INSTANCES}
        self._comms = {*get_comm_manager().comms}
        self._registries = ExitStack()
        self._registries.enter_context(kept_registries())

    def clear(self) -> list[str]:
        """Close what cells have made and forget their names; return what is left all the same.

        A widget of this package is asked to close, and must take all that it has made with it.
        Those of other packages leave their layouts and styles behind, so these are closed, too.
        """
        made = [*_widgets_and_more(get_ipython().user_ns.values())]
        # A source is closed after the streams that use it, and these after what shows them.
        for each in sorted(made, key=lambda each: isinstance(each, SegmentationStream)):
            if not isinstance(each, Webcam):
                each.close()
        for each in made:
            if isinstance(each, Webcam):
                each.close()
        del made
        self._registries.close()
        get_ipython().reset(new_session=False)
        end = time.monotonic() + _SECONDS
        while (left := self._left()) and time.monotonic() < end:
            time.sleep(0.05)
        return left

    def _left(self) -> list[str]:
        gc.collect()
        return [
            *(f"widget {type(_INSTANCES[key])}" for key in {*_INSTANCES} - self._widgets),
            *(f"thread {each.name}" for each in threading.enumerate() if "bodyseg" in each.name),
            *(f"comm {key}" for key in {*get_comm_manager().comms} - self._comms),
        ]


_state: list[Leftovers] = []


def begin() -> None:
    """Note what there is."""
    _state[:] = [Leftovers()]


def clear() -> list[str]:
    """Close what has come since, say what is left, and note what there is."""
    left = _state[0].clear()
    begin()
    return left


def _widgets_and_more(values: Iterable[Any]) -> Iterator[Any]:
    """All that can be closed of what these are, hold or show, each once."""
    seen: set[int] = set()
    waiting = [*values]
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list | tuple):
            waiting += value
        elif type(value).__module__.startswith("bodyseg_widgets."):
            if callable(getattr(value, "close", None)):
                yield value
        elif isinstance(value, ipywidgets.Widget):
            waiting += [getattr(value, name) for name in value.keys]
            yield value
