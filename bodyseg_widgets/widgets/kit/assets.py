"""The built front end, as files of the package."""

from __future__ import annotations

import os
from pathlib import Path

from bodyseg_widgets.errors import BodySegError

_STATIC = Path(__file__).parents[2] / "static"

IS_WATCHED = os.environ.get("ANYWIDGET_HMR") == "1"
"""Whether anywidget watches the files of the front end, for its developers."""


def asset_path(name: str) -> Path:
    """Path of a built front-end file, for example ``"bodyseg.css"``.

    Raises
    ------
    BodySegError
        Where the front end has not been built, as in a checkout that was not installed.
    """
    path = _STATIC / name
    if not path.is_file():
        fix = (
            "ANYWIDGET_HMR is 1, so it has to be built by `python -m build_hooks.node run watch`."
            if IS_WATCHED
            else "It is built when the package is installed: run `pip install -e .` in the "
            "checkout, or reinstall bodyseg-widgets."
        )
        message = f"The front-end file {name!r} is not in {_STATIC}. {fix}"
        raise BodySegError(message)
    return path


def asset_text(name: str) -> str:
    """Text of a built front-end file.

    Raises
    ------
    BodySegError
        Where the front end has not been built.
    """
    return asset_path(name).read_text("utf-8")
