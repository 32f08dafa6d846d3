"""The WebAssembly package answers in Node, in Chromium and on the audio thread as the device does, bit for bit."""

import json
import shutil
import subprocess
import wave

import numpy as np
import pytest
from scipy.signal import resample_poly

from deploy_targets.interface import model_interface
from deploy_targets.wasm.target import WasmTarget
from pipelines.evaluate import NativeLibrary
from tests import tiny
from tests.browser.launch import CHROMIUM, ROOT, running_chromium
from tests.deploy_targets.accessible import grave_faults
from tests.deploy_targets.conftest import make_bundle
from tests.deploy_targets.decisions import stream_decisions
from tests.deploy_targets.device import device_answers
from tests.deploy_targets.static_server import static_server
from tests.deploy_targets.test_c_library import HOSTILE
from tests.deploy_targets.wasm_runs import (
    differing_bytes,
    node_answers,
    package_of,
    page_answers,
    put_windows,
)
from tests.real_runs import WORDS_HZ, bundle_of, keyword_run, motion_run, soundtrack, spoken

pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js"),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium"),
]

WINDOWS = 1000
KEYWORD_WINDOWS = 5
SECONDS = 8
TSC = ROOT / "frontend" / "node_modules" / ".bin" / "tsc"


@pytest.fixture(scope="module")
def browser():
    with running_chromium() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def motion(tmp_path_factory):
    return package_of(bundle_of(motion_run(), board_id=""), tmp_path_factory.mktemp("motion"))


@pytest.fixture(scope="module")
def keywords(tmp_path_factory):
    return package_of(bundle_of(keyword_run(), board_id=""), tmp_path_factory.mktemp("keywords"))


@pytest.fixture
def opened(browser):
    """opened(package, path) -> a page that asks nothing of other servers and has no error."""
    pages, faults, servers = [], [], []

    def open_page(package, path="/demo/", **options):
        server = static_server(package)
        address = server.__enter__()
        servers.append(server)
        page = browser.new_page(**options)
        pages.append(page)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.on(
            "request",
            lambda asked: None if asked.url.startswith((address, "data:")) else faults.append(asked.url),
        )
        page.goto(address + path)
        return page

    yield open_page
    for page in pages:
        page.close()
    for server in servers:
        server.__exit__(None, None, None)
    assert faults == []


