"""Where the compiled library comes from, and which ones are refused, each in words."""

from __future__ import annotations

import hashlib
import http.server
import ipaddress
import json
import socketserver
import ssl
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from deploy_targets.errors import TargetError
from deploy_targets.webllm.build_library import PYTHON_VARIABLE, toolchain
from deploy_targets.webllm.download import download, is_public
from deploy_targets.webllm.model_library import (
    FOLDER_VARIABLE,
    Wanted,
    checked_library,
    library_of_folder,
    wanted_library,
)
from pipelines.language.model_folder import open_model
from tests import language
from tests.deploy_targets.webllm.fake_library import fake_library

TENSORS = {"model.norm.weight": (128,)}


@pytest.fixture
def wanted() -> Wanted:
    return wanted_library(open_model(language.small_llama()), "q4f16_1", 512)


def says(**changed: Any) -> dict[str, Any]:
    return {
        "model_type": "llama",
        "quantization": "q4f16_1",
        "context_window_size": 512,
        "params": [{"name": "model.norm.weight", "shape": [128], "dtype": "float16"}],
        **changed,
    }


def test_it_is_named_by_architecture_quantization_and_context(wanted: Wanted) -> None:
    assert wanted.name == "llama-128x2-q4f16_1-ctx512_cs512-webgpu.wasm"
    longer = wanted_library(open_model(language.small_llama()), "q4f32_1", 4096)
    assert longer.name == "llama-128x2-q4f32_1-ctx4k_cs1k-webgpu.wasm"


def test_one_that_fits_is_taken_and_stamped_with_the_runtimes_version(wanted: Wanted) -> None:
    content = fake_library(says())
    stamp = checked_library(wanted, content, TENSORS).stamp()
    assert stamp["runtime_version"] == "0.27.0-dev0"
    assert stamp["sha256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html>", "is no WebAssembly module"),
        (fake_library(says())[:-3], "is a damaged WebAssembly module"),
        (
            fake_library(says(), without=["vm.builtin.tensor_cache.get"]),
            "was not compiled for TVM runtime 0.27.0-dev0, which WebLLM 0.2.85 speaks: it lacks vm.builtin.tensor_cache.get",
        ),
        (fake_library(says(), without=["TVMWasmAllocSpace"]), "it lacks TVMWasmAllocSpace"),
        (fake_library({"hello": 1}), "does not say which network it was compiled for"),
        (fake_library(says(model_type="qwen2")), "was compiled for model_type qwen2, not llama"),
        (fake_library(says(quantization="q0f16")), "was compiled for quantization q0f16, not q4f16_1"),
        (fake_library(says(context_window_size=4096)), "was compiled for context_window_size 4096, not 512"),
        (
            fake_library(says(params=[{"name": "model.norm.weight", "shape": [64]}])),
            r"wants model.norm.weight in the shape \[64\], but this model has it in \[128\]",
        ),
        (
            fake_library(says(params=[{"name": "vision.weight", "shape": [1]}])),
            "wants the tensor vision.weight, which this model has not",
        ),
    ],
)
def test_one_that_does_not_fit_is_refused_in_words(wanted: Wanted, content: bytes, words: str) -> None:
    with pytest.raises(TargetError, match=words) as refusal:
        checked_library(wanted, content, TENSORS)
    assert refusal.value.field == "options.model_library"


def test_it_is_taken_from_the_servers_folder(
    wanted: Wanted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    assert library_of_folder(wanted) is None
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    assert library_of_folder(wanted) is None
    content = fake_library(says())
    (tmp_path / wanted.name).write_bytes(content)
    found = library_of_folder(wanted)
    assert found is not None
    assert found.content == content
    stamp = tmp_path / f"{wanted.name}.json"
    stamp.write_text(json.dumps({**found.stamp(), "runtime_version": "0.24.0"}))
    with pytest.raises(
        TargetError, match=r"compiled for TVM runtime 0.24.0; the page's WebLLM 0.2.85 speaks 0.27.0-dev0"
    ):
        library_of_folder(wanted)
    stamp.write_text(json.dumps({**found.stamp(), "sha256": "0" * 64}))
    with pytest.raises(TargetError, match="is not the file that"):
        library_of_folder(wanted)
    stamp.write_text("[]")
    with pytest.raises(TargetError, match="must be JSON with runtime_version and sha256"):
        library_of_folder(wanted)


# ---- from an address ----


class _Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/library.wasm")
            self.end_headers()
        elif self.path == "/for-ever":
            self.send_response(302)
            self.send_header("Location", "/for-ever")
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def https(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, ssl.SSLContext, bytes]]:
    """An https server of this machine, a context that trusts it, and what its ``/library.wasm`` holds."""
    folder = tmp_path_factory.mktemp("https")
    content = fake_library(says())
    (folder / "library.wasm").write_bytes(content)
    certificate, key = _certificate(folder)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate, key)
    with socketserver.ThreadingTCPServer(
        ("127.0.0.1", 0), partial(_Handler, directory=str(folder))
    ) as server:
        server.socket = serving.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield (
            f"https://localhost:{server.server_address[1]}",
            ssl.create_default_context(cafile=str(certificate)),
            content,
        )
        server.shutdown()
        thread.join()


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return paths


def anywhere(_address: str) -> bool:
    return True


@pytest.mark.parametrize("path", ["/library.wasm", "/moved"])
def test_it_is_fetched_from_an_address_by_its_hash(
    https: tuple[str, ssl.SSLContext, bytes], path: str
) -> None:
    url, context, content = https
    sha256 = hashlib.sha256(content).hexdigest()
    assert download(url + path, sha256.upper(), 1 << 20, allowed=anywhere, context=context) == content


@pytest.mark.parametrize(
    ("path", "sha256", "max_bytes", "words"),
    [
        ("/library.wasm", "0" * 64, 1 << 20, "has the SHA-256"),
        ("/library.wasm", "", 100, "which no library has"),
        ("/nothing", "", 1 << 20, "the server answered 404"),
        ("/for-ever", "", 1 << 20, "redirected more than 5 times"),
    ],
)
def test_another_file_than_the_one_that_was_named_is_refused(
    https: tuple[str, ssl.SSLContext, bytes], path: str, sha256: str, max_bytes: int, words: str
) -> None:
    url, context, content = https
    hashed = sha256 or hashlib.sha256(content).hexdigest()
    with pytest.raises(TargetError, match=words):
        download(url + path, hashed, max_bytes, allowed=anywhere, context=context)


def test_only_public_addresses_are_connected_to(https: tuple[str, ssl.SSLContext, bytes]) -> None:
    url, context, _ = https
    with pytest.raises(TargetError, match="an address of a private network"):
        download(f"{url}/library.wasm", "0" * 64, 1 << 20, context=context)
    with pytest.raises(TargetError, match="only addresses that begin with https://"):
        download(f"{url}/library.wasm".replace("https", "http"), "0" * 64, 1 << 20)
    refused = ("127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "::1", "fe80::1", "0.0.0.0")
    assert not any(is_public(address) for address in refused)
    assert is_public("93.184.215.14")


# ---- compiled here ----


def test_without_the_tools_each_one_that_is_missing_is_named(
    wanted: Wanted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv(PYTHON_VARIABLE, sys.executable)
    with pytest.raises(TargetError) as refusal:
        toolchain(wanted)
    words = str(refusal.value)
    assert "apache-tvm 0.27.0 (pip install 'apache-tvm==0.27.0.*'" in words
    assert "Emscripten's emcc on the PATH (apt install emscripten)" in words
