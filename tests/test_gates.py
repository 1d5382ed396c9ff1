"""The gates of a rule can fail: each is shown a rule that must not pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines import gates
from pipelines.gates import BENIGN, benign_items, flagged_benign, run_example, wrong_examples
from pipelines.labelled import LabelledDistrict
from pipelines.message import Message, Role
from rules.facts import FROM_STAFF, TO_STUDENT
from rules.model import Conversation, Evidence, Match, Rule, Status
from rules.registry import all_rules
from tests.conftest import Command
from tests.expected import read_csv

TEXTING = next(rule for rule in all_rules() if rule.id == "personal_texting")
Everything = Callable[[Message, Conversation], Iterator[Match]]


def flag_everything_from_staff(message: Message, around: Conversation) -> Iterator[Match]:
    """The rule nobody wants: staff wrote, so it is a finding."""
    students = [s for one in message.recipients for s in one.persons(Role.STUDENT)]
    if message.sender.may_be(Role.STAFF) and students:
        yield Match((Evidence("a staff member wrote"),), tuple(students), 1.0)


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> LabelledDistrict:
    """The district of the labelled messages."""
    return LabelledDistrict(tmp_path_factory.mktemp("work"))


@pytest.fixture
def among(monkeypatch: pytest.MonkeyPatch) -> Callable[[Rule], None]:
    """Put a rule in the place of the shipped one of its id."""

    def put(rule: Rule) -> None:
        rules = tuple(rule if one.id == rule.id else one for one in all_rules())
        for module in ("gates", "inspection"):
            monkeypatch.setattr(f"pipelines.{module}.all_rules", lambda: rules)

    return put


# The shipped rules --------------------------------------------------------------------------------


def test_every_example_of_every_rule_is_as_stated() -> None:
    assert list(wrong_examples(all_rules())) == []


def test_no_rule_flags_a_benign_message(district: LabelledDistrict) -> None:
    corpus = benign_items(BENIGN)
    flagged = flagged_benign(all_rules(), corpus, district)
    assert len(corpus) >= 6_000
    assert [(one.rule, one.message.source_file) for one in flagged] == []


def test_the_benign_messages_are_all_there_with_their_places() -> None:
    corpus = benign_items(BENIGN)
    assert len(corpus) == sum(len(read_csv(path)) for path in BENIGN.glob("*.csv"))
    assert len({one.id for one in corpus}) == len(corpus)
    said = [one.messages[0] for one in corpus]
    assert {one["channel"] for one in said} >= {"email", "sms", "lms"}
    assert sum(one["from"] == "staff" for one in said) > len(corpus) / 2


# Rules that must not pass -------------------------------------------------------------------------


def test_a_rule_that_flags_all_staff_is_refused_by_benign_and_labelled_messages(
    among: Callable[[Rule], None], brightline: Command, district: LabelledDistrict
) -> None:
    harmful = replace(
        TEXTING,
        check=flag_everything_from_staff,
        screen=FROM_STAFF & TO_STUDENT,
        lifted_by_school_business=False,
    )
    among(harmful)
    corpus = benign_items(BENIGN)
    flagged = flagged_benign((harmful,), corpus, district)
    assert len(flagged) > 0.25 * len(corpus)
    result = brightline("rules", "test", TEXTING.id)
    assert result.code == 1
    told = [line for line in result.err.splitlines() if "flags the benign message" in line]
    assert len(told) == len(flagged)
    assert f"{TEXTING.id}: flags the benign message {flagged[0].message.source_file}" in told
    assert [line for line in result.err.splitlines() if "are the least" in line]
    assert int(result.out.splitlines()[1].split()[4]) == len(flagged)


@pytest.mark.parametrize("wrong", [Status.EXEMPT, None])
def test_an_example_that_states_the_wrong_outcome_is_reported(wrong: Status | None) -> None:
    first, *others = (one for one in TEXTING.examples if one.expect is Status.FLAGGED)
    rule = replace(TEXTING, examples=(replace(first, expect=wrong), *TEXTING.examples))
    assert others
    assert list(wrong_examples((rule,))) == [
        (rule.id, f'"{first.says}": expected {wrong}, got {Status.FLAGGED}')
    ]


def test_a_rule_that_finds_nothing_fails_its_examples() -> None:
    silent = replace(TEXTING, check=lambda message, around: ())
    expected = [one for one in TEXTING.examples if one.expect is not None]
    assert len(list(wrong_examples((silent,)))) == len(expected) > 0


def test_a_rule_that_crashes_on_an_example_is_reported_and_quotes_nothing() -> None:
    def crash(message: Message, around: Any) -> Iterator[Match]:
        raise ValueError(message.body)

    failing = list(wrong_examples((replace(TEXTING, check=crash),)))
    assert len(failing) == len(TEXTING.examples)
    for (_, told), example in zip(failing, TEXTING.examples, strict=True):
        assert "raised ValueError" in told
        assert not example.message.body or example.message.body not in told


def test_a_purpose_that_is_stated_decides_an_example() -> None:
    flagged = next(one for one in TEXTING.examples if one.expect is Status.FLAGGED)
    lifted = next(one for one in TEXTING.examples if one.expect is Status.LIFTED)
    assert run_example(TEXTING, replace(flagged, purpose=lifted.purpose)) is Status.LIFTED


# Gates that cannot look ---------------------------------------------------------------------------


@pytest.mark.parametrize("is_there", [False, True])
def test_benign_messages_that_are_not_there_are_a_failure(tmp_path: Path, is_there: bool) -> None:
    folder = tmp_path / "benign"
    if is_there:
        folder.mkdir()
    _, (failure,) = gates.test_rules(TEXTING.id, folder)
    assert failure.startswith(str(folder))
    assert "no messages; run this from a checkout of the repository" in failure


def test_a_benign_row_of_an_unknown_audience_is_no_silence(tmp_path: Path) -> None:
    header = "channel,at,sender,audience,subject,text\n"
    row = "sms,2025-10-14T21:30,staff,pigeons,,hello\n"
    (tmp_path / "one.csv").write_text(header + row, encoding="utf-8")
    with pytest.raises(KeyError, match="pigeons"):
        benign_items(tmp_path)
