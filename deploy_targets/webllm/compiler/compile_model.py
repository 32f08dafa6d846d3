"""``python compile_model.py DESCRIPTION.json OUT.wasm``: compile a network for WebLLM.

Run by a Python that has ``tvm``, with ``emcc`` on the PATH and TVM's runtime as LLVM bitcode in ``$TVM_HOME/web/dist/wasm``.
The description is written by ``build_library.py``.
"""

# TVM has no types, and is not there where this is checked.
# mypy: ignore-errors

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import network
import sampling
import tvm
from tvm import relax
from tvm.s_tir import dlight
from tvm.support import emcc

HOST = {"kind": "llvm", "mtriple": "wasm32-unknown-unknown-wasm"}


def compiled_module(config: dict[str, Any]) -> tuple[Any, Any]:
    """The module with all that WebLLM calls, and the target that it was laid out for."""
    target = tvm.target.Target({"kind": "webgpu", "max_num_threads": sampling.THREADS}, host=HOST)
    with target:
        model = network.Network(config)
        module, parameters = model.export_tvm(model.specification())
        module = _with_sampling(module, config["vocabulary"])
        module = _with_metadata(module, config, parameters)
    return module, target


def _with_sampling(module: Any, vocabulary: int) -> Any:
    programs = sampling.programs(vocabulary)
    sample = programs.pop("sample_nucleus")
    module = module.clone()
    for name, program in programs.items():
        module[name] = program
    builder = relax.BlockBuilder(module)
    batch, count = (tvm.tirx.Var(name, "int64") for name in ("batch_size", "num_samples"))
    arguments = {
        "sorted_probs": ((batch, vocabulary), "float32"),
        "sorted_indices": ((batch, 1), "int32"),
        "uniform_samples": ((count,), "float32"),
        "sample_indices": ((count,), "int32"),
        "top_p": ((batch,), "float32"),
    }
    variables = [
        relax.Var(name, relax.TensorType(shape, dtype)) for name, (shape, dtype) in arguments.items()
    ]
    with builder.function("sample_with_top_p", variables):
        with builder.dataflow():
            tokens = builder.emit_output(
                relax.call_tir(
                    builder.add_func(sample, "sample_nucleus"),
                    [variables[0], *variables[2:]],
                    relax.TensorType((count,), "int32"),
                )
            )
        builder.emit_func_output(tokens)
    return builder.finalize()


def _with_metadata(module: Any, config: dict[str, Any], parameters: Any) -> Any:
    """``_metadata`` gives the text from which WebLLM learns the parameters' names."""
    text = json.dumps(
        {
            "model_type": config["model_type"],
            "quantization": config["quantization"],
            "context_window_size": config["context_tokens"],
            "sliding_window_size": -1,
            "attention_sink_size": -1,
            "prefill_chunk_size": config["prefill_tokens"],
            "tensor_parallel_shards": 1,
            "pipeline_parallel_stages": 1,
            "kv_state_kind": "kv_cache",
            "model_task": "chat",
            "params": [
                {
                    "name": name,
                    "shape": [int(size) for size in parameter.shape],
                    "dtype": str(parameter.dtype),
                }
                for name, parameter in parameters
            ],
        }
    )
    builder = relax.BlockBuilder(module)
    with builder.function("_metadata", []):
        builder.emit_func_output(tvm.ir.StringImm(text))
    return builder.finalize()


def pipeline(target: Any) -> Any:
    """TVM's passes for graphics cards, without constant folding: there are no constants to fold."""

    @tvm.transform.module_pass(opt_level=0)
    def passes(module: Any, _context: Any) -> Any:
        with target:
            return tvm.transform.Sequential(
                [
                    relax.backend.DispatchSampling(),
                    relax.backend.DispatchSortScan(),
                    relax.transform.LegalizeOps(),
                    relax.transform.AnnotateTIROpPattern(),
                    relax.transform.FuseOps(),
                    relax.transform.FuseTIR(),
                    dlight.ApplyDefaultSchedule(
                        dlight.gpu.Matmul(),
                        dlight.gpu.GEMV(),
                        dlight.gpu.Reduction(),
                        dlight.gpu.GeneralReduction(),
                        dlight.gpu.Fallback(),
                    ),
                    relax.transform.RewriteDataflowReshape(),
                    relax.transform.ToNonDataflow(),
                    relax.transform.RemovePurityChecking(),
                    relax.transform.CallTIRRewrite(),
                    relax.transform.StaticPlanBlockMemory(),
                    relax.transform.LowerAllocTensor(),
                    relax.transform.KillAfterLastUse(),
                    relax.transform.LowerRuntimeBuiltin(),
                    relax.transform.ComputePrimValue(),
                    relax.transform.VMShapeLower(),
                    relax.transform.AttachGlobalSymbol(),
                ]
            )(module)

    return passes


def main(arguments: list[str]) -> int:
    description, out = (Path(argument) for argument in arguments)
    module, target = compiled_module(json.loads(description.read_text(encoding="utf-8")))
    executable = relax.build(module, target, relax_pipeline=pipeline(target))
    executable.export_library(str(out), fcompile=linked)
    return 0


def linked(out: str, objects: list[str], **_options: Any) -> None:
    """TVM's own linking, with objects instead of bitcode: that of TVM's LLVM is too new for the linkers of distributions."""
    emcc.create_tvmjs_wasm(out, objects)


linked.object_format = "o"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