def node(package, script):
    """What a module script prints, run beside the package's files."""
    (package / "script.js").write_text(script)
    result = subprocess.run(
        ["node", "script.js"], cwd=package, capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_a_thousand_windows_are_equal_in_every_byte_on_server_device_node_and_chromium(motion, opened):
    bundle = bundle_of(motion_run(), board_id="")
    windows, _ = tiny.windows(WINDOWS, seed=77)
    put_windows(motion, windows)
    server = NativeLibrary(bundle.library("server")).classify(windows)
    assert len(np.unique(server, axis=0)) > 20
    assert differing_bytes(server, device_answers(bundle.library("device"), windows)) == 0
    for answers in (node_answers(motion, 3), page_answers(opened(motion), 3)):
        assert differing_bytes(server, answers[False]) == 0
        assert differing_bytes(server, answers[True]) == 0


@pytest.mark.parametrize("variant", ["int8", "float32"])
def test_keywords_are_equal_in_every_byte_too(tmp_path, keywords, opened, variant):
    bundle = bundle_of(keyword_run(), variant, board_id="")
    package = keywords if variant == "int8" else package_of(bundle, tmp_path)
    windows = np.stack([spoken(sorted(WORDS_HZ)[i % 4], 900 + i)[:, None] for i in range(KEYWORD_WINDOWS)])
    put_windows(package, windows)
    server = NativeLibrary(bundle.library("server")).classify(windows)
    assert differing_bytes(server, device_answers(bundle.library("device"), windows)) == 0
    for answers in (node_answers(package, 4), page_answers(opened(package), 4)):
        assert differing_bytes(server, answers[False]) == 0
        assert differing_bytes(server, answers[True]) == 0


def test_the_keyword_spotter_is_under_150_kb_and_imports_nothing(keywords):
    for name in ("pipeline.wasm", "pipeline-simd.wasm"):
        assert (keywords / name).stat().st_size < 150_000
        script = f"""
            import {{ readFileSync }} from "node:fs";
            console.log(WebAssembly.Module.imports(new WebAssembly.Module(readFileSync("{name}"))).length);
        """
        assert node(keywords, script) == "0\n"


@pytest.mark.parametrize("name", ["motion", "keywords"])
def test_its_self_test_passes_and_fails_where_an_answer_was_changed(request, name):
    package = request.getfixturevalue(name)
    command = ["npm", "test"] if shutil.which("npm") else ["node", "selftest/run.mjs"]
    passed = subprocess.run(command, cwd=package, capture_output=True, text=True, check=False)
    assert "the self-test passed" in passed.stdout, passed.stderr
    answers = package / "selftest" / "probabilities.f32"
    content = answers.read_bytes()
    answers.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    failed = subprocess.run(command, cwd=package, capture_output=True, text=True, check=False)
    answers.write_bytes(content)
    assert failed.returncode == 1
    assert "FAILED" in failed.stdout


def test_a_stream_decides_as_the_windows_one_by_one_whatever_the_pushes(keywords):
    bundle = bundle_of(keyword_run(), board_id="")
    samples = soundtrack(SECONDS)
    (keywords / "sound.bin").write_bytes(samples.tobytes())
    printed = node(
        keywords,
        """
        import { readFileSync } from "node:fs";
        import { load } from "./index.js";
        const bytes = readFileSync("sound.bin");
        const sound = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
        const classifier = await load();
        const results = { whole: [], pieces: [] };
        const whole = classifier.stream({ onResult: (result) => results.whole.push(result) });
        const pieces = classifier.stream({ onResult: (result) => results.pieces.push(result) });
        whole.push(sound.subarray(0, 100)); // forgotten again
        whole.reset();
        whole.push(sound);
        for (let start = 0, step = 1; start < sound.length; start += step, step = (step * 7) % 4001) {
          pieces.push(sound.subarray(start, Math.min(start + step, sound.length)));
          if (start % 3 === 0) {
            classifier.classify(sound.subarray(0, 16000)); // disturbs nothing
          }
        }
        for (const each of Object.values(results)) {
          console.log(JSON.stringify(each.map(({ answer, end }) => [answer, end])));
        }
        """,
    )
    expected = stream_decisions(bundle, samples[:, None])
    assert len({answer for answer, _ in expected}) > 3
    for line in printed.splitlines():
        assert [tuple(row) for row in json.loads(line)] == expected


def test_bad_samples_are_refused_in_words(motion):
    printed = node(
        motion,
        """
        import { load } from "./index.js";
        const classifier = await load();
        const stream = classifier.stream({ onResult() {} });
        const window = new Float32Array(192);
        const attempts = [
          () => classifier.classify(new Float32Array(191)),
          () => classifier.classify(window.map((_, i) => (i === 5 ? NaN : 0))),
          () => classifier.classify(Array.from(window, (_, i) => (i === 7 ? 1e39 : 0))),
          () => stream.push([1, 2]),
          () => stream.push([0, 0, 0, 0, Infinity, 0]),
          () => classifier.stream({}),
          () => { stream.close(); stream.push([0, 0, 0]); },
        ];
        for (const attempt of attempts) {
          try { attempt(); console.log("taken"); } catch (error) { console.log(`${error.name}: ${error.message}`); }
        }
        console.log(classifier.classify(window).probabilities.every(Number.isFinite));
        const results = [];
        const other = classifier.stream({ onResult: ({ end }) => results.push(end) });
        try { other.push([...new Float32Array(300), NaN, 0, 0]); } catch { other.push(new Float32Array(192)); }
        console.log(JSON.stringify(results));
        """,
    ).splitlines()
    assert printed == [
        "RangeError: a window has 64 points in time of 3 channel(s), 192 numbers; these are 191",
        "RangeError: samples[5] is NaN: every sample must be a finite number",
        "RangeError: samples[7] is 1e+39: every sample must be a finite number",
        "RangeError: push whole points in time: 2 numbers are no multiple of 3 channels",
        "RangeError: samples[4] is Infinity: every sample must be a finite number",
        "TypeError: stream({ onResult }): onResult must be a function",
        "Error: the stream is closed",
        "true",
        "[64]",
    ]


def test_a_closed_stream_gives_its_memory_to_the_next(motion):
    printed = node(
        motion,
        """
        import { load } from "./index.js";
        const module = await WebAssembly.compile((await import("node:fs")).readFileSync("pipeline.wasm"));
        const instance = await WebAssembly.instantiate(module, {});
        const { Classifier } = await import("./core.js");
        const classifier = new Classifier(instance);
        const sizes = [];
        for (let i = 0; i < 3; i++) {
          const stream = classifier.stream({ onResult() {} });
          stream.push(new Float32Array(300));
          stream.close();
          stream.close();
          sizes.push(instance.exports.memory.buffer.byteLength);
        }
        console.log(sizes[0] === sizes[1] && sizes[1] === sizes[2]);
        """,
    )
    assert printed == "true\n"


_OFFLINE = """async ([contextRate, soundRate]) => {
  const { createAudioNode } = await import("/index.js");
  const sound = new Float32Array(await (await fetch("/sound.bin")).arrayBuffer());
  const context = new OfflineAudioContext(1, (sound.length * contextRate) / soundRate, contextRate);
  const buffer = context.createBuffer(1, sound.length, soundRate);
  buffer.copyToChannel(sound, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  window.results = [];
  const onResult = ({ answer, label, end }) => window.results.push([answer, label, end]);
  source.connect(await createAudioNode(context, { onResult }));
  source.start();
  await context.startRendering();
}"""


def decisions_of_the_worklet(page, context_rate, sound_rate, count):
    page.evaluate(_OFFLINE, [context_rate, sound_rate])
    page.wait_for_function("count => window.results.length >= count", arg=count)
    return [tuple(row) for row in page.evaluate("window.results")]


def test_the_audio_worklet_decides_as_the_stream_decisions(keywords, opened):
    samples = soundtrack(SECONDS)
    (keywords / "sound.bin").write_bytes(samples.tobytes())
    bundle = bundle_of(keyword_run(), board_id="")
    expected = stream_decisions(bundle, samples[:, None])
    found = decisions_of_the_worklet(opened(keywords), 16000, 16000, len(expected))
    assert [(answer, end) for answer, _, end in found] == expected
    assert all(label == (bundle.labels[answer] if answer >= 0 else None) for answer, label, _ in found)


@pytest.mark.parametrize(("before", "after"), [(48000, 16000), (44100, 16000), (8000, 16000)])
def test_sound_is_resampled_piece_by_piece(keywords, before, after):
    printed = node(
        keywords,
        f"""
        import {{ Resampler }} from "./resample.js";
        const tone = (rate) => (_, i) => [300, 1100, 3100].reduce((sum, hz) => sum + Math.sin((2 * Math.PI * hz * i) / rate), 0);
        const sound = Float32Array.from({{ length: {before} }}, tone({before}));
        const resampler = new Resampler({before}, {after});
        const found = [];
        for (let start = 0, step = 1; start < sound.length; start += step, step = (step * 7) % 300) {{
          found.push(...resampler.push(sound.subarray(start, start + step)));
        }}
        const errors = found.map((value, i) => Math.abs(value - tone({after})(0, i)));
        console.log(found.length, Math.max(...errors.slice(500)));
        """,
    )
    count, error = map(float, printed.split())
    assert after - 300 < count <= after
    assert error < 0.01


def test_the_worklet_takes_sound_at_another_rate(keywords, opened):
    samples = soundtrack(SECONDS)
    threefold = resample_poly(samples, 3, 1).astype(np.float32)
    (keywords / "sound.bin").write_bytes(threefold.tobytes())
    expected = stream_decisions(bundle_of(keyword_run(), board_id=""), samples[:, None])
    # The resampler waits for half a filter, so that the last window may not be complete.
    found = decisions_of_the_worklet(opened(keywords), 48000, 48000, len(expected) - 1)
    equal = [row[0] == answer for row, (answer, _) in zip(found, expected, strict=False)]
    assert sum(equal) / len(equal) > 0.85


def wav_of(samples, path):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes((samples * 32767).astype("<i2").tobytes())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_classifies_examples_and_a_sound_file_on_a_phone(keywords, opened, tmp_path, scheme):
    phone = {"width": 360, "height": 740}
    page = opened(keywords, viewport=phone, color_scheme=scheme, bypass_csp=True)
    page.wait_for_selector("body[data-ready]")
    page.get_by_role("button", name="yes", exact=True).click()
    page.get_by_text("labelled “yes”; equal to the device's result in every bit").wait_for()
    assert page.get_by_role("status").inner_text() == "yes"
    wav_of(soundtrack(4), tmp_path / "words.wav")
    page.get_by_label("Open a recording").set_input_files(tmp_path / "words.wav")
    page.locator("#history li").nth(15).wait_for()
    assert page.locator("#history li").count() == 16
    assert grave_faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_page_hears_a_microphone(keywords, opened, browser):
    page = opened(keywords, permissions=["microphone"])
    page.wait_for_selector("body[data-ready]")
    page.evaluate(
        """() => {
          const context = new AudioContext();
          const tone = new OscillatorNode(context, { frequency: 500 });
          const ear = context.createMediaStreamDestination();
          tone.connect(ear);
          tone.start();
          navigator.mediaDevices.getUserMedia = async () => ear.stream;
        }"""
    )
    page.get_by_role("button", name="Listen").click()
    page.locator("#history li").first.wait_for()
    page.get_by_role("button", name="Stop").click()
    assert page.get_by_role("button", name="Listen").is_visible()


def test_the_page_feels_motion_and_says_what_a_file_lacks(motion, opened, tmp_path):
    page = opened(motion)
    page.wait_for_selector("body[data-ready]")
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
    assert page.locator("#history li").count() == 3
    page.get_by_role("button", name="Stop").click()
    wrong = tmp_path / "wrong.csv"
    for text, words in (
        ("ax,ay\n1,2\n", "There is no column “az”; there are ax, ay."),
        ("ax,ay,az\n1,2,x\n", "row 2, column 3: “x” is no number."),
        ("1,2\n", "The rows have 2 columns; the model reads 3: ax, ay, az."),
        ("", "wrong.csv holds no samples."),
    ):
        wrong.write_text(text)
        page.get_by_label("Open a recording").set_input_files(wrong)
        page.get_by_role("alert").get_by_text(words).wait_for()
    values, _ = tiny.windows(3, seed=5)
    right = tmp_path / "right.csv"
    rows = "\n".join(",".join(map(str, row)) for row in values[0])
    right.write_text("az,ax,ay\n" + rows)
    page.get_by_label("Open a recording").set_input_files(right)
    page.locator("#history li").nth(3).wait_for()
    assert page.get_by_role("alert").count() == 0


@pytest.mark.skipif(not TSC.exists(), reason="needs the front end's TypeScript: make frontend")
def test_its_types_hold_in_a_strict_client(keywords, tmp_path):
    (keywords / "client.ts").write_text(
        """
        import { createAudioNode, hasSimd, type Label, load, metadata, type StreamResult } from "./index.js";
        const classifier = await load({ simd: hasSimd(), wasm: new URL("https://example.org/pipeline.wasm") });
        const { label, probabilities } = classifier.classify(new Float32Array(metadata.windowLength));
        const known: Label | null = label;
        const first: number | undefined = probabilities[0];
        const stream = classifier.stream({ onResult: (result: StreamResult) => console.log(result.end, known, first) });
        stream.push([1, 2, 3]);
        // @ts-expect-error: no such label
        const wrong: Label = "no label";
        // @ts-expect-error: samples are numbers
        stream.push(["1"]);
        await createAudioNode(new AudioContext(), { onResult: ({ seconds }) => seconds });
        console.log(wrong);
        """
    )
    command = [str(TSC), "--strict", "--noEmit", "--target", "esnext", "--module", "nodenext", "client.ts"]
    result = subprocess.run(
        [*command, "--lib", "esnext,dom"], cwd=keywords, capture_output=True, text=True, check=False
    )
    (keywords / "client.ts").unlink()
    assert result.returncode == 0, result.stdout


def test_npm_packs_what_a_user_needs(keywords):
    if shutil.which("npm") is None:
        pytest.skip("needs npm")
    packed = subprocess.run(
        ["npm", "pack", "--dry-run", "--json"], cwd=keywords, capture_output=True, text=True, check=True
    )
    names = {file["path"] for file in json.loads(packed.stdout)[0]["files"]}
    wanted = {"package.json", "index.js", "index.d.ts", "core.js", "metadata.js", "worklet.js", "resample.js"}
    assert wanted | {"pipeline.wasm", "pipeline-simd.wasm", "README.md", "LICENSE", "thimble.json"} <= names
    assert not any(name.startswith(("demo/", "selftest/")) for name in names)


def test_hostile_names_stay_text(tmp_path, opened):
    project = '</script><script>alert(1)</script> ${name} " \\ `x` 変'
    labels = ("__proto__", *HOSTILE[:2])
    package = package_of(make_bundle(labels=labels, project=project, board_id=""), tmp_path)
    printed = node(
        package,
        """
        import { load, metadata } from "./index.js";
        const classifier = await load();
        console.log(JSON.stringify([metadata.project, metadata.labels]));
        console.log(metadata.labels.includes(classifier.classify(new Float32Array(192)).label));
        """,
    )
    assert [json.loads(line) for line in printed.splitlines()] == [[project, list(labels)], True]
    page = opened(package)
    page.wait_for_selector("body[data-ready]")
    assert page.locator("h1").inner_text() == project
    assert page.locator("#classes .name").all_inner_texts() == list(labels)
    assert json.loads((package / "package.json").read_text())["name"] == "script-script-alert-1-script-name-x"


@pytest.mark.parametrize(
    ("field", "value"),
    [("package", "Upper"), ("package", "a b"), ("package", "../x"), ("package", "a\n"), ("version", "1.0")],
)
def test_names_and_versions_that_npm_would_refuse_are_refused(field, value):
    with pytest.raises(ValueError, match=field):
        WasmTarget.Options.model_validate({field: value})


def test_without_a_demo_there_is_none(tmp_path):
    package = package_of(
        make_bundle(board_id=""), tmp_path, include_demo=False, package="@me/wrist", version="2.1.0"
    )
    assert not (package / "demo").exists()
    assert "demo" not in (package / "README.md").read_text()
    document = json.loads((package / "package.json").read_text())
    assert (document["name"], document["version"]) == ("@me/wrist", "2.1.0")


def test_units_are_those_of_the_recordings():
    assert model_interface(bundle_of(motion_run(), board_id=""))["units"] == ["g", "g", "g"]
