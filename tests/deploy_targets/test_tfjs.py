"""The TensorFlow.js package answers on every backend as Keras does, in a page that needs nothing but itself."""

import json
import shutil
import subprocess
import wave
from dataclasses import replace

import numpy as np
import pytest

from deploy_targets.browser_packages import browser_package
from deploy_targets.errors import TargetError
from deploy_targets.package import deployment_files
from deploy_targets.tfjs.target import TfjsTarget
from pipelines.evaluate import NativeLibrary
from tests import tiny
from tests.browser.launch import CHROMIUM, ROOT
from tests.deploy_targets.static_server import static_server
from tests.deploy_targets.test_c_library import HOSTILE
from tests.deploy_targets.tfjs_runs import (
    BACKENDS,
    READY,
    chromium_with_sensors,
    keras_answers,
    package_of,
    page_answers,
    page_features,
    put_windows,
)
from tests.real_runs import WORDS_HZ, bundle_of, keyword_run, motion_run, soundtrack, spoken

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium"),
    pytest.mark.skipif(
        browser_package("@tensorflow/tfjs") is None,
        reason="TensorFlow.js is not installed: make browser-packages",
    ),
]

WINDOWS = 1000
KEYWORD_WINDOWS = 24
MAX_ERROR = 1e-4
LISTENED_WORD = "up"
TSC = ROOT / "frontend" / "node_modules" / ".bin" / "tsc"


def wav_of(samples, path):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes((samples * 32767).astype("<i2").tobytes())


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    sound = tmp_path_factory.mktemp("sound") / "word.wav"
    wav_of(spoken(LISTENED_WORD, 3), sound)
    with chromium_with_sensors(sound) as chromium:
        yield chromium


@pytest.fixture(scope="module")
def motion_bundle():
    return bundle_of(motion_run(), "float32", board_id="")


@pytest.fixture(scope="module")
def keyword_bundle():
    return bundle_of(keyword_run(), "float32", board_id="")


@pytest.fixture(scope="module")
def motion(motion_bundle, tmp_path_factory):
    return package_of(motion_bundle, tmp_path_factory.mktemp("motion"))


@pytest.fixture(scope="module")
def keywords(keyword_bundle, tmp_path_factory):
    return package_of(keyword_bundle, tmp_path_factory.mktemp("keywords"))


@pytest.fixture
def opened(browser):
    """opened(package) -> its demo page, ready, which asks nothing of other servers and has no error."""
    contexts, faults, servers = [], [], []

    def open_page(package, path="/demo/", **options):
        server = static_server(package)
        address = server.__enter__()
        servers.append(server)
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.on(
            "request",
            lambda asked: None if asked.url.startswith((address, "data:")) else faults.append(asked.url),
        )
        page.goto(address + path)
        page.wait_for_selector(READY)
        return page

    yield open_page
    for context in contexts:
        context.close()
    for server in servers:
        server.__exit__(None, None, None)
    assert faults == []


def differing_bits(first, second):
    """How many of the numbers differ in some bit."""
    return int((first.reshape(-1).view(np.uint32) != second.reshape(-1).view(np.uint32)).sum())


def check_backends(page, bundle, package, windows):
    """Features equal the server's in every bit, and each backend answers as Keras does."""
    put_windows(package, windows)
    features, expected = keras_answers(bundle, windows)
    assert len(np.unique(expected.argmax(axis=1))) == len(bundle.labels)
    assert differing_bits(page_features(page), features) == 0
    for backend in BACKENDS:
        error = np.abs(page_answers(page, len(bundle.labels), backend) - expected).max()
        print(f"{backend}: max error {error:.1e} over {len(windows)} windows")
        assert error <= MAX_ERROR


def test_a_thousand_windows_are_answered_on_three_backends_as_by_keras(motion, motion_bundle, opened):
    check_backends(opened(motion), motion_bundle, motion, tiny.windows(WINDOWS, seed=77)[0])


def test_keywords_are_answered_on_three_backends_as_by_keras(keywords, keyword_bundle, opened):
    words = sorted(WORDS_HZ)
    windows = np.stack([spoken(words[i % 4], 900 + i)[:, None] for i in range(KEYWORD_WINDOWS)])
    check_backends(opened(keywords), keyword_bundle, keywords, windows)


