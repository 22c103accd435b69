"""An environment of its own for each peer, made when it is first asked for."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from importlib.metadata import version
from pathlib import Path

APPS = Path(__file__).parent / "apps"
SHARED = ("numpy", "opencv-python-headless", "ai-edge-litert")
"""Packages that run the model: in the same versions as here, so that all run it equally fast."""


def cache_folder() -> Path:
    """Return where environments are kept between runs."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "bodyseg-widgets" / "peers"


def requirements(peer: str) -> str:
    """Return what a peer's environment has, as the text of a requirements file."""
    its = (APPS / f"{peer}.txt").read_text("utf-8")
    return its + "".join(f"{name}=={version(name)}\n" for name in SHARED)


def environment(peer: str) -> Path:
    """Return the Python of a peer's environment, which is made if there is none.

    A change of what it has to contain makes a new one.

    Parameters
    ----------
    peer : str
        The name of a requirements file in `apps`.
    """
    wanted = requirements(peer)
    digest = hashlib.sha256(wanted.encode()).hexdigest()[:12]
    folder = cache_folder() / f"{peer}-{digest}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    complete = folder / "requirements.txt"
    if not complete.exists():
        print(f"making an environment for {peer} in {folder}", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        listed = folder / "wanted.txt"
        listed.write_text(wanted, "utf-8")
        subprocess.run(  # noqa: S603 - this environment's pip, this project's list
            [python, "-m", "pip", "install", "--quiet", "--requirement", listed], check=True
        )
        listed.rename(complete)
    return python
