"""Functions of one value equal the TFLite reference: int8 at all 256 inputs, float32 within 1e-5."""

import ctypes
import math

import numpy as np
import pytest

from pipelines.compile import UnsupportedOpError, compile_model
from pipelines.compile.kernel_text import native_text
from pipelines.compile.native import build_native
from pipelines.toolchain import build_shared_library

from . import operators_values as functions
from .builder import ModelBuilder, assert_equals_the_reference, options, run_reference

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
ALL_BYTES = np.arange(-128, 128, dtype=np.int8).reshape(1, 1, 2, 8, 16)
KINDS = {
    "TANH": {}, "ELU": {}, "HARD_SWISH": {}, "ABS": {}, "RELU_N1_TO_1": {}, "RELU_0_TO_1": {},
    "GELU": {"approximate": False}, "GELU approximate": {"approximate": True}, "LEAKY_RELU": {"alpha": 0.3},
    "LEAKY_RELU steep": {"alpha": 1.7},
}  # fmt: skip


def random_quantization(rng):
    """(scale, zero point) of input and output, the output's scale within 30 times of the input's."""
    scale = float(np.exp(rng.uniform(np.log(0.002), np.log(0.3))))
    zeros = rng.choice([-128, 127, 0, *rng.integers(-128, 128, 3)], 2)
    return (scale, int(zeros[0])), (scale * float(np.exp(rng.uniform(-1, 3))), int(zeros[1]))


def assert_all_bytes_equal(model):
    ours = build_native(compile_model(model, "model")).invoke_batch(ALL_BYTES)
    np.testing.assert_array_equal(ours, run_reference(model, ALL_BYTES).reshape(ours.shape))


@pytest.mark.parametrize("kind", KINDS)
def test_an_int8_function_equals_the_reference_at_every_input(kind):
    rng = np.random.default_rng(len(kind))
    for _ in range(12):
        source, target = random_quantization(rng)
        assert_all_bytes_equal(functions.values(kind.split()[0], "int8", source, target, **KINDS[kind]))


@pytest.mark.parametrize("kind", ["EXP", "LOG"])
def test_an_int8_exponential_or_logarithm_equals_the_reference_at_every_input(kind):
    rng = np.random.default_rng(7)
    for _ in range(12):
        (_, zero), (_, zero_out) = random_quantization(rng)
        source = (float(rng.uniform(0.005, 0.05)), zero)
        assert_all_bytes_equal(
            functions.values(kind, "int8", source, (float(rng.uniform(0.01, 1)), zero_out))
        )


@pytest.mark.parametrize("seed", range(12))
def test_an_int8_inverse_root_equals_the_reference_at_every_input(seed):
    rng = np.random.default_rng(seed)
    source, (_, zero_out) = random_quantization(rng)
    target = (float(rng.uniform(0.5, 2) / math.sqrt(source[0]) / 200), zero_out)
    model = functions.of_positive_values("RSQRT", "int8", source, target)
    assert_all_bytes_equal(model)


@pytest.mark.parametrize("kind", ["EXP", "LOG", "RSQRT"])
def test_a_function_of_16_bits_equals_the_reference_at_every_input(kind):
    rng = np.random.default_rng(2)
    inputs = np.arange(0 if kind == "RSQRT" else -32768, 32768).astype(np.int16).reshape(1, 1, -1)
    for _ in range(3):
        builder = ModelBuilder()
        source = builder.tensor(inputs.shape[1:], "int16", scale=float(rng.uniform(1e-4, 4e-4)))
        target = builder.tensor(inputs.shape[1:], "int16", scale=float(rng.uniform(1e-4, 1e-2)))
        table, version = (options("Exp"), 2) if kind == "EXP" else (None, 3 if kind == "RSQRT" else 2)
        builder.operator(kind, [source], [target], table, version=version)
        model = builder.finish(source, target)
        ours = build_native(compile_model(model, "model")).invoke_batch(inputs)
        np.testing.assert_array_equal(ours, run_reference(model, inputs).reshape(ours.shape))


