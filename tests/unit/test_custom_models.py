"""Functions of one's own as models: what they may return, and where they can be used."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from bodyseg_widgets import (
    Compare,
    DisposedError,
    Explorer,
    InvalidOptionError,
    SegmentationStream,
    add_model,
    apply_effect,
    create_segmenter,
)
from bodyseg_widgets.cards import card_of
from bodyseg_widgets.streaming import LIVE_MODELS, choose
from tests.model_files import onnx_file
from tests.unit.from_page import send_frame
from tests.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from bodyseg_widgets import Result, Webcam

IMAGE = np.zeros((6, 8, 3), np.uint8)
PLANES = np.random.default_rng(5).dirichlet((1, 1, 1), (3, 4))
NUMBERS = PLANES.argmax(axis=2)
LABELS = ["background", "hair", "clothes"]
HALF_RED = np.zeros((24, 32, 3), np.uint8)
HALF_RED[:, 16:, 0] = 255


def jpeg_of(image: NDArray[np.uint8]) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "jpeg", quality=95)
    return buffer.getvalue()


def half_red_video(folder: Path) -> Path:
    """Write three frames."""
    frames = [Image.fromarray(HALF_RED) for _ in range(3)]
    for number, frame in enumerate(frames):
        # Equal frames would be one.
        frame.putpixel((0, 0), (number, 0, 0))
    path = folder / "clip.gif"
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100)
    return path


def found(returned: object, labels: list[str] | None = None) -> NDArray[np.float32]:
    """Add a function that returns this, and run it as everything does that uses models."""
    function: Any = lambda _: returned  # noqa: E731
    add_model("Returning", function, labels=labels)
    with create_segmenter("Returning") as segmenter:
        (people,) = segmenter.segment_people(IMAGE)
    model = choose("Returning", None, "tensorflow").to_run(lambda: 1).create()
    streamed = model.run(IMAGE, None).segmentation.mask
    np.testing.assert_array_equal(streamed.model_probability, people.mask.model_probability)
    assert people.mask.size == (6, 8)
    return people.mask.model_probability


@pytest.mark.parametrize(
    ("returned", "labels", "expected"),
    [
        (PLANES[..., 0], None, PLANES[..., 0]),
        (PLANES[..., :1].astype(np.float16), None, PLANES[..., 0].astype(np.float16)),
        (PLANES[..., 0] > 0.5, None, PLANES[..., 0] > 0.5),
        (PLANES[..., 0], ["Person"], PLANES[..., 0]),
        (PLANES, LABELS, 1 - PLANES[..., 0]),
        (PLANES, ["cat", "background", "person"], PLANES[..., 2]),
        (NUMBERS, LABELS, NUMBERS != 0),
        (NUMBERS[..., np.newaxis].astype(np.uint8), LABELS, NUMBERS != 0),
        (NUMBERS, ["cat", " Person ", "background"], NUMBERS == 1),
    ],
    ids=[
        "a plane",
        "a plane with an axis of classes",
        "yes and no",
        "a plane with its label",
        "planes of classes",
        "planes, a person among them",
        "numbers of classes",
        "numbers with an axis of classes",
        "numbers, a person's among them",
    ],
)
def test_a_function_returns_a_person_or_classes(
    returned: NDArray[Any], labels: list[str] | None, expected: NDArray[Any]
) -> None:
    np.testing.assert_allclose(found(returned, labels), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("returned", "labels", "message"),
    [
        (None, None, r"float of shape \(height, width\), 0 to 1, but got object"),
        (np.zeros((0, 4)), None, r"but got float64 of shape \(0, 4\)"),
        (NUMBERS, None, r"but got int64 of shape \(3, 4\)\. Of numbers .* labels=\[…\]"),
        (PLANES, None, r"must return one class.*\(3, 4, 3\).*Name the classes"),
        (PLANES, LABELS[:2], r"2 classes, one for each label.*\(height, width, 2\).*\(3, 4, 3\)"),
        (PLANES[..., 0], LABELS, r"3 classes, one for each label.*but got float64 of shape \(3, 4"),
        (PLANES * 255, LABELS, r"from 0 to 1, but they range from"),
        (PLANES * np.nan, LABELS, r"from 0 to 1, but they range from nan"),
        (NUMBERS, LABELS[:2], r"numbers from 0 to 2, but there are 2 labels, for 0 to 1"),
        (NUMBERS - 1, LABELS, r"numbers from -1 to 1, but there are 3 labels"),
    ],
)
def test_what_a_function_may_not_return_is_said(
    returned: object, labels: list[str] | None, message: str
) -> None:
    with pytest.raises(InvalidOptionError, match=message):
        found(returned, labels)


@pytest.mark.parametrize("returned", [PLANES, NUMBERS], ids=["planes", "numbers"])
def test_the_classes_are_the_labels_of_what_is_found(returned: NDArray[Any]) -> None:
    add_model("Classes", lambda _: returned, labels=LABELS)
    with create_segmenter("Classes") as segmenter:
        (people,) = segmenter.segment_people(IMAGE)
    assert [*people.labels.items()] == [*enumerate(LABELS)]
    assert people.mask_value_to_label(1) == "hair"
    assert people.mask.model_values is not None
    np.testing.assert_array_equal(people.mask.model_values, NUMBERS)


def test_one_class_is_a_person_whatever_its_label(tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    path.write_bytes(onnx_file())
    add_model("One", path, mean=0, std=255, labels=["person"])
    with create_segmenter("One") as segmenter:
        (people,) = segmenter.segment_people(IMAGE)
    assert people.mask.values is None
    assert people.mask_value_to_label(255) == "person"


def test_labels_that_do_not_say_who_is_a_person_are_refused() -> None:
    with pytest.raises(InvalidOptionError, match=r"'person' or the class 'background'.*'hair'"):
        add_model("Unknown", lambda image: image, labels=["hair", "skin"])
    assert "Unknown" not in LIVE_MODELS


def test_an_option_for_files_is_refused_beside_a_function() -> None:
    with pytest.raises(InvalidOptionError, match=r"'mean', 'layout'|'layout', 'mean'"):
        add_model("Unknown", lambda image: image, mean=0, layout="NHWC")


def test_a_function_cannot_change_the_image_that_others_see() -> None:
    image = np.zeros((6, 8, 3), np.uint8)

    def painter(given: NDArray[np.uint8]) -> NDArray[np.floating[Any]]:
        given[0, 0] = 255
        return given[..., 0] / 255

    add_model("Painter", painter)
    with (
        create_segmenter("Painter") as segmenter,
        pytest.raises(ValueError, match="read-only"),
    ):
        segmenter.segment_people(image)
    assert image.flags.writeable


def test_a_disposed_segmenter_of_a_function_says_so() -> None:
    add_model("Bright", lambda image: image[..., 0] / 255)
    segmenter = create_segmenter("Bright")
    segmenter.dispose()
    with pytest.raises(DisposedError, match="Create a new one"):
        segmenter.segment_people(IMAGE)


def test_a_function_is_called_by_one_thread_at_a_time() -> None:
    inside, most = [0], []

    def find_people(image: NDArray[np.uint8]) -> NDArray[Any]:
        inside[0] += 1
        # Another thread may come here now.
        threading.Event().wait(0.002)
        most.append(inside[0])
        inside[0] -= 1
        return image[..., 0] / 255

    add_model("Slow", find_people)
    with create_segmenter("Slow") as segmenter, ThreadPoolExecutor(4) as pool:
        found = [*pool.map(segmenter.segment_people, [HALF_RED] * 20)]
    assert most == [1] * 20
    assert all(people.mask.probability.mean() == 0.5 for (people,) in found)


def test_what_a_function_raises_is_raised_and_the_next_image_is_looked_at() -> None:
    def find_people(image: NDArray[np.uint8]) -> NDArray[Any]:
        if not image.any():
            raise ValueError("it is dark")
        return image[..., 0] / 255

    add_model("Bright", find_people)
    with create_segmenter("Bright") as segmenter:
        with pytest.raises(ValueError, match="it is dark"):
            segmenter.segment_people(IMAGE)
        segmenter.reset()
        assert len(segmenter.segment_people(HALF_RED)) == 1


@pytest.fixture(params=["function", "file"])
def red(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The name of a model that finds what is red, twice the same."""
    if request.param == "function":
        add_model("Red", lambda image: image[..., 0] / 255)
    else:
        path = tmp_path / "red.onnx"
        path.write_bytes(onnx_file(shape=(1, 3, 24, 32)))
        add_model("Red", path, mean=0, std=255)
    return "Red"


