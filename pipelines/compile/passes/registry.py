"""How a pass makes itself known: a decorator with the place at which it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.compile.graph import Graph

Rewrite = Callable[[Graph], Graph]


@dataclass(frozen=True)
class Pass:
    """A rewrite of the graph that changes no byte of the model's results. They run by ascending `order`."""

    order: int
    name: str
    rewrite: Rewrite


_passes: dict[int, Pass] = {}


def graph_pass(order: int) -> Callable[[Rewrite], Rewrite]:
    """Register a function `Graph -> Graph` as the pass that runs at `order`, which no other pass may have."""

    def register(rewrite: Rewrite) -> Rewrite:
        name = rewrite.__name__
        if order in _passes and _passes[order].name != name:
            raise ValueError(f"the passes {_passes[order].name} and {name} have the same order {order}")
        _passes[order] = Pass(order, name, rewrite)
        return rewrite

    return register


def registered() -> tuple[Pass, ...]:
    """Every pass, in the order in which they run."""
    return tuple(found for _, found in sorted(_passes.items()))
