"""Programs of workers that tests and benchmarks start in pages without Jupyter."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from build_hooks.node import install_node_modules, run_npm

FRONTEND: Final = Path(__file__).parents[2] / "frontend"


def bundled(entry: str, folder: Path) -> bytes:
    """Return a program, bundled in a folder, as the package's own are.

    Parameters
    ----------
    entry : str
        Its TypeScript, in ``frontend``.
    folder : Path
        Where the bundle is written.
    """
    install_node_modules(FRONTEND, development=True)
    out = folder / Path(entry).with_suffix(".js").name
    options = ("--bundle", "--minify", "--format=iife", "--target=es2022", f"--outfile={out}")
    run_npm(FRONTEND, "exec", "--", "esbuild", entry, *options)
    return out.read_bytes()
