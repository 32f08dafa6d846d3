"""The order of operators: right, and with the lowest peak of living bytes that any order has."""

import itertools
import time

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.compile.graph import DType, Graph, Operator, Tensor
from pipelines.compile.kernels import Step
from pipelines.compile.memory import plan_memory
from pipelines.compile.schedule import Node, in_best_order, lowest_peak_order, schedule


@st.composite
def graphs(draw, most=6):
    """Nodes, sizes of values, and the wanted value; value 0 is given, node k writes value k + 1."""
    count = draw(st.integers(1, most))
    nodes = []
    for index in range(count):
        reads = draw(st.sets(st.integers(0, index), min_size=1, max_size=3))
        savings = {value: 4 * draw(st.integers(0, 5)) for value in reads if draw(st.booleans())}
        after = draw(st.sets(st.integers(0, index - 1), max_size=1)) if index else set()
        nodes.append(
            Node(frozenset(reads), index + 1, 4 * draw(st.integers(0, 10)), savings, frozenset(after))
        )
    sizes = {value: 4 * draw(st.integers(5, 40)) for value in range(count + 1)}
    return nodes, sizes, count


def is_topological(nodes, order):
    ready, done = {0}, set()
    for index in order:
        if not nodes[index].reads <= ready or not nodes[index].after <= done:
            return False
        ready.add(nodes[index].writes)
        done.add(index)
    return True


def peak_of(nodes, sizes, wanted, order):
    """Written anew: the living values step by step."""
    living, peak = {0}, sizes[0]
    for position, index in enumerate(order):
        node = nodes[index]
        later = {value for each in order[position + 1 :] for value in nodes[each].reads} | {wanted}
        dying = [value for value in node.reads if value not in later]
        saving = max((node.savings.get(value, 0) for value in dying), default=0)
        now = sum(sizes[value] for value in living) + sizes[node.writes] + node.scratch_bytes - saving
        peak = max(peak, now)
        living = (living | {node.writes}) - set(dying)
        living = {value for value in living if value in later or value not in {node.writes}}
    return peak


@settings(deadline=None, derandomize=True, max_examples=200)
@given(graphs())
def test_an_order_is_right_and_no_other_has_a_lower_peak(case):
    nodes, sizes, wanted = case
    order = lowest_peak_order(nodes, sizes, [0], wanted)
    assert sorted(order) == list(range(len(nodes)))
    assert is_topological(nodes, order)
    best = min(
        peak_of(nodes, sizes, wanted, each)
        for each in itertools.permutations(range(len(nodes)))
        if is_topological(nodes, each)
    )
    assert peak_of(nodes, sizes, wanted, order) == best


def test_the_order_of_the_file_stays_where_none_is_better():
    nodes = [Node(frozenset({0}), 1), Node(frozenset({0}), 2), Node(frozenset({1, 2}), 3)]
    assert lowest_peak_order(nodes, dict.fromkeys(range(4), 8), [0], 3) == (0, 1, 2)


def test_a_branch_is_finished_before_the_next_one_is_opened():
    # Two wide branches that end narrow: one after the other, not side by side.
    nodes = [
        Node(frozenset({0}), 1), Node(frozenset({0}), 2),
        Node(frozenset({1}), 3), Node(frozenset({2}), 4),
        Node(frozenset({3, 4}), 5),
    ]  # fmt: skip
    sizes = {0: 8, 1: 100, 2: 100, 3: 8, 4: 8, 5: 8}
    assert lowest_peak_order(nodes, sizes, [0], 5) in ((0, 2, 1, 3, 4), (1, 3, 0, 2, 4))


def test_a_hostile_graph_keeps_its_order_in_bounded_time():
    rng = np.random.default_rng(0)
    nodes = [Node(frozenset({0}), index + 1) for index in range(400)]
    nodes.append(Node(frozenset(range(1, 401)), 401))
    sizes = {value: int(4 * rng.integers(1, 99)) for value in range(402)}
    started = time.process_time()
    assert lowest_peak_order(nodes, sizes, [0], 401) == tuple(range(401))
    assert time.process_time() - started < 5


def test_a_model_with_branches_runs_them_in_the_better_order():
    tensors = tuple(
        Tensor(index, f"t{index}", (size,), DType.INT8) for index, size in enumerate([8, 100, 100, 8, 8, 8])
    )
    edges = [((0,), 1), ((0,), 2), ((1,), 3), ((2,), 4), ((3, 4), 5)]
    operators = tuple(
        Operator(index, f"OP{index}", inputs, (output,)) for index, (inputs, output) in enumerate(edges)
    )
    graph = Graph(tensors, operators, 0, 5)
    steps = [Step(f"f{index}()", "f.h") for index in range(5)]
    better, reordered = in_best_order(graph, steps)
    assert [operator.kind[2:] for operator in better.operators] == [step.call[1] for step in reordered]
    assert plan_memory(better, reordered).arena_bytes < plan_memory(graph, steps).arena_bytes


def test_operators_that_share_a_variable_keep_their_order():
    tensors = (
        *(
            Tensor(index, f"t{index}", (size,), DType.INT8)
            for index, size in enumerate([8, 100, 100, 8, 8, 8])
        ),
        Tensor(6, "state", (4,), DType.INT8, variable=True),
    )
    edges = [((0, 6), 1), ((0, 6), 2), ((1,), 3), ((2,), 4), ((3, 4), 5)]
    operators = tuple(
        Operator(index, "OP", inputs, (output,)) for index, (inputs, output) in enumerate(edges)
    )
    order = schedule(Graph(tensors, operators, 0, 5), [Step("f()", "f.h")] * 5)
    assert order.index(0) < order.index(1)
    assert order != tuple(range(5)), "one branch is finished before the other is opened"
