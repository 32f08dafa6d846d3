"""The container's server runs by its own start command and answers over HTTP, in words where a request is wrong."""

import http.client
import json
import os
import re
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest
import yaml
from drf_spectacular.validation import validate_schema

from deploy_targets.docker.target import DockerTarget
from deploy_targets.package import build_deployment
from pipelines.evaluate import NativeLibrary
from tests import tiny
from tests.browser.launch import CHROMIUM, running_chromium
from tests.deploy_targets.accessible import grave_faults
from tests.deploy_targets.conftest import make_bundle
from tests.deploy_targets.decisions import stream_decisions
from tests.deploy_targets.test_c_library import HOSTILE
from tests.deploy_targets.test_python import wav
from tests.deploy_targets.unpacked import unpacked
from tests.deploy_targets.wheels import environment_with
from tests.real_runs import bundle_of, keyword_run, motion_run, soundtrack

JSON = "application/json"


def built(bundle, folder):
    """Build the target's zip and unpack it below ``folder``."""
    target = DockerTarget()
    options = target.Options(machines="x86_64")
    path = build_deployment(target, bundle, options, lambda share, message: None, folder / "docker.zip")
    return unpacked(path, folder / "docker")


def instructions(dockerfile):
    """[(instruction, argument)] of a Dockerfile, lines joined."""
    text = re.sub(r"\\\n", " ", dockerfile)
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [tuple(line.split(maxsplit=1)) for line in lines]


@contextmanager
def serving(folder, python, **settings):
    """Run the start command of the Dockerfile; the port. What it logged lies in ``folder/server.log``."""
    command = json.loads(dict(instructions((folder / "Dockerfile").read_text()))["CMD"])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "PORT": str(port), "PYTHONDONTWRITEBYTECODE": "1", **settings}
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            [str(python), *command[1:]],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            assert f":{port}" in process.stdout.readline(), (folder / "server.log").read_text()
            yield port
        finally:
            process.terminate()
            process.stdout.close()
            assert process.wait(timeout=30) == 0


@pytest.fixture(scope="module")
def motion(tmp_path_factory):
    """(folder, Python with the wheel)"""
    folder = built(bundle_of(motion_run(), board_id=""), tmp_path_factory.mktemp("motion"))
    venv = tmp_path_factory.mktemp("motion-environment") / "venv"
    return folder, environment_with(folder / "dist", ["wrist_motions"], venv)


@pytest.fixture(scope="module")
def keywords(tmp_path_factory):
    folder = built(
        bundle_of(keyword_run(), board_id="", project="Keywords"), tmp_path_factory.mktemp("keywords")
    )
    venv = tmp_path_factory.mktemp("keywords-environment") / "venv"
    return folder, environment_with(folder / "dist", ["keywords"], venv)


@pytest.fixture(scope="module")
def port(motion):
    with serving(*motion, MAX_BODY_MB="0.5", REQUEST_SECONDS="1.5", MAX_CONNECTIONS="16") as found:
        yield found


