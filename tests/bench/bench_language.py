"""Converting a language model of 1.24 billion parameters (2.5 GB of bfloat16): memory and speed, the process as a whole."""

from __future__ import annotations

import shutil
import tempfile
import unittest
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figure import Figure
from tests.synthetic_language import ONE_BILLION, converted, write_model

NEEDED_BYTES = 8_000_000_000


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if shutil.disk_usage(folder).free < NEEDED_BYTES:
            raise unittest.SkipTest(f"{folder} has less than {NEEDED_BYTES / 1e9:.0f} GB free")
        write_model(folder / "model", ONE_BILLION)
        for form in ("q4f16_1", "q0f16", "q4_0", "q8_0"):
            took = converted(folder / "model", folder / "out", form)
            shutil.rmtree(folder / "out")
            note = f"{took.bytes / 1e9:.2f} GB in {took.seconds:.1f} s"
            yield Figure(
                f"language model to {form}, peak memory", took.peak_bytes / 1e6, "MB", at_most=2000, note=note
            )
            yield Figure(
                f"language model to {form}", took.megabytes_a_second, "MB/s", at_least=100, note=note
            )
