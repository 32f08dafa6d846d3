"""A label from a file's name or folder, by the documented rules."""

import pytest

from pipelines.ingest import label_of


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("gestures/wave/03.csv", "wave"),
        ("digit_3/xx.wav", "digit_3"),
        ("my data/turn left/1.json", "turn left"),
        ("gestures\\wave\\03.csv", "wave"),
        ("./wave/03.csv", "wave"),
        ("wave/training/03.csv", "wave"),
        ("Train/yes.01.wav", "yes"),
        ("yes.0001.wav", "yes"),
        ("turn_left.0001.wav", "turn_left"),
        ("yes.wav.0001.wav", "yes"),
        ("up_01.wav", "up"),
        ("up-01.wav", "up"),
        ("up01.wav", "up"),
        ("up 1.wav", "up"),
        ("up.wav", "up"),
        ("7_george_12.wav", "7"),
        ("7.wav", "7"),
        (".hidden", ""),
        ("", ""),
        ("_.csv", ""),
        ("../03.csv", "03"),
    ],
)
def test_the_label_of_a_path(path, label):
    assert label_of(path) == label
