from uuid import uuid4

from studio.accounts.models import User
from studio.projects.models import Membership, Project, Role
from tests.studio.access import Row, members_only, owning, reading
from tests.studio.helpers import PASSWORD


def _someone() -> dict[str, str]:
    user = User.objects.create_user(f"{uuid4().hex}@example.org", PASSWORD)
    return {"email": user.email, "role": "viewer"}


ROWS = [
    Row("project-list", "GET", (401, 200, 200, 200, 200, 200, 403, 403)),
    Row("project-list", "POST", (401, 201, 201, 201, 201, 403, 403, 403), {"name": "Another"}),
    Row("project", "GET", reading()),
    Row("project", "PATCH", owning(), {"description": "Waving"}),
    Row("project", "DELETE", owning(204)),
    Row("member-list", "GET", members_only()),
    Row("member-list", "POST", owning(201), _someone),
    Row("member", "GET", members_only()),
    Row("member", "PATCH", owning(), {"role": "editor"}),
    Row("member", "DELETE", owning(204)),
]


def objects(project: Project) -> dict[str, object]:
    user = User.objects.create_user(f"{uuid4().hex}@example.org", PASSWORD)
    return {"member_id": Membership.objects.create(project=project, user=user, role=Role.VIEWER).pk}
