"""E-mail between staff and student where an end is not an account the school controls."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.message import Account, Basis, Channel, Field, Message, Participant, Person
from rules.examples import ANA, JO, NOA, OAK, RIVER, mail, party
from rules.facts import (
    FROM_STAFF,
    IS_EMAIL,
    OUTSIDE_END,
    TO_STUDENT,
    is_private_end,
    own_words,
    sender_confidence,
    speaks_to_grown_ups,
    staff_senders,
    students_reached,
)
from rules.model import Conversation, Evidence, Example, Label, Match, Rule, Severity, Status

_ACCOUNT = r"(?:account|e-?mail|address|cuenta|correo)"
_OF_SCHOOL = r"(?<!non-)(?<!non )(?:school|district|student|escolar|escuela|distrito)"
_SCHOOL_ACCOUNT = (
    rf"(?:\b{_OF_SCHOOL}\b[^.!?\n]{{0,30}}\b{_ACCOUNT}\b"
    rf"|\b{_ACCOUNT}\b[^.!?\n]{{0,30}}\b{_OF_SCHOOL}\b)"
)
_TO_SCHOOL = re.compile(
    r"\b(?:use|using|from|to|at|via|through|with|on|by|or|and|answer|check"
    r"|usa|usar|utiliza|desde|a|por|con|o)"
    rf"\s+(?:(?:your|ur|the|my|tu|su|la|el|mi)\s+)?{_SCHOOL_ACCOUNT}"
    rf"|{_SCHOOL_ACCOUNT},?\s+(?:only|please|instead|next time|por favor)\b",
    re.IGNORECASE,
)
_FROM_SCHOOL = re.compile(
    r"\b(?:don['’]?t|do not|never|not|stop|can['’]?t|cannot|won['’]?t|instead of|rather than"
    r"|no|nunca|en vez de|en lugar de)\s+"
    rf"(?:(?!please|here|only|just|but|so\b)[\w'’]+\s+){{0,5}}?{_SCHOOL_ACCOUNT}",
    re.IGNORECASE,
)
_LONGEST_REDIRECT = 45  # words
_OTHER_PERSON = re.compile(
    r"\bmy (?:son|daughter|child|kid|boy|girl)\b|\bmi hij[oa]\b"
    r"|\bthis is \w+'s (?:mom|dad|mother|father)\b"
    r"|\bhis (?:mom|dad)\b|\bher (?:mom|dad)\b|\bnot (?:your|the) (?:school|teacher|coach)"
    r"|\b(?:your )?order (?:no|number|#)|\bunsubscribe\b"
    r"|\b(?:i'?m|i am|am) not (?:her|him|that|she|he)\b|\bno relation\b"
    r"|\b(?:same|shares?|sharing) (?:\w+ ){0,4}names?\b|\bname in common\b"
    r"|\bmism[oa] nombre\b|\bno soy (?:ella|él|el|la)\b",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(
    r"\b(?i:this is|i['’]m|i am|here is) ([A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?) (?:at|from|with|of) \w"
)


def only_sends_back(message: Message) -> bool:
    """A short answer whose whole point is to use the school account."""
    own = own_words(message.body or "")
    if len(own.split()) > _LONGEST_REDIRECT or _FROM_SCHOOL.search(own):
        return False
    return bool(_TO_SCHOOL.search(own))


def _is_somebody_else(message: Message, staff: tuple[Person, ...]) -> bool:
    """Whether the words show that the sender is not the staff member of that name."""
    own = own_words(message.body or "")
    names = {name for one in staff for name in one.name.lower().split()}
    return bool(_OTHER_PERSON.search(own)) or any(
        names.isdisjoint(found[1].lower().split()) for found in _INTRODUCED.finditer(own)
    )


def check(message: Message, around: Conversation) -> Iterator[Match]:
    """Staff to student with a private end; by name only where the two share a class."""
    staff = staff_senders(message)
    if message.channel is not Channel.EMAIL or message.automatic or not staff:
        return
    private_sender = message.sender.account is Account.OTHER
    by_name = message.sender.basis is Basis.NAME
    if by_name and (not private_sender or _is_somebody_else(message, staff)):
        return
    ends = [
        (recipient, person)
        for recipient, people in students_reached(message)
        for person in people
        if (private_sender or is_private_end(recipient, message))
        and (recipient.basis is not Basis.NAME or _is_taught(person, message, staff, around))
    ]
    personal = around.purpose.label is Label.PERSONAL
    if not ends or (only_sends_back(message) and not personal):
        return
    yield _match(message, ends, private_sender)


def _is_taught(
    person: Person, message: Message, staff: tuple[Person, ...], around: Conversation
) -> bool:
    """Whether somebody known by name only is likely meant: taught, not spoken to as a parent."""
    day = message.sent_at_local.date()
    taught = any(around.district.shared_classes(one, person, day) for one in staff)
    return taught and not speaks_to_grown_ups(message)


def _match(message: Message, ends: list[tuple[Participant, Person]], private_sender: bool) -> Match:
    evidence = []
    if private_sender:
        how = (
            "whose name matches the staff member"
            if message.sender.basis is Basis.NAME
            else "listed as the staff member's own"
        )
        evidence.append(Evidence(f"sent from {message.sender.value}, an outside address {how}"))
    certain = 1.0
    for recipient in {one.handle: one for one, _ in ends}.values():
        if recipient.account is Account.OTHER:
            named = recipient.basis is Basis.NAME
            how = (
                "whose name matches a student the sender teaches"
                if named
                else "listed as the student's own"
            )
            evidence.append(Evidence(f"sent to {recipient.value}, an outside address {how}"))
            certain = min(certain, 0.6 if named else 1.0)
    students = {person.id: person for _, person in ends}
    against = () if message.body is not None else ("the text of this mail was not in the export",)
    return Match(
        evidence=tuple(evidence),
        students=tuple(students[key] for key in sorted(students)),
        confidence=0.95 * certain * sender_confidence(message),
        facts_against=against,
        undone_if=("both ends had been school-controlled accounts",),
    )


RULE = Rule(
    id="non_school_account",
    title="E-mail with a student outside school accounts",
    clause="school-account",
    severity=Severity.MEDIUM,
    rationale="Mail between staff and students is to go through accounts the school can see; an "
    "end of this mail is an account it cannot see.",
    review_steps=(
        "Confirm that the outside address belongs to the person named.",
        "Ask the staff member how the address came into use.",
        "Look for an answer that moved the exchange back to school accounts.",
    ),
    false_positives=(
        "A guardian who shares the student's name or mailbox.",
        "An address that only looks like a name of the roster.",
    ),
    screen=IS_EMAIL & FROM_STAFF & TO_STUDENT & OUTSIDE_END,
    check=check,
    lifted_by_school_business=False,
    business_severity=Severity.LOW,
    examples=(
        Example(
            "staff writes from a private account",
            mail(
                "2025-10-14T10:00",
                "Thought you would like these pictures from the lake.",
                sender=party(RIVER, "email:mara.river@example.com", account=Account.OTHER),
            ),
            Status.FLAGGED,
            purpose=Label.PERSONAL,
        ),
        Example(
            "school business to a private address is flagged low",
            mail(
                "2025-10-14T10:00",
                "Here is the worksheet for Thursday.",
                to=(party(JO, "email:jo.lopez@example.org", account=Account.OTHER),),
            ),
            Status.FLAGGED,
            purpose=Label.SCHOOL_BUSINESS,
        ),
        Example(
            "an outside address that carries the name of a student she teaches",
            mail(
                "2025-10-14T10:00",
                "ok see attached",
                to=(
                    party(
                        JO, "email:jolopez08@example.net", account=Account.OTHER, basis=Basis.NAME
                    ),
                ),
            ),
            Status.FLAGGED,
        ),
        Example(
            "the same name, but not a student of hers",
            mail(
                "2025-10-14T10:00",
                "ok see attached",
                sender=OAK,
                to=(
                    party(
                        JO, "email:jolopez08@example.net", account=Account.OTHER, basis=Basis.NAME
                    ),
                ),
            ),
            None,
        ),
        Example(
            "a father to his daughter's private address",
            mail(
                "2025-10-14T10:00",
                "tickets attached",
                sender=OAK,
                to=(party(NOA, "email:noa.oak@example.org", account=Account.OTHER),),
            ),
            Status.EXEMPT,
            purpose=Label.PERSONAL,
        ),
        Example(
            "an answer that sends the student back",
            mail(
                "2025-10-14T10:00",
                "Hi Jo, please write me from your school account, I can't answer here. Ms River",
                to=(party(JO, "email:jo.lopez@example.org", account=Account.OTHER),),
            ),
            None,
        ),
        Example(
            "one that warns of the school account",
            mail(
                "2025-10-14T10:00",
                "Don't use your school account, they read along.",
                to=(party(JO, "email:jo.lopez@example.org", account=Account.OTHER),),
            ),
            Status.FLAGGED,
        ),
        Example(
            "a guardian's private address",
            mail(
                "2025-10-14T10:00",
                "Conferences are on Thursday.",
                to=(party(ANA, "email:ana.lopez@example.com", account=Account.OTHER),),
            ),
            None,
        ),
        Example(
            "the student's private address only in cc of the guardian",
            mail(
                "2025-10-14T10:00",
                "Conferences are on Thursday.",
                to=(
                    party(ANA, "email:ana.lopez@example.com", account=Account.OTHER),
                    party(
                        JO,
                        "email:jo.lopez@example.org",
                        account=Account.OTHER,
                        field=Field.CC,
                    ),
                ),
            ),
            None,
        ),
        Example(
            "school account to school account",
            mail("2025-10-14T10:00", "See you in third hour."),
            None,
        ),
    ),
)
