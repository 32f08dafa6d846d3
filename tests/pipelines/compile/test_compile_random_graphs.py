"""Random graphs compute the bytes of the TFLite reference kernels: branches, joins, views and layers of all kinds.

`make fuzz` runs the same for as long as one likes.
"""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipelines.compile.options import CompileOptions
from pipelines.compile.passes import registered

from .batches import Case, check
from .builder import assert_equals_the_reference, options
from .operators import PADDINGS
from .random_graphs import GraphMaker
from .random_layers import DTYPES, LAYERS, grown

pytestmark = pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")

# Those without which what the converter writes has no kernel.
NEEDED = {
    "fold_constants",
    "alias_views",
    "single_outputs",
    "unroll_loops",
    "copies_as_views",
    "resolve_variables",
}
# What TFLite Micro computes in another way, or not at all.
NOT_IN_MICRO = {
    "unary", "again", "join", "split", "mean", "transpose", "dense", "cut", "curve", "resize", "shuffle", "extreme",
}  # fmt: skip
BATCH, BATCHES = 25, 12


@st.composite
def cases(draw):
    """One random graph and how to compile it."""
    dtype = draw(st.sampled_from(DTYPES))
    shape = [draw(st.integers(1, 9)) for _ in range(2)] + [draw(st.integers(1, 6))]
    layers = draw(
        st.lists(st.tuples(st.sampled_from(sorted(LAYERS)), st.integers(0, 2**32)), min_size=1, max_size=9)
    )
    names = {name for name, _ in layers}
    model = grown(dtype, draw(st.integers(0, 2**32 - 1)), shape, layers, draw(st.integers(0, 6)))
    without = draw(st.sampled_from(["", "", *sorted({each.name for each in registered()} - NEEDED)]))
    return Case(
        model,
        CompileOptions(optimize=draw(st.sampled_from(["balanced", "speed", "size"]))),
        (without,) if without else (),
        micro=dtype == "int8" and NOT_IN_MICRO.isdisjoint(names) and draw(st.booleans()),
        squeezed=draw(st.booleans()),
        description=f"{dtype} {shape} {sorted(names)}",
    )


# A failing model is saved, and found by no more than its batch; `make fuzz` makes it small.
@pytest.mark.timeout(1200)
@settings(
    max_examples=BATCHES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@given(st.lists(cases(), min_size=BATCH, max_size=BATCH))
def test_random_graphs_equal_the_interpreters(batch):
    check(batch)


def test_skip_connections_keep_their_input_alive():
    maker = GraphMaker(0, 6, 6, 4)
    for choice, number in [
        ("conv", 6),
        ("depthwise", 0),
        ("join", 0),
        ("table", 2),
        ("join", 4),
        ("join", 1),
    ]:
        maker.grow(choice, number)
    compiled = assert_equals_the_reference(maker.finish(), count=20)
    assert compiled.arena_bytes == compiled.arena_lower_bound_bytes


def test_a_reshape_costs_nothing():
    maker = GraphMaker(0, 4, 6, 2)
    for choice, number in [("conv", 4), ("reshape", 0), ("conv", 5)]:
        maker.grow(choice, number)
    compiled = assert_equals_the_reference(maker.finish())
    assert [layer.op for layer in compiled.layers] == ["CONV_2D", "CONV_2D"]


def test_a_pad_in_front_of_a_valid_convolution_is_fused():
    maker = GraphMaker(1, 5, 5, 3)
    maker.grow("pad", 2)
    height, width, channels = maker.shape()
    weights = maker.weights((4, 3, 3, channels), 0, True)
    table = options("Conv2D", strideH=1, strideW=1, padding=PADDINGS["valid"])
    inputs = [maker.current, weights, maker.bias(maker.current, weights, 4)]
    maker.push("CONV_2D", inputs, maker.image((height - 2, width - 2, 4)), table, version=3)
    compiled = assert_equals_the_reference(maker.finish())
    assert [layer.op for layer in compiled.layers] == ["CONV_2D"]
    assert compiled.layers[0].scratch_bytes == 297, (
        "four patches of 3 x (9 + 3) 16-bit values, one row of 9 bytes"
    )
    assert compiled.arena_bytes == 76 + 28 + 300, (
        "the input, the output from 28 bytes before it on, and scratch"
    )
