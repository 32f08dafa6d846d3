"""Language models of any size with random weights, and their conversion in a process of its own that is measured."""

from __future__ import annotations

import json
import math
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipelines.language.architecture import architecture_of
from pipelines.language.number_formats import bfloat16_of_float32
from tests.language import CONFIG, tokenizer_json

ONE_BILLION = {
    **CONFIG,
    "hidden_size": 2048,
    "intermediate_size": 8192,
    "num_hidden_layers": 16,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "vocab_size": 128_256,
    "max_position_embeddings": 131_072,
    "tie_word_embeddings": True,
}
"""The sizes of Llama 3.2 1B: 1.24 billion parameters."""

_CONVERSION = """
import json, sys, time
from pathlib import Path
from pipelines.language.model_folder import open_model
from pipelines.language.{module} import {function}
folder, form, out = sys.argv[1:]
started = time.monotonic()
model = open_model(Path(folder))
{function}(model, form, Path(out))
seconds = time.monotonic() - started
# that of this program alone: the process's own count includes what its parent had before
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps({{"seconds": seconds, "peak_bytes": int(peak.split()[1]) * 1024, "bytes": model.weight_bytes}}))
"""


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a conversion took."""

    seconds: float
    peak_bytes: int
    bytes: int

    @property
    def megabytes_a_second(self) -> float:
        """Of weights that were read."""
        return self.bytes / self.seconds / 1e6


def write_model(folder: Path, config: dict[str, object]) -> None:
    """A folder with random bfloat16 weights; written piece by piece, so that it may be larger than the memory."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer_json()))
    shapes = architecture_of(config).tensor_shapes()
    header: dict[str, object] = {}
    end = 0
    for name, shape in shapes.items():
        start, end = end, end + 2 * math.prod(shape)
        header[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [start, end]}
    text = json.dumps(header).encode()
    noise = np.random.default_rng(3).normal(0, 0.02, 1 << 22).astype(np.float32)
    block = bfloat16_of_float32(noise).astype("<u2").tobytes()
    with (folder / "model.safetensors").open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for left in range(end, 0, -len(block)):
            file.write(block[:left])


def converted(folder: Path, out: Path, form: str) -> Conversion:
    """Convert to one of MLC's or GGUF's forms (``q4f16_1``, ``q8_0``), in a process of its own."""
    mlc = form.startswith(("q4f", "q0f"))
    module, function = ("mlc", "convert_to_mlc") if mlc else ("gguf_file", "convert_to_gguf")
    script = _CONVERSION.format(module=module, function=function)
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder), form, str(out)],
        check=True,
        capture_output=True,
        text=True,
    )
    return Conversion(**json.loads(done.stdout))
