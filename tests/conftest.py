"""What tests share: the folder of test pictures, and how to do without it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from bodyseg_widgets.streaming import LIVE_MODELS
from bodyseg_widgets.streaming.effects import LIVE_EFFECTS
from tests.data import find_data_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping
    from pathlib import Path


@pytest.fixture(autouse=True)
def own_models_and_effects_end_with_their_test() -> Iterator[None]:
    """What a test, or an example in a docstring, makes is offered in no other."""
    registries: tuple[MutableMapping[str, Any], ...] = (LIVE_MODELS, LIVE_EFFECTS)
    before = [{**registry} for registry in registries]
    yield
    for registry, entries in zip(registries, before, strict=True):
        registry.clear()
        registry.update(entries)


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Folder of test pictures; absent it skips, and on CI it fails."""
    try:
        return find_data_folder()
    except FileNotFoundError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))
