from studio.projects.models import Project
from tests.studio.access import Row, anyone, known

ROWS = [
    Row("health", "GET", anyone()),
    Row("schema", "GET", anyone()),
    Row("docs", "GET", anyone()),
    Row("handbook", "GET", anyone()),
    Row("handbook-page", "GET", anyone(), arguments=(("page", "own-target/"),)),
    Row("schema-pipeline", "GET", known()),
    Row("no-such-endpoint", "GET", anyone(404), arguments=()),
    Row("app", "GET", anyone(404), arguments=(("path", "there/is/no.file"),)),
]


def objects(project: Project) -> dict[str, object]:
    return {}
