from uuid import uuid4

from studio.accounts.models import ApiKey, User
from studio.projects.models import Project
from tests.studio.access import Row, anyone, owning
from tests.studio.helpers import PASSWORD

ROWS = [
    Row("auth-csrf", "GET", anyone()),
    Row(
        "auth-sign-up",
        "POST",
        anyone(201),
        lambda: {"email": f"{uuid4().hex}@example.org", "password": PASSWORD, "name": "New"},
    ),
    Row("auth-sign-in", "POST", anyone(), {"email": "owner@example.org", "password": PASSWORD}),
    Row("auth-sign-out", "POST", anyone(204)),
    Row("auth-me", "GET", (401, 200, 200, 200, 200, 403, 403, 403)),
    Row("api-key-list", "GET", owning()),
    Row("api-key-list", "POST", owning(201), {"name": "Sensor", "scopes": ["upload"]}),
    Row("api-key", "DELETE", owning(204)),
]


def objects(project: Project) -> dict[str, object]:
    someone = User.objects.create_user(f"{uuid4().hex}@example.org", PASSWORD)
    key = ApiKey.objects.create(
        project=project,
        created_by=someone,
        name="One",
        scopes=["read"],
        prefix="thk_",
        key_sha256=uuid4().hex,
    )
    return {"api_key_id": key.pk}
