"""Model files of one's own: what is read from them, what goes in, what comes out."""

from __future__ import annotations

import io
import sys
import zipfile
from dataclasses import replace
from importlib import metadata
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import psutil
import pytest

from bodyseg_widgets import (
    BodySegError,
    DisposedError,
    IncompatibleDependencyError,
    InvalidOptionError,
    MissingDependencyError,
    ModelFileError,
    add_model,
    create_segmenter,
)
from bodyseg_widgets.models import MODELS, model_path
from bodyseg_widgets.segmentation.custom.file_options import checked_file_options
from bodyseg_widgets.segmentation.custom.fitted import FittedNetwork
from bodyseg_widgets.segmentation.custom.fitting import fit_of
from bodyseg_widgets.segmentation.custom.model_file import CustomFile
from bodyseg_widgets.streaming import LIVE_MODELS, choose
from build_hooks.tflite_metadata import image_model_metadata
from build_hooks.tflite_model import with_metadata
from tests.model_files import RED, SIZE, onnx_file, tflite_file
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

IMAGE = np.random.default_rng(3).integers(0, 256, (*SIZE, 3), np.uint8)
FROM_0_TO_1 = {"mean": 0, "std": 255}
LOGITS = {"mean": 128, "std": 16}
THREE = np.eye(3, dtype=np.float32)
LABELS = ("background", "hair", "clothes")


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def fitted(path: Path, **given: Any) -> FittedNetwork:  # noqa: ANN401
    """Do what `add_model` does in another process."""
    options: dict[str, Any] = {
        "labels": None,
        "input_size": None,
        "layout": None,
        "mean": None,
        "std": None,
        "color_order": None,
        "activation": "auto",
        "output": None,
    }
    file = CustomFile.find(path)
    network, hints = file.load(file.read(), num_threads=1)
    return FittedNetwork(network, fit_of(network, hints, checked_file_options(**options | given)))


def softmax(values: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(values)
    shares: NDArray[np.float64] = powers / powers.sum(axis=2, keepdims=True)
    return shares


# --- what goes in --------------------------------------------------------------------------

KINDS: dict[str, tuple[str, Callable[[NDArray[np.float32]], bytes]]] = {
    "onnx, channels first": ("a.onnx", onnx_file),
    "onnx, channels last": (
        "a.onnx",
        lambda weights: onnx_file(weights, layout="NHWC", shape=(1, *SIZE, 3)),
    ),
    "onnx, any batch": ("a.onnx", lambda weights: onnx_file(weights, shape=("batch", 3, *SIZE))),
    "onnx, half precision": ("a.onnx", lambda weights: onnx_file(weights, kind="FLOAT16")),
    "onnx, double precision": ("a.onnx", lambda weights: onnx_file(weights, kind="DOUBLE")),
    "tflite, channels last": ("a.tflite", tflite_file),
    "tflite, channels first": ("a.tflite", lambda weights: tflite_file(weights, layout="NCHW")),
    "tflite, uint8": (
        "a.tflite",
        lambda weights: tflite_file(weights, quantized=("UINT8", 1 / 255, 0)),
    ),
    "tflite, int8": (
        "a.tflite",
        lambda weights: tflite_file(weights, quantized=("INT8", 1 / 255, -128)),
    ),
}


@pytest.mark.parametrize("channel", range(3))
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_input_gets_each_channel_where_it_belongs(
    tmp_path: Path, kind: str, channel: int
) -> None:
    name, make = KINDS[kind]
    weights = np.eye(3, dtype=np.float32)[[channel]]
    network = fitted(write(tmp_path / name, make(weights)), **FROM_0_TO_1)
    tolerance = 1e-3 if "half" in kind else 1e-6
    np.testing.assert_allclose(
        network.find(IMAGE).person, IMAGE[..., channel] / 255, atol=tolerance
    )


@pytest.mark.parametrize("make", [onnx_file, tflite_file])
def test_pixels_are_normalized_by_channel_in_the_order_that_the_network_takes(
    tmp_path: Path, make: Callable[[NDArray[np.float32]], bytes]
) -> None:
    suffix = "onnx" if make is onnx_file else "tflite"
    path = write(tmp_path / f"a.{suffix}", make(np.array([[0, 0, 1]], np.float32)))
    given = {"mean": (1, 2, 30), "std": (400, 400, 500), "activation": "sigmoid"}
    for color_order, channel in (("rgb", 2), ("bgr", 0)):
        found = fitted(path, **given, color_order=color_order).find(IMAGE).person
        expected = 1 / (1 + np.exp(-(IMAGE[..., channel] - 30.0) / 500))
        np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize(("kind", "black"), [("UINT8", 0), ("INT8", -128)])
def test_a_quantized_input_gets_pixel_values_as_they_are_if_nothing_else_is_said(
    tmp_path: Path, kind: str, black: int
) -> None:
    path = write(tmp_path / "a.tflite", tflite_file(quantized=(kind, 1 / 512, black)))
    np.testing.assert_allclose(fitted(path).find(IMAGE).person, IMAGE[..., 0] / 512, atol=1e-6)


def test_an_image_of_another_size_is_stretched(tmp_path: Path) -> None:
    network = fitted(write(tmp_path / "a.onnx", onnx_file()), **FROM_0_TO_1)
    halves = np.zeros((40, 80, 3), np.uint8)
    halves[:, 40:, 0] = 255
    assert network.find(halves).person.shape == SIZE
    assert np.rint(network.find(halves).person).tolist() == [[0, 0, 0, 1, 1, 1]] * 4


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.onnx", onnx_file(shape=(1, 3, "height", "width"))),
        ("a.onnx", onnx_file(shape=("batch", 3, "height", "width"))),
        ("a.tflite", tflite_file(dynamic=True)),
    ],
    ids=["onnx", "onnx with any batch", "tflite"],
)
def test_an_input_of_any_size_gets_the_one_that_is_given(
    tmp_path: Path, name: str, data: bytes
) -> None:
    path = write(tmp_path / name, data)
    with pytest.raises(InvalidOptionError, match=r"any size.*input_size=\(height, width\)"):
        fitted(path, **FROM_0_TO_1)
    network = fitted(path, **FROM_0_TO_1, input_size=(8, 12))
    assert network.find(IMAGE).person.shape == (8, 12)


