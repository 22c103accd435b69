"""BodyPix gives what upstream gives: body-pix 2.2.1 on TensorFlow.js's CPU backend."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from bodyseg_widgets import (
    DisposedError,
    InvalidOptionError,
    MissingDependencyError,
    MissingWeightsError,
    ModelFileError,
    SupportedModels,
    create_segmenter,
    to_colored_mask,
)
from bodyseg_widgets.models import BodyPixVariant
from bodyseg_widgets.segmentation.bodypix import BodyPixSegmenter, from_file
from bodyseg_widgets.segmentation.bodypix.layout import layout_of
from bodyseg_widgets.segmentation.bodypix.network import BodyPixNetwork, Outputs
from tests.graphs import write_bodypix
from tests.pictures import read_rgb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

VARIANTS = {
    "float_050_s16": BodyPixVariant(multiplier=0.5),
    "quant2_050_s16": BodyPixVariant(multiplier=0.5, quant_bytes=2),
    "quant2_050_s8": BodyPixVariant(multiplier=0.5, quant_bytes=2, output_stride=8),
    "quant2_075_s16": BodyPixVariant(multiplier=0.75, quant_bytes=2),
}
PICTURES = ("portrait", "three_people")
RAW = (
    "raw_segmentLogits",
    "raw_partHeatmaps",
    "raw_heatmapScores",
    "raw_offsets",
    "raw_longOffsets",
    "raw_displacementFwd",
    "raw_displacementBwd",
)


@dataclass(frozen=True)
class Reference:
    """What upstream makes of a picture with one of its networks."""

    folder: Path
    picture: str
    variant: BodyPixVariant
    network: Path

    @property
    def image(self) -> NDArray[np.uint8]:
        return read_rgb(self.folder.parents[1] / "inputs" / f"{self.picture}.png")

    @property
    def raw(self) -> Any:  # noqa: ANN401 - an archive of arrays
        return np.load(self.folder / "raw.npz")

    @property
    def poses(self) -> list[NDArray[np.float64]]:
        told = json.loads((self.folder / "reference.json").read_text(encoding="utf-8"))
        return [
            np.array(
                [(*each["position"].values(), each["score"]) for each in one["pose"]["keypoints"]]
            )
            for one in told["multi"]
        ]

    def plane(self, name: str) -> NDArray[np.uint8]:
        return np.asarray(Image.open(self.folder / f"{name}.png"))

    def outputs(self) -> Outputs:
        """Return upstream's raw outputs as this package's."""
        raw = self.raw
        planes = [raw[name].astype(np.float32) for name in RAW]
        scores = np.clip(raw["raw_heatmapScores"].astype(np.float64), 1e-9, 1 - 1e-9)
        planes[2] = np.log(scores / (1 - scores)).astype(np.float32)
        return Outputs(*planes)

    def decoded(self) -> BodyPixSegmenter:
        """Return a segmenter to which the network returns upstream's raw outputs."""
        outputs = self.outputs()
        return BodyPixSegmenter(
            lambda _: outputs,
            output_stride=self.variant.output_stride,
            dispose=lambda: None,
            settings={"model": SupportedModels.BodyPix},
        )


@pytest.fixture(
    scope="module",
    params=[(variant, picture) for variant in VARIANTS for picture in PICTURES],
    ids=" ".join,
)
def reference(request: pytest.FixtureRequest, bodypix_folder: Path) -> Reference:
    name, picture = request.param
    variant = VARIANTS[name]
    return Reference(
        bodypix_folder / "reference" / name / picture,
        picture,
        variant,
        bodypix_folder / variant.path,
    )


@pytest.fixture(scope="module")
def segmenter(bodypix_folder: Path) -> Iterator[BodyPixSegmenter]:
    variant = VARIANTS["quant2_075_s16"]
    with from_file(bodypix_folder / variant.path, variant) as made:
        yield made


