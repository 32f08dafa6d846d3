"""The stages in order: the one place that knows the whole way.

windows -> features -> learn -> compress -> compile -> profile -> evaluate. Each step is kept under
the hash of its inputs, so running again costs nothing and a killed run goes on from its last
finished step.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines import steps
from pipelines.compile import CompiledModel
from pipelines.compile.library import Library, build_library
from pipelines.compress.float32 import to_tflite_float32
from pipelines.compress.ptq_int8 import to_tflite_int8
from pipelines.evaluate import evaluate, slices_of
from pipelines.learn.effort import training_effort
from pipelines.learn.train import EpochMetrics, Trained, train_classifier
from pipelines.makeup import dataset_makeup
from pipelines.profile import measure
from pipelines.profile.arm_toolchain import ArmToolchain
from pipelines.profile.boards import Board, board_of
from pipelines.profile.compile_for import compile_for, toolchain_for
from pipelines.signals import Dataset, FloatArray
from pipelines.spec import PipelineSpec
from pipelines.steps import ArtifactStore
from pipelines.windows import SPLITS, WindowIndex, iter_windows, plan_windows, split_validation

Emit = Callable[[dict[str, Any]], None]

VARIANTS = ("float32", "int8")
VALIDATION_FRACTION = 0.2
BATCH_WINDOWS = 256
SELFTEST_WINDOWS = 8

STEP_TITLES = {
    "features": "Features",
    "learn": "Training",
    "compress": "Compression",
    "compile": "Compilation",
    "profile": "Profile",
    "evaluate": "Evaluation",
}
STEP_STARTS_PERCENT = {
    "features": 0,
    "learn": 15,
    "compress": 75,
    "compile": 82,
    "profile": 85,
    "evaluate": 92,
}
"""Where in the whole each step begins, by its usual share of the time."""


class RunError(ValueError):
    """A pipeline that cannot run on this dataset: ``field`` says what to change."""

    def __init__(self, field_name: str, message: str) -> None:
        self.field = field_name
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run found out (JSON, see :func:`run_pipeline`) and the files that it made."""

    metrics: dict[str, Any]
    artifacts: dict[str, Path]


@dataclass(frozen=True, slots=True)
class _Windows:
    """Every window's features, memory-mapped, the parts one after another: training, validation, test."""

    features: FloatArray
    index: WindowIndex
    counts: dict[str, int]

    @classmethod
    def load(cls, folder: Path) -> _Windows:
        features = np.load(folder / "features.npy", mmap_mode="r")
        counts = json.loads((folder / "counts.json").read_text())
        return cls(features, WindowIndex.load(folder / "index.npz"), counts)

    def place_of(self, part: str) -> slice:
        names = list(self.counts)
        start = sum(self.counts[name] for name in names[: names.index(part)])
        return slice(start, start + self.counts[part])

    def part(self, part: str) -> tuple[FloatArray, NDArray[np.int16]]:
        """Features and labels of one part; nothing is read yet."""
        return self.features[self.place_of(part)], self.index.label[self.place_of(part)]

    def index_of(self, part: str) -> WindowIndex:
        place = self.place_of(part)
        return self.index.take(np.arange(place.start, place.stop))


@dataclass(slots=True)
class _Way:
    """One run on its way: where its steps are kept, and what it tells while it goes."""

    store: ArtifactStore
    emit: Emit
    seconds: dict[str, float] = field(default_factory=dict)
    cached: list[str] = field(default_factory=list)

    def step(
        self, name: str, code: tuple[str, ...], inputs: list[object], work: Callable[[Path], None]
    ) -> tuple[str, Path]:
        """Run one step, or find it done; its key and its folder."""
        key = steps.step_key(name, code, *inputs)
        self.emit({"type": "step", "step": name, "state": "started"})
        self.progress(name, 0, STEP_TITLES[name])
        started = time.monotonic()
        folder, was_there = steps.run_step(self.store, key, work)
        self.seconds[name] = round(time.monotonic() - started, 3)
        if was_there:
            self.cached.append(name)
        self.emit({"type": "step", "step": name, "state": "cached" if was_there else "finished"})
        return key, folder

    def progress(self, name: str, share: float, message: str) -> None:
        """Tell that ``share`` (0..1) of a step is done."""
        names = list(STEP_STARTS_PERCENT)
        following = names.index(name) + 1
        start = STEP_STARTS_PERCENT[name]
        end = STEP_STARTS_PERCENT[names[following]] if following < len(names) else 100
        self.emit(
            {"type": "progress", "percent": round(start + share * (end - start), 1), "message": message}
        )

    def log(self, line: str) -> None:
        self.emit({"type": "log", "line": line})