# --- what the file says --------------------------------------------------------------------


def test_a_tflite_file_says_how_its_pixels_are_normalized(tmp_path: Path) -> None:
    entry = replace(MODELS["selfie_general"], mean=20.0, std=300.0)
    path = write(tmp_path / "a.tflite", with_metadata(tflite_file(), image_model_metadata(entry)))
    expected = 1 / (1 + np.exp(-(IMAGE[..., 0] - 20.0) / 300))
    np.testing.assert_allclose(fitted(path).find(IMAGE).person, expected, atol=1e-6)
    np.testing.assert_allclose(
        fitted(path, **FROM_0_TO_1).find(IMAGE).person, IMAGE[..., 0] / 255, atol=1e-6
    )


def test_a_tflite_file_says_what_its_classes_are(tmp_path: Path) -> None:
    schema = pytest.importorskip("mediapipe.tasks.metadata.metadata_schema_py_generated")
    flatbuffers = pytest.importorskip("flatbuffers")
    labels = schema.AssociatedFileT()
    labels.name, labels.type = "classes.txt", schema.AssociatedFileType.TENSOR_AXIS_LABELS
    output, graph, root = schema.TensorMetadataT(), schema.SubGraphMetadataT(), None
    output.associatedFiles, graph.outputTensorMetadata = [labels], [output]
    root = schema.ModelMetadataT()
    root.subgraphMetadata = [graph]
    builder = flatbuffers.Builder()
    builder.Finish(root.Pack(builder), b"M001")
    archive = io.BytesIO(with_metadata(tflite_file(THREE), bytes(builder.Output())))
    with zipfile.ZipFile(archive, "a") as files:
        files.writestr("classes.txt", "cat\nPerson\nbackground\n")
    path = write(tmp_path / "a.tflite", archive.getvalue())
    np.testing.assert_allclose(
        fitted(path, **FROM_0_TO_1).find(IMAGE).person, IMAGE[..., 1] / 255, atol=1e-6
    )


