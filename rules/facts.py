"""Questions that several rules ask of a message. Pure; no rule-specific knowledge.

Columns of the same facts, for screens, are named here once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow.compute as pc

from pipelines.message import Account, Basis, Channel, Field, Message, Participant, Person, Role
from rules.model import Conversation, Evidence, Exemption, Match
from rules.signals.links import Link
from rules.signals.tools import is_teaching_tool

SMALL_GROUP = 3
"""A private contact reaches at most this many students."""

FROM_STAFF = pc.field("from_staff")
TO_STUDENT = pc.field("students") > 0
IS_EMAIL = pc.field("channel") == Channel.EMAIL.value
IS_SMS = pc.field("channel") == Channel.SMS.value
OFF_HOURS = pc.field("off_hours")
FEW_STUDENTS = pc.field("students") <= SMALL_GROUP
OUTSIDE_END = pc.field("outside_end")
FROM_NETWORK = pc.field("from_network")
TO_PUBLIC = pc.field("to_public")

_GREETING = (
    r"(?:hi|hey|hello|dear|thanks|thank you|good (?:morning|afternoon|evening|night)|morning|ok"
    r"|yes|no|good|hola|querid[oa]|estimad[oa]s?|gracias|buen[oa]s (?:d[ií]as|tardes|noches))"
)
_TO_GROWN_UPS = re.compile(
    r"\b(?:your|you're|su|tu)\s+(?:son|daughter|child|student|kid|kiddo|boy|girl|hij[oa]|ni[nñ][oa])\b"
    rf"|(?:\A\s*|\b{_GREETING}[ ,]+)(?:mr|mrs|ms|mx|sr|sra|señora?|mom|dad|parents?|guardians?"
    r"|padres|famil(?:y|ies|ia))\b"
    r"|\bdear [^\n,]{0,30}\bfamily\b|\b(?:parents?|guardians?|family|mom|dad) of\b",
    re.IGNORECASE,
)
_GREETS_PARENTS = re.compile(
    rf"\W*(?:(?:{_GREETING}|attention|queridos)[ ,]+)?(?:[\w']{{1,20}} ){{0,2}}"
    r"(?:parents?|guardians?|famil(?:y|ies|ias?)|padres)"
    r"(?:\s(?:and|&|y|/)\s(?:guardians|families|caregivers|friends|familias))?\s{0,2}[,:!.\n–—-]",
    re.IGNORECASE,
)
_GREETS_STUDENTS = re.compile(
    r"\b(?:students?|athletes|players|runners|kids|team|class|everyone|all|estudiantes|alumnos)\b",
    re.IGNORECASE,
)
_CALLED = (
    rf"(?:(?:\A|[\n.!?]\s*|\b{_GREETING}[ ,]+)NAME\s*(?:[,!.?:\n]|\s[-–—])"
    rf"|\b{_GREETING} NAME\b(?!['’]s|\s+(?:is|was|has|had|did|does|will|needs|forgot|and)\b)"
    r"|,\s*NAME\s*(?:[.!?\n]|\Z))"
)
_REST_IS_QUOTED = re.compile(
    r"^(?:-{2,}\s*(?:original|forwarded) message|-{2,}\s*mensaje (?:original|reenviado)"
    r"|(?:on|el) [^\n]{6,120}(?:\n[^\n]{0,80})?(?:wrote|escribi[oó]):(?!\s*>)"
    r"|(?:from|de):\s[^\n]*(?:@|\n(?:sent|date|to|enviado|fecha|para)\b[^\n]{0,12}:))",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED_LINES = re.compile(
    r"^(?:(?:on|el) [^\n]{6,120}(?:\n[^\n]{0,80})?(?:wrote|escribi[oó]):(?=\s*>)"
    r"|[ \t]{0,3}>[^\n]*)",
    re.IGNORECASE | re.MULTILINE,
)
_LOOKED_AT = 20_000
_ANSWER = re.compile(r"\s*(?:re|rv|aw)\s*:", re.IGNORECASE)
_REACTION = re.compile(
    r"\s*(?:liked|loved|disliked|laughed at|emphasized|questioned|reacted .{1,12} to) [“\"]",
    re.IGNORECASE,
)


def own_words(text: str) -> str:
    """The text with quoted mail blanked out: what is left stands where it stood.

    An answer below a quotation is the sender's own.
    """
    head = text[:_LOOKED_AT]
    cut = _REST_IS_QUOTED.search(head)
    own = _QUOTED_LINES.sub(lambda found: " " * len(found[0]), head[: cut.start()] if cut else head)
    return own if cut else own + text[_LOOKED_AT:]


def staff_senders(message: Message) -> tuple[Person, ...]:
    """Staff who are or may be behind the sending handle."""
    return message.sender.persons(Role.STAFF)


def speaks_to_grown_ups(message: Message) -> bool:
    """Whether the words greet a parent or speak of somebody's child."""
    parts = (message.subject[:200], (message.body or "")[:2000])
    return any(_TO_GROWN_UPS.search(part) for part in parts)


