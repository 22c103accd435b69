"""Find the Firefox of the tests.

``python tests/firefox/find_firefox.py`` prints its path: of the program that the environment
variable ``BODYSEG_FIREFOX`` names, or else of one along PATH.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

VARIABLE = "BODYSEG_FIREFOX"
_NAMES = ("firefox", "firefox-esr")


class NoFirefoxError(Exception):
    """There is no Firefox to test with."""


def find_firefox() -> Path:
    """Find an installed Firefox.

    Returns
    -------
    pathlib.Path
        The program to start.

    Raises
    ------
    NoFirefoxError
        If there is none, or BODYSEG_FIREFOX is set to something that is no program.
    """
    name = os.environ.get(VARIABLE)
    if name:
        found = shutil.which(name)
        if found is None:
            raise NoFirefoxError(
                f"{VARIABLE}={name!r} is no program that can be started. Give the path of a "
                "Firefox, or unset it to have one looked for."
            )
        return Path(found)
    along_path = (shutil.which(each) for each in _NAMES)
    found = next((path for path in along_path if path), None)
    if found is None:
        raise NoFirefoxError(
            f"There is no {' and no '.join(_NAMES)} on PATH. Install one (on Debian: apt-get "
            "install firefox-esr; on Fedora and Arch the package is firefox), or set "
            f"{VARIABLE} to the path of one."
        )
    return Path(found)


def main() -> int:
    """Print where it is."""
    try:
        print(find_firefox())
    except NoFirefoxError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
