"""The order of operators that keeps the fewest bytes alive at once.

In a graph with branches the same result can be computed in many orders, and the peak of living bytes depends on the
order (Liberis and Lane, "Neural networks on microcontrollers: saving memory at inference via operator reordering",
2019). The search goes over sets of operators that have run: what lives depends on the set only, not on how it came
about. Sets are extended in the order of the peak that it took to reach them (Dijkstra's algorithm with the maximum in
place of the sum), so that the first way to the whole set has the lowest peak that there is. Graphs for
microcontrollers have few such sets; where there are more than the search is given, the file's order stays.

The peak counts what `memory` will place: tensors while they live, scratch while a step runs, and bytes that an output
shares with an input that dies.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipelines.compile.graph import Graph
from pipelines.compile.kernels import Step
from pipelines.compile.plan import aligned, trail_saving
from pipelines.compile.trails import possible_trails

# Values that are looked at before the search gives up: well below a second.
_SEARCH_WORK = 100_000


@dataclass(frozen=True)
class Node:
    """One operator: what it reads, writes and needs beside.

    `reads` and `writes` are numbers of values; `after` are operators that must run before it for another reason than
    a value. `savings` says, for values among `reads`, how many bytes the output shares with that value where it dies.
    """

    reads: frozenset[int]
    writes: int
    scratch_bytes: int = 0
    savings: Mapping[int, int] | None = None
    after: frozenset[int] = frozenset()


def lowest_peak_order(
    nodes: Sequence[Node], sizes: Mapping[int, int], given: Sequence[int], wanted: int
) -> tuple[int, ...]:
    """An order of `nodes` (their positions) with the lowest peak of living bytes.

    Args:
        nodes: in an order that works, which is the answer where none is better or the search is given up.
        sizes: bytes of each value.
        given: values that live before the first operator runs; each lives until its last reader.
        wanted: the value that lives to the end.
    """
    return _Search(nodes, sizes, given, wanted).run()


def in_best_order(graph: Graph, steps: Sequence[Step]) -> tuple[Graph, list[Step]]:
    """`graph` and `steps`, to which its operators were lowered, in the order in which they should run."""
    order = schedule(graph, steps)
    operators = tuple(graph.operators[index] for index in order)
    return replace(graph, operators=operators), [steps[index] for index in order]


def schedule(graph: Graph, steps: Sequence[Step]) -> tuple[int, ...]:
    """The order in which to run the operators of `graph`, which were lowered to `steps`: their positions."""
    computed = {graph.input} | {tensor for each in graph.operators for tensor in each.outputs}
    last_use: dict[int, int] = {}
    nodes = []
    for index, (operator, step) in enumerate(zip(graph.operators, steps, strict=True)):
        roots = {graph.root(tensor) for tensor in operator.inputs if tensor >= 0}
        # Operators that share a variable keep their order.
        shared = [root for root in sorted(roots) if graph.tensors[root].variable]
        after = frozenset(last_use[root] for root in shared if root in last_use)
        last_use.update(dict.fromkeys(shared, index))
        target = operator.outputs[0]
        savings = {
            source: trail_saving(_size(graph, source), _size(graph, target), trail.most)
            for source, trail in possible_trails(graph, step, index).items()
        }
        reads = frozenset(roots & computed)
        nodes.append(Node(reads, target, aligned(step.scratch_bytes), savings, after))
    sizes = {root: _size(graph, root) for root in computed}
    return lowest_peak_order(nodes, sizes, [graph.input], graph.root(graph.output))


def _size(graph: Graph, tensor: int) -> int:
    return aligned(graph.tensors[tensor].size_bytes)


class _Search:
    def __init__(
        self, nodes: Sequence[Node], sizes: Mapping[int, int], given: Sequence[int], wanted: int
    ) -> None:
        self._nodes = nodes
        self._sizes = sizes
        self._given = frozenset(given)
        self._wanted = wanted
        self._readers: dict[int, int] = {}
        writer = {node.writes: index for index, node in enumerate(nodes)}
        self._needs: list[int] = []
        for index, node in enumerate(nodes):
            needs = 0
            for before in [writer[value] for value in node.reads if value in writer] + sorted(node.after):
                needs |= 1 << before
            self._needs.append(needs)
            for value in node.reads:
                self._readers[value] = self._readers.get(value, 0) | 1 << index
        self._followers: list[list[int]] = [[] for _ in nodes]
        for index, node in enumerate(nodes):
            for before in {writer[value] for value in node.reads if value in writer} | node.after:
                self._followers[before].append(index)

    def run(self) -> tuple[int, ...]:
        as_given = tuple(range(len(self._nodes)))
        peak = self._peak(as_given)
        if peak <= self._least_peak():
            return as_given
        return self._better_than(peak) or as_given

    def _step(self, done: int, living: int, index: int) -> tuple[int, int]:
        """Bytes alive while operator `index` runs after those in `done`, and after it."""
        node = self._nodes[index]
        after = done | 1 << index
        dying = [value for value in node.reads if value != self._wanted and not self._readers[value] & ~after]
        size = self._sizes[node.writes]
        saving = max((node.savings or {}).get(value, 0) for value in dying) if dying else 0
        during = living + size + node.scratch_bytes - saving
        kept = 0 if node.writes != self._wanted and not self._readers.get(node.writes) else size
        return during, living + kept - sum(self._sizes[value] for value in dying)

    def _at_first(self) -> int:
        return sum(self._sizes[value] for value in self._given)

    def _peak(self, order: Sequence[int]) -> int:
        done, living = 0, self._at_first()
        peak = living
        for index in order:
            during, living = self._step(done, living, index)
            peak = max(peak, during)
            done |= 1 << index
        return peak

    def _least_peak(self) -> int:
        """No order has a lower peak than its greediest operator by itself needs."""
        alone = [
            sum(self._sizes[value] for value in node.reads)
            + self._sizes[node.writes]
            + node.scratch_bytes
            - max((node.savings or {}).values(), default=0)
            for node in self._nodes
        ]
        return max([self._at_first(), *alone])

    def _better_than(self, peak: int) -> tuple[int, ...] | None:
        """The best order, if its peak is below `peak` and it is found with the sets that the search is given."""
        everything = (1 << len(self._nodes)) - 1
        ready = sum(1 << index for index, needs in enumerate(self._needs) if not needs)
        # Peak so far, operators left, what has run, what can run next, living bytes.
        heap = [(self._at_first(), len(self._nodes), 0, ready, self._at_first())]
        came_from: dict[int, tuple[int, int]] = {}
        lowest = {0: self._at_first()}
        work = 0
        while heap and work < _SEARCH_WORK:
            so_far, left, done, ready, living = heapq.heappop(heap)
            if done == everything:
                return self._way_to(done, came_from)
            if so_far > lowest[done]:
                continue
            candidates = ready
            while candidates:
                index = (candidates & -candidates).bit_length() - 1
                candidates &= candidates - 1
                work += 1 + len(self._nodes[index].reads)
                during, then = self._step(done, living, index)
                reached, after = max(so_far, during), done | 1 << index
                if reached < min(peak, lowest.get(after, peak)):
                    lowest[after] = reached
                    came_from[after] = (done, index)
                    heapq.heappush(heap, (reached, left - 1, after, self._ready(ready, after, index), then))
        return None

    def _ready(self, ready: int, done: int, index: int) -> int:
        ready &= ~(1 << index)
        for follower in self._followers[index]:
            if not self._needs[follower] & ~done:
                ready |= 1 << follower
        return ready

    @staticmethod
    def _way_to(done: int, came_from: Mapping[int, tuple[int, int]]) -> tuple[int, ...]:
        order = []
        while done:
            done, index = came_from[done]
            order.append(index)
        return tuple(reversed(order))
