"""What runs language models in a browser, in a real Chromium: web-runtime's loader and wllama, from their npm packages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.launch import CHROMIUM, ROOT, running_chromium
from tests.deploy_targets.static_server import static_server

NODE_MODULES = ROOT / "deploy_targets" / "browser" / "node_modules"
PAGE = """<!doctype html>
<script src="web-runtime/lib/index.js"></script>
<script type="module">
import { Wllama, LoggerWithoutDebug } from "./wllama/esm/index.js"

// Only the instance's memory is ours, which a compiled model brings: the loader, its checks, its cache are web-runtime's.
window.readTensors = async (folder) => {
  const tensors = {}
  const loader = Object.create(tvmjs.Instance.prototype)
  const bytesAValue = { float32: 4, float16: 2, uint32: 4 }
  Object.assign(loader, {
    initProgressCallback: [],
    env: { logger: (text) => console.error(text) },
    withNewScope: (make) => make(),
    detachFromCurrentScope: (tensor) => tensor,
    empty: (shape, dtype) => {
      const count = shape.reduce((product, size) => product * size, 1)
      return { shape, dtype, bytes: new Uint8Array(count * bytesAValue[dtype]), dispose() {} }
    },
    cpu: () => ({ deviceType: 1 }),
    tensorCacheUpdate: (name, tensor) => { tensors[name] = tensor },
    ctx: {
      arrayDecodeStorage: (tensor, bytes, format, dtype) => {
        if (format === "f32-to-bf16" && dtype === "float32") {
          for (let i = 0; i < bytes.length / 2; i++) tensor.bytes.set(bytes.subarray(2 * i, 2 * i + 2), 4 * i + 2)
        } else if (bytes.length === tensor.bytes.length) {
          tensor.bytes.set(bytes)
        } else throw Error("a record of another size than its tensor")
      },
    },
  })
  await loader.fetchTensorCache(new URL(folder, location.href).href, { deviceType: 1 }, "test-" + folder)
  const hexadecimal = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
  const cached = await tvmjs.hasTensorInCache(new URL(folder, location.href).href, "test-" + folder)
  return {
    cached,
    metadata: loader.cacheMetadata,
    tensors: Object.fromEntries(Object.entries(tensors).map(
      ([name, { shape, dtype, bytes }]) => [name, { shape, dtype, bytes: hexadecimal(bytes) }])),
  }
}

window.complete = async (files, prompts, count) => {
  const blobs = []
  for (const file of files) blobs.push(await (await fetch(file)).blob())
  const wllama = new Wllama({ default: "wllama/esm/wasm/wllama.wasm" }, { logger: LoggerWithoutDebug })
  await wllama.loadModel(blobs, {
    n_ctx: 256, n_threads: 1, n_gpu_layers: 0, cache_type_k: "f32", cache_type_v: "f32", flash_attn: false, warmup: false,
  })
  const answers = []
  for (const prompt of prompts) {
    const result = await wllama.createCompletion({ prompt, max_tokens: count, temperature: 0, logprobs: 1 })
    answers.push({ ...result.choices[0], prompt_tokens: result.usage.prompt_tokens })
  }
  await wllama.exit()
  return answers
}
window.ready = true
</script>
"""


def what_is_missing() -> str:
    """Why nothing of this can be tried here; empty where it can."""
    if CHROMIUM is None:
        return "Chromium is not installed"
    if not (NODE_MODULES / "@wllama" / "wllama").exists():
        return "the npm packages of exported pages are not installed: make setup"
    return ""


@contextmanager
def page_beside(folder: Path) -> Iterator[Page]:
    """A page that is served together with the files of a folder."""
    (folder / "index.html").write_text(PAGE)
    (folder / "web-runtime").symlink_to(NODE_MODULES / "@mlc-ai" / "web-runtime")
    (folder / "wllama").symlink_to(NODE_MODULES / "@wllama" / "wllama")
    with static_server(folder) as address, running_chromium() as browser:
        page = browser.new_page()
        page.goto(address)
        page.wait_for_function("window.ready")
        yield page