def iou(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    return float((one & other).sum() / (one | other).sum())


def as_upstream_runs_it(path: Path, folder: Path) -> Path:
    """Copy a network, with the dilations that TensorFlow.js reads of it.

    In files with an output stride of 8 they are written so that it takes one of two only.
    """
    content = path.read_text(encoding="utf-8")
    written = '"dilations":{"list":{"i":["2","2","1","1"]}}'
    compact = json.dumps(json.loads(content), separators=(",", ":"))
    read = written.replace('"2","2","1","1"', '"1","2","1","1"')
    copied = folder / path.name
    copied.write_text(compact.replace(written, read), encoding="utf-8")
    shutil.copy(path.with_name("group1-shard1of1.bin"), folder)
    return copied


# --- the same as upstream, step by step


def test_the_network_returns_upstreams_outputs_of_upstreams_input(
    reference: Reference, tmp_path: Path
) -> None:
    raw = reference.raw
    path = as_upstream_runs_it(reference.network, tmp_path)
    network = BodyPixNetwork(path, reference.variant)
    # Upstream's input is not rounded to whole levels; this takes the place of one that is.
    image = raw["raw_resized"]
    outputs = network.run(image)
    network.dispose()
    for name, output in zip(RAW, vars(outputs).values(), strict=True):
        found = 1 / (1 + np.exp(-output)) if name == "raw_heatmapScores" else output
        # Long offsets are up to 150 pixels, so that float32 has 5 digits behind the point at best,
        # and LiteRT adds up in another order than TensorFlow.js: in double precision, they are
        # 0.0013 pixels from LiteRT's and 0.0006 from upstream's, in all three the same network.
        tolerance = 1.5e-3 if name == "raw_longOffsets" else 1e-3
        np.testing.assert_allclose(found, raw[name], atol=tolerance, rtol=0, err_msg=name)
        assert (np.abs(found - raw[name]) > 1e-3).mean() < 1e-3, name


def test_an_image_lies_in_the_input_where_upstream_puts_it(reference: Reference) -> None:
    image = reference.image
    layout = layout_of((image.shape[0], image.shape[1]), 0.5, reference.variant.output_stride)
    fitted = layout.fit(image).astype(np.float32)
    wanted = reference.raw["raw_resized"]
    assert fitted.shape == wanted.shape
    assert np.abs(fitted - wanted).mean() < 0.3


def test_of_upstreams_outputs_people_are_upstreams(reference: Reference) -> None:
    (people,) = reference.decoded().segment_people(reference.image)
    assert np.abs(people.mask.probability - reference.raw["person_score"]).max() < 0.04
    assert iou(people.foreground, reference.plane("person") > 0) >= 0.9995


def test_of_upstreams_outputs_parts_are_upstreams(reference: Reference) -> None:
    (people,) = reference.decoded().segment_people(reference.image, segment_body_parts=True)
    wanted = reference.plane("parts")
    there = wanted > 0
    assert people.mask.values is not None
    assert (people.mask.values[there] == wanted[there] - 1).mean() >= 0.99
    assert iou(people.foreground, there) >= 0.9995


def test_of_upstreams_outputs_each_person_and_pose_is_upstreams(reference: Reference) -> None:
    people = reference.decoded().segment_people(reference.image, multi_segmentation=True)
    poses = reference.poses
    assert len(people) == len(poses)
    for number, (person, keypoints) in enumerate(zip(people, poses, strict=True)):
        assert iou(person.foreground, reference.plane(f"multi_{number}") > 0) >= 0.98
        (pose,) = person.poses
        np.testing.assert_allclose(pose.keypoint_array[:, :2], keypoints[:, :2], atol=0.5)
        np.testing.assert_allclose(pose.keypoint_array[:, 2], keypoints[:, 2], atol=1e-3)


def test_from_the_picture_itself_people_and_parts_are_upstreams(
    reference: Reference, tmp_path: Path
) -> None:
    path = as_upstream_runs_it(reference.network, tmp_path)
    with from_file(path, reference.variant) as segmenter:
        (people,) = segmenter.segment_people(reference.image, segment_body_parts=True)
    wanted = reference.plane("parts")
    there = wanted > 0
    assert people.mask.values is not None
    assert iou(people.foreground, reference.plane("person") > 0) >= 0.99
    assert (people.mask.values[there] == wanted[there] - 1).mean() >= 0.97


# --- right


def test_of_three_people_it_finds_three(segmenter: BodyPixSegmenter, bodypix_folder: Path) -> None:
    image = read_rgb(bodypix_folder / "reference" / "inputs" / "three_people.png")
    people = segmenter.segment_people(image, multi_segmentation=True, segment_body_parts=True)
    assert len(people) == 3
    masks = [person.foreground for person in people]
    assert max(iou(masks[one], masks[other]) for one, other in ((0, 1), (0, 2), (1, 2))) == 0
    (together,) = segmenter.segment_people(image)
    assert iou(np.logical_or.reduce(masks), together.foreground) > 0.99
    assert together.poses != ()


@pytest.mark.parametrize("name", ["portrait", "three_people"])
def test_one_run_of_the_network_finds_what_several_calls_find(
    segmenter: BodyPixSegmenter, bodypix_folder: Path, name: str
) -> None:
    image = read_rgb(bodypix_folder / "reference" / "inputs" / f"{name}.png")
    found = segmenter.find_all(image)
    (parts,) = segmenter.segment_people(image, segment_body_parts=True)
    people = segmenter.segment_people(image, multi_segmentation=True)
    np.testing.assert_array_equal(found.mask.levels, parts.mask.levels)
    np.testing.assert_array_equal(found.mask.model_values, parts.mask.model_values)
    whose = found.mask.model_people
    assert whose is not None
    assert whose.max() == len(people) == len(found.poses)
    for number, person in enumerate(people, start=1):
        own = np.where(whose == number, found.mask.levels, 0)
        np.testing.assert_array_equal(own, person.mask.levels)


def test_the_probability_of_a_part_is_highest_where_that_part_is(
    segmenter: BodyPixSegmenter, bodypix_folder: Path
) -> None:
    image = read_rgb(bodypix_folder / "reference" / "inputs" / "portrait.png")
    (people,) = segmenter.segment_people(image, segment_body_parts=True)
    planes = {
        value: people.class_probability(label)
        for value, label in people.labels.items()
        if label.endswith("_face") or label == "torso_front"
    }
    values = people.mask.values
    assert values is not None
    for value, plane in planes.items():
        here = (values == value) & people.foreground
        assert plane[here].mean() > 0.9
        assert plane[~people.foreground].mean() < 0.1
        for other, another in planes.items():
            if other != value:
                assert (plane >= another)[here].mean() > 0.99


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("quant2_050_s16", 0.95), ("quant2_075_s16", 0.90), ("quant2_050_s8", 0.96)],
)
def test_the_mask_covers_the_person(
    bodypix_folder: Path, data_folder: Path, name: str, wanted: float
) -> None:
    variant = VARIANTS[name]
    image = read_rgb(bodypix_folder / "reference" / "inputs" / "portrait.png")
    truth = data_folder / "tfjs-models" / "derived_masks" / "portrait_person.png"
    with from_file(bodypix_folder / variant.path, variant) as segmenter:
        (people,) = segmenter.segment_people(image)
    assert iou(people.foreground, np.asarray(Image.open(truth).convert("L")) > 127) >= wanted


