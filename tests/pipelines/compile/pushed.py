"""A program around a library: samples pushed in pieces, beside every window classified as a whole.

It is built with sanitizers, compares bit for bit, and counts how often each feature block's function is called while
samples are pushed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np

from pipelines.compile import compile_model
from pipelines.compile.library import build_library
from pipelines.spec import load_spec
from tests.pipelines.compile.builder import ModelBuilder, options
from tests.tiny import TinyScaler

WARNINGS = ("-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror")
SANITIZERS = ("-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
LABELS = ("a", "b", "c")

_MAIN = """
#include "thimble_continuous.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int counting;
@COUNTERS@
#define CHANNELS THIMBLE_CHANNELS
static thimble_workspace workspace;
static thimble_continuous continuous;
static float *samples;
static int32_t total;
static int results;
static int differing;

/* The window that ends there, classified as a whole. */
static thimble_decision decision;

static void on_result(void *context, const thimble_result *result)
{
    const int32_t start = results * THIMBLE_STRIDE_LENGTH;
    float probabilities[THIMBLE_CLASSES];
    float smoothed[THIMBLE_CLASSES];
    static thimble_workspace other;
    int answer;
    counting = 0;
    thimble_classify(&other, samples + start * CHANNELS, probabilities);
    answer = thimble_decide(&decision, probabilities, smoothed);
    counting = 1;
    differing += context != &results || result->answer != answer || result->end != start + THIMBLE_WINDOW_LENGTH ||
                 memcmp(result->probabilities, probabilities, sizeof probabilities) != 0 ||
                 memcmp(result->smoothed, smoothed, sizeof smoothed) != 0;
    results++;
}

/* Standard input: how many points, their samples as int16, how many pushes, their sizes. Argument: "float", "int16". */
int main(int argc, char **argv)
{
    int16_t *integers;
    int32_t pushes;
    int32_t done = 0;
    int32_t i;
    if (argc != 2 || fread(&total, 4, 1, stdin) != 1) {
        return 2;
    }
    integers = (int16_t *)malloc((size_t)total * CHANNELS * 2);
    samples = (float *)malloc((size_t)total * CHANNELS * 4);
    if (fread(integers, 2, (size_t)total * CHANNELS, stdin) != (size_t)total * CHANNELS ||
        fread(&pushes, 4, 1, stdin) != 1) {
        return 2;
    }
    for (i = 0; i < total * CHANNELS; i++) {
        samples[i] = (float)integers[i] / 32768.0f;
    }
    memset(&continuous, 0x7f, sizeof continuous);
    thimble_decision_start(&decision);
    thimble_continuous_start(&continuous, &workspace, on_result, &results);
    counting = 1;
    for (i = 0; i < pushes; i++) {
        int32_t count;
        if (fread(&count, 4, 1, stdin) != 1) {
            return 2;
        }
        memset(&workspace, 0x55, sizeof workspace); /* between pushes it may be used by others */
        if (argv[1][0] == 'f') {
            /* A copy of exactly that size: reading beyond it is found. */
            float *piece = (float *)malloc((size_t)count * CHANNELS * 4 + 1);
            memcpy(piece, samples + done * CHANNELS, (size_t)count * CHANNELS * 4);
            thimble_continuous_push(&continuous, piece, count);
            free(piece);
        } else {
            thimble_continuous_push_int16(&continuous, integers + done * CHANNELS, count);
        }
        done += count;
    }
    printf("{\\"results\\": %d, \\"differing\\": %d, \\"kept_bytes\\": %d, \\"size\\": %d@PRINTED@}\\n", results, differing,
           THIMBLE_CONTINUOUS_BYTES, (int)sizeof continuous@VALUES@);
    free(integers);
    free(samples);
    return done == total ? 0 : 2;
}
"""

_COUNTER = """
static int calls_of_{0};
void __real_{0}(const void *config, const float *window, float *features, float *scratch);
void __wrap_{0}(const void *config, const float *window, float *features, float *scratch);
void __wrap_{0}(const void *config, const float *window, float *features, float *scratch)
{{
    calls_of_{0} += counting;
    __real_{0}(config, window, features, scratch);
}}
"""


def pipeline(features, channels=("x",), rate_hz=1000, window=500, stride=100, smooth=3):
    """A pipeline with windows of so many points in time."""
    return load_spec(
        {
            "input": {
                "channels": channels,
                "sample_rate_hz": rate_hz,
                "window_ms": 1000 * window / rate_hz,
                "stride_ms": 1000 * stride / rate_hz,
            },
            "features": features,
            "learning": [
                {"block": "classifier", "name": "it", "inputs": [feature["name"] for feature in features]}
            ],
            "postprocess": {"smooth_windows": smooth, "threshold": 0.4},
        }
    )


def library_of(spec, name="thimble"):
    """The pipeline's library with one random dense layer."""
    random = np.random.default_rng(7)
    blocks = spec.feature_blocks()
    size = sum(blocks[feature].output_size for feature in spec.learning[0].inputs)
    columns = spec.model_input_shape(spec.learning[0])[-1]
    builder = ModelBuilder()
    source = builder.tensor((1, size), "float32")
    weights = builder.constant(random.normal(0, 0.3, (len(LABELS), size)), "float32")
    dense, target = (builder.tensor((1, len(LABELS)), "float32") for _ in range(2))
    builder.operator("FULLY_CONNECTED", [source, weights, -1], [dense], options("FullyConnected"))
    builder.operator("SOFTMAX", [dense], [target], options("Softmax", beta=1.0))
    scaler = TinyScaler(
        random.normal(0, 0.1, columns).astype(np.float32), random.uniform(0.5, 2, columns).astype(np.float32)
    )
    model = compile_model(builder.finish([source], [target]), f"{name}_model")
    return build_library(spec, scaler, model, LABELS, name)


