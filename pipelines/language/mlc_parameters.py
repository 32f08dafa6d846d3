"""MLC's names of a network's parameters, and what of the publisher's tensors each is made of.

Source: MLC LLM's ``*_loader.py`` and ``*_model.py`` of llama, qwen2, qwen3, gemma, gemma2 and gemma3: queries, keys and
values are one matrix, gate and up another; Gemma's norms are stored with their 1 added.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.language.architecture import Architecture

MODEL_TYPES = {
    "llama": "llama",
    "qwen2": "qwen2",
    "qwen3": "qwen3",
    "gemma": "gemma",
    "gemma2": "gemma2",
    "gemma3": "gemma3_text",
}
"""MLC's name of each family."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of the compiled model.

    Args:
        name: with its ``.weight`` or ``.bias``.
        sources: the publisher's tensors, whose rows follow each other.
        shape: of all of them together.
        add_one: whether 1 is added to each number.
    """

    name: str
    sources: tuple[str, ...]
    shape: tuple[int, ...]
    add_one: bool

    @property
    def is_matrix(self) -> bool:
        """Whether it is one of those that are quantised."""
        return len(self.shape) == 2


def mlc_parameters(sizes: Architecture) -> list[Parameter]:
    """Every parameter, in the order of the network."""
    shapes = sizes.tensor_shapes()
    parameters: list[Parameter] = []
    for name, sources in _joined(sizes, tuple(shapes)).items():
        rows = sum(shapes[source][0] for source in sources)
        norm = name.endswith("norm.weight")
        parameters.append(
            Parameter(
                _prefix(sizes) + name, sources, (rows, *shapes[sources[0]][1:]), norm and sizes.family.gemma
            )
        )
    return parameters


def _prefix(sizes: Architecture) -> str:
    """Gemma 3 is a part of a model that also sees."""
    return "language_model." if sizes.family.id == "gemma3" else ""


def _joined(sizes: Architecture, names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The publisher's names by MLC's."""
    fused: dict[str, tuple[str, tuple[str, ...]]] = {"gate_proj": ("gate_up_proj", ("gate_proj", "up_proj"))}
    if sizes.family.id != "gemma3":
        together = "c_attn" if sizes.family.id.startswith("qwen") else "qkv_proj"
        fused["q_proj"] = (together, ("q_proj", "k_proj", "v_proj"))
    swallowed = {part for _, parts in fused.values() for part in parts[1:]}
    joined: dict[str, tuple[str, ...]] = {}
    for name in names:
        pieces = name.split(".")
        if pieces[-2] in swallowed:
            continue
        target, parts = fused.get(pieces[-2], (pieces[-2], (pieces[-2],)))
        joined[".".join([*pieces[:-2], target, pieces[-1]])] = tuple(
            ".".join([*pieces[:-2], part, pieces[-1]]) for part in parts
        )
    return joined
