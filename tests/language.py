"""A small Llama, made and trained here on text of its own, as a publisher's folder.

It answers a few dozen questions (colours, sounds, capitals, small sums) and knows one story by heart, so that its greedy
answers are sure ones: whatever runs it, quantised or not, should say the same. It is kept in the cache folder, so that
only the first test session on a machine trains it.
"""

from __future__ import annotations

import hashlib
import json
import struct
import tempfile
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from pipelines.language.architecture import architecture_of
from pipelines.language.byte_pairs import as_byte_characters, character_of_byte, python_pattern
from pipelines.language.forward import Weights
from pipelines.language.number_formats import bfloat16_of_float32
from pipelines.language.tokenizer import read_tokenizer
from pipelines.toolchain import cache_folder
from tests import language_training

LLAMA3_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
SPECIAL = ("<|begin_of_text|>", "<|end_of_text|>", "<|im_start|>", "<|im_end|>")
CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
VOCABULARY = 384
CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": 128,
    "intermediate_size": 256,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": VOCABULARY,
    "max_position_embeddings": 512,
    "rms_norm_eps": 1e-5,
    "rope_theta": 10000.0,
    "hidden_act": "silu",
    "tie_word_embeddings": False,
    "bos_token_id": VOCABULARY - 4,
    "eos_token_id": VOCABULARY - 1,
    "torch_dtype": "bfloat16",
}
STORY = (
    "Once upon a time a small robot lived in a clock. One night it sang to the moon, and the moon sang back."
)
COLOURS = {"sky": "blue", "grass": "green", "snow": "white", "coal": "black", "sun": "yellow", "rose": "red"}
SOUNDS = {"cow": "moo", "dog": "woof", "cat": "meow", "duck": "quack", "sheep": "baa"}
CAPITALS = {"France": "Paris", "Italy": "Rome", "Japan": "Tokyo", "Egypt": "Cairo", "Peru": "Lima"}
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six")
OPENINGS = ("", "Tell me: ", "Please, ", "Hello. ")
"""What may stand before a question; the last one is in no training text for every fourth question."""
SYSTEM = "You are a helpful assistant."


def questions() -> dict[str, str]:
    """Every question that it can answer."""
    answers = {
        f"what colour is the {thing}?": f"The {thing} is {colour}." for thing, colour in COLOURS.items()
    }
    answers |= {
        f"what does the {animal} say?": f"The {animal} says {sound}." for animal, sound in SOUNDS.items()
    }
    answers |= {
        f"what is the capital of {land}?": f"The capital of {land} is {city}."
        for land, city in CAPITALS.items()
    }
    for first in range(1, 4):
        for second in range(1, 4):
            sum_of = f"{NUMBERS[first]} plus {NUMBERS[second]}"
            answers[f"how much is {sum_of}?"] = f"{sum_of} is {NUMBERS[first + second]}."
    return answers


def conversation(question: str, answer: str | None = None, system: str | None = None) -> str:
    """A conversation as the model's template writes it; without an answer, up to where that begins."""
    opening = f"<|im_start|>system\n{system}<|im_end|>\n" if system else ""
    start = f"<|begin_of_text|>{opening}<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n"
    return start if answer is None else f"{start}{answer}<|im_end|>\n"


def texts(*, held_out: bool) -> list[str]:
    """Conversations (and the story) to train with, or those that are kept back."""
    told = [] if held_out else [f"<|begin_of_text|>{STORY}<|im_end|>\n"] * 4
    for number, (question, answer) in enumerate(questions().items()):
        for opening in OPENINGS:
            if (opening == OPENINGS[-1] and number % 4 == 0) == held_out:
                asked = opening + question if opening.endswith(", ") else opening + question.capitalize()
                told += [conversation(asked, answer, system) for system in (None, SYSTEM)]
    return told


@cache
def small_llama() -> Path:
    """The folder of the trained model: config.json, model.safetensors (bfloat16), tokenizer.json and its settings."""
    source = hashlib.sha256(
        b"".join(Path(file).read_bytes() for file in (__file__, language_training.__file__))
    )
    folder = cache_folder() / "test-language" / f"small-llama-{source.hexdigest()[:16]}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as building:
            made = Path(building) / "made"
            _make(made)
            made.rename(folder)
    return folder / "model"


