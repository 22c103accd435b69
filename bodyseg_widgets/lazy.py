"""Modules that are loaded when they are first used: Python that runs in a page may lack them.

There, live views are shown without them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from bodyseg_widgets.errors import MissingDependencyError

if TYPE_CHECKING:
    import sqlite3
    from types import ModuleType

    import cv2

__all__ = ["cv2", "sqlite3"]


class _Lazy:
    def __init__(self, name: str, purpose: str) -> None:
        self._name = name
        self._purpose = purpose
        self._module: ModuleType | None = None

    def __getattr__(self, name: str) -> object:
        if self._module is None:
            self._module = self._loaded()
        return getattr(self._module, name)

    def _loaded(self) -> ModuleType:
        try:
            return import_module(self._name)
        except ModuleNotFoundError as error:
            if error.name != self._name:
                raise
            raise MissingDependencyError(self._name, extra=None, purpose=self._purpose) from error


if not TYPE_CHECKING:
    cv2 = _Lazy("cv2", "What works on pixels")
    sqlite3 = _Lazy("sqlite3", "A recording")
