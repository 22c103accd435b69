"""Find a Chromium for the browser tests, or install one.

``python tests/browser/ensure_browser.py`` says what it does and prints the
path of a Chromium as its last line. It looks at the environment variable
``BODYSEG_CHROMIUM``, along PATH, and at Playwright's own browser; where there
is none it installs Playwright's, or else the system's package.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

VARIABLE = "BODYSEG_CHROMIUM"
_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
_PLAYWRIGHT = (sys.executable, "-m", "playwright", "install")
_SYSTEM_INSTALLS = {
    "apt-get": (("apt-get", "update"), ("apt-get", "install", "-y", "chromium")),
    "dnf": (("dnf", "install", "-y", "chromium"),),
    "apk": (("apk", "add", "chromium"),),
    "pacman": (("pacman", "-Sy", "--noconfirm", "chromium"),),
}
_INSTALL_SECONDS = 900


class NoBrowserError(Exception):
    """There is no Chromium, and none could be installed."""


def find_browser() -> Path | None:
    """Find an installed Chromium.

    Returns
    -------
    pathlib.Path or None
        The program to start; None if there is none.

    Raises
    ------
    NoBrowserError
        If BODYSEG_CHROMIUM is set to something that is no program.
    """
    return _named_by_environment() or _on_path() or _of_playwright()


def _named_by_environment() -> Path | None:
    name = os.environ.get(VARIABLE)
    if not name:
        return None
    found = shutil.which(name)
    if found is None:
        raise NoBrowserError(
            f"{VARIABLE}={name!r} is no program that can be started. Give the path of a "
            f"Chromium, or unset it to have one looked for."
        )
    return Path(found)


def _on_path() -> Path | None:
    found = (shutil.which(name) for name in _NAMES)
    return next((Path(path) for path in found if path), None)


def _of_playwright() -> Path | None:
    # Slow to import, and needed only where no browser is on PATH.
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.is_file() else None


def install_browser() -> Path:
    """Install a Chromium by Playwright, or else by the system's package manager.

    Returns
    -------
    pathlib.Path
        The program to start.

    Raises
    ------
    NoBrowserError
        If neither succeeds.
    """
    tried = []
    for commands in (
        [(*_PLAYWRIGHT, "--with-deps", "chromium")],
        # Without the right to install system packages, they may be there already.
        [(*_PLAYWRIGHT, "chromium")],
        *_system_commands(),
    ):
        tried.append(" && ".join(" ".join(command) for command in commands))
        if all(_succeeds(command) for command in commands):
            found = find_browser()
            if found:
                return found
    attempts = "\n".join(f"  {attempt}" for attempt in tried)
    raise NoBrowserError(
        f"No Chromium was found, and none could be installed by\n{attempts}\n"
        f"Install Chromium or Chrome by hand, or set {VARIABLE} to the path of one."
    )


def _system_commands() -> list[list[tuple[str, ...]]]:
    root = os.geteuid() == 0 if hasattr(os, "geteuid") else True
    prefix = () if root else ("sudo", "-n")
    return [
        [(*prefix, *command) for command in commands]
        for manager, commands in _SYSTEM_INSTALLS.items()
        if shutil.which(manager)
    ]


def _succeeds(command: tuple[str, ...]) -> bool:
    print("No browser yet, running:", " ".join(command), flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        result = subprocess.run(
            command,
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            timeout=_INSTALL_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"  did not work: {error}", flush=True)
        return False
    if result.returncode != 0:
        print(f"  did not work: exit code {result.returncode}", flush=True)
    return result.returncode == 0


def main() -> int:
    """Print the path of a Chromium, which is installed first where there is none."""
    try:
        print(find_browser() or install_browser())
    except NoBrowserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
