"""What a log records of streams, and what it drops."""

from __future__ import annotations

import sys
import threading
import tracemalloc
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from bodyseg_widgets import (
    Frame,
    InvalidOptionError,
    Mask,
    MissingDependencyError,
    Region,
    Result,
    Segmentation,
    StreamLog,
    Timings,
)
from bodyseg_widgets.evaluation import ClassAgreement
from bodyseg_widgets.streaming import stream_log
from tests.poses import HandStream, make_pose, make_result

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bodyseg_widgets.streaming import ResultCallback


@pytest.fixture
def stream() -> HandStream:
    return HandStream()


@pytest.fixture
def log(stream: HandStream) -> StreamLog:
    log = StreamLog()
    log.add("mine", stream)
    return log


def with_mask(levels: list[list[int]], region: Region | None = None) -> Result:
    mask = Mask.from_levels(np.array(levels, np.uint8), size=(4, 6), region=region)
    return replace(make_result(0.0), segmentation=Segmentation(mask))


def test_a_row_for_each_result(log: StreamLog, stream: HandStream) -> None:
    stream.put(make_result(1000.0, make_pose(), make_pose(), frame=4))
    timings = Timings(capture=9, up=4, wait=0, decode=2, infer=5, down=6)
    stream.put(replace(make_result(1000.5, frame=5), timings=timings))
    table = log.to_dataframe()
    assert table.columns.tolist() == [
        "time", "frame", "name", "capture", "up", "wait", "decode", "infer", "down", "draw",
        "coverage", "threshold", "people",
    ]  # fmt: skip
    assert table["time"].tolist() == [0, 0.5]
    assert table["frame"].tolist() == [4, 5]
    assert table["name"].tolist() == ["mine", "mine"]
    assert table["people"].tolist() == [2, 0]
    assert table.loc[1, "capture":"down"].tolist() == [9, 4, 0, 2, 5, 6]
    assert table["draw"].isna().all()


def test_coverage_is_the_share_of_the_picture(log: StreamLog, stream: HandStream) -> None:
    # At threshold 0.5, 128 is the lowest value of a person.
    stream.put(with_mask([[0, 127], [128, 255]]))
    stream.put(with_mask([[0, 128], [128, 255]], Region(left=0, top=2, width=6, height=2)))
    stream.put(with_mask([[255]], Region(left=0, top=0, width=0, height=0)))
    assert log.to_dataframe()["coverage"].tolist() == [0.5, 0.375, 0]


def test_models_with_classes_have_a_column_for_each(log: StreamLog, stream: HandStream) -> None:
    other = HandStream()
    log.add("other", other)
    values = np.array([[0, 0], [1, 255]], np.uint8)
    region = Region(left=0, top=2, width=6, height=2)
    stream.put(with_mask([[0, 255], [255, 255]], region))
    mask = Mask.from_levels(np.array([[0, 255], [255, 255]], np.uint8), size=(4, 6))
    for target, labels in ((stream, {0: "head", 1: "hand"}), (other, {1: "Background", 0: "hat"})):
        parts = Mask(mask.source.copy(), size=(4, 6), model_size=(2, 2), values=values.copy())
        target.put(replace(make_result(1.0), segmentation=Segmentation(parts, labels)))
    table = log.to_dataframe()
    assert table.columns.tolist()[-3:] == ["coverage_head", "coverage_hand", "coverage_hat"]
    shares = table.iloc[:, -3:].to_numpy()
    np.testing.assert_array_equal(
        shares, [[np.nan] * 3, [0.25, 0.25, np.nan], [np.nan, np.nan, 0.25]]
    )
    log.clear()
    stream.put(with_mask([[0, 255]]))
    assert log.to_dataframe().columns.tolist()[-1] == "people"


def test_the_agreement_on_classes_has_columns_where_there_is_one(log: StreamLog) -> None:
    log.add_agreement(0.0, 1, "a", "b", iou=0.5, mad=0.1)
    assert log.agreement_to_dataframe().columns.tolist()[-1] == "mad"
    seen = ({"head": 0.5}, {"head": 0.25, "hand": 1.0})
    for frame, iou in enumerate(seen, 2):
        classes = ClassAgreement(iou, same_class=0.75)
        log.add_agreement(1.0, frame, "a", "b", iou=0.5, mad=0.1, classes=classes)
    table = log.agreement_to_dataframe()
    assert table.columns.tolist()[-3:] == ["same_class", "iou_head", "iou_hand"]
    np.testing.assert_array_equal(
        table.iloc[:, -3:].to_numpy(),
        [[np.nan] * 3, [0.75, 0.5, np.nan], [0.75, 0.25, 1]],
    )