class Pushed:
    """The program of a library called ``thimble``, built once in ``folder``; with a random layer, where none is given."""

    def __init__(self, spec, folder: Path, library=None, flags=SANITIZERS) -> None:
        self.channels = len(spec.input.channels)
        self.spec = spec
        self.folder = folder
        library = library or library_of(spec)
        blocks = spec.feature_blocks()
        parts = [blocks[name].c_part("config") for name in spec.learning[0].inputs]
        self.functions = sorted({part.function for part in parts})
        text = _MAIN.replace("@COUNTERS@", "".join(_COUNTER.format(name) for name in self.functions))
        text = text.replace("@PRINTED@", "".join(f', \\"{name}\\": %d' for name in self.functions))
        text = text.replace("@VALUES@", "".join(f", calls_of_{name}" for name in self.functions))
        for name, content in {**library.files, "main.c": text}.items():
            (folder / name).write_text(content)
        sources = [name for name in library.files if name.endswith(".c")]
        wraps = [f"-Wl,--wrap={name}" for name in self.functions]
        strict = ["-std=c99", *WARNINGS, "-ffp-contract=off"]
        run(["gcc", *strict, *flags, *wraps, "main.c", *sources, "-o", "program"], folder)

    def push(self, samples, sizes, kind="float"):
        """Push ``int16[total, channels]`` in pieces of these sizes; what the program found."""
        content = b"".join(
            [
                np.int32(len(samples)).tobytes(),
                np.ascontiguousarray(samples, np.int16).tobytes(),
                np.int32(len(sizes)).tobytes(),
                np.asarray(sizes, np.int32).tobytes(),
            ]
        )
        return json.loads(run([str(self.folder / "program"), kind], self.folder, content))

    def expected_calls(self, total: int) -> dict[str, int]:
        """How often each function has to be called for so many points, each frame of a window once."""
        window, stride = self.spec.input.window_length, self.spec.input.stride_length
        calls = dict.fromkeys(self.functions, 0)
        for name in self.spec.learning[0].inputs:
            block = self.spec.feature_blocks()[name]
            function = block.c_part("config").function
            frames = block.c_frames("config", stride)
            if frames is None:
                calls[function] += max(0, (total - window) // stride + 1)
                continue
            starts = {
                start
                for first in range(0, total, stride)
                for start in range(first, first + frames.count * frames.stride, frames.stride)
            }
            calls[function] += sum(start + frames.length <= total for start in starts)
        return calls


def run(command, folder: Path, content: bytes = b"") -> str:
    result = subprocess.run(command, cwd=folder, input=content, capture_output=True, timeout=120, check=False)
    assert result.returncode == 0, f"{result.stdout.decode()}\n{result.stderr.decode()[-6000:]}"
    return result.stdout.decode()


def has(*programs: str) -> bool:
    return all(shutil.which(program) for program in programs)
