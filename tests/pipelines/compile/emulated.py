"""Run a compiled model on an emulated Cortex-M4F: its outputs, its instructions, its bytes of flash."""

import numpy as np

from pipelines.compile import CompiledModel
from pipelines.profile.arm_toolchain import ArmToolchain
from pipelines.profile.boards import board_of
from pipelines.profile.model_measurement import ModelMeasurement, measure_model

BOARD = "nano33ble"


def run_on_cortex_m4(
    compiled: CompiledModel, inputs: np.ndarray, toolchain: ArmToolchain | None = None
) -> ModelMeasurement:
    """Build at -O3, run each of `inputs` [batch, ...]; raises `ProfileError` where there is no compiler."""
    return measure_model(compiled, board_of(BOARD), inputs, toolchain)
