"""The memory planner: nothing that lives at the same time overlaps, and little is wasted."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.compile.graph import DType, Graph, Operator, Tensor
from pipelines.compile.kernels import Step
from pipelines.compile.plan import ALIGNMENT_BYTES, plan_memory


def chain(sizes, scratch=(), in_place=()):
    """A graph in which each layer reads the previous one's output; tensor 0 is the input."""
    tensors = tuple(Tensor(index, f"t{index}", (size,), DType.INT8) for index, size in enumerate(sizes))
    operators = tuple(Operator(index, "OP", (index,), (index + 1,)) for index in range(len(sizes) - 1))
    steps = [
        Step("f()", "f.h", scratch_bytes=scratch[index] if scratch else 0,
             in_place_inputs=(0,) if index in in_place else ())
        for index in range(len(operators))
    ]  # fmt: skip
    return Graph(tensors, operators, 0, len(sizes) - 1), steps


def overlapping(plan):
    placed = plan.buffers
    return [
        (one, other)
        for position, one in enumerate(placed)
        for other in placed[position + 1 :]
        if one.first <= other.last
        and other.first <= one.last
        and one.offset < other.offset + other.size_bytes
        and other.offset < one.offset + one.size_bytes
    ]


def test_the_callers_input_and_output_take_no_arena():
    assert plan_memory(*chain([100, 50])).arena_bytes == 0


def test_a_chain_reaches_the_lower_bound_of_its_widest_pair():
    plan = plan_memory(*chain([640, 128, 128, 128, 128, 8, 128, 128, 128, 640]))
    assert plan.arena_bytes == plan.lower_bound_bytes == 256


def test_an_elementwise_layer_works_in_place():
    assert plan_memory(*chain([9, 100, 100, 9])).arena_bytes == 200
    assert plan_memory(*chain([9, 100, 100, 9], in_place={1})).arena_bytes == 100


def test_scratch_is_free_again_after_its_layer():
    plan = plan_memory(*chain([9, 100, 40, 9], scratch=[60, 0, 60]))
    assert plan.arena_bytes == plan.lower_bound_bytes == 160


@settings(deadline=None, derandomize=True)
@given(
    st.lists(st.integers(1, 500), min_size=2, max_size=12).flatmap(
        lambda sizes: st.tuples(
            st.just(sizes),
            st.lists(st.integers(0, 300), min_size=len(sizes), max_size=len(sizes)),
            st.sets(st.integers(0, len(sizes))),
        )
    )
)
def test_nothing_that_lives_at_the_same_time_overlaps(case):
    plan = plan_memory(*chain(*case))
    assert overlapping(plan) == []
    assert plan.arena_bytes >= plan.lower_bound_bytes
    assert all(buffer.offset % ALIGNMENT_BYTES == 0 for buffer in plan.buffers)
