"""A folder of recordings becomes a dataset; what cannot be read is told, not fatal."""

import numpy as np
import pytest

from pipelines.ingest import IngestError, IngestOptions
from pipelines.ingest.folder import read_folder

OPTIONS = IngestOptions(sample_rate_hz=50)


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savetxt(path, rows, delimiter=",", header="x,y", comments="")


@pytest.fixture
def recordings(tmp_path):
    random = np.random.default_rng(1)
    for number in range(30):
        write(tmp_path / "in" / "wave" / f"{number}.csv", random.normal(size=(20, 2)))
    write(tmp_path / "in" / "test" / "idle" / "0.csv", random.normal(size=(20, 2)))
    write(tmp_path / "in" / "training" / "idle" / "1.csv", random.normal(size=(20, 2)))
    return tmp_path / "in"


def test_labels_come_from_folders_and_splits_from_folders_or_content(recordings, tmp_path):
    told = []
    found = read_folder(
        recordings, tmp_path / "values", OPTIONS, lambda done, total: told.append((done, total))
    )
    assert found.dataset.labels == ("idle", "wave")
    splits = {sample.name: sample.split for sample in found.dataset}
    assert splits["test/idle/0.csv"] == "test"
    assert splits["training/idle/1.csv"] == "training"
    assert 1 <= sum(split == "test" for name, split in splits.items() if name.startswith("wave")) <= 15
    assert told[-1] == (32, 32)
    assert found.dataset.samples[0].open().values.shape == (20, 2)


def test_what_cannot_be_read_is_told_with_its_reason_and_twins_count_once(recordings, tmp_path):
    (recordings / "notes.pdf").write_bytes(b"%PDF-1.4")
    (recordings / ".DS_Store").write_bytes(b"x")
    (recordings / "wave" / "twin.csv").write_bytes((recordings / "wave" / "3.csv").read_bytes())
    found = read_folder(recordings, tmp_path / "values", OPTIONS, lambda done, total: None)
    assert [name for name, _ in found.refused] == ["notes.pdf"]
    assert "are not read" in found.refused[0][1]
    assert len(found.dataset) == 32


def test_a_folder_without_recordings_is_an_error_in_words(tmp_path):
    with pytest.raises(IngestError, match="there is no folder"):
        read_folder(tmp_path / "none", tmp_path / "values", OPTIONS, lambda done, total: None)
    (tmp_path / "some.pdf").write_bytes(b"%PDF-1.4")
    with pytest.raises(IngestError, match=r"first refusal: some\.pdf"):
        read_folder(tmp_path, tmp_path / "values", OPTIONS, lambda done, total: None)
