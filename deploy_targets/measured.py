"""What a library takes on a board, measured once and remembered."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from typing import Any

from pipelines.compile.library import Library
from pipelines.profile.boards import Board
from pipelines.profile.compile_for import toolchain_for
from pipelines.profile.measurement import measure
from pipelines.signals import FloatArray, hash_json
from pipelines.spec import CompileSpec
from pipelines.toolchain import cache_folder


def profile_of(library: Library, board: Board, window: FloatArray, chosen: CompileSpec) -> Mapping[str, Any]:
    """``Profile.as_json()`` of a library on a board, from one window; from the cache where it was measured before.

    Raises:
        ProfileError: it cannot be measured here.
    """
    toolchain = toolchain_for(chosen)
    identity = [dict(library.files), board.identity(), toolchain.title, toolchain.optimisation]
    key = hash_json([identity, window.astype("<f4").tobytes().hex()])
    path = cache_folder() / "profiles" / f"{key}.json"
    try:
        found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        found = measure(library, board, window, toolchain).as_json()
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
            json.dump(found, file)
        os.replace(file.name, path)
    return found
