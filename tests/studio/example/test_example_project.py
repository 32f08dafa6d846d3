"""The ready-made project: real recordings and a design that works, in one request."""

import pytest

from pipelines import example
from studio.data.models import Sample
from studio.designs.models import Design
from studio.projects.models import Project

pytestmark = pytest.mark.django_db


def test_the_example_project_has_its_recordings_and_a_design(client, django_user_model):
    user = django_user_model.objects.create_user(email="ada@example.org", password="a long enough password")
    client.force_login(user)
    answer = client.post("/api/v1/example-project/")
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert made["role"] == "owner"
    assert made["sample_count"] == 80
    assert made["labels"] == ["badminton", "running", "standing", "walking"]
    project = Project.objects.get(pk=made["id"])
    assert Sample.objects.filter(project=project, split="test").count() == 40
    assert Sample.objects.filter(project=project).first().channels == list(example.CHANNELS)
    assert Design.objects.get(project=project).pipeline().input.sample_rate_hz == example.SAMPLE_RATE_HZ


def test_without_the_package_nothing_is_made_and_the_cure_is_told(client, django_user_model, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    user = django_user_model.objects.create_user(email="ada@example.org", password="a long enough password")
    client.force_login(user)
    answer = client.post("/api/v1/example-project/")
    assert answer.status_code == 404
    assert "uv sync --group demo" in answer.json()["errors"][0]["message"]
    assert not Project.objects.exists()


def test_the_example_project_is_for_people_who_are_signed_in(client):
    assert client.post("/api/v1/example-project/").status_code in {401, 403}
