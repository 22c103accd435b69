"""The built front end, as files of the package."""

from __future__ import annotations

from pathlib import Path

from bodyseg_widgets.errors import BodySegError

_STATIC = Path(__file__).parents[2] / "static"


def asset(name: str) -> Path:
    """Path of a built front-end file, for example ``"webcam.js"``.

    Raises
    ------
    BodySegError
        Where the front end has not been built, as in a checkout that was not installed.
    """
    path = _STATIC / name
    if not path.is_file():
        message = (
            f"The front-end file {name!r} is not in {_STATIC}. It is built when the package is "
            "installed: run `pip install -e .` in the checkout, or reinstall bodyseg-widgets."
        )
        raise BodySegError(message)
    return path
