"""What tests share: the folder of test pictures, and how to do without it."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tests.data import find_data_folder
from tests.registries import kept_registries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

THREADS_END_SECONDS = 10


@pytest.fixture(autouse=True)
def own_models_and_effects_end_with_their_test() -> Iterator[None]:
    """What a test, or an example in a docstring, makes is offered in no other."""
    with kept_registries():
        yield


@pytest.fixture(autouse=True)
def no_thread_outlives_its_test() -> Iterator[None]:
    """What a test opens it closes, so that no other one meets it."""
    yield
    end = time.monotonic() + THREADS_END_SECONDS
    while names := [each.name for each in threading.enumerate() if "bodyseg" in each.name]:
        assert time.monotonic() < end, names
        time.sleep(0.01)


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Folder of test pictures; absent it skips, and on CI it fails."""
    try:
        return find_data_folder()
    except FileNotFoundError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))
