"""moved_channel on what people really write; the lines stand in moved_channel.txt.

Here is what a text cannot say: who reads it, on which channel, and whose a number is.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.examine import Examiner
from pipelines.gates import example_policy, run_example
from pipelines.message import Account, Field, Message
from pipelines.threads import Thread
from rules.examples import (
    ANA,
    JO,
    KAI,
    NOA,
    OAK,
    RIVER,
    SAM,
    ExampleDistrict,
    mail,
    message,
    party,
    text,
)
from rules.model import Conversation, Example, Label, Match, Severity, Status
from rules.moved_channel import RULE
from rules.signals import elsewhere, secrecy
from rules.signals.private_ways import PRIVATE, cover
from tests.factories import purpose

AT = "2025-10-14T15:00"
LINES = [
    line
    for line in Path(__file__).with_name("moved_channel.txt").read_text("utf-8").splitlines()
    if line and line[0] != "#"
]
ELSEWHERE = "Not on here. Text me instead, 406-555-0177."
GATEWAY = party(RIVER, "phone:+14065550131", account=Account.SCHOOL, field=Field.FROM)
PRIVATE_MAIL = party(RIVER, "email:mara.river@example.com", account=Account.OTHER, field=Field.FROM)


def matches(said: Message) -> list[Match]:
    """The matches of the rule on one message."""
    around = Conversation((said,), 0, ExampleDistrict(), purpose(Label.PERSONAL))
    return list(RULE.check(said, around))


def says(said: Message) -> set[str]:
    """What the rule says of a message."""
    return {one.sentence for match in matches(said) for one in match.evidence}


@pytest.mark.parametrize("line", LINES)
def test_what_people_write(line: str) -> None:
    """Matched as stated, with its place in the text, and let through by one of the hints."""
    stated, _, words = line.partition(" ")
    said = message(AT, words.replace("\\n", "\n"))
    found = matches(said)

    assert bool(found) == (stated == "M")
    if found:
        body = pa.array([said.body or ""])
        assert any(pc.match_substring_regex(body, one)[0].as_py() for one in RULE.hints)
        for one in found[0].evidence:
            assert 0 <= one.start < one.end <= len(said.body or "")


def test_there_are_enough_lines() -> None:
    """Of both sorts, all different."""
    assert len(set(LINES)) == len(LINES)
    assert sum(line[0] == "M" for line in LINES) >= 200
    assert sum(line[0] == "-" for line in LINES) >= 200


@pytest.mark.parametrize(
    ("said", "expect"),
    [
        (message(AT, ELSEWHERE), Status.FLAGGED),
        (message(AT, ELSEWHERE, to=(JO, SAM, KAI)), Status.FLAGGED),
        (message(AT, ELSEWHERE, to=(JO, SAM, KAI), audience=4), None),
        (message(AT, ELSEWHERE, to=(ANA,)), None),
        (message(AT, ELSEWHERE, sender=JO, to=(RIVER,)), None),
        (message(AT, ELSEWHERE, sender=OAK, to=(NOA,)), Status.EXEMPT),
        (message(AT, ELSEWHERE, automatic=True), None),
        (message(AT, f"> {ELSEWHERE}\nPlease do not send me such things."), None),
        (message(AT, "see you", subject="not on here, text me instead"), Status.FLAGGED),
        (mail(AT, ELSEWHERE), Status.FLAGGED),
    ],
)
def test_who_reads_it(said: Message, expect: Status | None) -> None:
    """One to three students, from staff, in the sender's own words."""
    assert run_example(RULE, Example("", said, None, purpose=Label.PERSONAL)) == expect


@pytest.mark.parametrize("label", list(Label))
def test_no_purpose_lifts_it(label: Label) -> None:
    """It lowers the severity at most."""
    said = message(AT, ELSEWHERE)

    assert run_example(RULE, Example("", said, None, purpose=label)) is Status.FLAGGED


