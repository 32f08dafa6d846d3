"""The data acquisition format: what clients write is read, and signatures are checked."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.ingest import IngestError, IngestOptions, read_signal

KEY = b"fed53116f20684c067774ebf9e7bcbdc"


def document(**payload):
    return {
        "protected": {"ver": "v1", "alg": "HS256", "iat": 1564128599},
        "signature": "0" * 64,
        "payload": {
            "device_name": "ac:87:a3:0a:2d:1b",
            "device_type": "DISCO-L475VG-IOT01A",
            "interval_ms": 10,
            "sensors": [{"name": "accX", "units": "m/s2"}, {"name": "accY", "units": "m/s2"}],
            "values": [[-9.81, 0.03], [-9.83, 0.04], [-9.12, 0.03]],
            **payload,
        },
    }


def signed(content, key=KEY, **dumps):
    """As the format's own description does it: sign the text with zeros, then put the signature in."""
    text = json.dumps({**content, "signature": "0" * 64}, **dumps)
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return json.dumps({**content, "signature": signature}, **dumps)


def read(tmp_path, text, **options):
    path = tmp_path / "upload"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_signal(path, "a.json", IngestOptions(**options))


def test_values_names_units_and_rate_are_read(tmp_path):
    signal = read(tmp_path, json.dumps(document()))
    assert signal.channels == ("accX", "accY")
    assert signal.units == ("m/s2", "m/s2")
    assert signal.sample_rate_hz == 100
    assert signal.values.shape == (3, 2)


def test_one_sensor_may_write_plain_numbers_and_sound_is_scaled(tmp_path):
    sound = document(
        interval_ms=0.0625, sensors=[{"name": "audio", "units": "wav"}], values=[-32768, 0, 16384]
    )
    signal = read(tmp_path, json.dumps(sound))
    assert signal.sample_rate_hz == 16000
    assert signal.values[:, 0].tolist() == [-1, 0, 0.5]


@pytest.mark.parametrize("dumps", [{}, {"indent": 2}, {"separators": (",", ":")}, {"ensure_ascii": False}])
def test_a_valid_signature_is_accepted_however_the_json_is_laid_out(tmp_path, dumps):
    assert len(read(tmp_path, signed(document(), **dumps), hmac_key=KEY).values) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (signed(document(), key=b"another"), "the signature does not fit"),
        (signed(document()).replace("-9.12", "-9.13"), "the signature does not fit"),
        (json.dumps(document()), "the signature does not fit"),
        (json.dumps({**document(), "protected": {"ver": "v1", "alg": "none"}}), "alg is none"),
        (json.dumps({**document(), "signature": "abc"}), "expected one signature of 64"),
        (json.dumps({"protected": document()["protected"], "payload": {}}), "expected one signature of 64"),
        (signed({**document(), "extra": {"signature": "0" * 64}}), "expected one signature of 64"),
    ],
)
def test_with_a_key_only_a_valid_signature_passes(tmp_path, text, message):
    with pytest.raises(IngestError) as caught:
        read(tmp_path, text, hmac_key=KEY)
    assert message in str(caught.value)
    assert caught.value.field == "signature"


def test_without_a_key_unsigned_files_are_read(tmp_path):
    content = {**document(), "protected": {"ver": "v1", "alg": "none"}}
    assert len(read(tmp_path, json.dumps(content)).values) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "broken or cut off at line 1, column 2"),
        (json.dumps(document())[:-30], "broken or cut off"),
        (b"{\xff", "not UTF-8"),
        ("[]", "is not an object"),
        ("{}", "protected is missing"),
        ('{"a":' * 100_000, "nested too deeply"),
        (json.dumps({**document(), "protected": {"ver": "v2"}}), "protected.ver is 'v2'"),
        (json.dumps({**document(), "protected": {"ver": "v1", "alg": "RS1"}}), "protected.alg is 'RS1'"),
        (json.dumps({**document(), "payload": 3}), "payload is missing"),
        (json.dumps(document(interval_ms=0)), "payload.interval_ms is 0; it must be above zero"),
        (json.dumps(document(interval_ms=-1)), "payload.interval_ms is -1"),
        (json.dumps(document(interval_ms="10")), "payload.interval_ms must be a number"),
        (json.dumps(document(interval_ms=True)), "payload.interval_ms must be a number"),
        (json.dumps(document(interval_ms=float("nan"))), "payload.interval_ms is nan"),
        (json.dumps(document(sensors=[])), "payload.sensors is empty"),
        (json.dumps(document(sensors=["x"])), "payload.sensors[0] needs a name"),
        (json.dumps(document(sensors=[{"name": "x"}, {"name": "x"}])), "the names must differ"),
        (json.dumps(document(values=[])), "payload.values is empty"),
        (json.dumps(document(values=[[1, 2], [3]])), "row 2 has 1 values for 2 sensors"),
        (json.dumps(document(values=[[1, 2], [3, None]])), "row 2, accY: None is not a number"),
        (json.dumps(document(values=[[1, 2], [3, "4"]])), "row 2, accY: '4' is not a number"),
        (json.dumps(document(values=[[1, 2], [3, True]])), "row 2, accY: True is not a number"),
        (json.dumps(document(values=[[1, 2], [3, float("nan")]])), "not a finite number"),
        (json.dumps(document(values=[[1, 2], [3, 10**400]])), "not a finite number"),
        (json.dumps(document(values=[1, 2])), "must be rows of numbers"),
        (json.dumps(document(values="Ref-BINARY-i16")), "values is missing or is not a list"),
    ],
)
def test_a_bad_document_is_refused_in_words(tmp_path, text, message):
    with pytest.raises(IngestError) as caught:
        read(tmp_path, text)
    assert message in str(caught.value)


TEXT = signed(document())


@settings(max_examples=200, deadline=None)
@given(
    edits=st.lists(st.tuples(st.integers(0, len(TEXT) - 1), st.integers(0, 255)), min_size=1, max_size=4),
    has_key=st.booleans(),
)
def test_a_damaged_document_gives_a_signal_or_an_error_in_words_and_never_passes_its_signature(
    tmp_path_factory, edits, has_key
):
    content = bytearray(TEXT.encode())
    for place, value in edits:
        content[place] = value
    try:
        read(tmp_path_factory.mktemp("json"), bytes(content), hmac_key=KEY if has_key else None)
    except IngestError:
        return
    # Only the signature's own letters may change their case.
    assert not has_key or content.decode().lower() == TEXT.lower()


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(place=st.sampled_from(["interval_ms", "sensors", "values"]), value=json_values)
def test_any_json_in_any_place_gives_a_signal_or_an_error_in_words(tmp_path_factory, place, value):
    try:
        read(tmp_path_factory.mktemp("json"), json.dumps(document(**{place: value})))
    except IngestError:
        return