def ask(port, method, path, body=None, kind=None, **headers):
    """(status, answer) of one request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    if kind is not None:
        headers["Content-Type"] = kind
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    is_json = response.headers["Content-Type"] == JSON and method != "HEAD"
    return response.status, json.loads(content) if is_json else content


def test_windows_are_answered_as_the_server_computes_them(port):
    windows, _ = tiny.windows(30, seed=21)
    expected = NativeLibrary(bundle_of(motion_run(), board_id="").library("server")).classify(windows)
    for window, row in zip(windows, expected, strict=True):
        for samples in (window.tolist(), window.ravel().tolist()):
            status, answer = ask(port, "POST", "/v1/classify", json.dumps({"samples": samples}), JSON)
            assert status == 200
            assert [each["probability"] for each in answer["probabilities"]] == row.tolist()
            assert answer["label"] == tiny.LABELS[row.argmax()]
            assert answer["confidence"] == float(row.max())


def test_recordings_are_decided_as_window_by_window(keywords, tmp_path):
    folder, python = keywords
    samples = soundtrack(5)
    content = wav(tmp_path / "sound.wav", samples).read_bytes()
    read = (np.round(samples.astype(np.float64) * 32767) / 32768).astype(np.float32)
    bundle = bundle_of(keyword_run(), board_id="")
    expected = [
        (bundle.labels[answer] if answer >= 0 else None, end / 16000)
        for answer, end in stream_decisions(bundle, read[:, None])
    ]
    with serving(folder, python) as port:
        status, answer = ask(port, "POST", "/v1/decisions", content, "audio/wav")
        assert status == 200
        assert [(each["label"], each["seconds"]) for each in answer["decisions"]] == expected
        slow = wav(tmp_path / "slow.wav", samples, rate=8000).read_bytes()
        status, answer = ask(port, "POST", "/v1/decisions", slow, "audio/wav")
        assert (status, answer["error"]["message"]) == (
            400,
            "the sound has 8,000 Hz; the model takes 16,000 Hz",
        )


def test_a_table_is_decided_too(port):
    values, _ = tiny.windows(3, seed=9)
    signal = values.reshape(-1, 3)
    rows = "\n".join(",".join(map(str, row)) for row in signal)
    status, answer = ask(port, "POST", "/v1/decisions", f"ax,ay,az\n{rows}\n", "text/csv; charset=utf-8")
    bundle = bundle_of(motion_run(), board_id="")
    expected = [bundle.labels[a] if a >= 0 else None for a, _ in stream_decisions(bundle, signal)]
    assert status == 200
    assert [each["label"] for each in answer["decisions"]] == expected


BAD = [
    ("/v1/classify", b"{", JSON, 400, "the body is no JSON"),
    ("/v1/classify", b"[]", JSON, 400, 'an object with one member, {"samples": [...]}'),
    ("/v1/classify", b'{"samples": [], "more": 1}', JSON, 400, "an object with one member"),
    ("/v1/classify", b'{"samples": 7}', JSON, 400, "samples must be a list"),
    ("/v1/classify", b'{"samples": ["x"]}', JSON, 400, 'samples must be numbers: "x" is none'),
    ("/v1/classify", b'{"samples": [true]}', JSON, 400, "samples must be numbers: true is none"),
    ("/v1/classify", b'{"samples": [NaN]}', JSON, 400, "NaN is no number of JSON"),
    ("/v1/classify", b'{"samples": [1e999, 0, 0]}', JSON, 400, "192 numbers; these are 3"),
    (
        "/v1/classify",
        json.dumps({"samples": [1e39] * 192}).encode(),
        JSON,
        400,
        "channel ax is inf at point 0",
    ),
    ("/v1/classify", b'{"samples": [' + b"9" * 400 + b", 0, 0]}", JSON, 400, "too large"),
    ("/v1/classify", b'{"samples": [' + b"9" * 5000 + b", 0, 0]}", JSON, 400, "limit"),
    ("/v1/classify", b'{"samples": ' + b"[" * 50_000, JSON, 400, "nested too deep"),
    ("/v1/classify", b'{"samples": [[1, 2]]}', JSON, 400, "expected [time][3] (ax, ay, az)"),
    ("/v1/classify", b'{"samples": [[1, 2, 3], 4]}', JSON, 400, "rows of numbers"),
    ("/v1/classify", b'{"samples": []}', JSON, 400, "192 numbers; these are 0"),
    ("/v1/classify", b"\xff", JSON, 400, "no UTF-8 text"),
    ("/v1/decisions", b"ax,ay\n1,2\n", "text/csv", 400, "there is no column 'az'"),
    ("/v1/decisions", b"", "text/csv", 400, "holds no samples"),
    ("/v1/decisions", b"\xff\xfe", "text/csv", 400, "no UTF-8 text"),
    ("/v1/decisions", b"RIFF", "audio/wav", 400, "no WAV file"),
    ("/v1/decisions", b"x", "image/png", 415, "the content type image/png is not known"),
    ("/v1/decisions", b"x", None, 415, "the content type is missing"),
    ("/v1/decisions", b"0" * 600_000, "text/csv", 413, "larger than 500,000 bytes"),
    ("/v1/nothing", b"x", JSON, 404, "nothing at this address"),
    ("/healthz", b"x", JSON, 405, "use GET, HEAD"),
]


@pytest.mark.parametrize(
    ("path", "body", "kind", "status", "words"), BAD, ids=[f"{i}-{bad[4][:20]}" for i, bad in enumerate(BAD)]
)
def test_a_bad_request_is_refused_in_words(port, path, body, kind, status, words):
    found, answer = ask(port, "POST", path, body, kind)
    assert (found, answer["error"]["status"]) == (status, status)
    assert words in answer["error"]["message"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_another_method_is_refused_with_those_that_are_allowed(port, method):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, "/v1/classify")
    response = connection.getresponse()
    assert (response.status, response.headers["Allow"]) == (405, "POST")
    connection.close()


def raw(port, request):
    """All that comes back for bytes as they are."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request)
        received = b""
        while part := connection.recv(65536):
            received += part
    return received


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        (b"POST /v1/classify HTTP/1.1\r\nHost: x\r\n\r\n", b"411"),
        (b"POST /v1/classify HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"411"),
        (b"POST /v1/classify HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"POST /v1/classify HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999999999999\r\n\r\n", b"413"),
        (b"NONSENSE\r\n\r\n", b"400"),
        (b"BREW /v1/classify HTTP/1.1\r\nHost: x\r\n\r\n", b"501"),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n", b"431"),
    ],
)
def test_what_is_no_proper_http_is_refused_and_the_connection_closed(port, request_text, status):
    answer = raw(port, request_text)
    assert b" " + status + b" " in answer.partition(b"\r\n")[0]
    assert "message" in json.loads(answer.partition(b"\r\n\r\n")[2])["error"]


def test_a_request_that_drips_in_ends_at_its_time(port):
    head = b"POST /v1/classify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
    started = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(head)
        connection.settimeout(0.2)
        received = b""
        while not received:
            try:
                connection.sendall(b" ")
                received = connection.recv(65536)
            except TimeoutError:
                continue
    assert b" 408 " in received.partition(b"\r\n")[0]
    assert time.monotonic() - started < 15


