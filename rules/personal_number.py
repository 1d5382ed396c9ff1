"""Staff gives a student a phone number that is not the district's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from pipelines.message import Message, Person, Role
from rules.examples import ANA, JO, NOA, OAK, RIVER, message
from rules.facts import (
    FROM_STAFF,
    TO_STUDENT,
    known_students,
    own_words,
    sender_confidence,
    staff_senders,
)
from rules.model import Conversation, Evidence, Example, Label, Match, Rule, Severity, Status
from rules.signals import phone_pieces, phone_riddles, phones
from rules.signals.purpose import vocabulary
from rules.signals.purpose_words import FILLERS, lexicon, plain_words, word_set
from rules.signals.whose_number import AFTER, BEFORE, Whose, whose

WITHIN = timedelta(minutes=12)
"""The longest time from the first piece of a number to the last,"""
WITHIN_ANNOUNCED = timedelta(days=3)
"""and where both are announced: "first part", "second part"."""

_LOOKED_BACK = 6  # messages
_PHONE = (
    r"(?:(?:own|personal|new|real|cell|phone) )?(?:cell|phone|num(?:ber)?|digits|#|cel(?:ular)?"
    r"|n[uú]mero|tel[eé]fono|whatsapp)(?!\w)"
)
_WANTED = re.compile(
    rf"\b(?:your|ur|yr|tu|su) {_PHONE}|\b(?:cell|phone|celular) (?:num(?:ber)?|#)(?!\w)"
    r"|\b(?:text|call|reach|txt|facetime) (?:you|u)\b|\A\W*(?:number|n[uú]mero|cell|digits)\W*\Z",
    re.IGNORECASE,
)
_OFFERED = re.compile(
    rf"\b(?:my|mi) {_PHONE}|\b(?:text|call|reach|txt|facetime|hit) (?:me|us)\b|\bhmu\b",
    re.IGNORECASE,
)
_ERRAND = re.compile(
    r"\b(?:bus|trip|late|lost|separated|ride|meets?|games?|pick(?:ed|ing)? (?:up|you)"
    r"|drop(?:ped)? off|gate|arriv\w{1,4}|running behind|team|group|tickets?|excursi[oó]n"
    r"|cami[oó]n|autob[uú]s|viaje"
    r"|torneo|boletos?|equipo|emergency)\b",
    re.IGNORECASE,
)
_VAGUE = word_set(
    "coach coaches teacher teachers profe profesor profesora maestro maestra student students "
    "hundreds tens digits digit school class finish worksheet carry degrees first second third "
    "quarter quarters cheer dance team"
)
"""School words that do not say what a number would be for."""
_PRIVATE = frozenset(
    f"private.{kind}" for kind in ("affection", "meeting", "feelings", "home", "fun", "secrecy")
)
_FEW_WORDS = 3  # beside the number, fillers apart
_NOT_FOR_SCHOOL = re.compile(
    r"\b(?:no|not|nothing|never|isn['’]?t|anything but|doesn['’]?t have to be)"
    r" (?:(?:about|for|of|to do with|a|any|the|from|just) ){0,2}"
    r"(?:homework|school|class|grades?|math|work)(?: (?:talk|stuff|things?|questions?|related))?\b"
    r"|\b(?:not graded|doesn['’]?t have to be about|off the clock|not as your (?:teacher|coach))\b"
    r"|\b(?:nada de|no es (?:de|para)|sin hablar de) (?:la |el )?(?:tareas?|escuela|clase)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Given:
    """A number that the message gives, with the words around it."""

    phone: phones.Phone
    part: str
    before: str
    after: str
    told: str = ""  # where the rest of it was said, when in pieces

    @property
    def hidden(self) -> bool:
        """Whether it is told as nobody does on school business: in pieces, or disguised."""
        return bool(self.told) or self.phone.spelled != "digits"


def check(message: Message, around: Conversation) -> Iterator[Match]:
    """Numbers in the sender's own words that nobody but a private person can be behind."""
    staff, students = staff_senders(message), known_students(message)
    if not staff or not students:
        return
    numbers = list(_given(message, staff, around))
    found = [
        (confidence, evidence)
        for given in numbers
        for confidence, evidence in _judged(given, message, staff, students, around)
    ]
    if found:
        yield Match(
            evidence=tuple(evidence for _, evidence in found),
            students=students,
            confidence=max(confidence for confidence, _ in found) * sender_confidence(message),
            business_lifts=not any(one.hidden for one in numbers)
            and _may_be_business(message, around),
            undone_if=(
                "the number were listed among the district's numbers",
                "it were given for class work or another school purpose",
            ),
        )


def _given(message: Message, staff: tuple[Person, ...], around: Conversation) -> Iterator[_Given]:
    """Whole numbers of the message; without one, the number that it completes."""
    area, whole = around.district.local_area, False
    for part, text in (("subject", message.subject), ("body", own_words(message.body or ""))):
        riddle = phone_riddles.find(text)
        for phone in phones.find(text, local_area=area) or ((riddle,) if riddle else ()):
            whole = True
            before = text[max(0, phone.start - BEFORE) : phone.start]
            yield _Given(phone, part, before, text[phone.end : phone.end + AFTER])
    if not whole:
        yield from _completed(message, staff, around)


