"""A trained small Llama, and untrained ones of every architecture."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.language.model_folder import LanguageModel, open_model
from tests import language
from tests.pipelines.language import networks


@pytest.fixture(scope="session")
def llama() -> LanguageModel:
    """The small Llama that answers questions."""
    return open_model(language.small_llama())


@pytest.fixture(scope="session")
def networks_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model of each architecture, see :data:`networks.CONFIGS`."""
    folder = tmp_path_factory.mktemp("networks")
    for name in networks.CONFIGS:
        networks.write(folder / name, name)
    return folder


@pytest.fixture(params=sorted(networks.CONFIGS))
def network(request: pytest.FixtureRequest, networks_folder: Path) -> LanguageModel:
    """A small network of each architecture, with random weights."""
    return open_model(networks_folder / request.param)
