"""Drop the channels of tensors that cannot change the answer, and the weights that make and read them.

Forward: a channel that holds one value whatever the input is (its filter is all zero, say) goes into the bias of
what reads it. Backward: a channel that nothing reads, because all weights on it are zero, need not be made. What is
left over is the least set of channels that the output needs and that the operators between agree on: both operands
of an ADD have the same channels, a depthwise convolution has those of its input.

`pipelines/compile/channels` has what each operator does to channels. Networks whose pruned or saturated filters
became zero in int8 shrink by this; the result stays the same to the last bit.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import numpy as np

from pipelines.compile.channels import Bench, Keep, Rule, fold, rule_for
from pipelines.compile.channels.base import channels_of, shape_with_channels
from pipelines.compile.graph import Graph
from pipelines.compile.passes.registry import graph_pass
from pipelines.compile.passes.remove_dead import remove_dead

# Far beyond any real model; the search must end in time on a hostile one.
MAX_CHANNELS = 1 << 22


@graph_pass(order=95)
def drop_dead_channels(graph: Graph) -> Graph:
    """The graph on the channels that the output needs."""
    graph = remove_dead(graph)
    counts = {tensor: channels_of(graph.tensors[tensor]) for tensor in _computed(graph)}
    if sum(counts.values()) > MAX_CHANNELS or min(counts.values()) < 1:
        return graph
    bench = Bench(graph)
    rules = []
    for operator in graph.operators:
        rule = rule_for(bench, operator)
        fold(rule)
        rules.append(rule)
    keep = {tensor: np.zeros(count, np.bool_) for tensor, count in counts.items()}
    _spread(graph, rules, keep)
    if all(channels.all() for channels in keep.values()):
        return graph
    return _narrowed(bench, rules, keep)


def _computed(graph: Graph) -> set[int]:
    """The tensors that are no constants: the input, what operators write, and variables."""
    named = {graph.input, graph.output}
    for operator in graph.operators:
        named.update(operator.outputs)
        named.update(tensor for tensor in operator.inputs if tensor >= 0)
    return {tensor for tensor in named if graph.tensors[tensor].data is None}


def _spread(graph: Graph, rules: list[Rule], keep: Keep) -> None:
    """Mark what the output needs, and what the operators in between then have to keep."""
    neighbours: dict[int, list[Rule]] = {tensor: [] for tensor in keep}
    for rule in rules:
        for tensor in (*rule.computed_inputs(), *rule.operator.outputs):
            neighbours[tensor].append(rule)
    for tensor in {graph.input, graph.output} & keep.keys():
        keep[tensor][:] = True
    queue = deque(reversed(rules))
    while queue:
        _settle(queue, neighbours, keep)
        for rule in rules:
            if _is_alive(rule, keep):
                for tensor in _keep_the_least(rule, keep):
                    queue.extend(neighbours[tensor])


def _settle(queue: deque[Rule], neighbours: dict[int, list[Rule]], keep: Keep) -> None:
    """Let each rule speak until none has anything to add. A channel once marked stays so, hence it ends."""
    waiting = {id(rule) for rule in queue}
    while queue:
        rule = queue.popleft()
        waiting.discard(id(rule))
        if not _is_alive(rule, keep):
            continue
        touched = (*rule.computed_inputs(), *rule.operator.outputs)
        before = [int(keep[tensor].sum()) for tensor in touched]
        rule.spread(keep)
        for tensor, count in zip(touched, before, strict=True):
            if int(keep[tensor].sum()) != count:
                new = [each for each in neighbours[tensor] if id(each) not in waiting]
                waiting.update(map(id, new))
                queue.extend(new)


def _is_alive(rule: Rule, keep: Keep) -> bool:
    return any(keep[tensor].any() for tensor in rule.operator.outputs)


def _keep_the_least(rule: Rule, keep: Keep) -> list[int]:
    """No tensor that is read may lose all of its channels, and some operators need more than one.

    Returns the tensors of which more channels stay now.
    """
    changed = []
    for tensor in rule.computed_inputs():
        if not rule.may_lose_inputs and not keep[tensor].any():
            keep[tensor][0] = True
            changed.append(tensor)
    output = rule.operator.outputs[0]
    missing = min(rule.least_outputs, len(keep[output])) - int(keep[output].sum())
    if missing > 0:
        keep[output][np.flatnonzero(~keep[output])[:missing]] = True
        changed.append(output)
    return changed


def _narrowed(bench: Bench, rules: list[Rule], keep: Keep) -> Graph:
    operators = tuple(rule.narrow(keep) for rule in rules if _is_alive(rule, keep))
    for tensor, channels in keep.items():
        if channels.any() and not channels.all():
            found = bench.tensors[tensor]
            shape = shape_with_channels(found.shape, int(channels.sum()))
            bench.tensors[tensor] = replace(found, shape=shape)
    return replace(bench.graph, tensors=tuple(bench.tensors), operators=operators)
