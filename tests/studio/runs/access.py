from studio import storage
from studio.data.models import DatasetVersion
from studio.jobs.models import Job
from studio.projects.models import Project
from studio.runs.models import Artifact, Run
from tests.studio.access import Row, known, reading, writing
from tests.studio.sines import design_document

ROWS = [
    Row("runs", "GET", reading()),
    Row("runs", "POST", writing(400), {}),
    Row("run", "GET", reading()),
    Row("run", "DELETE", writing(204)),
    Row("run-artifact", "GET", reading(), arguments=(("name", "int8.tflite"),)),
    Row("boards", "GET", known()),
]


def make_run(project: Project, number: int = 1) -> Run:
    """A run that has succeeded, with one artifact."""
    run = Run.objects.create(
        project=project,
        number=number,
        design_name="A",
        spec=design_document(),
        board="nano33ble",
        dataset_version=DatasetVersion.objects.of_now(project)[0],
        job=Job.objects.create(project=project, kind=Job.Kind.RUN, state=Job.State.SUCCEEDED),
        metrics={"labels": ["fast", "slow"], "variants": {"float32": {}, "int8": {}}},
    )
    key = storage.put_bytes(b"a model", storage.project_folder(project.pk, "artifacts"), suffix=".tflite")
    Artifact.objects.create(run=run, name="int8.tflite", key=key, sha256="0" * 64, size_bytes=7)
    return run


def objects(project: Project) -> dict[str, object]:
    return {"run_id": make_run(project).pk}
