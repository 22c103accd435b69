"""BodyPix in the page: its network as a file, what comes back with planes, and missing weights."""

from __future__ import annotations

import threading
import zlib
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bodyseg_widgets import (
    Explorer,
    MissingWeightsError,
    SegmentationStream,
    Webcam,
    add_weights,
    create_segmenter,
)
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.models import BodyPixVariant, weights_folders
from bodyseg_widgets.runtimes.litert import LiteRTNetwork
from bodyseg_widgets.segmentation.bodypix import PART_LABELS
from bodyseg_widgets.streaming.encoded import encode_image
from bodyseg_widgets.widgets.kit.page_messages import MessageError
from bodyseg_widgets.widgets.transport.assets import asset_answer, asset_content, models_of
from bodyseg_widgets.widgets.transport.checked import checked
from bodyseg_widgets.widgets.transport.results import meaning_of, result_fields
from tests.unit.from_page import FRAME
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bodyseg_widgets import Result

VARIANT = BodyPixVariant(multiplier=1.0)
pytestmark = pytest.mark.usefixtures("own_weights_folders")
NAME = "MobileNetV1 1.0 float"
KEY = f"BodyPix {NAME} (browser), up to 3 people"
SIZE = (48, 64)
SHAPE = (12, 16)
LEVELS = np.arange(192, dtype=np.uint8).reshape(SHAPE)
LABELS = LEVELS % 24
PEOPLE = (LEVELS > 100).astype(np.uint8)
HANDS = 255 - LEVELS
PLANES = [
    {"kind": "labels", "meaning": meaning_of(PART_LABELS)},
    {"kind": "people"},
    {"kind": "class", "value": 10},
]


@pytest.fixture
def stream(webcam: Webcam, weights: Path) -> Iterator[SegmentationStream]:
    add_weights(weights)
    with closing(SegmentationStream(webcam, model=NAME, runtime="browser", max_poses=3)) as stream:
        yield stream


def _keypoints(people: int = 1) -> bytes:
    rows = np.full((people, 17, 7), np.nan, np.float32)
    rows[..., 0], rows[..., 1], rows[..., 2], rows[..., 3] = np.arange(17), 20, 0, 0.5
    return rows.tobytes()


def _packed(plane: np.ndarray) -> bytes:
    return zlib.compress(plane.tobytes())


def _seen(stream: SegmentationStream, **changed: object) -> dict[str, Any]:
    return {
        "kind": "seen",
        "page": "p",
        "video": 1,
        "frame": 5,
        "stream": stream.model_id,
        "key": KEY,
        "shape": [*SHAPE],
        "region": [0, 0, 64, 48],
        "poses": [{"id": None, "score": 0.75}],
        "planes": PLANES,
        "timings": {"wait": 1.0, "decode": 2.0, "infer": 3.0},
        "id": 5,
        "captured": 2000.0,
        "browser": FRAME["timings"],
        "live": True,
        "size": [64, 48],
        "image": False,
        **changed,
    }


def _buffers() -> list[bytes]:
    return [_packed(LEVELS), _keypoints(), *map(_packed, (LABELS, PEOPLE, HANDS))]


def _send(webcam: Webcam, message: dict[str, Any], *buffers: bytes) -> None:
    webcam._receive(checked(message, buffers), buffers)


def _send_frame(webcam: Webcam) -> None:
    _send(webcam, FRAME, encode_image(np.full((*SIZE, 3), 90, np.uint8)))


def test_it_is_offered_and_functions_that_run_in_python_refuse_it_in_one_sentence(
    stream: SegmentationStream,
) -> None:
    assert stream.choice.label == f"BodyPix {NAME} (browser)"
    assert stream.choice.live_model.runtimes == ("tensorflow", "browser")
    with pytest.raises(
        InvalidOptionError, match=r"runs in the page that shows a live view[^.]*\.$"
    ):
        create_segmenter("BodyPix", runtime="browser")


