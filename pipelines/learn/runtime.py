"""Importing TensorFlow: late, because it takes seconds, and quiet."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def quiet() -> Iterator[None]:
    """Keep what TensorFlow's native code writes to the process's standard error; tell it where the work fails.

    The converter's own messages pass by every log level.
    """
    sys.stderr.flush()
    shown = os.dup(2)
    with tempfile.TemporaryFile() as told:
        os.dup2(told.fileno(), 2)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield
        except BaseException:
            told.seek(0)
            os.write(shown, told.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(shown, 2)
            os.close(shown)
