"""DEPTHWISE_CONV_2D in int8: channel by channel where that is possible, else by the general kernel."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy.typing as npt

from pipelines.compile.graph import DType
from pipelines.compile.kernels import mve, output_stage
from pipelines.compile.kernels.base import Constant, Fields, Layer, Step
from pipelines.compile.kernels.spatial import Window

# Of the copy of a channel of some rows: enough that few rows are copied twice.
PLANE_BYTES = 1024


def lower_int8(
    layer: Layer, found: Window, weights: npt.NDArray[Any], geometry: Fields, activation: str
) -> Step:
    """The step of a depthwise convolution with weights [1, kernel h, kernel w, outputs]."""
    image, filters = layer.input(0), layer.input(1)
    outputs, channels = weights.shape[3], image.shape[3]
    _, zero_point = layer.scale_and_zero_point(image)
    bias = output_stage.bias_values(layer, 2, outputs, DType.INT32)
    folded = output_stage.folded_bias(layer, bias, weights.reshape(-1, outputs).T, zero_point)
    found_multipliers = output_stage.multipliers(layer, image, filters, single_precision=False)
    folded, found_multipliers = output_stage.with_plain_constants(
        layer, folded, weights.reshape(-1, outputs).T, found_multipliers
    )
    stage = output_stage.fields(layer, activation, per_channel=len(found_multipliers) > 1)
    shifts_right = output_stage.shifts_right(folded, weights.reshape(-1, outputs).T, found_multipliers)
    planar = shifts_right and (found.kernel, found.dilation, outputs) == ((3, 3), (1, 1), channels)
    function = "depthwise_3x3_int8" if planar else "depthwise_conv_2d_int8"
    scratch = "{scratch}, " if planar else ""
    height, width = ((size - 1) * stride + 3 for size, stride in zip(found.output, found.stride, strict=True))
    # Its rows, or its columns, have even lengths; see `native/depthwise_3x3_int8.h`.
    plane_bytes = 2 * max(height * (width + width % 2), width * (height + height % 2))
    step = Step(
        call=f"{function}({{parameters}}, {{tile}}, {{input0}}, {{weights}}, {{bias}}, {{multiplier}}, {{shift}}, "
        f"{scratch}{{output}})",
        source=f"{function}.h",
        parameters_type="depthwise_conv_2d_int8_parameters",
        parameters={"geometry": geometry, "input_zero_point": zero_point, "stage": stage},
        constants=(
            Constant("weights", "int8_t", weights),
            *output_stage.constants(folded, found_multipliers),
        ),
        macs=found.output[0] * found.output[1] * weights.size,
        scratch_bytes=plane_bytes if planar else 0,
        scratch_type="int16_t",
        in_place_inputs=(0,) if planar else (),
        trails={} if planar else found.trails(image, layer.output, gathers=False),
        reach=found.reach,
        row_scratch_bytes=6 * (width + width % 2) if planar else None,
    )
    if shifts_right and not planar and found.dilation[1] == 1:
        return _in_planes(step, found)
    if not planar or found.stride not in ((1, 1), (2, 1), (2, 2)):
        return step
    columns = found.output[1]
    by_rows = columns if found.output[0] == 1 else min(columns, mve.STRIP_COLUMNS)
    return mve.with_arrays(
        step,
        {"weights": mve.windows_3x3(weights), **mve.single_stage(folded, found_multipliers)},
        mve.strip_bytes(found.stride[1], columns),
        mve.strip_bytes(found.stride[1], by_rows),
    )


def _in_planes(step: Step, found: Window) -> Step:
    """The step of `native/depthwise_planes_int8.h`, of as many rows at a time as fit into PLANE_BYTES."""
    pairs = (found.kernel[1] + 1) // 2
    width = (found.output[1] - 1) * found.stride[1] + 2 * pairs
    extent = found.reach.extent[0]
    fitting = (PLANE_BYTES // (2 * width) - extent) // found.stride[0] + 1
    rows = min(max(fitting, 1), found.output[0])
    weights_bytes = 4 * found.kernel[0] * pairs
    return replace(
        step,
        call=step.call.replace("depthwise_conv_2d_int8(", "depthwise_planes_int8(").replace(
            "{output})", "{scratch}, {output})"
        ),
        source="depthwise_planes_int8.h",
        parameters_type="depthwise_planes_int8_parameters",
        parameters={"layer": step.parameters, "band_rows": rows},
        scratch_bytes=weights_bytes + 2 * width * ((rows - 1) * found.stride[0] + extent),
        scratch_type="int32_t",
        row_scratch_bytes=weights_bytes + 2 * width * extent,
        trails={},
    )