def test_a_result_with_planes_and_poses_is_one_of_the_stream_and_no_model_runs(
    stream: SegmentationStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    came: list[Result] = []
    there = threading.Event()
    monkeypatch.setattr(
        "bodyseg_widgets.streaming.live_models.from_file",
        lambda *_, **__: pytest.fail("a model was loaded"),
    )
    stream.want_class("left_hand")
    stream.on_result(lambda result: (came.append(result), there.set()))
    _send_frame(stream.webcam)
    _send(stream.webcam, _seen(stream), *_buffers())
    assert there.wait(10)
    (result,) = came
    mask = result.mask
    np.testing.assert_array_equal(mask.levels, LEVELS)
    np.testing.assert_array_equal(mask.model_values, LABELS)
    np.testing.assert_array_equal(mask.model_people, PEOPLE)
    np.testing.assert_array_equal(mask.class_levels(10), HANDS)
    assert result.segmentation.labels == PART_LABELS
    (pose,) = result.poses
    assert pose.score == 0.75
    assert pose.keypoints[3] == (3.0, 20.0, 0.5, "left_ear")
    (kept,) = stream.webcam.kept_frames
    assert list(kept.results) == [KEY]
    # Sent on as the kernel's own would be.
    fields, buffers = result_fields(result)
    assert fields["planes"] == PLANES
    assert [zlib.decompress(each) for each in buffers[2:]] == [
        each.tobytes() for each in (LABELS, PEOPLE, HANDS)
    ]


def test_classes_are_asked_for_while_somebody_wants_them(stream: SegmentationStream) -> None:
    def asked() -> list[int]:
        (local,) = stream.webcam._local_streams
        return list(local["classes"])

    assert asked() == []
    ends = [stream.want_class(label) for label in ("torso_front", "left_hand", "left_hand")]
    assert asked() == [10, 12]
    ends[1]()
    assert asked() == [10, 12]
    ends[2]()
    assert asked() == [12]
    stream.choose("general")
    assert asked() == []
    ends[0]()


def test_an_image_comes_after_the_planes_where_the_kernel_does_not_have_it(
    stream: SegmentationStream,
) -> None:
    came: list[Result] = []
    there = threading.Event()
    stream.on_result(lambda result: (came.append(result), there.set()))
    jpeg = encode_image(np.full((*SIZE, 3), 90, np.uint8))
    _send(stream.webcam, _seen(stream, image=True), *_buffers(), jpeg)
    assert there.wait(10)
    np.testing.assert_array_equal(came[0].mask.class_levels(10), HANDS)
    assert came[0].frame.image.shape == (*SIZE, 3)


@pytest.mark.parametrize(
    ("changed", "buffers"),
    [
        # A plane of another size, one that unpacks to gigabytes, and one that is none.
        ({}, {2: _packed(LABELS[1:])}),
        ({}, {3: zlib.compress(bytes(2**26))}),
        ({}, {4: b"damaged"}),
        ({"shape": [12, 15]}, {}),
        ({"shape": [2**26, 2**26]}, {}),
        # More or fewer than declared.
        ({"planes": PLANES[:2]}, {}),
        ({"planes": [*PLANES, {"kind": "class", "value": 11}]}, {}),
        ({"planes": [PLANES[0], PLANES[0], PLANES[2]]}, {}),
        ({"planes": [*PLANES[:2], {"kind": "class", "value": 24}]}, {}),
        ({"planes": [*PLANES[:2], {"kind": "class"}]}, {}),
        ({"planes": [*PLANES[:2], {"kind": "class", "value": True}]}, {}),
        ({"planes": [*PLANES[:2], {"kind": "depth"}]}, {}),
        # Labels of another model.
        ({"planes": [{"kind": "labels", "meaning": 1}, *PLANES[1:]]}, {}),
        ({"planes": [{"kind": "labels"}, *PLANES[1:]]}, {}),
        # Poses without a score, of other keypoints, and more or fewer than declared.
        ({"poses": [{"id": None}]}, {}),
        ({"poses": [{"id": None, "score": "much"}]}, {}),
        ({"poses": []}, {}),
        ({"poses": [{"id": None, "score": 0.5}] * 2}, {}),
        ({}, {1: np.zeros((33, 7), np.float32).tobytes()}),
        ({}, {1: np.full((17, 7), np.nan, np.float32).tobytes()}),
    ],
)
def test_a_result_that_does_not_fit_its_model_is_refused(
    stream: SegmentationStream, changed: dict[str, object], buffers: dict[int, bytes]
) -> None:
    _send_frame(stream.webcam)
    sent = [buffers.get(at, each) for at, each in enumerate(_buffers())]
    with pytest.raises(MessageError, match="Reload the page"):
        _send(stream.webcam, _seen(stream, **changed), *sent)


def test_a_model_without_classes_has_no_labels(webcam: Webcam) -> None:
    with closing(SegmentationStream(webcam, runtime="browser")) as stream:
        _send_frame(webcam)
        message = _seen(stream, key="Selfie general (browser)", poses=[], planes=PLANES[:1])
        with pytest.raises(MessageError, match="its labels are not those of its model"):
            _send(webcam, message, _packed(LEVELS), b"", _packed(LABELS))


def test_a_page_gets_the_network_translated_and_the_same_of_the_same_weights(
    weights: Path,
) -> None:
    (name,) = models_of("BodyPix", NAME)

    def ask(offset: int | None) -> tuple[Any, Any]:
        return asset_answer({"kind": "asset", "page": "p", "name": name, "offset": offset})

    missing, buffers = ask(None)
    assert "needs weights that are not part of this package" in missing["message"]
    assert buffers == ()
    add_weights(weights)
    facts, _ = ask(None)
    _, (content,) = ask(0)
    assert len(content) == facts["size"]
    network = LiteRTNetwork(content)
    assert [each.shape[-1] for each in network.outputs] == [1, 24, 17, 34, 34, 32, 32]
    network.dispose()
    assert ask(None)[0]["digest"] == facts["digest"]
    for other in ("bodypix_", "bodypix_../../options", "bodypix_MobileNetV1 9 float"):
        answer, _ = asset_answer({"kind": "asset", "page": "p", "name": other, "offset": None})
        assert "model_type of BodyPix must be one of" in answer["message"]


def test_missing_weights_are_offered_and_the_page_tries_again_when_they_have_come(
    webcam: Webcam, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "bodyseg_widgets.models.weights._Wanted._fetch",
        lambda *_: weights_folders.new_weights(),
    )
    with closing(SegmentationStream(webcam, model="BodyPix", runtime="browser")) as stream:
        told: list[list[object]] = []
        webcam.observe(lambda change: told.append(change["new"]), "_local_streams")
        (local,) = webcam._local_streams
        said = {"kind": "local_state", "page": "p", "running_on": "", "why": ""}
        said |= {"stream": local["stream"], "key": local["key"]}
        _send(webcam, {**said, "state": "failed", "message": "They are missing."})
        assert stream.message == "They are missing."
        assert stream._weights is not None
        assert stream._weights["size"] == 2_653_676
        assert stream._weights["url"].endswith("mobilenet/quant2/075/model-stride16.json")
        stream._receive({"kind": "weights", "download": True})
        wait_until(lambda: stream.state == "loading")
        wait_until(lambda: told == [[], [local]])
        assert stream._weights is None


def test_a_live_page_has_the_network_beside_it_or_says_what_is_missing(
    weights: Path, tmp_path: Path
) -> None:
    source = Webcam(source="sample")
    with closing(Explorer(source, model="BodyPix", runtime="browser")) as explorer:
        with pytest.raises(MissingWeightsError, match="fetch_weights"):
            explorer.to_html(tmp_path / "none.html", live=True)
        assert not (tmp_path / "none.html").exists()
        add_weights(weights)
        explorer.stream.choose(NAME)
        file = explorer.to_html(tmp_path / "demo.html", live=True)
        network = tmp_path / "demo_files" / "bodypix_MobileNetV1_1.0_float.bin"
        assert network.read_bytes() == asset_content(*models_of("BodyPix", NAME))
        assert f'"demo_files/{network.name}"' in file.read_text("utf-8")
