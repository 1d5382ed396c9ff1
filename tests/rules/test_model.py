"""The model: a rule that lacks what a reader needs cannot be built."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from pipelines.message import Message
from rules.examples import ExampleDistrict, message
from rules.model import Conversation, Example, InvalidRule, Label, Severity, Status
from tests.factories import purpose, rule

MATCHES = Example("matches", message("2025-10-14T15:00"), Status.FLAGGED)
LIFTED = Example("lifted", message("2025-10-14T15:00"), Status.LIFTED)
SILENT = Example("does not", message("2025-10-14T15:00"), None)


def test_a_whole_rule_can_be_built() -> None:
    """A lifted example is one that matches."""
    assert rule().id == "personal_number"
    assert rule(examples=(LIFTED, SILENT)).examples == (LIFTED, SILENT)


@pytest.mark.parametrize(
    ("changes", "lacks"),
    [
        ({"examples": (SILENT,)}, "at least one example that must match"),
        ({"examples": (MATCHES, LIFTED)}, "at least one example that must not match"),
        ({"review_steps": ("Read it.",)}, "two or three review steps"),
        ({"review_steps": ("Read it.",) * 4}, "two or three review steps"),
        ({"rationale": ""}, "a rationale of a sentence"),
        ({"rationale": "Unknown"}, "a rationale of a sentence"),
        ({"rationale": "To be done."}, "a rationale of a sentence"),
        ({"false_positives": ()}, "a named false-positive situation"),
        ({"false_positives": ("Unknown",)}, "a named false-positive situation"),
        (
            {"false_positives": ("A number of a help line.", "None known.")},
            "a named false-positive situation",
        ),
    ],
)
def test_a_rule_that_lacks_something_is_refused(changes: dict[str, Any], lacks: str) -> None:
    """The error names the rule and what it lacks, and nothing else."""
    with pytest.raises(InvalidRule) as caught:
        rule(**changes)

    assert str(caught.value) == f"rule personal_number lacks {lacks}"


def test_everything_that_lacks_is_said_at_once() -> None:
    """Nobody mends a rule five times."""
    with pytest.raises(InvalidRule) as caught:
        rule(examples=(), review_steps=(), false_positives=(), rationale="Unknown")

    assert str(caught.value) == (
        "rule personal_number lacks at least one example that must match; "
        "at least one example that must not match; two or three review steps; "
        "a rationale of a sentence; a named false-positive situation"
    )


def test_a_rule_cannot_be_changed() -> None:
    """Its fingerprint would lie."""
    with pytest.raises(FrozenInstanceError):
        rule().severity = Severity.HIGH  # type: ignore[misc]


def test_a_rule_reads_text_when_it_has_a_hint() -> None:
    """Then it cannot look where there is no text."""
    assert not rule().reads_text
    assert rule(hint="x").reads_text


def test_severities_compare_and_are_written_small() -> None:
    """As flags.csv spells them."""
    assert [str(one) for one in sorted(Severity)] == ["low", "medium", "high"]
    assert f"{max(Severity)}" == "high"


@pytest.mark.parametrize(("place", "key"), [(0, None), (1, "m0"), (3, "m2")])
def test_the_message_before_is_that_of_the_thread(place: int, key: str | None) -> None:
    """None before the first."""
    thread: list[Message] = [message("2025-10-14T15:00", key=f"m{n}") for n in range(4)]
    around = Conversation(thread, place, ExampleDistrict(), purpose(Label.UNCLEAR))
    before = around.previous()

    assert (before.key if before else None) == key
