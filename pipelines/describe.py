"""The reference of every block, as Markdown, from the blocks' own declarations.

``python -m pipelines.describe > docs/blocks.md``; a test fails where the page is out of date.
"""

from __future__ import annotations

from typing import Any

from pipelines import blocks
from pipelines.blocks import FeatureBlock, LearningBlock
from pipelines.spec import InputSpec, PostprocessSpec

_INTRODUCTION = """# Blocks

This page is made from the blocks' own declarations: `python -m pipelines.describe > docs/blocks.md`.
The same declarations draw the forms in the browser and check what the API is sent
(`GET /api/v1/schema/pipeline/`).
"""


def page() -> str:
    """The whole page."""
    parts = [_INTRODUCTION, "## The window\n", _settings(InputSpec.model_json_schema())]
    parts += ["## Feature blocks\n", *map(_block, _sorted(blocks.feature_blocks()))]
    parts += ["## Learning blocks\n", *map(_block, _sorted(blocks.learning_blocks()))]
    parts += ["## The decision\n", _settings(PostprocessSpec.model_json_schema())]
    return "\n".join(parts)


def _sorted(kinds: Any) -> list[type[FeatureBlock] | type[LearningBlock]]:
    return [kind for _, kind in sorted(kinds.items())]


def _block(kind: type[FeatureBlock] | type[LearningBlock]) -> str:
    settings = _settings(kind.Params.model_json_schema())
    return f"### {kind.title} (`{kind.id}`)\n\n{kind.summary}\n\n{settings}"


def _settings(schema: dict[str, Any]) -> str:
    rows = ["| setting | | default | limits |", "| --- | --- | --- | --- |"]
    for name, setting in schema["properties"].items():
        described = setting.get("description", "").replace("|", "\\|")
        default = f"`{setting['default']}`" if "default" in setting else ""
        rows.append(
            f"| `{name}` | **{setting.get('title', '')}.** {described} | {default} | {_limits(setting)} |"
        )
    return "\n".join(rows) + "\n"


def _limits(setting: dict[str, Any]) -> str:
    if "enum" in setting:
        return ", ".join(f"`{value}`" for value in setting["enum"])
    words = {
        "minimum": "at least",
        "exclusiveMinimum": "above",
        "maximum": "at most",
        "exclusiveMaximum": "below",
    }
    kinds = [setting, *setting.get("anyOf", [])]
    return ", ".join(f"{word} {kind[key]:g}" for kind in kinds for key, word in words.items() if key in kind)


if __name__ == "__main__":
    print(page(), end="")
