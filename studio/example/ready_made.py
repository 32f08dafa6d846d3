"""Make the example project: its recordings as files like any upload, and a design that works."""

from __future__ import annotations

import hashlib
import io

import numpy as np

from pipelines import example
from pipelines.signals import Signal
from pipelines.spec import load_spec
from studio.accounts.models import User
from studio.data.ingestion import ingest
from studio.designs.models import Design
from studio.projects.models import Project
from studio.web.uploads import HashedUpload


def make_example_project(user: User) -> Project:
    """A new project of ``user`` with the example's recordings and design.

    Either the whole project is made or none of it.

    Raises:
        ExampleMissingError: the package that carries the recordings is not installed.
    """
    recordings = list(example.recordings())
    project = Project.objects.create_for(user, name=example.TITLE, description=example.DESCRIPTION)
    try:
        for name, label, split, signal in recordings:
            fields = {
                "path": f"{name}.csv",
                "sample_rate_hz": None,
                "label": label,
                "split": split,
                "group": "",
                "metadata": {"source": "BasicMotions"},
            }
            ingest(project, _upload(f"{name}.csv", csv_of(signal)), fields)
        spec = load_spec(example.SPEC).model_dump(mode="json")
        Design.objects.create(project=project, name="Motion classifier", spec=spec, created_by=user)
    except BaseException:
        project.delete_with_files()
        raise
    return project


def csv_of(signal: Signal) -> bytes:
    """The recording as CSV with a time column in milliseconds."""
    times_ms = np.arange(len(signal.values)) * (1000 / signal.sample_rate_hz)
    text = io.StringIO()
    header = ",".join(("time_ms", *signal.channels))
    np.savetxt(
        text,
        np.column_stack([times_ms, signal.values]),
        delimiter=",",
        header=header,
        comments="",
        fmt="%.9g",
    )
    return text.getvalue().encode()


def _upload(name: str, content: bytes) -> HashedUpload:
    file = HashedUpload(name, "text/csv", len(content), None)
    file.write(content)
    file.flush()
    file.sha256 = hashlib.sha256(content).hexdigest()
    return file
