"""What several of these tests need."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from bodyseg_widgets import SegmentationStream, Webcam
from bodyseg_widgets.models import BodyPixVariant, weights_folders
from tests.graphs import write_bodypix

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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


@pytest.fixture
def own_weights_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Weights are looked for in folders of the test's own."""
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path / "cache")
    monkeypatch.delenv("BODYSEG_MODELS", raising=False)
    monkeypatch.setattr(weights_folders, "_added", [])


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A folder with a small BodyPix to which white is a torso, and red a face."""
    folder = tmp_path / "weights"
    place = folder / BodyPixVariant(multiplier=1.0).folder
    place.mkdir(parents=True)
    write_bodypix(place)
    return folder