@pytest.mark.parametrize(("weights", "share", "agreement"), [("float16", 0.56, 0.995), ("uint8", 0.36, 0.98)])
def test_smaller_weights_decide_alike(motion_bundle, opened, tmp_path, weights, share, agreement):
    package = package_of(motion_bundle, tmp_path, weights=weights)
    windows, _ = tiny.windows(300, seed=78)
    _, expected = keras_answers(motion_bundle, windows)
    put_windows(package, windows)
    found = page_answers(opened(package), 3, "wasm")
    alike = (found.argmax(axis=1) == expected.argmax(axis=1)).mean()
    print(
        f"{weights}: {alike:.1%} of 300 decisions alike, probabilities {np.abs(found - expected).max():.1e} apart"
    )
    assert alike >= agreement
    size = sum(file.stat().st_size for file in (package / "model" / "graph").glob("weights.bin"))
    whole = sum(4 * np.prod(weight["shape"]) for weight in manifest_of(package))
    assert size <= share * whole


def manifest_of(package):
    document = json.loads((package / "model" / "graph" / "model.json").read_text())
    return document["weightsManifest"][0]["weights"]


def test_the_layers_model_answers_alike_and_learns_in_the_page(motion, motion_bundle, opened):
    windows, labels = tiny.windows(30, seed=79)
    features, expected = keras_answers(motion_bundle, windows)
    page = opened(motion)
    found, before, after = page.evaluate(
        """async ([features, labels]) => {
          const { loadLayersModel } = await import("/index.js");
          await tf.setBackend("cpu");
          const model = await loadLayersModel(tf);
          const input = tf.tensor2d(features);
          const found = model.predict(input).arraySync();
          model.compile({ optimizer: tf.train.adam(0.01), loss: "categoricalCrossentropy" });
          // Each class is to be called by its neighbour's name.
          const others = tf.oneHot(labels.map((label) => (label + 1) % 3), 3);
          const before = await model.trainOnBatch(input, others);
          return [found, before, await model.trainOnBatch(input, others)];
        }""",
        [features.tolist(), labels.tolist()],
    )
    assert np.abs(np.array(found) - expected).max() <= MAX_ERROR
    assert after < before


def stream_in_c(bundle, samples):
    """(answer, end) of each window of a signal, by the C library's classify and decide."""
    window = bundle.spec.input
    ends = range(window.window_length, len(samples) + 1, window.stride_length)
    windows = np.stack([samples[end - window.window_length : end] for end in ends])
    probabilities = NativeLibrary(bundle.library("stream")).classify(windows.astype(np.float32))
    answers, recent = [], []
    for row in probabilities:
        recent = [*recent, row][-bundle.spec.postprocess.smooth_windows :]
        mean = np.mean(recent, axis=0)
        answers.append(int(mean.argmax()) if mean.max() >= bundle.spec.postprocess.threshold else -1)
    return list(zip(answers, ends, strict=True))


def test_a_recording_is_decided_window_by_window_as_by_the_c_library(
    keywords, keyword_bundle, opened, tmp_path
):
    samples = np.round(soundtrack(5) * 32767).astype(np.float32) / 32768
    wav_of(samples * 32768 / 32767, tmp_path / "words.wav")
    page = opened(keywords)
    page.get_by_label("Open a recording").set_input_files(tmp_path / "words.wav")
    expected = stream_in_c(keyword_bundle, samples[:, None])
    page.wait_for_function(
        "count => document.querySelectorAll('#history li').length === count", arg=len(expected)
    )
    found = page.locator("#history .what").all_inner_texts()[::-1]
    names = [keyword_bundle.labels[answer] if answer >= 0 else "uncertain" for answer, _ in expected]
    assert len(set(names)) > 3
    assert found == names


