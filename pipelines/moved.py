"""Contact that moves to a private number or address which was given or asked for before.

Rule of this file: lists in and out; no text, no table, no clock, no file. An offer waits for the
first message that the staff member sends to the same student on that handle, within `WITHIN`; that
message is the finding, the offer its evidence. What the two write there afterwards is contact on
that channel, which other rules judge, and no further move.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from pipelines.findings import ContextLine
from pipelines.message import Role

WITHIN = timedelta(days=90)
ANSWERED = timedelta(days=1)
"""A student's own handle, given so soon after being told to go elsewhere, belongs to that move."""
Pair = tuple[str, str]
"""Ids of a staff member and a student."""
Ends = Mapping[Role, str]
"""Their private handles in a contact, by side; empty where the school controls it."""


class What(StrEnum):
    """What a message did with a private handle, or with private channels as such."""

    GIVEN = "given"
    ASKED = "asked"
    TOLD = "told"  # it says to go elsewhere, and is a finding by itself
    USED = "used"  # the later contact, which is the finding


@dataclass(frozen=True, order=True)
class Offer:
    """One act with a private handle between staff and students; in order of time and message."""

    sent_at: datetime
    key: str  # of the message
    what: What
    handle: str  # typed; the kind and a colon where it was asked for, empty with TOLD
    side: Role  # whose handle it is: STAFF or STUDENT
    own: bool  # the words call it the writer's own
    staff: tuple[str, ...]  # ids
    students: tuple[str, ...]
    sent_at_local: datetime
    channel: str
    native_id: str
    line: ContextLine | None = field(default=None, compare=False)  # when it is of this log

    @property
    def place(self) -> tuple[datetime, str]:
        """Where its message stands in time."""
        return (self.sent_at, self.key)


@dataclass(frozen=True, order=True)
class Contact:
    """A message of staff to one to three students with a private handle at an end."""

    sent_at: datetime
    key: str
    sent_at_local: datetime
    channel: str
    native_id: str
    staff: tuple[str, ...]
    sender: str  # the handle it came from, empty when the school controls it
    reached: tuple[tuple[str, str], ...]  # student and handle, empty likewise
    told: bool  # it says itself to go elsewhere, and is a finding without any offer

    @property
    def place(self) -> tuple[datetime, str]:
        """Where it stands in time."""
        return (self.sent_at, self.key)

    def pairs(self) -> Iterator[tuple[Pair, Ends]]:
        """The two people it is between, each pair of them, with their private handles."""
        for staff in self.staff:
            for student, handle in self.reached:
                yield (staff, student), {Role.STAFF: self.sender, Role.STUDENT: handle}


@dataclass(frozen=True)
class Move:
    """A contact that is a finding: with which students, after which offers."""

    key: str
    students: frozenset[str]
    after: tuple[Offer, ...]


class Book:
    """Offers by the two people they are between, in order of time."""

    def __init__(self, offers: Iterable[Offer] = ()) -> None:
        """Take offers in any order; one that is there twice counts once."""
        self._between: dict[Pair, list[Offer]] = defaultdict(list)
        self.own: dict[str, set[tuple[Role, str]]] = defaultdict(set)
        """Handles that somebody called their own: on which side, and whose."""
        once: dict[Offer, Offer] = {}
        for one in offers:
            if one not in once or once[one].line is None:
                once[one] = one
        for one in sorted(once.values()):
            self.add(one)

    def __bool__(self) -> bool:
        return bool(self._between)

    @property
    def staff(self) -> frozenset[str]:
        """Everybody of the staff in it."""
        return frozenset(staff for staff, _ in self._between)

    @property
    def students(self) -> frozenset[str]:
        """Every student in it."""
        return frozenset(student for _, student in self._between)

    def add(self, offer: Offer) -> None:
        """Enter one, in order of time."""
        for staff in offer.staff:
            for student in offer.students:
                insort(self._between[staff, student], offer)
        if offer.what is What.GIVEN and offer.own:
            givers = offer.staff if offer.side is Role.STAFF else offer.students
            self.own[offer.handle].update((offer.side, one) for one in givers)

    def before(self, pair: Pair, contact: Contact) -> list[Offer]:
        """Offers between two people before a contact and not too long ago."""
        return [
            one
            for one in self._between.get(pair, ())
            if one.place < contact.place and contact.sent_at - one.sent_at <= WITHIN
        ]


def choose(offers: Iterable[Offer], contacts: Iterable[Contact]) -> tuple[list[Move], list[Offer]]:
    """The contacts that are moves, and what a later night must know of them, as USED.

    One contact is chosen for a handle of two people; for `WITHIN` more it is in use, and no new
    offer makes its use a new move.
    """
    book, moves, used = Book(offers), [], []
    for contact in sorted(set(contacts)):
        students, after, uses = set(), set(), list[Offer]()
        for pair, ends in contact.pairs():
            opened = _opened(contact, ends, book.before(pair, contact))
            if opened or contact.told:
                uses += _uses(pair, contact, ends)
            if opened and not contact.told:
                students.add(pair[1])
                after.update(opened)
        for one in uses:
            book.add(one)
        used += uses
        if students:
            moves.append(Move(contact.key, frozenset(students), tuple(sorted(after))))
    return moves, used


def _opened(contact: Contact, ends: Ends, before: Sequence[Offer]) -> list[Offer]:
    """The offers between two people whose first use a contact is."""
    in_use = {one.handle for one in before if one.what is What.USED}
    told = [one.sent_at for one in before if one.what is What.TOLD]
    free = {side: handle for side, handle in ends.items() if handle and handle not in in_use}
    return [
        one
        for one in before
        if (one.what is What.GIVEN and one.handle in free.values() and not _answers(one, told))
        or (one.what is What.ASKED and free.get(one.side, "").startswith(one.handle))
        if not _is_met(one, before)
    ]


def _answers(offer: Offer, told: Sequence[datetime]) -> bool:
    """Whether a student gives a handle because somebody said to go elsewhere just before."""
    since = [offer.sent_at - at for at in told]
    return offer.side is Role.STUDENT and any(timedelta(0) <= one <= ANSWERED for one in since)


def _is_met(offer: Offer, before: Sequence[Offer]) -> bool:
    """Whether a handle asked for has been used since, so that the request is done with."""
    return offer.what is What.ASKED and any(
        one.what is What.USED and one.side is offer.side and one.handle.startswith(offer.handle)
        for one in before
        if one.place > offer.place
    )


def _uses(pair: Pair, contact: Contact, ends: Ends) -> list[Offer]:
    """What a move says of the private handles at its ends."""
    return [
        Offer(
            contact.sent_at,
            contact.key,
            What.USED,
            handle,
            side,
            own=False,
            staff=pair[:1],
            students=pair[1:],
            sent_at_local=contact.sent_at_local,
            channel=contact.channel,
            native_id=contact.native_id,
        )
        for side, handle in ends.items()
        if handle
    ]
