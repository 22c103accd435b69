"""The widgets' Python side, without a browser: options, messages, closing."""

from __future__ import annotations

import contextvars
import inspect
import queue
import threading
import time
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, ClassVar

import ipywidgets
import numpy as np
import pytest
from traitlets import TraitError

from bodyseg_widgets import (
    EffectControls,
    Explorer,
    InvalidOptionError,
    Mask,
    ModelPanel,
    Pose,
    Region,
    Result,
    Segmentation,
    SegmentationStream,
    SegmentationView,
    ThresholdSlider,
    ViewTabs,
    Webcam,
    add_model,
    draw_bokeh_effect,
    draw_pixelated_mask,
    replace_background,
)
from bodyseg_widgets.pose import ADJACENT_PAIRS, KEYPOINT_NAMES, KEYPOINT_SIDES
from bodyseg_widgets.segmentation import PackedLevels
from bodyseg_widgets.streaming import live_models
from bodyseg_widgets.widgets.kit.page_links import PageLinks
from bodyseg_widgets.widgets.source.playback import Playback

if TYPE_CHECKING:
    from collections.abc import Callable

    from bodyseg_widgets.widgets import FrameChannel


@pytest.fixture
def sent(webcam: Webcam, monkeypatch: pytest.MonkeyPatch) -> list[tuple[dict[str, Any], list]]:
    """What the webcam's channel sends to the browser."""
    messages: list[tuple[dict[str, Any], list]] = []
    monkeypatch.setattr(
        webcam.channel, "send", lambda content, buffers=(): messages.append((content, buffers))
    )
    return messages


def _frame_message(
    number: int, data: bytes, *, page: str = "p", video: int = 1
) -> tuple[dict[str, Any], list[bytes]]:
    content = {
        "kind": "frame",
        "page": page,
        "frame": number,
        "video": video,
        "captured": 1.0,
        "timings": {"capture": 8.0, "up": None, "down": None, "draw": None},
    }
    return content, [data]


def _portrait() -> bytes:
    samples = resources.files("bodyseg_widgets.streaming.samples") / "data"
    return (samples / "astronaut.jpg").read_bytes()


def _halves(image: np.ndarray) -> np.ndarray:
    """Return two classes, each with half of the probability."""
    return np.full((*image.shape[:2], 2), 0.5, np.float32)


def _receive(channel: FrameChannel, content: dict[str, Any], buffers: list[bytes]) -> None:
    channel._handle_custom_msg(content, buffers)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda _: Webcam(source="tape"), "source must be one of .* got 'tape'"),
        (lambda _: Webcam(source="stream"), r"Webcam\(stream=CameraStream"),
        (lambda w: SegmentationStream(w, runtime="onnx"), "runtime must be one of .* got 'onnx'"),
        (lambda w: SegmentationStream(w, model_type="wide"), "'general', 'landscape'.* got 'wide'"),
        (lambda w: SegmentationStream(w, model="PoseNet"), "PoseNet is not .*'MediaPipeSelfie"),
        (
            lambda w: SegmentationStream(w, model="BlazePose", model_type="general"),
            "BlazePose .*'lite', 'full', 'heavy', but got 'general'",
        ),
        (lambda w: SegmentationStream(w, max_poses=0), "Invalid maxPoses 0. Should be > 0"),
        (lambda w: SegmentationStream(w, max_poses=1.5), "Invalid maxPoses 1.5. Should be > 0"),
        (lambda w: SegmentationStream(w, max_poses=True), "Invalid maxPoses True"),
        (lambda w: SegmentationStream(w).choose("BlazePose", "wide"), "'heavy', but got 'wide'"),
    ],
)
def test_a_wrong_option_is_refused_with_the_choices(
    webcam: Webcam, make: Callable[[Webcam], object], words: str
) -> None:
    with pytest.raises(InvalidOptionError, match=words):
        make(webcam)


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("mask_foreground", "teal", "#008080"),
        ("mask_background", "rgba(0, 0, 0, 0)", "transparent"),
        ("contour_color", "#fff", "#ffffff"),
        ("mask_foreground", "rgba(0, 0, 0, 0.5)", None),
        ("contour_color", "transparent", None),
        ("mask_background", "mauvish", None),
    ],
)
def test_a_side_of_the_mask_has_an_opaque_color_or_none(
    webcam: Webcam, name: str, given: str, kept: str | None
) -> None:
    stream = SegmentationStream(webcam)
    view = SegmentationView(stream)
    if kept is None:
        with pytest.raises(InvalidOptionError, match=given.partition("(")[0]):
            setattr(view, name, given)
    else:
        setattr(view, name, given)
        assert getattr(view, name) == kept
    stream.close()