# --- with a network to which bright pixels are people, and red ones faces


@pytest.fixture(scope="module")
def bright(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BodyPixSegmenter]:
    path = write_bodypix(tmp_path_factory.mktemp("bright"))
    with create_segmenter("BodyPix", model_url=path) as made:
        yield made


def half_and_half(left: tuple[int, int, int], right: tuple[int, int, int]) -> NDArray[np.uint8]:
    image = np.zeros((65, 129, 3), np.uint8)
    image[:, :65], image[:, 65:] = left, right
    return image


WHITE, RED, BLACK = (255, 255, 255), (255, 0, 0), (0, 0, 0)


def test_alpha_is_the_probability_and_red_the_part(bright: BodyPixSegmenter) -> None:
    image = half_and_half(WHITE, RED)
    (people,) = bright.segment_people(image, segment_body_parts=True, internal_resolution="full")
    rgba = people.mask.to_image_data()
    assert rgba[32, 0].tolist() == [12, 0, 0, 255]
    # 4 (red - green - blue), between -1 and 1, as a logit: not 0 or 255.
    assert rgba[32, 128].tolist() == [0, 0, 0, 5]
    assert people.mask_value_to_label(12) == "torso_front"
    assert people.mask.model_values is not None
    assert people.mask.model_values.shape == people.mask.model_size == (65, 129)
    with pytest.raises(InvalidOptionError, match=r"24 has no label.*23 \(right_feet\)"):
        people.mask_value_to_label(24)


