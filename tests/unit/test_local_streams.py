"""Models that run in the page: what Python makes of what the page says."""

from __future__ import annotations

import threading
import zlib
from contextlib import closing
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bodyseg_widgets import (
    AgreementTable,
    Compare,
    Explorer,
    LandmarkPlot3D,
    ModelPanel,
    SegmentationStream,
    Webcam,
    add_model,
    create_detector,
    create_segmenter,
)
from bodyseg_widgets.errors import InvalidOptionError, MissingImageError
from bodyseg_widgets.streaming import LIVE_MODELS, PoseRecorder, SameFrames, StreamLog
from bodyseg_widgets.streaming.encoded import encode_image
from bodyseg_widgets.streaming.live_models import choose_in_python
from bodyseg_widgets.widgets.kit.page_messages import MessageError
from bodyseg_widgets.widgets.source.frame_hub import FrameHub, PageWork
from bodyseg_widgets.widgets.transport.assets import PROGRAMS, asset_answer
from bodyseg_widgets.widgets.transport.checked import checked
from bodyseg_widgets.widgets.transport.limits import ASSET_PART_BYTES
from tests.unit.from_page import FRAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bodyseg_widgets import Result
    from bodyseg_widgets.streaming import EncodedFrame

SIZE = (48, 64)
LEVELS = np.arange(256, dtype=np.uint8).reshape(16, 16)


def _seen(stream: SegmentationStream, **changed: object) -> dict[str, Any]:
    (local,) = stream.webcam._local_streams
    return {
        "kind": "seen",
        "page": "p",
        "video": 1,
        "frame": 5,
        "stream": local["stream"],
        "key": local["key"],
        "shape": [16, 16],
        "region": [0, 0, 64, 48],
        "poses": [],
        "planes": [],
        "timings": {"wait": 1.0, "decode": 2.0, "infer": 3.0},
        "id": 5,
        "captured": 2000.0,
        "browser": FRAME["timings"],
        "live": True,
        "size": [64, 48],
        "image": False,
        **changed,
    }


def _send(webcam: Webcam, message: dict[str, Any], *buffers: bytes) -> None:
    webcam._receive(checked(message, buffers), buffers)


def _send_frame(webcam: Webcam) -> None:
    _send(webcam, FRAME, encode_image(np.full((*SIZE, 3), 90, np.uint8)))


def _log_of(stream: SegmentationStream) -> Callable[[], None]:
    log = StreamLog()
    log.add("one", stream)
    return log.stop


def test_the_page_is_told_of_streams_that_it_runs_and_of_those_that_need_frames(
    webcam: Webcam,
) -> None:
    with closing(SegmentationStream(webcam, model="landscape", runtime="browser")) as stream:
        (local,) = webcam._local_streams
        assert (local["model"], local["model_type"]) == (stream.model, "landscape")
        assert local["key"] == "Selfie landscape (browser)"
        assert (webcam._kernel_streams, webcam._results_wanted) == (False, "none")
        stream.runtime = "tensorflow"
        assert (webcam._local_streams, webcam._kernel_streams) == ([], True)
        stream.runtime = "browser"
        stream.choose("general")
        (local,) = webcam._local_streams
        assert local["key"] == "Selfie general (browser)"
        assert not webcam._kernel_streams
    assert webcam._local_streams == []


def test_results_are_wanted_with_images_while_python_or_an_effect_needs_them(
    webcam: Webcam,
) -> None:
    with closing(SegmentationStream(webcam, runtime="browser")) as stream:
        for begin in (stream.on_result, lambda _: stream.subscribe(lambda *_: None)):
            end = begin(lambda _: None)
            assert webcam._results_wanted == "with_images"
            end()
            assert webcam._results_wanted == "none"
        stream.overhear(lambda _: None)
        assert webcam._results_wanted == "none"
        assert stream.latest is None
        assert webcam._results_wanted == "with_images"


@pytest.mark.parametrize(
    "begin",
    [
        lambda stream: stream.on_result(lambda _: None, images=False),
        lambda stream: PoseRecorder(stream).stop,
        lambda stream: SameFrames({"one": stream}).close,
        _log_of,
    ],
    ids=["on_result", "PoseRecorder", "SameFrames", "StreamLog"],
)
def test_who_needs_no_image_leaves_it_in_the_page(
    webcam: Webcam, begin: Callable[[SegmentationStream], Callable[[], None]]
) -> None:
    with closing(SegmentationStream(webcam, runtime="browser")) as stream:
        end = begin(stream)
        assert webcam._results_wanted == "alone"
        end_of_another = stream.on_result(lambda _: None)
        assert webcam._results_wanted == "with_images"
        end_of_another()
        assert webcam._results_wanted == "alone"
        end()
        assert webcam._results_wanted == "none"