@pytest.mark.parametrize(("page", "running"), [("p", False), ("another", True)])
def test_a_page_that_leaves_ends_what_it_ran(webcam: Webcam, page: str, running: bool) -> None:  # noqa: FBT001
    webcam.set_state({"running": True, "_page": "p", "state": "live"})
    _receive(webcam.channel, {"kind": "leave", "page": page}, [])
    assert webcam.running is running
    assert webcam.state == ("live" if running else "idle")


_LEAVE = {"kind": "leave", "page": "b"}
_TAKE_OVER = {"_page": "a"}
"""What *Start here* says: that it runs, the page knows already."""


@pytest.mark.parametrize("first", ["a takes over", "b leaves"])
def test_a_page_takes_over_from_one_that_leaves_in_the_same_moment(
    webcam: Webcam, first: str
) -> None:
    webcam.set_state({"running": True, "_page": "b", "state": "live"})
    if first == "a takes over":
        webcam.set_state(_TAKE_OVER)
        _receive(webcam.channel, _LEAVE, [])
    else:
        _receive(webcam.channel, _LEAVE, [])
        assert not webcam.running
        webcam.set_state(_TAKE_OVER)
    # A link that was cut has it sent again.
    _receive(webcam.channel, _LEAVE, [])
    assert (webcam.running, webcam._page) == (True, "a")


def test_a_page_takes_over_while_another_thread_hears_that_the_other_one_leaves(
    webcam: Webcam,
) -> None:
    webcam.set_state({"running": True, "_page": "b"})
    taking_over = threading.Thread(target=webcam.set_state, args=(_TAKE_OVER,))

    def in_between(_: object) -> None:
        webcam.unobserve(in_between, "_page")
        taking_over.start()
        # It waits until the other page has left; if it did not, it would be through by then.
        taking_over.join(0.2)

    webcam.observe(in_between, "_page")
    _receive(webcam.channel, _LEAVE, [])
    taking_over.join()
    assert (webcam.running, webcam._page) == (True, "a")


@pytest.mark.parametrize("stop", ["python", "page"])
def test_what_was_stopped_stays_so_though_a_page_takes_over_what_it_thinks_runs(
    webcam: Webcam, stop: str
) -> None:
    webcam.set_state({"running": True, "_page": "b"})
    _receive(webcam.channel, _LEAVE, [])
    if stop == "python":
        webcam.stop()
        webcam.set_state(_TAKE_OVER)
    else:
        webcam.set_state({**_TAKE_OVER, "running": False})
    assert not webcam.running


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("view", "x-ray"),
        ("threshold", 1.5),
        ("opacity", -1),
        ("mask_color", "transparent"),
        ("mirror", "no"),
        ("skeleton", "yes"),
        ("score_threshold", -0.1),
        ("background_blur_amount", 20.5),
        ("edge_blur_amount", -1),
        ("pixel_cell_width", 0.5),
        ("soft", "very"),
        ("decontaminate", "very"),
    ],
)
def test_a_view_refuses_what_it_cannot_show(webcam: Webcam, name: str, value: object) -> None:
    stream = SegmentationStream(webcam)
    view = SegmentationView(stream)
    with pytest.raises(TraitError, match=name):
        setattr(view, name, value)
    stream.close()


def test_an_effect_begins_with_what_its_function_in_python_begins_with(webcam: Webcam) -> None:
    stream = SegmentationStream(webcam)
    view = SegmentationView(stream, view="effect")
    bokeh = inspect.signature(draw_bokeh_effect).parameters
    pixelated = inspect.signature(draw_pixelated_mask).parameters
    assert view.threshold == bokeh["foreground_threshold"].default
    for name in ("background_blur_amount", "edge_blur_amount", "soft"):
        assert getattr(view, name) == bokeh[name].default
    assert view.pixel_cell_width == pixelated["pixel_cell_width"].default
    assert view.opacity == pixelated["mask_opacity"].default
    replaced = inspect.signature(replace_background).parameters
    assert view.decontaminate == replaced["decontaminate"].default
    stream.close()


