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


class LstmMaker(RecurrentMaker):
    """One LSTM, whose 24 operands may be changed before it is finished."""

    def __init__(self, dtype, seed, steps, inputs, cells, cell_scale, clip, time_major):
        super().__init__(dtype, seed)
        int8 = dtype == "int8"
        shape = (steps, 1) if time_major else (1, steps)
        given = {
            "scale": float(self.rng.uniform(0.005, 0.05)),
            "zero_point": int(self.rng.integers(-128, 128)),
        }
        self.state = {"scale": 1 / 128, "zero_point": int(self.rng.integers(-20, 20))}
        self.source = self.activation((*shape, inputs), **given)
        self.target = self.activation((*shape, cells), **self.state)
        scales = self.rng.uniform(0.002, 0.02, 8)
        self.operands = [self.source]
        self.operands += [self.matrix((cells, inputs), scale) for scale in scales[:4]]
        self.operands += [self.matrix((cells, cells), scale) for scale in scales[4:]]
        self.operands += [-1] * 3
        self.operands += [self.offsets((cells,), given["scale"] * scale) for scale in scales[:4]]
        self.operands += [-1] * 2
        self.operands.append(self.variable((1, cells), dtype, **(self.state if int8 else {})))
        cell = ("int16", {"scale": cell_scale}) if int8 else (dtype, {})
        self.operands.append(self.variable((1, cells), cell[0], **cell[1]))
        self.operands += [-1] * 4
        self.table = options(
            "UnidirectionalSequenceLSTM", fusedActivationFunction=TANH, cellClip=clip, timeMajor=time_major
        )

    def finish(self):
        self.builder.operator(
            "UNIDIRECTIONAL_SEQUENCE_LSTM", self.operands, [self.target], self.table, version=1
        )
        if self.dtype == "int8":
            kinds = [("int16", {"scale": 2.0**-12})] * 4 + [("int8", self.state)]
            self.builder.graph.operators[-1].intermediates = [
                self.builder.tensor((1,), kind, **quantization) for kind, quantization in kinds
            ]
        return self.builder.finish(self.source, self.target)


def lstm(dtype, seed=0, steps=5, inputs=3, cells=4, cell_scale=2.0**-15, clip=0.0, time_major=False):
    return LstmMaker(dtype, seed, steps, inputs, cells, cell_scale, clip, time_major).finish()


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
