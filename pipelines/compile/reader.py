"""`.tflite` bytes -> `Graph`, trusting nothing in the file.

Format: https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/schema/schema.fbs
The flatbuffer accessors are those of the `tflite` package. They check no bounds, so every index,
count, shape and buffer is checked here, and whatever they raise on broken bytes becomes a
`ModelFormatError`.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import tflite

from pipelines.compile.errors import ModelFormatError
from pipelines.compile.graph import DType, Graph, Operator, Quantization, Shape, Subgraph, Tensor

# Generous for a microcontroller, small enough that a hostile file cannot make the compiler hang.
MAX_FILE_BYTES = 64 << 20
MAX_SUBGRAPHS = 64
MAX_TENSORS = 16_384
MAX_OPERATORS = 1_024
MAX_OPERANDS = 256
MAX_RANK = 8
# 2**23 int8 values sum to less than 2**31, so that no sum over a tensor can leave int32.
MAX_ELEMENTS = 1 << 23
MAX_NAME_CHARACTERS = 1_000

_DTYPES = {
    tflite.TensorType.INT8: DType.INT8,
    tflite.TensorType.FLOAT32: DType.FLOAT32,
    tflite.TensorType.INT32: DType.INT32,
    tflite.TensorType.INT64: DType.INT64,
    tflite.TensorType.FLOAT16: DType.FLOAT16,
    tflite.TensorType.INT16: DType.INT16,
    tflite.TensorType.INT4: DType.INT4,
    tflite.TensorType.BOOL: DType.BOOL,
}
# Operators that only change a variable.
WITHOUT_OUTPUT = frozenset({"ASSIGN_VARIABLE", "CALL_ONCE"})
_OP_NAMES: dict[int, str] = {
    code: name for name, code in vars(tflite.BuiltinOperator).items() if isinstance(code, int)
}


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Turn what a flatbuffer accessor raises on broken bytes into a `ModelFormatError`."""
    try:
        yield
    except (struct.error, IndexError, TypeError, AttributeError, OverflowError, MemoryError) as error:
        raise ModelFormatError(f"the model file is damaged: cannot read {what}; export it again") from error


def read_model(tflite_bytes: bytes) -> Graph:
    """Read a `.tflite` model whose main graph has one input and one output.

    Raises `ModelFormatError` when the bytes are malformed or inconsistent.
    """
    if len(tflite_bytes) > MAX_FILE_BYTES:
        raise ModelFormatError(f"the model has {len(tflite_bytes)} bytes; at most {MAX_FILE_BYTES} are read")
    if len(tflite_bytes) < 16 or tflite_bytes[4:8] != b"TFL3":
        raise ModelFormatError("this is not a .tflite model: the identifier TFL3 is missing at byte 4")
    with reading("the model"):
        try:
            return _read(tflite.Model.GetRootAs(tflite_bytes, 0), len(tflite_bytes))
        except ModelFormatError:
            raise
        except ValueError as error:
            raise ModelFormatError(f"the model file is damaged ({error}); export it again") from error


def _read(model: Any, file_bytes: int) -> Graph:
    count = _count(model.SubgraphsLength, MAX_SUBGRAPHS, "subgraphs")
    kinds = _read_kinds(model)
    subgraphs = tuple(_read_subgraph(model, model.Subgraphs(index), kinds) for index in range(count))
    main = subgraphs[0]
    return Graph(
        main.tensors,
        main.operators,
        _only(main.inputs, "input"),
        _only(main.outputs, "output"),
        subgraphs=subgraphs,
    )


def _read_subgraph(model: Any, subgraph: Any, kinds: list[str]) -> Subgraph:
    tensor_count = _count(subgraph.TensorsLength, MAX_TENSORS, "tensors")
    # A function may have nothing to do; the main graph is seen to have operators when it is compiled.
    operator_count = subgraph.OperatorsLength()
    if operator_count > MAX_OPERATORS:
        raise ModelFormatError(
            f"the model has {operator_count} operators; at most {MAX_OPERATORS} are possible"
        )
    found = Subgraph(
        tuple(_read_tensor(model, subgraph.Tensors(index), index) for index in range(tensor_count)),
        tuple(
            _read_operator(subgraph.Operators(index), index, kinds, tensor_count)
            for index in range(operator_count)
        ),
        _read_ends(subgraph.InputsLength(), subgraph.Inputs, "input", tensor_count),
        _read_ends(subgraph.OutputsLength(), subgraph.Outputs, "output", tensor_count),
    )
    _check_order(found)
    return found