def test_a_panels_effect_controls_are_its_views_own_and_end_with_it(webcam: Webcam) -> None:
    panel = ModelPanel(webcam, view="effect")
    assert panel.effect_controls.view is panel.view
    assert panel.effect_controls in panel.children
    assert panel.tabs.value == "effect"
    with pytest.raises(TraitError, match="read-only"):
        panel.effect_controls.view = panel.view
    panel.close()
    assert panel.effect_controls.comm is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("runtime", "cuda"),
        ("model", "PoseNet"),
        ("model_type", "full"),
        ("max_poses", 0),
        ("max_poses", 1.5),
        ("max_poses", True),
    ],
)
def test_a_stream_that_refused_an_option_goes_on_with_the_old_one(
    webcam: Webcam, name: str, value: object
) -> None:
    stream = SegmentationStream(webcam)
    before = getattr(stream, name)
    with pytest.raises(InvalidOptionError, match=name):
        setattr(stream, name, value)
    assert getattr(stream, name) == before
    stream.close()


def test_a_number_of_people_may_be_any_whole_number_and_is_kept_as_pythons_own(
    webcam: Webcam,
) -> None:
    stream = SegmentationStream(webcam, max_poses=np.int64(2))
    assert (stream.max_poses, type(stream.max_poses)) == (2, int)
    stream.max_poses = np.uint8(3)
    assert (stream.max_poses, type(stream.max_poses)) == (3, int)
    stream.close()


class Follower:
    """A detector that finds as many people as requested, side by side."""

    made: ClassVar[list[str]] = []
    resets: ClassVar[int] = 0

    def __init__(self, model_type: str) -> None:
        self.made.append(model_type)

    def estimate_poses(
        self, image: np.ndarray, *, max_poses: int, timestamp_ms: float
    ) -> list[Pose]:
        assert timestamp_ms == 1.0
        height, width = image.shape[:2]
        poses = []
        for person in range(max_poses):
            keypoints = np.full((33, 4), person, np.float32)
            keypoints_3d = np.full((33, 4), person + 0.5, np.float32)
            mask = Mask(
                np.ones((8, 4), np.float32),
                size=(height, width),
                model_size=(8, 4),
                region=Region(100 * person, 0, 100, 200),
            )
            poses.append(Pose(keypoints, keypoints_3d, Segmentation(mask), id=person + 1))
        return poses

    def reset(self) -> None:
        type(self).resets += 1

    def dispose(self) -> None: ...


