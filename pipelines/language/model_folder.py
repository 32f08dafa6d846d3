"""A publisher's folder of a language model: ``config.json``, ``*.safetensors``, ``tokenizer.json``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from pipelines.language.architecture import Architecture, architecture_of
from pipelines.language.errors import LanguageModelError
from pipelines.language.json_file import read_json
from pipelines.language.safetensors_file import WEIGHT_TYPES, StoredTensor, read_header
from pipelines.language.tokenizer import Tokenizer, read_tokenizer

__all__ = ["LanguageModel", "LanguageModelError", "open_model"]

_INDEX = "model.safetensors.index.json"
_NEVER_NEEDED = ("rotary_emb.inv_freq", "attn.masked_bias", "attn.bias")
"""Ends of names of tensors that old files carry and that are computed."""


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A folder that was found sound: every tensor of its network is there, in the shape and type that it should have.

    The numbers themselves are checked as they are read.

    Args:
        folder: where it lies.
        config: its ``config.json``.
        architecture: what that describes.
        tensors: every tensor of the network, in its order.
        tokenizer: text to numbers and back.
        generation: its ``generation_config.json``; empty where there is none.
        stop_token_ids: the tokens after which a text is over.
    """

    folder: Path
    config: Mapping[str, Any]
    architecture: Architecture
    tensors: Mapping[str, StoredTensor]
    tokenizer: Tokenizer
    generation: Mapping[str, Any]
    stop_token_ids: tuple[int, ...]

    @property
    def parameters(self) -> int:
        """How many numbers it has learned."""
        return sum(prod(tensor.shape) for tensor in self.tensors.values())

    @property
    def weight_bytes(self) -> int:
        """How many bytes of weights the files hold."""
        return sum(tensor.nbytes for tensor in self.tensors.values())


def open_model(folder: Path) -> LanguageModel:
    """Look at a folder and check it, without reading the weights.

    Raises:
        LanguageModelError: a file is missing, damaged or of a kind that is not supported.
    """
    if not folder.is_dir():
        raise LanguageModelError("folder", f"{folder} is no folder")
    config = read_json(folder / "config.json")
    architecture = architecture_of(config)
    generation_path = folder / "generation_config.json"
    generation = read_json(generation_path) if generation_path.exists() else {}
    tokenizer = read_tokenizer(folder)
    if tokenizer.vocabulary_size > architecture.vocabulary:
        raise LanguageModelError(
            "tokenizer.json",
            f"has {tokenizer.vocabulary_size:,} tokens, but the model only knows {architecture.vocabulary:,}; "
            "they do not belong together",
        )
    return LanguageModel(
        folder=folder,
        config=config,
        architecture=architecture,
        tensors=_tensors(folder, architecture),
        tokenizer=tokenizer,
        generation=generation,
        stop_token_ids=_stop_token_ids(generation, config, tokenizer, architecture.vocabulary),
    )


def _stop_token_ids(
    generation: Mapping[str, Any], config: Mapping[str, Any], tokenizer: Tokenizer, vocabulary: int
) -> tuple[int, ...]:
    """What the publisher lists, else the tokenizer's end-of-text token."""
    for source in (generation, config):
        listed = source.get("eos_token_id")
        ids = listed if isinstance(listed, list) else [] if listed is None else [listed]
        for token in ids:
            if isinstance(token, bool) or not isinstance(token, int) or not 0 <= token < vocabulary:
                raise LanguageModelError("eos_token_id", f"{token!r} is the number of no token")
        if ids:
            return tuple(ids)
    return () if tokenizer.end_of_text_id is None else (tokenizer.end_of_text_id,)


def _tensors(folder: Path, architecture: Architecture) -> dict[str, StoredTensor]:
    stored = _stored_tensors(folder)
    expected = architecture.tensor_shapes()
    for name in expected:
        if name not in stored:
            raise LanguageModelError(name, "is missing from the safetensors files")
        tensor = stored[name]
        if tensor.dtype not in WEIGHT_TYPES:
            raise LanguageModelError(
                name, f"is {tensor.dtype}; weights must be one of {', '.join(WEIGHT_TYPES)}"
            )
        if tensor.shape != expected[name]:
            raise LanguageModelError(
                name, f"has the shape {list(tensor.shape)}, but config.json says {list(expected[name])}"
            )
    for name in stored.keys() - expected.keys():
        if not name.endswith(_NEVER_NEEDED) and not (name == "lm_head.weight" and architecture.tied):
            raise LanguageModelError(
                name, f"is no tensor of a {architecture.family.id}; does config.json belong to it?"
            )
    return {name: stored[name] for name in expected}


def _stored_tensors(folder: Path) -> dict[str, StoredTensor]:
    """The tensors of all files of the folder, by name."""
    single = folder / "model.safetensors"
    if not (folder / _INDEX).exists():
        if not single.exists():
            raise LanguageModelError(
                "model.safetensors", "is missing; there must be it, or shards and their index"
            )
        return read_header(single)
    placed = read_json(folder / _INDEX).get("weight_map")
    if not isinstance(placed, dict) or not all(isinstance(file, str) for file in placed.values()):
        raise LanguageModelError(_INDEX, "has no weight_map of tensor names to file names")
    stored: dict[str, StoredTensor] = {}
    for file in sorted(set(placed.values())):
        # a name that leaves the folder could read any file of the server
        if Path(file).name != file or not file.endswith(".safetensors"):
            raise LanguageModelError(_INDEX, f"names {file!r}, which is no safetensors file of this folder")
        if not (folder / file).exists():
            raise LanguageModelError(file, "is missing; the index names it")
        header = read_header(folder / file)
        for name in (name for name, home in placed.items() if home == file):
            if name not in header:
                raise LanguageModelError(file, f"lacks {name!r}, which the index says it holds")
            stored[name] = header[name]
    return stored
