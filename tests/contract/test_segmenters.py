"""What every segmenter promises, on every runtime and with every network."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from PIL import Image

from bodyseg_widgets import (
    BodySegError,
    DisposedError,
    InvalidImageError,
    InvalidOptionError,
    MissingDependencyError,
    SupportedModels,
    create_segmenter,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from bodyseg_widgets import BodySegmenter
    from bodyseg_widgets.options import Runtime

SELFIE = SupportedModels.MediaPipeSelfieSegmentation
RUNTIMES = ("tensorflow", "mediapipe")
MODEL_SIZES = {"general": (256, 256), "landscape": (144, 256)}
PICTURES = {
    "portrait": "body-segmentation/portrait.jpg",
    "three_people": "shared/three_people.jpg",
    "pose": "pose-detection/pose.jpg",
}


class Made(NamedTuple):
    """A segmenter, and the options it was created with."""

    segmenter: BodySegmenter
    runtime: str
    model_type: str


@pytest.fixture(
    scope="module",
    params=[(runtime, model_type) for runtime in RUNTIMES for model_type in MODEL_SIZES],
    ids="-".join,
)
def made(request: pytest.FixtureRequest) -> Iterator[Made]:
    runtime, model_type = request.param
    with create_segmenter(SELFIE, runtime=runtime, model_type=model_type) as segmenter:
        yield Made(segmenter, runtime, model_type)


@pytest.fixture(scope="module", params=MODEL_SIZES)
def both_runtimes(request: pytest.FixtureRequest) -> Iterator[list[BodySegmenter]]:
    segmenters = [
        create_segmenter(SELFIE, runtime=each, model_type=request.param) for each in RUNTIMES
    ]
    yield segmenters
    for segmenter in segmenters:
        segmenter.dispose()


def noise(height: int, width: int) -> NDArray[np.uint8]:
    return np.random.default_rng(7).integers(0, 256, (height, width, 3), dtype=np.uint8)


def picture(data_folder: Path, name: str) -> NDArray[np.uint8]:
    return np.asarray(Image.open(data_folder / "tfjs-models" / PICTURES[name]).convert("RGB"))


def person_mask(data_folder: Path, name: str) -> NDArray[np.bool_]:
    file = data_folder / "tfjs-models" / "derived_masks" / f"{name}_person.png"
    return np.asarray(Image.open(file).convert("L")) > 127


def iou(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    return float((one & other).sum() / (one | other).sum())


# --- right ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("portrait", {"general": 0.98, "landscape": 0.97}),
        ("three_people", {"general": 0.90, "landscape": 0.90}),
    ],
)
def test_the_mask_covers_the_people(
    made: Made, data_folder: Path, name: str, wanted: dict[str, float]
) -> None:
    (people,) = made.segmenter.segment_people(picture(data_folder, name))
    found = people.mask.probability >= 0.5
    assert iou(found, person_mask(data_folder, name)) >= wanted[made.model_type]


def test_a_white_picture_shows_no_one(made: Made) -> None:
    (people,) = made.segmenter.segment_people(np.full((100, 100, 3), 255, np.uint8))
    assert people.mask.probability.max() < 1 / 255


@pytest.mark.parametrize("flip_horizontal", [False, True])
@pytest.mark.parametrize("name", PICTURES)
def test_the_runtimes_agree_on_pictures(
    both_runtimes: list[BodySegmenter],
    data_folder: Path,
    name: str,
    flip_horizontal: bool,  # noqa: FBT001 - pytest passes by name
) -> None:
    image = picture(data_folder, name)
    one, other = (
        each.segment_people(image, flip_horizontal=flip_horizontal)[0].mask.probability
        for each in both_runtimes
    )
    assert np.abs(one - other).max() <= 0.001


@pytest.mark.parametrize(
    "size", [(1, 1), (1, 500), (500, 1), (37, 53), (144, 256), (256, 256), (480, 640)], ids=str
)
def test_the_runtimes_agree_on_every_size(
    both_runtimes: list[BodySegmenter], size: tuple[int, int]
) -> None:
    one, other = (each.segment_people(noise(*size))[0].mask.probability for each in both_runtimes)
    assert np.abs(one - other).max() <= 0.001


def test_a_mirrored_picture_gives_the_mask_of_the_mirrored_picture(
    made: Made, data_folder: Path
) -> None:
    image = picture(data_folder, "portrait")
    (flipped,) = made.segmenter.segment_people(image, flip_horizontal=True)
    (expected,) = made.segmenter.segment_people(np.fliplr(image))
    (unflipped,) = made.segmenter.segment_people(image)
    np.testing.assert_array_equal(flipped.mask.probability, expected.mask.probability)
    mirrored_back = np.fliplr(flipped.mask.probability) >= 0.5
    assert iou(mirrored_back, unflipped.mask.probability >= 0.5) > 0.97


# --- what a mask holds ---------------------------------------------------------------------


def test_the_probability_has_the_size_of_the_picture(made: Made) -> None:
    (people,) = made.segmenter.segment_people(noise(48, 64))
    probability = people.mask.probability
    assert (probability.shape, probability.dtype) == ((48, 64), np.float32)
    assert probability.min() >= 0
    assert probability.max() <= 1
    assert people.mask.size == (48, 64)


def test_the_model_probability_has_the_size_of_the_network(made: Made) -> None:
    (people,) = made.segmenter.segment_people(noise(48, 64))
    assert people.mask.model_size == MODEL_SIZES[made.model_type]
    assert people.mask.model_probability.shape == MODEL_SIZES[made.model_type]


def test_image_data_is_label_and_probability_on_every_runtime(
    made: Made, data_folder: Path
) -> None:
    (people,) = made.segmenter.segment_people(picture(data_folder, "portrait"))
    rgba = people.mask.to_image_data()
    assert (rgba.shape, rgba.dtype) == ((1024, 820, 4), np.uint8)
    assert np.unique(rgba[..., 0]).tolist() == [255]
    assert not rgba[..., 1:3].any()
    np.testing.assert_array_equal(rgba[..., 3], np.rint(people.mask.probability * 255))
    assert people.mask_value_to_label(int(rgba[0, 0, 0])) == "person"
    assert people.mask.get_underlying_type() == "imagedata"
    np.testing.assert_array_equal(np.asarray(people.mask.to_canvas_image_source()), rgba)


def test_a_mask_outlives_its_segmenter_and_later_pictures() -> None:
    for runtime in RUNTIMES:
        with create_segmenter(SELFIE, runtime=runtime) as segmenter:
            (first,) = segmenter.segment_people(noise(256, 256))
            before = first.mask.model_probability.copy()
            segmenter.segment_people(np.zeros((256, 256, 3), np.uint8))
        np.testing.assert_array_equal(first.mask.probability, before)


def test_tensors_go_in_and_come_out() -> None:
    tf = pytest.importorskip("tensorflow")
    image = noise(48, 64)
    for runtime in RUNTIMES:
        with create_segmenter(SELFIE, runtime=runtime) as segmenter:
            (from_tensor,) = segmenter.segment_people(tf.constant(image))
            (from_array,) = segmenter.segment_people(image)
        tensor = from_tensor.mask.to_tensor()
        assert tensor.dtype == tf.int32
        np.testing.assert_array_equal(tensor.numpy(), from_array.mask.to_image_data())


# --- bad input -----------------------------------------------------------------------------


def pixels(**changes: object) -> Callable[[Path], object]:
    """Return an 8x8 image with another shape, dtype or value."""
    array = np.full(
        changes.get("shape", (8, 8, 3)),  # type: ignore[call-overload]
        changes.get("value", 1),
        changes.get("dtype", np.uint8),
    )
    return lambda _: array


def file_of(name: str, content: bytes) -> Callable[[Path], object]:
    def write(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return write


BAD_IMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "no file": (lambda folder: folder / "absent.jpg", r"There is no file '.*absent\.jpg'.*path"),
    "a folder": (lambda folder: folder, r"is a folder\. Choose a file in it"),
    "not an image": (file_of("notes.jpg", b"hello"), r"notes\.jpg' is not an image.*JPEG"),
    "empty file": (file_of("empty.png", b""), r"empty\.png' is empty: it has 0 bytes"),
    "cut-off file": (
        file_of("cut.ppm", b"P6 64 64 255\n" + bytes(100)),
        r"cut\.ppm' cannot be read",
    ),
    "web address": (lambda _: "https://example.org/a.jpg", r"Nothing is fetched.*download"),
    "0x0": (pixels(shape=(0, 0, 3)), r"no pixels: it is 0x0.*at least 1x1"),
    "0 rows": (pixels(shape=(0, 8)), r"no pixels: it is 8x0"),
    "NaN": (pixels(dtype=np.float32, value=np.nan), r"float32 with 192 NaN.*nan_to_num"),
    "floats to 1": (pixels(dtype=np.float32, value=0.5), r"0\.5 to 0\.5.*\(image \* 255\)"),
    "floats to 255": (pixels(dtype=np.float64, value=200), r"float64.*image\.round\(\)"),
    "floats around 0": (pixels(dtype=np.float32, value=-0.5), r"\(image \+ 1\) \* 127\.5"),
    "floats beyond": (pixels(dtype=np.float32, value=1e6), r"1e\+06.*Scale it"),
    "bool": (pixels(dtype=np.bool_), r"uint8.*but got bool.*\* 255"),
    "uint16": (pixels(dtype=np.uint16), r"but got uint16.*// 257"),
    "int64": (pixels(dtype=np.int64), r"but got int64.*np\.clip"),
    "text": (pixels(dtype="<U1"), r"but got <U1"),
    "2 channels": (pixels(shape=(8, 8, 2)), r"\(H, W, 3\).*got shape \(8, 8, 2\)"),
    "channels first": (pixels(shape=(3, 8, 8)), r"transpose\(1, 2, 0\)"),
    "batch": (pixels(shape=(1, 8, 8, 3)), r"one image at a time: image\[0\]"),
    "one row of numbers": (pixels(shape=(8,)), r"got shape \(8,\)"),
    "too wide": (pixels(shape=(1, 40000)), r"40000x1 pixels.*at most 32764"),
    "32-bit PIL": (lambda _: Image.new("I", (8, 8)), r"32-bit integers.*'I'.*uint8"),
    "None": (lambda _: None, r"a path.*but got NoneType"),
    "list": (lambda _: [[0]], r"NumPy array.*but got list"),
}


@pytest.mark.parametrize("name", BAD_IMAGES)
def test_a_bad_image_is_refused_with_its_fix(made: Made, tmp_path: Path, name: str) -> None:
    make, message = BAD_IMAGES[name]
    image: Any = make(tmp_path)
    with pytest.raises(InvalidImageError, match=message):
        made.segmenter.segment_people(image)
    assert made.segmenter.segment_people(noise(8, 8))


@pytest.mark.parametrize(
    "shape", [(1, 1, 3), (1, 1), (8000, 8000, 3)], ids=["one pixel", "one gray pixel", "8000x8000"]
)
def test_an_extreme_size_works(made: Made, shape: tuple[int, ...]) -> None:
    (people,) = made.segmenter.segment_people(np.zeros(shape, np.uint8))
    assert people.mask.probability.shape == shape[:2]


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        (
            "PoseNet",
            {"runtime": "tensorflow"},
            r"PoseNet is not a supported model name\..*MediaPipeSelfieSegmentation",
        ),
        (
            SELFIE,
            {"runtime": "tfjs"},
            "runtime to be either 'tensorflow' or 'mediapipe', but got tfjs. Did you mean 'tensor",
        ),
        ("heavy", {}, r"segmenters\. Choose: .*'general', 'landscape'.*create_detector"),
        ("genral", {}, r"genral is not .*Did you mean 'general'"),
        ("lite", {"model_type": "heavy"}, "'lite' in the model's name and model_type='heavy'"),
        (
            SELFIE,
            {"runtime": "tensorflow", "model_type": "portrait"},
            "one of 'general', 'landscape', but got 'portrait'",
        ),
        (SELFIE, {"runtime": "tensorflow", "num_threads": 0}, "at least 1.*but got 0"),
        (SELFIE, {"runtime": "tensorflow", "num_threads": True}, "but got True"),
        (SELFIE, {"runtime": "mediapipe", "num_threads": 2}, "its own threads.*num_threads=2"),
    ],
)
def test_an_unknown_option_is_refused_with_the_choices(
    model: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidOptionError, match=message) as caught:
        create_segmenter(model, **options)
    assert isinstance(caught.value, BodySegError | ValueError)


@pytest.mark.parametrize(
    "model", ["general", "MediaPipeSelfieSegmentation", ("MediaPipeSelfieSegmentation", "general")]
)
def test_a_short_name_is_enough(model: Any) -> None:  # noqa: ANN401
    with create_segmenter(model) as segmenter:
        (people,) = segmenter.segment_people(np.zeros((6, 8, 3), np.uint8))
    assert people.mask.model_size == (256, 256)


def test_a_missing_mediapipe_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(package: str) -> str:
        raise metadata.PackageNotFoundError(package)

    monkeypatch.setattr(metadata, "version", absent)
    with pytest.raises(MissingDependencyError, match=r'pip install "bodyseg-widgets\[mediapipe\]"'):
        create_segmenter(SELFIE, runtime="mediapipe")


# --- a life --------------------------------------------------------------------------------


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_disposed_segmenter_says_so(runtime: Runtime) -> None:
    segmenter = create_segmenter(SELFIE, runtime=runtime)
    segmenter.dispose()
    segmenter.dispose()
    segmenter.reset()
    with pytest.raises(DisposedError, match=r"dispose\(\).*Create a new one"):
        segmenter.segment_people(noise(8, 8))


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_context_manager_disposes_also_after_an_error(runtime: Runtime) -> None:
    segmenter = create_segmenter(SELFIE, runtime=runtime)
    with pytest.raises(ZeroDivisionError), segmenter:
        raise ZeroDivisionError
    with pytest.raises(DisposedError):
        segmenter.segment_people(noise(8, 8))


def test_reset_changes_nothing(made: Made) -> None:
    (before,) = made.segmenter.segment_people(noise(48, 64))
    made.segmenter.reset()
    (after,) = made.segmenter.segment_people(noise(48, 64))
    np.testing.assert_array_equal(before.mask.probability, after.mask.probability)


def test_threads_share_a_segmenter(made: Made) -> None:
    images = [np.roll(noise(64, 64), shift, axis=0) for shift in range(12)]

    def segment(image: NDArray[np.uint8]) -> NDArray[np.float32]:
        return made.segmenter.segment_people(image)[0].mask.probability

    expected = [segment(image) for image in images]
    with ThreadPoolExecutor(4) as pool:
        for found, wanted in zip(pool.map(segment, images), expected, strict=True):
            np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_no_thread_outlives_its_segmenter(runtime: Runtime) -> None:
    with create_segmenter(SELFIE, runtime=runtime) as segmenter:
        segmenter.segment_people(noise(8, 8))
    before = set(threading.enumerate())
    for _ in range(5):
        with create_segmenter(SELFIE, runtime=runtime) as segmenter:
            segmenter.segment_people(noise(8, 8))
    assert set(threading.enumerate()) <= before
