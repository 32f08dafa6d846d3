"""Damaged and hostile models: bytes flipped, cut, spliced and moved, and fields of the schema set to extremes."""

import contextlib
import functools
import random
import time

import flatbuffers
import numpy as np
from tensorflow.lite.python import schema_py_generated as schema

from pipelines.compile import CompileError, compile_model

from . import (
    operators,
    operators_images,
    operators_operands,
    operators_recurrent,
    operators_reductions,
    operators_shapes,
)
from .builder import options
from .random_graphs import GraphMaker

TIME_LIMIT_S = 10.0
WORDS = (0, 1, 4, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFC, 0x01000000)
INTEGERS = (0, 1, -1, 2, 3, 7, 127, -128, 255, 4096, 65536, 2**23, 2**31 - 1, -(2**31), 2**62)
REALS = (0.0, -1.0, 1e-40, 1e-30, 1e30, 3e38, float("nan"), float("inf"), 1.0)


def small_model() -> bytes:
    maker = GraphMaker(2, 5, 4, 3)
    for choice in ("conv", "join", "pad", "pool", "concatenate", "reshape"):
        maker.grow(choice, 3)
    maker.classify(4)
    return maker.finish()


@functools.cache
def sound_models() -> tuple[bytes, ...]:
    """Small models of every kind of layer."""
    return (
        small_model(),
        operators.depthwise("int8"),
        operators.convolution("float32", height=4, width=4),
        operators.dense("int16"),
        operators.pad("int8", value=True),
        operators.unary("SOFTMAX", "float32", table=options("Softmax", beta=1.0)),
        operators_shapes.strided_slice(
            "int8", (1, 6, 6, 2), (0, 1, 1, 0), (1, 5, 5, 2), (1, 2, 1, 1), (1, 2, 4, 2)
        ),
        operators_recurrent.lstm("int8"),
        operators_recurrent.svdf("float32"),
        operators_shapes.transpose("int8", (1, 3, 4, 2), (0, 2, 1, 3)),
        operators_shapes.parts("SPLIT_V", "int8", (1, 7, 3), 1, (1, 4, 2)),
        operators_shapes.gather("int8", (1, 5, 3), [2, 1], axis=2),
        operators_operands.pair("PRELU", "int8"),
        operators_reductions.reduction("SUM", "int8", axes=(0, 2)),
        operators_images.resize("RESIZE_BILINEAR", "int8", (3, 2), (4, 5)),
        operators_images.mirror_pad("int8", (1, 4, 3, 2), ((0, 0), (1, 2), (2, 0), (0, 0)), False),
    )


def compiles_or_explains(model: bytes) -> None:
    """Anything but C or a `CompileError`, soon, fails."""
    start = time.perf_counter()
    with contextlib.suppress(CompileError):
        compile_model(model, "model")
    elapsed_s = time.perf_counter() - start
    assert elapsed_s < TIME_LIMIT_S, f"took {elapsed_s:.1f} s"


def damaged_model(rng: random.Random) -> bytes:
    """One of the sound models, damaged in its bytes or in its fields, one to six times."""
    model = rng.choice(sound_models())
    if rng.random() < 0.5:
        return with_extreme_fields(model, [rng.getrandbits(32) for _ in range(rng.randint(1, 3))])
    for _ in range(rng.randint(1, 6)):
        model = rng.choice(DAMAGES)(model, rng)
    return model


def _set_byte(model, rng):
    position = rng.randint(0, max(len(model) - 1, 0))
    return model[:position] + bytes([rng.getrandbits(8)]) + model[position + 1 :]


def _set_word(model, rng):
    position = 4 * rng.randint(0, len(model) // 4)
    return model[:position] + rng.choice(WORDS).to_bytes(4, "little") + model[position + 4 :]


def _cut(model, rng):
    return model[: rng.randint(0, len(model))]


def _splice(model, rng):
    """A piece of the same or another model over, or in between, the bytes."""
    other = rng.choice((model, *sound_models()))
    start, target = rng.randint(0, len(other)), rng.randint(0, len(model))
    piece = other[start : start + rng.randint(1, 64)]
    return model[:target] + piece + model[target + (len(piece) if rng.random() < 0.5 else 0) :]


def _point_back(model, rng):
    """An offset that leads anywhere: to itself, backwards through wrapping, to another table."""
    position, target = (4 * rng.randint(0, len(model) // 4) for _ in range(2))
    return model[:position] + ((target - position) % 2**32).to_bytes(4, "little") + model[position + 4 :]


DAMAGES = (_set_byte, _set_word, _cut, _splice, _point_back)


def with_extreme_fields(model: bytes, choices: list[int]) -> bytes:
    """The model with some numbers of its tables replaced, as a well-formed flatbuffer."""
    root = schema.ModelT.InitFromObj(schema.Model.GetRootAs(model, 0))
    for number in choices:
        places = [*_places(root)]
        number, place = divmod(number, len(places))
        holder, key, old = places[place]
        extremes = REALS if isinstance(old, float | np.floating) else INTEGERS
        value = extremes[number % len(extremes)]
        if isinstance(holder, np.ndarray | list):
            changed = [*holder]
            changed[key] = value
            _replace(root, holder, changed)
        else:
            setattr(holder, key, value)
        try:
            packer = flatbuffers.Builder(1024)
            packer.Finish(root.Pack(packer), b"TFL3")
        except Exception:
            # The value does not fit its field.
            if isinstance(holder, np.ndarray | list):
                _replace(root, changed, holder)
            else:
                setattr(holder, key, old)
    packer = flatbuffers.Builder(1024)
    packer.Finish(root.Pack(packer), b"TFL3")
    return bytes(packer.Output())


def _objects(thing):
    yield thing
    for value in list(vars(thing).values()):
        for each in value if isinstance(value, list) else [value]:
            if hasattr(each, "Pack"):
                yield from _objects(each)


def _places(root):
    """(object or list, attribute or index, value) of every number but the content of buffers."""
    for found in _objects(root):
        for name, value in vars(found).items():
            if isinstance(value, bool | int | float | np.number):
                yield found, name, value
            elif isinstance(value, np.ndarray | list) and not isinstance(found, schema.BufferT):
                for index, each in enumerate(value):
                    if isinstance(each, int | float | np.number):
                        yield value, index, each


def _replace(root, old, new):
    for found in _objects(root):
        for name, value in vars(found).items():
            if value is old:
                setattr(found, name, new)
