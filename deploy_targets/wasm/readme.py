"""The README of a WebAssembly package, written for one model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template

from deploy_targets.bundle import DeployBundle
from deploy_targets.interface import is_sound, readme_values

_TEMPLATE = Path(__file__).parent / "templates" / "README.md"

_SOUND = """
Sound, on the audio thread (resampled where the microphone has another rate):

```js
import { createAudioNode } from "$package";

const context = new AudioContext();
const node = await createAudioNode(context, { onResult: ({ label }) => console.log(label) });
context.createMediaStreamSource(await navigator.mediaDevices.getUserMedia({ audio: true })).connect(node);
```
"""

_DEMO = """
The page in `demo/` shows live results. Serve this folder and open `/demo/`; microphones and motion sensors need
`localhost` or HTTPS:

```sh
python3 -m http.server 8000    # http://localhost:8000/demo/
```
"""


def readme_text(bundle: DeployBundle, package: str, modules: Mapping[str, bytes], has_demo: bool) -> str:
    """How to add, wire and call this package, and what the model gets right."""
    values = {
        **readme_values(bundle),
        "package": package,
        "plain_kb": f"{len(modules['pipeline.wasm']) / 1000:.0f}",
        "simd_kb": f"{len(modules['pipeline-simd.wasm']) / 1000:.0f}",
        "sound": Template(_SOUND).substitute(package=package) if is_sound(bundle) else "",
        "demo": _DEMO if has_demo else "",
    }
    return Template(_TEMPLATE.read_text()).substitute(values)