def test_a_stream_cuts_windows_alike_whatever_the_pushes(motion, opened):
    values, _ = tiny.windows(5, seed=6)
    samples = values.reshape(-1).tolist()
    whole, pieces, refused = opened(motion).evaluate(
        """async (samples) => {
          const { load } = await import("/index.js");
          const classifier = await load(tf);
          const run = async (...pushes) => {
            const results = [];
            const stream = classifier.stream({ onResult: ({ answer, end, smoothed }) => results.push([answer, end, ...smoothed]) });
            stream.push(samples.slice(0, 300)); // forgotten again
            stream.reset();
            for (const push of pushes) {
              stream.push(push);
            }
            await stream.settled();
            stream.close();
            return results;
          };
          const pieces = [];
          for (let start = 0, step = 3; start < samples.length; start += step, step = (step * 7) % 303) {
            pieces.push(samples.slice(start, start + step));
          }
          const stream = classifier.stream({ onResult() {} });
          const attempts = [
            () => stream.push([1, 2]),
            () => stream.push([0, NaN, 0]),
            () => classifier.extract([1, 2, 3]),
            () => { stream.close(); stream.push([0, 0, 0]); },
          ];
          const refused = attempts.map((attempt) => { try { attempt(); } catch (error) { return error.message; } });
          return [await run(samples), await run(...pieces), refused];
        }""",
        samples,
    )
    assert [end for _, end, *_ in whole] == list(range(64, 321, 16))
    assert whole == pieces
    assert refused == [
        "push whole points in time: 2 numbers are no multiple of 3 channels",
        "sample 1 is NaN: every sample must be a finite number",
        "one window is 64 points in time of 3 channels, 192 numbers; these are 3",
        "the stream is closed",
    ]


def test_the_page_listens(keywords, opened):
    page = opened(keywords)
    page.get_by_role("button", name="Listen").click()
    page.wait_for_function(
        "word => [...document.querySelectorAll('#history .what')].some((what) => what.textContent === word)",
        arg=LISTENED_WORD,
        timeout=60_000,
    )
    assert page.locator("#signal").is_visible()
    page.get_by_role("button", name="Stop").click()
    assert page.get_by_role("button", name="Listen").is_visible()


def test_the_page_feels_motion(motion, opened):
    page = opened(motion)
    page.get_by_role("button", name="Use this device’s motion sensors").click()
    page.get_by_role("button", name="Stop").wait_for()
    page.evaluate(
        """() => {
          const accelerationIncludingGravity = { x: 0, y: 0, z: 9.8 };
          for (let i = 0; i < 200; i++) {
            const event = new DeviceMotionEvent("devicemotion", { accelerationIncludingGravity });
            Object.defineProperty(event, "timeStamp", { value: 1000 + i * 17 });
            dispatchEvent(event);
          }
        }"""
    )
    page.locator("#history li").first.wait_for()


def test_without_a_microphone_the_page_says_what_to_do(keywords, opened):
    page = opened(keywords)
    for name, words in (
        ("NotFoundError", "There is no microphone on this device."),
        ("NotAllowedError", "The microphone was not allowed."),
    ):
        page.evaluate(
            """(name) => {
              navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("refused", name));
            }""",
            name,
        )
        page.get_by_role("button", name="Listen").click()
        page.get_by_role("alert").get_by_text(words).wait_for()
        assert page.get_by_role("button", name="Listen").is_visible()


