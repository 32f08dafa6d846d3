"""Rewrites of the graph between reading and lowering: each a function `Graph -> Graph`, one file each.

Every module in this package is imported when the package is, and `@graph_pass(order=…)` says where its
pass runs, so a new pass is one new file. The orders, and why:

- below 100: on the operators as the file has them. Constants are folded first, because a folded constant may be
  what a later pass looks at; what is equal or does nothing goes next; then channels without effect.
- from 100: operators become views, and neighbours are fused into one.
- 900: what the others left behind and nobody reads.

No pass changes a byte of an integer result; in float32, none but signs of zero.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Collection

from pipelines.compile.graph import Graph
from pipelines.compile.passes.registry import Pass, Rewrite, graph_pass, registered

__all__ = ["Pass", "Rewrite", "graph_pass", "registered", "run_passes"]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")


def run_passes(graph: Graph, without: Collection[str] = ()) -> Graph:
    """The graph after every pass, except those whose names are in `without`."""
    for each in registered():
        if each.name not in without:
            graph = each.rewrite(graph)
    return graph