def run_pipeline(
    spec: PipelineSpec, dataset: Dataset, board_id: str, store: ArtifactStore, emit: Emit
) -> RunResult:
    """Run a pipeline on a dataset and measure what it learned on a board.

    Args:
        spec: the pipeline.
        dataset: recordings of both splits; training windows teach, test windows only judge.
        board_id: the board to profile for.
        store: keeps every finished step.
        emit: told of steps, progress, epochs and log lines; what it raises stops the run.

    Returns:
        metrics: ``labels``, ``windows`` and ``samples`` by split, ``history`` by epoch, ``variants`` (for each
        of float32 and int8: ``evaluation``, ``profile``, ``model``), ``dataset`` (its make-up),
        ``training_effort``, ``seconds`` by step, ``cached`` steps.
        artifacts: ``pipeline.json``, ``labels.json``, ``scaler.npz``, ``model.keras``, ``history.json``,
        ``float32.tflite``, ``int8.tflite``, ``selftest.npz``.

    Raises:
        RunError: this dataset cannot teach or judge this pipeline.
        BlockError, WindowError, CompileError, ProfileError: from the stages, in words.
    """
    way = _Way(store, emit)
    board = board_of(board_id)
    dataset = dataset.in_canonical_order()  # the index that is kept holds positions into it
    labels = _checked_labels(dataset)

    features_key, features_folder = way.step(
        "features",
        ("windows", "features", "signals", "makeup"),
        [dataset.sha256, spec.input.model_dump(mode="json"), _features_identity(spec), list(labels)],
        lambda folder: _extract(spec, dataset, labels, folder, way),
    )
    windows = _Windows.load(features_folder)

    learn_key, learn_folder = way.step(
        "learn",
        ("learn",),
        [features_key, [part.model_dump(mode="json") for part in spec.learning]],
        lambda folder: _learn(spec, windows, labels, folder, way),
    )
    trained = Trained(learn_folder)

    compress_key, compress_folder = way.step(
        "compress",
        ("compress",),
        [learn_key, [part.model_dump(mode="json") for part in spec.compress]],
        lambda folder: _compress(spec, trained, windows, folder, way),
    )
    variants = [name for name in VARIANTS if (compress_folder / f"{name}.tflite").exists()]

    models = {
        name: compile_for(
            board, (compress_folder / f"{name}.tflite").read_bytes(), "thimble_model", spec.compile
        )
        for name in variants
    }
    libraries = {name: build_library(spec, trained.scaler(), models[name], labels) for name in variants}
    # Few models are planned for a board's memory; all others are evaluated once for all boards.
    arenas = {name: model.arena_bytes for name, model in models.items()}
    compile_key, compile_folder = way.step(
        "compile",
        ("compile", "features"),
        [compress_key, spec.model_dump(mode="json"), list(labels), arenas],
        lambda folder: _compile(spec, models, labels, folder),
    )

    test = windows.index_of("test")
    toolchain = toolchain_for(spec.compile)
    _, profile_folder = way.step(
        "profile",
        ("profile",),
        [compile_key, board.identity(), toolchain.title],
        lambda folder: _profile(libraries, board, toolchain, _first_window(spec, dataset, test), folder, way),
    )
    _, evaluate_folder = way.step(
        "evaluate",
        ("evaluate",),
        [compile_key, features_key],
        lambda folder: _evaluate(spec, libraries, dataset, test, labels, folder, way),
    )
    way.progress("evaluate", 1, "Done")

    metrics = {
        "labels": list(labels),
        "board": board_id,
        "windows": windows.counts,
        "samples": {split: len(dataset.of_split(split)) for split in ("training", "test")},
        "history": json.loads((learn_folder / "history.json").read_text()),
        "variants": {
            name: {
                "evaluation": json.loads((evaluate_folder / f"{name}.json").read_text()),
                "profile": json.loads((profile_folder / f"{name}.json").read_text()),
                "model": json.loads((compile_folder / f"{name}.json").read_text()),
            }
            for name in variants
        },
        "dataset": json.loads((features_folder / "makeup.json").read_text()),
        "training_effort": json.loads((learn_folder / "effort.json").read_text()),
        "seconds": way.seconds,
        "cached": way.cached,
    }
    artifacts = {
        "pipeline.json": compile_folder / "pipeline.json",
        "labels.json": compile_folder / "labels.json",
        "scaler.npz": learn_folder / "scaler.npz",
        "model.keras": learn_folder / "model.keras",
        "history.json": learn_folder / "history.json",
        **{f"{name}.tflite": compress_folder / f"{name}.tflite" for name in variants},
        "selftest.npz": evaluate_folder / "selftest.npz",
    }
    return RunResult(metrics, artifacts)


