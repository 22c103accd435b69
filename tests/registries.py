"""Process-wide registries: models, effects and folders with weights that users add."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from bodyseg_widgets.models import weights_folders
from bodyseg_widgets.streaming import LIVE_MODELS
from bodyseg_widgets.streaming.effects import CUSTOM_EFFECTS

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping

_REGISTRIES: tuple[MutableMapping[str, Any], ...] = (LIVE_MODELS, CUSTOM_EFFECTS)


@contextlib.contextmanager
def kept_registries() -> Iterator[None]:
    """Restore the initial models, effects and folders at the end."""
    folders = [*weights_folders._added]
    before = [{**registry} for registry in _REGISTRIES]
    try:
        yield
    finally:
        for registry, entries in zip(_REGISTRIES, before, strict=True):
            registry.clear()
            registry.update(entries)
        weights_folders._added[:] = folders
