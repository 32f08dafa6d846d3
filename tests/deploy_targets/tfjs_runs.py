"""Unpacked TensorFlow.js packages, a Chromium with WebGL and a microphone, and the answers of every backend."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page

from deploy_targets.bundle import DeployBundle
from deploy_targets.model_files import features_of
from deploy_targets.package import build_deployment
from deploy_targets.tfjs.target import TfjsTarget
from pipelines.learn.runtime import keras
from tests.browser.launch import running_chromium
from tests.deploy_targets.unpacked import unpacked

BACKENDS = ("webgl", "wasm", "cpu")
READY = "body[data-ready]"

_FLAGS = [
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]

_EXTRACT = """
  const { load } = await import("/index.js");
  const classifier = await load(tf);
  const windows = new Float32Array(await (await fetch("/windows.f32")).arrayBuffer());
  const { windowLength, channels } = classifier.metadata;
  const floats = windowLength * channels.length;
  const features = new Float32Array((windows.length / floats) * classifier.featureCount);
  for (let i = 0; i * floats < windows.length; i++) {
    features.set(classifier.extract(windows.subarray(i * floats, (i + 1) * floats)), i * classifier.featureCount);
  }
"""

_FEATURES = f"""async () => {{
  {_EXTRACT}
  return Array.from(new Uint32Array(features.buffer));
}}"""

_ANSWERS = f"""async ([backend, batch]) => {{
  const {{ chooseBackend }} = await import("/demo/backends.js");
  await chooseBackend(backend);
  if (tf.getBackend() !== backend) {{
    throw new Error(`it runs on ${{tf.getBackend()}}`);
  }}
  {_EXTRACT}
  const probabilities = [];
  for (let i = 0; i < features.length; i += batch * classifier.featureCount) {{
    probabilities.push(...(await classifier.predict(features.slice(i, i + batch * classifier.featureCount))));
  }}
  classifier.dispose();
  return probabilities;
}}"""


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
    with running_chromium(*_FLAGS, *heard) as browser:
        yield browser


def keras_answers(bundle: DeployBundle, windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The server's normalised features of windows ``[n, length, channels]``, and what Keras makes of them."""
    features = bundle.scaler.apply(features_of(bundle, windows))
    model = keras().models.load_model(bundle.artifact("model.keras"), compile=False)
    return features, np.asarray(model.predict_on_batch(features))


def put_windows(package: Path, windows: np.ndarray) -> None:
    """Leave windows ``float32[n, length, channels]`` for the two functions below."""
    (package / "windows.f32").write_bytes(np.ascontiguousarray(windows, "<f4").tobytes())


def page_features(page: Page) -> np.ndarray:
    """The normalised features of all windows, in one row, in a page that is open on the package's own server."""
    return np.array(page.evaluate(_FEATURES), np.uint32).view(np.float32)


def page_answers(page: Page, classes: int, backend: str, batch: int = 100) -> np.ndarray:
    """The probabilities ``[n, classes]`` of all windows on a backend, so many windows at once."""
    return np.array(page.evaluate(_ANSWERS, [backend, batch]), np.float32).reshape(-1, classes)
