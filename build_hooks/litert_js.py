"""LiteRT.js, which runs networks in pages: its WebAssembly, checked and compressed.

For browsers with relaxed SIMD there is one program, for all others a compatible one. Pages take one
of them from the kernel; the rest of LiteRT.js is bundled into ``inference.js``.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Final

from build_hooks.built import sha256
from build_hooks.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_PACKAGE: Final = "@litertjs/core"
_VERSION: Final = "2.5.3"

_FILES: Final[Mapping[str, tuple[str, str]]] = {
    "litert.js": (
        "litert_wasm_internal.js",
        "68efb69f770e3f76aff36a377de629ca496c131b86ac0f0f4b592a1543a898eb",
    ),
    "litert.wasm": (
        "litert_wasm_internal.wasm",
        "7280cf4471774867e385e6c3cd53e2b45e2975b80fea338fff4ef359b0865614",
    ),
    "litert_compat.js": (
        "litert_wasm_compat_internal.js",
        "4d8f894b7883654fd6e8439730aa41e79ceaab7d19184fc4f1f0b0f1a2a2c8a5",
    ),
    "litert_compat.wasm": (
        "litert_wasm_compat_internal.wasm",
        "5255c8ad06eabdbd2522cdebf6b22fc10faf74625c23a49b9e072570cd1fa41c",
    ),
}
"""By the name here: the name in the package's folder ``wasm``, and its SHA-256."""


def write_litert_js(node_modules: Path, static: Path) -> None:
    """Write LiteRT.js's programs to a folder, each compressed with gzip.

    Parameters
    ----------
    node_modules : pathlib.Path
        Where npm installed the packages.
    static : pathlib.Path
        The folder of what pages load.

    Raises
    ------
    BuildError
        A file is missing or has a different hash.
    """
    for name, (npm_name, expected) in _FILES.items():
        path = node_modules / _PACKAGE / "wasm" / npm_name
        if not path.is_file():
            raise BuildError(
                f"{path} is missing. Is {_PACKAGE} {_VERSION} a dependency in "
                f"frontend/package.json and in its lock file?"
            )
        data = path.read_bytes()
        found = sha256(data)
        if found != expected:
            raise BuildError(
                f"{path} is not the file of {_PACKAGE} {_VERSION}: its SHA-256 is {found}, but "
                f"{expected} is expected. Remove {node_modules} and build again."
            )
        # Without a time of day, so that the same files come of the same build.
        (static / f"{name}.gz").write_bytes(gzip.compress(data, 9, mtime=0))
