"""Who keeps a source going while nobody looks: Python's subscribers, recorders and live plots."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bodyseg_widgets import (
    AgreementTable,
    Compare,
    LandmarkPlot3D,
    PoseRecorder,
    PoseTimePlot,
    SegmentationStream,
    StreamLog,
    SweepPlot,
    Timings,
    Webcam,
)
from bodyseg_widgets.streaming import (
    Attention,
    Demand,
    EncodedFrame,
    Overheard,
    RecordingWriter,
    SharedImage,
    feed,
)
from bodyseg_widgets.widgets.source.webcam import NOT_DISPLAYED
from bodyseg_widgets.widgets.transport.frame_ticket import Route
from tests.poses import HandStream, make_pose, make_result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bodyseg_widgets.listeners import Unsubscribe


@pytest.fixture
def stream(webcam: Webcam) -> Iterator[SegmentationStream]:
    stream = SegmentationStream(webcam, model="lite")
    yield stream
    stream.close()


def test_it_is_told_on_change_only() -> None:
    told: list[bool] = []
    demand = Demand(told.append)
    needs = {"one": False, "other": False}
    leave = demand.add(lambda: needs["one"])
    demand.add(lambda: needs["other"])
    assert told == []
    needs["one"] = True
    demand.check()
    needs["other"] = True
    demand.check()
    assert told == [True]
    leave()
    assert told == [True]
    needs["other"] = False
    demand.check()
    assert told == [True, False]


def test_whoever_is_told_may_join_at_once() -> None:
    told: list[bool] = []

    def hear(wanted: bool) -> None:  # noqa: FBT001 - the callback's only argument
        told.append(wanted)
        if len(told) == 1:
            demand.add(lambda: True)

    demand = Demand(hear)
    leave = demand.add(lambda: True)
    leave()
    assert told == [True]


def _record(stream: SegmentationStream, folder: Path) -> Unsubscribe:
    del folder
    return PoseRecorder(stream).stop


def _log(stream: SegmentationStream, folder: Path) -> Unsubscribe:
    del folder
    log = StreamLog()
    log.add("lite", stream)
    return log.stop


def _write(stream: SegmentationStream, folder: Path) -> Unsubscribe:
    writer = RecordingWriter(folder / "a.bodyseg")
    end = stream.webcam.frames.add_recorder(writer)

    def stop() -> None:
        end()
        writer.close()

    return stop


def _call(stream: SegmentationStream, folder: Path) -> Unsubscribe:
    del folder
    return stream.on_result(lambda _: None)


@pytest.mark.parametrize("begin", [_call, _record, _log, _write])
def test_python_asks_for_frames_until_it_unsubscribes(
    webcam: Webcam,
    stream: SegmentationStream,
    tmp_path: Path,
    begin: Callable[[SegmentationStream, Path], Unsubscribe],
) -> None:
    assert not webcam._wanted
    end = begin(stream, tmp_path)
    assert webcam._wanted
    end()
    assert not webcam._wanted


async def test_a_loop_over_results_asks_for_frames_until_it_ends(
    webcam: Webcam, stream: SegmentationStream
) -> None:
    results = aiter(stream)
    waiting = asyncio.ensure_future(anext(results))
    await asyncio.sleep(0)
    assert webcam._wanted
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not webcam._wanted


def test_a_stream_that_is_closed_asks_for_nothing(
    webcam: Webcam, stream: SegmentationStream
) -> None:
    stream.on_result(lambda _: None)
    stream.close()
    assert not webcam._wanted
    assert stream.latest is None
    assert not webcam._wanted


def test_reading_the_latest_result_asks_for_frames_for_some_seconds(
    webcam: Webcam, stream: SegmentationStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(feed.time, "monotonic", lambda: now)
    assert stream.latest is None
    assert webcam._wanted
    now += feed.READ_LATELY + 0.1
    # With the next frame at the latest.
    webcam.frames.offer(
        EncodedFrame(1, SharedImage(b""), 0.0, None, Timings(), Route("page", 1, 1), live=False)
    )
    assert not webcam._wanted


def test_who_overhears_asks_for_nothing_and_hears_before_those_who_ask(
    webcam: Webcam, stream: SegmentationStream
) -> None:
    heard: list[str] = []
    Overheard(stream).on_result(lambda _: heard.append("overheard"))
    assert Overheard(stream).latest is None
    assert not webcam._wanted
    stream.on_result(lambda _: heard.append("asked"))
    stream._feed.publish(make_result(0, make_pose()))
    assert heard == ["overheard", "asked"]
    assert Overheard(stream).latest is not None


def test_attention_turns_from_overhearing_to_asking_and_back(
    webcam: Webcam, stream: SegmentationStream
) -> None:
    heard: list[int] = []
    attention = Attention(stream, lambda result: heard.append(result.frame.id), asks=False)
    stream._feed.publish(make_result(0, frame=0))
    attention.asks = True
    assert webcam._wanted
    stream._feed.publish(make_result(0, frame=1))
    attention.close()
    attention.asks = True
    assert not webcam._wanted
    stream._feed.publish(make_result(0, frame=2))
    assert heard == [0, 1]


def test_what_cannot_be_overheard_is_subscribed_to() -> None:
    stream, heard = HandStream(), []
    unsubscribe = Overheard(stream).on_result(heard.append)
    assert Overheard(stream).latest is None
    stream.put(make_result(0, make_pose()))
    unsubscribe()
    assert len(heard) == 1
    assert stream.callbacks == []


@pytest.mark.parametrize("kind", [LandmarkPlot3D, PoseTimePlot])
def test_a_plot_asks_for_frames_while_it_can_be_seen(
    webcam: Webcam, stream: SegmentationStream, kind: type[LandmarkPlot3D | PoseTimePlot]
) -> None:
    plot = kind(stream)
    assert not webcam._wanted
    plot._view_count = 1
    assert webcam._wanted
    plot._hidden = True
    assert not webcam._wanted
    plot._hidden = False
    assert webcam._wanted
    plot.close()
    assert not webcam._wanted


@pytest.mark.parametrize("kind", [SweepPlot, AgreementTable])
def test_what_compares_panels_asks_for_frames_while_it_can_be_seen(
    webcam: Webcam, kind: type[SweepPlot | AgreementTable]
) -> None:
    compare = Compare(["general", "landscape"], webcam, show=())
    # The log of the last ten minutes notes what comes anyway.
    assert not webcam._wanted
    part = kind(compare.panels)
    part._view_count = 1
    assert webcam._wanted
    part.panels = compare.panels[:1]
    assert webcam._wanted
    part._view_count = 0
    assert not webcam._wanted
    part.close()
    compare.close()


def test_started_but_displayed_nowhere_says_so_until_a_page_displays_it(
    webcam: Webcam,
) -> None:
    webcam.start()
    assert (webcam.running, webcam.state, webcam.message) == (True, "on hold", NOT_DISPLAYED)
    assert "Display it" in webcam.message
    webcam.stop()
    assert (webcam.running, webcam.state, webcam.message) == (False, "idle", "")
    webcam.start()
    webcam.set_state({"state": "live", "message": ""})
    webcam.start()
    assert (webcam.state, webcam.message) == ("live", "")


async def test_a_cell_that_started_what_no_page_displays_is_told(
    webcam: Webcam, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bodyseg_widgets.widgets.source.webcam.DISPLAY_SECONDS", 0)
    webcam.start()
    webcam.set_state({"state": "live", "message": ""})
    await asyncio.sleep(0.01)
    assert capsys.readouterr().out == ""
    webcam.stop()
    webcam.start()
    await asyncio.sleep(0.01)
    assert capsys.readouterr().out == f"{NOT_DISPLAYED}\n"