def test_the_last_that_the_page_is_told_is_what_is_wanted_now() -> None:
    told: list[str] = []
    others: list[threading.Thread] = []

    def tell(work: PageWork) -> None:
        if work.results == "alone" and not others:
            # While the page is being told of one, another one asks on a thread of its own.
            others.append(threading.Thread(target=frames.images.add, args=(lambda: True,)))
            others[0].start()
            others[0].join(0.2)
        told.append(work.results)

    frames = FrameHub(lambda *_: None, seconds=1, keeps=lambda: False, page_work=tell)
    frames.demand.add(lambda: True)
    others[0].join()
    assert told == ["alone", "with_images"]


def test_a_plot_and_a_table_leave_images_in_the_page(webcam: Webcam) -> None:
    with closing(Compare(["full", "lite"], webcam, runtime="browser", show=())) as compare:
        for shown in (LandmarkPlot3D(compare.stream), AgreementTable(compare.panels)):
            assert webcam._results_wanted == "none"
            shown._view_count = 1
            assert webcam._results_wanted == "alone"
            shown.close()
        assert webcam._results_wanted == "none"


def test_a_result_without_its_image_is_for_those_who_need_none(webcam: Webcam) -> None:
    came: list[Result] = []
    there = threading.Event()
    with closing(SegmentationStream(webcam, runtime="browser")) as stream:
        stream.on_result(lambda _: pytest.fail("it has no image"))
        stream.subscribe(lambda *_: pytest.fail("it has no image"))
        stream.on_result(lambda result: (came.append(result), there.set()), images=False)
        _send(webcam, _seen(stream), zlib.compress(LEVELS.tobytes()), b"")
        assert there.wait(10)
        (result,) = came
        np.testing.assert_array_equal(result.mask.levels, LEVELS)
        assert result.mask.probability.shape == SIZE
        frame = result.frame
        assert (frame.id, frame.size, frame.timestamp, frame.live) == (5, (64, 48), 2.0, True)
        assert not frame.has_image
        with pytest.raises(MissingImageError, match=r"Leave out images=False"):
            _ = frame.image
        assert repr(frame) == "Frame(id=5, size=(64, 48), timestamp=2.0)"
        assert result.timings.capture == 8.0
        assert stream.overheard is result
        assert (stream.latest, stream.keepable(asked=True)) == (None, None)
        assert list(webcam.kept_frames) == []
        assert stream.state == "ready"


def test_a_frame_that_only_the_page_has_kept_comes_with_its_result(webcam: Webcam) -> None:
    came: list[Result] = []
    there = threading.Event()
    image = np.full((*SIZE, 3), 90, np.uint8)
    with closing(SegmentationStream(webcam, runtime="browser")) as stream:
        stream.on_result(lambda result: (came.append(result), there.set()))
        message = _seen(stream, frame=9, id=3, live=False, image=True)
        _send(webcam, message, zlib.compress(LEVELS.tobytes()), b"", encode_image(image))
        assert there.wait(10)
        (result,) = came
        assert (result.frame.id, result.frame.live) == (3, False)
        np.testing.assert_allclose(result.frame.image, image, atol=2)
        assert stream.latest is result


def test_a_result_that_an_earlier_choice_has_found_is_left_out(webcam: Webcam) -> None:
    came: list[Result] = []
    chosen, there = threading.Event(), threading.Event()
    packed = zlib.compress(LEVELS.tobytes())
    with closing(SegmentationStream(webcam, model="lite", runtime="browser")) as stream:
        first = _seen(stream)

        def choose_others_once(result: Result) -> None:
            came.append(result)
            if len(came) == 1:
                # While it waits for this, the next one comes, of the earlier choice.
                _send(webcam, {**first, "frame": 6, "id": 6}, packed, b"")
                stream.max_poses = 2
                assert _seen(stream)["key"] != first["key"]
                chosen.set()
            else:
                there.set()

        stream.on_result(choose_others_once, images=False)
        _send(webcam, first, packed, b"")
        assert chosen.wait(10)
        _send(webcam, _seen(stream, frame=8, id=8), packed, b"")
        assert there.wait(10)
        assert [result.frame.id for result in came] == [5, 8]
        assert (stream.state, stream.message) == ("ready", "")


