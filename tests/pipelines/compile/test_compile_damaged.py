"""Whatever is done to a model file, the compiler makes C of it or says what is wrong, and soon."""

import random

import pytest

from . import damage


@pytest.mark.parametrize("seed", range(10))
def test_damaged_models_compile_or_explain(seed):
    rng = random.Random(seed)
    for _ in range(250):
        damage.compiles_or_explains(damage.damaged_model(rng))
