"""What TFLite's own reference kernels answer."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
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
        try:
            interpreter = reference_interpreter(tflite)
        except (ValueError, RuntimeError) as error:
            raise ValueError(f"TFLite's own reference does not run this model: {error}") from None
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    outputs = []
    for values in inputs:
        interpreter.set_tensor(source["index"], values.reshape(source["shape"]))
        interpreter.invoke()
        outputs.append(interpreter.get_tensor(target["index"]).copy())
    return np.stack(outputs)


def reference_interpreter(tflite: bytes) -> Any:
    """An interpreter of the reference kernels with its tensors in place.

    TensorFlow 2.19 registers some of them for older versions of an operator than its converter writes (TILE and
    DEPTH_TO_SPACE of int8 values): these get the model with the version lowered, which changes no computation. ELU is
    not among them at all; a model that has it gets TFLite's usual kernels, without delegates.

    Raises:
        ValueError, RuntimeError: TFLite refuses the model.
    """
    import tensorflow as tf

    resolvers = tf.lite.experimental.OpResolverType
    attempts: tuple[tuple[Callable[[], bytes], Any], ...] = (
        (lambda: tflite, resolvers.BUILTIN_REF),
        (lambda: _with_older_operators(tflite), resolvers.BUILTIN_REF),
        (lambda: tflite, resolvers.BUILTIN_WITHOUT_DEFAULT_DELEGATES),
    )
    for model, resolver in attempts:
        try:
            interpreter = tf.lite.Interpreter(model_content=model(), experimental_op_resolver_type=resolver)
            break
        except ValueError as error:
            if "Didn't find op" not in str(error) or resolver is attempts[-1][1]:
                raise
    interpreter.allocate_tensors()
    return interpreter


def _with_older_operators(tflite: bytes) -> bytes:
    """The model with the versions of these operators that the reference kernels are registered for."""
    from tensorflow.lite.python import schema_py_generated as schema
    from tensorflow.lite.tools import flatbuffer_utils

    oldest = {schema.BuiltinOperator.TILE: 2, schema.BuiltinOperator.DEPTH_TO_SPACE: 1}
    model = flatbuffer_utils.convert_bytearray_to_object(bytearray(tflite))
    for code in model.operatorCodes:
        code.version = min(code.version, oldest.get(code.builtinCode, code.version))
    return bytes(flatbuffer_utils.convert_object_to_bytearray(model))