def test_a_result_of_the_page_is_one_of_the_stream_and_no_model_runs(
    webcam: Webcam, monkeypatch: pytest.MonkeyPatch
) -> None:
    came: list[Result] = []
    there = threading.Event()
    with closing(SegmentationStream(webcam, runtime="browser")) as stream:
        monkeypatch.setattr(
            "bodyseg_widgets.streaming.live_models.create_segmenter",
            lambda *_, **__: pytest.fail("a model was loaded"),
        )
        stream.on_result(lambda result: (came.append(result), there.set()))
        _send_frame(webcam)
        _send(webcam, _seen(stream), zlib.compress(LEVELS.tobytes()), b"")
        assert there.wait(10)
        (result,) = came
        np.testing.assert_array_equal(result.mask.levels, LEVELS)
        assert result.model == "Selfie general (browser)"
        assert (result.frame.id, result.frame.image.shape) == (5, (*SIZE, 3))
        assert (result.timings.decode, result.timings.infer) == (pytest.approx(2, abs=50), 3.0)
        (kept,) = webcam.kept_frames
        assert list(kept.results) == ["Selfie general (browser)"]
        assert stream.state == "ready"


@pytest.mark.parametrize("end", ["running", "close"])
def test_no_image_stays_for_results_that_may_follow_when_the_source_has_stopped(
    webcam: Webcam, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    with closing(SegmentationStream(webcam, runtime="browser")) as stream:
        taken: list[EncodedFrame[Any]] = []
        receiver = SimpleNamespace(model=stream.choice.live_model, seen=taken.append)
        monkeypatch.setattr(webcam.frames.local, "receiver", lambda *_: receiver)
        webcam.running = True
        _send_frame(webcam)
        assert any(webcam.frames._recent.values())
        if end == "running":
            webcam.running = False
        else:
            _send(webcam, {"kind": "close", "page": FRAME["page"], "video": FRAME["video"]})
            # One that was on its way.
            _send_frame(webcam)
        assert not any(webcam.frames._recent.values())
        packed = zlib.compress(LEVELS.tobytes())
        _send(webcam, _seen(stream), packed, b"")
        assert taken == []
        # Of the next session.
        _send(webcam, _seen(stream, video=2, frame=9, id=9), packed, b"")
        assert [frame.id for frame in taken] == [9]


def test_a_result_of_another_model_or_frame_is_dropped(webcam: Webcam) -> None:
    came: list[Result] = []
    packed = zlib.compress(LEVELS.tobytes())
    with closing(SegmentationStream(webcam, runtime="browser")) as stream:
        stream.on_result(came.append)
        _send_frame(webcam)
        _send(webcam, _seen(stream, key="Selfie landscape (browser)"), packed, b"")
        _send(webcam, _seen(stream, frame=4), packed, b"")
        _send(webcam, {**_seen(stream), "stream": "none"}, packed, b"")
    assert came == []


@pytest.mark.parametrize(
    ("changed", "mask"),
    [
        ({}, b"damaged"),
        ({"shape": [16, 15]}, None),
        ({"shape": [2**20, 2**20]}, None),
        ({"region": [0, 0, 65, 48]}, None),
        ({"poses": [{"id": 1}]}, None),
        ({"planes": [{"kind": "labels"}]}, None),
        ({"frame": 6, "size": [0, 48]}, None),
        ({"frame": 6, "size": [-64, -48]}, None),
        ({"frame": 6, "size": [2**30, 2]}, None),
        ({"frame": 6, "size": [16384, 16384]}, None),
    ],
)
def test_a_result_that_does_not_fit_its_frame_is_refused(
    webcam: Webcam, changed: dict[str, object], mask: bytes | None
) -> None:
    packed = zlib.compress(LEVELS.tobytes()) if mask is None else mask
    with closing(SegmentationStream(webcam, runtime="browser")) as stream:
        _send_frame(webcam)
        with pytest.raises(MessageError, match="Reload the page"):
            _send(webcam, _seen(stream, **changed), packed, b"")


def test_an_image_that_is_none_is_refused_with_its_result(webcam: Webcam) -> None:
    packed = zlib.compress(LEVELS.tobytes())
    with closing(SegmentationStream(webcam, runtime="browser")) as stream:
        for buffers in ([packed, b"", b"no image"], [packed, b""], [packed]):
            with pytest.raises(MessageError, match="Reload the page"):
                _send(webcam, _seen(stream, image=True), *buffers)
        with pytest.raises(MessageError, match="3 buffers in place of 2"):
            _send(webcam, _seen(stream), packed, b"", b"one too many")


@pytest.mark.parametrize("field", ["shape", "region", "poses", "planes", "size", "image", "live"])
def test_a_result_with_fields_of_other_types_is_no_message(webcam: Webcam, field: str) -> None:
    with closing(SegmentationStream(webcam, runtime="browser")) as stream:
        for wrong in (None, 3, [1.5, 2], ["a"]):
            with pytest.raises(MessageError, match=f"whose '{field}' is"):
                checked(_seen(stream, **{field: wrong}), [b"", b""])


def test_what_the_page_says_of_its_model_is_the_state_of_the_stream(webcam: Webcam) -> None:
    with closing(SegmentationStream(webcam, runtime="browser")) as stream:
        (local,) = webcam._local_streams
        said = {
            "kind": "local_state",
            "page": "p",
            "stream": local["stream"],
            "key": local["key"],
            "running_on": "",
            "why": "",
        }
        _send(webcam, {**said, "state": "failed", "message": "It is forbidden."})
        assert (stream.state, stream.message) == ("failed", "It is forbidden.")
        _send(webcam, {**said, "key": "another", "state": "ready", "message": ""})
        assert stream.state == "failed"
        _send(webcam, {**said, "state": "ready", "message": ""})
        assert (stream.state, stream.message) == ("ready", "")


def test_pages_get_the_files_that_run_models_in_parts_and_no_others() -> None:
    for name in (*PROGRAMS, "selfie_general"):
        whole, _ = asset_answer({"kind": "asset", "page": "p", "name": name, "offset": None})
        got = b""
        while len(got) < whole["size"]:
            _, (part,) = asset_answer(
                {"kind": "asset", "page": "p", "name": name, "offset": len(got)}
            )
            assert 0 < len(part) <= ASSET_PART_BYTES
            got += part
        assert len(got) == whole["size"]
        assert len(whole["digest"]) == 64
    for name in ("../../options.py", "bodyseg.js", ""):
        answer, buffers = asset_answer({"kind": "asset", "page": "p", "name": name, "offset": 0})
        assert "no file for pages" in answer["message"]
        assert buffers == ()


@pytest.mark.parametrize(
    "run",
    [
        lambda: create_segmenter("general", runtime="browser"),
        lambda: create_detector("lite", runtime="browser"),
        lambda: choose_in_python(("MediaPipeSelfieSegmentation", "general", "browser")),
    ],
)
def test_functions_that_run_in_python_refuse_the_page_in_one_sentence(
    run: Callable[[], object],
) -> None:
    with pytest.raises(InvalidOptionError, match="runs in the page that shows a live view"):
        run()


@pytest.fixture
def own_model() -> Iterator[str]:
    """The name of a model that only Python can run."""
    add_model("Own", lambda image: np.zeros(image.shape[:2]))
    yield "Own"
    del LIVE_MODELS["Own"]


def test_a_model_that_has_one_way_to_run_runs_that_way(webcam: Webcam, own_model: str) -> None:
    with closing(SegmentationStream(webcam, model=own_model, runtime="browser")) as stream:
        assert stream.choice.runtime == "python"
        assert (webcam._local_streams, webcam._kernel_streams) == ([], True)


def test_a_panel_offers_what_its_model_runs_on_and_leaves_the_page_with_it(
    webcam: Webcam, own_model: str
) -> None:
    bodypix = "BodyPix MobileNetV1 0.75 quant2"
    with closing(ModelPanel(webcam, "general", runtime="browser")) as panel:
        picker = panel.runtime_picker
        assert picker.options == ("tensorflow", "mediapipe", "browser")
        panel.stream.choose("lite")
        assert panel.stream.choice.label == "BlazePose lite (browser)"
        panel.stream.choose("BodyPix")
        assert panel.stream.choice.label == f"{bodypix} (browser)"
        labels = [label for label, _ in picker.options]
        assert labels == ["tensorflow", "mediapipe (not for BodyPix)", "browser"]
        assert picker.value == "browser"
        panel.stream.choose(own_model)
        assert panel.stream.choice.label == "Own (python)"
        assert picker.layout.display == "none"
        assert (webcam._local_streams, webcam._kernel_streams) == ([], True)
        panel.stream.choose("general")
        assert panel.stream.choice.label == "Selfie general (browser)"
        assert picker.layout.display is None
        picker.value = "mediapipe"
        panel.stream.model = "BodyPix"
        assert panel.stream.choice.label == f"{bodypix} (tensorflow)"
        assert picker.value == "tensorflow"
        assert (webcam._local_streams, webcam._kernel_streams) == ([], True)
        picker.value = "browser"
        assert panel.stream.choice.label == f"{bodypix} (browser)"
        panel.stream.choose("general")
        assert picker.value == "browser"


def test_an_explorer_offers_models_that_run_in_python_beside_those_in_the_page() -> None:
    with closing(Explorer(Webcam(source="sample"), runtime="browser")) as explorer:
        assert explorer.stream.choice.label == "Selfie general (browser)"
        in_python = explorer.add(("BlazePose", "lite", "tensorflow"))
        assert in_python.stream.choice.label == "BlazePose lite (tensorflow)"
        assert explorer.add("landscape").stream.choice.label == "Selfie landscape (browser)"
        explorer.webcam.close()


def test_an_accelerator_is_for_models_of_the_page_and_others_refuse_it_in_one_sentence(
    webcam: Webcam,
) -> None:
    for refused in (
        lambda: SegmentationStream(webcam, accelerator="webgpu"),
        lambda: ModelPanel(webcam, runtime="mediapipe", accelerator="wasm"),
        lambda: Explorer(webcam, models=["lite", "general"], accelerator="webgpu"),
    ):
        with pytest.raises(InvalidOptionError, match=r"is for models that run in the page[^.]*\.$"):
            refused()
    with pytest.raises(InvalidOptionError, match="'auto', 'wasm', 'webgpu', but got 'gpu'"):
        SegmentationStream(webcam, runtime="browser", accelerator="gpu")
    with closing(SegmentationStream(webcam)) as stream:
        with pytest.raises(InvalidOptionError, match="choose runtime='browser'"):
            stream.accelerator = "webgpu"
        stream.runtime, stream.accelerator = "browser", "webgpu"
        (local,) = webcam._local_streams
        assert local["accelerator"] == "webgpu"
        stream.choose("lite")
        assert stream.accelerator == "webgpu"
        stream.runtime = "tensorflow"
        assert stream.accelerator == "auto"


def test_a_stream_knows_what_the_page_runs_its_model_with_until_that_may_change(
    webcam: Webcam,
) -> None:
    with closing(SegmentationStream(webcam, runtime="browser", accelerator="webgpu")) as stream:
        assert (stream.running_on, stream.running_why) == ("", "")

        def say() -> None:
            (local,) = webcam._local_streams
            said = {"kind": "local_state", "page": "p", "stream": local["stream"]}
            said |= {"key": local["key"], "state": "ready", "message": ""}
            _send(webcam, {**said, "running_on": "wasm", "why": "It is slow."})
            assert (stream.running_on, stream.running_why) == ("wasm", "It is slow.")

        say()
        stream.accelerator = "auto"
        assert (stream.running_on, stream.running_why) == ("", "")
        say()
        stream.runtime = "tensorflow"
        assert stream.running_on == ""


def test_a_panel_offers_an_accelerator_while_the_page_runs_its_model(webcam: Webcam) -> None:
    with closing(ModelPanel(webcam, "general", runtime="browser")) as panel:
        picker = panel.accelerator_picker
        assert [label for label, _ in picker.options] == [
            "automatic",
            "processor",
            "graphics card",
        ]
        assert picker.layout.display is None
        picker.value = "webgpu"
        assert panel.stream.accelerator == "webgpu"
        panel.stream.accelerator = "wasm"
        assert picker.value == "wasm"
        panel.runtime_picker.value = "tensorflow"
        assert (picker.value, picker.layout.display) == ("auto", "none")


def test_an_explorer_gives_its_accelerator_to_the_panels_that_can_have_one(webcam: Webcam) -> None:
    models = [("BlazePose", "lite", "browser"), "general"]
    with closing(Explorer(webcam, models=models, accelerator="webgpu")) as explorer:
        assert [each.stream.accelerator for each in explorer.panels] == ["webgpu", "auto"]
        explorer.accelerator = "wasm"
        assert explorer.accelerator == "wasm"
        assert [each.stream.accelerator for each in explorer.panels] == ["wasm", "auto"]
        assert explorer.add("full").stream.accelerator == "auto"
        assert explorer.add("full", runtime="browser").stream.accelerator == "wasm"


def test_an_explorer_without_models_of_the_page_refuses_an_accelerator(webcam: Webcam) -> None:
    with closing(Explorer(webcam)) as explorer, pytest.raises(InvalidOptionError, match="page"):
        explorer.accelerator = "webgpu"
