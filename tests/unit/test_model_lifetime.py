"""How long a stream's model stays loaded while no frames come."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bodyseg_widgets import SegmentationStream, Webcam, create_segmenter
from bodyseg_widgets.streaming import live_models
from bodyseg_widgets.streaming.samples import portrait_jpeg
from bodyseg_widgets.widgets.stream import segmentation_stream
from tests.unit.from_page import send_frame_to
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bodyseg_widgets.segmentation import Segmenter

FOR_EVER = 3600.0
A_MOMENT = 0.05
LONG_AFTER = 10 * A_MOMENT


class Loads:
    """Counts which models are loaded and disposed of."""

    def __init__(self) -> None:
        self.loaded = self.disposed = 0

    def create(self, *options: object, **named: object) -> Segmenter:
        """Load one."""
        segmenter = create_segmenter(*options, **named)  # type: ignore[call-overload]
        dispose = segmenter.dispose

        def counted() -> None:
            self.disposed += 1
            dispose()

        segmenter.dispose = counted
        self.loaded += 1
        return segmenter


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Loads:
    loads = Loads()
    monkeypatch.setattr(live_models, "create_segmenter", loads.create)
    monkeypatch.setattr(segmentation_stream, "MODEL_SECONDS", A_MOMENT)
    monkeypatch.setattr(segmentation_stream, "MODEL_SECONDS_RUNNING", FOR_EVER)
    return loads


@pytest.fixture
def stream() -> Iterator[SegmentationStream]:
    with closing(Webcam(source="sample")) as webcam:
        webcam.start()
        with closing(SegmentationStream(webcam)) as stream:
            yield stream


def _has_thread(stream: SegmentationStream) -> bool:
    name = f"bodyseg-stream-{stream.model_id[:8]}"
    return name in [thread.name for thread in threading.enumerate()]


def test_while_its_source_runs_a_silence_costs_no_model_and_no_thread(
    loads: Loads, stream: SegmentationStream
) -> None:
    send_frame_to([stream], 1, portrait_jpeg())
    threads = {thread.ident for thread in threading.enumerate()}
    for number in (2, 3):
        time.sleep(LONG_AFTER)
        send_frame_to([stream], number, portrait_jpeg())
    assert (loads.loaded, loads.disposed) == (1, 0)
    assert {thread.ident for thread in threading.enumerate()} <= threads


def test_some_seconds_after_stop_the_model_and_its_thread_are_gone_and_the_next_start_loads_it(
    loads: Loads, stream: SegmentationStream
) -> None:
    for number in (1, 2):
        stream.webcam.start()
        send_frame_to([stream], number, portrait_jpeg())
        stream.webcam.stop()
        wait_until(lambda: not _has_thread(stream))
        assert (loads.loaded, loads.disposed) == (number, number)


def test_a_page_that_says_that_it_leaves_has_stopped_its_source(
    loads: Loads, stream: SegmentationStream
) -> None:
    send_frame_to([stream], 1, portrait_jpeg())
    stream.webcam.channel._handle_custom_msg({"kind": "leave", "page": "p"}, [])
    wait_until(lambda: loads.disposed == 1)


def test_a_page_that_disappears_without_a_word_leaves_a_model_for_some_minutes_at_most(
    loads: Loads, stream: SegmentationStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing says that its source has stopped, so it runs.
    monkeypatch.setattr(segmentation_stream, "MODEL_SECONDS_RUNNING", A_MOMENT)
    with closing(SegmentationStream(stream.webcam)) as late:
        send_frame_to([late], 1, portrait_jpeg())
        wait_until(lambda: loads.disposed == 1)
        assert stream.webcam.running


def test_a_model_that_runs_in_the_page_instead_leaves_none_here(
    loads: Loads, stream: SegmentationStream
) -> None:
    send_frame_to([stream], 1, portrait_jpeg())
    stream.runtime = "browser"
    wait_until(lambda: not _has_thread(stream))
    assert loads.disposed == 1
