"""Each kind of image shows in Python what it shows in the page, which has the same table."""

from __future__ import annotations

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from bodyseg_widgets.images import to_rgb
from bodyseg_widgets.streaming import decode_image
from tests.picture_table import FILE, PATCH, TOLERANCE, rows

TABLE = json.loads(FILE.read_text())


def test_the_table_is_that_of_its_module() -> None:
    """If it is not: ``python -m tests.picture_table``."""
    assert [row["name"] for row in TABLE] == [row.name for row in rows()]


@pytest.mark.parametrize("row", TABLE, ids=[row["name"] for row in TABLE])
def test_every_kind_of_image_shows_what_a_viewer_shows(row: dict[str, str]) -> None:
    data = base64.b64decode(row["data"])
    for image in (decode_image(data), to_rgb(Image.open(io.BytesIO(data)))):
        middles = image[PATCH // 2 :: PATCH, PATCH // 2 :: PATCH].astype(int)
        assert np.abs(middles - np.array(row["colors"])).max() <= TOLERANCE
