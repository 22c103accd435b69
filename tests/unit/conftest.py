"""What several of these tests need."""

from __future__ import annotations

import signal
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


@pytest.fixture
def interrupts() -> Iterator[None]:
    """SIGINT interrupts, here and in programs started here, even if the shell had it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