@pytest.mark.parametrize(
    ("named", "mean", "std"),
    [
        ("NominalRange_0_255", 0, 1),
        ("Normalized_0_1", 0, 255),
        ("Normalized_1_1", 127.5, 127.5),
    ],
)
def test_an_onnx_file_says_how_its_pixels_are_normalized_and_ordered(
    tmp_path: Path, named: str, mean: float, std: float
) -> None:
    said = {"Image.NominalPixelRange": named, "Image.BitmapPixelFormat": "Bgr8"}
    path = write(tmp_path / "a.onnx", onnx_file(RED / 100, properties=said))
    found = fitted(path, activation="sigmoid").find(IMAGE).person
    expected = 1 / (1 + np.exp(-(IMAGE[..., 2] - float(mean)) / std / 100))
    np.testing.assert_allclose(found, expected, atol=1e-6)


# --- what comes out ------------------------------------------------------------------------


def test_a_sigmoid_is_applied_to_one_class_whose_values_are_no_probabilities(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "a.onnx", onnx_file())
    logits = (IMAGE[..., 0] - 128.0) / 16
    for activation in ("auto", "sigmoid"):
        found = fitted(path, **LOGITS, activation=activation).find(IMAGE).person
        np.testing.assert_allclose(found, 1 / (1 + np.exp(-logits)), atol=1e-6)


@pytest.mark.parametrize(
    ("name", "data"), [("a.onnx", onnx_file(THREE)), ("a.tflite", tflite_file(THREE))]
)
def test_a_softmax_is_applied_to_several(tmp_path: Path, name: str, data: bytes) -> None:
    path = write(tmp_path / name, data)
    classes = softmax((IMAGE - 128.0) / 16)
    for activation in ("auto", "softmax"):
        found = fitted(path, **LOGITS, activation=activation, labels=LABELS).find(IMAGE)
        np.testing.assert_allclose(found.person, 1 - classes[..., 0], atol=1e-6)
        np.testing.assert_array_equal(found.numbers, classes.argmax(axis=2))


def test_probabilities_are_left_as_they_are(tmp_path: Path) -> None:
    path = write(tmp_path / "a.onnx", onnx_file(THREE))
    for activation in ("auto", "none"):
        network = fitted(path, **FROM_0_TO_1, activation=activation, labels=LABELS)
        np.testing.assert_allclose(network.find(IMAGE).person, 1 - IMAGE[..., 0] / 255, atol=1e-6)


def test_what_turns_out_to_be_no_probability_is_said_so(tmp_path: Path) -> None:
    path = write(tmp_path / "a.onnx", onnx_file())
    network = fitted(path, **LOGITS, activation="none")
    with pytest.raises(InvalidOptionError, match=r"range from .*activation='sigmoid'"):
        network.find(IMAGE)


def test_of_several_classes_a_person_counts_more_than_the_background(tmp_path: Path) -> None:
    path = write(tmp_path / "a.onnx", onnx_file(THREE))
    network = fitted(path, **LOGITS, labels=["background", "cat", "Person"])
    classes = softmax((IMAGE - 128.0) / 16)
    np.testing.assert_allclose(network.find(IMAGE).person, classes[..., 2], atol=1e-6)


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.onnx", onnx_file(THREE, numbers=True)), ("a.tflite", tflite_file(THREE, numbers=True))],
)
def test_numbers_of_classes_are_a_person_or_not(tmp_path: Path, name: str, data: bytes) -> None:
    path = write(tmp_path / name, data)
    numbers = IMAGE.argmax(axis=2)
    found = fitted(path, **FROM_0_TO_1, labels=LABELS).find(IMAGE)
    np.testing.assert_array_equal(found.person, numbers != 0)
    np.testing.assert_array_equal(found.numbers, numbers)
    found = fitted(path, **FROM_0_TO_1, labels=["a", "person", "b"]).find(IMAGE)
    np.testing.assert_array_equal(found.person, numbers == 1)


def test_one_of_several_maps_is_chosen_by_its_name(tmp_path: Path) -> None:
    path = write(tmp_path / "a.onnx", onnx_file(outputs=("fine", "coarse")))
    with pytest.raises(InvalidOptionError, match=r"2 maps: 'fine'.*'coarse'.*output='fine'"):
        fitted(path, **FROM_0_TO_1)
    network = fitted(path, **FROM_0_TO_1, output="coarse")
    np.testing.assert_allclose(network.find(IMAGE).person, IMAGE[..., 0] / 255, atol=1e-6)


