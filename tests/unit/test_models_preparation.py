"""How the build changes the model files: metadata, operators, alignment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from bodyseg_widgets.models import MODELS, ModelFile, read_model
from build_hooks.errors import BuildError
from build_hooks.models import prepare, read_catalog, upstream_file
from build_hooks.node import install_node_modules
from build_hooks.tflite_metadata import image_model_metadata
from build_hooks.tflite_model import with_metadata

ROOT = Path(__file__).parents[2]
EACH_MODEL = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
SELFIES = pytest.mark.parametrize(
    "model", [MODELS["selfie_general"], MODELS["selfie_landscape"]], ids=lambda model: model.name
)


@pytest.fixture(scope="module")
def node_modules() -> Path:
    return install_node_modules(ROOT / "frontend")


def _noise(model: ModelFile) -> np.ndarray:
    shape = (1, model.input_height, model.input_width, 3)
    gray_levels = np.random.default_rng(7).integers(0, 256, shape)
    return ((gray_levels - model.mean) / model.std).astype(np.float32)


def _run(model: bytes, image: np.ndarray, **options: object) -> list[np.ndarray]:
    interpreter = Interpreter(model_content=model, **options)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], image)
    interpreter.invoke()
    return [interpreter.get_tensor(each["index"]) for each in interpreter.get_output_details()]


def _mediapipe_confidence(model: bytes, image: np.ndarray) -> np.ndarray:
    mediapipe = pytest.importorskip("mediapipe")
    vision = mediapipe.tasks.vision
    options = vision.ImageSegmenterOptions(
        base_options=mediapipe.tasks.BaseOptions(model_asset_buffer=model),
        output_confidence_masks=True,
    )
    with vision.ImageSegmenter.create_from_options(options) as segmenter:
        result = segmenter.segment(
            mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=image)
        )
        # The view dies with its result.
        return np.array(result.confidence_masks[0].numpy_view())


@EACH_MODEL
def test_preparing_gives_the_bundled_file_each_time(model: ModelFile, node_modules: Path) -> None:
    upstream = upstream_file(model, node_modules)
    assert prepare(model, upstream) == prepare(model, upstream) == read_model(model.name)


@EACH_MODEL
def test_the_prepared_network_computes_what_upstreams_does(
    model: ModelFile, node_modules: Path
) -> None:
    image = _noise(model)
    expected = _run(upstream_file(model, node_modules), image)
    found = _run(read_model(model.name), image)
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)


@SELFIES
def test_the_builtin_operator_computes_what_mediapipes_own_does_in_mediapipe(
    model: ModelFile, node_modules: Path
) -> None:
    image = np.random.default_rng(7).integers(0, 256, (480, 640, 3), np.uint8)
    with_custom = with_metadata(upstream_file(model, node_modules), image_model_metadata(model))
    expected = _mediapipe_confidence(with_custom, image)
    found = _mediapipe_confidence(read_model(model.name), image)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


@SELFIES
def test_the_network_runs_without_the_delegate_that_knows_the_custom_operator(
    model: ModelFile, node_modules: Path
) -> None:
    image = _noise(model)
    plain = {"experimental_op_resolver_type": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES}
    (found,) = _run(read_model(model.name), image, **plain)
    (expected,) = _run(read_model(model.name), image)
    # Other kernels add in a different order.
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-3)
    with pytest.raises((RuntimeError, ValueError), match="Convolution2DTransposeBias"):
        _run(upstream_file(model, node_modules), image, **plain)


@EACH_MODEL
def test_no_custom_operator_is_left(model: ModelFile) -> None:
    tree = schema.Model.GetRootAsModel(read_model(model.name), 0)
    codes = [tree.OperatorCodes(index) for index in range(tree.OperatorCodesLength())]
    assert [code.CustomCode() for code in codes] == [None] * len(codes)


@EACH_MODEL
def test_all_weights_are_aligned(model: ModelFile) -> None:
    data = np.frombuffer(read_model(model.name), np.uint8)
    tree = schema.Model.GetRootAsModel(data, 0)
    buffers = [tree.Buffers(index) for index in range(tree.BuffersLength())]
    positions = [
        buffer.DataAsNumpy().ctypes.data - data.ctypes.data
        for buffer in buffers
        if buffer.DataLength()
    ]
    assert len(positions) > 50
    assert {position % 16 for position in positions} == {0}


@EACH_MODEL
def test_mediapipes_own_reader_understands_the_metadata(model: ModelFile) -> None:
    pytest.importorskip("mediapipe")
    from mediapipe.tasks.metadata import metadata_schema_py_generated as reader  # noqa: PLC0415

    data = image_model_metadata(model)
    assert reader.ModelMetadata.ModelMetadataBufferHasIdentifier(data, 0)
    found = reader.ModelMetadataT.InitFromObj(reader.ModelMetadata.GetRootAsModelMetadata(data, 0))

    assert found.name == model.title.encode()
    assert found.minParserVersion == b"1.0.0"
    (graph,) = found.subgraphMetadata
    (image,) = graph.inputTensorMetadata
    assert image.name == b"image"
    assert image.content.contentProperties.colorSpace == reader.ColorSpaceType.RGB
    (unit,) = image.processUnits
    assert unit.optionsType == reader.ProcessUnitOptions.NormalizationOptions
    assert unit.options.mean == [model.mean]
    assert unit.options.std == [model.std]
    assert image.stats.min == [pytest.approx(-model.mean / model.std)]
    assert image.stats.max == [pytest.approx((255 - model.mean) / model.std)]
    assert [each.name.decode() for each in graph.outputTensorMetadata] == list(model.outputs)
    for index, output in enumerate(graph.outputTensorMetadata):
        if index == model.probability_output:
            space = output.content.contentProperties.colorSpace
            assert space == reader.ColorSpaceType.GRAYSCALE
        else:
            assert output.content is None


@EACH_MODEL
def test_the_bundled_file_carries_its_metadata(model: ModelFile) -> None:
    tree = schema.Model.GetRootAsModel(read_model(model.name), 0)
    entries = [tree.Metadata(index) for index in range(tree.MetadataLength())]
    (entry,) = [entry for entry in entries if entry.Name() == b"TFLITE_METADATA"]
    assert tree.Buffers(entry.Buffer()).DataAsNumpy().tobytes() == image_model_metadata(model)


def test_the_catalogue_read_by_its_path_is_the_packages() -> None:
    by_path = read_catalog(ROOT / "bodyseg_widgets" / "models" / "catalog.py")
    assert {name: vars(model) for name, model in by_path.items()} == {
        name: vars(model) for name, model in MODELS.items()
    }


def test_another_file_than_the_pinned_one_stops_the_build(tmp_path: Path) -> None:
    model = MODELS["pose_lite"]
    path = tmp_path / model.npm_package / model.npm_path
    with pytest.raises(BuildError, match=r"missing.*@mediapipe/pose 0\.5\.1675469404"):
        upstream_file(model, tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"another")
    with pytest.raises(BuildError, match=f"catalog says {model.sha256}"):
        upstream_file(model, tmp_path)


def test_only_a_probability_is_declared_a_gray_image() -> None:
    logits = replace(MODELS["selfie_general"], probability_output=None)
    assert image_model_metadata(logits) != image_model_metadata(MODELS["selfie_general"])