def _count(length: Callable[[], int], limit: int, what: str) -> int:
    count = length()
    if not 0 < count <= limit:
        raise ModelFormatError(f"the model has {count} {what}; between 1 and {limit} are possible")
    return count


def _read_ends(count: int, get: Callable[[int], int], what: str, tensor_count: int) -> tuple[int, ...]:
    if count > MAX_OPERANDS:
        raise ModelFormatError(f"the model has {count} {what}s; at most {MAX_OPERANDS} are possible")
    ends = tuple(int(get(position)) for position in range(count))
    for index in ends:
        if not 0 <= index < tensor_count:
            raise ModelFormatError(f"the model's {what} is tensor {index}, which does not exist")
    return ends


def _only(ends: tuple[int, ...], what: str) -> int:
    if len(ends) != 1:
        raise ModelFormatError(
            f"the model has {len(ends)} {what}s; exactly one compiles: export each branch as a model of its own"
        )
    return ends[0]


def _read_kinds(model: Any) -> list[str]:
    """The operator's name for each opcode index. Codes above 126 do not fit the old, one-byte field."""
    kinds = []
    for index in range(_count(model.OperatorCodesLength, MAX_OPERATORS, "operator codes")):
        entry = model.OperatorCodes(index)
        code = max(int(entry.BuiltinCode()), int(entry.DeprecatedBuiltinCode()))
        kind = _OP_NAMES.get(code, f"operator {code}")
        custom = entry.CustomCode() if kind == "CUSTOM" else None
        kinds.append(f"CUSTOM {_text(custom)}" if custom else kind)
    return kinds


def _read_operator(operator: Any, index: int, kinds: list[str], tensor_count: int) -> Operator:
    opcode = int(operator.OpcodeIndex())
    if not 0 <= opcode < len(kinds):
        raise ModelFormatError(f"operator {index} refers to operator code {opcode}, which does not exist")
    inputs = _read_operands(operator.InputsLength(), operator.Inputs, index, tensor_count, -1)
    outputs = _read_operands(operator.OutputsLength(), operator.Outputs, index, tensor_count, 0)
    if not outputs and kinds[opcode] not in WITHOUT_OUTPUT:
        raise ModelFormatError(f"operator {index} ({kinds[opcode]}) has no output")
    return Operator(
        index,
        kinds[opcode],
        inputs,
        outputs,
        operator.BuiltinOptions(),
        int(operator.BuiltinOptionsType()),
        intermediates=_read_operands(
            operator.IntermediatesLength(), operator.Intermediates, index, tensor_count, 0
        ),
    )


def _read_operands(
    count: int, get: Callable[[int], int], index: int, tensor_count: int, lowest: int
) -> tuple[int, ...]:
    if count > MAX_OPERANDS:
        raise ModelFormatError(f"operator {index} has {count} operands; at most {MAX_OPERANDS} are possible")
    operands = tuple(int(get(position)) for position in range(count))
    for operand in operands:
        if not lowest <= operand < tensor_count:
            raise ModelFormatError(f"operator {index} refers to tensor {operand}, which does not exist")
    return operands


def _read_tensor(model: Any, tensor: Any, index: int) -> Tensor:
    rank = tensor.ShapeLength()
    if rank > MAX_RANK:
        raise ModelFormatError(f"tensor {index} has {rank} dimensions; at most {MAX_RANK} are possible")
    shape = tuple(int(tensor.Shape(axis)) for axis in range(rank))
    if any(size < 0 for size in shape) or math.prod(shape) > MAX_ELEMENTS:
        raise ModelFormatError(f"tensor {index} has the impossible shape {shape}")
    dtype = _DTYPES.get(int(tensor.Type()), DType.OTHER)
    name = _text(tensor.Name())
    return Tensor(
        index,
        name,
        shape,
        dtype,
        _read_quantization(tensor.Quantization(), index, shape),
        _read_data(model, int(tensor.Buffer()), index, shape, dtype),
        bool(tensor.IsVariable()),
    )


