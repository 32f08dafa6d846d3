"""Rewrites of the graph between reading and lowering: each a function `Graph -> Graph`, one file each.

`PASSES` is the order in which they run: constants first, because a folded constant may be what a
later pass looks at; dead operators last, because every other pass leaves some behind.
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.compile.graph import Graph
from pipelines.compile.passes.alias_views import alias_views
from pipelines.compile.passes.fold_constants import fold_constants
from pipelines.compile.passes.fuse_pad import fuse_pad
from pipelines.compile.passes.remove_dead import remove_dead

PASSES: tuple[Callable[[Graph], Graph], ...] = (fold_constants, alias_views, fuse_pad, remove_dead)


def run_passes(graph: Graph) -> Graph:
    """The graph after every pass."""
    for run_pass in PASSES:
        graph = run_pass(graph)
    return graph
