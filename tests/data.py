"""Where the test images are: real ones, not part of the repository."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "BODYSEG_TEST_DATA"
_BESIDE_THE_CHECKOUT = Path(__file__).parents[2] / "shared" / "data"


def find_data_folder() -> Path:
    """Return the folder of test images.

    Raises
    ------
    FileNotFoundError
        It is neither next to the checkout nor named by BODYSEG_TEST_DATA.
    """
    folder = Path(os.environ.get(VARIABLE, _BESIDE_THE_CHECKOUT))
    if not folder.is_dir():
        raise FileNotFoundError(
            f"no test pictures in {folder}: name their folder with {VARIABLE}. CONTRIBUTING.md "
            "says what is in it."
        )
    return folder
