"""Which split a recording falls into where nobody says."""

from __future__ import annotations

import hashlib

from pipelines.signals import Split

TEST_PERCENT = 20


def automatic_split(sha256: str, group: str = "") -> Split:
    """80 % training, 20 % test, by the content's hash: the same file falls the same way every time.

    Samples of one group (a volunteer, a day) fall together, so that none is in both.
    """
    digest = hashlib.sha256(group.encode()).hexdigest() if group else sha256
    return "test" if int(digest[:8], 16) % 100 < TEST_PERCENT else "training"