def is_meant_for_guardians(message: Message) -> bool:
    """Whether the words are for parents, though students are on the message as well."""
    words = message.body or message.subject
    if _GREETS_STUDENTS.search(words[:80].partition("\n")[0].partition(",")[0]):
        return False
    if _GREETS_PARENTS.match(words):
        return True
    guardians = any(party.persons(Role.GUARDIAN) for party in message.other_adults)
    return guardians and speaks_to_grown_ups(message)


def students_addressed(message: Message, party: Participant) -> tuple[Person, ...]:
    """Students whom a message to a mailbox or phone shared with a guardian speaks to.

    Those it calls by given name, when it does not speak to a parent.
    """
    if speaks_to_grown_ups(message):
        return ()
    words = f"{message.subject}\n{message.body or ''}"[:2000]
    return tuple(
        student
        for student in party.persons(Role.STUDENT)
        if student.given_name
        and re.search(_CALLED.replace("NAME", re.escape(student.given_name)), words, re.IGNORECASE)
    )


def students_reached(message: Message) -> list[tuple[Participant, tuple[Person, ...]]]:
    """Student recipients with the persons behind them; a shared handle only when it is meant.

    An address known as a student's only by its domain stands for itself.
    """
    reached = []
    for party in message.recipients:
        if not party.may_be(Role.STUDENT):
            continue
        people = party.persons(Role.STUDENT)
        if party.basis is Basis.SHARED and party.persons(Role.GUARDIAN):
            people = students_addressed(message, party)
            if not people:
                continue
        people = people or (unlisted_student(party),)
        reached.append((party, people))
    return reached


def unlisted_student(party: Participant) -> Person:
    """Who stands for a student's address that is known as one by its domain alone."""
    return unlisted_person(party.handle)


def unlisted_person(handle: str) -> Person:
    """The student behind a typed handle that is on no list, by the id that is given to them."""
    return Person(handle, Role.STUDENT, "", handle.partition(":")[2])


def is_private_end(recipient: Participant, message: Message) -> bool:
    """A handle the school does not control, and not merely in copy of a mail to a guardian."""
    to_guardian = any(
        one.field is Field.TO and one.persons(Role.GUARDIAN) and not one.persons(Role.STUDENT)
        for one in message.recipients
    )
    in_copy = recipient.field is not Field.TO and to_guardian
    return recipient.account is Account.OTHER and not in_copy


def known_students(message: Message) -> tuple[Person, ...]:
    """Students reached by identity, not by a name that merely matches; each once, by id."""
    found = {
        person.id: person
        for party, people in students_reached(message)
        if party.basis is not Basis.NAME
        for person in people
    }
    return tuple(found[key] for key in sorted(found))


def students_in_words(number: int) -> str:
    """`one student`, `3 students`."""
    return "one student" if number == 1 else f"{number} students"


def has_other_adult(message: Message) -> bool:
    """Whether a guardian or a second staff member, known by their handle, is on the message."""
    return any(
        party.basis in (Basis.HANDLE, Basis.SHARED)
        and (party.persons(Role.STAFF) or party.persons(Role.GUARDIAN))
        for party in message.other_adults
    )


