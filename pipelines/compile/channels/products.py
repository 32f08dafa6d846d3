"""CONV_2D, FULLY_CONNECTED and DEPTHWISE_CONV_2D: where constants enter the bias and channels end.

A channel that always holds v adds sum(w) * (v - zero point) to every sum, which the bias can hold instead, exactly,
in integers; under padding only where v is the zero point, because padding adds nothing. In float32 only zeros fold,
which change no sum. An output whose weights are all zero is the bias alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import tflite

from pipelines.compile.channels.base import (
    Bench,
    DoesNotFitError,
    Keep,
    Known,
    Rule,
    channel_rule,
    channels_of,
    narrowed_quantization,
    require,
)
from pipelines.compile.graph import DType, Operator
from pipelines.compile.kernels import output_stage
from pipelines.compile.kernels.base import float_limits
from pipelines.compile.kernels.spatial import window
from pipelines.compile.quantize import INT32_MAX, INT32_MIN, Multiplier, multiply


class _Products(Rule):
    """What the three have in common. `weights` are [outputs, places, inputs] for the first two."""

    table: Any
    # The axis of the filters along which there is a scale for each output.
    output_axis: int

    def __init__(self, bench: Bench, operator: Operator) -> None:
        super().__init__(bench, operator)
        require(len(operator.inputs) in (2, 3))
        layer = bench.layer(operator)
        self.options = layer.options(self.table)
        self.image, self.filters, self.target = layer.input(0), layer.input(1), layer.output
        data = self.filters.data
        require(data is not None and self.image.data is None)
        require(self.filters.elements > 0 and self.target.elements > 0 and self.image.elements > 0)
        self.data = np.asarray(data)
        self.outputs = self.filters.shape[self.output_axis]
        require(channels_of(self.target) == self.outputs)
        bias = layer.optional_input(2)
        require(bias is None or (bias.data is not None and bias.shape == (self.outputs,)))
        self.bias = None if bias is None else bias.data
        self.integer = self._is_integer()

    def _is_integer(self) -> bool:
        types = (self.image.dtype, self.filters.dtype, self.target.dtype)
        return self.image.dtype is self.target.dtype is DType.INT8 and types[1] in (DType.INT8, DType.INT4)

    @property
    def _folds(self) -> bool:
        """Whether the arithmetic of constants is known for these types."""
        floats = self.image.dtype is self.filters.dtype is self.target.dtype is DType.FLOAT32
        return self.integer or floats

    def _foldable(self, known: Known, touches_padding: bool) -> npt.NDArray[np.bool_]:
        """The known channels whose share of every sum is a constant (in float32: zero)."""
        if self.integer and not touches_padding:
            return known.mask
        zero = self.bench.layer(self.operator).scale_and_zero_point(self.image)[1] if self.integer else 0
        return np.logical_and(known.mask, known.values == zero)

    def _offsets(self, known: Known, foldable: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """v - zero point of the foldable channels, 0 of the others."""
        if not self.integer:
            return np.zeros(len(foldable), np.int64)
        zero_point = self.bench.layer(self.operator).scale_and_zero_point(self.image)[1]
        return np.where(foldable, known.values.astype(np.int64) - zero_point, 0)

    def _outputs_of_sums(self, sums: npt.NDArray[Any], mask: npt.NDArray[np.bool_]) -> Known | None:
        """The output values of accumulators that are constant where `mask` is set."""
        layer = self.bench.layer(self.operator)
        activation = layer.activation(self.options.FusedActivationFunction())
        values = np.zeros(self.outputs, self.target.dtype.numpy)
        if not self.integer:
            least, greatest = float_limits(activation)
            return Known(mask, np.where(mask, np.clip(sums.astype(np.float32), least, greatest), values))
        found = output_stage.multipliers(
            layer, self.image, self.filters, single_precision=self.operator.kind == "FULLY_CONNECTED"
        )
        stage = output_stage.fields(layer, activation, per_channel=len(found) > 1)
        zero_point, least, greatest = (cast(int, stage[name]) for name in ("zero_point", "least", "greatest"))
        for index in np.flatnonzero(mask):
            by: Multiplier = found[index if len(found) > 1 else 0]
            values[index] = max(least, min(greatest, multiply(int(sums[index]), by) + zero_point))
        return Known(mask, values)

    def _bias_or_zeros(self) -> npt.NDArray[Any]:
        if self.bias is None:
            return np.zeros(self.outputs, np.int32 if self.integer else np.float32)
        return self.bias

    def _with_constants(self, weights: npt.NDArray[Any], bias: npt.NDArray[Any] | None) -> Operator:
        """The operator with other filters and another bias (None: what it has)."""
        inputs = [self.operator.inputs[0], self.bench.constant(self.filters, weights)]
        if bias is not None:
            old = self.operator.inputs[2] if self.bias is not None else -1
            inputs.append(
                self.bench.constant(self.bench.tensors[old], bias)
                if old >= 0
                else self.bench.new_bias(self.target.name, DType.INT32, bias)
            )
        else:
            inputs += self.operator.inputs[2:]
        return replace(self.operator, inputs=tuple(inputs))

    def _narrowed_constants(
        self, weights: npt.NDArray[Any], outputs: npt.NDArray[np.bool_], bias: npt.NDArray[Any] | None
    ) -> Operator:
        operator = self._with_constants(weights, None if bias is None else bias[outputs])
        made = operator.inputs[1]
        scales = narrowed_quantization(self.filters.quantization, self.output_axis, outputs)
        self.bench.tensors[made] = replace(self.bench.tensors[made], quantization=scales)
        return operator


class _Matrix(_Products):
    """Every output sums over all inputs: `nonzero` [outputs, inputs] says which weights are there."""

    def __init__(self, bench: Bench, operator: Operator) -> None:
        super().__init__(bench, operator)
        self.channels = channels_of(self.image)
        require(self.data.size % (self.outputs * self.channels) == 0)
        self._look()

    def _look(self) -> None:
        self.weights = self.data.reshape(self.outputs, -1, self.channels)
        self.nonzero = (self.weights != 0).any(axis=1)

    def touches_padding(self) -> bool:
        return False

    def fold(self) -> Known | None:
        if not self._folds:
            return None
        known = self.bench.known(self.operator.inputs[0])
        self._fold_inputs(known)
        mask = ~self.nonzero.any(axis=1)
        return self._outputs_of_sums(self._bias_or_zeros(), mask) if mask.any() else None

    def _fold_inputs(self, known: Known) -> None:
        foldable = self._foldable(known, self.touches_padding())
        if not foldable.any():
            return
        offsets = self._offsets(known, foldable)
        bias: npt.NDArray[Any] | None = self.bias
        if offsets.any():
            sums = self.weights.astype(np.int64).sum(axis=1) @ offsets
            wide = self._bias_or_zeros().astype(np.int64) + sums
            if wide.max() > INT32_MAX or wide.min() < INT32_MIN:
                return
            bias = wide.astype(np.int32)
        data = np.where(foldable, 0, self.weights).astype(self.data.dtype).reshape(self.data.shape)
        self.operator = self._with_constants(data, bias if bias is not self.bias else None)
        self.data, self.bias = data, bias
        self._look()

    def spread(self, keep: Keep) -> None:
        keep[self.operator.inputs[0]] |= self.nonzero[keep[self.output]].any(axis=0)

    def narrow(self, keep: Keep) -> Operator:
        inputs, outputs = keep[self.operator.inputs[0]], keep[self.output]
        if inputs.all() and outputs.all():
            return self.operator
        weights = self.weights[outputs][:, :, inputs]
        shape = list(self.data.shape)
        shape[0] = len(weights)
        shape[-1] = weights.shape[2] * (shape[-1] // self.channels)
        return self._narrowed_constants(np.ascontiguousarray(weights.reshape(shape)), outputs, self.bias)


@channel_rule("CONV_2D")
class Convolution(_Matrix):
    """Filters [outputs, kernel h, kernel w, inputs], without groups."""

    table = tflite.Conv2DOptions
    output_axis = 0

    def __init__(self, bench: Bench, operator: Operator) -> None:
        super().__init__(bench, operator)
        shape = self.filters.shape
        require(len(shape) == len(self.image.shape) == 4 and shape[3] == self.channels)
        self.touches = _touches_padding(self, (shape[1], shape[2]))

    def touches_padding(self) -> bool:
        return self.touches


@channel_rule("FULLY_CONNECTED")
class Dense(_Matrix):
    """Weights [outputs, products], where the products are one or several whole rows of channels."""

    table = tflite.FullyConnectedOptions
    output_axis = 0

    def __init__(self, bench: Bench, operator: Operator) -> None:
        super().__init__(bench, operator)
        products = self.filters.shape[-1]
        require(len(self.filters.shape) == 2 and products % self.channels == 0)
        require(self.image.elements % products == 0)
        quantization = self.filters.quantization
        if quantization is not None and len(quantization.scales) > 1:
            # With one scale the reference forms the multiplier in another precision.
            self.least_outputs = 2


@channel_rule("DEPTHWISE_CONV_2D")
class Depthwise(_Products):
    """Filters [1, kernel h, kernel w, inputs * multiplier]: output j * multiplier + k reads input j only."""

    table = tflite.DepthwiseConv2DOptions
    output_axis = 3

    def __init__(self, bench: Bench, operator: Operator) -> None:
        filters = bench.tensors[operator.inputs[1]] if len(operator.inputs) > 1 else None
        require(filters is not None and len(filters.shape) == 4 and filters.shape[0] == 1)
        super().__init__(bench, operator)
        channels = channels_of(self.image)
        require(len(self.image.shape) == 4 and self.outputs % channels == 0)
        self.multiplier = self.outputs // channels
        self.touches = _touches_padding(self, (self.filters.shape[1], self.filters.shape[2]))

    def fold(self) -> Known | None:
        if not self._folds:
            return None
        known = self.bench.known(self.operator.inputs[0])
        foldable = self._foldable(known, self.touches)
        offsets = np.repeat(self._offsets(known, foldable), self.multiplier)
        weights = self.data.reshape(-1, self.outputs)
        mask = np.repeat(foldable, self.multiplier) | ~(weights != 0).any(axis=0)
        if not mask.any():
            return None
        sums = self._bias_or_zeros()
        if self.integer:
            sums = sums.astype(np.int64) + weights.astype(np.int64).sum(axis=0) * offsets
            mask = mask & (sums <= INT32_MAX) & (sums >= INT32_MIN)
        return self._outputs_of_sums(sums, mask)

    def spread(self, keep: Keep) -> None:
        source, target = keep[self.operator.inputs[0]], keep[self.output]
        source |= target.reshape(-1, self.multiplier).any(axis=1)
        target |= np.repeat(source, self.multiplier)

    def narrow(self, keep: Keep) -> Operator:
        outputs = keep[self.output]
        if outputs.all():
            return self.operator
        return self._narrowed_constants(np.ascontiguousarray(self.data[..., outputs]), outputs, self.bias)


def _touches_padding(rule: _Products, kernel: tuple[int, int]) -> bool:
    """Whether a window of the convolution reaches beyond its image."""
    layer = rule.bench.layer(rule.operator)
    dilation = (int(rule.options.DilationHFactor()), int(rule.options.DilationWFactor()))
    found = window(layer, rule.image, kernel, rule.options, dilation)
    if rule.target.shape != (1, *found.output, rule.outputs):
        raise DoesNotFitError
    ends = [
        (count - 1) * stride - before + (size - 1) * dilated + 1
        for count, stride, before, size, dilated in zip(
            found.output, found.stride, found.pad_before, kernel, dilation, strict=True
        )
    ]
    return found.pad_before != (0, 0) or ends[0] > rule.image.shape[1] or ends[1] > rule.image.shape[2]