def test_it_is_in_the_pickers_of_explorer_and_compare(red: str, webcam: Webcam) -> None:
    explorer, compare = Explorer(webcam, models=red), Compare([red, "general"], webcam)
    assert explorer.stream.model == red
    assert [panel.name for panel in compare.panels] == [red, "Selfie general"]
    for panel in (*explorer.panels, *compare.panels):
        assert (red, (red, "")) in [*panel.model_picker.options]
    explorer.close()
    compare.close()


def test_it_runs_in_a_stream(red: str, webcam: Webcam) -> None:
    stream = SegmentationStream(webcam, model=red)
    results: list[Result] = []
    stream.on_result(results.append)
    send_frame(webcam, 1, jpeg_of(HALF_RED))
    wait_until(lambda: len(results) > 0)
    assert results[0].model.startswith("Red (")
    assert float((results[0].mask >= 0.5).mean()) == pytest.approx(0.5, abs=0.05)
    stream.close()


def test_a_file_that_vanished_is_said_in_its_panel(tmp_path: Path, webcam: Webcam) -> None:
    path = tmp_path / "red.onnx"
    path.write_bytes(onnx_file())
    add_model("Red", path, mean=0, std=255)
    path.unlink()
    stream = SegmentationStream(webcam, model="Red")
    send_frame(webcam, 1, jpeg_of(HALF_RED))
    wait_until(lambda: stream.state == "failed")
    assert "red.onnx' cannot be read any more" in stream.message
    stream.close()


