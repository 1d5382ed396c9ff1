"""Staff gives a student a phone number that is not the district's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.message import Message, Person, Role
from rules.examples import ANA, NOA, OAK, message
from rules.facts import (
    FROM_STAFF,
    TO_STUDENT,
    known_students,
    own_words,
    sender_confidence,
    staff_senders,
)
from rules.model import Conversation, Evidence, Example, Label, Match, Rule, Severity, Status
from rules.signals import phones

_NEAR = 70  # characters around a number that say whose it is
_OWN = re.compile(
    r"\b(?:my|mine|me|mi|mío|our|i|i'm|i'll|wife|husband|home|house|spouse|cell|celular|casa|"
    r"text|txt|llámame|llamame|escríbeme|escribeme|mándame|mandame|here's|reach|hit)\b",
    re.IGNORECASE,
)
_MY_PHONE = re.compile(
    r"\b(?:my|mi) (?:own |personal |private |new )?(?:cell|phone|number|mobile|cel|celular|número|"
    r"numero|teléfono|telefono)\b",
    re.IGNORECASE,
)
_RESOURCE = re.compile(
    r"\b(?:hotline|helpline|lifeline|crisis|(?<!house )(?<!home )(?<!family )line|office|"
    r"front desk|clinic|hospital|doctor|dentist|"
    r"pharmacy|store|shop|restaurant|pizza|library|museum|theater|college|university|admissions|"
    r"financial aid|support|help desk|customer|company|business|hotel|motel|bank|dmv|police|"
    r"sheriff|county|center|centre|department|agency|studio|rental|tuxedo|tux|photographer|florist|"
    r"service|services|inc|llc|reservation|box office|extension|ext|vet|veterinarian|feed|supply|"
    r"mart|market|café|cafe|diner|farm|ranch|garage|auto|salon|bakery|church|lumber|hardware|"
    r"print|printing|sports|outfitters|embroidery|taxi|towing|scholarship|foundation|oficina|clínica|"
    r"tienda|centro|biblioteca|línea|consultorio|farmacia)\b"
    r"|\bcall (?:the|a|an|your|any) (?!house|cell)[a-z]+ (?:at|on)\b",
    re.IGNORECASE,
)


def check(message: Message, around: Conversation) -> Iterator[Match]:
    """Numbers in the sender's own words that nobody but a private person can be behind."""
    staff, students = staff_senders(message), known_students(message)
    if not staff or not students:
        return
    found = [
        (confidence, evidence)
        for part, text in (("subject", message.subject), ("body", own_words(message.body or "")))
        for phone in phones.find(text)
        for confidence, evidence in _judged(phone, part, text, message, staff, students, around)
    ]
    if found:
        yield Match(
            evidence=tuple(evidence for _, evidence in found),
            students=students,
            confidence=max(confidence for confidence, _ in found) * sender_confidence(message),
            undone_if=(
                "the number were listed among the district's numbers",
                "it were given for class work or another school purpose",
            ),
        )


def _judged(
    phone: phones.Phone,
    part: str,
    text: str,
    message: Message,
    staff: tuple[Person, ...],
    students: tuple[Person, ...],
    around: Conversation,
) -> Iterator[tuple[float, Evidence]]:
    district, day = around.district, message.sent_at_local.date()
    if phone.kind == "tollfree" or district.is_district_number(phone.e164):
        return
    owners = {person.id: person for person in district.owners(f"phone:{phone.e164}", day)}
    family = {person.id for one in students for person in (one, *district.guardians(one))}
    before = text[max(0, phone.start - _NEAR) : phone.start]
    after = text[phone.end : phone.end + _NEAR]
    if any(one.id in owners for one in staff):
        yield 0.98, _evidence(phone, part, "listed as the sender's own")
    elif family & owners.keys():
        return
    elif any(person.role is Role.STAFF for person in owners.values()):
        yield 0.9, _evidence(phone, part, "listed as a staff member's own")
    elif not _is_resource(before, after):
        if _OWN.search(before) or _OWN.search(after):
            yield 0.85, _evidence(phone, part, "given as a way to reach somebody privately")
        else:
            yield 0.6, _evidence(phone, part, "not a number of the district, nor of the family")


def _is_resource(before: str, after: str) -> bool:
    """Whether the nearest words say business, office or help line rather than somebody's own."""
    if _MY_PHONE.search(before) or _MY_PHONE.search(after[:40]):
        return False
    resource = max((found.end() for found in _RESOURCE.finditer(before)), default=-1)
    own = max((found.end() for found in _OWN.finditer(before)), default=-1)
    if resource < 0 and own < 0:
        return bool(_RESOURCE.search(after[:30]))
    return resource > own


def _evidence(phone: phones.Phone, part: str, what: str) -> Evidence:
    spelled = {"words": " (written in words)", "obfuscated": " (disguised)"}.get(phone.spelled, "")
    return Evidence(f"phone number{spelled} {what}", part, phone.start, phone.end)


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
    hint=phones.HINT,
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
