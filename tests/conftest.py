"""What tests share: the folder of test pictures, and how to do without it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.data import find_data_folder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """Folder of test pictures; absent it skips, and on CI it fails."""
    try:
        return find_data_folder()
    except FileNotFoundError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))