def test_it_runs_on_a_video_file(red: str, tmp_path: Path) -> None:
    video = half_red_video(tmp_path)
    shares: list[float] = []

    def note(frame: NDArray[np.uint8], result: Result) -> NDArray[np.uint8]:
        shares.append(float((result.mask >= 0.5).mean()))
        return frame

    apply_effect(video, tmp_path / "out.mp4", segmenter=red, effect=note, progress=False)
    assert shares == pytest.approx([0.5] * 3, abs=0.05)


def test_an_effect_on_a_video_file_gets_the_classes(tmp_path: Path) -> None:
    add_model("Classes", lambda _: NUMBERS, labels=LABELS)
    video = half_red_video(tmp_path)
    seen: list[Result] = []

    def note(frame: NDArray[np.uint8], result: Result) -> NDArray[np.uint8]:
        seen.append(result)
        return frame

    apply_effect(video, tmp_path / "out.mp4", segmenter="Classes", effect=note, progress=False)
    assert seen[0].segmentation.labels[1] == "hair"
    np.testing.assert_array_equal(seen[0].mask.model_values, NUMBERS)


def test_its_card_says_what_it_is(red: str) -> None:
    with create_segmenter(red) as segmenter:
        assert "Red" in card_of(segmenter).html


def test_a_name_that_is_written_wrongly_finds_a_model_of_ones_own() -> None:
    add_model("Bright", lambda image: image[..., 0] / 255)
    with pytest.raises(InvalidOptionError, match=r"'Bright'.* Did you mean 'Bright'\?"):
        create_segmenter("Brigth")
