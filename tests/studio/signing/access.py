from studio.projects.models import Project
from tests.studio.access import Row, members_only, owning

ROWS = [
    Row("hmac-key", "GET", members_only()),
    Row("hmac-key", "PUT", owning(), {"key": "0123456789abcdef"}),
    Row("hmac-key", "DELETE", owning(204)),
]


def objects(project: Project) -> dict[str, object]:
    return {}
