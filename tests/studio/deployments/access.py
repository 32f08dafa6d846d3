from studio import storage
from studio.deployments.models import Deployment
from studio.jobs.models import Job
from studio.projects.models import Project
from tests.studio.access import Row, known, reading, writing
from tests.studio.runs.access import make_run

ROWS = [
    Row("deployments", "GET", reading()),
    Row("deployments", "POST", writing(400), {}),
    Row("deployment", "GET", reading()),
    Row("deployment", "DELETE", writing(204)),
    Row("deployment-download", "GET", reading()),
    Row("deploy-targets", "GET", known()),
]


def make_deployment(project: Project, number: int = 1) -> Deployment:
    """A deployment that is built, of a run of its own."""
    key = storage.put_bytes(b"a zip", storage.project_folder(project.pk, "artifacts"), suffix=".zip")
    return Deployment.objects.create(
        project=project,
        number=number,
        run=make_run(project, number + 100),
        target="c",
        variant="int8",
        board="nano33ble",
        job=Job.objects.create(project=project, kind=Job.Kind.DEPLOYMENT, state=Job.State.SUCCEEDED),
        key=key,
        sha256="0" * 64,
        size_bytes=5,
        file_name="gestures-int8-c.zip",
    )


def objects(project: Project) -> dict[str, object]:
    return {"deployment_id": make_deployment(project).pk}