# --- what is refused -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "given", "message"),
    [
        ("a.tflite", tflite_file(inputs=2), {}, r"2 inputs, 'image'.*'other 0'.*function"),
        ("a.onnx", onnx_file(more_inputs=("state",)), {}, r"2 inputs, .*'state' \(1\) float32"),
        ("a.onnx", onnx_file(shape=(4, 3, *SIZE)), {}, r"4 images at once.*batch of 1"),
        (
            "a.onnx",
            onnx_file(np.ones((1, 4), np.float32), shape=(1, 4, *SIZE)),
            {},
            r"has not 3 channels",
        ),
        (
            "a.tflite",
            tflite_file(np.ones((1, 1), np.float32), channels=1),
            {},
            r"has not 3 channels",
        ),
        ("a.onnx", onnx_file(shape=(3, 8)), {}, r"cannot run this model|is no image"),
        ("a.onnx", onnx_file(kind="INT32"), {}, r"int32 is no image: expect four axes"),
        ("a.onnx", onnx_file(shape=(1, 3, 4, 3)), {}, r"Which axis.*layout='NHWC'.*'NCHW'"),
        ("a.onnx", onnx_file(), {"layout": "NHWC"}, r"layout='NHWC' does not fit.*6 channels"),
        ("a.onnx", onnx_file(), {"input_size": (8, 8)}, r"\(8, 8\) does not fit.*Leave input_s"),
        ("a.onnx", onnx_file(), {"mean": None, "std": None}, r"not say how.*mean=127.5, std=127.5"),
        ("a.onnx", onnx_file(), {"output": "mask"}, r"one of 'map', but got 'mask'"),
        ("a.onnx", onnx_file(), {"activation": "softmax"}, r"several classes.*'sigmoid'"),
        ("a.onnx", onnx_file(THREE), {}, r"3 classes, 'map' \(1, 3, 4, 6\).*labels=\[…\]"),
        (
            "a.onnx",
            onnx_file(THREE),
            {"labels": ["background", "person"]},
            r"3 classes.*2 labels: 'background', 'person'",
        ),
        ("a.tflite", tflite_file(), {"labels": LABELS}, r"1 classes.*3 labels.*leave labels out"),
        ("a.onnx", onnx_file(THREE, numbers=True), {}, r"numbers of classes.*labels=\[…\]"),
        (
            "a.onnx",
            onnx_file(THREE, numbers=True),
            {"labels": LABELS, "activation": "softmax"},
            r"numbers of classes. Leave activation out",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_what_would(
    tmp_path: Path, name: str, data: bytes, given: dict[str, Any], message: str
) -> None:
    with pytest.raises((ModelFileError, InvalidOptionError), match=message):
        fitted(write(tmp_path / name, data), **FROM_0_TO_1 | given)


def test_a_list_of_boxes_is_no_map() -> None:
    with pytest.raises(ModelFileError, match=r"\(1, 2254, 12\).*expect a map"):
        fitted(model_path("pose_detector"))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"mean": 5}, r"belong together, but got mean=5 and std=None"),
        ({"mean": 0.485, "std": 0.229}, r"0\.229.*multiply both by 255: mean=123\.675, std=58\.3"),
        ({"mean": (1, 2), "std": 1}, r"mean must be a number, or one for each of the 3 channels"),
        ({"mean": "0", "std": "x"}, r"std must be a number"),
        ({"input_size": 256}, r"\(height, width\).*but got 256"),
        ({"input_size": (0, 8)}, r"2 to \d+, but got \(0, 8\)"),
        ({"layout": "nhwc"}, r"one of 'NHWC', 'NCHW'.*Did you mean 'NHWC'"),
        ({"color_order": "BGR"}, r"one of 'rgb', 'bgr'.*Did you mean 'bgr'"),
        ({"activation": "relu"}, r"one of 'auto', 'softmax', 'sigmoid', 'none'"),
        ({"output": 0}, r"output must be a str.*name of one of the model's outputs"),
        ({"labels": []}, r"1 to 255 different texts"),
        ({"labels": ["person", "person"]}, r"different texts"),
        ({"labels": ["hair", "skin"]}, r"'person' or the class 'background'.*'hair', 'skin'"),
    ],
)
def test_an_option_of_a_file_is_checked_before_it_is_read(
    tmp_path: Path, given: dict[str, Any], message: str
) -> None:
    path = write(tmp_path / "a.onnx", b"not looked at")
    with pytest.raises(InvalidOptionError, match=message):
        add_model("Unchecked", path, **given)
    assert "Unchecked" not in LIVE_MODELS


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("net.pt", b"x", r"'\.tflite' or '\.onnx', but got 'net\.pt'\. A PyTorch .*torch\.onnx"),
        ("net.keras", b"x", r"but got 'net\.keras'\. A Keras model.*TFLiteConverter"),
        ("net.task", b"x", r"ZIP archive.*unpack it"),
        ("net", b"x", r"must end in '\.tflite' or '\.onnx', but got 'net'"),
        ("net.onnx", b"", r"is empty"),
        ("net.onnx", tflite_file(), r"'net\.onnx' is a TensorFlow Lite model: name it '\.tflite'"),
        ("net.tflite", onnx_file(), r"'net\.tflite' is no TensorFlow Lite model.*copied whole"),
        ("net.onnx", onnx_file()[:-40], r"'net\.onnx': ONNX Runtime cannot run this model of"),
        ("net.tflite", tflite_file()[:200], r"'net\.tflite': LiteRT cannot run this model of 200"),
    ],
)
def test_a_file_of_another_kind_or_a_damaged_one_is_named(
    tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    path = write(tmp_path / name, data)
    with pytest.raises(BodySegError, match=message):
        add_model("Damaged", path, **FROM_0_TO_1)
    assert "Damaged" not in LIVE_MODELS


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"There is no file '.*absent\.onnx'.*Check the path"):
        add_model("Absent", tmp_path / "absent.onnx")


