"""Compile a model with given segments, or with any, and run it beside the same model without."""

import ctypes
from copy import copy
from dataclasses import replace

import flatbuffers
import numpy as np
from tensorflow.lite.python import schema_py_generated as schema

from pipelines.compile.compiler import compiled_model, lower_model
from pipelines.compile.memory import plan_memory
from pipelines.compile.options import CompileOptions
from pipelines.compile.reader import read_model
from pipelines.compile.streaming.streams import Streams
from pipelines.toolchain import DEFAULT_FLAGS, build_shared_library

from .builder import options

WHOLE = CompileOptions(optimize="speed")
GUARD_BYTES = 64


def with_segments(model: bytes, pick, name="rows"):
    """The lowered model, cut into the segments that `pick(streams)` makes, each (first, last, strips)."""
    lowered = lower_model(read_model(model), name, WHOLE)
    streams = Streams(lowered.graph, lowered.steps)
    segments = tuple(streams.segment(*each) for each in pick(streams, len(lowered.steps)))
    plan = plan_memory(lowered.graph, lowered.steps, segments)
    return replace(lowered, segments=segments, plan=plan)


def any_segments(rng: np.random.Generator):
    """A way to pick segments at random, as many as fit, in one strip or several."""

    def pick(streams, count):
        found, step = [], 0
        while step < count:
            ends = [last for first, last in streams.intervals(32) if first == step]
            if ends and rng.random() < 0.8:
                last = ends[int(rng.integers(len(ends)) if rng.random() < 0.5 else len(ends) - 1)]
                found.append((step, last, int(rng.choice([1, 1, 2, 3]))))
                step = last
            step += 1
        return found

    return pick


def longest_segments(strips=1):
    """A way to pick the longest segments, from the first step on."""

    def pick(streams, count):
        found, step = [], 0
        while step < count:
            ends = [last for first, last in streams.intervals(count) if first == step]
            if ends:
                found.append((step, max(ends), strips))
                step = max(ends)
            step += 1
        return found

    return pick


def run_beside(model: bytes, inputs: np.ndarray, *variants, level="-O0") -> list[np.ndarray]:
    """Outputs of the model with whole images, and of lowered variants of it; checks that all keep to their arenas."""
    whole = compiled_model(lower_model(read_model(model), "whole", WHOLE))
    models = [whole, *map(compiled_model, variants)]
    flags = [level if flag == "-O3" else flag for flag in DEFAULT_FLAGS]
    files = {name: text for each in models for name, text in each.files.items()}
    library = ctypes.CDLL(str(build_shared_library(files, flags)))
    return [run_in_arena(library, each, inputs) for each in models]


def run_in_arena(library, compiled, inputs: np.ndarray) -> np.ndarray:
    """Outputs [batch, bytes], each from an arena that holds something else before."""
    outputs = []
    invoke = getattr(library, f"{compiled.name}_invoke")
    output_bytes = compiled.output.elements * np.dtype(compiled.output.dtype).itemsize
    for number, values in enumerate(inputs):
        fill = (number * 85 + 90) % 256
        arena = np.full(compiled.arena_bytes + GUARD_BYTES, fill, np.uint8)
        raw = np.frombuffer(np.ascontiguousarray(values).tobytes(), np.uint8)
        arena[compiled.input_offset_bytes : compiled.input_offset_bytes + raw.size] = raw
        invoke(ctypes.c_void_p(arena.ctypes.data))
        assert (arena[compiled.arena_bytes :] == fill).all(), "wrote behind the arena"
        start = compiled.output_offset_bytes
        outputs.append(arena[start : start + output_bytes].copy())
    return np.stack(outputs)


def between_pools(model: bytes) -> bytes:
    """A model of one operator with pools of one pixel around it, which change nothing: its ends become inner images."""
    packed = schema.ModelT.InitFromObj(schema.Model.GetRootAs(model))
    (graph,) = packed.subgraphs
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.MAX_POOL_2D
    code.version = 3
    packed.operatorCodes.append(code)

    def pool(source, target):
        operator = schema.OperatorT()
        operator.opcodeIndex = len(packed.operatorCodes) - 1
        operator.inputs, operator.outputs = [source], [target]
        operator.builtinOptionsType = schema.BuiltinOptions.Pool2DOptions
        operator.builtinOptions = options(
            "Pool2D", strideH=1, strideW=1, filterHeight=1, filterWidth=1, padding=1
        )
        return operator

    (source,), (target,) = graph.inputs, graph.outputs
    graph.tensors += [copy(graph.tensors[source]), copy(graph.tensors[target])]
    first, last = len(graph.tensors) - 2, len(graph.tensors) - 1
    graph.operators = [pool(first, source), *graph.operators, pool(target, last)]
    graph.inputs, graph.outputs = [first], [last]
    packer = flatbuffers.Builder(1024)
    packer.Finish(packed.Pack(packer), b"TFL3")
    return bytes(packer.Output())