# ---- the steps ---------------------------------------------------------------------------------


def _checked_labels(dataset: Dataset) -> tuple[str, ...]:
    labels = dataset.of_split("training").labels
    if len(labels) < 2:
        raise RunError("dataset", "a classifier needs training recordings of at least two labels")
    if not len(dataset.of_split("test")):
        raise RunError("dataset", "the test split is empty: move about a fifth of the recordings to it")
    unknown = sorted(set(dataset.of_split("test").labels) - set(labels))
    if unknown:
        raise RunError(
            "dataset", f"the test split has labels that the training split lacks: {', '.join(unknown)}"
        )
    return labels


def _features_identity(spec: PipelineSpec) -> object:
    return [[part.model_dump(mode="json") for part in spec.features], list(spec.learning[0].inputs)]


def _extract(spec: PipelineSpec, dataset: Dataset, labels: tuple[str, ...], folder: Path, way: _Way) -> None:
    """All windows' features in one file: those to train on first, then to validate, then to test."""
    index = plan_windows(dataset, spec.input, labels)
    training, validation = split_validation(index, dataset, VALIDATION_FRACTION)
    test = np.flatnonzero(index.split == SPLITS.index("test"))
    _check_windows(index.label[training], test, labels)
    index = index.take(np.concatenate([training, validation, test]))
    index.save(folder / "index.npz")
    counts = {"training": training.size, "validation": validation.size, "test": test.size}
    (folder / "counts.json").write_text(json.dumps(counts))
    (folder / "makeup.json").write_text(json.dumps(dataset_makeup(dataset)))

    shape = (len(index), *spec.model_input_shape(spec.learning[0]))
    features: FloatArray = np.lib.format.open_memmap(  # type: ignore[no-untyped-call]
        folder / "features.npy", mode="w+", dtype=np.float32, shape=shape
    )
    done = 0
    for windows in iter_windows(dataset, index, spec.input, BATCH_WINDOWS):
        features[done : done + len(windows)] = model_features(spec, windows)
        done += len(windows)
        way.progress("features", done / len(index), f"Features: {done:,} of {len(index):,} windows")


def _check_windows(
    training_label: NDArray[np.int16], test: NDArray[np.int64], labels: tuple[str, ...]
) -> None:
    cure = "add recordings, shorten window_ms or turn zero_pad on"
    if not test.size:
        raise RunError("input.window_ms", f"no recording of the test split gives a labelled window; {cure}")
    absent = sorted(set(range(len(labels))) - set(np.unique(training_label).tolist()))
    if absent:
        names = ", ".join(labels[number] for number in absent)
        raise RunError("input.window_ms", f"no training window bears the label {names}; {cure}")


def model_features(spec: PipelineSpec, windows: FloatArray) -> FloatArray:
    """What the learning block is given for ``float32[batch, length, channels]`` windows, before scaling."""
    blocks = spec.feature_blocks()
    parts = [blocks[name].extract(windows) for name in spec.learning[0].inputs]
    if len(parts) == 1:
        return parts[0]
    return np.concatenate([part.reshape(len(windows), -1) for part in parts], axis=1)


