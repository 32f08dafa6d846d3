"""Which files belong to a language model."""

from __future__ import annotations

import re

from rest_framework.exceptions import ValidationError

SUFFIXES = (".json", ".safetensors", ".model", ".txt", ".jinja", ".md")
PLAIN_NAMES = ("LICENSE", "LICENCE", "NOTICE")
MAX_FILES = 300
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,119}")


def belongs(name: str) -> bool:
    """Whether a file of that name is one of a language model's: weights, tokenizer, configuration, licence.

    Weights in Python's pickle format (``.bin``, ``.pt``) do not: opening one runs whatever is in it.
    """
    return bool(_NAME.fullmatch(name)) and (name.endswith(SUFFIXES) or name in PLAIN_NAMES)


def check_name(name: str) -> None:
    """
    Raises:
        ValidationError: no file of a language model is called so.
    """
    if not _NAME.fullmatch(name):
        raise ValidationError(
            {"name": ["a file's name is letters, digits and . _ + -, at most 120 of them, and has no path"]}
        )
    if not belongs(name):
        raise ValidationError(
            {
                "name": [
                    f"{name} is none of a language model's files; those end with {', '.join(SUFFIXES)} "
                    "(weights in pickle format, .bin, are not taken: convert them to .safetensors)"
                ]
            }
        )
