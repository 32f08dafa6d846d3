"""A segment as C: its tiles, and the loop in which its layers take their turns."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import wrap

from pipelines.compile.graph import Graph, Operator, Tensor
from pipelines.compile.kernels.base import Fields
from pipelines.compile.kernels.images import image_size
from pipelines.compile.streaming.segment import Columns, Segment

# The file in `kernels/native` that the loop needs.
ROWS_SOURCE = "rows.h"
_INDENT = "    "
_COMMENT_CHARACTERS = 100


def whole_tile(graph: Graph, operator: Operator) -> Fields:
    """The `tile` of a step that computes its whole output at once."""
    output = graph.tensors[operator.outputs[0]]
    rows, columns = image_size(output.shape)
    views = [_whole_view(tensor) for tensor in _images(graph, operator)]
    return _tile((0, rows), (0, columns), views, _whole_view(output))


def segment_tiles(graph: Graph, segment: Segment, step: int) -> list[Fields]:
    """The `tile` of a step of a segment in each strip; the loop fills in the row."""
    operator = graph.operators[step]
    written = {graph.operators[each].outputs[0]: each for each in segment.steps}
    rows = {ring.tensor: ring.rows for ring in segment.rings}

    def view(tensor: Tensor, strip: tuple[Columns, ...]) -> Fields:
        root = graph.root(tensor.index)
        if root not in rows:
            return _whole_view(tensor)
        first, end = strip[written[root] - segment.first]
        return {"rows": rows[root], "first_column": first, "columns": end - first}

    return [
        _tile(
            (0, 1),
            strip[step - segment.first],
            [view(tensor, strip) for tensor in _images(graph, operator)],
            view(graph.tensors[operator.outputs[0]], strip),
        )
        for strip in segment.strips
    ]


def segment_lines(
    segment: Segment,
    title: str,
    definitions: Callable[[int], list[str]],
    call: Callable[[int], list[str]],
) -> list[str]:
    """The loop. `definitions` gives the lines, not indented, that define the constants of a step.

    Its tile is `row`, or the array `strips` where there are several strips. `call` gives the lines that run the step
    on the tile `rows`.
    """
    strips = len(segment.strips)
    lines = _comment(title)
    if strips > 1:
        lines.append(f"for (int32_t strip = 0; strip < {strips}; ++strip) {{")
    inner = [f"for (int32_t tick = 0; tick < {segment.schedule.ticks}; ++tick) {{"]
    for step, turns in zip(segment.steps, segment.schedule.turns, strict=True):
        since = f"tick - {turns.start}" if turns.start else "tick"
        row = (
            since
            if turns.period == 1
            else f"({since}) / {turns.period}"
            if turns.start
            else f"tick / {turns.period}"
        )
        columns = "&strips[strip]" if strips > 1 else "&row"
        inner += [
            f"{_INDENT}if (has_turn(tick, {turns.start}, {turns.period}, {turns.rows})) {{",
            *(_INDENT * 2 + line for line in definitions(step)),
            f"{_INDENT * 2}const tile rows = row_tile({columns}, {row});",
            *(_INDENT * 2 + line for line in call(step)),
            f"{_INDENT}}}",
        ]
    inner.append("}")
    return [*lines, *(_INDENT + line for line in inner), "}"] if strips > 1 else [*lines, *inner]


def _comment(text: str) -> list[str]:
    """A comment in lines that are not too long when indented."""
    first, *others = wrap(text, _COMMENT_CHARACTERS)
    lines = [f"/* {first}", *(f" * {line}" for line in others)]
    return [*lines[:-1], f"{lines[-1]} */"]


def _images(graph: Graph, operator: Operator) -> list[Tensor]:
    """The computed inputs that a tile knows of."""
    tensors = [graph.tensors[tensor] for tensor in operator.inputs[:2] if tensor >= 0]
    return [tensor for tensor in tensors if tensor.data is None]


def _tile(rows: Columns, columns: Columns, inputs: list[Fields], output: Fields) -> Fields:
    """The struct `tile`. A step with one image has its view twice."""
    views = (*inputs, *inputs)
    return {
        "first_row": rows[0],
        "end_row": rows[1],
        "first_column": columns[0],
        "end_column": columns[1],
        "inputs": {"first": views[0], "second": views[1]},
        "output": output,
    }


def _whole_view(image: Tensor) -> Fields:
    rows, columns = image_size(image.shape)
    return {"rows": rows, "first_column": 0, "columns": columns}