def test_the_page_opens_without_a_network_and_without_its_server(motion, browser):
    context = browser.new_context()
    page = context.new_page()
    with static_server(motion) as address:
        page.goto(f"{address}/demo/")
        page.wait_for_selector("body[data-offline]")
    context.set_offline(True)
    for backend in BACKENDS:
        page.goto(f"{address}/demo/?backend={backend}")
        page.wait_for_selector(READY)
        assert page.locator("[name=backend]:checked").get_attribute("value") == backend
        page.get_by_role("button", name="shake").first.click()
        page.get_by_text("labelled “shake”").wait_for()
        assert page.locator("#label").inner_text() == "shake"
    context.close()


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_sticks_out_and_everything_has_a_name(keywords, opened, width):
    page = opened(keywords, viewport={"width": width, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for control in page.locator("button:visible, input").all():
        name = control.evaluate("each => (each.labels?.[0] ?? each).textContent.trim()")
        assert name
    sticking_out = """[...document.querySelectorAll("button, .backends span")]
        .filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.textContent)"""
    assert page.evaluate(sticking_out) == []


def test_it_runs_in_node_as_npm_installs_it(motion, tmp_path):
    if shutil.which("npm") is None:
        pytest.skip("needs npm")
    packed = subprocess.run(
        ["npm", "pack", "--json", "--pack-destination", str(tmp_path)],
        cwd=motion,
        capture_output=True,
        text=True,
        check=True,
    )
    (tarball,) = json.loads(packed.stdout)
    names = {file["path"] for file in tarball["files"]}
    assert {"index.d.ts", "features.wasm", "model/graph/weights.bin", "model/layers/model.json"} <= names
    assert not any(name.startswith("demo/") for name in names)
    user = tmp_path / "user"
    user.mkdir()
    (user / "package.json").write_text('{"type": "module"}')
    install = ["npm", "install", "--offline", "--no-audit", "--no-fund", str(tmp_path / tarball["filename"])]
    subprocess.run(install, cwd=user, check=True, capture_output=True, timeout=120)
    (user / "node_modules" / "@tensorflow").symlink_to(browser_package("@tensorflow/tfjs").parent)
    (user / "run.js").write_text(
        """
        import * as tf from "@tensorflow/tfjs";
        import { load, metadata } from "wrist-motions";
        const classifier = await load(tf);
        const window = Float32Array.from({ length: 192 }, (_, i) => Math.sin(i * i));
        const { label, probabilities } = await classifier.classify(window);
        console.log(JSON.stringify([metadata.labels, label, Array.from(probabilities)]));
        """
    )
    done = subprocess.run(
        ["node", "run.js"], cwd=user, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    labels, label, probabilities = json.loads(done.stdout.splitlines()[-1])
    window = np.sin(np.arange(192.0) ** 2).reshape(1, 64, 3).astype(np.float32)
    _, expected = keras_answers(bundle_of(motion_run(), "float32", board_id=""), window)
    assert np.abs(np.array(probabilities) - expected[0]).max() <= MAX_ERROR
    assert label == labels[int(expected[0].argmax())]
    if not TSC.exists():
        pytest.skip("its types were not tried: the front end's TypeScript is missing (make frontend)")
    (user / "client.ts").write_text(
        """
        import * as tf from "@tensorflow/tfjs";
        import { type Label, load, loadLayersModel, metadata, type StreamResult } from "wrist-motions";
        const classifier = await load(tf);
        const { label } = await classifier.classify(new Float32Array(metadata.windowLength));
        const known: Label | null = label;
        const stream = classifier.stream({ onResult: (result: StreamResult) => console.log(result.end, known) });
        stream.push([1, 2, 3]);
        const model: tf.LayersModel = await loadLayersModel(tf);
        model.compile({ optimizer: "sgd", loss: "categoricalCrossentropy" });
        // @ts-expect-error: no such label
        const wrong: Label = "no label";
        console.log(wrong);
        """
    )
    strict = ["--strict", "--noEmit", "--skipLibCheck", "--target", "esnext", "--module", "nodenext"]
    checked = subprocess.run(
        [str(TSC), *strict, "--lib", "esnext,dom", "client.ts"],
        cwd=user,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def test_hostile_names_stay_text(motion_bundle, opened, tmp_path):
    project = '</script><img src=x onerror=alert(1)> ${name} $title " \\ `x` 変'
    bundle = replace(motion_bundle, project=project, labels=HOSTILE)
    package = package_of(bundle, tmp_path)
    page = opened(package)
    assert page.title() == project
    assert page.locator("h1").inner_text() == project
    assert page.locator("#classes .name").all_text_contents() == list(HOSTILE)
    readme = (package / "README.md").read_text()
    assert readme.count("\\<img") == readme.count("<img") > 0


def test_options_leave_out_the_page_and_the_layers_model(motion_bundle):
    target = TfjsTarget()
    options = target.Options(
        include_demo=False, include_layers_model=False, package="@me/motions", version="2.1.0"
    )
    files = deployment_files(target, motion_bundle, options, lambda share, message: None)
    assert not any(name.startswith(("demo/", "model/layers/")) for name in files)
    manifest = json.loads(files["package.json"])
    assert (manifest["name"], manifest["version"]) == ("@me/motions", "2.1.0")
    assert b"There is no layers model in this package: it was not asked for." in files["README.md"]
    assert b"`model/layers/`" not in files["README.md"]
    assert b"`demo/`" not in files["README.md"]
    assert target.components(motion_bundle, options) == ()


def test_a_run_without_its_keras_model_is_refused_in_words(motion_bundle):
    kept = {name: path for name, path in motion_bundle.artifacts.items() if name != "model.keras"}
    target = TfjsTarget()
    with pytest.raises(TargetError, match=r"model\.keras is missing"):
        deployment_files(target, replace(motion_bundle, artifacts=kept), target.Options(), lambda *_: None)
