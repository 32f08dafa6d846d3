"""Compile a model and its C for a board: as the pipeline says, and within the RAM that the board has."""

from __future__ import annotations

from dataclasses import replace

from pipelines.compile import CompiledModel, CompileError, CompileOptions, compile_model
from pipelines.profile.arm_toolchain import ArmToolchain, arm_toolchain
from pipelines.profile.boards import Board
from pipelines.spec import CompileSpec


def compile_for(board: Board | None, tflite: bytes, name: str, chosen: CompileSpec) -> CompiledModel:
    """The model as C, its arena within the chosen limit, else within the board's RAM where that is possible.

    Without a board there is no limit but the chosen one. A model that fits no board's RAM is compiled all the same: its profile says what is missing.

    Raises:
        CompileError: the model does not compile, or not within a limit that was chosen.
    """
    options = CompileOptions(chosen.optimize, chosen.ram_limit_bytes, chosen.weights_in)
    model = compile_model(tflite, name, options)
    if board is None or chosen.ram_limit_bytes is not None or model.arena_bytes <= board.ram_bytes:
        return model
    try:
        return compile_model(tflite, name, replace(options, ram_limit_bytes=board.ram_bytes))
    except CompileError:
        return model


def toolchain_for(chosen: CompileSpec) -> ArmToolchain:
    """This machine's compiler for the board, set to small code where the pipeline prefers that.

    Raises:
        ProfileError: there is none.
    """
    found = arm_toolchain()
    return replace(found, optimisation="-Os") if chosen.optimize == "size" else found