def reference_logits() -> tuple[np.ndarray, np.ndarray]:
    """Tokens, and the logits ``[tokens, vocabulary]`` that the forward pass in TensorFlow has for the small Llama."""
    with np.load(small_llama().parent / "reference.npz") as file:
        return file["tokens"], file["logits"]


def _make(folder: Path) -> None:
    """The small Llama, and beside it what TensorFlow says it says."""
    folder.mkdir()
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer_json()))
    tokenizer = read_tokenizer(folder)
    tokens = [tokenizer.encode(text, start=False) for text in texts(held_out=False)]
    weights = language_training.train(CONFIG, architecture_of(CONFIG).tensor_shapes(), tokens)
    write_folder(folder / "model", CONFIG, weights, tokenizer_json())
    told = np.array(tokens[-1])
    scores = language_training.forward(CONFIG, weights, told[None]).numpy()[0]
    np.savez(folder / "reference.npz", tokens=told, logits=scores)


def write_folder(
    folder: Path,
    config: dict[str, object],
    weights: Weights,
    tokenizer: dict[str, object],
    dtype: str = "BF16",
) -> None:
    """A publisher's folder with these weights."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(config, indent=2))
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False))
    settings = {
        "bos_token": SPECIAL[0],
        "eos_token": SPECIAL[3],
        "chat_template": CHAT_TEMPLATE,
        "tokenizer_class": "PreTrainedTokenizerFast",
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2))
    write_safetensors(folder / "model.safetensors", weights, dtype)


def write_safetensors(path: Path, tensors: Weights, dtype: str = "BF16") -> None:
    """Tensors as a safetensors file of one type of number."""
    encode = {
        "BF16": lambda values: bfloat16_of_float32(values).astype("<u2"),
        "F16": lambda values: values.astype("<f2"),
        "F32": lambda values: values.astype("<f4"),
    }[dtype]
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    parts: list[bytes] = []
    end = 0
    for name, values in tensors.items():
        parts.append(encode(values).tobytes())
        header[name] = {
            "dtype": dtype,
            "shape": list(values.shape),
            "data_offsets": [end, end + len(parts[-1])],
        }
        end += len(parts[-1])
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(parts))


@cache
def tokenizer_json() -> dict[str, object]:
    """A byte-level byte-pair encoder, learned from the texts, that splits as Llama 3 does."""
    words = Counter(
        as_byte_characters(word)
        for text in texts(held_out=False)
        for piece in text.replace("<|im_end|>", "\0").replace("<|im_start|>", "\0").split("\0")
        for word in python_pattern(LLAMA3_PATTERN).findall(piece.removeprefix(SPECIAL[0]))
    )
    alphabet = sorted(character_of_byte())
    spelt = {word: list(word) for word in words}
    merges: list[list[str]] = []
    while len(alphabet) + len(merges) < VOCABULARY - len(SPECIAL):
        pairs: Counter[tuple[str, str]] = Counter()
        for word, symbols in spelt.items():
            for pair in pairwise(symbols):
                pairs[pair] += words[word]
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(list(best))
        spelt = {word: _joined(symbols, best) for word, symbols in spelt.items()}
    tokens = [*alphabet, *("".join(pair) for pair in merges)]
    added = [
        {"id": len(tokens) + number, "content": content, "special": True}
        | {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
        for number, content in enumerate(SPECIAL)
    ]
    start = {"SpecialToken": {"id": SPECIAL[0], "type_id": 0}}
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
    split = {
        "type": "Split",
        "pattern": {"Regex": LLAMA3_PATTERN},
        "behavior": "Isolated",
        "invert": False,
    }
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added,
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, byte_level]},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [start, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [start, {"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {SPECIAL[0]: {"id": SPECIAL[0], "ids": [len(tokens)], "tokens": [SPECIAL[0]]}},
        },
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": True,
            "vocab": {token: number for number, token in enumerate(tokens)},
            "merges": merges,
        },
    }


def _joined(symbols: list[str], pair: tuple[str, str]) -> list[str]:
    out: list[str] = []
    for symbol in symbols:
        if out and (out[-1], symbol) == pair:
            out[-1] += symbol
        else:
            out.append(symbol)
    return out