def test_the_threshold_is_asked_for_with_each_result(stream: HandStream) -> None:
    log = StreamLog()
    thresholds = iter([0.2, 0.9])
    log.add("mine", stream, threshold=lambda: next(thresholds))
    for _ in range(2):
        stream.put(with_mask([[0, 100, 200, 255]]))
    table = log.to_dataframe()
    assert table["threshold"].tolist() == [0.2, 0.9]
    assert table["coverage"].tolist() == [0.75, 0.25]


def test_frames_that_are_shown_again_are_left_out(log: StreamLog, stream: HandStream) -> None:
    for live in (True, False):
        frame = Frame(1, np.zeros((4, 6, 3), np.uint8), 0.0, live=live)
        stream.put(replace(make_result(0.0), frame=frame))
    assert len(log.to_dataframe()) == 1


def test_streams_come_and_go(log: StreamLog, stream: HandStream) -> None:
    other = HandStream()
    log.add("other", other)
    assert [*log.names] == ["mine", "other"]
    stream.put(make_result(0.0))
    other.put(make_result(0.0))
    log.remove("mine")
    stream.put(make_result(1.0))
    other.put(make_result(1.0))
    assert [*log.names] == ["other"]
    assert stream.callbacks == []
    assert log.to_dataframe()["name"].tolist() == ["mine", "other", "other"]


def test_nothing_is_noted_after_stop_and_what_is_there_stays(stream: HandStream) -> None:
    with StreamLog() as log:
        log.add("mine", stream)
        stream.put(make_result(0.0))
    log.stop()
    stream.put(make_result(1.0))
    assert (len(log.to_dataframe()), log.names) == (1, ())
    assert stream.callbacks == []


def test_a_stream_may_hand_out_its_latest_result_at_once() -> None:
    class Eager(HandStream):
        def on_result(self, callback: ResultCallback) -> Callable[[], None]:
            callback(make_result(0.0))
            return super().on_result(callback)

    log = StreamLog()
    log.add("eager", Eager())
    assert len(log.to_dataframe()) == 1


def test_two_streams_need_two_names(log: StreamLog) -> None:
    with pytest.raises(InvalidOptionError, match="already a stream named 'mine'"):
        log.add("mine", HandStream())
    with pytest.raises(InvalidOptionError, match="must be one of 'mine', but got 'other'"):
        log.remove("other")


def test_only_the_last_seconds_are_kept(stream: HandStream) -> None:
    log = StreamLog(seconds=2)
    log.add("mine", stream)
    for step in range(100):
        stream.put(make_result(step / 10, frame=step))
        log.add_agreement(step / 10, step, "a", "b", iou=0.5, mad=0.1)
    for table in (log.to_dataframe(), log.agreement_to_dataframe()):
        assert (table["frame"].iloc[0], table["frame"].iloc[-1], len(table)) == (79, 99, 21)
        assert table["time"].iloc[-1] == pytest.approx(9.9)


def test_the_number_of_rows_is_bounded(stream: HandStream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_log, "MAX_ROWS", 10)
    log = StreamLog()
    log.add("mine", stream)
    for step in range(50):
        stream.put(make_result(0.0, frame=step))
        log.add_agreement(0.0, step, "a", "b", iou=0.5, mad=0.1)
    assert log.to_dataframe()["frame"].tolist() == [*range(40, 50)]
    assert log.agreement_to_dataframe()["frame"].tolist() == [*range(40, 50)]


def test_rows_come_and_go_in_chunks(stream: HandStream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_log, "_CHUNK", 4)
    log = StreamLog(seconds=1)
    log.add("mine", stream)
    for step in range(23):
        stream.put(make_result(step / 4, frame=step))
        kept = log.to_dataframe()["frame"].tolist()
        assert kept == [*range(max(0, step - 4), step + 1)]


def test_ten_minutes_of_three_models_take_less_than_ten_megabytes(stream: HandStream) -> None:
    log = StreamLog(seconds=600)
    log.add("mine", stream)
    result = make_result(0.0)
    # What is measured, a new object each time, as a stream has it.
    numbers = iter(np.arange(100_000.0).tolist())
    tracemalloc.start()
    try:
        for _ in range(5000):
            timings = Timings(*(next(numbers) for _ in range(7)))
            stream.put(replace(result, timings=timings))
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken / 5000 * 54_000 < 10e6


