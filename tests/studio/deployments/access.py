from studio import storage
from studio.deployments.models import Deployment
from studio.jobs.models import Job
from studio.language_models.models import LanguageModel
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


def make_deployment(
    project: Project, number: int = 1, *, target: str = "c", language_model: LanguageModel | None = None
) -> Deployment:
    """A deployment that is built: of a language model, or of a run of its own."""
    key = storage.put_bytes(b"a zip", storage.project_folder(project.pk, "artifacts"), suffix=".zip")
    of = (
        {"language_model": language_model}
        if language_model
        else {"run": make_run(project, number + 100), "variant": "int8", "board": "nano33ble"}
    )
    return Deployment.objects.create(
        project=project,
        number=number,
        target=target,
        job=Job.objects.create(project=project, kind=Job.Kind.DEPLOYMENT, state=Job.State.SUCCEEDED),
        key=key,
        sha256="0" * 64,
        size_bytes=5,
        file_name="gestures-int8-c.zip",
        **of,
    )


def objects(project: Project) -> dict[str, object]:
    return {"deployment_id": make_deployment(project).pk}
