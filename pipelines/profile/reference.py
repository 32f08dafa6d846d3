"""What TFLite's own reference kernels answer, and how many bytes of ours differ."""

from __future__ import annotations

import os
import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.compile.model import TensorInfo
from pipelines.profile.errors import ProfileError

# A float32 value counts as different beyond this part of itself, or of the largest output where that is more.
FLOAT_TOLERANCE = 1e-5


def reference_outputs(tflite: bytes, inputs: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Outputs ``[runs, ...]`` of the reference kernels (``BUILTIN_REF``) for ``inputs`` ``[runs, ...]``.

    Raises:
        ProfileError: TFLite refuses the model.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import tensorflow as tf

        try:
            interpreter = tf.lite.Interpreter(
                model_content=tflite,
                experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_REF,
            )
            interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise ProfileError(
                f"TFLite's own reference does not run this model: {error}", field="model"
            ) from None
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    outputs = []
    for values in inputs:
        interpreter.set_tensor(source["index"], values.reshape(source["shape"]))
        interpreter.invoke()
        outputs.append(interpreter.get_tensor(target["index"]).copy())
    return np.stack(outputs)


def random_inputs(info: TensorInfo, runs: int, seed: int = 0) -> npt.NDArray[Any]:
    """``[runs, *shape]`` of the model's own type: integers over their whole range, floats of a normal distribution."""
    generator = np.random.default_rng(seed)
    shape = (runs, *info.shape)
    if info.dtype == "float32":
        return (3 * generator.standard_normal(shape)).astype(np.float32)
    limits = np.iinfo(info.dtype)
    return generator.integers(limits.min, limits.max + 1, shape).astype(info.dtype)


def differing_bytes(ours: npt.NDArray[Any], theirs: npt.NDArray[Any]) -> int:
    """Of integers, bytes that are not equal; of float32, the bytes of values beyond :data:`FLOAT_TOLERANCE`."""
    theirs = theirs.reshape(ours.shape)
    if ours.dtype == np.float32:
        scale = max(1.0, float(np.abs(theirs[np.isfinite(theirs)]).max(initial=0.0)))
        same = np.isclose(ours, theirs, rtol=FLOAT_TOLERANCE, atol=FLOAT_TOLERANCE * scale, equal_nan=True)
        return int((~same).sum()) * ours.dtype.itemsize
    ours, theirs = np.ascontiguousarray(ours), np.ascontiguousarray(theirs)
    return int((ours.view(np.uint8) != theirs.view(np.uint8)).sum())
