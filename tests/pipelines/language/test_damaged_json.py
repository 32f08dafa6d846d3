"""Any change to a folder's JSON files ends in a model, or in an error in words; never in another exception."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.language.errors import LanguageModelError
from pipelines.language.gguf_file import convert_to_gguf
from pipelines.language.mlc import convert_to_mlc
from pipelines.language.model_folder import open_model
from tests import language
from tests.pipelines.language import networks
from tests.pipelines.language.test_tokenizer import byte_fallback_json

values = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(
        [-1, 0, 1, 3, 10**6, 10**12, 0.5, -1.0, "", "x", "\ud800", [], [1], {}, {"type": "Sequence"}, [[]]]
    ),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something can be changed; of long lists only the first items."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(items)[:12]:
        yield from places(inner, (*path, key))


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy with another value at one place."""
    value = copy.deepcopy(value)
    place = value
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = new
    return value


@pytest.fixture(scope="module", params=["llama31", "gemma3"])
def original(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with many settings; the second one has a tokenizer of the other kind."""
    folder = networks.write(tmp_path_factory.mktemp("damaged") / request.param, request.param)
    if request.param == "gemma3":
        (folder / "tokenizer.json").write_text(json.dumps(byte_fallback_json()))
    (folder / "generation_config.json").write_text(
        json.dumps({"eos_token_id": [383], "temperature": 0.5, "top_p": 1})
    )
    return folder


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_a_changed_value_is_an_error_in_words_or_none(
    original: Path, tmp_path: Path, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(path.name for path in original.glob("*.json"))))
    content = json.loads((original / name).read_text())
    path = data.draw(st.sampled_from(sorted(places(content), key=repr)))
    folder, out = tmp_path / "model", tmp_path / "out"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(original, folder)
    (folder / name).write_text(json.dumps(changed(content, path, data.draw(values))))
    try:
        model = open_model(folder)
    except LanguageModelError:
        return
    for convert in (convert_to_gguf, convert_to_mlc):
        with suppress(LanguageModelError):
            convert(model, "f16" if convert is convert_to_gguf else "q4f16_1", out)
        shutil.rmtree(out, ignore_errors=True)
    with suppress(LanguageModelError):
        model.tokenizer.decode(model.tokenizer.encode(f"hello {language.STORY}"))