def test_a_file_that_ends_the_process_that_tries_it_is_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.onnx", onnx_file())
    program = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    monkeypatch.setattr("bodyseg_widgets.segmentation.custom.trial._PROGRAM", program)
    with pytest.raises(ModelFileError, match=r"'a\.onnx' is damaged, .*\(SIGSEGV\)"):
        add_model("Deadly", path, **FROM_0_TO_1)


# --- as any other model --------------------------------------------------------------------


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """The file of a model that is called 'Mine': where the red channel is large."""
    path = write(tmp_path / "mine.onnx", onnx_file())
    add_model("Mine", path, **FROM_0_TO_1)
    return path


def test_the_bundled_network_given_as_a_file_is_the_bundled_segmenter(data_folder: Path) -> None:
    picture = data_folder / "tfjs-models" / "body-segmentation" / "portrait.jpg"
    for name in ("general", "landscape"):
        add_model(f"My {name}", model_path(f"selfie_{name}"))
        with create_segmenter(name) as bundled, create_segmenter(f"My {name}") as mine:
            (expected,), (found,) = bundled.segment_people(picture), mine.segment_people(picture)
        np.testing.assert_allclose(
            found.mask.model_probability, expected.mask.model_probability, rtol=0, atol=1e-6
        )
        assert found.mask.size == expected.mask.size


@pytest.mark.usefixtures("mine")
def test_a_file_is_a_segmenter_like_the_bundled_ones() -> None:
    with create_segmenter("Mine", num_threads=2) as segmenter:
        (people,) = segmenter.segment_people(IMAGE, flip_horizontal=True)
        segmenter.reset()
    expected = np.fliplr(IMAGE[..., 0]) / 255
    np.testing.assert_allclose(people.mask.probability, expected, atol=1e-6)
    assert segmenter.settings == {"model": "Mine", "num_threads": 2}
    assert repr(segmenter) == "CustomSegmenter(model=Mine, num_threads=2, disposed)"
    segmenter.dispose()
    with pytest.raises(DisposedError, match=r"dispose\(\)"):
        segmenter.segment_people(IMAGE)


def test_the_threads_of_a_network_end_with_it(tmp_path: Path) -> None:
    process = psutil.Process()
    for path in (write(tmp_path / "a.onnx", onnx_file()), model_path("selfie_general")):
        file = CustomFile.find(path)
        before = process.num_threads()
        networks = [file.load(file.read(), num_threads=9)[0] for _ in range(3)]
        for each in networks:
            each.run(lambda tensor: tensor.fill(0))
        # Eight each, beside the calling one; others may end meanwhile.
        assert process.num_threads() > before + 16
        for each in networks:
            each.dispose()
        wait_until(lambda before=before: process.num_threads() <= before + 4)


