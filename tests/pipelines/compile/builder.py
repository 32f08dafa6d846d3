"""Write small `.tflite` models operator by operator, without a converter, and run the oracles on them."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import flatbuffers
import numpy as np
from tensorflow.lite.python import schema_py_generated as schema

TYPES = {
    "float32": schema.TensorType.FLOAT32,
    "int8": schema.TensorType.INT8,
    "int32": schema.TensorType.INT32,
    "int64": schema.TensorType.INT64,
    "float16": schema.TensorType.FLOAT16,
    "int16": schema.TensorType.INT16,
    "int4": schema.TensorType.INT4,
    "bool": schema.TensorType.BOOL,
}


class ModelBuilder:
    """A model. Tensors are numbered in the order in which they are added to the subgraph that is being made."""

    def __init__(self):
        self.model = schema.ModelT()
        self.model.version = 3
        self.model.buffers = [schema.BufferT()]
        self.model.operatorCodes = []
        self.model.subgraphs = []
        self.subgraph()

    def subgraph(self):
        """Begin another subgraph: what is added from here on belongs to it."""
        self.graph = schema.SubGraphT()
        self.graph.tensors, self.graph.operators = [], []
        self.model.subgraphs.append(self.graph)

    def tensor(self, shape, dtype="int8", scale=None, zero_point=0, data=None, axis=0, name=None):
        tensor = schema.TensorT()
        tensor.shape, tensor.type = list(shape), TYPES[dtype]
        tensor.name = name or f"model/tensor_{len(self.graph.tensors)}"
        if scale is not None:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = np.atleast_1d(np.float32(scale))
            points = np.broadcast_to(zero_point, tensor.quantization.scale.shape)
            tensor.quantization.zeroPoint = np.array(points, np.int64)
            tensor.quantization.quantizedDimension = axis
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = packed_int4(data) if dtype == "int4" else packed(data, dtype)
            tensor.buffer = len(self.model.buffers)
            self.model.buffers.append(buffer)
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def constant(self, values, dtype="int32", **quantization):
        values = np.asarray(values)
        return self.tensor(values.shape, dtype, data=values, **quantization)

    def operator(self, kind, inputs, outputs, options=None, version=1, custom=None):
        code = schema.OperatorCodeT()
        code.builtinCode = getattr(schema.BuiltinOperator, kind)
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)
        code.version, code.customCode = version, custom
        operator = schema.OperatorT()
        operator.opcodeIndex = len(self.model.operatorCodes)
        operator.inputs, operator.outputs = list(inputs), list(outputs)
        if options is not None:
            operator.builtinOptions = options
            operator.builtinOptionsType = getattr(
                schema.BuiltinOptions, type(options).__name__.removesuffix("T")
            )
        self.model.operatorCodes.append(code)
        self.graph.operators.append(operator)

    def finish(self, inputs, outputs) -> bytes:
        self.graph.inputs, self.graph.outputs = (
            np.atleast_1d(inputs).tolist(),
            np.atleast_1d(outputs).tolist(),
        )
        packer = flatbuffers.Builder(1024)
        packer.Finish(self.model.Pack(packer), b"TFL3")
        return bytes(packer.Output())


def packed(values, dtype):
    return np.frombuffer(np.ascontiguousarray(values, dtype).tobytes(), np.uint8)


def packed_int4(values):
    """Two values of [-8, 7] a byte, the lower half first."""
    halves = np.asarray(values, np.int64).reshape(-1) & 15
    pairs = np.pad(halves, (0, len(halves) % 2)).reshape(-1, 2)
    return (pairs[:, 0] | pairs[:, 1] << 4).astype(np.uint8)


def options(table, **fields):
    """`options("Conv2D", strideW=1)` is a `Conv2DOptionsT`."""
    result = getattr(schema, f"{table}OptionsT")()
    for name, value in fields.items():
        assert hasattr(result, name), name
        setattr(result, name, value)
    return result


def run_reference(model: bytes, inputs: np.ndarray) -> np.ndarray:
    """Outputs of the TFLite reference kernels, [batch, ...]."""
    from pipelines.compress.reference import reference_outputs

    return reference_outputs(model, inputs)


def run_micro(model: bytes, inputs: np.ndarray) -> np.ndarray:
    """Outputs of the TFLite Micro kernels, [batch, ...]."""
    from tflite_micro.python.tflite_micro import runtime

    interpreter = runtime.Interpreter.from_bytes(model)
    shape = interpreter.get_input_details(0)["shape"]
    outputs = []
    for values in inputs:
        interpreter.set_input(values.reshape(shape), 0)
        interpreter.invoke()
        outputs.append(interpreter.get_output(0).copy())
    return np.stack(outputs)


def random_inputs(info, count: int, rng: np.random.Generator) -> np.ndarray:
    """[count, *shape] inputs for a compiled model's `TensorInfo`; integer ones cover the whole range."""
    shape = (count, *info.shape)
    if info.dtype != "float32":
        limits = np.iinfo(info.dtype)
        return rng.integers(limits.min, limits.max + 1, shape).astype(info.dtype)
    return (rng.standard_normal(shape) * 3).astype(np.float32)


def assert_equals_the_reference(model: bytes, count: int = 8, seed: int = 0, micro: bool = True):
    """Compile, run, and compare with both interpreters: integers exactly, float32 within 1e-5."""
    from pipelines.compile import compile_model
    from pipelines.compile.native import build_native

    compiled = compile_model(model, "model")
    inputs = random_inputs(compiled.input, count, np.random.default_rng(seed))
    ours = build_native(compiled).invoke_batch(inputs)
    oracles = [run_reference(model, inputs)] + ([run_micro(model, inputs)] if micro else [])
    for theirs in oracles:
        theirs = theirs.reshape(ours.shape)
        if compiled.output.dtype != "float32":
            np.testing.assert_array_equal(ours, theirs)
        else:
            np.testing.assert_allclose(
                ours, theirs, rtol=1e-5, atol=1e-5 * max(1.0, float(np.abs(theirs).max()))
            )
    assert compiled.arena_bytes >= compiled.arena_lower_bound_bytes
    return compiled