def _completed(
    message: Message, staff: tuple[Person, ...], around: Conversation
) -> Iterator[_Given]:
    """A number told over several messages of the sender, where this one completes it."""
    text = own_words(message.body or "")
    last = phone_pieces.find(text)
    if last is None or not last.may_complete:
        return
    earlier = list(_shortly_before(message, around))
    just_before = (one for one in earlier if message.sent_at - one.sent_at <= WITHIN)
    asked = any(_speaks_of_it(one, staff) for one in just_before)
    area, pieces, begun, said = around.district.local_area, [last], message, text[: last.start]
    joined = phone_pieces.joined(pieces, area, asked=asked) if asked else None
    for one in earlier:
        if joined or len(pieces) == phone_pieces.MOST_PIECES:
            break
        words = own_words(one.body or "")
        if not _is_by(one, staff):
            if len(pieces) == 1 and _speaks_of_it(one, staff):
                joined, begun = phone_pieces.continued(words, last), one
            continue
        piece = phone_pieces.find(words)
        if piece is None or phones.find(words):
            continue
        if message.sent_at - one.sent_at > WITHIN and not (piece.place < 0 < last.place):
            continue
        pieces, begun, said = [piece, *pieces], one, f"{words[: piece.start]} {said}"
        joined = phone_pieces.joined(pieces, area, asked=asked)
    if joined:
        e164, kind = joined
        spelled = "words" if any(piece.words for piece in pieces) else "digits"
        phone = phones.Phone(last.start, last.end, e164, spelled, kind)
        told = _told(begun, message, staff, len(pieces))
        yield _Given(phone, "body", said, text[last.end :], told)


def _shortly_before(message: Message, around: Conversation) -> Iterator[Message]:
    """Messages of the thread shortly before this one, the latest first."""
    for place in range(around.place - 1, max(-1, around.place - 1 - _LOOKED_BACK), -1):
        one = around.messages[place]
        if message.sent_at - one.sent_at > WITHIN_ANNOUNCED:
            return
        yield one


def _is_by(message: Message, staff: tuple[Person, ...]) -> bool:
    return not {person.id for person in staff_senders(message)}.isdisjoint(one.id for one in staff)


def _speaks_of_it(message: Message, staff: tuple[Person, ...]) -> bool:
    """Whether the message asks for the staff member's number, or offers it."""
    pattern = _OFFERED if _is_by(message, staff) else _WANTED
    return pattern.search(own_words(message.body or "")[:500]) is not None


def _told(begun: Message, message: Message, staff: tuple[Person, ...], pieces: int) -> str:
    """Where the first part of a number was said; nothing when the message holds it all."""
    if begun is message:
        return ", following the message before it,"
    if not _is_by(begun, staff):
        return (
            f", of which the student's message before it (at {begun.sent_at_local:%H:%M}) begins,"
        )
    others = "message" if pieces == 2 else f"{pieces - 1} messages"
    clock = "%H:%M" if message.sent_at - begun.sent_at <= WITHIN else "%Y-%m-%d %H:%M"
    return f", with the sender's {others} before it (from {begun.sent_at_local:{clock}} on),"


def _may_be_business(message: Message, around: Conversation) -> bool:
    """Whether school business around the number may be what it is given for.

    It is not where the words say so, nor where they are about private life or next to none, and
    neither they nor the student's before them speak of school.
    """
    own = f"{message.subject}\n{own_words(message.body or '')}"[:2_000]
    if _NOT_FOR_SCHOOL.search(own):
        return False
    previous = around.previous()
    asked = previous is not None and bool(previous.sender.persons(Role.STUDENT))
    said = f"{own}\n{own_words(previous.body or '')[:2_000]}" if previous and asked else own
    if _ERRAND.search(said) or not _VAGUE.issuperset(vocabulary(said)):
        return True
    words = [word for word in plain_words(own) if word not in FILLERS and word[0].isalpha()]
    private = any(kind in _PRIVATE for _, kinds in lexicon().found(words) for kind in kinds)
    return len(words) > _FEW_WORDS and not private


def _judged(
    given: _Given,
    message: Message,
    staff: tuple[Person, ...],
    students: tuple[Person, ...],
    around: Conversation,
) -> Iterator[tuple[float, Evidence]]:
    district, day, number = around.district, message.sent_at_local.date(), given.phone.e164
    if given.phone.kind == "tollfree" or (number and district.is_district_number(number)):
        return
    owners = district.owners(f"phone:{number}", day) if number else ()
    owning = {person.id for person in owners}
    family = {person.id for one in students for person in (one, *district.guardians(one))}
    says = whose(given.before, given.after)
    sure = 0.9 if given.told else 1.0
    if any(one.id in owning for one in staff):
        yield 0.98 * sure, _evidence(given, "listed as the sender's own")
    elif family & owning:
        return
    elif any(person.role is Role.STAFF for person in owners):
        yield 0.9 * sure, _evidence(given, "listed as a staff member's own")
    elif says in (Whose.PUBLIC, Whose.YOURS) or _is_students(number, around):
        return
    elif says is Whose.OWN:
        yield 0.85 * sure, _evidence(given, "given as a way to reach somebody privately")
    else:
        yield 0.6 * sure, _evidence(given, "not a number of the district, nor of the family")


