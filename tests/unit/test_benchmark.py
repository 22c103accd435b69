"""How fast models are: what is timed and what is not, and what is said of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from bodyseg_widgets import (
    Benchmark,
    InvalidOptionError,
    MissingWeightsError,
    SourceError,
    Speed,
    Timings,
    add_model,
    benchmark,
)
from bodyseg_widgets.measuring import speed_cells
from bodyseg_widgets.measuring.machine import this_machine
from bodyseg_widgets.streaming.sources import ImageIterator

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SIZE = (24, 32)


def room() -> NDArray[np.uint8]:
    return np.full((*SIZE, 3), 90, np.uint8)


def measured(models: Any, **options: Any) -> Benchmark:  # noqa: ANN401
    return benchmark(models, **{"source": room(), "duration": 0.05, "progress": False, **options})


def speed(**stages: float) -> Speed:
    return Speed.of(
        "Mine", "onnx", "processor", turns=[40, 50, 60], timings=[Timings(**stages)] * 3
    )


# --- one row -------------------------------------------------------------------------------


def test_percentiles_are_those_of_the_frames_and_quartiles_those_of_the_turns() -> None:
    frames = [Timings(decode=2, infer=duration) for duration in range(1, 102)]
    row = Speed.of("Mine", "onnx", "processor", turns=[10, 20, 30, 40, 50], timings=frames)
    assert (row.fps_low, row.fps, row.fps_high) == (20, 30, 40)
    assert row.spread == pytest.approx(20 / 30)
    infer, total = row.latency["infer"], row.latency["total"]
    assert (infer.p50, infer.p95, infer.p99) == pytest.approx((51, 96, 100))
    assert (total.p50, total.p95, total.p99) == pytest.approx((53, 98, 102))
    assert row.frames == 101
    assert row.record()["decode_p50"] == 2


def test_a_stage_that_some_frames_lack_is_that_of_the_others() -> None:
    frames = [Timings(decode=1, infer=4), Timings(decode=1, infer=4, draw=5)]
    row = Speed.of("Mine", "browser", "processor", turns=[9], timings=frames)
    assert [*row.latency] == ["decode", "infer", "draw", "total"]
    assert (row.latency["draw"].p50, row.latency["total"].p50) == (5, 10)


def test_rows_with_different_stages_have_one_table() -> None:
    head, rows = speed_cells([speed(decode=1, infer=4), speed(infer=5, draw=6)])
    assert head[-3:] == ("decode", "infer", "draw")
    assert [row[-3:] for row in rows] == [("1.0", "4.0", "–"), ("–", "5.0", "6.0")]


# --- what is timed -------------------------------------------------------------------------


def test_models_take_turns_forward_and_backward() -> None:
    seen: list[str] = []

    def named(name: str) -> None:
        def find(image: NDArray[np.uint8]) -> NDArray[np.float32]:
            if seen[-1:] != [name]:
                seen.append(name)
            return np.zeros(image.shape[:2], np.float32)

        add_model(name, find)

    for name in "ABC":
        named(name)
    measured(["A", "B", "C"])
    # Each is loaded; then the one at the end of a round begins the next.
    assert "".join(seen) == "ABC" + "ABC" + "BABC" * 4


def test_first_frames_are_not_counted() -> None:
    runs = 0

    def find(image: NDArray[np.uint8]) -> NDArray[np.float32]:
        nonlocal runs
        runs += 1
        return np.zeros(image.shape[:2], np.float32)

    add_model("Counted", find)
    (row,) = measured("Counted").speeds
    # 10 after it was loaded, and 2 of each of 9 turns.
    assert row.frames == runs - 10 - 9 * 2
    assert row.frames >= 9


def test_frames_of_a_source_are_decoded_again_and_again_in_their_order() -> None:
    seen: list[int] = []

    def find(image: NDArray[np.uint8]) -> NDArray[np.float32]:
        seen.append(round(float(image.mean()) / 40))
        return np.zeros(image.shape[:2], np.float32)

    add_model("Order", find)
    frames = [np.full((*SIZE, 3), 40 * number, np.uint8) for number in (1, 2, 3)]
    measured("Order", source=frames)
    assert seen[:7] == [1, 2, 3, 1, 2, 3, 1]


def test_a_source_is_read_up_to_three_seconds_and_stays_open_if_it_was_given() -> None:
    source = ImageIterator([room()] * 200)
    assert measured("landscape", source=source).label == source.label
    after = source.read()
    assert after is not None
    assert after.index == 90


@pytest.mark.parametrize("runtime", ["tensorflow", "mediapipe"])
def test_real_models_have_speeds_with_their_stages(runtime: str) -> None:
    found = benchmark(
        [("MediaPipeSelfieSegmentation", "landscape", runtime), ("BlazePose", "lite", runtime)],
        duration=0.1,
        progress=False,
    )
    assert [each.model for each in found.speeds] == ["Selfie landscape", "BlazePose lite"]
    assert found.size == (480, 640)
    for each in found.speeds:
        assert (each.runtime, each.accelerator) == (runtime, "processor")
        assert [*each.latency] == ["decode", "infer", "total"]
        assert 0 < each.fps_low <= each.fps <= each.fps_high
        total = each.latency["total"]
        assert 0 < total.p50 <= total.p95 <= total.p99
    assert found.noise == max(each.spread for each in found.speeds)


def test_a_function_may_run_anywhere() -> None:
    add_model("Mine", lambda image: np.zeros(image.shape[:2], np.float32))
    (row,) = measured("Mine").speeds
    assert (row.runtime, row.accelerator) == ("python", "unknown")


# --- what fails ----------------------------------------------------------------------------


def failing_after(count: int) -> None:
    runs = 0

    def find(image: NDArray[np.uint8]) -> NDArray[np.float32]:
        nonlocal runs
        runs += 1
        if runs > count:
            raise RuntimeError("no more")
        return np.zeros(image.shape[:2], np.float32)

    add_model("Failing", find)


@pytest.mark.parametrize("frames", [0, 15])
def test_a_model_that_fails_is_told_and_the_others_go_on(frames: int) -> None:
    failing_after(frames)
    found = measured(["Failing", "landscape"])
    assert [each.model for each in found.speeds] == ["Selfie landscape"]
    (failure,) = found.failed
    assert (failure.index, failure.name) == (0, "Failing (python)")
    assert failure.reason == "RuntimeError: no more"


def test_where_none_can_be_measured_the_first_error_is_told() -> None:
    failing_after(0)
    with pytest.raises(InvalidOptionError, match=r"Failing \(python\) could not .*no more"):
        measured("Failing")


def test_weights_that_are_missing_say_how_they_get_here(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path)
    monkeypatch.delenv("BODYSEG_MODELS", raising=False)
    with pytest.raises(MissingWeightsError, match="fetch_weights"):
        measured("MobileNetV1 0.5 quant2")


@pytest.mark.parametrize("duration", [0, -1, math.nan, math.inf, "4", True])
def test_what_is_no_duration_is_refused(duration: object) -> None:
    with pytest.raises(InvalidOptionError, match="duration must be a number of seconds above 0"):
        measured("landscape", duration=duration)


def test_a_runtime_of_the_page_is_refused() -> None:
    with pytest.raises(InvalidOptionError, match="runs in the page"):
        measured(("BlazePose", "lite", "browser"))


def test_a_source_without_frames_is_refused() -> None:
    with pytest.raises(SourceError, match="no frames"):
        measured("landscape", source=iter([]))


# --- what is shown -------------------------------------------------------------------------


@pytest.fixture
def found() -> Benchmark:
    rows = [
        Speed.of("A", runtime, "processor", turns=[rate], timings=[Timings(decode=1, infer=4)])
        for runtime, rate in (("tensorflow", 100), ("mediapipe", 50))
    ]
    return Benchmark(
        rows, machine=this_machine(), label="squats", size=(480, 640), duration=4, failed=[]
    )


def test_tables_have_a_row_for_each_model_and_for_each_stage(found: Benchmark) -> None:
    assert [*found.summary["fps"]] == [100, 50]
    stages = found.latencies
    assert len(stages) == 6
    assert [*stages.columns] == ["model", "runtime", "accelerator", "stage", "p50", "p95", "p99"]
    pd.testing.assert_frame_equal(found.summary, pd.DataFrame(found.records()))


def test_a_chart_has_models_down_and_runtimes_across(found: Benchmark) -> None:
    (table,) = found.plot_table().data
    assert [*table.header["values"]] == [
        "frames per second",
        "tensorflow, processor",
        "mediapipe, processor",
    ]
    assert [[*column] for column in table.cells["values"]] == [
        ["A"],
        ["100.0 [100.0, 100.0]"],
        ["50.0 [50.0, 50.0]"],
    ]
    bars = found.plot_fps().data
    assert [(each.name, *each.x) for each in bars] == [
        ("tensorflow, processor", 100),
        ("mediapipe, processor", 50),
    ]
    stages = found.plot_latency().data
    assert [(each.name, *each.x) for each in stages] == [("decode", 1, 1), ("infer", 4, 4)]


def test_a_notebook_shows_speeds_noise_and_the_computer(found: Benchmark) -> None:
    html = found._repr_html_()
    for said in ("Benchmark", "squats", "640 × 480 pixels", "100.0", "tensorflow", "infer"):
        assert said in html
    machine = found.machine
    assert machine.processor in html
    assert machine.packages["ai-edge-litert"] in html
    assert "Quartiles" in html


def test_a_computer_has_no_names_of_people_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.node", lambda: "the-name-of-somebody")
    machine = this_machine()
    assert "the-name-of-somebody" not in f"{machine} {machine!r}"
    assert machine.cores >= 1
    assert machine.memory > 2**28
    assert {"ai-edge-litert", "bodyseg-widgets", "numpy"} <= machine.packages.keys()