def test_an_int8_root_is_the_exact_one_rounded_down():
    """TensorFlow 2.19 has no kernel to compare with."""
    compiled = compile_model(functions.values("SQRT", "int8", (0.037, -128), (0.013, -121)), "model")
    raw = ALL_BYTES.reshape(-1).astype(np.float64)
    expected = np.minimum(np.floor(np.sqrt(0.037 * (raw + 128)) / 0.013) - 121, 127)
    np.testing.assert_array_equal(build_native(compiled).invoke_batch(ALL_BYTES).reshape(-1), expected)


@pytest.mark.parametrize("kind", [*KINDS, "EXP", "NEG", "SQUARE"])
def test_a_float32_function_equals_the_reference(kind):
    model = functions.values(kind.split()[0], "float32", (1, 0), (1, 0), **KINDS.get(kind, {}))
    assert_equals_the_reference(model, micro=False)


@pytest.mark.parametrize("kind", ["SQRT", "RSQRT", "LOG"])
def test_a_float32_function_of_positive_values_equals_the_reference(kind):
    model = functions.of_positive_values(kind, "float32", (1, 0), (1, 0))
    assert_equals_the_reference(model, micro=False)


@pytest.mark.parametrize("kind", ["NEG", "SQUARE"])
def test_what_tflite_has_in_float32_only_is_refused_in_int8(kind):
    with pytest.raises(UnsupportedOpError, match="int8 values, which TFLite does not compute"):
        compile_model(functions.values(kind, "int8", (1, 0), (1, 0)), "model")


EXACT = {
    "tanh": (np.tanh, np.linspace(-12, 12, 200_001)),
    "expm1": (np.expm1, np.linspace(-20, 20, 200_001)),
    "log": (np.log, np.concatenate([np.geomspace(1e-44, 3e38, 200_001), np.linspace(0.9, 1.1, 50_001)])),
    "sqrt": (np.sqrt, np.geomspace(1e-44, 3e38, 200_001)),
    "rsqrt": (lambda x: 1 / np.sqrt(x), np.geomspace(1e-44, 3e38, 200_001)),
    "erfc": (np.vectorize(math.erfc), np.linspace(-4, 4, 50_001)),
}
# Units in the last place; erfc loses some to its exp(-x^2).
UNITS = {"tanh": 4, "expm1": 4, "log": 3, "sqrt": 2, "rsqrt": 3, "erfc": 24}


def all_of(function, x):
    texts, includes = [], [f"{function}_float32.h"]
    while includes:
        more, text = native_text(includes.pop())
        includes += more
        texts.insert(0, text)
    source = "#include <stdint.h>\n#include <string.h>\n" + "".join(texts)
    signature = "void run(int n, const float *x, float *y)"
    source += (
        f"{signature};\n{signature} {{ for (int i = 0; i < n; ++i) y[i] = {function}_float32(x[i]); }}\n"
    )
    library = ctypes.CDLL(str(build_shared_library({"function.c": source})))
    y = np.empty_like(x)
    library.run(len(x), *(ctypes.c_void_p(each.ctypes.data) for each in (x, y)))
    return y


@pytest.mark.parametrize("function", EXACT)
def test_a_function_without_libm_is_within_a_few_units_in_the_last_place(function):
    exact, x = EXACT[function]
    x = x.astype(np.float32)
    expected = exact(x.astype(np.float64))
    units = np.abs(all_of(function, x) - expected) / np.spacing(np.abs(expected).astype(np.float32))
    assert units.max() <= UNITS[function]


@pytest.mark.parametrize("function", ["tanh", "log", "sqrt", "rsqrt", "expm1"])
def test_a_function_without_libm_treats_what_is_not_finite_as_libm_does(function):
    x = np.array([0.0, -0.0, np.inf, -np.inf, np.nan], np.float32)
    with np.errstate(all="ignore"):
        expected = EXACT[function][0](x)
    ours = all_of(function, x)
    if function == "rsqrt":
        ours[1] = expected[1] = 0  # 1 / sqrt(-0) is minus infinity, of no use to anybody
    np.testing.assert_array_equal(ours, expected)
