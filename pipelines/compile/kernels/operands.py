"""What layers of two operands have in common: how these meet (`native/operand_run.h`), and the step that they become."""

from __future__ import annotations

from pipelines.compile.graph import DType
from pipelines.compile.kernels.base import Fields, Layer, Reach, Step
from pipelines.compile.kernels.broadcast import broadcast_fields, same_size_inputs
from pipelines.compile.kernels.copies import element_strides
from pipelines.compile.kernels.images import image_size, paired_images, pixel_values


def operand_step(layer: Layer, dtype: DType, stage: Fields, name: str = "") -> Step:
    """Call `{kind or name}_{dtype}`, whose parameters are the struct `broadcast_loops` and the fields of `stage`."""
    first, first_constants = layer.operand(0)
    second, second_constants = layer.operand(1)
    pair = paired_images(layer)
    source = f"{name or layer.kind.lower()}_{dtype.value}"
    return Step(
        call=f"{source}({{parameters}}, {'NULL' if pair is None else '{tile}'}, {first}, {second}, {{output}})",
        source=f"{source}.h",
        parameters_type=f"{source}_parameters",
        parameters={
            "loops": broadcast_fields(layer) if pair is None else _image_loops(layer),
            **stage,
        },
        constants=(*first_constants, *second_constants),
        in_place_inputs=same_size_inputs(layer),
        reach=None if pair is None else Reach(),
    )


def _image_loops(layer: Layer) -> Fields:
    """Loops over 1, rows, columns and channels: images move along all of them, constants along the channels at most."""
    shape = layer.output.shape
    sizes = (1, *image_size(shape), pixel_values(shape))
    _, row, column, _ = element_strides(sizes)
    strides = []
    for position in (0, 1):
        operand = layer.input(position)
        is_image = operand.data is None
        strides.append((0, row, column, 1) if is_image else (0, 0, 0, int(operand.elements > 1)))
    return {"size": sizes, "stride0": strides[0], "stride1": strides[1]}
