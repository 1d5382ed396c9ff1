"""Staff texts a student, from an own phone or from a gateway number assigned to them."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.message import Account, Message
from rules.examples import ANA, JO, KAI, NOA, OAK, RIVER, SAM, party, text
from rules.facts import (
    FROM_STAFF,
    IS_SMS,
    SMALL_GROUP,
    TO_STUDENT,
    known_students,
    sender_confidence,
    staff_senders,
    students_in_words,
)
from rules.model import Conversation, Evidence, Example, Label, Match, Rule, Severity, Status


def check(message: Message, around: Conversation) -> Iterator[Match]:
    """Any text from staff to a student; to a whole team only when it is personal."""
    students = known_students(message)
    if message.channel != "sms" or message.automatic:
        return
    if not staff_senders(message) or not students:
        return
    if message.audience > SMALL_GROUP and around.purpose.label is not Label.PERSONAL:
        return
    phone = (
        "a school gateway number" if message.sender.account is Account.SCHOOL else "an own phone"
    )
    yield Match(
        evidence=(Evidence(f"text message from {phone} to {students_in_words(len(students))}"),),
        students=students,
        confidence=0.95 * sender_confidence(message),
        undone_if=(
            "the text were about class work, a school event or other school business",
            "it had gone to the guardian",
        ),
    )


RULE = Rule(
    id="personal_texting",
    title="Text message to a student",
    clause="texting",
    severity=Severity.MEDIUM,
    rationale="The policy lets staff text students only about education or district operations; "
    "this text went to a student's phone.",
    review_steps=(
        "Read the whole text thread of that week, not the one line.",
        "Ask whether a team or class channel existed for this and why it was not used.",
        "Check who held the sending number that day.",
    ),
    false_positives=(
        "A gateway number that changed hands and is still assigned to the former holder.",
        "A family phone on which the guardian reads along.",
    ),
    screen=IS_SMS & FROM_STAFF & TO_STUDENT,
    check=check,
    lifted_by_school_business=True,
    examples=(
        Example(
            "small talk on a Sunday afternoon",
            text("2025-10-19T15:05", "just saw that movie you told me about, you were right lol"),
            Status.FLAGGED,
            purpose=Label.PERSONAL,
        ),
        Example(
            "bus time before an away game",
            text("2025-10-14T14:10", "bus leaves 3:15 from the gym doors, bring both jerseys"),
            Status.LIFTED,
            purpose=Label.SCHOOL_BUSINESS,
        ),
        Example(
            "two words nobody can place",
            text("2025-10-14T14:12", "you there?"),
            Status.FLAGGED,
        ),
        Example(
            "a father texts his daughter",
            text(
                "2025-10-14T17:40",
                "running late, soup is in the fridge",
                sender=party(OAK, "phone:+14065550151", account=Account.OTHER),
                to=(party(NOA, "phone:+14065550152", account=Account.OTHER),),
            ),
            Status.EXEMPT,
            purpose=Label.PERSONAL,
        ),
        Example(
            "the student writes, nobody answers",
            text(
                "2025-10-14T20:00",
                "hey coach did u see the game",
                sender=party(JO, "phone:+14065550142", account=Account.OTHER),
                to=(party(RIVER, "phone:+14065550101", account=Account.OTHER),),
            ),
            None,
        ),
        Example(
            "a text to the whole team about practice",
            text(
                "2025-10-14T20:00", "practice moved to 5 tomorrow", audience=14, to=(JO, SAM, KAI)
            ),
            None,
            purpose=Label.SCHOOL_BUSINESS,
        ),
        Example(
            "the guardian's phone",
            text("2025-10-14T16:00", "Jo did great today", to=(ANA,)),
            None,
        ),
        Example(
            "a phone shared with the guardian, speaking of the child",
            text(
                "2025-10-14T16:05",
                "Your son forgot his trumpet, it is in the band room.",
                to=(party((JO, ANA), "phone:+14065550144", account=Account.OTHER),),
            ),
            None,
        ),
    ),
)
