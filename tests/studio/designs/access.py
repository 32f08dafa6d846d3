from studio.designs.models import Design
from studio.projects.models import Project
from tests.studio.access import Row, known, reading, writing
from tests.studio.sines import design_document

NEW = {"name": "New", "spec": design_document()}

ROWS = [
    Row("designs", "GET", reading()),
    Row("designs", "POST", writing(201), NEW),
    Row("design", "GET", reading()),
    Row("design", "PUT", writing(), NEW),
    Row("design", "PATCH", writing(), {"name": "Newer"}),
    Row("design", "DELETE", writing(204)),
    Row("design-suggestion", "GET", reading()),
    Row("design-check", "POST", reading(), {"spec": design_document()}),
    Row("design-preview", "POST", reading(400), {}),
    Row("pipeline-schema", "GET", known()),
]


def objects(project: Project) -> dict[str, object]:
    return {"design_id": Design.objects.create(project=project, name="A", spec=design_document()).pk}
