"""The front end, the headers of every answer, and what the web process must not load."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def _static_files_as_in_use(settings: Any) -> None:
    settings.WHITENOISE_AUTOREFRESH = False


@pytest.fixture
def built(tmp_path: Path, settings: Any) -> Path:
    """A built front end."""
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "index.html").write_text(
        '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><div id="root">', encoding="utf-8"
    )
    settings.FRONTEND_DIR = folder
    return folder


def directives(answer: Any) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts}


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("address", ["/", "/sign-in", "/p/8a3b/data/17", "/p/x/train/", "/apidocs"])
def test_every_address_of_the_front_end_answers_with_its_page(anonymous: APIClient, address: str) -> None:
    answer = anonymous.get(address)
    assert answer.status_code == 200
    assert b'<div id="root">' in answer.content
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.usefixtures("built")
def test_the_pages_nonce_is_the_policys_and_new_each_time(anonymous: APIClient) -> None:
    nonces = set()
    for _ in range(2):
        answer = anonymous.get("/")
        nonce = answer.content.decode().partition('content="')[2].partition('"')[0]
        assert f"'nonce-{nonce}'" in directives(answer)["style-src"]
        nonces.add(nonce)
    assert len(nonces) == 2


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("address", ["/assets/gone-12345678.js", "/favicon.ico", "/p/../../etc/passwd.txt"])
def test_a_file_that_is_not_there_is_404_and_no_page(anonymous: APIClient, address: str) -> None:
    assert anonymous.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/api", "/api/", "/api/v1/", "/api/v1/nothing/", "/api/v2/projects/"])
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_what_the_api_does_not_have_is_404_in_its_own_shape(
    anonymous: APIClient, address: str, method: str
) -> None:
    answer = getattr(anonymous, method)(address)
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["message"]


def test_without_a_built_front_end_the_page_says_what_to_do(
    anonymous: APIClient, settings: Any, tmp_path: Path
) -> None:
    settings.FRONTEND_DIR = tmp_path / "nothing"
    answer = anonymous.get("/")
    assert answer.status_code == 503
    assert "make up" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("address", ["/", "/api/v1/health/", "/api/v1/auth/me/", "/api/docs/", "/api/none/"])
def test_every_answer_bears_a_strict_policy(anonymous: APIClient, address: str) -> None:
    answer = anonymous.get(address)
    policy = directives(answer)
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert set(policy["script-src"].split()) == {"'self'", "'wasm-unsafe-eval'"}
    assert not any("unsafe-inline" in value for value in policy.values())
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"


def test_the_docs_page_runs_no_inline_script(anonymous: APIClient) -> None:
    page = anonymous.get("/api/docs/").content.decode()
    assert page.count("<script") == page.count("<script src=") == 3
    assert "<style" not in page
    script = anonymous.get(page.rpartition('<script src="')[2].partition('"')[0])
    assert "javascript" in script["Content-Type"]
    assert b"SwaggerUIBundle" in script.content


@pytest.mark.django_db
def test_health_answers(anonymous: APIClient) -> None:
    assert anonymous.get("/api/v1/health/").json() == {"status": "ok"}


@pytest.mark.django_db
def test_the_pipeline_schema_names_the_blocks(owner: APIClient) -> None:
    schema = owner.get("/api/v1/schema/pipeline/").json()
    assert {"InputSpec", "FeatureSpec", "LearningSpec"} <= set(schema["$defs"])


def test_the_openapi_schema_has_no_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", "/dev/null")


def run_python(code: str, tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "THIMBLE_DATA_DIR": str(tmp_path / "data"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_web_process_loads_no_tensorflow(tmp_path: Path) -> None:
    code = """
import sys
from studio.wsgi import application
from django.urls import get_resolver
from django.test import Client
assert get_resolver().url_patterns
from pipelines.spec import pipeline_json_schema
pipeline_json_schema()
heavy = {"tensorflow", "keras", "scipy", "pandas", "sklearn", "matplotlib"} & set(sys.modules)
sys.exit(f"loaded: {heavy}" if heavy else 0)
"""
    done = run_python(code, tmp_path)
    assert done.returncode == 0, done.stderr


def test_djangos_deployment_checklist_is_clean_in_production(tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv = ['manage.py', 'check', '--deploy', '--fail-level', 'WARNING']; "
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'studio.settings'; "
        "from django.core.management import execute_from_command_line as run; run(sys.argv)"
    )
    done = run_python(
        code,
        tmp_path,
        THIMBLE_HTTPS="1",
        THIMBLE_ALLOWED_HOSTS="studio.example.org",
        THIMBLE_DATABASE_URL="postgresql://thimble:p%40ss@db:5433/thimble?sslmode=require",
        THIMBLE_REDIS_URL="redis://redis:6379/0",
        THIMBLE_S3_BUCKET="thimble",
        THIMBLE_TRUSTED_PROXIES="1",
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_the_front_ends_copy_of_the_api_document_is_fresh(tmp_path: Path) -> None:
    made = tmp_path / "openapi.json"
    call_command("spectacular", "--format", "openapi-json", "--file", str(made))
    kept = Path(__file__).parents[3] / "frontend" / "openapi.json"
    assert json.loads(kept.read_text()) == json.loads(made.read_text()), "run: make api"
