"""Parameters in files of at most 32 MiB, and the ``tensor-cache.json`` that says where each one lies.

Source: Apache TVM, ``tvmjs.py`` (``dump_tensor_cache``) and ``web/src/artifact_cache.ts``: parameters are laid one after
another until a file would reach 32 MiB; one of half of that or more, that does not fit, has a file of its own, of any
size. float32 is stored as bfloat16, which the format ``f32-to-bf16`` says of all records.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SHARD_BYTES = 32 << 20
_BYTES_A_VALUE = {"uint32": 4, "float16": 2, "float32": 2}
"""As stored."""
CACHE_FILE = "tensor-cache.json"


@dataclass
class ShardWriter:
    """Writes ``params_shard_N.bin`` into a folder, a parameter at a time, each in pieces."""

    folder: Path
    shards: list[dict[str, Any]] = field(default_factory=list)
    sha256: dict[str, str] = field(default_factory=dict)
    pending: bytearray = field(default_factory=bytearray)
    records: list[dict[str, Any]] = field(default_factory=list)
    in_memory_bytes: int = 0

    def add(
        self, name: str, shape: tuple[int, ...], dtype: str, pieces: Iterable[bytes | memoryview]
    ) -> None:
        """Write a parameter whose bytes come in pieces.

        Raises:
            ValueError: the pieces are not as many bytes as the shape and type say.
        """
        nbytes = math.prod(shape) * _BYTES_A_VALUE[dtype]
        self.in_memory_bytes += math.prod(shape) * (2 if dtype == "float16" else 4)
        record = {
            "name": name,
            "shape": list(shape),
            "dtype": dtype,
            "format": "f32-to-bf16",
            "nbytes": nbytes,
        }
        if len(self.pending) + nbytes >= SHARD_BYTES:
            if 2 * nbytes >= SHARD_BYTES:
                self._write(pieces, [{**record, "byteOffset": 0}], nbytes)
                return
            self._flush()
        start = len(self.pending)
        self.records.append({**record, "byteOffset": start})
        for piece in pieces:
            self.pending += piece
        if len(self.pending) - start != nbytes:
            raise ValueError(f"{name}: {len(self.pending) - start} bytes instead of {nbytes}")

    def finish(self, parameters: int) -> dict[str, Any]:
        """Write what is left and ``tensor-cache.json``; returns its ``metadata``."""
        self._flush()
        metadata = {
            "ParamSize": sum(len(shard["records"]) for shard in self.shards),
            "ParamBytes": float(self.in_memory_bytes),
            "BitsPerParam": self.in_memory_bytes * 8 / parameters,
        }
        text = json.dumps({"metadata": metadata, "records": self.shards}, indent=1) + "\n"
        (self.folder / CACHE_FILE).write_text(text)
        return metadata

    def _flush(self) -> None:
        if self.pending:
            self._write([memoryview(self.pending)], self.records, len(self.pending))
            self.pending, self.records = bytearray(), []

    def _write(
        self, pieces: Iterable[bytes | memoryview], records: list[dict[str, Any]], nbytes: int
    ) -> None:
        name = f"params_shard_{len(self.shards)}.bin"
        # MLC's own readers compare it; it protects against accidents, not against people
        md5, sha256 = hashlib.md5(usedforsecurity=False), hashlib.sha256()
        written = 0
        with (self.folder / name).open("wb") as file:
            for piece in pieces:
                written += file.write(piece)
                md5.update(piece)
                sha256.update(piece)
        if written != nbytes:
            raise ValueError(f"{name}: {written} bytes instead of {nbytes}")
        self.sha256[name] = sha256.hexdigest()
        self.shards.append(
            {
                "dataPath": name,
                "format": "raw-shard",
                "nbytes": nbytes,
                "records": records,
                "md5sum": md5.hexdigest(),
            }
        )
