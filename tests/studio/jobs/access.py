from studio.jobs.models import Job
from studio.projects.models import Project
from tests.studio.access import Row, reading, writing

ROWS = [
    Row("jobs", "GET", reading()),
    Row("job", "GET", reading()),
    Row("job-log", "GET", reading()),
    Row("job-events", "GET", reading()),
    Row("job-cancel", "POST", writing()),
    Row("job-retry", "POST", writing(409)),
]


def objects(project: Project) -> dict[str, object]:
    return {"job_id": Job.objects.create(project=project, kind=Job.Kind.RUN).pk}
