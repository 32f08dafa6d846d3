"""A language model as GGUF, as llama.cpp and wllama load it: see :func:`convert_to_gguf`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pipelines.language.errors import Progress
from pipelines.language.model_folder import LanguageModel

Kind = Literal["q8_0", "q4_0", "f16"]
SPLIT_BYTES = 512 << 20
"""wllama asks for files of at most 512 MB: it loads them in parallel, and a browser's ArrayBuffer ends at 2 GB."""


def convert_to_gguf(
    model: LanguageModel,
    kind: Kind,
    out: Path,
    progress: Progress = lambda done_bytes, all_bytes: None,
    split_bytes: int = SPLIT_BYTES,
) -> list[Path]:
    """Write ``model.gguf``, or ``model-00001-of-0000N.gguf`` and so on, into ``out``.

    Args:
        out: a folder that is absent or empty; it is there whole afterwards, or (after an error) not at all.
        progress: told the bytes of weights that were read, and how many there are.
        split_bytes: the most tensor bytes a file may have, where no single tensor is larger.

    Returns:
        The files, in their order.

    Raises:
        LanguageModelError: a tensor holds numbers that are not finite, or ``out`` is not empty.
    """
    raise NotImplementedError
