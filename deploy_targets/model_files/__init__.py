"""What goes with a network that other runtimes run: how its input is made, a self-test, a script that runs it."""

from deploy_targets.model_files.documents import (
    classify_script,
    interface_document,
    readme_values,
    selftest_file,
)
from deploy_targets.model_files.inputs import ends_of, features_of, model_input, varied_windows

__all__ = [
    "classify_script",
    "ends_of",
    "features_of",
    "interface_document",
    "model_input",
    "readme_values",
    "selftest_file",
    "varied_windows",
]
