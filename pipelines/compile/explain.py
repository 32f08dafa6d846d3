"""What the compiler did with a model, layer by layer, and where everything lies in the arena."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.compile.compiler import compiled_model, lower_model
from pipelines.compile.graph import Graph, Operator
from pipelines.compile.lowered import LoweredModel
from pipelines.compile.macs import model_macs
from pipelines.compile.memory import Buffer
from pipelines.compile.model import CompiledModel
from pipelines.compile.options import CompileOptions
from pipelines.compile.passes import registered
from pipelines.compile.reader import read_model


@dataclass(frozen=True, slots=True)
class ArenaBuffer:
    """Bytes ``offset`` to ``offset + size_bytes`` of the arena, used from layer ``first`` to layer ``last``."""

    offset: int
    size_bytes: int
    first: int
    last: int
    content: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The compiler's decisions.

    Args:
        macs_model: multiply-accumulates before any pass.
        passes: what each pass that changed something did, in words.
        layers: for each layer of the compiled model, what was done, in short phrases.
        live_bytes: for each layer, the bytes of the arena in use while it runs, its scratch memory included.
        arena: every buffer, by its first layer.
    """

    macs_model: int
    passes: tuple[str, ...]
    layers: tuple[tuple[str, ...], ...]
    live_bytes: tuple[int, ...]
    arena: tuple[ArenaBuffer, ...]


def compile_and_explain(
    tflite: bytes, name: str, options: CompileOptions
) -> tuple[CompiledModel, Explanation]:
    """`compile_model`, and how it came to its result. The errors are those of `compile_model`."""
    original = read_model(tflite)
    lowered = lower_model(original, name, options)
    executed = {
        operator.outputs: step.macs
        for operator, step in zip(lowered.graph.operators, lowered.steps, strict=True)
    }
    explanation = Explanation(
        macs_model=model_macs(original, executed),
        passes=tuple(_passes(original)),
        layers=tuple(tuple(_layer(original, lowered, index)) for index in range(len(lowered.steps))),
        live_bytes=tuple(_live_bytes(lowered, index) for index in range(len(lowered.steps))),
        arena=tuple(_arena_buffer(lowered, buffer) for buffer in lowered.plan.buffers),
    )
    return compiled_model(lowered), explanation


def _passes(graph: Graph) -> list[str]:
    """Each pass once more, to see what it changes."""
    lines = []
    for each in registered():
        after = each.rewrite(graph)
        effects = _effects(graph, after)
        if effects:
            lines.append(f"{each.name.replace('_', ' ')}: {', '.join(effects)}")
        graph = after
    return lines


def _effects(before: Graph, after: Graph) -> list[str]:
    effects = []
    kept = {operator.outputs for operator in after.operators}
    gone = [operator.kind for operator in before.operators if operator.outputs not in kept]
    if gone:
        effects.append(f"{_counted(gone)} less")
    there = {operator.outputs for operator in before.operators}
    new = [operator.kind for operator in after.operators if operator.outputs not in there]
    if new:
        effects.append(f"{_counted(new)} instead")
    old = {operator.outputs: operator for operator in before.operators}
    narrowed = sum(
        operator.outputs in old and _channels(before, old[operator.outputs]) > _channels(after, operator)
        for operator in after.operators
    )
    if narrowed:
        effects.append(f"{narrowed} layers with fewer channels")
    fused = sum(
        operator.outputs in old and operator.padding is not None and old[operator.outputs].padding is None
        for operator in after.operators
    )
    if fused:
        effects.append(f"padding moved into {fused} layers")
    saved = _constant_bytes(before) - _constant_bytes(after)
    if saved and not fused:
        effects.append(f"{saved:,} bytes of constants less" if saved > 0 else f"{-saved:,} bytes more")
    return effects


def _counted(kinds: list[str]) -> str:
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))


def _channels(graph: Graph, operator: Operator) -> int:
    shape = graph.tensors[operator.outputs[0]].shape
    return shape[-1] if shape else 1


def _constant_bytes(graph: Graph) -> int:
    read = {tensor for operator in graph.operators for tensor in operator.inputs if tensor >= 0}
    return sum(graph.tensors[each].size_bytes for each in read if graph.tensors[each].data is not None)


def _layer(original: Graph, lowered: LoweredModel, index: int) -> list[str]:
    graph, step = lowered.graph, lowered.steps[index]
    operator = graph.operators[index]
    notes = [step.source.removesuffix(".h")]
    if operator.padding is not None and any(operator.padding):
        notes.append("padding fused")
    tensor = operator.outputs[0]
    if tensor < len(original.tensors) and len(original.tensors[tensor].shape) == len(
        graph.tensors[tensor].shape
    ):
        before, now = original.tensors[tensor].shape, graph.tensors[tensor].shape
        if before and now[-1] < before[-1]:
            notes.append(f"{now[-1]} of {before[-1]} channels")
    segment = lowered.segment_of(index)
    if segment is not None:
        notes.append(f"row by row in layers {segment.first}-{segment.last}")
        ring = segment.ring(graph.root(tensor))
        if ring is not None:
            notes.append(f"{ring.rows} rows kept")
        if len(segment.strips) > 1:
            notes.append(f"{len(segment.strips)} strips")
    notes += _sharing(lowered, index)
    return notes


def _sharing(lowered: LoweredModel, index: int) -> list[str]:
    """Whether the output takes over bytes of an input."""
    graph = lowered.graph
    operator = graph.operators[index]
    buffers = {buffer.tensor: buffer for buffer in lowered.plan.buffers if buffer.tensor is not None}
    target = buffers.get(graph.root(operator.outputs[0]))
    for tensor in operator.inputs:
        source = buffers.get(graph.root(tensor)) if tensor >= 0 else None
        if source is None or target is None or source.tensor == target.tensor:
            continue
        distance = target.offset - source.offset
        if distance == 0:
            return ["in place"]
        if -target.size_bytes < distance < source.size_bytes:
            where = "before" if distance < 0 else "behind"
            return [f"over its input, {abs(distance)} bytes {where} it"]
    return []


def _live_bytes(lowered: LoweredModel, index: int) -> int:
    """Bytes of the arena that hold something while a layer runs; what shares bytes counts once."""
    spans = sorted(
        (buffer.offset, buffer.offset + buffer.size_bytes)
        for buffer in lowered.plan.buffers
        if buffer.first <= index <= buffer.last
    )
    total = end = 0
    for start, stop in spans:
        total += max(stop - max(start, end), 0)
        end = max(end, stop)
    return total


def _arena_buffer(lowered: LoweredModel, buffer: Buffer) -> ArenaBuffer:
    return ArenaBuffer(buffer.offset, buffer.size_bytes, buffer.first, buffer.last, _content(lowered, buffer))


def _content(lowered: LoweredModel, buffer: Buffer) -> str:
    graph = lowered.graph
    if buffer.tensor is None:
        return "scratch"
    tensor = graph.tensors[buffer.tensor]
    shape = "x".join(str(size) for size in tensor.shape)
    what = f"{tensor.dtype.value} {shape}"
    if buffer.tensor == graph.input:
        return f"{what}, the input"
    if buffer.tensor == graph.root(graph.output):
        return f"{what}, the output"
    if buffer.size_bytes < tensor.size_bytes:
        return f"rows of {what}"
    return what
