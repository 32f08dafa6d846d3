"""What TFLite's own reference kernels answer."""

from __future__ import annotations

import os
import warnings
from typing import Any

import numpy as np
import numpy.typing as npt


def reference_outputs(tflite: bytes, inputs: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Outputs ``[runs, ...]`` of the reference kernels (``BUILTIN_REF``) for ``inputs`` ``[runs, ...]``.

    Raises:
        ValueError: TFLite refuses the model.
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
            raise ValueError(f"TFLite's own reference does not run this model: {error}") from None
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    outputs = []
    for values in inputs:
        interpreter.set_tensor(source["index"], values.reshape(source["shape"]))
        interpreter.invoke()
        outputs.append(interpreter.get_tensor(target["index"]).copy())
    return np.stack(outputs)
