"""A recording of sound is heard on its page."""

from __future__ import annotations

import math
import re
import struct
import wave
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import create_project, sign_up

RATE_HZ = 16_000
# Keeps every sound that the page makes within reach of the test.
KEEP_SOUNDS = """
window.sounds = [];
window.Audio = class extends window.Audio {
  constructor(address) { super(address); window.sounds.push(this); }
};
"""


@pytest.fixture
def two_tones(tmp_path: Path) -> Path:
    path = tmp_path / "doorbell.1.wav"
    tones = [(880, RATE_HZ), (660, RATE_HZ)]
    samples = [
        round(12_000 * math.sin(2 * math.pi * pitch_hz * index / RATE_HZ))
        for pitch_hz, length in tones
        for index in range(length)
    ]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return path


@pytest.mark.timeout(120)
def test_play_is_heard_from_its_beginning_to_its_end(page: Page, two_tones: Path) -> None:
    page.add_init_script(KEEP_SOUNDS)
    sign_up(page, "Hedy Listener", "hedy@example.org")
    create_project(page, "Doorbell")
    page.get_by_role("link", name="Data", exact=True).first.click()
    page.get_by_label("Recordings", exact=True).set_input_files(two_tones)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("cell", name="doorbell", exact=True)).to_be_visible()
    dialog.get_by_role("button", name="Upload 1 recording").click()
    page.get_by_role("link", name="doorbell.1").first.click()
    expect(page.get_by_text("/ 2.00 s")).to_be_visible()
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^(0\.[5-9]|1\.)\d* / 2\.00 s$"))).to_be_visible()
    assert page.evaluate("window.sounds.at(-1).currentTime") > 0.5
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert page.evaluate("window.sounds.at(-1).ended")
