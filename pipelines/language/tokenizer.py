"""What a ``tokenizer.json`` says: the tokens, how text is split, and which tokens have a meaning of their own.

Source: https://huggingface.co/docs/tokenizers, "Components" (the names of the steps). Byte-pair encoders are read, of
both kinds that language models have: *byte level* (GPT-2, Llama 3, Qwen, SmolLM) spells each byte as a printable
character, *byte fallback* (Llama 2, Gemma) has characters, a sign for the space, and ``<0x0A>`` for bytes of the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pipelines.language.byte_pairs import BytePairs, byte_of_character
from pipelines.language.errors import LanguageModelError
from pipelines.language.json_file import read_json
from pipelines.language.tokenizer_file import TokenizerFile, flat, read_tokenizer_file

SPACE_SIGN = "\u2581"
"""What stands for a space in tokens of the byte-fallback kind."""


@dataclass(frozen=True)
class Tokenizer:
    """Text to numbers and back.

    Args:
        kind: how bytes are spelt.
        tokens: by number; an empty text where no token has that number.
        merges: pairs that become one token, the first ones first.
        added: tokens that are found in the text before anything else is done; ``special`` holds the numbers of those
            that are no text.
        steps: the whole ``tokenizer.json``.
        settings: the ``tokenizer_config.json``; empty where there is none.
    """

    kind: Literal["byte_level", "byte_fallback"]
    tokens: tuple[str, ...] = field(repr=False)
    merges: tuple[tuple[str, str], ...] = field(repr=False)
    added: Mapping[str, int] = field(repr=False)
    special: frozenset[int] = field(repr=False)
    steps: TokenizerFile = field(repr=False)
    settings: Mapping[str, Any] = field(repr=False)
    chat_template: str | None = field(repr=False)

    @property
    def vocabulary_size(self) -> int:
        """How many numbers tokens have."""
        return len(self.tokens)

    @cached_property
    def ids(self) -> dict[str, int]:
        """The number of each token."""
        return {token: number for number, token in enumerate(self.tokens) if token}

    @cached_property
    def start_id(self) -> int | None:
        """The token that begins a text; None where there is none."""
        return self._named("bos_token")

    @cached_property
    def end_of_text_id(self) -> int | None:
        """The token that ends a text or an answer; None where there is none."""
        return self._named("eos_token")

    @cached_property
    def padding_id(self) -> int | None:
        """The token that fills up; None where there is none."""
        return self._named("pad_token")

    @cached_property
    def unknown_id(self) -> int | None:
        """The token for what no other token stands for; None where there is none."""
        named = self._named("unk_token")
        return self.ids.get(self.steps.model.unk_token or "") if named is None else named

    @cached_property
    def adds_start(self) -> bool:
        """Whether a text is preceded by the start token."""
        if isinstance(self.settings.get("add_bos_token"), bool):
            return bool(self.settings["add_bos_token"])
        for step in flat(self.steps.post_processor):
            if step.type == "TemplateProcessing" and step.single:
                first = step.single[0].SpecialToken
                return (
                    first is not None and self.start_id is not None and first.id == self.tokens[self.start_id]
                )
        return False

    @cached_property
    def prepends_space(self) -> bool:
        """Whether a text is encoded as if a space stood before it."""
        return any(
            step.type == "Prepend" and step.prepend == SPACE_SIGN for step in flat(self.steps.normalizer)
        ) or any(
            step.type == "Metaspace" and step.prepend_scheme != "never"
            for step in flat(self.steps.pre_tokenizer)
        )

    @cached_property
    def strips_space(self) -> bool:
        """Whether the first space is taken away from a decoded text."""
        return any(
            (step.type, step.content, step.start, step.stop) == ("Strip", " ", 1, 0)
            for step in flat(self.steps.decoder)
        )

    def encode(self, text: str, *, start: bool | None = None) -> list[int]:
        """The tokens of a text.

        Args:
            start: whether it begins with the start token; None for what the tokenizer does by itself.
        """
        ids = self._byte_pairs.encode(text)
        with_start = self.adds_start if start is None else start
        return [self.start_id, *ids] if with_start and self.start_id is not None else ids

    def decode(self, ids: Sequence[int]) -> str:
        """The text of tokens, without those that are no text; bytes that are no UTF-8 become U+FFFD."""
        return b"".join(self.bytes_of(number) for number in ids if number not in self.special).decode(
            errors="replace"
        )

    def bytes_of(self, number: int) -> bytes:
        """The bytes that a token stands for."""
        token = self.tokens[number]
        if token in self.added:
            return token.encode()
        if self.kind == "byte_level":
            return bytes(byte_of_character()[character] for character in token)
        if is_byte_token(token):
            return bytes([int(token[3:5], 16)])
        return token.replace(SPACE_SIGN, " ").encode()

    @cached_property
    def _byte_pairs(self) -> BytePairs:
        return BytePairs(self.steps, self.ids, self.merges, self.added)

    def _named(self, role: str) -> int | None:
        """The number of the token that ``tokenizer_config.json`` gives a role."""
        named = self.settings.get(role)
        content = named.get("content") if isinstance(named, Mapping) else named
        return self.ids.get(content) if isinstance(content, str) else None


def is_byte_token(token: str) -> bool:
    """Whether a token is of the form ``<0x0A>``."""
    return len(token) == 6 and token.startswith("<0x") and token.endswith(">")


def read_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of a model's folder.

    Raises:
        LanguageModelError: ``tokenizer.json`` is missing, damaged or of a kind that is not supported.
    """
    path = folder / "tokenizer.json"
    file = read_tokenizer_file(path)
    contents = [token.content for token in file.added_tokens]
    # the browser's tokenizer would give the wrong one of the two numbers
    for content in sorted({content for content in contents if contents.count(content) > 1}):
        raise LanguageModelError(path.name, f"has the added token {content!r} twice; remove one")
    added = {token.content: token.id for token in file.added_tokens}
    settings_path = folder / "tokenizer_config.json"
    settings = read_json(settings_path) if settings_path.exists() else {}
    return Tokenizer(
        kind="byte_level"
        if any(step.type == "ByteLevel" for step in flat(file.decoder))
        else "byte_fallback",
        tokens=_tokens({**file.model.vocab, **added}, path.name),
        merges=tuple(_pair(entry, path.name) for entry in file.model.merges),
        added=added,
        special=frozenset(token.id for token in file.added_tokens if token.special),
        steps=file,
        settings=settings,
        chat_template=_chat_template(folder, settings),
    )


def _tokens(numbered: Mapping[str, int], file: str) -> tuple[str, ...]:
    """Every token at the place of its number."""
    if not numbered:
        raise LanguageModelError(file, "has no tokens")
    tokens = [""] * (max(numbered.values()) + 1)
    for token, number in numbered.items():
        tokens[number] = token
    return tuple(tokens)


def _pair(entry: str | tuple[str, str], file: str) -> tuple[str, str]:
    first, between, second = entry.partition(" ") if isinstance(entry, str) else (entry[0], " ", entry[1])
    if not between:
        raise LanguageModelError(file, f"has a malformed entry in merges: {entry!r}")
    return first, second


def _chat_template(folder: Path, settings: Mapping[str, Any]) -> str | None:
    """The publisher's Jinja template of a conversation: a file of its own, or in ``tokenizer_config.json``."""
    own_file = folder / "chat_template.jinja"
    if own_file.exists():
        return own_file.read_text(encoding="utf-8", errors="replace")
    template = settings.get("chat_template")
    if isinstance(template, list):
        named = [entry for entry in template if isinstance(entry, Mapping) and entry.get("name") == "default"]
        template = named[0].get("template") if named else None
    return template if isinstance(template, str) and template else None