@pytest.mark.parametrize(
    ("body", "label", "severity"),
    [
        (ELSEWHERE, Label.PERSONAL, Severity.HIGH),
        (ELSEWHERE, Label.UNCLEAR, Severity.LOW),
        (ELSEWHERE, Label.SCHOOL_BUSINESS, Severity.LOW),
        ("dont tell your mom we text", Label.UNCLEAR, Severity.HIGH),
        ("delete this and text me", Label.SCHOOL_BUSINESS, Severity.HIGH),
    ],
)
def test_secrecy_is_never_a_small_thing(body: str, label: Label, severity: Severity) -> None:
    """Whatever else the conversation is about."""
    judged = purpose(label)
    examiner = Examiner((RULE,), example_policy(), ExampleDistrict(), lambda *_: judged)
    (finding,) = examiner.examine(Thread.of([message(AT, body)], {0: 1}))

    assert finding.severity is severity


@pytest.mark.parametrize(
    ("said", "expect"),
    [
        (text(AT, "text me here instead of canvas", sender=GATEWAY), False),
        (text(AT, "text me instead of emailing", sender=GATEWAY), False),
        (text(AT, "use my own cell instead, 406-555-0177", sender=GATEWAY), True),
        (text(AT, "dont tell your mom about this", sender=GATEWAY), False),
        (text(AT, "dont tell your mom about this"), True),
        (text(AT, "delete these when you read them"), True),
        (text(AT, "delete it and hand in the other"), False),
        (text(AT, "text me here instead of canvas"), True),
        (text(AT, "use this number from now on"), True),
        (message(AT, "use this number from now on"), False),
        (mail(AT, "write to this address from now on, not the school one"), False),
        (mail(AT, "use this address from now on", sender=PRIVATE_MAIL), True),
        (
            mail(AT, "I am on my home email because the school one is down", sender=PRIVATE_MAIL),
            False,
        ),
        (text(AT, "not here, put it on Canvas"), False),
    ],
)
def test_the_channel_a_message_travels_on_says_what_here_is(said: Message, expect: bool) -> None:
    """The district's own gateway is no private channel; an own phone is one by itself."""
    assert bool(matches(said)) == expect


@pytest.mark.parametrize(
    ("body", "expect"),
    [
        ("Text me instead, 406-555-0177.", True),
        ("Call 406-555-0177 instead of writing here.", True),
        ("Call 406-555-0110 instead of writing here.", False),
        ("Write to ms.river@school.example instead of writing here.", False),
        ("Write to mara@example.com instead of writing here.", True),
        ("Call the clinic at 406-555-0177 instead of writing here.", False),
        ("You can call or text 988 instead of writing here.", False),
        ("Call 1-800-555-0199 instead of writing here.", False),
        ("is 406-555-0142 still your number? Answer here", False),
    ],
)
def test_whose_a_number_is(body: str, expect: bool) -> None:
    """The district's, a business's and a help line are no private channel to the sender."""
    assert bool(matches(message(AT, body))) == expect


@pytest.mark.parametrize(
    "body",
    [
        "Do you have another email it would fit through?",
        "Canvas keeps losing it. What's your personal email?",
        "this thing is slow, whats ur number",
    ],
)
def test_asking_is_no_pointer(body: str) -> None:
    """What is asked for waits for the later contact."""
    assert matches(message(AT, body)) == []


def test_each_kind_is_said_once() -> None:
    """However often it is repeated."""
    said = says(message(AT, "Text me instead. Text me instead! And delete these texts."))

    assert said == {elsewhere.Kind.INSTEAD.value, elsewhere.Kind.DELETE.value}


@given(st.text(max_size=200), st.booleans(), st.booleans())
def test_any_text_can_be_read(words: str, private: bool, gateway: bool) -> None:
    """And spans lie inside it."""
    found = (
        *elsewhere.find(words, on_private=private, on_gateway=gateway),
        *secrecy.find(words, on_private=private),
    )
    assert all(0 <= one.start < one.end <= len(words) for one in found)


def test_hostile_texts_are_bounded() -> None:
    """Only the beginning is read, and only so many pointers are given."""
    many = elsewhere.find("text me instead. " * 5_000)

    assert len(many) == elsewhere.MAX_POINTERS
    assert elsewhere.find(" " * elsewhere.EXAMINED + "text me instead") == ()


def test_a_cover_keeps_every_place() -> None:
    """A sign for a character."""
    assert cover("call 0177 now", [(5, 9, PRIVATE)]) == f"call {PRIVATE * 4} now"
