"""The built front end, as files of the package."""

from __future__ import annotations

import os
from pathlib import Path

from bodyseg_widgets.errors import BodySegError

_STATIC = Path(__file__).parents[2] / "static"


def asset(name: str) -> str | Path:
    """Text of a built front-end file, for example ``"webcam.js"``.

    anywidget would keep every widget whose file it may have to read again, with all that it holds,
    until the kernel ends. So it gets the path only where it is to watch the file: where
    ``ANYWIDGET_HMR`` is 1, for developers.

    Raises
    ------
    BodySegError
        Where the front end has not been built, as in a checkout that was not installed.
    """
    path = _built(name)
    return path if os.environ.get("ANYWIDGET_HMR") == "1" else path.read_text("utf-8")


def asset_text(name: str) -> str:
    """Text of a built front-end file that no widget watches.

    Raises
    ------
    BodySegError
        Where the front end has not been built.
    """
    return _built(name).read_text("utf-8")


def _built(name: str) -> Path:
    path = _STATIC / name
    if not path.is_file():
        message = (
            f"The front-end file {name!r} is not in {_STATIC}. It is built when the package is "
            "installed: run `pip install -e .` in the checkout, or reinstall bodyseg-widgets."
        )
        raise BodySegError(message)
    return path
