"""The front end: TypeScript in ``frontend/``, bundles in ``bodyseg_widgets/static/``."""

from __future__ import annotations

import shutil
from pathlib import Path

from build_hooks.built import digest_of_files, is_current, write_record
from build_hooks.errors import BuildError
from build_hooks.litert_js import write_litert_js
from build_hooks.node import install_node_modules, run_npm

_INPUTS = (
    "package.json",
    "package-lock.json",
    "build.mjs",
    "worker_program.mjs",
    "tsconfig.json",
    "src",
)


def build_frontend(root: Path) -> None:
    """Bundle the front end, unless the bundles are up to date.

    Parameters
    ----------
    root : pathlib.Path
        The folder with ``pyproject.toml``.

    Raises
    ------
    BuildError
        npm fails or produces no bundle.
    """
    frontend = root / "frontend"
    static = root / "bodyseg_widgets" / "static"
    here = Path(__file__).parent
    sources = digest_of_files(frontend, _input_files(frontend))
    inputs = f"{sources} {digest_of_files(here, [here / 'litert_js.py'])}"
    if is_current(static, inputs):
        return
    node_modules = install_node_modules(frontend)
    # Bundles of removed sources must not be packaged.
    shutil.rmtree(static, ignore_errors=True)
    print(f"npm run build in {frontend}", flush=True)
    run_npm(frontend, "run", "build")
    if not any(static.glob("*.js")):
        raise BuildError(f"'npm run build' in {frontend} wrote no *.js to {static}.")
    write_litert_js(node_modules, static)
    write_record(static, inputs)


def _input_files(frontend: Path) -> list[Path]:
    found = [frontend / name for name in _INPUTS]
    return [
        file
        for path in found
        for file in (path.rglob("*") if path.is_dir() else [path])
        if file.is_file()
    ]
