"""The reference of the blocks is made from the blocks."""

from pathlib import Path

from pipelines.describe import page


def test_the_page_in_the_docs_is_the_one_that_the_blocks_make():
    kept = Path(__file__).parents[2] / "docs" / "blocks.md"
    assert kept.read_text() == page(), "run: python -m pipelines.describe > docs/blocks.md"
