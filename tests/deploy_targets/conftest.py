"""Bundles of the small pipeline, as a run would leave them."""

import pytest

from deploy_targets.base import DeployBundle, SelfTest
from deploy_targets.package import deployment_files
from deploy_targets.registry import target_of
from pipelines.evaluate import NativeLibrary, evaluate
from pipelines.profile import board_of
from tests import tiny


def make_bundle(variant="int8", project="Wrist motions", labels=tiny.LABELS, board_id="nano33ble"):
    scaler, tflite = tiny.trained()
    values, label = tiny.windows(30, seed=11)
    library = tiny.library(variant, labels=labels)
    evaluation = evaluate(library, [values], label, labels)
    chosen = slice(0, 6)
    return DeployBundle(
        project=project,
        spec=tiny.spec(),
        labels=labels,
        scaler=scaler,
        tflite=tflite[variant],
        variant=variant,
        board=board_of(board_id) if board_id else None,
        evaluation=evaluation.as_json(),
        profile=None,
        self_test=SelfTest(values[chosen], label[chosen], NativeLibrary(library).classify(values[chosen])),
    )


@pytest.fixture(scope="session")
def built():
    """built(variant) -> the files of the C target's zip."""
    known = {}

    def build(variant):
        if variant not in known:
            target = target_of("c")
            known[variant] = deployment_files(
                target, make_bundle(variant), target.Options(), lambda share, message: None
            )
        return known[variant]

    return build
