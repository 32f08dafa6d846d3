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
from heapq import heappop, heappush
from typing import Literal

from pipelines.language.errors import LanguageModelError
from pipelines.language.tokenizer_file import Step, TokenizerFile, flat

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
        steps: TokenizerFile,
        ids: Mapping[str, int],
        merges: Sequence[tuple[str, str]],
        added: Mapping[str, int],
    ) -> None:
        self.ids = ids
        self.ranks = {pair: rank for rank, pair in enumerate(merges)}
        self.added = added
        self.byte_fallback = steps.model.byte_fallback
        self.whole_words = steps.model.ignore_merges
        self.unknown = ids.get(steps.model.unk_token or "")
        self.normalise = [_normaliser(step) for step in flat(steps.normalizer)]
        self.splits = [_splitter(step) for step in flat(steps.pre_tokenizer)]
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
        """Join the pair that was learned first, the leftmost one, again and again, until no known pair is left."""
        if self.whole_words and word in self.ids:
            return [self.ids[word]]
        symbols = [symbol for character in word for symbol in self._spell(character)]
        return [
            number
            for symbol in _merged(symbols, self.ranks)
            if (number := self.ids.get(symbol, self.unknown)) is not None
        ]

    def _spell(self, character: str) -> list[str]:
        if character not in self.ids and self.byte_fallback:
            spelt = [f"<0x{byte:02X}>" for byte in character.encode()]
            if all(symbol in self.ids for symbol in spelt):
                return spelt
        return [character]


def _merged(symbols: list[str], ranks: Mapping[tuple[str, str], int]) -> Iterator[str]:
    """Symbols after all merges; a heap keeps the pairs, since a word may be a whole text."""
    after = [*range(1, len(symbols)), None]
    before = [None, *range(len(symbols) - 1)]
    alive = [True] * len(symbols)
    heap: list[tuple[int, int, str, str]] = []

    def offer(left: int | None, right: int | None) -> None:
        if left is not None and right is not None and (symbols[left], symbols[right]) in ranks:
            pair = (symbols[left], symbols[right])
            heappush(heap, (ranks[pair], left, *pair))

    for left in range(len(symbols) - 1):
        offer(left, left + 1)
    while heap:
        _, left, first, second = heappop(heap)
        right = after[left] if alive[left] else None
        # one of the two may have become part of another pair since
        if right is None or (symbols[left], symbols[right]) != (first, second):
            continue
        symbols[left] = first + second
        alive[right] = False
        after[left] = following = after[right]
        if following is not None:
            before[following] = left
        offer(before[left], left)
        offer(left, following)
    return (symbol for symbol, lives in zip(symbols, alive, strict=True) if lives)


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


def _normaliser(step: Step) -> Callable[[str], str]:
    form: Literal["NFC", "NFD", "NFKC", "NFKD"]
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        if step.type == form:
            return partial(unicodedata.normalize, form)
    if step.type == "Prepend":
        return lambda text: step.prepend + text
    if step.type == "Replace" and step.pattern.String:
        sought = step.pattern.String
        return lambda text: text.replace(sought, step.content)
    raise LanguageModelError("tokenizer.json", f"the normaliser {step.type!r} is not supported")


def _splitter(step: Step) -> Split:
    if step.type == "Split":
        _check_behaviour(step.behavior)
        given = step.pattern
        pattern = python_pattern(given.Regex) if given.Regex else re.compile(re.escape(given.String or "\0"))
        return lambda text: _split_at(pattern, text, step.behavior, step.invert)
    if step.type == "Digits":
        digits = python_pattern(r"\p{N}" if step.individual_digits else r"\p{N}+")
        return lambda text: _split_at(digits, text, "Isolated", False)
    if step.type == "ByteLevel":
        return _byte_level(step)
    if step.type == "Metaspace":
        return lambda text: [_with_space_signs(step, text)]
    raise LanguageModelError("tokenizer.json", f"the splitter {step.type!r} is not supported")


def _byte_level(step: Step) -> Split:
    words = python_pattern(GPT2_PATTERN) if step.use_regex else None

    def split(text: str) -> list[str]:
        if step.add_prefix_space and not text.startswith(" "):
            text = f" {text}"
        return [as_byte_characters(word) for word in (words.findall(text) if words else [text])]

    return split


def _with_space_signs(step: Step, text: str) -> str:
    sign = step.replacement
    text = text.replace(" ", sign)
    prepend = step.prepend_scheme != "never" and not text.startswith(sign)
    return sign + text if prepend else text


def _check_behaviour(behaviour: str) -> None:
    if behaviour not in {"Isolated", "Removed", "MergedWithPrevious"}:
        raise LanguageModelError("tokenizer.json", f"splitting as {behaviour!r} is not supported")


def _split_at(pattern: re.Pattern[str], text: str, behaviour: str, invert: bool) -> list[str]:
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
    words: list[str] = []
    for piece, matched in pieces:
        if matched and words:
            words[-1] += piece
        else:
            words.append(piece)
    return words
