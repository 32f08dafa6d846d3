"""What lives in a model's arena, and for how long."""

from pipelines.compile.graph import DType, Graph, Operator, Tensor
from pipelines.compile.kernels import Step
from pipelines.compile.memory import plan_memory


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


def test_the_input_and_the_output_lie_in_the_arena_beside_each_other_while_both_live():
    plan = plan_memory(*chain([100, 52]))
    assert plan.arena_bytes == plan.lower_bound_bytes == 152


def test_the_output_takes_the_bytes_of_an_input_that_is_no_longer_read():
    plan = plan_memory(*chain([640, 128, 128, 128, 128, 8, 128, 128, 128, 640]))
    assert plan.arena_bytes == plan.lower_bound_bytes == 768


def test_an_elementwise_layer_works_in_place():
    assert plan_memory(*chain([8, 100, 100, 8])).arena_bytes == 200
    assert plan_memory(*chain([8, 100, 100, 8], in_place={1})).arena_bytes == 108


def test_an_elementwise_layer_may_overwrite_the_models_input():
    plan = plan_memory(*chain([100, 100], in_place={0}))
    assert plan.arena_bytes == 100
    assert plan.tensor_offset(0) == plan.tensor_offset(1) == 0


def test_the_models_output_is_never_overwritten():
    tensors = tuple(Tensor(index, f"t{index}", (100,), DType.INT8) for index in range(3))
    operators = (Operator(0, "OP", (0,), (1,)), Operator(1, "OP", (1,), (2,)))
    steps = [Step("f()", "f.h"), Step("f()", "f.h", in_place_inputs=(0,))]
    plan = plan_memory(Graph(tensors, operators, 0, 1), steps)
    assert plan.tensor_offset(1) != plan.tensor_offset(2)


def test_scratch_is_free_again_after_its_layer():
    plan = plan_memory(*chain([8, 100, 40, 8], scratch=[60, 0, 60]))
    assert plan.arena_bytes == plan.lower_bound_bytes == 168


def test_the_input_lies_low_so_that_what_it_is_made_from_fits_behind_it():
    assert plan_memory(*chain([8, 100, 40, 8])).tensor_offset(0) < 100


def test_wide_numbers_lie_at_multiples_of_their_size():
    tensors = (
        Tensor(0, "t0", (3,), DType.INT8),
        Tensor(1, "t1", (5,), DType.INT64),
        Tensor(2, "t2", (3,), DType.INT8),
    )
    operators = (Operator(0, "OP", (0,), (1,)), Operator(1, "OP", (1,), (2,)))
    plan = plan_memory(Graph(tensors, operators, 0, 2), [Step("f()", "f.h", scratch_bytes=5)] * 2)
    assert plan.alignment_bytes == 8
    assert plan.arena_bytes % 8 == 0
    assert all(buffer.offset % 8 == 0 for buffer in plan.buffers)


def test_a_variable_lies_in_front_and_nothing_shares_its_bytes():
    tensors = (
        Tensor(0, "t0", (8,), DType.INT8),
        Tensor(1, "state", (10,), DType.INT8, variable=True),
        Tensor(2, "t2", (8,), DType.INT8),
        Tensor(3, "t3", (8,), DType.INT8),
    )
    operators = (Operator(0, "OP", (0, 1), (2,)), Operator(1, "OP", (2, 1), (3,)))
    plan = plan_memory(Graph(tensors, operators, 0, 3), [Step("f()", "f.h", in_place_inputs=(0, 1))] * 2)
    assert plan.state_bytes == 12
    assert plan.tensor_offset(1) == 0
    assert all(buffer.offset >= 12 for buffer in plan.buffers if buffer.tensor != 1)
    assert plan.arena_bytes == plan.lower_bound_bytes == 12 + 8
