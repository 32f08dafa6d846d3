"""Int4 weights with int8 activations, kept packed in flash: CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED.

The trade: packed weights take half of the flash, and each group of eight is taken apart where it is multiplied.
On a Cortex-M4 a convolution, which takes a group apart once for four pixels, then needs about 1.4 instructions a
product where int8 weights need 0.9 to 1.2, a dense layer, which uses each weight once, 2.5 where they need 1.1,
and a depthwise convolution five times as many. So `optimize="size"` packs all weights; `balanced` leaves those of
depthwise convolutions, which are few, as int8; `speed` stores all of them as int8, for the int8 kernels.

The reference unpacks them to int8 and runs its int8 kernels (`EvalQuantizedPerChannel` in
`tensorflow/lite/kernels/conv.cc`), so that the arithmetic is that of int8 layers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.compile.graph import DType
from pipelines.compile.kernels import output_stage
from pipelines.compile.kernels.base import Constant, Fields, Layer, Step
from pipelines.compile.kernels.conv_2d_geometry import conv_2d_geometry
from pipelines.compile.kernels.spatial import Window
from pipelines.compile.quantize import Multiplier

GROUP = 8
PATCHES = 4
# Where SXTB16 finds the bytes of a word: the even ones first, then the odd ones.
DSP_ORDER = [0, 2, 1, 3]
# Sums are kept times 16: 2**31 / (16 * 2**7 * 2**3).
MAX_PRODUCTS = 1 << 17


def has_packed_weights(layer: Layer) -> bool:
    """Whether the layer has int4 weights that are to stay packed."""
    packing = {"size"} if layer.kind == "DEPTHWISE_CONV_2D" else {"size", "balanced"}
    return layer.input(1).dtype is DType.INT4 and layer.choices.optimize in packing


def weights_dtype(layer: Layer) -> DType:
    """The type of the layer's weights (input 1): that of its input and output, or int4 beside int8."""
    weights = layer.input(1)
    if weights.dtype is DType.INT4 and layer.require_types(layer.input(0), layer.output) is DType.INT8:
        return DType.INT4
    return layer.require_types(layer.input(0), weights, layer.output)


class _Stage:
    """Bias and scaling of a layer with weights [outputs, products], where the packed kernels can do them."""

    def __init__(self, layer: Layer, rows: npt.NDArray[Any], activation: str, single_precision: bool) -> None:
        image = layer.input(0)
        _, self.zero_point = layer.scale_and_zero_point(image)
        bias = output_stage.bias_values(layer, 2, len(rows), DType.INT32)
        self.folded = output_stage.folded_bias(layer, bias, rows, self.zero_point)
        self.multipliers: list[Multiplier] = output_stage.multipliers(
            layer, image, layer.input(1), single_precision
        )
        self.fields = output_stage.fields(layer, activation, per_channel=len(self.multipliers) > 1)
        self.possible = rows.shape[1] < MAX_PRODUCTS and output_stage.shifts_right(
            self.folded, rows, self.multipliers
        )

    def constants(self) -> tuple[Constant, ...]:
        return output_stage.constants(self.folded, self.multipliers)


def lower_conv_2d(
    layer: Layer, found: Window, rows: npt.NDArray[Any], group_channels: int, activation: str
) -> Step | None:
    """The step of a convolution whose filters are the rows [outputs, products]; None where it cannot be packed."""
    stage = _Stage(layer, rows, activation, single_precision=False)
    if not stage.possible:
        return None
    image = layer.input(0)
    geometry = conv_2d_geometry(found, image, group_channels, len(rows))
    length = -(-rows.shape[1] // GROUP) * GROUP
    return Step(
        call="conv_2d_int4({parameters}, {tile}, {input0}, {weights}, {bias}, {multiplier}, {shift}, {scratch}, "
        "{output})",
        source="conv_2d_int4.h",
        parameters_type="conv_2d_int4_parameters",
        parameters={
            "geometry": geometry,
            "input_zero_point": stage.zero_point,
            "matrix": _matrix(len(rows) * group_channels // image.shape[3], length, stage),
        },
        constants=(_packed_rows(rows), *stage.constants()),
        macs=found.output[0] * found.output[1] * rows.size,
        scratch_bytes=PATCHES * length * 2,
        scratch_type="int16_t",
        trails=found.trails(image, layer.output, gathers=True) if group_channels == image.shape[3] else {},
        reach=found.reach,
    )


def lower_fully_connected(layer: Layer, rows: npt.NDArray[Any], vectors: int, activation: str) -> Step | None:
    """The step of a dense layer with weights [outputs, products]; None where it cannot be packed."""
    stage = _Stage(layer, rows, activation, single_precision=True)
    if not stage.possible:
        return None
    length = -(-rows.shape[1] // GROUP) * GROUP
    return Step(
        call="fully_connected_int4({parameters}, {input0}, {weights}, {bias}, {multiplier}, {shift}, {scratch}, "
        "{output})",
        source="fully_connected_int4.h",
        parameters_type="fully_connected_int4_parameters",
        parameters={
            "vectors": vectors,
            "input_size": rows.shape[1],
            "matrix": _matrix(len(rows), length, stage),
        },
        constants=(_packed_rows(rows), *stage.constants()),
        macs=vectors * rows.size,
        scratch_bytes=length * 2,
        scratch_type="int16_t",
    )


def lower_depthwise(
    layer: Layer, found: Window, weights: npt.NDArray[Any], geometry: Fields, activation: str
) -> Step | None:
    """The step of a depthwise convolution with weights [1, kernel h, kernel w, outputs]; None as above."""
    taps = weights.reshape(-1, weights.shape[3])
    stage = _Stage(layer, np.ascontiguousarray(taps.T), activation, single_precision=False)
    if not stage.possible:
        return None
    return Step(
        call="depthwise_conv_2d_int4({parameters}, {tile}, {input0}, {weights}, {bias}, {multiplier}, {shift}, "
        "{output})",
        source="depthwise_conv_2d_int4.h",
        parameters_type="depthwise_conv_2d_int4_parameters",
        parameters={"geometry": geometry, "input_zero_point": stage.zero_point, "stage": stage.fields},
        constants=(Constant("weights", "int8_t", packed(taps)), *stage.constants()),
        macs=found.output[0] * found.output[1] * weights.size,
        trails=found.trails(layer.input(0), layer.output, gathers=False),
        reach=found.reach,
    )


def packed(rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """[rows, values] of int4 -> [rows, bytes], as `native/int4_weights.h` says."""
    groups = np.pad(rows, ((0, 0), (0, -rows.shape[1] % GROUP))).reshape(len(rows), -1, 2, 4).astype(np.int64)
    both = (groups[:, :, 0] & 15) << 4 | (groups[:, :, 1] & 15)
    return both.astype(np.uint8).view(np.int8).reshape(len(rows), -1)


def _packed_rows(rows: npt.NDArray[Any]) -> Constant:
    plain = packed(rows)
    paired = plain.reshape(len(rows), -1, 4)[:, :, DSP_ORDER].reshape(plain.shape)
    return Constant("weights", "int8_t", plain, flavours={"dsp": paired})


def _matrix(rows: int, length: int, stage: _Stage) -> Fields:
    return {"rows": rows, "length": length, "stage": stage.fields}