def _learn(spec: PipelineSpec, windows: _Windows, labels: tuple[str, ...], folder: Path, way: _Way) -> None:
    def on_epoch(epoch: EpochMetrics) -> None:
        way.emit({"type": "epoch", **asdict(epoch)})
        way.progress("learn", epoch.epoch / epoch.epochs, f"Training: epoch {epoch.epoch} of {epoch.epochs}")

    features, label = windows.part("training")
    counts = windows.counts
    way.log(f"{counts['training']:,} windows to train on and {counts['validation']:,} to validate")
    block = spec.learning[0].build(features.shape[1:], labels)
    started = time.monotonic()
    train_classifier(block, features, label, windows.part("validation"), folder, on_epoch)
    effort = training_effort(time.monotonic() - started)
    (folder / "effort.json").write_text(json.dumps(effort))


def _compress(spec: PipelineSpec, trained: Trained, windows: _Windows, folder: Path, way: _Way) -> None:
    (folder / "float32.tflite").write_bytes(to_tflite_float32(trained))
    way.progress("compress", 0.3, "Compression: float32 is ready")
    if spec.compress:
        (folder / "int8.tflite").write_bytes(to_tflite_int8(trained, *windows.part("training")))


def _compile(
    spec: PipelineSpec, models: Mapping[str, CompiledModel], labels: tuple[str, ...], folder: Path
) -> None:
    (folder / "pipeline.json").write_text(json.dumps(spec.model_dump(mode="json"), indent=2))
    (folder / "labels.json").write_text(json.dumps(list(labels)))
    for name, model in models.items():
        summary = {
            "macs": model.macs,
            "arena_bytes": model.arena_bytes,
            "weights_bytes": model.weights_bytes,
            "layers": [asdict(layer) for layer in model.layers],
        }
        (folder / f"{name}.json").write_text(json.dumps(summary))


def _first_window(spec: PipelineSpec, dataset: Dataset, index: WindowIndex) -> FloatArray:
    windows = next(iter_windows(dataset, index.take(np.arange(1)), spec.input, 1))
    return np.asarray(windows[0], dtype=np.float32)


def _profile(
    libraries: Mapping[str, Library],
    board: Board,
    toolchain: ArmToolchain,
    window: FloatArray,
    folder: Path,
    way: _Way,
) -> None:
    for number, (name, library) in enumerate(libraries.items()):
        way.progress(
            "profile", number / len(libraries), f"Profile: running {name} on an emulated {board.title}"
        )
        (folder / f"{name}.json").write_text(json.dumps(measure(library, board, window, toolchain).as_json()))


def _evaluate(
    spec: PipelineSpec,
    libraries: Mapping[str, Library],
    dataset: Dataset,
    test: WindowIndex,
    labels: tuple[str, ...],
    folder: Path,
    way: _Way,
) -> None:
    chosen = _one_window_a_label(test.label)
    selftest: dict[str, Any] = {"labels": test.label[chosen]}
    for number, (name, library) in enumerate(libraries.items()):
        way.progress("evaluate", number / len(libraries), f"Evaluation: {len(test):,} test windows, {name}")
        outcome = evaluate(
            library, iter_windows(dataset, test, spec.input, BATCH_WINDOWS), test.label, labels
        )
        np.save(folder / f"{name}-probabilities.npy", outcome.probabilities)
        right = outcome.probabilities.argmax(axis=1) == test.label
        slices = slices_of(right, test.label, test.sample_index, labels, [sample.group for sample in dataset])
        found = outcome.as_json() | {"slices": [one.as_json() for one in slices]}
        (folder / f"{name}.json").write_text(json.dumps(found))
        selftest[f"probabilities_{name}"] = outcome.probabilities[chosen]
    selftest["windows"] = np.concatenate(
        list(iter_windows(dataset, test.take(chosen), spec.input, BATCH_WINDOWS))
    )
    np.savez(folder / "selftest.npz", **selftest)


def _one_window_a_label(label: NDArray[np.int16]) -> NDArray[np.int64]:
    """The first test window of each label, at most :data:`SELFTEST_WINDOWS` of them."""
    _, first = np.unique(label, return_index=True)
    return np.sort(first)[:SELFTEST_WINDOWS].astype(np.int64)
