from __future__ import annotations

from studio.data.ingestion import ingest
from studio.data.models import DatasetVersion
from studio.projects.models import Project
from tests.studio.access import Row, reading, uploading, writing
from tests.studio.helpers import hashed_upload, wav_file

ROWS = [
    Row("sample-list", "GET", reading()),
    Row("sample-list", "POST", uploading(201), lambda: {"file": wav_file(7)}, format="multipart"),
    Row("sample-summary", "GET", reading()),
    Row("sample-bulk", "POST", writing(), {"filter": {}, "action": "relabel", "label": "no"}),
    Row("sample-split", "POST", writing(), {"test_percent": 50}),
    Row("sample", "GET", reading()),
    Row("sample", "PATCH", writing(), {"label": "no"}),
    Row("sample", "DELETE", writing(204)),
    Row("sample-waveform", "GET", reading()),
    Row("sample-audio", "GET", reading()),
    Row("sample-original", "GET", reading()),
    Row("dataset-version-list", "GET", reading()),
    # Nothing has changed since the version that is there, so it is answered again.
    Row("dataset-version-list", "POST", writing(200), {"note": "first"}),
    Row("dataset-version", "GET", reading()),
]


def objects(project: Project) -> dict[str, object]:
    fields = {
        "path": "",
        "label": "yes",
        "split": "auto",
        "group": "",
        "sample_rate_hz": None,
        "metadata": {},
    }
    sample = ingest(project, hashed_upload(wav_file(1)), fields)
    version, _ = DatasetVersion.objects.of_now(project)
    return {"sample_id": sample.pk, "version_id": version.pk}
