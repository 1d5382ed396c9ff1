"""Screening: whatever a rule would flag, its screen lets through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from pipelines.screen import screened
from rules.facts import OFF_HOURS
from rules.model import Conversation, Label, Rule
from rules.registry import all_rules
from tests.factories import (
    TEXTS,
    as_message,
    directory,
    local,
    purpose,
    resolved,
    row,
    rows,
    rule,
)

LABELS = st.sampled_from(list(Label))


def hidden(rules: Sequence[Rule], values: dict[str, Any], label: Label) -> list[str]:
    """Rules that match a message which their own screen holds back."""
    said = as_message(values)
    around = Conversation((said,), 0, directory(), purpose(label))
    wanted = screened(resolved(values), rules)[0].as_py()
    return [
        one.id
        for number, one in enumerate(rules)
        if any(one.check(said, around)) and not wanted >> number & 1
    ]


@settings(max_examples=500)
@given(rows(), LABELS)
def test_whatever_a_check_flags_its_screen_lets_through(
    values: dict[str, Any], label: Label
) -> None:
    """For any people, channel, hour, text and purpose."""
    assert hidden(all_rules(), values, label) == []


@pytest.mark.parametrize("body", [one for one in TEXTS if one])
def test_every_spelling_of_a_number_is_let_through(body: str) -> None:
    """In subject or body."""
    values = row("lms:c1", ["lms:c2"])
    for said in (values | {"body": body}, values | {"body": None, "subject": body}):
        assert hidden(all_rules(), said, Label.PERSONAL) == []


@pytest.mark.parametrize("name", [one.id for one in all_rules()])
def test_the_property_reaches_every_rule(name: str) -> None:
    """The rows drawn hold messages that each rule matches: otherwise it would show nothing."""
    (one,) = (one for one in all_rules() if one.id == name)
    blind = replace(one, screen=pc.scalar(False))

    found = find(
        rows(),
        lambda values: bool(hidden([blind], values, Label.PERSONAL)),
        settings=settings(max_examples=5_000, deadline=None),
    )
    assert hidden([one], found, Label.PERSONAL) == []


@pytest.mark.parametrize(
    "planted",
    [
        {"screen": OFF_HOURS},
        {"screen": pc.field("students") > 1},
        {"hint": r"\d{3}-\d{3}-\d{4}"},
        {"screen": pc.scalar(pa.scalar(None, pa.bool_()))},
    ],
)
def test_a_screen_that_hides_a_match_is_found(planted: dict[str, Any]) -> None:
    """The planted rule matches everything; the property must not hold for it."""
    blind = rule(**planted)

    assert find(rows(), lambda values: bool(hidden([blind], values, Label.UNCLEAR)))
    with pytest.raises(NoSuchExample):
        find(
            rows(),
            lambda values: bool(hidden([rule()], values, Label.UNCLEAR)),
            settings=settings(max_examples=50),
        )


def test_each_rule_has_a_bit_of_its_own() -> None:
    """In the order in which the rules are given; a null in a screen is no."""
    rules = [
        rule(screen=pc.field("students") > 1),
        rule(id="second", hint="(?i)quiz"),
        rule(id="third", screen=pc.scalar(pa.scalar(None, pa.bool_()))),
        rule(id="fourth", screen=OFF_HOURS, hint="hello"),
    ]
    two = ["email:s1@students.school.example", "email:s2@students.school.example"]
    night = local("2025-10-14T22:00")
    values = [
        row(),
        row(to=two),
        row(body=None, subject="QUIZ"),
        row(to=two, body="the Quiz"),
        row(sent_at=night),
        row(sent_at=night, body=None),
    ]

    assert screened(resolved(*values), rules).to_pylist() == [0, 1, 2, 3, 8, 0]


def test_nothing_is_wanted_without_rules_or_rows() -> None:
    """And both are allowed."""
    assert screened(resolved(row()), []).to_pylist() == [0]
    assert screened(resolved(), all_rules()).to_pylist() == []
