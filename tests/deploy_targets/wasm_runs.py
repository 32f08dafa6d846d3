"""Unpacked WebAssembly packages, and all answers of one to many windows: in Node and in Chromium."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np

from deploy_targets.bundle import DeployBundle
from deploy_targets.package import build_deployment
from deploy_targets.wasm.target import WasmTarget
from tests.deploy_targets.unpacked import unpacked

_ALL = """
export async function answers(load, floats, simd) {
  const classifier = await load({ simd });
  const { windowLength, channels, labels } = classifier.metadata;
  const length = windowLength * channels.length;
  const found = new Float32Array((floats.length / length) * labels.length);
  for (let i = 0; i * length < floats.length; i++) {
    found.set(classifier.classify(floats.subarray(i * length, (i + 1) * length)).probabilities, i * labels.length);
  }
  return found;
}
"""

_NODE = """
import { readFileSync, writeFileSync } from "node:fs";
import { load } from "./index.js";
import { answers } from "./all.js";
const bytes = readFileSync("windows.bin");
const floats = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
for (const simd of [false, true]) {
  writeFileSync(`answers-${simd}.bin`, new Uint8Array((await answers(load, floats, simd)).buffer));
}
"""

_PAGE = """async (simd) => {
  const { load } = await import("/index.js");
  const { answers } = await import("/all.js");
  const response = await fetch("/windows.bin");
  const found = await answers(load, new Float32Array(await response.arrayBuffer()), simd);
  return Array.from(new Uint32Array(found.buffer));
}"""


def package_of(bundle: DeployBundle, folder: Path, **options: object) -> Path:
    """Build the package and unpack it below ``folder``."""
    target = WasmTarget()
    chosen = target.Options.model_validate(options)
    path = build_deployment(target, bundle, chosen, lambda share, message: None, folder / "package.zip")
    return unpacked(path, folder / "package")


def put_windows(package: Path, windows: np.ndarray) -> None:
    """Leave windows ``float32[n, length, channels]`` for the two functions below."""
    (package / "windows.bin").write_bytes(np.ascontiguousarray(windows, "<f4").tobytes())
    (package / "all.js").write_text(_ALL)
    (package / "all-node.js").write_text(_NODE)


def node_answers(package: Path, classes: int) -> dict[bool, np.ndarray]:
    """Probabilities by whether vectors are used, computed by Node."""
    subprocess.run(["node", "all-node.js"], cwd=package, check=True, timeout=120)
    return {
        simd: np.frombuffer((package / f"answers-{str(simd).lower()}.bin").read_bytes(), "<f4").reshape(
            -1, classes
        )
        for simd in (False, True)
    }


def page_answers(page, classes: int) -> dict[bool, np.ndarray]:
    """The same, computed by a page that is open on the package's own server."""
    return {
        simd: np.array(page.evaluate(_PAGE, simd), np.uint32).view(np.float32).reshape(-1, classes)
        for simd in (False, True)
    }


def differing_bytes(first: np.ndarray, second: np.ndarray) -> int:
    """How many bytes of two arrays of float32 differ."""
    assert first.shape == second.shape
    a, b = (np.ascontiguousarray(each, "<f4").view(np.uint8) for each in (first, second))
    return int((a != b).sum())
