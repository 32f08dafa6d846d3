"""Unpacked TensorFlow.js packages, a Chromium with WebGL and a microphone, and the answers of every backend."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from deploy_targets.bundle import DeployBundle
from deploy_targets.model_files import features_of
from deploy_targets.package import build_deployment
from deploy_targets.tfjs.target import TfjsTarget
from pipelines.learn.runtime import keras
from tests.browser.launch import CHROMIUM, CHROMIUM_FLAGS
from tests.deploy_targets.unpacked import unpacked

BACKENDS = ("webgl", "wasm", "cpu")
READY = "body[data-ready]"

_FLAGS = [
    *CHROMIUM_FLAGS,
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]

_ANSWERS = """async ([backend, batch]) => {
  const { load } = await import("/index.js");
  const { chooseBackend } = await import("/demo/backends.js");
  await chooseBackend(backend);
  if (tf.getBackend() !== backend) {
    throw new Error(`it runs on ${tf.getBackend()}`);
  }
  const classifier = await load(tf);
  const windows = new Float32Array(await (await fetch("/windows.f32")).arrayBuffer());
  const { windowLength, channels } = classifier.metadata;
  const floats = windowLength * channels.length;
  const features = [];
  for (let i = 0; i < windows.length; i += floats) {
    features.push(...classifier.extract(windows.subarray(i, i + floats)));
  }
  const probabilities = [];
  for (let i = 0; i < features.length; i += batch * classifier.featureCount) {
    probabilities.push(...(await classifier.predict(features.slice(i, i + batch * classifier.featureCount))));
  }
  classifier.dispose();
  return { bits: Array.from(new Uint32Array(Float32Array.from(features).buffer)), probabilities };
}"""


def package_of(bundle: DeployBundle, folder: Path, **options: object) -> Path:
    """Build the package and unpack it below ``folder``."""
    target = TfjsTarget()
    chosen = target.Options.model_validate(options)
    path = build_deployment(target, bundle, chosen, lambda share, message: None, folder / "package.zip")
    shutil.rmtree(folder / "package", ignore_errors=True)
    return unpacked(path, folder / "package")


@contextmanager
def chromium_with_sensors(sound: Path | None = None) -> Iterator[Browser]:
    """Chromium with WebGL in software; its microphone hears the WAV file, over and over."""
    heard = [f"--use-file-for-fake-audio-capture={sound}"] if sound else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*_FLAGS, *heard])
        yield browser
        browser.close()


def keras_answers(bundle: DeployBundle, windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The server's normalised features of windows ``[n, length, channels]``, and what Keras makes of them."""
    features = bundle.scaler.apply(features_of(bundle, windows))
    model = keras().models.load_model(bundle.artifact("model.keras"), compile=False)
    return features, np.asarray(model.predict_on_batch(features))


def page_answers(page: Page, package: Path, windows: np.ndarray, backend: str, batch: int = 100):
    """Features and probabilities of windows on a backend, in a page that is open on the package's own server."""
    (package / "windows.f32").write_bytes(np.ascontiguousarray(windows, "<f4").tobytes())
    found = page.evaluate(_ANSWERS, [backend, batch])
    features = np.array(found["bits"], np.uint32).view(np.float32)
    count = len(windows)
    return features.reshape(count, -1), np.array(found["probabilities"], np.float32).reshape(count, -1)
