"""A ``.tflite`` model as ONNX, made from the compiler's own graph: no TensorFlow, no converter.

float32 models become plain operators. int8 models become QDQ: every operator works on real numbers between
``DequantizeLinear`` and ``QuantizeLinear``, the form that ONNX Runtime and vendors' compilers turn into integer kernels.
The batch is free.
"""

from pipelines.export.onnx.convert import INPUT_NAME, OUTPUT_NAME, onnx_model

__all__ = ["INPUT_NAME", "OUTPUT_NAME", "onnx_model"]
