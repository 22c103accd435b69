"""What tests share: the folder of test pictures, and how to do without it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_DEFAULT_FOLDER = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Folder of test pictures; absent it skips, and on CI it fails."""
    folder = Path(os.environ.get("BODYSEG_TEST_DATA", _DEFAULT_FOLDER))
    if folder.is_dir():
        return folder
    message = f"no test pictures in {folder}: name their folder with BODYSEG_TEST_DATA"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)
