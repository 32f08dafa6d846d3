"""How far an ONNX model is from the code that was measured, found out by running both."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from deploy_targets.bundle import DeployBundle
from deploy_targets.model_files import ends_of, features_of, model_input, varied_windows
from pipelines.compile import compile_model
from pipelines.compile.native import build_native
from pipelines.export.onnx import INPUT_NAME, OUTPUT_NAME

WINDOWS = 1000


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two networks' outputs for the same windows.

    Args:
        windows: how many.
        equal: share of outputs that are equal.
        largest: the largest difference: in steps of the output (int8), or of probabilities (float32).
        variant: ``int8`` or ``float32``.
    """

    windows: int
    equal: float
    largest: float
    variant: str

    @property
    def words(self) -> str:
        """The agreement as a sentence."""
        count = f"{self.windows:,} windows (the self-test's, changed in loudness, time and by noise)"
        if self.variant == "float32":
            bound = 10.0 ** math.ceil(math.log10(max(self.largest, 1e-9)))
            return f"Over {count}, no probability differs by more than {bound:.0e} from the code that was measured."
        return (
            f"Over {count}, {self.equal:.3%} of the outputs equal those of the code that was measured, byte for byte; "
            f"the largest difference is {self.largest:.0f} step(s) of 1/256."
        )


def agreement_of(bundle: DeployBundle, model: bytes, count: int = WINDOWS) -> Agreement:
    """Run the ONNX model and the compiled C, whose integers equal TFLite's reference, on the same windows."""
    import onnxruntime

    source, _ = ends_of(bundle)
    features = features_of(bundle, varied_windows(bundle, count))
    inputs = model_input(bundle, features, source).reshape(count, *source.shape[1:])
    # Threads add nothing to such networks, and a server builds several deployments at once.
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    batches = np.array_split(inputs, max(1, count // 100))
    theirs = np.concatenate([session.run([OUTPUT_NAME], {INPUT_NAME: batch})[0] for batch in batches])
    native = build_native(compile_model(bundle.tflite, "model"))
    ours = native.invoke_batch(inputs.reshape(count, *source.shape)).reshape(theirs.shape)
    difference = np.abs(ours.astype(np.float64) - theirs)
    return Agreement(count, float((difference == 0).mean()), float(difference.max()), bundle.variant)