def test_without_parts_red_is_person(bright: BodyPixSegmenter) -> None:
    (people,) = bright.segment_people(half_and_half(WHITE, BLACK))
    assert people.mask.values is None
    assert set(np.unique(people.mask.to_image_data()[..., 0])) == {255}
    assert people.mask_value_to_label(255) == "person"


def test_parts_have_upstreams_colors(bright: BodyPixSegmenter) -> None:
    from bodyseg_widgets import body_pix_mask_value_to_rainbow_color as color  # noqa: PLC0415

    (people,) = bright.segment_people(half_and_half(WHITE, BLACK), segment_body_parts=True)
    colored = to_colored_mask(people, color)
    assert colored is not None
    assert tuple(colored[32, 10]) == color(12)
    # Of any threshold: what has no part there is drawn, too.
    assert to_colored_mask(people, color, foreground_threshold=0) is not None


def test_the_threshold_is_exclusive(bright: BodyPixSegmenter) -> None:
    image = half_and_half(WHITE, BLACK)
    (people,) = bright.segment_people(image)
    highest = float(people.mask.probability.max())
    (same,) = bright.segment_people(image, segmentation_threshold=highest)
    assert not same.foreground.any()
    np.testing.assert_array_equal(same.mask.probability, people.mask.probability)


def test_where_no_one_is_there_is_no_person_but_one_mask(bright: BodyPixSegmenter) -> None:
    image = half_and_half(BLACK, BLACK)
    assert bright.segment_people(image, multi_segmentation=True) == []
    (no_one,) = bright.segment_people(image)
    assert no_one.mask.probability.max() < 0.01
    assert no_one.poses == ()


def test_a_mirrored_image_gives_the_mask_of_the_mirrored_image(bright: BodyPixSegmenter) -> None:
    image = half_and_half(WHITE, BLACK)
    (flipped,) = bright.segment_people(image, flip_horizontal=True)
    (expected,) = bright.segment_people(np.fliplr(image).copy())
    np.testing.assert_array_equal(flipped.mask.probability, expected.mask.probability)


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1), (37, 53), (480, 640)], ids=str)
def test_masks_have_the_size_of_the_image(bright: BodyPixSegmenter, size: tuple[int, int]) -> None:
    (people,) = bright.segment_people(np.full((*size, 3), 255, np.uint8), segment_body_parts=True)
    assert people.mask.to_image_data().shape == (*size, 4)
    assert 0 <= people.mask.probability.min() <= people.mask.probability.max() <= 1


def test_images_of_several_sizes_may_come_from_several_threads(bright: BodyPixSegmenter) -> None:
    images = [np.full((size, size, 3), 255, np.uint8) for size in (20, 70, 20, 90)] * 3
    with ThreadPoolExecutor(4) as pool:
        found = [*pool.map(lambda image: bright.segment_people(image)[0], images)]
    assert [each.mask.size for each in found] == [image.shape[:2] for image in images]
    assert all(each.mask.probability.min() > 0.9 for each in found)


def test_after_dispose_it_says_so_and_its_threads_are_gone(tmp_path: Path) -> None:
    path = write_bodypix(tmp_path)
    before = threading.active_count()
    segmenter = create_segmenter("BodyPix", model_url=path, num_threads=1)
    segmenter.dispose()
    segmenter.dispose()
    assert segmenter.disposed
    assert threading.active_count() == before
    with pytest.raises(DisposedError, match="after dispose"):
        segmenter.segment_people(np.zeros((8, 8, 3), np.uint8))