def _is_students(number: str | None, around: Conversation) -> bool:
    """Whether a student said this number just before, and not as the staff member's."""
    area = around.district.local_area
    first = max(0, around.place - _LOOKED_BACK)
    return number is not None and any(
        phone.e164 == number and whose(text[: phone.start], text[phone.end :]) is not Whose.YOURS
        for place in range(first, around.place)
        if (one := around.messages[place]).sender.persons(Role.STUDENT)
        for text in (own_words(one.body or ""),)
        for phone in phones.find(text, local_area=area)
    )


def _evidence(given: _Given, what: str) -> Evidence:
    phone = given.phone
    spelled = {"words": " (written in words)", "obfuscated": " (disguised)"}.get(phone.spelled, "")
    sentence = f"phone number{spelled}{given.told} {what}"
    return Evidence(sentence, given.part, phone.start, phone.end)


RULE = Rule(
    id="personal_number",
    title="Personal phone number given to a student",
    clause="personal-number",
    severity=Severity.MEDIUM,
    rationale="Staff are not to share personal phone numbers with students for purposes other than "
    "education; this message holds a number that is not the district's.",
    review_steps=(
        "Find out whose number it is.",
        "Check the text log for later contact on that number.",
    ),
    false_positives=(
        "The number of a business or a help line given as a resource.",
        "A new school line that is not yet listed in district_numbers.csv.",
    ),
    screen=FROM_STAFF & TO_STUDENT,
    hint=(phones.HINT, phone_pieces.HINT, phone_riddles.HINT),
    check=check,
    lifted_by_school_business=True,
    examples=(
        Example(
            "her own number, as listed",
            message("2025-10-14T15:00", "text me if you get bored, 406-555-0101"),
            Status.FLAGGED,
            purpose=Label.PERSONAL,
        ),
        Example(
            "a number in words",
            message(
                "2025-10-14T15:00",
                "call me, it's four oh six, five five five, zero one seven seven",
            ),
            Status.FLAGGED,
            purpose=Label.PERSONAL,
        ),
        Example(
            "the second half of a number",
            message("2025-10-14T15:02", "the rest is 0177"),
            Status.FLAGGED,
            before=(
                message("2025-10-14T15:00", "first half 406-555", key="m0"),
                message("2025-10-14T15:01", "ok", sender=JO, to=(RIVER,), key="m00"),
            ),
            purpose=Label.PERSONAL,
        ),
        Example(
            "four digits after an ordinary sentence with three",
            message("2025-10-14T15:02", "0177"),
            None,
            before=(message("2025-10-14T15:00", "bus 406 leaves at 5:55", key="m0"),),
        ),
        Example(
            "given for the field trip",
            message("2025-10-14T15:00", "If you miss the museum bus call my cell 406-555-0101."),
            Status.LIFTED,
            purpose=Label.SCHOOL_BUSINESS,
        ),
        Example(
            "a father to his daughter",
            message("2025-10-14T15:00", "my new number is 406-555-0178", sender=OAK, to=(NOA,)),
            Status.EXEMPT,
            purpose=Label.PERSONAL,
        ),
        Example(
            "the house line",
            message("2025-10-14T15:00", "or try our house line, 406-555-0178"),
            Status.FLAGGED,
            purpose=Label.PERSONAL,
        ),
        Example(
            "a number that somebody else wrote, quoted",
            message("2025-10-14T15:00", "Not today.\n> my cell is 406-555-0178"),
            None,
        ),
        Example(
            "the school office",
            message("2025-10-14T15:00", "Call the office at 406-555-0110 if you are late."),
            None,
        ),
        Example(
            "the student's own number repeated back",
            message("2025-10-14T15:00", "is 406-555-0142 still right?"),
            None,
        ),
        Example(
            "what the student just gave, written down",
            message("2025-10-14T15:05", "406-555-0178, got it"),
            None,
            before=(
                message(
                    "2025-10-14T15:00",
                    "my number is 406-555-0178",
                    sender=JO,
                    to=(RIVER,),
                    key="m0",
                ),
            ),
        ),
        Example(
            "a help line as a resource",
            message("2025-10-14T15:00", "You can call or text 988 any time, or 1-800-555-0199."),
            None,
        ),
        Example(
            "scores and dates are no numbers",
            message("2025-10-14T15:00", "We won 21-14 on 10/14/2025 in room 406."),
            None,
        ),
        Example(
            "to the guardian alone",
            message("2025-10-14T15:00", "my cell is 406-555-0101", to=(ANA,)),
            None,
        ),
    ),
)
