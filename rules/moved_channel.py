"""Staff takes the contact with a student from a district channel to a private one.

This file judges a message that says so itself. A private number or address given or asked for in
one message and used in a later one is found by `pipelines.moved`, under this same rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipelines.message import Account, Channel, Message
from rules.examples import ANA, JO, KAI, NOA, OAK, RIVER, SAM, message, text
from rules.facts import (
    FEW_STUDENTS,
    FROM_STAFF,
    SMALL_GROUP,
    TO_STUDENT,
    known_students,
    sender_confidence,
    staff_senders,
    texts_of,
)
from rules.model import (
    Conversation,
    District,
    Evidence,
    Example,
    Label,
    Match,
    Rule,
    Severity,
    Status,
)
from rules.signals import addresses, elsewhere, offers, phones, secrecy
from rules.signals.elsewhere import Kind, Pointer
from rules.signals.private_ways import DISTRICT, HINTS, PRIVATE, cover
from rules.signals.whose_number import Whose, whose

_SURE = {Kind.INSTEAD: 0.9, Kind.LEAVE: 0.9, Kind.PREFER: 0.8, Kind.APP: 0.85}
_SURE |= {Kind.HIDE: 0.95, Kind.DELETE: 0.95}
_HIDING = (Kind.HIDE, Kind.DELETE)


def check(message: Message, around: Conversation) -> Iterator[Match]:
    """Words that send a student, or two or three, to a private channel, or ask for secrecy."""
    students = known_students(message)
    if message.automatic or message.audience > SMALL_GROUP:
        return
    if not staff_senders(message) or not students:
        return
    found = [
        (part, pointer)
        for part, words in texts_of(message)
        for pointer in pointers(words, message, around.district)
    ]
    if not found:
        return
    kinds = {pointer.kind for _, pointer in found}
    yield Match(
        evidence=tuple(Evidence(one.kind.value, part, one.start, one.end) for part, one in found),
        students=students,
        confidence=max(_SURE[kind] for kind in kinds) * sender_confidence(message),
        undone_if=("it had named a channel of the district as the place to go on",),
        least=Severity.HIGH if kinds.intersection(_HIDING) else None,
    )


def pointers(words: str, message: Message, district: District) -> list[Pointer]:
    """What in a part of a message points to a private channel, each kind of it once."""
    covered = _covered(words, district, message.sent_at_local.date())
    sender = message.sender.account
    gateway = message.channel is Channel.SMS and sender is Account.SCHOOL
    told = cover(covered, [(one.start, one.end, " ") for one in offers.asked(words)])
    found = (
        *elsewhere.find(told, on_private=on_private(message), on_gateway=gateway),
        *secrecy.find(covered, on_private=on_private(message)),
    )
    first = {one.kind: one for one in reversed(found)}
    return sorted(first.values(), key=lambda one: one.start)


def on_private(message: Message) -> bool:
    """Whether the message itself travels on a channel that the district does not control."""
    if message.channel is Channel.EMAIL:
        ends = (message.sender, *message.students)
        return any(end.account is Account.OTHER for end in ends)
    return message.channel is Channel.SMS and message.sender.account is Account.OTHER


def _covered(words: str, district: District, day: date) -> str:
    """A text with its numbers and addresses covered as private or as the district's own.

    Those of a business, of the student and of the family stay as they are: no way to the sender.
    """
    spans = []
    for phone in phones.find(words, local_area=district.local_area):
        if phone.kind == "tollfree" or (phone.e164 and district.is_district_number(phone.e164)):
            spans.append((phone.start, phone.end, DISTRICT))
        elif whose(words[: phone.start], words[phone.end :]) in (Whose.OWN, Whose.UNSAID):
            spans.append((phone.start, phone.end, PRIVATE))
    for address in addresses.find(words):
        domain = address.address.rpartition("@")[2]
        ours = district.is_school_address(address.address) or district.approval(domain, day)
        spans.append((address.start, address.end, DISTRICT if ours else PRIVATE))
    return cover(words.replace(PRIVATE, " ").replace(DISTRICT, " "), spans)


RULE = Rule(
    id="moved_channel",
    title="Contact moved to a private channel",
    clause="conduct",
    severity=Severity.HIGH,
    rationale="Contact with a student that leaves the channels the school can see, or is to be "
    "hidden from parents, is what the policy's ban on private socialising is there to prevent.",
    review_steps=(
        "Read the conversation up to this message: who wanted to leave, and why.",
        "Look for later contact on the channel that is named, in the district's logs and on the "
        "student's side.",
        "Where secrecy was asked for, speak with the student's family first.",
    ),
    false_positives=(
        "A private line given because the school's system was down that day.",
        "A line of the district that is not listed among its numbers.",
    ),
    screen=FROM_STAFF & TO_STUDENT & FEW_STUDENTS,
    hint=(*HINTS, secrecy.HINT_PRIVATE),
    check=check,
    lifted_by_school_business=False,
    business_severity=Severity.LOW,
    examples=(
        Example(
            "off the learning platform, to a number in words",
            message(
                "2025-10-14T21:05",
                "Not on here, they read along. Text me instead: four oh six, five five five, zero "
                "one seven seven.",
            ),
            Status.FLAGGED,
            purpose=Label.PERSONAL,
        ),
        Example(
            "secrecy about texts",
            text("2025-10-14T21:05", "dont tell your mom we text, and delete these"),
            Status.FLAGGED,
            purpose=Label.PERSONAL,
        ),
        Example(
            "an app as the place to talk, to three students",
            message("2025-10-14T15:05", "we can just talk on discord tonight", to=(JO, SAM, KAI)),
            Status.FLAGGED,
        ),
        Example(
            "a preference, for a practical reason",
            message(
                "2025-10-14T15:05",
                "The file is too big for Canvas, use my personal email instead: mara@example.com",
            ),
            Status.FLAGGED,
            purpose=Label.SCHOOL_BUSINESS,
        ),
        Example(
            "in Spanish",
            message("2025-10-14T15:05", "Por aquí no, mejor escríbeme por WhatsApp."),
            Status.FLAGGED,
        ),
        Example(
            "a father to his daughter",
            message(
                "2025-10-14T15:05", "text me instead, I never look at this", sender=OAK, to=(NOA,)
            ),
            Status.EXEMPT,
            purpose=Label.PERSONAL,
        ),
        Example(
            "to another channel of the district",
            message("2025-10-14T15:05", "Not on here please, answer on Canvas instead."),
            None,
        ),
        Example(
            "to the district's own line",
            message("2025-10-14T15:05", "Text me instead at the school number, 406-555-0110."),
            None,
        ),
        Example(
            "a number without a wish to leave: that is personal_number",
            message("2025-10-14T15:05", "text me if you get lost, 406-555-0101"),
            None,
        ),
        Example(
            "the whole class: that is unapproved_group",
            message(
                "2025-10-14T15:05",
                "Let's all talk on Discord instead of Canvas.",
                to=(JO, SAM, KAI),
                audience=24,
            ),
            None,
        ),
        Example(
            "declining",
            message("2025-10-14T15:05", "I can't text you instead, school policy. Use Canvas."),
            None,
        ),
        Example(
            "deleting a file",
            message(
                "2025-10-14T15:05", "Delete this copy and text me... I mean, hand in the other."
            ),
            None,
        ),
        Example(
            "the student asks",
            message("2025-10-14T15:05", "can u text me instead", sender=JO, to=(RIVER,)),
            None,
        ),
        Example(
            "to a guardian",
            message("2025-10-14T15:05", "Text me instead, my cell is 406-555-0101.", to=(ANA,)),
            None,
        ),
    ),
)
