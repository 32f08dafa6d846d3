"""``python -m pipelines.language FOLDER``: convert a language model, or evaluate how sparsely it can run."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, get_args

from pipelines.language.errors import LanguageModelError
from pipelines.language.gguf_file import Kind, convert_to_gguf
from pipelines.language.mlc import Quantization, convert_to_mlc
from pipelines.language.model_folder import open_model
from pipelines.language.wina import SPARSITIES, evaluate_sparsity

MLC_FORMS, GGUF_FORMS = get_args(Quantization), get_args(Kind)


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; 1 where the model cannot be used, which is told on the standard error."""
    chosen = _parser().parse_args(arguments)
    try:
        print(json.dumps(_done(chosen), indent=2))
    except LanguageModelError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _done(chosen: argparse.Namespace) -> dict[str, Any]:
    model = open_model(chosen.folder)
    if chosen.command == "sparsity":
        tokens = model.tokenizer.encode(chosen.text.read_text(encoding="utf-8"))
        return evaluate_sparsity(model, tokens, chosen.sparsities, _tell)
    if chosen.form in MLC_FORMS:
        return convert_to_mlc(model, chosen.form, chosen.out, _tell)
    files = convert_to_gguf(model, chosen.form, chosen.out, _tell)
    return {"files": {file.name: {"bytes": file.stat().st_size} for file in files}}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipelines.language", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    convert = commands.add_parser("convert", help="write it as MLC's shards or as GGUF")
    convert.add_argument("folder", type=Path, help="config.json, *.safetensors and tokenizer.json")
    convert.add_argument("form", choices=[*MLC_FORMS, *GGUF_FORMS])
    convert.add_argument("out", type=Path, help="a new or an empty folder")
    sparsity = commands.add_parser("sparsity", help="perplexity on a text with some activations left out")
    sparsity.add_argument("folder", type=Path, help="config.json, *.safetensors and tokenizer.json")
    sparsity.add_argument("text", type=Path, help="a text file that the model was not trained with")
    sparsity.add_argument("--sparsities", type=float, nargs="+", default=SPARSITIES)
    return parser


def _tell(done: int, of: int) -> None:
    """A line on the terminal that counts up; nothing where nobody looks."""
    if sys.stderr.isatty():
        print(f"\r{100 * done // of} %", end="\n" if done == of else "", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
