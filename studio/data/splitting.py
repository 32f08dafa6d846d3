"""Dividing samples into training and test: by hash, so that doing it twice gives the same answer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

from pipelines.signals import hash_json


@dataclass(frozen=True, slots=True)
class Item:
    """A sample to be placed; ``group`` names what must stay together (the sample itself where nothing is named)."""

    id: Hashable
    label: str
    sha256: str
    group: str


def choose_test(items: Iterable[Item], test_percent: float, by_group: bool) -> set[Hashable]:
    """The ids that go to the test split: about ``test_percent`` of each label's samples.

    Whole groups are taken, in the order of their hash, each as long as it brings the labels
    closer to their share. A label with two or more groups keeps at least one for training.
    """
    together: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        key = f"group:{item.group}" if by_group and item.group else f"sample:{item.sha256}"
        together[key].append(item)
    missing = {
        label: count * test_percent / 100
        for label, count in Counter(item.label for group in together.values() for item in group).items()
    }
    groups_left = Counter(label for group in together.values() for label in {item.label for item in group})
    chosen: set[Hashable] = set()
    for key in sorted(together, key=hash_json):
        group = together[key]
        counts = Counter(item.label for item in group)
        gain = sum(abs(missing[label]) - abs(missing[label] - count) for label, count in counts.items())
        takes_the_last = test_percent < 100 and any(groups_left[label] == 1 for label in counts)
        if gain <= 0 or takes_the_last:
            continue
        chosen.update(item.id for item in group)
        for label, count in counts.items():
            missing[label] -= count
            groups_left[label] -= 1
    return chosen
