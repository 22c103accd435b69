"""What several of these tests need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bodyseg_widgets import SegmentationStream, Webcam

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def stream() -> Iterator[SegmentationStream]:
    webcam = Webcam(source="sample")
    stream = SegmentationStream(webcam)
    yield stream
    stream.close()
    webcam.close()
