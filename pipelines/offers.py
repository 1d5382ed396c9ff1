"""Private numbers and addresses that staff and students give or ask for, from the kept messages.

Rule of this file: columns first; objects are made of the few messages that hold a number, an
address, a request or a wish to go elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.examine import context_line
from pipelines.handles import canonical_email
from pipelines.message import Account, Channel, Message, Role, handle
from pipelines.moved import Offer, What
from pipelines.roster.directory import Directory
from pipelines.threads import messages_of
from rules.facts import known_students, staff_senders, texts_of, unlisted_student
from rules.model import Conversation, Label, Purpose, Rule
from rules.signals import offers

RULE = "moved_channel"
_UNJUDGED = Purpose(Label.UNCLEAR, 0.5)


@dataclass(frozen=True)
class Teller:
    """The rule that finds messages which say so themselves, and its bit in `wanted_by`."""

    rule: Rule
    bit: int

    @classmethod
    def among(cls, rules: Sequence[Rule]) -> Teller | None:
        """None when the policy does not name the rule."""
        found = (cls(one, 1 << number) for number, one in enumerate(rules) if one.id == RULE)
        return next(found, None)

    def tells(self, message: Message, directory: Directory) -> bool:
        """Whether a message is a match by itself, whatever its purpose."""
        around = Conversation((message,), 0, directory, _UNJUDGED)
        return any(True for _ in self.rule.check(message, around))


def offers_in(
    table: pa.Table, directory: Directory, teller: Teller, audience: Mapping[int, int]
) -> Iterator[Offer]:
    """Offers in the messages of a `CONTACT` table, each message once."""
    for message in messages_of(table.filter(_hopeful(table, teller)), directory, audience):
        yield from offers_of(message, directory, teller)


def _hopeful(table: pa.Table, teller: Teller) -> pa.Array:
    """Rows between staff and students, either way, that may hold an offer."""
    to_student = pc.and_(table["from_staff"], pc.greater(table["students"], 0))
    to_staff = pc.and_(table["from_student"], table["to_staff"])
    between = pc.and_(pc.or_(to_student, to_staff), pc.invert(table["automatic"]))
    chosen = np.flatnonzero(between.to_numpy())
    rows = table.select(["subject", "body", "wanted_by"]).take(pa.array(chosen))
    found = (rows["wanted_by"].to_numpy() & teller.bit) != 0
    for part in ("subject", "body"):
        text = rows[part].fill_null("")
        for hint in offers.HINTS:
            found |= pc.match_substring_regex(text, hint).to_numpy()
    mask = np.zeros(table.num_rows, dtype=bool)
    mask[chosen[found]] = True
    return pa.array(mask)


def offers_of(message: Message, directory: Directory, teller: Teller) -> Iterator[Offer]:
    """What a message offers between its staff and its students."""
    by_staff = bool(staff_senders(message))
    staff, students = _between(message, by_staff)
    if message.automatic or not staff or not students:
        return
    words = [text for _, text in texts_of(message)]
    blank = Offer(
        message.sent_at,
        message.key,
        What.TOLD,
        handle="",
        side=Role.STAFF,
        own=False,
        staff=tuple(sorted(staff)),
        students=tuple(sorted(students)),
        sent_at_local=message.sent_at_local,
        channel=message.channel.value,
        native_id=message.native_id,
        line=context_line(message, 0),
    )
    if by_staff and teller.tells(message, directory):
        yield blank
    else:
        mine, theirs = (Role.STAFF, Role.STUDENT) if by_staff else (Role.STUDENT, Role.STAFF)
        people = staff | students
        for value, own in _given(words, message, people, directory):
            yield replace(blank, what=What.GIVEN, handle=value, side=mine, own=own)
        for kind in sorted(_asked(words, message)):
            yield replace(blank, what=What.ASKED, handle=handle(kind, ""), side=theirs)


def _between(message: Message, by_staff: bool) -> tuple[set[str], set[str]]:
    """Ids of the staff and of the students that a message is between."""
    if by_staff:
        staff = {one.id for one in staff_senders(message)}
        return staff, {one.id for one in known_students(message)}
    sender = message.sender
    students = {one.id for one in sender.persons(Role.STUDENT)}
    if sender.role_hint is Role.STUDENT:
        students = {unlisted_student(sender).id}
    return {one.id for to in message.recipients for one in to.persons(Role.STAFF)}, students


def _given(
    words: Sequence[str], message: Message, people: set[str], directory: Directory
) -> Iterator[tuple[str, bool]]:
    """Private handles in the words, each once, and whether the writer calls it their own."""
    found: dict[str, bool] = {}
    for part in words:
        for one in offers.given(part, local_area=directory.local_area):
            value = spelled(one.handle, directory)
            if _is_private(value, message, people, directory):
                found[value] = found.get(value, False) or one.own
    return iter(found.items())


def _asked(words: Sequence[str], message: Message) -> set[str]:
    """Kinds of handle asked for; a phone, where the two are not texting already."""
    kinds = {one.kind for part in words for one in offers.asked(part)}
    return kinds - {offers.PHONE} if message.channel is Channel.SMS else kinds


def spelled(value: str, directory: Directory) -> str:
    """The one spelling of a typed handle, so that the same mailbox is the same string."""
    kind, _, rest = value.partition(":")
    if kind == offers.EMAIL:
        return handle(kind, canonical_email(rest, directory.school_domains))
    return value


def _is_private(value: str, message: Message, people: set[str], directory: Directory) -> bool:
    """Whether a handle is neither the district's, nor somebody else's, nor the one in use."""
    if value in {spelled(one.handle, directory) for one in (message.sender, *message.recipients)}:
        return False
    day = message.sent_at_local.date()
    if directory.resolve(value, None, day).account is not Account.OTHER:
        return False
    owners = {person.id for person in directory.owners(value, day)}
    return not owners or not owners.isdisjoint(people)
