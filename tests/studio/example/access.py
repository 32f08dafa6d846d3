from importlib.util import find_spec

from studio.projects.models import Project
from tests.studio.access import Row

_MADE = 201 if find_spec("sktime") else 404
"""The recordings come with a package that may be left out."""

ROWS = [Row("example-project", "POST", (401, _MADE, _MADE, _MADE, _MADE, 403, 403, 403))]


def objects(project: Project) -> dict[str, object]:
    return {}
