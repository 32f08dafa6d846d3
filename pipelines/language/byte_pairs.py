"""Encoding text as byte pairs, as a ``tokenizer.json`` says: normalise, split, merge.

Sources: R. Sennrich, B. Haddow and A. Birch, "Neural Machine Translation of Rare Words with Subword Units" (2016), section
3.2 (merging); A. Radford et al., "Language Models are Unsupervised Multitask Learners" (2019), section 2.2 (bytes as
characters); https://huggingface.co/docs/tokenizers, "Components" (what each step does).
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import pairwise
from typing import Any, Literal

from pipelines.language.errors import LanguageModelError

GPT2_PATTERN = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
"""How the ``ByteLevel`` step splits by itself."""

Split = Callable[[str], list[str]]


class BytePairs:
    """The encoder of one ``tokenizer.json``.

    Raises:
        LanguageModelError: it has a step that is not known here.
    """

    def __init__(
        self,
        steps: Mapping[str, Any],
        ids: Mapping[str, int],
        merges: Sequence[tuple[str, str]],
        added: Mapping[str, int],
    ) -> None:
        self.ids = ids
        self.ranks = {pair: rank for rank, pair in enumerate(merges)}
        self.added = added
        self.byte_fallback = bool(steps["model"].get("byte_fallback"))
        self.whole_words = bool(steps["model"].get("ignore_merges"))
        self.unknown = ids.get(steps["model"].get("unk_token") or "")
        self.normalise = [_normaliser(step) for step in _flat(steps.get("normalizer"), "normalizers")]
        self.splits = [_splitter(step) for step in _flat(steps.get("pre_tokenizer"), "pretokenizers")]
        longest_first = sorted(added, key=len, reverse=True)
        self.added_pattern = re.compile(f"({'|'.join(map(re.escape, longest_first))})") if added else None
        self.known: dict[str, list[int]] = {}

    def encode(self, text: str) -> list[int]:
        """The tokens of a text."""
        pieces = self.added_pattern.split(text) if self.added_pattern else [text]
        ids: list[int] = []
        for piece in pieces:
            if piece in self.added:
                ids.append(self.added[piece])
            elif piece:
                ids += self._encode_plain(piece)
        return ids

    def _encode_plain(self, text: str) -> list[int]:
        for normalise in self.normalise:
            text = normalise(text)
        words = [text]
        for split in self.splits:
            words = [part for word in words for part in split(word)]
        ids: list[int] = []
        for word in words:
            if word not in self.known:
                self.known[word] = self._merge(word)
            ids += self.known[word]
        return ids

    def _merge(self, word: str) -> list[int]:
        """Join the pair that was learned first, again and again, until no known pair is left."""
        if self.whole_words and word in self.ids:
            return [self.ids[word]]
        symbols = [symbol for character in word for symbol in self._spell(character)]
        while len(symbols) > 1:
            best = min(pairwise(symbols), key=lambda pair: self.ranks.get(pair, sys.maxsize))
            if best not in self.ranks:
                break
            symbols = list(_joined(symbols, best))
        return [number for symbol in symbols if (number := self.ids.get(symbol, self.unknown)) is not None]

    def _spell(self, character: str) -> list[str]:
        if character not in self.ids and self.byte_fallback:
            spelt = [f"<0x{byte:02X}>" for byte in character.encode()]
            if all(symbol in self.ids for symbol in spelt):
                return spelt
        return [character]


def _joined(symbols: Sequence[str], pair: tuple[str, str]) -> Iterator[str]:
    place = 0
    while place < len(symbols):
        if tuple(symbols[place : place + 2]) == pair:
            yield pair[0] + pair[1]
            place += 2
        else:
            yield symbols[place]
            place += 1


@cache
def character_of_byte() -> tuple[str, ...]:
    """The printable character for each byte: itself where it is printable Latin-1, else one from 256 on."""
    printable = {
        *range(ord("!"), ord("~") + 1),
        *range(ord("¡"), ord("¬") + 1),
        *range(ord("®"), ord("ÿ") + 1),
    }
    others = [byte for byte in range(256) if byte not in printable]
    return tuple(chr(byte) if byte in printable else chr(256 + others.index(byte)) for byte in range(256))


@cache
def byte_of_character() -> dict[str, int]:
    """The way back from :func:`character_of_byte`."""
    return {character: byte for byte, character in enumerate(character_of_byte())}


def as_byte_characters(text: str) -> str:
    """The UTF-8 of a text, each byte as its printable character."""
    return "".join(character_of_byte()[byte] for byte in text.encode())


def python_pattern(pattern: str) -> re.Pattern[str]:
    r"""A regular expression of the ``tokenizers`` library for Python, which does not know ``\p{L}``.

    Raises:
        LanguageModelError: it has something else that Python does not know.
    """
    out: list[str] = []
    in_class = False
    for part in re.findall(r"\\p\{\w+\}|\\.|[^\\]", pattern, re.DOTALL):
        if part.startswith("\\p{"):
            ranges = _ranges_of(part[3:-1])
            if not ranges:
                raise LanguageModelError(
                    "tokenizer.json", f"{part} in the pattern {pattern!r} is not supported"
                )
            out.append(ranges if in_class else f"[{ranges}]")
            continue
        in_class = part == "[" or (in_class and part != "]")
        out.append(part)
    try:
        return re.compile("".join(out))
    except re.error as error:
        raise LanguageModelError(
            "tokenizer.json", f"the pattern {pattern!r} is not supported ({error})"
        ) from None


@cache
def _ranges_of(category: str) -> str:
    """All characters whose Unicode category begins so (``L``, ``N``, ``Lu``), as the inside of a character class."""
    ranges: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)).startswith(category):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in ranges)


def _flat(step: Any, inner: str) -> list[Mapping[str, Any]]:
    if not isinstance(step, Mapping):
        return []
    if step.get("type") == "Sequence":
        return [each for part in step.get(inner) or () for each in _flat(part, inner)]
    return [step]


def _normaliser(step: Mapping[str, Any]) -> Callable[[str], str]:
    kind = step.get("type")
    form: Literal["NFC", "NFD", "NFKC", "NFKD"]
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        if kind == form:
            return partial(unicodedata.normalize, form)
    if kind == "Prepend":
        return lambda text: step["prepend"] + text
    if kind == "Replace" and "String" in step.get("pattern", {}):
        return lambda text: text.replace(step["pattern"]["String"], step["content"])
    raise LanguageModelError("tokenizer.json", f"the normaliser {kind!r} is not supported")


def _splitter(step: Mapping[str, Any]) -> Split:
    kind = step.get("type")
    if kind == "Split":
        given = step.get("pattern", {})
        pattern = (
            re.compile(re.escape(given["String"])) if "String" in given else python_pattern(given["Regex"])
        )
        return lambda text: _split_at(pattern, text, step.get("behavior"), bool(step.get("invert")))
    if kind == "Digits":
        digits = python_pattern(r"\p{N}" if step.get("individual_digits") else r"\p{N}+")
        return lambda text: _split_at(digits, text, "Isolated", False)
    if kind == "ByteLevel":
        return _byte_level(step)
    if kind == "Metaspace":
        return lambda text: [_with_space_signs(step, text)]
    raise LanguageModelError("tokenizer.json", f"the splitter {kind!r} is not supported")


def _byte_level(step: Mapping[str, Any]) -> Split:
    words = python_pattern(GPT2_PATTERN) if step.get("use_regex", True) else None

    def split(text: str) -> list[str]:
        if step.get("add_prefix_space") and not text.startswith(" "):
            text = f" {text}"
        return [as_byte_characters(word) for word in (words.findall(text) if words else [text])]

    return split


def _with_space_signs(step: Mapping[str, Any], text: str) -> str:
    sign = step.get("replacement", "\u2581")
    text = text.replace(" ", sign)
    prepend = step.get("prepend_scheme", "always") != "never" and not text.startswith(sign)
    return sign + text if prepend else text


def _split_at(pattern: re.Pattern[str], text: str, behaviour: Any, invert: bool) -> list[str]:
    """Cut a text at the places that match: a match stands alone, or goes with what is before it."""
    pieces: list[tuple[str, bool]] = []
    end = 0
    for match in pattern.finditer(text):
        pieces += [(text[end : match.start()], False), (match.group(), True)]
        end = match.end()
    pieces = [(piece, matched != invert) for piece, matched in [*pieces, (text[end:], False)] if piece]
    if behaviour == "Isolated":
        return [piece for piece, _ in pieces]
    if behaviour == "Removed":
        return [piece for piece, matched in pieces if not matched]
    if behaviour == "MergedWithPrevious":
        words: list[str] = []
        for piece, matched in pieces:
            if matched and words:
                words[-1] += piece
            else:
                words.append(piece)
        return words
    raise LanguageModelError("tokenizer.json", f"splitting as {behaviour!r} is not supported")