def unknown_company(message: Message) -> tuple[str, ...]:
    """A fact for the officer where somebody on the message could not be told: perhaps an adult."""
    for party in message.other_adults:
        if party.basis is Basis.UNKNOWN and party.account is Account.SCHOOL:
            return ("an unknown school address is also on it, perhaps a group",)
        if party.basis in (Basis.UNKNOWN, Basis.NAME):
            return ("an unknown outside address is also on it",)
        if party.basis is Basis.DOMAIN:
            return ("a school address that is not on the roster is also on it",)
    return ()


def is_private(message: Message) -> bool:
    """One to three students, nobody grown-up beside the sender."""
    return 0 < message.audience <= SMALL_GROUP and not has_other_adult(message)


_HOW_SURE = {
    Basis.HANDLE: 1.0,
    Basis.GIVEN: 0.9,
    Basis.SHARED: 0.8,
    Basis.DOMAIN: 0.7,
    Basis.NAME: 0.6,
}


def sender_confidence(message: Message) -> float:
    """How sure it is that the sender is the staff member: 1 by handle, less by name or shared."""
    return _HOW_SURE.get(message.sender.basis, 0.5)


def shared_class_facts(
    staff: tuple[Person, ...], match: Match, message: Message, around: Conversation
) -> tuple[str, ...]:
    """Sentences naming the classes sender and students share."""
    titles = sorted(
        {
            title
            for one in staff
            for student in match.students
            for title in around.district.shared_classes(one, student, message.sent_at_local.date())
        }
    )
    return (f"teaches the student: {', '.join(titles)}",) if titles else ()


@dataclass(frozen=True)
class Place:
    """A group, page or site outside that a message leads to, and what the district says of it."""

    evidence: Evidence
    confidence: float
    shown: str  # for an officer: its address, or the words that lead there
    approval: Exemption | None = None
    against: tuple[str, ...] = ()


def texts_of(message: Message) -> Iterator[tuple[str, str]]:
    """The sender's own words by part: a subject that is no answer's, and the body.

    A telephone's "Liked ..." says another's words again.
    """
    if not _ANSWER.match(message.subject):
        yield "subject", message.subject
    if message.body and not _REACTION.match(message.body):
        yield "body", own_words(message.body)


def said_before(message: Message, around: Conversation) -> str:
    """What students said in the last three messages before this one, when within a day.

    A short answer means what it is an answer to.
    """
    earlier = [around.messages[at] for at in range(max(0, around.place - 3), around.place)]
    asked = (
        own_words(one.body or "")[:600]
        for one in earlier
        if one.sender.may_be(Role.STUDENT)
        and message.sent_at_local - one.sent_at_local < timedelta(days=1)
    )
    return "\n".join(asked)


def is_inside(link: Link, around: Conversation) -> bool:
    """Whether a link leads to the district's own pages or to a teaching tool."""
    tool = is_teaching_tool(link.registered_domain) or is_teaching_tool(link.host)
    return tool or around.district.is_school_address(f"web@{link.host}")


def approval_facts(asked: Iterable[str], around: Conversation, on: date) -> tuple[str, ...]:
    """A fact for each address or name whose approval is not valid that day."""
    expired = (around.district.expired_approval(one, on) for one in asked)
    return tuple(dict.fromkeys(one for one in expired if one))


def match_of_places(
    places: Sequence[Place],
    message: Message,
    students: tuple[Person, ...],
    undone_if: tuple[str, ...],
) -> Match:
    """One match for all places of a message: exempt where every one of them is approved.

    Otherwise it stands on those that are not, and the approved ones are facts against it.
    """
    unapproved = [place for place in places if place.approval is None]
    stands_on = unapproved or places
    approved = (
        f"also leads to an approved one: {place.shown} ({place.approval.source})"
        for place in (places if unapproved else ())
        if place.approval
    )
    facts = (*approved, *(fact for place in stands_on for fact in place.against))
    return Match(
        evidence=tuple(place.evidence for place in stands_on),
        students=students,
        confidence=max(place.confidence for place in stands_on) * sender_confidence(message),
        facts_against=tuple(dict.fromkeys(facts)),
        undone_if=undone_if,
        exemption=None if unapproved else places[0].approval,
    )
