"""What an emulated Cortex-M55 computes with Helium instructions equals the TFLite reference in every byte."""

import numpy as np
import pytest

from pipelines.compile import compile_model
from pipelines.profile import ProfileError
from pipelines.profile.arm_toolchain import arm_toolchain
from pipelines.profile.qemu import find_qemu

from .builder import random_inputs, run_reference
from .emulated_m55 import run_on_cortex_m55
from .test_compile_emulated import GRAPHS
from .test_compile_reference_models import MODELS

pytestmark = [
    pytest.mark.skipif(find_qemu() is None, reason="QEMU is absent: install Debian's qemu-system-arm"),
    pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated"),
]

# Instructions of an inference at -O3 with GCC 12.2; the goals are 1,340,000, 3,600,000 and 210,000.
INSTRUCTIONS = {"kws_int8": 900_000, "ic_int8": 2_900_000, "ad_int8": 60_000}


@pytest.fixture(scope="module", params=["gcc", "zig"])
def toolchain(request):
    try:
        return arm_toolchain(request.param)
    except ProfileError as reason:
        pytest.skip(str(reason))


def run_all(models, count, toolchain):
    """Name -> (what the core computed, what the reference computed), all models in one image."""
    compiled = {name: compile_model(model, name) for name, model in models.items()}
    inputs = {
        name: random_inputs(each.input, count, np.random.default_rng(3)) for name, each in compiled.items()
    }
    runs = run_on_cortex_m55([(compiled[name], inputs[name]) for name in models], toolchain)
    return {
        name: (run, run_reference(models[name], inputs[name]).reshape(run.outputs.shape))
        for name, run in zip(models, runs, strict=True)
    }


def test_layers_equal_the_reference_on_a_core_with_helium(toolchain):
    for name, (run, expected) in run_all(GRAPHS, 3, toolchain).items():
        np.testing.assert_array_equal(run.outputs, expected, err_msg=name)


@pytest.mark.skipif(not MODELS.exists(), reason=f"the reference models are absent: {MODELS}")
def test_reference_models_equal_tflite_and_take_few_instructions_on_a_core_with_helium(toolchain):
    models = {name: (MODELS / f"{name}.tflite").read_bytes() for name in INSTRUCTIONS}
    for name, (run, expected) in run_all(models, 2, toolchain).items():
        np.testing.assert_array_equal(run.outputs, expected, err_msg=name)
        if toolchain.name == "gcc":
            assert run.instructions <= INSTRUCTIONS[name], name