def test_idle_connections_do_not_keep_others_out_for_long(port):
    idle = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(40)]
    assert ask(port, "GET", "/healthz") == (200, {"status": "ok"})
    for connection in idle:
        connection.close()


def test_many_at_once_get_their_own_answers(port):
    windows, _ = tiny.windows(60, seed=31)
    expected = NativeLibrary(bundle_of(motion_run(), board_id="").library("server")).classify(windows)

    def probabilities(window):
        _, answer = ask(port, "POST", "/v1/classify", json.dumps({"samples": window.tolist()}), JSON)
        return [each["probability"] for each in answer["probabilities"]]

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(probabilities, windows)) == expected.tolist()


def test_one_connection_serves_several_requests(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for _ in range(3):
        connection.request("POST", "/v1/classify", b"{", {"Content-Type": JSON})
        response = connection.getresponse()
        assert (response.status, response.headers["Connection"]) == (400, None)
        response.read()
    connection.close()


def test_the_openapi_document_is_valid_and_tells_of_this_model(port):
    status, document = ask(port, "GET", "/openapi.json")
    assert status == 200
    validate_schema(document)
    assert document["components"]["schemas"]["Classification"]["properties"]["label"]["enum"] == [
        *tiny.LABELS,
        None,
    ]
    for path, methods in document["paths"].items():
        for method in methods:
            assert ask(port, method.upper(), path, b"x" if method == "post" else None)[0] in (200, 415)
    assert ask(port, "GET", "/v1/model")[1]["channels"] == ["ax", "ay", "az"]
    assert ask(port, "HEAD", "/healthz") == (200, b"")


@pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")
def test_the_page_shows_the_api_and_tries_it_without_other_servers(port):
    faults = []
    with running_chromium() as browser:
        page = browser.new_page(viewport={"width": 360, "height": 740}, bypass_csp=True)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        own = (f"http://127.0.0.1:{port}/", "data:")
        page.on("request", lambda asked: None if asked.url.startswith(own) else faults.append(asked.url))
        page.goto(own[0])
        page.wait_for_selector("body[data-ready]")
        assert page.locator("article").count() == 4
        form = page.locator("article", has_text="/v1/classify")
        form.get_by_label("JSON", exact=True).fill(json.dumps({"samples": [0] * 192}))
        form.get_by_role("button", name="Send").click()
        form.get_by_text("200 OK").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert grave_faults(page) == []
    assert faults == []


def test_the_dockerfile_is_sound(keywords):
    folder, _ = keywords
    found = instructions((folder / "Dockerfile").read_text())
    names = [name for name, _ in found]
    assert names[0] == "FROM"
    assert re.fullmatch(r"[a-z./]+:[\w.-]*\d[\w.-]*", found[0][1])
    known = {"FROM", "COPY", "RUN", "WORKDIR", "USER", "ENV", "EXPOSE", "HEALTHCHECK", "CMD"}
    assert set(names) == known
    assert names.index("USER") < names.index("CMD")
    assert dict(found)["USER"] != "0"
    for name, argument in found:
        if name == "COPY":
            assert (folder / argument.split()[0]).is_dir()
    run = dict(found)["RUN"]
    subprocess.run(["sh", "-n", "-c", run], check=True)
    assert "--no-index" in run
    assert "keywords==1.0.0" in run
    check = dict(found)["HEALTHCHECK"]
    assert json.loads(check[check.index("[") :]) == ["python", "-m", "server.health"]
    ignored = (folder / ".dockerignore").read_text().split()
    assert ignored == ["*", "!dist", "!server"]
    service = yaml.safe_load((folder / "compose.yaml").read_text())["services"]["keywords"]
    assert service["read_only"] is True
    assert service["ports"] == ["127.0.0.1:8080:8080"]


def test_the_health_check_tells_whether_it_runs(motion, port):
    folder, python = motion
    command = [str(python), "-m", "server.health"]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    assert (
        subprocess.run(command, cwd=folder, env={**environment, "PORT": str(port)}, check=False).returncode
        == 0
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = str(probe.getsockname()[1])
        result = subprocess.run(
            command, cwd=folder, env={**environment, "PORT": closed}, capture_output=True, check=False
        )
    assert result.returncode == 1


def test_hostile_names_stay_text(tmp_path):
    project = 'RUN rm -rf /\nUSER root\n${x} "$(id)" 変'
    labels = ("__proto__", *HOSTILE[:2])
    folder = built(make_bundle(labels=labels, project=project, board_id=""), tmp_path)
    assert "root" not in (folder / "Dockerfile").read_text().replace("run_rm_rf_user_root_x_id", "")
    python = environment_with(folder / "dist", ["run_rm_rf_user_root_x_id"], tmp_path / "venv")
    with serving(folder, python) as port:
        status, answer = ask(port, "POST", "/v1/classify", json.dumps({"samples": [0] * 192}), JSON)
        assert status == 200
        assert [each["label"] for each in answer["probabilities"]] == list(labels)
        document = ask(port, "GET", "/openapi.json")[1]
        assert document["info"]["title"] == project