@pytest.mark.usefixtures("mine")
def test_an_option_that_a_custom_model_does_not_have_is_refused() -> None:
    add_model("Function", lambda image: image[..., 0] / 255)
    for given, message in (
        ({"runtime": "mediapipe"}, r"Mine runs on 'onnx' only, but got runtime='mediapipe'"),
        ({"model_type": "general"}, r"Mine has no variants, but got model_type='general'"),
        ({"num_threads": 0}, r"at least 1.*but got 0"),
    ):
        options: dict[str, Any] = given
        with pytest.raises(InvalidOptionError, match=message):
            create_segmenter("Mine", **options)
    with pytest.raises(InvalidOptionError, match=r"Function is a function.*num_threads=2"):
        create_segmenter("Function", num_threads=2)


@pytest.mark.usefixtures("mine")
def test_streams_name_what_runs_it() -> None:
    assert choose("Mine", None, "mediapipe").label == "Mine (onnx)"
    model = choose("Mine", None, "tensorflow").to_run(lambda: 1).create()
    seen = model.run(IMAGE, 0.0)
    model.dispose()
    np.testing.assert_allclose(seen.segmentation.mask.probability, IMAGE[..., 0] / 255, atol=1e-6)


def test_a_file_that_is_gone_or_changed_is_said_so(mine: Path) -> None:
    data = mine.read_bytes()
    mine.write_bytes(data + b" ")
    with pytest.raises(ModelFileError, match=r"mine\.onnx' was changed.*Add it again"):
        create_segmenter("Mine")
    mine.unlink()
    with pytest.raises(ModelFileError, match=r"mine\.onnx' cannot be read any more: No such file"):
        create_segmenter("Mine")


def with_weights_in(location: str) -> bytes:
    """Write a network whose weights are in another file."""
    model = onnx.load_from_string(onnx_file())
    (weights,) = model.graph.initializer
    weights.ClearField("raw_data")
    weights.data_location = onnx.TensorProto.EXTERNAL
    entry = weights.external_data.add()
    entry.key, entry.value = "location", location
    return bytes(model.SerializeToString())


def test_its_weights_may_be_in_a_file_beside_it(tmp_path: Path) -> None:
    path = write(tmp_path / "large.onnx", with_weights_in("large.onnx.data"))
    write(tmp_path / "large.onnx.data", RED.tobytes())
    network = fitted(path, **FROM_0_TO_1)
    np.testing.assert_allclose(network.find(IMAGE).person, IMAGE[..., 0] / 255, atol=1e-6)
    (tmp_path / "large.onnx.data").unlink()
    with pytest.raises(ModelFileError, match=r"large\.onnx\.data"):
        fitted(path, **FROM_0_TO_1)


@pytest.mark.parametrize("above", [True, False], ids=["above it", "by its whole path"])
def test_no_weights_are_read_outside_of_its_folder(tmp_path: Path, *, above: bool) -> None:
    outside = write(tmp_path / "private", RED.tobytes())
    (tmp_path / "models").mkdir()
    location = "../private" if above else str(outside)
    path = write(tmp_path / "models" / "a.onnx", with_weights_in(location))
    with pytest.raises(ModelFileError, match=r"External data path"):
        fitted(path, **FROM_0_TO_1)


def test_an_onnxruntime_that_is_missing_or_that_reports_usage_is_named(
    mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(package: str) -> str:
        raise metadata.PackageNotFoundError(package)

    for version in ("1.29.0", "1.32.1", "1.23.2"):
        monkeypatch.setattr(metadata, "version", lambda _, version=version: version)
        with pytest.raises(
            IncompatibleDependencyError, match=rf"onnxruntime {version}.*1\.24 to 1\.28.*\[onnx\]"
        ):
            create_segmenter("Mine")
    monkeypatch.setattr(metadata, "version", absent)
    for use in (lambda: create_segmenter("Mine"), lambda: add_model("Other", mine)):
        with pytest.raises(MissingDependencyError, match=r'pip install "bodyseg-widgets\[onnx\]"'):
            use()


def test_adding_a_file_loads_no_runtime_here(mine: Path) -> None:
    sys.modules.pop("onnxruntime", None)
    add_model("Again", mine, **FROM_0_TO_1)
    assert "onnxruntime" not in sys.modules
