"""Changes to a TFLite model file: its metadata, its operators, its alignment."""

from __future__ import annotations

import struct
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from build_hooks.errors import BuildError

_IDENTIFIER = b"TFL3"
_METADATA_NAME = b"TFLITE_METADATA"
_BIASED_TRANSPOSE_CONV = b"Convolution2DTransposeBias"
# TfLiteTransposeConvParams as the custom operator stores it: padding, stride width, stride height.
_TRANSPOSE_CONV_PARAMS = struct.Struct("<3i")
_PADDINGS = {1: schema.Padding.SAME, 2: schema.Padding.VALID}
# The first version of TRANSPOSE_CONV that takes a bias.
_VERSION_WITH_BIAS = 3
_ALIGNMENT = 16


def with_metadata(model: bytes, metadata: bytes) -> bytes:
    """Attach a ``ModelMetadata`` flatbuffer.

    Parameters
    ----------
    model : bytes
        A TFLite model without metadata.
    metadata : bytes
        The metadata.

    Returns
    -------
    bytes
        The model with its metadata; weights and operators are unchanged.
    """
    tree = _read(model)
    entry = schema.MetadataT()
    entry.name = _METADATA_NAME
    entry.buffer = _add_buffer(tree, np.frombuffer(metadata, np.uint8))
    tree.metadata = [*(tree.metadata or []), entry]
    return _write(tree)


def with_builtin_transpose_conv(model: bytes) -> bytes:
    """Replace MediaPipe's custom transposed convolution with TFLite's built-in one.

    The two compute the same. The custom one exists only inside MediaPipe and
    the XNNPACK delegate; the built-in one runs everywhere.

    Parameters
    ----------
    model : bytes
        A TFLite model.

    Returns
    -------
    bytes
        The model without ``Convolution2DTransposeBias``.

    Raises
    ------
    BuildError
        The operator has an unknown padding.
    """
    tree = _read(model)
    codes = tree.operatorCodes
    custom = {
        index for index, code in enumerate(codes) if code.customCode == _BIASED_TRANSPOSE_CONV
    }
    for graph in tree.subgraphs:
        for operator in graph.operators:
            if operator.opcodeIndex in custom:
                _make_builtin(tree, graph, operator)
    for index in custom:
        # In place, because operators name their code by its index.
        codes[index] = _transpose_conv_code()
    return _write(tree)


def _make_builtin(tree: Any, graph: Any, operator: Any) -> None:  # noqa: ANN401 (generated, untyped)
    padding, stride_width, stride_height = _TRANSPOSE_CONV_PARAMS.unpack_from(
        bytes(operator.customOptions)
    )
    if padding not in _PADDINGS:
        raise BuildError(
            f"A Convolution2DTransposeBias has padding {padding}, known are {sorted(_PADDINGS)}."
        )
    options = schema.TransposeConvOptionsT()
    options.padding = _PADDINGS[padding]
    options.strideW, options.strideH = stride_width, stride_height
    image, kernel, bias = operator.inputs
    output = operator.outputs[0]
    shape = _add_shape_tensor(tree, graph, graph.tensors[output].shape, f"output_shape_{output}")
    operator.inputs = np.array([shape, kernel, image, bias], np.int32)
    operator.builtinOptionsType = schema.BuiltinOptions.TransposeConvOptions
    operator.builtinOptions = options
    operator.customOptions = None


def _transpose_conv_code() -> Any:  # noqa: ANN401 (generated, untyped)
    code = schema.OperatorCodeT()
    # Readers use the larger of the two: the deprecated field is for readers that know no other.
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.TRANSPOSE_CONV
    code.version = _VERSION_WITH_BIAS
    return code


def _add_shape_tensor(tree: Any, graph: Any, shape: Any, name: str) -> int:  # noqa: ANN401 (as above)
    tensor = schema.TensorT()
    tensor.name = name
    tensor.type = schema.TensorType.INT32
    tensor.shape = [len(shape)]
    tensor.buffer = _add_buffer(tree, np.asarray(shape, "<i4").view(np.uint8))
    graph.tensors.append(tensor)
    return len(graph.tensors) - 1


def _add_buffer(tree: Any, data: np.ndarray[Any, np.dtype[np.uint8]]) -> int:  # noqa: ANN401 (as above)
    buffer = schema.BufferT()
    buffer.data = data
    tree.buffers.append(buffer)
    return len(tree.buffers) - 1


def _read(model: bytes) -> Any:  # noqa: ANN401 (as above)
    return schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(model, 0))


def _write(tree: Any) -> bytes:  # noqa: ANN401 (as above)
    builder = _AligningBuilder()
    builder.Finish(tree.Pack(builder), _IDENTIFIER)
    return bytes(builder.Output())


class _AligningBuilder(flatbuffers.Builder):  # type: ignore[misc] # flatbuffers has no types
    """Aligns byte vectors, including the weights, to 16 bytes.

    The schema requires it, the generated Python code does not do it, and XNNPACK and MediaPipe read
    the weights directly from the file.
    """

    def StartVector(self, elemSize: int, numElems: int, alignment: int) -> Any:  # noqa: ANN401, N802, N803 (the base's names)
        needed = _ALIGNMENT if elemSize == 1 else alignment
        return super().StartVector(elemSize, numElems, needed)