@pytest.fixture
def followers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The model types of all detectors created; each is a `Follower`."""
    monkeypatch.setattr(Follower, "made", [])
    monkeypatch.setattr(Follower, "resets", 0)
    monkeypatch.setattr(
        live_models, "create_detector", lambda _, *, model_type, **__: Follower(model_type)
    )
    return Follower.made


def _run_one(stream: SegmentationStream, number: int, *, page: str = "p", video: int = 1) -> None:
    """Send the stream one frame and wait for its result."""
    answered = threading.Event()
    unsubscribe = stream.on_result(lambda _: answered.set())
    message = _frame_message(number, _portrait(), page=page, video=video)
    _receive(stream.webcam.channel, *message)
    assert answered.wait(10)
    unsubscribe()


def test_poses_travel_with_the_mask_of_the_part_of_the_picture_it_covers(
    webcam: Webcam, sent: list, followers: list[str]
) -> None:
    stream = SegmentationStream(webcam, model="BlazePose", max_poses=2)
    _run_one(stream, 1)
    latest = stream.latest
    stream.close()
    assert followers == ["full"]
    content, (mask, keypoints, _) = sent[0]
    assert content["planes"] == [{"kind": "people"}]
    assert content["region"] == (0, 0, 200, 200)
    assert PackedLevels(mask, content["shape"]).unpacked().shape == (8, 8)
    assert content["poses"] == [{"id": 1}, {"id": 2}]
    values = np.frombuffer(keypoints, "<f4").reshape(2, 33, 7)
    assert (values[0, :, :4] == 0).all()
    assert (values[0, :, 4:] == 0.5).all()
    assert (values[1, :, 4:] == 1.5).all()
    assert latest is not None
    assert [pose.id for pose in latest.poses] == [1, 2]


def test_another_number_of_people_is_taken_up_without_loading_the_model_again(
    webcam: Webcam, sent: list, followers: list[str]
) -> None:
    stream = SegmentationStream(webcam, model="BlazePose")
    _run_one(stream, 1)
    stream.max_poses = 3
    _run_one(stream, 2)
    stream.close()
    assert [len(content["poses"]) for content, _ in sent] == [1, 3]
    assert (followers, stream.state) == (["full"], "ready")


@pytest.mark.usefixtures("sent", "followers")
def test_no_one_is_followed_from_one_session_into_the_next(webcam: Webcam) -> None:
    stream = SegmentationStream(webcam, model="BlazePose")
    resets = []
    for number, (page, video) in enumerate([("p", 1), ("p", 1), ("p", 2), ("q", 2), ("q", 2)]):
        _run_one(stream, number, page=page, video=video)
        resets.append(Follower.resets)
    stream.close()
    assert [after - resets[0] for after in resets] == [0, 0, 1, 2, 2]


def test_choosing_model_and_variant_together_loads_no_other_in_between(
    webcam: Webcam, sent: list, followers: list[str]
) -> None:
    stream = SegmentationStream(webcam)
    labels: list[str] = []
    stream.observe(lambda change: labels.append(change.new), "_label")
    stream.choose("BlazePose", "heavy")
    _run_one(stream, 1)
    stream.choose("BlazePose", "heavy")
    _run_one(stream, 2)
    assert (stream.model, stream.model_type) == ("BlazePose", "heavy")
    assert followers == ["heavy"]
    assert labels == ["BlazePose heavy (tensorflow)"]
    assert [content["kind"] for content, _ in sent] == ["result", "result"]
    stream.close()


def test_setting_the_model_alone_takes_its_default_variant(webcam: Webcam) -> None:
    stream = SegmentationStream(webcam, model_type="landscape")
    seen: list[tuple[str, str]] = []
    stream.observe(lambda _: seen.append((stream.model, stream.model_type)), "model")
    stream.model = "BlazePose"
    stream.model = "MediaPipeSelfieSegmentation"
    assert seen == [("BlazePose", "full"), ("MediaPipeSelfieSegmentation", "general")]
    stream.close()


def test_the_page_is_told_the_topology_of_models_that_find_poses_and_of_no_other(
    webcam: Webcam,
) -> None:
    stream = SegmentationStream(webcam)
    assert stream._topology is None
    stream.choose("BlazePose")
    assert stream._topology["names"] == [*KEYPOINT_NAMES]
    assert stream._topology["sides"] == [*KEYPOINT_SIDES]
    assert [(a, b) for a, b in stream._topology["pairs"]] == [*ADJACENT_PAIRS]
    stream.choose("MediaPipeSelfieSegmentation")
    assert stream._topology is None
    stream.close()


def test_the_page_is_told_the_classes_of_models_that_have_some_and_of_no_other(
    webcam: Webcam,
) -> None:
    add_model("Halves", _halves, labels=["background", "hair"])
    stream = SegmentationStream(webcam)
    assert stream._classes == []
    stream.choose("Halves")
    assert stream._classes == [{"value": 0, "name": "background"}, {"value": 1, "name": "hair"}]
    stream.choose("lite")
    assert stream._classes == []
    stream.close()


def test_the_page_is_told_whether_results_tell_people_apart(webcam: Webcam) -> None:
    stream = SegmentationStream(webcam, model="lite")
    assert not stream._people
    stream.max_poses = 2
    assert stream._people
    stream.choose("general")
    assert not stream._people
    stream.choose("lite")
    assert stream._people
    stream.close()


def test_a_view_asks_for_the_class_whose_heatmap_a_page_shows(webcam: Webcam) -> None:
    add_model("Halves", _halves, labels=["background", "hair"])
    stream = SegmentationStream(webcam, model="Halves")
    view = SegmentationView(stream, view="heatmap", heatmap_of="hair")
    assert stream.wanted_classes == set(), "no page shows it"
    view._shown = True
    assert stream.wanted_classes == {1}
    view.heatmap_of = "background"
    assert stream.wanted_classes == {0}
    view.view = "parts"
    assert stream.wanted_classes == set()
    view.view = "heatmap"
    stream.choose("general")
    assert stream.wanted_classes == set()
    stream.choose("Halves")
    assert stream.wanted_classes == {0}
    view.heatmap_of = ""
    assert stream.wanted_classes == set()
    view.heatmap_of = "hair"
    view.close()
    assert stream.wanted_classes == set()
    stream.close()


def test_the_heatmap_is_of_a_class_that_the_model_has_or_of_a_person(webcam: Webcam) -> None:
    add_model("Halves", _halves, labels=["background", "hair"])
    stream = SegmentationStream(webcam, model="Halves")
    view = SegmentationView(stream)
    with pytest.raises(InvalidOptionError, match=r"one of 'background', 'hair', but got 'hiar'"):
        view.heatmap_of = "hiar"
    assert view.heatmap_of == ""
    # A model without classes says nothing of those of the next one.
    stream.choose("general")
    view.heatmap_of = "left_hand"
    stream.choose("Halves")
    assert view.heatmap_of == "left_hand"
    view._shown, view.view = True, "heatmap"
    assert stream.wanted_classes == set()
    view.close()
    stream.close()


def test_a_class_is_sent_as_long_as_somebody_wants_it(webcam: Webcam, sent: list) -> None:
    add_model("Halves", _halves, labels=["background", "hair"])
    stream = SegmentationStream(webcam, model="Halves")
    answered: queue.Queue[Result] = queue.Queue()
    stream.on_result(answered.put)

    # The page has the same number for the stream's classes: frontend/test/source/mask.test.ts.
    labels = {"kind": "labels", "meaning": 1772417011}

    def planes(number: int) -> list[dict[str, Any]]:
        _receive(webcam.channel, *_frame_message(number, _portrait()))
        answered.get(timeout=10)
        content, buffers = sent[-1]
        assert len(buffers) == 2 + len(content["planes"])
        return content["planes"]

    assert planes(1) == [labels]
    release = [stream.want_class("hair"), stream.want_class("hair")]
    assert planes(2) == [labels, {"kind": "class", "value": 1}]
    for _ in range(2):
        release[0]()
    assert len(planes(3)) == 2, "another one wants it"
    release[1]()
    assert planes(4) == [labels]
    stream.close()


def test_a_class_that_the_model_does_not_have_cannot_be_wanted(webcam: Webcam) -> None:
    stream = SegmentationStream(webcam)
    with pytest.raises(InvalidOptionError, match=r"Selfie does not tell classes apart"):
        stream.want_class("left_hand")
    add_model("Halves", _halves, labels=["background", "hair"])
    stream.choose("Halves")
    with pytest.raises(InvalidOptionError, match=r"label must be one of 'background', 'hair'"):
        stream.want_class("left_hand")
    stream.want_class("hair")
    assert stream.wanted_classes == {1}
    stream.choose("general")
    assert stream.wanted_classes == frozenset()
    stream.close()


def test_a_frame_is_answered_with_its_mask(webcam: Webcam, sent: list) -> None:
    answered = threading.Event()
    stream = SegmentationStream(webcam, model_type="landscape")
    stream.on_result(lambda _: answered.set())
    _receive(webcam.channel, *_frame_message(3, _portrait()))
    assert answered.wait(10)
    name, latest = stream.model_id, stream.latest
    stream.close()
    (content, (mask, keypoints)) = sent[0]
    assert content["kind"] == "result"
    assert content["stream"] == name
    assert (content["page"], content["frame"], content["left"]) == ("p", 3, 0)
    assert content["oldest"] == 3
    assert content["sent"] >= content["received"]
    assert content["shape"] == (144, 256)
    levels = PackedLevels(mask, content["shape"]).unpacked()
    assert content["region"] == (0, 0, 512, 512)
    assert (content["poses"], keypoints) == ([], b"")
    # The astronaut fills about half of her portrait.
    assert 0.3 < (levels >= 128).mean() < 0.7
    assert latest is not None
    np.testing.assert_array_equal(latest.mask.levels, levels)
    kept = webcam.frames.history.get(("p", 1), 3)
    assert kept
    assert kept.results[stream.choice.label].packed.data is mask, "it is packed once"
    assert latest.frame.image.shape == (512, 512, 3)


def test_a_pause_that_is_longer_than_what_is_kept_loses_nothing(
    webcam: Webcam, sent: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    del sent
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    for number in range(1, 4):
        _receive(webcam.channel, *_frame_message(number, _portrait()))
    webcam.pause()
    now += 10 * webcam.history
    webcam.play()
    _receive(webcam.channel, *_frame_message(4, _portrait()))
    assert webcam.frames.history.oldest(("p", 1)) == 1


def test_a_source_that_is_stopped_is_not_paused_any_more(webcam: Webcam) -> None:
    webcam.start()
    webcam.pause()
    webcam.stop()
    assert (webcam.running, webcam.paused) == (False, False)


def test_every_listener_answers_and_the_last_says_so(webcam: Webcam, sent: list) -> None:
    tickets: list[Any] = []
    for _ in range(2):
        webcam.frames.subscribe(lambda encoded: tickets.append(encoded.origin))
    _receive(webcam.channel, *_frame_message(1, b"x"))
    for ticket in tickets:
        ticket.answer_skipped("s")
    assert [content["left"] for content, _ in sent] == [1, 0]


def test_a_frame_that_a_later_one_has_overtaken_is_skipped(webcam: Webcam, sent: list) -> None:
    seen: list[tuple[str, int]] = []
    webcam.frames.subscribe(lambda encoded: seen.append((encoded.origin.route.page, encoded.id)))
    for number, page, video in [(2, "p", 1), (1, "p", 1), (1, "q", 1), (3, "p", 2), (4, "p", 1)]:
        _receive(webcam.channel, *_frame_message(number, b"x", page=page, video=video))
    assert seen == [("p", 2), ("q", 1), ("p", 3)]
    skipped = [(content["kind"], content["frame"], content["left"]) for content, _ in sent]
    assert skipped == [("skipped", 1, 0), ("skipped", 4, 0)]


def test_a_request_that_a_later_one_has_overtaken_moves_no_film(
    webcam: Webcam, sent: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    handled: list[int] = []

    def handle(message: dict[str, Any]) -> bool:
        handled.append(message["frame"])
        return True

    monkeypatch.setattr(webcam.playback, "next", handle)
    monkeypatch.setattr(webcam.playback, "show", handle)
    address = {"page": "p", "video": 1}
    _receive(webcam.channel, {"kind": "next", **address, "frame": 3, "begin_at": 2}, [])
    _receive(webcam.channel, {"kind": "show", **address, "frame": 1, "id": 7}, [])
    _receive(webcam.channel, {"kind": "next", **address, "frame": 2, "begin_at": 9}, [])
    _receive(webcam.channel, {"kind": "next", **address, "frame": 4, "begin_at": None}, [])
    assert handled == [3, 4]
    assert [(content["kind"], content["frame"]) for content, _ in sent] == [
        ("expired", 1),
        ("expired", 2),
    ]


def test_a_frame_no_one_listens_to_is_given_back_at_once(webcam: Webcam, sent: list) -> None:
    _receive(webcam.channel, *_frame_message(1, b"x"))
    assert [(content["kind"], content["left"]) for content, _ in sent] == [("skipped", 0)]


def test_answers_are_sent_in_the_context_of_the_message_that_brought_the_frame(
    webcam: Webcam, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = contextvars.ContextVar("shell", default="main")
    seen: list[str] = []
    monkeypatch.setattr(webcam.channel, "send", lambda *_: seen.append(shell.get()))
    tickets: list[Any] = []
    webcam.frames.subscribe(lambda encoded: tickets.append(encoded.origin))

    def on_the_subshell() -> None:
        shell.set("subshell")
        _receive(webcam.channel, *_frame_message(1, b"x"))

    contextvars.copy_context().run(on_the_subshell)
    worker = threading.Thread(target=lambda: tickets[0].answer_skipped("s"))
    worker.start()
    worker.join()
    assert seen == ["subshell"]


def test_the_sample_and_a_sign_of_life_are_sent_on_request(webcam: Webcam, sent: list) -> None:
    _receive(webcam.channel, {"kind": "ping", "page": "p", "asked": 5.0}, [])
    _receive(webcam.channel, {"kind": "sample"}, [])
    assert [content["kind"] for content, _ in sent] == ["pong", "sample"]
    assert sent[1][1] == [_portrait()]


@pytest.mark.usefixtures("sent")
def test_a_broken_frame_is_told_in_words_and_the_next_one_works(webcam: Webcam) -> None:
    answered = threading.Event()
    stream = SegmentationStream(webcam)
    stream.observe(lambda _: answered.set(), "message")
    _receive(webcam.channel, *_frame_message(1, b"not a picture"))
    assert answered.wait(10)
    assert stream.state == "failed"
    assert "is not an image of a format" in stream.message
    ready = threading.Event()
    stream.on_result(lambda _: ready.set())
    _receive(webcam.channel, *_frame_message(2, _portrait()))
    assert ready.wait(10)
    assert (stream.state, stream.message) == ("ready", "")
    stream.close()


def test_a_callback_that_raises_is_named_once_and_the_stream_goes_on(
    webcam: Webcam, sent: list
) -> None:
    done = threading.Semaphore(0)
    stream = SegmentationStream(webcam)

    def my_effect(_: object) -> None:
        raise ZeroDivisionError("by zero")

    stream.on_result(my_effect)
    stream.on_result(lambda _: done.release())
    for number in (1, 2):
        _receive(webcam.channel, *_frame_message(number, _portrait()))
        assert done.acquire(timeout=10)
    assert "my_effect raised ZeroDivisionError: by zero" in stream.message
    assert [content["kind"] for content, _ in sent] == ["result", "result"]
    stream.close()


def test_a_callback_that_failed_is_forgotten_when_it_unsubscribes(
    webcam: Webcam, sent: list
) -> None:
    stream = SegmentationStream(webcam)
    noted = threading.Event()

    @dataclass  # which makes it unhashable, too
    class Effect:
        strength: float

        def __call__(self, _: object) -> None:
            raise ZeroDivisionError("by zero")

    stream.observe(lambda _: noted.set(), "message")
    unsubscribe = stream.on_result(Effect(0.5))
    _receive(webcam.channel, *_frame_message(1, _portrait()))
    assert noted.wait(10)
    assert "Effect(strength=0.5) raised ZeroDivisionError" in stream.message
    unsubscribe()
    assert stream.message == ""
    assert sent[0][0]["kind"] == "result"
    stream.close()


@pytest.mark.parametrize(
    "option",
    [
        {"runtime": "onnx"},
        {"model": "PoseNet"},
        {"model_type": "wide"},
        {"max_poses": 0},
        {"view": "x-ray"},
        {"threshold": 2},
        {"opacity": -1},
        {"score_threshold": "high"},
        {"mirror": "no"},
        {"skeleton": None},
    ],
    ids=str,
)
def test_an_explorer_that_is_refused_leaves_nothing_behind_but_the_webcam_it_was_given(
    webcam: Webcam, option: dict[str, Any]
) -> None:
    before = set(ipywidgets.widgets.widget._instances)
    for given in (None, webcam):
        with pytest.raises((InvalidOptionError, TraitError), match=next(iter(option))):
            Explorer(given, **option)
        assert set(ipywidgets.widgets.widget._instances) == before
    # It works as before.
    explorer = Explorer(webcam)
    assert explorer.webcam is webcam
    explorer.close()


@pytest.mark.parametrize(
    "make",
    [
        lambda: Webcam(width=2),
        lambda: SegmentationStream("no webcam"),
        lambda: Explorer(models=["general"] * 7),
    ],
)
def test_what_cannot_be_made_leaves_nothing_behind(make: Callable[[], object]) -> None:
    before = set(ipywidgets.widgets.widget._instances)
    with pytest.raises((TraitError, AttributeError, InvalidOptionError)):
        make()
    assert set(ipywidgets.widgets.widget._instances) == before


def test_parts_can_be_linked_by_hand(webcam: Webcam) -> None:
    stream = SegmentationStream(webcam)
    view, slider, tabs = SegmentationView(stream), ThresholdSlider(stream), ViewTabs()
    links = [
        ipywidgets.jslink((slider, "value"), (view, "threshold")),
        ipywidgets.jslink((tabs, "value"), (view, "view")),
    ]
    for link in links:
        link.close()
    stream.close()


def test_explorer_hands_its_options_to_its_parts() -> None:
    explorer = Explorer(
        Webcam(source="sample"),
        runtime="mediapipe",
        model_type="landscape",
        view="contour",
        threshold=0.2,
        opacity=0.9,
        mirror=False,
        skeleton=False,
        score_threshold=0.8,
        max_poses=2,
        palette="colorblind",
        heatmap_of="left_hand",
    )
    assert (explorer.view.palette, explorer.view.heatmap_of) == ("colorblind", "left_hand")
    explorer.palette = "rainbow"
    assert explorer.view.palette == explorer.add("lite").view.palette == "rainbow"
    explorer.remove(explorer.panels[1])
    assert (explorer.stream.runtime, explorer.stream.model_type) == ("mediapipe", "landscape")
    assert (explorer.tabs.value, explorer.view.view) == ("contour", "contour")
    assert explorer.threshold_slider.value == explorer.view.threshold == 0.2
    assert explorer.opacity_slider.value == explorer.view.opacity == 0.9
    assert explorer.mirror_button.value is explorer.view.mirror is False
    assert explorer.skeleton_button.value is explorer.view.skeleton is False
    assert explorer.score_slider.value == explorer.view.score_threshold == 0.8
    assert explorer.stream.max_poses == 2
    explorer.runtime_picker.value = "tensorflow"
    assert explorer.stream.runtime == "tensorflow"
    explorer.close()


def test_the_picker_lists_every_variant_and_follows_the_stream() -> None:
    explorer = Explorer(Webcam(source="sample"), model="BlazePose", model_type="lite")
    picker = explorer.model_picker
    labels = [label for label, _ in picker.options]
    # Which ones of BodyPix depends on the weights that are there; these can be downloaded.
    assert {"BodyPix · MobileNetV1 0.75 quant2", "BodyPix · MobileNetV1 0.5 float"} <= {*labels}
    assert [label for label in labels if not label.startswith("BodyPix")] == [
        "Selfie · general",
        "Selfie · landscape",
        "BlazePose · lite",
        "BlazePose · full",
        "BlazePose · heavy",
    ]
    assert picker.label == "BlazePose · lite"
    picker.label = "Selfie · landscape"
    assert (explorer.stream.model, explorer.stream.model_type) == (
        "MediaPipeSelfieSegmentation",
        "landscape",
    )
    explorer.stream.choose("BlazePose", "heavy")
    assert picker.label == "BlazePose · heavy"
    explorer.close()


def test_what_concerns_poses_is_shown_with_models_that_find_them_only() -> None:
    explorer = Explorer(Webcam(source="sample"))
    controls = [explorer.skeleton_button, explorer.score_slider]
    assert [each.layout.display for each in controls] == ["none", "none"]
    explorer.stream.choose("BlazePose")
    assert [each.layout.display for each in controls] == [None, None]
    explorer.stream.model = "MediaPipeSelfieSegmentation"
    assert [each.layout.display for each in controls] == ["none", "none"]
    explorer.close()


def test_the_pose_in_3d_comes_and_goes_with_its_button_and_its_model() -> None:
    explorer = Explorer(Webcam(source="sample"), model="BlazePose", mirror=False)
    assert explorer.pose_panel is None
    explorer.plot_button.value = True
    panel = explorer.pose_panel
    assert panel is not None
    assert panel.plot.mirror is False
    explorer.mirror_button.value = True
    assert panel.plot.mirror is True
    part = explorer.parts.open["pose"]
    explorer.stream.choose("MediaPipeSelfieSegmentation")
    assert part.layout.display == "none"
    explorer.stream.choose("BlazePose")
    assert part.layout.display is None
    assert explorer.pose_panel is panel
    explorer.plot_button.value = False
    assert explorer.pose_panel is None
    assert panel.comm is None
    explorer.close()


def test_an_explorer_closed_with_the_pose_in_3d_open_leaves_nothing_behind() -> None:
    def left() -> tuple[set[str], set[str]]:
        threads = {thread.name for thread in threading.enumerate()}
        return set(ipywidgets.widgets.widget._instances), threads

    before = left()
    explorer = Explorer(Webcam(source="sample"), model="BlazePose", model_type="lite")
    explorer.plot_button.value = True
    _receive(explorer.webcam.channel, *_frame_message(1, _portrait()))
    explorer.close()
    assert left() == before


@pytest.mark.parametrize("model", ["MediaPipeSelfieSegmentation", "BlazePose"])
def test_a_closed_explorer_leaves_no_widget_and_no_thread_behind(model: str) -> None:
    def left() -> tuple[set[str], set[str]]:
        threads = {thread.name for thread in threading.enumerate()}
        return set(ipywidgets.widgets.widget._instances), threads

    before = left()
    for _ in range(3):
        explorer = Explorer(Webcam(source="sample"), model=model)
        _receive(explorer.webcam.channel, *_frame_message(1, _portrait()))
        explorer.close()
        explorer.close()
    assert left() == before


def test_a_closing_webcam_hears_the_page_no_more_when_it_closes_what_the_page_uses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[object] = []
    monkeypatch.setattr(Playback, "close", lambda _: heard.append(webcam.channel.comm))
    webcam = Webcam(source="sample")
    webcam.close()
    assert heard == [None]


def test_images_that_are_missing_are_asked_for_as_images_not_as_a_path() -> None:
    with pytest.raises(InvalidOptionError, match=r"Webcam\(\[image_1, image_2\]\)"):
        Webcam(source="python")


def test_links_of_closed_page_links_are_closed() -> None:
    links, slider, number = PageLinks(), ipywidgets.IntSlider(), ipywidgets.IntText()
    before = set(ipywidgets.widgets.widget._instances)
    links.close()
    links.link((slider, "value"), (number, "value"))
    assert set(ipywidgets.widgets.widget._instances) <= before


def test_separate_effect_controls_do_not_depend_on_what_the_view_shows(webcam: Webcam) -> None:
    panel = ModelPanel(webcam)
    assert EffectControls(panel.view).get_state()["_always"] is True
    assert panel.effect_controls.get_state()["_always"] is False
    panel.close()
