"""Which runs of steps can go row by row, and how each of them would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.compile.graph import Graph, Tensor
from pipelines.compile.kernels import Step
from pipelines.compile.kernels.images import is_image
from pipelines.compile.memory import tensor_lives
from pipelines.compile.plan import Trail, trail_saving
from pipelines.compile.streaming.regions import AxisReach
from pipelines.compile.streaming.schedule import Part, Schedule, make_schedule
from pipelines.compile.streaming.segment import Columns, Ring, Segment


class Streams:
    """The segments of a graph whose operators were lowered to `steps`."""

    def __init__(self, graph: Graph, steps: Sequence[Step]) -> None:
        self._graph = graph
        self._steps = steps
        self.lives: Mapping[int, tuple[int, int]] = tensor_lives(graph)
        self._writer = {operator.outputs[0]: k for k, operator in enumerate(graph.operators)}
        self._images = [self._works_on_images(k) for k in range(len(steps))]

    def _works_on_images(self, step: int) -> bool:
        operator = self._graph.operators[step]
        computed = [each for each in operator.inputs if each >= 0 and self._graph.tensors[each].data is None]
        return (
            self._steps[step].reach is not None
            and is_image(self._output(step).shape)
            and all(is_image(self._graph.tensors[each].shape) for each in computed)
            # A tile knows of the first two inputs.
            and all(each in operator.inputs[:2] for each in computed)
        )

    def _output(self, step: int) -> Tensor:
        return self._graph.tensors[self._graph.operators[step].outputs[0]]

    def _inputs(self, step: int) -> list[Tensor]:
        """The computed inputs, as the step sees them (a view may have another shape than its root)."""
        tensors = [self._graph.tensors[each] for each in self._graph.operators[step].inputs if each >= 0]
        return [each for each in tensors if self._graph.root(each.index) in self.lives]

    def writer(self, root: int) -> int:
        """The step that computes a tensor; -1 for the model's input."""
        return self._writer.get(root, -1)

    def roots(self, step: int) -> list[int]:
        """The tensors that own the bytes of the computed inputs."""
        return [self._graph.root(tensor.index) for tensor in self._inputs(step)]

    def intervals(self, longest: int) -> list[tuple[int, int]]:
        """First and last step of all that can be a segment, of at most `longest` steps."""
        found = []
        for first in range(len(self._steps)):
            for last in range(first, min(first + longest, len(self._steps))):
                if not self._images[last]:
                    break
                if self._is_closed(first, last):
                    found.append((first, last))
        return found

    def _is_closed(self, first: int, last: int) -> bool:
        """Whether all outputs but the last one are read inside only, and in the shape in which they are written."""
        for step in range(first, last):
            root = self._graph.operators[step].outputs[0]
            if not step < self.lives[root][1] <= last or root == self._graph.root(self._graph.output):
                return False
        return all(
            tensor.shape == self._graph.tensors[root].shape
            for step in range(first, last + 1)
            for tensor, root in zip(self._inputs(step), self.roots(step), strict=True)
            if first <= self.writer(root)
        )

    def segment(self, first: int, last: int, strips: int = 1) -> Segment:
        """The segment of these steps, in as many strips of columns."""
        columns = self._columns(first, last, strips)
        parts = [
            self._part(first, step, max(strip[step - first][1] - strip[step - first][0] for strip in columns))
            for step in range(first, last + 1)
        ]
        schedule = make_schedule(parts)
        outputs = [self._graph.operators[step].outputs[0] for step in range(first, last + 1)]
        rings = tuple(
            Ring(
                outputs[k],
                outputs[schedule.ring_of[k]],
                schedule.ring_rows[k],
                schedule.ring_rows[k] * parts[k].row_bytes,
            )
            for k in range(last - first)
        )
        trail = self._trail(first, last, parts, schedule) if strips == 1 else None
        return Segment(first, last, schedule, rings, columns, trail, self._recomputed_macs(first, columns))

    def _part(self, first: int, step: int, columns: int) -> Part:
        operator, output = self._graph.operators[step], self._output(step)
        positions = [root for root in map(self._graph.root, operator.inputs) if root in self.lives]
        sources = [self._writer[root] - first for root in positions if self.writer(root) >= first]
        row_bytes = columns * output.shape[3] * output.dtype.numpy.itemsize
        return Part(
            output.shape[1],
            row_bytes,
            self._reach(step, 0),
            tuple(sources),
            self._takes_over(first, step),
        )

    def _takes_over(self, first: int, step: int) -> int | None:
        if not (self._reach(step, 0).is_elementwise and self._reach(step, 1).is_elementwise):
            return None
        for position in self._steps[step].in_place_inputs:
            root = self._graph.root(self._graph.operators[step].inputs[position])
            source, target = self._graph.tensors[root], self._output(step)
            alike = (source.shape, source.dtype) == (target.shape, target.dtype)
            if alike and self.writer(root) >= first:
                return self._writer[root] - first
        return None

    def _reach(self, step: int, axis: int) -> AxisReach:
        reach = self._steps[step].reach
        if reach is None:
            raise ValueError(f"step {step} has no reach, so that it cannot run by rows")
        return AxisReach(reach.stride[axis], reach.before[axis], reach.extent[axis])

    def _columns(self, first: int, last: int, strips: int) -> tuple[tuple[Columns, ...], ...]:
        """For each strip, what each step has to compute for a part of the last one's columns."""
        width = self._output(last).shape[2]
        found = []
        for strip in range(strips):
            spans = {last: (width * strip // strips, width * (strip + 1) // strips)}
            for step in range(last, first - 1, -1):
                reach = self._reach(step, 1)
                for root in self.roots(step):
                    source = self.writer(root)
                    if source < first:
                        continue
                    size = self._output(source).shape[2]
                    low, high = (0, size) if strips == 1 else reach.span(*spans[step], size)
                    known = spans.get(source, (low, high))
                    spans[source] = (min(low, known[0]), max(high, known[1]))
            found.append(tuple(spans[step] for step in range(first, last + 1)))
        return tuple(found)

    def _recomputed_macs(self, first: int, strips: Sequence[Sequence[Columns]]) -> int:
        total = 0
        for k, spans in enumerate(zip(*strips, strict=True)):
            width = self._output(first + k).shape[2]
            computed = sum(end - start for start, end in spans)
            total += max(computed - width, 0) * (self._steps[first + k].macs // width)
        return total

    def _trail(self, first: int, last: int, parts: Sequence[Part], schedule: Schedule) -> Trail | None:
        """How the output may follow behind the rows of an input that dies here; of several that which saves most."""
        target, sink = self._output(last), schedule.turns[-1]
        choices: list[tuple[int, int, int]] = []
        for root in {root for step in range(first, last + 1) for root in self.roots(step)}:
            source = self._graph.tensors[root]
            outside = self.writer(root) < first and self.lives[root][1] <= last
            if (
                not outside
                or root == self._graph.root(self._graph.output)
                or not self._is_read_as_it_is(root)
            ):
                continue
            readers = [step - first for step in range(first, last + 1) if root in self.roots(step)]
            row_bytes = source.size_bytes // source.shape[1]
            in_front = 0
            for row in range(sink.rows):
                needed = _oldest_row(readers, parts, schedule, sink.tick_of(row))
                if needed is not None:
                    in_front = max(in_front, (row + 1) * parts[-1].row_bytes - needed * row_bytes)
            choices.append((trail_saving(source.size_bytes, target.size_bytes, -in_front), root, in_front))
        saved, root, in_front = max(choices, default=(0, 0, 0))
        return Trail(root, target.index, -in_front) if saved > 0 else None

    def _is_read_as_it_is(self, root: int) -> bool:
        """Whether no reader sees the tensor in another shape."""
        shape = self._graph.tensors[root].shape
        return all(
            tensor.shape == shape
            for step in range(len(self._steps))
            for tensor in self._inputs(step)
            if self._graph.root(tensor.index) == root
        )


def _oldest_row(readers: Sequence[int], parts: Sequence[Part], schedule: Schedule, tick: int) -> int | None:
    """The oldest row of an input that a reader needs while the last part has its turn at `tick`, or later."""
    found = []
    for k in readers:
        following = schedule.turns[k].row_at(tick if k == len(parts) - 1 else tick + 1)
        if following < schedule.turns[k].rows:
            found.append(parts[k].reach.oldest(following))
    return min(found, default=None)
