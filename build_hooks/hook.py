"""The hook that hatchling calls before it packs an sdist, a wheel or an editable install."""

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
