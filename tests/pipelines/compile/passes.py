"""Compile with some passes left out, to see that they change nothing but the cost."""

from unittest import mock

from pipelines.compile import compile_model, compiler
from pipelines.compile.options import CompileOptions
from pipelines.compile.passes import registered, run_passes

DEFAULT = CompileOptions()


def compile_without(model: bytes, *names: str, options: CompileOptions = DEFAULT, name: str = "model"):
    """The model compiled without the passes of these names, which must exist."""
    unknown = set(names) - {each.name for each in registered()}
    assert not unknown, f"no such pass: {unknown}"
    with mock.patch.object(compiler, "run_passes", lambda graph: run_passes(graph, without=names)):
        return compile_model(model, name, options)
