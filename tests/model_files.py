"""Small networks in .tflite and .onnx files: they return weighted sums of a pixel's channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from ai_edge_litert import schema_py_generated as schema

from build_hooks.tflite_model import _write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

RED: NDArray[np.float32] = np.array([[1, 0, 0]], np.float32)
"""Weights of a network with one class: it returns the red channel."""

SIZE = (4, 6)


def onnx_file(
    weights: NDArray[np.float32] = RED,
    *,
    shape: Sequence[int | str] = (1, 3, *SIZE),
    layout: str = "NCHW",
    numbers: bool = False,
    outputs: Sequence[str] = ("map",),
    more_inputs: Sequence[str] = (),
    properties: Mapping[str, str] | None = None,
    kind: str = "FLOAT",
) -> bytes:
    """Write a network whose input has any `shape`; `numbers` has it return the largest class's."""
    make, kinds = onnx.helper, onnx.TensorProto
    axis = 1 if layout == "NCHW" else 3
    nodes = [make.make_node("Cast", ["image"], ["floats"], to=kinds.FLOAT)]
    if layout == "NCHW":
        kernel = weights[..., np.newaxis, np.newaxis]
        nodes.append(make.make_node("Conv", ["floats", "weights"], ["sums"]))
    else:
        kernel = weights.T
        nodes.append(make.make_node("MatMul", ["floats", "weights"], ["sums"]))
    for name in outputs:
        if numbers:
            nodes.append(make.make_node("ArgMax", ["sums"], [name], axis=axis, keepdims=0))
        else:
            nodes.append(make.make_node("Identity", ["sums"], [name]))
    nodes += [make.make_node("Identity", [name], [f"{name} again"]) for name in more_inputs]
    typed = getattr(kinds, kind)
    graph = make.make_graph(
        nodes,
        "sums",
        [
            make.make_tensor_value_info("image", typed, shape),
            *(make.make_tensor_value_info(name, kinds.FLOAT, (1,)) for name in more_inputs),
        ],
        [
            make.make_tensor_value_info(name, kinds.INT64 if numbers else kinds.FLOAT, None)
            for name in outputs
        ],
        [onnx.numpy_helper.from_array(np.ascontiguousarray(kernel, np.float32), "weights")],
    )
    # Versions that every release of ONNX Runtime which is allowed reads.
    model = make.make_model(graph, opset_imports=[make.make_opsetid("", 17)], ir_version=8)
    make.set_model_props(model, dict(properties or {}))
    return bytes(model.SerializeToString())


def tflite_file(
    weights: NDArray[np.float32] = RED,
    *,
    size: tuple[int, int] = SIZE,
    layout: str = "NHWC",
    quantized: tuple[str, float, int] | None = None,
    numbers: bool = False,
    dynamic: bool = False,
    inputs: int = 1,
    channels: int = 3,
) -> bytes:
    """Write a network; `quantized` is the type, scale and zero point of its input."""
    net = _Graph()
    shape = (1, *size, channels) if layout == "NHWC" else (1, channels, *size)
    image = net.tensor("image", shape, quantized=quantized)
    if dynamic:
        net.tensors[image].shapeSignature = [-1, -1, -1, channels]
        net.tensors[image].shape = [1, 1, 1, channels]
    given = [image, *(net.tensor(f"other {each}", (1,)) for each in range(inputs - 1))]
    at = image
    if quantized:
        at = net.then("DEQUANTIZE", at, net.tensor("floats", shape))
    last = (1, *size, channels)
    if layout == "NCHW":
        at = net.then("TRANSPOSE", at, net.tensor("turned", last), net.integers([0, 2, 3, 1]))
    classes = len(weights)
    sums = net.tensor("sums", (*last[:3], classes))
    kernel = net.floats(weights[:, np.newaxis, np.newaxis, :])
    options = schema.Conv2DOptionsT()
    options.strideW = options.strideH = options.dilationWFactor = options.dilationHFactor = 1
    at = net.then("CONV_2D", at, sums, kernel, net.floats(np.zeros(classes)), options=options)
    if numbers:
        options = schema.ArgMaxOptionsT()
        options.outputType = schema.TensorType.INT32
        result = net.tensor("numbers", last[:3], kind="INT32")
        at = net.then("ARG_MAX", at, result, net.integers(3), options=options)
    elif layout == "NCHW":
        back = net.tensor("map", (1, classes, *size))
        at = net.then("TRANSPOSE", at, back, net.integers([0, 3, 1, 2]))
    return net.written(given, [at])


class _Graph:
    def __init__(self) -> None:
        self.tensors: list[Any] = []
        self._buffers: list[Any] = [schema.BufferT()]
        self._codes: list[Any] = []
        self._operators: list[Any] = []

    def tensor(
        self,
        name: str,
        shape: Sequence[int],
        *,
        kind: str = "FLOAT32",
        data: NDArray[Any] | None = None,
        quantized: tuple[str, float, int] | None = None,
    ) -> int:
        tensor = schema.TensorT()
        tensor.name, tensor.shape, tensor.buffer = name, [*shape], 0
        tensor.type = getattr(schema.TensorType, quantized[0] if quantized else kind)
        if quantized:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = [quantized[1]]
            tensor.quantization.zeroPoint = [quantized[2]]
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(data).tobytes(), np.uint8)
            self._buffers.append(buffer)
            tensor.buffer = len(self._buffers) - 1
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def floats(self, data: NDArray[Any]) -> int:
        return self.tensor("floats", data.shape, data=data.astype(np.float32))

    def integers(self, data: Sequence[int] | int) -> int:
        array = np.asarray(data, np.int32)
        return self.tensor("integers", array.shape, kind="INT32", data=array)

    def then(
        self,
        name: str,
        first: int,
        result: int,
        *others: int,
        options: Any = None,  # noqa: ANN401 - generated, untyped
    ) -> int:
        code, operator = schema.OperatorCodeT(), schema.OperatorT()
        code.builtinCode = getattr(schema.BuiltinOperator, name)
        code.deprecatedBuiltinCode, code.version = code.builtinCode, 1
        self._codes.append(code)
        operator.opcodeIndex = len(self._codes) - 1
        operator.inputs, operator.outputs = [first, *others], [result]
        if options is not None:
            kind = type(options).__name__.removesuffix("T")
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, kind)
            operator.builtinOptions = options
        self._operators.append(operator)
        return result

    def written(self, inputs: Sequence[int], outputs: Sequence[int]) -> bytes:
        graph, model = schema.SubGraphT(), schema.ModelT()
        graph.tensors, graph.operators = self.tensors, self._operators
        graph.inputs, graph.outputs = [*inputs], [*outputs]
        model.version, model.subgraphs = 3, [graph]
        model.operatorCodes, model.buffers = self._codes, self._buffers
        return _write(model)
