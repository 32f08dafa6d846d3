"""Importing TensorFlow: late, because it takes seconds, and quiet."""

from __future__ import annotations

import logging
import os
from typing import Any


def tensorflow() -> Any:
    """The ``tensorflow`` module; its native log tells errors only."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    import tensorflow as module

    module.get_logger().setLevel("ERROR")
    logging.getLogger("absl").setLevel(logging.ERROR)
    return module


def keras() -> Any:
    """The ``keras`` module, on TensorFlow."""
    tensorflow()
    import keras as module

    return module
