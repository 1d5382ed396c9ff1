"""Every example that a rule ships with, examined as the audit would."""

from __future__ import annotations

import pytest

from pipelines.gates import run_example, wrong_examples
from rules.model import Example, Rule, Status
from rules.registry import all_rules
from tests.factories import match, rule

EXAMPLES = [
    pytest.param(one, example, id=f"{one.id}: {example.says}")
    for one in all_rules()
    for example in one.examples
]


@pytest.mark.parametrize(("one", "example"), EXAMPLES)
def test_example(one: Rule, example: Example) -> None:
    """What the example says must come of the message is what comes of it."""
    assert run_example(one, example) == example.expect


@pytest.mark.parametrize("one", all_rules(), ids=lambda one: one.id)
def test_examples_show_every_outcome_of_a_rule(one: Rule) -> None:
    """No match, a relationship, a flag, and a lift where school business lifts; told apart."""
    outcomes = {example.expect for example in one.examples}
    wanted = {None, Status.FLAGGED, Status.EXEMPT}
    if one.lifted_by_school_business:
        wanted |= {Status.LIFTED}

    assert outcomes == wanted
    assert len({example.says for example in one.examples}) == len(one.examples)


def test_a_wrong_example_is_found() -> None:
    """And so is one whose rule raises: the gate can fail."""

    def never(*_: object) -> list[object]:
        return []

    def broken(*_: object) -> list[object]:
        raise ValueError("a body")

    silent, loud, crashed = rule(never), rule(lambda *_: [match()]), rule(broken)

    assert list(wrong_examples([silent])) == [
        ("personal_number", '"matches": expected flagged, got None')
    ]
    assert list(wrong_examples([loud])) == [
        ("personal_number", '"does not": expected None, got flagged')
    ]
    assert [what.partition(":")[0] for _, what in wrong_examples([crashed])] == [
        '"matches"',
        '"does not"',
    ]
    assert not any("a body" in what for _, what in wrong_examples([crashed]))
