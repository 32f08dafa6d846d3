"""The arena as C: where what lies and how long it lives, and assertions by which the C compiler proves it."""

from __future__ import annotations

from pipelines.compile.lowered import LoweredModel
from pipelines.compile.memory import Buffer
from pipelines.compile.plan import aligned


def arena_text(model: LoweredModel) -> str:
    """An enum of offsets, and assertions that what lives at the same time lies apart and inside of the arena."""
    upper = model.name.upper()
    places = [_place(model, buffer) for buffer in model.plan.buffers]
    width = max(len(place) for place in places)
    lines = [
        "/* Where the arena holds what, in bytes, and from the start of which layer to the end of which. */",
        "enum {",
        *(
            f"    {place:<{width}} /* {buffer.size_bytes:>7} bytes, {_life(model, buffer):<16} {_content(model, buffer)} */"
            for place, buffer in zip(places, model.plan.buffers, strict=True)
        ),
        "};",
        "",
        "/* What lives at the same time lies apart, but for what is made in the place of what it is made from. */",
    ]
    assertions = [
        f"{place_name(model, low)} + {low.size_bytes} <= {place_name(model, high)}"
        for low, high in _neighbours(model)
    ]
    assertions += [
        f"{place_name(model, each)} + {each.size_bytes} <= {upper}_ARENA_BYTES" for each in _highest(model)
    ]
    names = {place_name(model, each) for each in model.plan.buffers}
    assertions += [
        f"{what}_at == {upper}_{what.upper()}_OFFSET" for what in ("input", "output") if f"{what}_at" in names
    ]
    if model.plan.state_bytes:
        assertions.append(f"{upper}_STATE_BYTES == {model.plan.state_bytes}")
    lines += [f"{upper}_STATIC_ASSERT({each});" for each in dict.fromkeys(assertions)]
    return "\n".join(lines) + "\n"


def place_name(model: LoweredModel, buffer: Buffer) -> str:
    """What the C calls the offset of a buffer."""
    if buffer.tensor is None:
        return f"scratch_{buffer.first:02d}_at"
    return f"{model.variable(buffer.tensor)}_at"


def _place(model: LoweredModel, buffer: Buffer) -> str:
    return f"{place_name(model, buffer)} = {buffer.offset},"


def _life(model: LoweredModel, buffer: Buffer) -> str:
    if buffer.tensor is not None and model.graph.tensors[buffer.tensor].variable:
        return "for ever:"
    if buffer.last > buffer.first:
        return f"layers {buffer.first} to {buffer.last}:"
    return f"layer {buffer.first}:"


def _content(model: LoweredModel, buffer: Buffer) -> str:
    if buffer.tensor is None:
        return "scratch"
    tensor = model.graph.tensors[buffer.tensor]
    text = f"{tensor.dtype.value} {' x '.join(str(size) for size in tensor.shape)}"
    if tensor.variable:
        return f"{text}, kept from one call to the next"
    if buffer.tensor == model.graph.input:
        return f"{text}, the input"
    segment = model.segment_of(buffer.first)
    ring = segment.ring(buffer.tensor) if segment is not None else None
    if ring is not None:
        text += f", {ring.rows} rows at a time"
    what = "the output, of" if buffer.tensor == model.graph.root(model.graph.output) else "output of"
    return f"{text}, {what} layer {model.writer(buffer.tensor)}"


def _neighbours(model: LoweredModel) -> list[tuple[Buffer, Buffer]]:
    """Pairs that live at the same time with nothing between them; if they lie apart, all do.

    Not among them are pairs that share bytes, which only what is made from the other does.
    """
    found: dict[tuple[int, int], tuple[Buffer, Buffer]] = {}
    for living in _living(model):
        living.sort(key=lambda buffer: (buffer.offset, buffer.size_bytes))
        for position, low in enumerate(living):
            above = [high for high in living[position + 1 :] if low.offset + low.size_bytes <= high.offset]
            if above:
                found[id(low), id(above[0])] = (low, above[0])
    return list(found.values())


def _highest(model: LoweredModel) -> list[Buffer]:
    """Of each moment, what reaches the furthest up."""
    found = {}
    for living in _living(model):
        highest = max(living, key=lambda buffer: buffer.offset + aligned(buffer.size_bytes))
        found[id(highest)] = highest
    return list(found.values())


def _living(model: LoweredModel) -> list[list[Buffer]]:
    """What lives during each step."""
    living: list[list[Buffer]] = [[] for _ in model.steps]
    for buffer in model.plan.buffers:
        for step in range(buffer.first, buffer.last + 1):
            living[step].append(buffer)
    return living
