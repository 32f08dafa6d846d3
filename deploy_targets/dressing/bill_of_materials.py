"""``sbom.cdx.json``: what the zip is made of, as a CycloneDX 1.6 bill of materials (https://cyclonedx.org/specification)."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import uuid
from typing import Any

from deploy_targets.base import Component, DeployTarget, Files
from deploy_targets.bundle import file_sha256


def bill_of_materials(target: DeployTarget, bundle: Any, options: Any, files: Files) -> str:
    """The document: the deployment, the files in it with their hashes, and what of others it holds.

    It bears no time, and its serial number is made from its content, so that the same build gives the same bytes.
    """
    version = importlib.metadata.version("thimble")
    whole = {
        "type": "firmware" if target.group == "board" else "application",
        "bom-ref": "deployment",
        "name": target.file_stem(bundle),
        "version": version,
        "licenses": [{"license": {"id": "Apache-2.0"}}],
    }
    of_others = [_component(one) for one in target.components(bundle, options)]
    document: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": {"components": [{"type": "application", "name": "thimble", "version": version}]},
            "component": whole,
        },
        "components": of_others + [_file(name, content) for name, content in sorted(files.items())],
        "dependencies": [{"ref": "deployment", "dependsOn": [one["bom-ref"] for one in of_others]}],
    }
    digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
    document["serialNumber"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, digest)}"
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _component(one: Component) -> dict[str, Any]:
    is_expression = any(word in one.licence for word in (" OR ", " AND ", " WITH "))
    licence = {"expression": one.licence} if is_expression else {"license": {"id": one.licence}}
    return {
        "type": "library",
        "bom-ref": one.purl,
        "name": one.name,
        "version": one.version,
        "licenses": [licence],
        "purl": one.purl,
    }


def _file(name: str, content: Any) -> dict[str, Any]:
    digest = hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else file_sha256(content)
    return {
        "type": "file",
        "bom-ref": f"file:{name}",
        "name": name,
        "hashes": [{"alg": "SHA-256", "content": digest}],
    }
