"""Models of one recurrent layer each, with random weights, quantization and variables for their state."""

from .builder import options
from .operators import Maker, quantized

TANH, RELU = 4, 1


class RecurrentMaker(Maker):
    """A maker that can add variables: tensors that keep their content."""

    def variable(self, shape, dtype, **quantization):
        tensor = self.builder.tensor(shape, dtype, **quantization)
        self.builder.graph.tensors[tensor].isVariable = True
        return tensor

    def matrix(self, shape, scale):
        """int8 weights of one scale, or float32 ones of about that size times 64."""
        if self.dtype == "float32":
            return self.builder.constant(self.rng.standard_normal(shape) * scale * 64, "float32")
        return self.builder.constant(self.rng.integers(-127, 128, shape), "int8", scale=scale)

    def offsets(self, shape, scale):
        if self.dtype == "float32":
            return self.builder.constant(self.rng.standard_normal(shape), "float32")
        return self.builder.constant(self.rng.integers(-2000, 2000, shape), "int32", scale=scale)


def lstm(dtype, seed=0, steps=5, inputs=3, cells=4, cell_scale=2.0**-15, clip=0.0, time_major=False):
    make = RecurrentMaker(dtype, seed)
    shape = (steps, 1) if time_major else (1, steps)
    given = {"scale": float(make.rng.uniform(0.005, 0.05)), "zero_point": int(make.rng.integers(-128, 128))}
    state = {"scale": 1 / 128, "zero_point": int(make.rng.integers(-20, 20))}
    source, target = make.activation((*shape, inputs), **given), make.activation((*shape, cells), **state)
    scales = make.rng.uniform(0.002, 0.02, 8)
    operands = [source]
    operands += [make.matrix((cells, inputs), scale) for scale in scales[:4]]
    operands += [make.matrix((cells, cells), scale) for scale in scales[4:]]
    operands += [-1] * 3 + [make.offsets((cells,), given["scale"] * scale) for scale in scales[:4]] + [-1] * 2
    int8 = dtype == "int8"
    operands.append(make.variable((1, cells), dtype, **(state if int8 else {})))
    operands.append(
        make.variable((1, cells), "int16" if int8 else dtype, **({"scale": cell_scale} if int8 else {}))
    )
    table = options(
        "UnidirectionalSequenceLSTM", fusedActivationFunction=TANH, cellClip=clip, timeMajor=time_major
    )
    make.builder.operator("UNIDIRECTIONAL_SEQUENCE_LSTM", operands + [-1] * 4, [target], table, version=1)
    if int8:
        kinds = [("int16", {"scale": 2.0**-12})] * 4 + [("int8", state)]
        make.builder.graph.operators[-1].intermediates = [
            make.builder.tensor((1,), kind, **quantization) for kind, quantization in kinds
        ]
    return make.builder.finish(source, target)


def svdf(dtype, seed=0, inputs=6, units=3, rank=2, memory=4):
    make = RecurrentMaker(dtype, seed)
    filters, int8 = units * rank, dtype == "int8"
    given = quantized(make.rng)
    source = make.activation((1, inputs), **given)
    target = make.activation((1, units), **({"scale": 0.05, "zero_point": -128} if int8 else {}))
    feature_scale, time_scale, state_scale = 0.01, 1.0 / 32768, 1 / 512
    times = (
        make.builder.constant(make.rng.integers(-8000, 8000, (filters, memory)), "int16", scale=time_scale)
        if int8
        else make.builder.constant(make.rng.standard_normal((filters, memory)), "float32")
    )
    state = {"scale": state_scale} if int8 else {}
    operands = [
        source,
        make.matrix((filters, inputs), feature_scale),
        times,
        make.offsets((units,), state_scale * time_scale),
        make.variable((1, filters * memory), "int16" if int8 else dtype, **state),
    ]
    table = options("SVDF", rank=rank, fusedActivationFunction=RELU)
    make.builder.operator("SVDF", operands, [target], table, version=3 if int8 else 1)
    return make.builder.finish(source, target)
