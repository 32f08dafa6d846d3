"""Importing TensorFlow: late, because it takes seconds, and quiet."""

from __future__ import annotations

import os
from typing import Any


def tensorflow() -> Any:
    """The ``tensorflow`` module; its native log tells errors only."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    import tensorflow as module

    module.get_logger().setLevel("ERROR")
    return module


def keras() -> Any:
    """The ``keras`` module, on TensorFlow."""
    tensorflow()
    import keras as module

    return module
