"""What several of these tests need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bodyseg_widgets import SegmentationStream, Webcam

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def webcam() -> Iterator[Webcam]:
    webcam = Webcam(source="sample")
    yield webcam
    webcam.close()


@pytest.fixture
def stream(webcam: Webcam) -> Iterator[SegmentationStream]:
    stream = SegmentationStream(webcam)
    yield stream
    stream.close()
