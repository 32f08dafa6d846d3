"""Windows: where they lie, which label they bear, what is read, and how validation is held out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.signals import Dataset, Signal, Span, store_sample
from pipelines.spec import InputSpec
from pipelines.windows import WindowError, WindowIndex, iter_windows, plan_windows, split_validation

SPEC = InputSpec(channels=("x",), sample_rate_hz=10, window_ms=1000, stride_ms=500)


@pytest.fixture
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("signals")


def sample(
    folder, rows, *, label="a", name="one", split="training", spans=(), group="", rate=10.0, channels=("x",)
):
    values = np.arange(1, rows * len(channels) + 1, dtype=np.float32).reshape(rows, len(channels))
    signal = Signal(values, rate, channels)
    return store_sample(signal, folder, name=name, label=label, split=split, spans=spans, group=group)


def starts(dataset, spec=SPEC, labels=("a", "b")):
    return plan_windows(dataset, spec, labels).start.tolist()


def test_windows_start_every_stride_as_long_as_they_fit(folder):
    assert starts(Dataset((sample(folder, 26),))) == [0, 5, 10, 15]


def test_a_recording_as_long_as_a_window_gives_one(folder):
    assert starts(Dataset((sample(folder, 10),))) == [0]


def test_a_short_recording_is_padded_with_zeros_at_its_end(folder):
    dataset = Dataset((sample(folder, 4),))
    index = plan_windows(dataset, SPEC, ("a",))
    (windows,) = iter_windows(dataset, index, SPEC)
    assert windows[0, :, 0].tolist() == [1, 2, 3, 4, 0, 0, 0, 0, 0, 0]
    assert windows.dtype == np.float32


def test_a_short_recording_is_left_out_and_counted_where_padding_is_off(folder):
    spec = SPEC.model_copy(update={"zero_pad": False})
    index = plan_windows(Dataset((sample(folder, 4), sample(folder, 12))), spec, ("a",))
    assert index.sample_index.tolist() == [1]
    assert index.skipped_short == 1


def test_an_empty_recording_is_left_out(folder):
    assert plan_windows(Dataset((sample(folder, 0),)), SPEC, ("a",)).skipped_short == 1


def test_an_unlabelled_recording_gives_no_window_but_is_counted(folder):
    index = plan_windows(Dataset((sample(folder, 20, label=""),)), SPEC, ("a",))
    assert len(index) == 0
    assert index.unlabelled == 3


def test_channels_are_read_in_the_pipelines_order(folder):
    dataset = Dataset((sample(folder, 10, channels=("x", "y", "z")),))
    spec = InputSpec(channels=("z", "x"), sample_rate_hz=10, window_ms=1000)
    (windows,) = iter_windows(dataset, plan_windows(dataset, spec, ("a",)), spec)
    assert windows[0, :2].tolist() == [[3, 1], [6, 4]]


def test_a_missing_channel_names_the_recording_and_the_cure(folder):
    spec = InputSpec(channels=("x", "y"), sample_rate_hz=10)
    with pytest.raises(WindowError, match=r"kitchen: has no channel y, only x; leave it out"):
        plan_windows(Dataset((sample(folder, 10, name="kitchen"),)), spec, ("a",))


@pytest.mark.parametrize(("rate", "fits"), [(10.5, True), (9.5, True), (10.6, False), (9.4, False)])
def test_a_sample_rate_may_be_off_by_five_percent(folder, rate, fits):
    dataset = Dataset((sample(folder, 10, name="kitchen", rate=rate),))
    if fits:
        assert len(plan_windows(dataset, SPEC, ("a",))) == 1
    else:
        with pytest.raises(
            WindowError, match=r"kitchen: recorded at .* Hz, the pipeline expects 10 Hz; resample"
        ):
            plan_windows(dataset, SPEC, ("a",))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("majority", ["a", "a", "b", "b"]),
        ("centre", ["a", "a", "b", "b"]),
        ("last", ["a", "b", "b", "a"]),
    ],
)
def test_a_span_labels_the_windows_that_the_rule_gives_it(folder, rule, expected):
    """The span covers rows 10 to 23; the windows are rows 0-9, 5-14, 10-19 and 15-24."""
    spec = SPEC.model_copy(update={"label_rule": rule})
    spans = (Span(1000, 2400, "b"),)
    index = plan_windows(Dataset((sample(folder, 25, spans=spans),)), spec, ("a", "b"))
    assert ["ab"[number] for number in index.label] == expected


def test_between_spans_an_unlabelled_recording_gives_no_windows(folder):
    spans = (Span(0, 1000, "a"), Span(2000, 3000, "b"))
    index = plan_windows(Dataset((sample(folder, 30, label="", spans=spans),)), SPEC, ("a", "b"))
    assert index.start.tolist() == [0, 20]
    assert index.label.tolist() == [0, 1]
    assert index.unlabelled == 3


def test_a_later_span_hides_an_earlier_one(folder):
    spans = (Span(0, 3000, "a"), Span(1000, 2000, "b"))
    index = plan_windows(Dataset((sample(folder, 30, spans=spans),)), SPEC, ("a", "b"))
    assert index.label[index.start == 10].tolist() == [1]


@settings(max_examples=60, deadline=None)
@given(
    spans=st.lists(
        st.tuples(st.integers(0, 300), st.integers(1, 200), st.sampled_from(["a", "b", "c"])), max_size=6
    ),
    rows=st.integers(1, 40),
)
def test_the_majority_label_is_that_of_counting_milliseconds(tmp_path_factory, spans, rows):
    folder = tmp_path_factory.mktemp("spans")
    spec = InputSpec(channels=("x",), sample_rate_hz=10, window_ms=1000, stride_ms=300)
    cut = tuple(Span(start * 10, (start + length) * 10, label) for start, length, label in spans)
    index = plan_windows(Dataset((sample(folder, rows, spans=cut),)), spec, ("a", "b", "c"))
    painted = np.zeros(rows * 10, dtype=int)
    for start, length, label in spans:
        painted[start : start + length] = "abc".index(label)
    for start, label in zip(index.start, index.label, strict=True):
        counts = np.bincount(painted[start * 10 : start * 10 + 100], minlength=3)
        assert counts[label] == counts.max()


@settings(max_examples=40, deadline=None)
@given(
    lengths=st.lists(st.integers(0, 60), min_size=1, max_size=6),
    batch=st.integers(1, 9),
    seed=st.integers(0, 99),
)
def test_windows_are_those_of_slicing_in_any_order_and_batch(tmp_path_factory, lengths, batch, seed):
    folder = tmp_path_factory.mktemp("signals")
    dataset = Dataset(tuple(sample(folder, rows, name=str(number)) for number, rows in enumerate(lengths)))
    index = plan_windows(dataset, SPEC, ("a",))
    index = index.take(np.random.default_rng(seed).permutation(len(index)))
    batches = list(iter_windows(dataset, index, SPEC, batch))
    assert all(len(part) == batch for part in batches[:-1])
    assert sum(len(part) for part in batches) == len(index)
    for window, position, start in zip(
        (window for part in batches for window in part), index.sample_index, index.start, strict=True
    ):
        expected = np.zeros((10, 1), dtype=np.float32)
        piece = dataset.samples[position].open().values[start : start + 10]
        expected[: len(piece)] = piece
        np.testing.assert_array_equal(window, expected)


def test_reading_copies_one_batch_and_not_the_recording(folder):
    import tracemalloc

    dataset = Dataset((sample(folder, 4_000_000),))
    index = plan_windows(dataset, SPEC, ("a",))
    tracemalloc.start()
    for _, _windows in zip(range(20), iter_windows(dataset, index, SPEC), strict=False):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


def test_an_index_is_read_back_as_it_was_saved(folder):
    index = plan_windows(Dataset((sample(folder, 40), sample(folder, 0))), SPEC, ("a",))
    index.save(folder / "index.npz")
    again = WindowIndex.load(folder / "index.npz")
    assert again.start.tolist() == index.start.tolist()
    assert again.skipped_short == 1
    assert again.label.dtype == np.int16


def test_splits_are_kept_apart(folder):
    dataset = Dataset((sample(folder, 20), sample(folder, 15, split="test")))
    index = plan_windows(dataset, SPEC, ("a",))
    assert index.of_split("training").sample_index.tolist() == [0, 0, 0]
    assert index.of_split("test").sample_index.tolist() == [1, 1]


def many(folder, count, labels="ab", groups=0):
    return Dataset(
        tuple(
            sample(
                folder,
                20 + number % 7,
                label=labels[number % len(labels)],
                name=str(number),
                group=f"g{number // len(labels) % groups}" if groups else "",
                split="test" if number % 10 == 9 and not groups else "training",
            )
            for number in range(count)
        )
    )


def test_validation_takes_whole_training_recordings_and_a_fifth_of_each_label(folder):
    dataset = many(folder, 103, "abc")
    index = plan_windows(dataset, SPEC, ("a", "b", "c"))
    training, validation = split_validation(index, dataset)
    assert not set(index.sample_index[training]) & set(index.sample_index[validation])
    assert sorted([*training, *validation]) == np.flatnonzero(index.split == 0).tolist()
    for label in range(3):
        share = np.mean(index.label[validation] == label) * len(validation)
        share /= np.sum(index.label[index.split == 0] == label)
        assert share == pytest.approx(0.2, abs=0.04)


def test_validation_keeps_groups_together(folder):
    dataset = many(folder, 100, groups=10)
    index = plan_windows(dataset, SPEC, ("a", "b"))
    training, validation = split_validation(index, dataset)
    group = np.array([dataset.samples[position].group for position in index.sample_index])
    assert len(set(group[validation])) == 2
    assert not set(group[training]) & set(group[validation])


def test_one_group_alone_does_not_keep_recordings_from_validating(folder):
    dataset = many(folder, 40, groups=1)
    index = plan_windows(dataset, SPEC, ("a", "b"))
    assert split_validation(index, dataset)[1].size > 0


def test_validation_never_takes_the_last_recording_of_a_label(folder):
    dataset = Dataset((sample(folder, 20, label="a"), sample(folder, 25, label="b")))
    index = plan_windows(dataset, SPEC, ("a", "b"))
    training, validation = split_validation(index, dataset, fraction=0.9)
    assert validation.size == 0
    assert training.size == len(index)


def test_validation_is_the_same_for_the_same_seed_and_another_for_another(folder):
    dataset = many(folder, 60)
    index = plan_windows(dataset, SPEC, ("a", "b"))
    first, again, other = (split_validation(index, dataset, seed=seed)[1].tolist() for seed in (1, 1, 2))
    assert first == again
    assert first != other
