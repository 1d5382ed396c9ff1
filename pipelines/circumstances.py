"""Facts for and against: what an officer should see beside the reason of every finding.

Rule of this file: sentences about what stands in the log and on the roster, never a judgement.
What a rule alone knows (a listed number, an approval that ran out) the rule says itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from pipelines.history import LATE_FROM, LATE_TO, Histories, History
from pipelines.message import Message, Person, Role, ZoneBasis
from pipelines.threads import REACH
from rules.facts import SMALL_GROUP, has_other_adult, shared_class_facts, staff_senders
from rules.model import Conversation, Label, Match

NEW = timedelta(days=7)
"""Private contact younger than this is said to be new."""
_LATE_SHARE, _LATE_LEAST = 0.25, 3
_GROWN, _GROWN_LEAST = 3.0, 3.0  # times as many a week as before, and at least so many a week
_MOSTLY, _ENOUGH = 0.7, 5  # share of the messages that one side wrote, of at least so many
_EMERGENCY = re.compile(
    r"\b(?:emergenc(?:y|ies|ia)|urgent(?:e|ly)?|ambulance|ambulancia|lock-?down|evacuat\w{2,5}"
    r"|evacuaci[oó]n|tornado|blizzard|wildfire|flood(?:ed|ing)?|power outage|road closed|stranded"
    r"|accident(?:e)?|injur(?:y|ed|ies)|concussion|hospital|er visit|allergic reaction|epi-?pen"
    r"|seizure|911|988|missing (?:student|child|kid))\b",
    re.IGNORECASE,
)


def facts_for(
    message: Message,
    around: Conversation,
    staff: tuple[Person, ...],
    students: tuple[Person, ...],
    histories: Histories,
) -> Iterator[str]:
    """What an officer should weigh against the staff member."""
    if staff_senders(message) and not around.previous() and not message.is_visit:
        yield "the staff member's is the first message of the thread"
    if is_late(message):
        yield "sent late at night"
    for one in staff:
        for student in students:
            history = histories.of(one, student)
            if history:
                yield from _shown_by(history, message)


def is_late(message: Message) -> bool:
    """Whether a message was sent late at night, local time."""
    hour = message.sent_at_local.hour
    return hour >= LATE_FROM or hour < LATE_TO


def has_grown(history: History) -> bool:
    """Whether private contact became several times as frequent as it was."""
    return history.before > 0 and history.recent >= max(_GROWN_LEAST, _GROWN * history.before)


def grows(staff: tuple[Person, ...], students: tuple[Person, ...], histories: Histories) -> bool:
    """Whether the private contact of any of these pairs has grown."""
    found = (histories.of(one, student) for one in staff for student in students)
    return any(history is not None and has_grown(history) for history in found)


def _shown_by(history: History, message: Message) -> Iterator[str]:
    if timedelta(0) <= message.sent_at_local - history.first < NEW:
        yield f"their first private message in this log is of {history.first:%-d %B}"
    if history.late >= max(_LATE_LEAST, _LATE_SHARE * history.messages):
        yield (
            f"{history.late} of the {history.messages} private messages between them were sent "
            f"between {LATE_FROM}:00 and {LATE_TO}:00"
        )
    if has_grown(history):
        yield (
            f"private messages between them grew from {history.before:.1f} to "
            f"{history.recent:.1f} a week"
        )
    if history.messages >= _ENOUGH and history.by_staff >= _MOSTLY * history.messages:
        yield (
            f"the staff member wrote {history.by_staff} of the {history.messages} private messages "
            "between them"
        )


def facts_against(
    message: Message,
    around: Conversation,
    staff: tuple[Person, ...],
    match: Match,
    students: tuple[Person, ...],
    histories: Histories,
) -> Iterator[str]:
    """What speaks for the staff member; an officer must see it beside the reason."""
    yield from shared_class_facts(staff, match, message, around)
    if has_other_adult(message):
        yield "a guardian or second adult is on the message"
    if message.audience > SMALL_GROUP:
        yield f"went to {message.audience} students"
    answered = _answered(message, around.previous(), students)
    if answered:
        yield answered
    emergency = _EMERGENCY.search(message.text[:2000])
    if emergency:
        yield f'speaks of an emergency ("{emergency[0].lower()}")'
    if message.zone_basis is ZoneBasis.ASSUMED:
        yield "the time zone of the export is assumed"
    if not message.delivered:
        yield "the gateway reports that it was not delivered"
    for one in staff:
        for student in students:
            yield from _between(one, student, message, around, histories)
    if Label.SCHOOL_BUSINESS is around.purpose.label:
        yield "reads as school business"


def _between(
    staff: Person, student: Person, message: Message, around: Conversation, histories: Histories
) -> Iterator[str]:
    expired = around.district.expired_relationship(staff, student, message.sent_at_local.date())
    if expired:
        yield f"a relationship is on file but not valid that day ({expired})"
    if around.district.name_only_relatives(staff, student):
        yield "a guardian has the staff member's name; a name alone does not exempt"
    history = histories.of(staff, student)
    if history and history.messages >= _ENOUGH:
        theirs = history.messages - history.by_staff
        if theirs >= _MOSTLY * history.messages:
            yield f"the student wrote {theirs} of the {history.messages} private messages"


def _answered(message: Message, previous: Message | None, students: tuple[Person, ...]) -> str:
    """What of the students' the message answers, if the one before it is theirs and recent."""
    if previous is None or message.sent_at - previous.sent_at > REACH:
        return ""
    if not set(previous.sender.persons(Role.STUDENT)) & set(students):
        return ""
    asked = "?" in (previous.body or "")[:2000]
    return f"answers the student's own {'question' if asked else 'message'}"