def _read_data(model: Any, buffer: int, index: int, shape: Shape, dtype: DType) -> npt.NDArray[Any] | None:
    if not 0 <= buffer < model.BuffersLength():
        raise ModelFormatError(f"tensor {index} refers to buffer {buffer}, which does not exist")
    entry = model.Buffers(buffer)
    if entry.Offset() > 1:
        raise ModelFormatError(
            f"buffer {buffer} lies outside the flatbuffer; such large models do not compile"
        )
    length = entry.DataLength()
    if length == 0 or dtype is DType.OTHER:
        return None
    raw = entry.DataAsNumpy()
    elements = math.prod(shape)
    expected = -(-elements // 2) if dtype is DType.INT4 else elements * dtype.numpy.itemsize
    if len(raw) != expected:
        raise ModelFormatError(
            f"tensor {index} of shape {shape} needs {expected} bytes, its buffer has {len(raw)}"
        )
    if dtype is DType.INT4:
        raw = _unpacked_int4(raw)[:elements]
    data = np.frombuffer(raw.tobytes(), dtype=dtype.numpy).reshape(shape)
    if data.dtype.kind == "f" and not np.isfinite(data).all():
        raise ModelFormatError(f"tensor {index} holds weights that are not finite; train the model again")
    return data


def _unpacked_int4(raw: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Two values a byte, the lower half first (`UnpackDenseInt4IntoInt8` in TFLite's `tensor_utils`)."""
    halves = np.stack([raw & 15, raw >> 4], axis=-1).reshape(-1).astype(np.int8)
    return np.where(halves > 7, halves - 16, halves).astype(np.int8)


def _read_quantization(quantization: Any, index: int, shape: Shape) -> Quantization | None:
    if quantization is None or quantization.ScaleLength() == 0:
        return None
    count = quantization.ScaleLength()
    axis = int(quantization.QuantizedDimension())
    if count > 1 and not (0 <= axis < len(shape) and shape[axis] == count):
        raise ModelFormatError(
            f"tensor {index} has {count} scales, which do not match axis {axis} of {shape}"
        )
    scales = np.asarray(quantization.ScaleAsNumpy(), dtype=np.float32)
    if not (np.isfinite(scales).all() and (scales > 0).all()):
        raise ModelFormatError(f"tensor {index} has a scale that is not a positive number")
    if quantization.ZeroPointLength() not in (0, count):
        raise ModelFormatError(
            f"tensor {index} has {quantization.ZeroPointLength()} zero points for {count} scales"
        )
    points = [int(quantization.ZeroPoint(position)) for position in range(quantization.ZeroPointLength())]
    return Quantization(tuple(scales.tolist()), tuple(points or [0] * count), axis)


def _text(raw: bytes | None) -> str:
    """A name from the file as one line of printable ASCII, for messages and C comments."""
    text = (raw or b"")[:MAX_NAME_CHARACTERS].decode("utf-8", errors="replace")
    return "".join(character if " " <= character <= "~" else "?" for character in text)


def _check_order(graph: Subgraph) -> None:
    """Every operator reads only what exists when it runs, and no tensor is written twice."""
    ready = {tensor.index for tensor in graph.tensors if tensor.data is not None or tensor.variable}
    if not ready.isdisjoint(graph.inputs):
        raise ModelFormatError("the model's input is a constant or a variable")
    ready.update(graph.inputs)
    for operator in graph.operators:
        missing = [tensor for tensor in operator.inputs if tensor >= 0 and tensor not in ready]
        if missing:
            raise ModelFormatError(
                f"operator {operator.index} ({operator.kind}) reads tensor {missing[0]} before anything writes it"
            )
        for tensor in operator.outputs:
            if tensor in ready:
                raise ModelFormatError(
                    f"operator {operator.index} ({operator.kind}) writes tensor {tensor} again"
                )
            ready.add(tensor)
    if any(tensor not in ready for tensor in graph.outputs):
        raise ModelFormatError("no operator writes the model's output")
