"""Extra data in a .tflite file changes nothing that computes."""

import numpy as np
import pytest
import tflite

from pipelines.compile.errors import ModelFormatError
from pipelines.compress.reference import reference_outputs
from pipelines.export.model_file import metadata_of, with_metadata
from tests.real_runs import motion_run


def model_of(variant):
    return motion_run().artifacts[f"{variant}.tflite"].read_bytes()


def alignments(model_file):
    """Where the data of each buffer lie, modulo 16."""
    model = tflite.Model.GetRootAs(model_file, 0)
    buffers = [model.Buffers(index) for index in range(model.BuffersLength())]
    return [buffer._tab.Vector(buffer._tab.Offset(4)) % 16 for buffer in buffers if buffer.DataLength()]


@pytest.mark.parametrize("variant", ["float32", "int8"])
def test_the_old_file_stays_whole_and_computes_the_same(variant):
    old = model_of(variant)
    new = with_metadata(old, {"B": b"second", "A": b"first" * 9})
    assert old in new
    assert new.index(old) % 16 == 0
    assert metadata_of(new) == {**metadata_of(old), "A": b"first" * 9, "B": b"second"}
    assert alignments(new) == [*alignments(old), 0, 0]
    random = np.random.default_rng(1)
    inputs = random.standard_normal((20, 1, 63)).astype(np.float32)
    if variant == "int8":
        inputs = random.integers(-128, 128, inputs.shape).astype(np.int8)
    np.testing.assert_array_equal(reference_outputs(new, inputs), reference_outputs(old, inputs))


def test_an_entry_of_the_same_name_is_replaced():
    model = model_of("int8")
    once = with_metadata(model, {"A": b"old", "B": b"kept"})
    assert metadata_of(with_metadata(once, {"A": b"new"})) == {**metadata_of(once), "A": b"new"}


def test_what_the_model_had_stays():
    model = model_of("int8")
    before, after = (tflite.Model.GetRootAs(each, 0) for each in (model, with_metadata(model, {"A": b"1"})))
    assert after.Version() == before.Version()
    assert after.Description() == before.Description()
    assert after.OperatorCodesLength() == before.OperatorCodesLength()
    assert after.SignatureDefsLength() == before.SignatureDefsLength()
    assert "min_runtime_version" in metadata_of(model)


@pytest.mark.parametrize("broken", [b"", b"no model at all", b"\xff\xff\xff\x7fTFL3" + bytes(40)])
def test_what_is_no_model_is_refused(broken):
    with pytest.raises(ModelFormatError):
        with_metadata(broken, {"A": b""})