def test_it_says_what_it_was_created_with(tmp_path: Path) -> None:
    path = write_bodypix(tmp_path, stride=8)
    with create_segmenter("BodyPix", output_stride=8, multiplier=0.5, model_url=path) as segmenter:
        assert dict(segmenter.settings) == {
            "model": "BodyPix",
            "architecture": "MobileNetV1",
            "output_stride": 8,
            "multiplier": 0.5,
            "quant_bytes": 4,
            "model_url": path,
            "num_threads": None,
        }
        assert "BodyPix" in segmenter._repr_html_()


# --- refused


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"architecture": "VGG"}, "Invalid architecture 'VGG'"),
        ({"output_stride": 12}, "Invalid output_stride 12"),
        ({"multiplier": 2}, "Invalid multiplier 2"),
        ({"quant_bytes": 3}, "Invalid quant_bytes 3"),
        ({"runtime": "mediapipe"}, "BodyPix runs on runtime='tensorflow' only"),
        ({"model_type": "general"}, "model_type of BodyPix must be one of .* but got 'general'"),
        (
            {"model_type": "ResNet50 float", "quant_bytes": 2},
            "'quant_bytes' is in the model_type 'ResNet50 float' already",
        ),
    ],
)
def test_options_that_do_not_fit_bodypix_are_refused(options: Any, message: str) -> None:  # noqa: ANN401
    with pytest.raises(InvalidOptionError, match=message):
        create_segmenter("BodyPix", **options)


def test_a_network_may_be_named_as_in_streams(tmp_path: Path) -> None:
    path = write_bodypix(tmp_path)
    named = ("BodyPix", "MobileNetV1 1.0 quant2")
    with create_segmenter(named, model_url=path) as segmenter:
        assert isinstance(segmenter, BodyPixSegmenter)
        assert segmenter.settings["multiplier"] == 1.0
        assert segmenter.settings["quant_bytes"] == 2


@pytest.mark.parametrize("options", [{"quant_bytes": 2}, {"model_url": "model.json"}])
def test_options_of_bodypix_are_refused_for_other_models(options: Any) -> None:  # noqa: ANN401
    (name,) = options
    with pytest.raises(InvalidOptionError, match=rf"'{name}' is for BodyPix only.*Selfie"):
        create_segmenter("general", **options)


def test_missing_weights_are_told_with_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BODYSEG_MODELS", raising=False)
    with pytest.raises(MissingWeightsError, match=r"model-stride16\.json"):
        create_segmenter("BodyPix")


def test_a_network_of_another_stride_is_refused(tmp_path: Path) -> None:
    path = write_bodypix(tmp_path, stride=8)
    with pytest.raises(ModelFileError, match=r"output_stride=16: of an input .* Choose the output"):
        create_segmenter("BodyPix", model_url=path)


def test_a_network_that_is_not_bodypix_is_refused(tmp_path: Path) -> None:
    path = write_bodypix(tmp_path)
    content = path.read_text(encoding="utf-8").replace("float_segments", "segments")
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ModelFileError, match="no node 'float_segments'"):
        create_segmenter("BodyPix", model_url=path)


def test_it_runs_where_tensorflow_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with create_segmenter("BodyPix", model_url=write_bodypix(tmp_path)) as segmenter:
        (people,) = segmenter.segment_people(np.zeros((8, 8, 3), np.uint8))
    with pytest.raises(MissingDependencyError, match="tensorflow"):
        people.mask.to_tensor()


def test_it_loads_litert_and_neither_tensorflow_nor_mediapipe(tmp_path: Path) -> None:
    code = f"""
import sys
import numpy as np
import bodyseg_widgets as bs
segmenter = bs.create_segmenter("BodyPix", model_url={str(write_bodypix(tmp_path))!r})
segmenter.segment_people(np.zeros((8, 8, 3), np.uint8), multi_segmentation=True)
print(*sorted({{"tensorflow", "mediapipe", "ai_edge_litert"}} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.split() == ["ai_edge_litert"]
    assert "Traceback" not in done.stderr
