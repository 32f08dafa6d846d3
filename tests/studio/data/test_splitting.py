from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from studio.data.models import Sample
from studio.data.splitting import Item, choose_test
from studio.projects.models import Project
from tests.studio.data.test_samples import make_samples


def items_of(labels: list[str], groups: list[str] | None = None) -> list[Item]:
    return [Item(n, label, f"{n:064x}", groups[n] if groups else "") for n, label in enumerate(labels)]


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=120), st.integers(0, 100))
def test_each_label_has_its_share_within_one_sample(labels: list[str], test_percent: int) -> None:
    items = items_of(labels)
    chosen = choose_test(items, test_percent, by_group=False)
    for label, count in Counter(labels).items():
        taken = sum(item.id in chosen for item in items if item.label == label)
        assert abs(taken - count * test_percent / 100) <= 1


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("0123456789")), min_size=1, max_size=120),
    st.integers(1, 99),
)
def test_a_group_is_never_torn_and_training_never_robbed(
    pairs: list[tuple[str, str]], test_percent: int
) -> None:
    items = items_of([label for label, _ in pairs], [group for _, group in pairs])
    chosen = choose_test(items, test_percent, by_group=True)
    for group in {item.group for item in items}:
        assert len({item.id in chosen for item in items if item.group == group}) == 1
    for label in {item.label for item in items}:
        assert any(item.id not in chosen for item in items if item.label == label)


@given(st.lists(st.sampled_from("ab"), max_size=60), st.randoms())
def test_the_order_of_the_samples_does_not_matter(labels: list[str], random: Any) -> None:
    items = items_of(labels)
    shuffled = list(items)
    random.shuffle(shuffled)
    assert choose_test(items, 20, by_group=False) == choose_test(shuffled, 20, by_group=False)


@pytest.mark.django_db
def test_a_project_is_split_anew(editor: APIClient, project: Project) -> None:
    make_samples(project, 100)
    url = f"/api/v1/projects/{project.pk}/samples/split/"
    answer = editor.post(url, {"test_percent": 30}, format="json").json()
    assert (answer["training"], answer["test"]) == (70, 30)
    counts = Counter(Sample.objects.values_list("label", "split"))
    assert counts == {
        ("yes", "training"): 35,
        ("yes", "test"): 15,
        ("no", "training"): 35,
        ("no", "test"): 15,
    }
    assert editor.post(url, {"test_percent": 30}, format="json").json()["changed"] == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"test_percent": 101}, "test_percent"),
        ({"test_percent": "x"}, "test_percent"),
        ({"by": "moon"}, "by"),
    ],
)
def test_a_split_that_cannot_be_is_refused(
    editor: APIClient, project: Project, body: Any, field: str
) -> None:
    answer = editor.post(f"/api/v1/projects/{project.pk}/samples/split/", body, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field