def test_a_slow_models_results_come_out_of_turn(log: StreamLog, stream: HandStream) -> None:
    slow = HandStream()
    log.add("slow", slow)
    stream.put(make_result(10.0, frame=1))
    stream.put(make_result(10.4, frame=2))
    slow.put(make_result(10.0, frame=1))
    assert log.to_dataframe()["time"].tolist() == pytest.approx([0, 0.4, 0])


def test_a_clock_that_goes_far_back_begins_a_new_log(log: StreamLog, stream: HandStream) -> None:
    stream.put(make_result(1000.0))
    log.add_agreement(1000.0, 1, "a", "b", iou=0.5, mad=0.1)
    stream.put(make_result(400.0))
    stream.put(make_result(401.0))
    assert log.to_dataframe()["time"].tolist() == [0, 1]
    assert log.agreement_to_dataframe().empty


def test_after_clear_time_begins_again(log: StreamLog, stream: HandStream) -> None:
    stream.put(make_result(10.0))
    log.clear()
    assert log.to_dataframe().empty
    stream.put(make_result(20.0))
    assert log.to_dataframe()["time"].tolist() == [0]


def test_agreement_has_a_table_of_its_own(log: StreamLog, stream: HandStream) -> None:
    stream.put(make_result(10.0, frame=1))
    log.add_agreement(10.5, 2, "a", "b", iou=0.75, mad=0.125)
    table = log.agreement_to_dataframe()
    assert table.to_dict("records") == [
        {"time": 0.5, "frame": 2, "a": "a", "b": "b", "iou": 0.75, "mad": 0.125}
    ]
    assert len(log.to_dataframe()) == 1


def test_empty_tables_have_their_columns() -> None:
    log = StreamLog()
    assert log.to_dataframe().shape == (0, 13)
    assert log.agreement_to_dataframe().shape == (0, 6)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_tables_are_saved(log: StreamLog, stream: HandStream, tmp_path: Path, suffix: str) -> None:
    stream.put(make_result(3.0, make_pose(), frame=8))
    log.add_agreement(3.0, 8, "a", "b", iou=0.75, mad=0.125)
    read = {".csv": pd.read_csv, ".parquet": pd.read_parquet}[suffix]
    results = read(log.save(tmp_path / f"results{suffix}"))
    assert results.columns.tolist() == log.to_dataframe().columns.tolist()
    assert results.loc[0, ["frame", "name", "people"]].tolist() == [8, "mine", 1]
    agreement = read(log.save_agreement(tmp_path / f"agreement{suffix}"))
    assert agreement.loc[0, ["a", "b", "iou", "mad"]].tolist() == ["a", "b", 0.75, 0.125]


def test_an_impossible_path_is_refused(log: StreamLog, tmp_path: Path) -> None:
    with pytest.raises(InvalidOptionError, match=r"Results can be saved as '\.csv' or '\.parquet'"):
        log.save(tmp_path / "results.xlsx")
    with pytest.raises(InvalidOptionError, match=r"folder '.*later' of .* does not exist"):
        log.save_agreement(tmp_path / "later" / "agreement.csv")


def test_without_pandas_the_extra_is_named(log: StreamLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingDependencyError, match=r"bodyseg-widgets\[tables\]"):
        log.to_dataframe()
    with pytest.raises(MissingDependencyError, match=r"bodyseg-widgets\[tables\]"):
        log.agreement_to_dataframe()


def test_without_pyarrow_csv_still_works(
    log: StreamLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingDependencyError, match=r"results as Parquet needs .*\[tables\]"):
        log.save(tmp_path / "results.parquet")
    assert log.save(tmp_path / "results.csv").is_file()


def test_it_may_be_read_while_streams_are_noted() -> None:
    log = StreamLog()
    streams = [HandStream() for _ in range(3)]
    for number, stream in enumerate(streams):
        log.add(str(number), stream)

    def put(stream: HandStream) -> None:
        for step in range(300):
            stream.put(make_result(step / 100, frame=step))

    threads = [threading.Thread(target=put, args=(stream,)) for stream in streams]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert set(log.to_dataframe()["name"]) <= {"0", "1", "2"}
    for thread in threads:
        thread.join()
    assert log.to_dataframe().groupby("name", observed=True).size().tolist() == [300] * 3


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_an_impossible_time_is_refused(seconds: float) -> None:
    with pytest.raises(InvalidOptionError, match=f"above 0, but got {seconds!r}"):
        StreamLog(seconds=seconds)
