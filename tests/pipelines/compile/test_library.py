"""The composed library computes the pipeline: features, normalisation, the network, the decision."""

import ctypes
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from pipelines.compile import CompileError, compile_model
from pipelines.compile.c_names import checked_identifier, comment_text, identifier_from, string_literal
from pipelines.compile.library import build_library
from pipelines.evaluate import NativeLibrary
from pipelines.spec import load_spec
from pipelines.toolchain import build_shared_library
from tests import tiny


class Called:
    """A library's own functions, called one by one."""

    def __init__(self, library):
        self.library = library
        self.c = ctypes.CDLL(str(build_shared_library(library.files)))
        self.workspace = np.zeros(library.workspace_bytes // 8 + 4, np.int64)
        self.decision = np.zeros(library.decision_bytes // 4, np.float32)

    def call(self, function, *arrays):
        pointers = [ctypes.c_void_p(None if array is None else array.ctypes.data) for array in arrays]
        return self.c[f"{self.library.name}_{function}"](*pointers)

    def classify(self, window):
        probabilities = np.zeros(len(self.library.labels), np.float32)
        answer = self.call("classify", self.workspace, np.ascontiguousarray(window), probabilities)
        return answer, probabilities

    def decide(self, *probabilities, smoothed=None):
        return self.call("decide", self.decision, np.array(probabilities, np.float32), smoothed)


def interpreted(variant, inputs):
    """Probabilities by TensorFlow Lite's reference kernels for scaled features ``[n, features]``."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import tensorflow as tf

    _, tflite = tiny.trained()
    interpreter = tf.lite.Interpreter(
        model_content=tflite[variant],
        experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_REF,
    )
    interpreter.allocate_tensors()
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    rows = []
    for row in inputs:
        if variant == "int8":
            scale, zero_point = source["quantization"]
            steps = row / np.float32(scale)
            nearest = np.trunc(steps + np.copysign(np.float64(0.5), steps)) + zero_point
            row = np.clip(nearest, -128, 127).astype(np.int8)
        interpreter.set_tensor(source["index"], row[None])
        interpreter.invoke()
        out = interpreter.get_tensor(target["index"])[0]
        if variant == "int8":
            scale, zero_point = target["quantization"]
            out = (out.astype(np.float32) - zero_point) * np.float32(scale)
        rows.append(out)
    return np.array(rows, np.float32)


@pytest.mark.parametrize(("variant", "tolerance"), [("int8", 0), ("float32", 2e-6)])
def test_probabilities_are_those_of_tensorflow_lite_on_the_same_features(variant, tolerance):
    values, _ = tiny.windows(40, seed=21)
    scaler, _ = tiny.trained()
    inputs = (tiny.features_of(tiny.spec(), values) - scaler.mean) * scaler.scale
    found = NativeLibrary(tiny.library(variant)).classify(values)
    np.testing.assert_allclose(found, interpreted(variant, inputs), rtol=0, atol=tolerance)


@pytest.mark.parametrize("variant", ["float32", "int8"])
def test_the_two_halves_give_what_the_whole_gives(variant):
    library = tiny.library(variant)
    called = Called(library)
    for window in tiny.windows(6, seed=22)[0]:
        features = np.zeros(library.features, np.float32)
        probabilities = np.zeros(3, np.float32)
        called.call("extract", called.workspace, window, features)
        answer = called.call("classify_features", called.workspace, features, probabilities)
        np.testing.assert_array_equal(features, tiny.features_of(tiny.spec(), window[None])[0].ravel())
        whole_answer, whole = called.classify(window)
        np.testing.assert_array_equal(probabilities, whole)
        assert answer == whole_answer == whole.argmax()


@pytest.mark.parametrize("variant", ["float32", "int8"])
def test_no_byte_beyond_the_workspace_is_written_and_its_content_before_does_not_matter(variant):
    library = tiny.library(variant)
    called = Called(library)
    window = tiny.windows(1, seed=23)[0][0]
    answers = []
    for fill in (0, 0x7F, 0xFF):
        view = called.workspace.view(np.uint8)
        view[:] = fill
        answers.append(called.classify(window)[1].tobytes())
        assert (view[library.workspace_bytes :] == fill).all()
    assert len(set(answers)) == 1


def test_calls_with_their_own_workspace_may_run_at_the_same_time():
    native = NativeLibrary(tiny.library("int8"))
    values, _ = tiny.windows(400, seed=24)
    expected = native.classify(values)
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(native.classify, [values] * 8):
            np.testing.assert_array_equal(found, expected)


@pytest.mark.skipif(shutil.which("nm") is None, reason="needs Debian's binutils")
@pytest.mark.parametrize("variant", ["float32", "int8"])
def test_the_library_has_no_variables_and_needs_nothing_but_string_functions(variant, tmp_path):
    library = tiny.library(variant)
    for name, text in library.files.items():
        (tmp_path / name).write_text(text)
    units = sorted(name for name in library.files if name.endswith(".c"))
    subprocess.run(["cc", "-O2", "-fno-pic", "-ffp-contract=off", "-c", *units], cwd=tmp_path, check=True)
    objects = [name.replace(".c", ".o") for name in units]
    listing = subprocess.run(
        ["nm", *objects], cwd=tmp_path, check=True, capture_output=True, text=True
    ).stdout
    symbols = [line.split()[-2:] for line in listing.splitlines() if len(line.split()) > 1]
    assert not [name for kind, name in symbols if kind in "bBdDcCsS"]
    defined = {name for kind, name in symbols if kind != "U"}
    assert {name for kind, name in symbols if kind == "U"} - defined <= {
        *("memcpy", "memset", "memmove", "__stack_chk_fail"),
    }


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 3e38])
@pytest.mark.parametrize("variant", ["float32", "int8"])
def test_samples_that_are_no_numbers_give_an_answer_or_none_but_never_a_crash(variant, value):
    answer, _ = Called(tiny.library(variant)).classify(np.full((64, 3), value, np.float32))
    assert answer in {-1, 0, 1, 2}


# ---- the decision ----------------------------------------------------------------------------------


def test_a_decision_averages_the_windows_so_far_then_the_last_ones():
    called = Called(tiny.library("int8"))
    called.call("decision_start", called.decision)
    smoothed = np.zeros(3, np.float32)
    assert called.decide(0.9, 0.1, 0, smoothed=smoothed) == 0
    assert called.decide(0.1, 0.9, 0, smoothed=smoothed) == -1
    np.testing.assert_allclose(smoothed, [0.5, 0.5, 0])
    assert called.decide(0, 1, 0, smoothed=smoothed) == -1
    assert called.decide(0, 1, 0, smoothed=smoothed) == 1
    np.testing.assert_allclose(smoothed, [0.1 / 3, 2.9 / 3, 0], rtol=1e-6)
    called.call("decision_start", called.decision)
    assert called.decide(0, 0, 1) == 2


def test_a_probability_at_the_threshold_is_enough_and_just_below_is_not():
    called = Called(tiny.library("int8"))
    for probability, answer in ((np.float32(0.7), 0), (np.nextafter(np.float32(0.7), np.float32(0)), -1)):
        called.call("decision_start", called.decision)
        assert called.decide(probability, 0, 0) == answer


# ---- composing -------------------------------------------------------------------------------------


def test_features_of_several_blocks_stand_one_after_another():
    pipeline = load_spec(
        tiny.spec_document(
            [
                {"block": "raw", "name": "first", "channels": ["az", "ax"]},
                {"block": "spectral", "name": "unused"},
                {"block": "spectral", "name": "second", "channels": ["ay"]},
                {"block": "raw", "name": "third", "params": {"scale": 0.5}},
            ],
            inputs=("third", "second", "first"),
        )
    )
    values, _ = tiny.windows(3, seed=25)
    expected = tiny.features_of(pipeline, values)
    size = expected.shape[1]
    model = compile_model(dense_model(size), "many_model")
    scaler = tiny.TinyScaler(np.zeros(size, np.float32), np.ones(size, np.float32))
    library = build_library(pipeline, scaler, model, ("a", "b"), "many")
    called = Called(library)
    for window, wanted in zip(values, expected, strict=True):
        features = np.zeros(size, np.float32)
        called.call("extract", called.workspace, window, features)
        np.testing.assert_array_equal(features, wanted)


def dense_model(size):
    import tensorflow as tf

    layers = [tf.keras.layers.Input((size,)), tf.keras.layers.Dense(2, activation="softmax")]
    return tf.lite.TFLiteConverter.from_keras_model(tf.keras.Sequential(layers)).convert()


def compose(**changes):
    scaler, tflite = tiny.trained()
    name = changes.pop("model_name", "thimble_model")
    arguments = {
        "spec": tiny.spec(),
        "scaler": scaler,
        "model": compile_model(tflite["int8"], name),
        "labels": tiny.LABELS,
        "name": "thimble",
        **changes,
    }
    return build_library(**arguments)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"labels": ("a", "b")}, "labels: the model has 3 outputs for 2 labels"),
        ({"name": "Thimble"}, "name: 'Thimble' cannot name a C library"),
        ({"name": "x", "model_name": "x"}, "name: the model's own files are called 'x'"),
        (
            {"scaler": tiny.TinyScaler(np.zeros(4, np.float32), np.ones(4, np.float32))},
            "scaler: mean has 4 values",
        ),
        (
            {"scaler": tiny.TinyScaler(np.full(63, np.inf, np.float32), np.ones(63, np.float32))},
            "scaler: mean holds a value that is no finite",
        ),
        (
            {"spec": load_spec(tiny.spec_document([{"block": "raw", "name": "motion"}]))},
            "the model takes 63 values, the features are 192",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused(changes, message):
    with pytest.raises(CompileError, match=message):
        compose(**changes)


def test_the_same_inputs_give_the_same_text():
    assert compose().files == compose().files


# ---- text from people ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["", "9a", "a b", "int", "class", "main", "A", "a\n", "é", "x" * 41, "a-b", "_a"]
)
def test_a_name_that_c_or_cpp_would_misread_is_refused(name):
    with pytest.raises(CompileError, match="name"):
        checked_identifier(name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("My gesture #2", "my_gesture_2"),
        ("", "thimble"),
        ("123", "thimble_123"),
        ("int", "int_model"),
        ("変", "thimble"),
    ],
)
def test_any_text_gives_a_name_that_resembles_it(text, name):
    assert checked_identifier(identifier_from(text)) == name


def test_text_in_comments_and_strings_cannot_leave_them():
    text = 'end */ of "it" \\ ??/ \n\r\x00 変 // %s'
    assert not set('*/\\"?\n\r\x00') & set(comment_text(text))
    literal = string_literal(text)[1:-1]
    assert '"' not in literal
    assert "?" not in literal
    assert literal.isascii()
    assert literal.isprintable()
