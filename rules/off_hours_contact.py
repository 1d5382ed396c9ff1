"""Staff writes privately to one to three students outside contact hours."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.message import Message, ZoneBasis
from rules.examples import ANA, JO, KAI, NOA, OAK, SAM, mail, message
from rules.facts import (
    FEW_STUDENTS,
    FROM_STAFF,
    OFF_HOURS,
    TO_STUDENT,
    is_private,
    known_students,
    sender_confidence,
    staff_senders,
    students_in_words,
    unknown_company,
)
from rules.model import Conversation, Evidence, Example, Label, Match, Rule, Severity, Status


def check(message: Message, around: Conversation) -> Iterator[Match]:
    """The hour and the private audience match; the purpose decides what becomes of it."""
    students = known_students(message)
    if not message.off_hours or message.automatic or not staff_senders(message):
        return
    if not students or not is_private(message):
        return
    assumed = message.zone_basis is ZoneBasis.ASSUMED
    local = message.sent_at_local
    yield Match(
        evidence=(
            Evidence(
                f"sent {local:%A} {local:%H:%M} local time, outside contact hours, "
                f"to {students_in_words(message.audience)} with no other adult on it"
            ),
        ),
        students=students,
        confidence=(0.75 if assumed else 0.95) * sender_confidence(message),
        facts_against=unknown_company(message),
        undone_if=(
            "it had been sent within contact hours",
            "a guardian or a second adult had been on it",
            "it were about school business",
        ),
    )


RULE = Rule(
    id="off_hours_contact",
    title="Private contact outside contact hours",
    clause="conduct",
    severity=Severity.MEDIUM,
    rationale="Private contact with a student at night or on a day off, not about school, is the "
    "kind of socialising the policy asks staff to avoid; the hour alone is only a signal.",
    review_steps=(
        "Read the thread from the student's last message on.",
        "Check for an event, trip or emergency that evening.",
        "Look whether such messages repeat, and who starts them.",
    ),
    false_positives=(
        "A trip or game that ended late and is not on the calendar.",
        "An export whose times carry no zone.",
    ),
    screen=FROM_STAFF & TO_STUDENT & OFF_HOURS & FEW_STUDENTS,
    check=check,
    lifted_by_school_business=True,
    examples=(
        Example(
            "23:10 to one student, nothing about school",
            message("2025-10-14T23:10", "cant sleep either, what are you watching"),
            Status.FLAGGED,
            purpose=Label.PERSONAL,
        ),
        Example(
            "Saturday, purpose unclear",
            message("2025-10-18T11:00", "are you around?"),
            Status.FLAGGED,
        ),
        Example(
            "21:30 about tomorrow's quiz",
            message("2025-10-14T21:30", "Yes, the quiz covers 3.1 to 3.4, bring a calculator."),
            Status.LIFTED,
            purpose=Label.SCHOOL_BUSINESS,
        ),
        Example(
            "a father to his daughter at night",
            mail("2025-10-14T22:00", "home by ten please", sender=OAK, to=(NOA,)),
            Status.EXEMPT,
            purpose=Label.PERSONAL,
        ),
        Example(
            "17:59 is within hours",
            message("2025-10-14T17:59", "how was your weekend"),
            None,
            purpose=Label.PERSONAL,
        ),
        Example(
            "18:00 is not",
            message("2025-10-14T18:00", "how was your weekend"),
            Status.FLAGGED,
            purpose=Label.PERSONAL,
        ),
        Example(
            "the guardian reads along",
            message("2025-10-14T21:00", "proud of you today", to=(JO, ANA)),
            None,
        ),
        Example(
            "a second staff member is on it",
            message("2025-10-14T21:00", "see you at the lake?", to=(JO, OAK)),
            None,
        ),
        Example(
            "the whole class",
            message("2025-10-14T21:00", "happy thanksgiving all!", to=(JO, SAM, KAI), audience=24),
            None,
        ),
        Example(
            "the student writes at night",
            message("2025-10-14T23:30", "u up?", sender=JO, to=(OAK,)),
            None,
        ),
    ),
)
