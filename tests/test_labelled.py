"""The labelled messages: whole, fairly split, and scored without mercy."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime

import pytest

from pipelines.labelled import NONE, Item, LabelledDistrict, read_items, scores
from rules.model import Status
from rules.registry import all_rules

LABELS = {NONE, *(status.value for status in Status)}
BOTH = [(side, item) for side in ("tune", "measure") for item in read_items(side)]
PHRASE = 8  # words in a row that would make two messages one template
DIGITS = frozenset(
    "oh zero one two three four five six seven eight nine "
    "cero uno dos tres cuatro cinco seis siete ocho nueve".split()
)


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> LabelledDistrict:
    return LabelledDistrict(tmp_path_factory.mktemp("work"))


def test_every_rule_has_positives_and_hard_negatives_enough() -> None:
    flagged = Counter(item.rule for _, item in BOTH if item.label == Status.FLAGGED)
    other = Counter(item.rule for _, item in BOTH if item.label != Status.FLAGGED)
    for rule in all_rules():
        assert flagged[rule.id] >= 20, rule.id
        assert other[rule.id] >= 20, rule.id


def test_items_are_well_formed() -> None:
    assert len({item.id for _, item in BOTH}) == len(BOTH) >= 400
    for _, item in BOTH:
        times = [datetime.fromisoformat(one["at"]) for one in item.messages]
        assert item.label in LABELS, item.id
        assert times == sorted(times), item.id


def phrases(item: Item) -> set[tuple[str, ...]]:
    """Runs of `PHRASE` words of the message that is judged, its spelled-out numbers left out.

    The wording of a notice is its network's own.
    """
    if item.messages[-1]["from"] == "network":
        return set()
    text = re.sub(r"https?://\S+", " ", str(item.messages[-1].get("text", "")).lower())
    words = [word for word in re.findall(r"[^\W\d_]+", text) if word not in DIGITS]
    return {tuple(words[at : at + PHRASE]) for at in range(len(words) - PHRASE + 1)}


def test_no_phrase_stands_on_both_sides() -> None:
    sides = {
        side: {phrase for at, item in BOTH if at == side for phrase in phrases(item)}
        for side in ("tune", "measure")
    }
    assert sides["tune"] & sides["measure"] == set()


def test_everybody_is_known_as_who_they_are(district: LabelledDistrict) -> None:
    said = {"at": "2025-10-14T09:00", "channel": "email", "text": "hello"}
    pairs = {
        "staff": "student",
        "staff:private": "student2",
        "staff2": "child",
        "guardian": "staff",
    }
    for who, to in pairs.items():
        (row,) = district.rows("i", [{**said, "from": who, "to": [to]}])
        people = district.place.directory.resolve(
            row["sender"], None, datetime(2025, 10, 14).date()
        )
        assert len(people.people) == 1, who
    (row,) = district.rows("i", [{**said, "from": "staff", "to": ["class"]}])
    assert len(row["recipients"]) == 21


def test_a_score_counts_what_was_found_wrong_and_missed() -> None:
    labels = ["flagged", "flagged", "flagged", "none", "lifted", "none"]
    came = ["flagged", "lifted", "flagged", "flagged", "none", "none"]
    items = [Item(str(n), "r", label, ()) for n, label in enumerate(labels)]
    (score,) = scores(items, {str(n): one for n, one in enumerate(came)})
    assert (score.found, score.wrong, score.missed, score.quiet, score.otherwise) == (2, 1, 1, 2, 1)
    assert (score.precision, score.recall, score.count) == (2 / 3, 2 / 3, 6)
