"""Shared fixtures: the folder of test images, and skipping without it."""

from __future__ import annotations

import atexit
import os
import threading
import time
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

import pytest

from tests.data import find_data_folder
from tests.registries import kept_registries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

THREADS_END_SECONDS = 10


def pytest_configure() -> None:
    """Leave the settings of who runs the tests alone: they may have models in them."""
    # Workers of pytest-xdist have that of the process that started them.
    if "PYTEST_XDIST_WORKER" not in os.environ:
        settings = TemporaryDirectory(prefix="bodyseg-settings-")
        atexit.register(settings.cleanup)
        os.environ["XDG_CONFIG_HOME"] = settings.name


@pytest.fixture(autouse=True)
def custom_models_and_effects_end_with_their_test() -> Iterator[None]:
    """Models and effects that a test, or a docstring example, adds are removed afterward."""
    with kept_registries():
        yield


@pytest.fixture(autouse=True)
def no_thread_outlives_its_test() -> Iterator[None]:
    """Close everything a test opens, so that it does not affect other tests."""
    yield
    end = time.monotonic() + THREADS_END_SECONDS
    while names := [each.name for each in threading.enumerate() if "bodyseg" in each.name]:
        assert time.monotonic() < end, names
        time.sleep(0.01)


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of test images; if it is missing, skip the test, or fail it in CI."""
    try:
        return find_data_folder()
    except FileNotFoundError as error:
        _skip_unless_in_ci(str(error))


@pytest.fixture(scope="session")
def bodypix_folder(data_folder: Path) -> Path:
    """The weights of BodyPix and upstream's results; missing, the same as `data_folder`."""
    folder = data_folder / "bodypix"
    if not folder.is_dir():
        _skip_unless_in_ci(f"no BodyPix in {folder}: CONTRIBUTING.md says what is in it.")
    return folder


def _skip_unless_in_ci(reason: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
