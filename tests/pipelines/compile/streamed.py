"""Compile a model with given segments, or with any, and run it beside the same model without."""

import ctypes
from dataclasses import replace

import numpy as np

from pipelines.compile.compiler import compiled_model, lower_model
from pipelines.compile.memory import plan_memory
from pipelines.compile.options import CompileOptions
from pipelines.compile.reader import read_model
from pipelines.compile.streaming.streams import Streams
from pipelines.toolchain import DEFAULT_FLAGS, build_shared_library

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


def run_beside(model: bytes, lowered, inputs: np.ndarray, level="-O1") -> tuple[np.ndarray, np.ndarray]:
    """Outputs of the lowered model, and of the same model with whole images; checks that both keep to their arenas."""
    whole = compiled_model(lower_model(read_model(model), "whole", WHOLE))
    rows = compiled_model(lowered)
    flags = [level if flag == "-O3" else flag for flag in DEFAULT_FLAGS]
    library = ctypes.CDLL(str(build_shared_library({**whole.files, **rows.files}, flags)))
    return run_in_arena(library, rows, inputs), run_in_arena(library, whole, inputs)


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
