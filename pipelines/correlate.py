"""Moves found in the kept messages: offers, later contacts, and the findings on those chosen.

Rule of this file: columns leave few rows, objects are made of those; what is a move is decided in
`moved.choose`. Without offers nothing is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.contacts import STRANGERS, Kept
from pipelines.examination import HISTORIES, examine_threads
from pipelines.findings import ContextLine, Finding
from pipelines.history import Histories
from pipelines.message import Account, Basis, Channel, Message, Participant, Person, Role
from pipelines.moved import Book, Contact, Move, Offer, What, choose
from pipelines.offers import Teller, offers_in, spelled
from pipelines.roster.directory import Directory
from pipelines.threads import Thread, messages_of, read_contacts, threads_of
from pipelines.workplace import Workplace, load_pickled, open_workplace
from rules.facts import (
    SMALL_GROUP,
    is_private_end,
    sender_confidence,
    staff_senders,
    students_reached,
    unlisted_person,
)
from rules.model import Conversation, Evidence, Match

_SHOWN = 3  # earlier messages named as evidence of one move
_GIVEN, _ASKED = 0.9, 0.8  # how sure a move is after each
_BY_NAME = 0.7  # factor for a handle that is known by a name and was only asked for
_LEARNT = "on no list: whose the private handle is comes of the earlier message alone"
_THING = {"email": "address", "phone": "number"}


def partition_offers(
    number: int, work: str, kept: list[Kept], audience: Mapping[int, int]
) -> Iterator[Offer]:
    """The offers of one partition of the kept messages."""
    place, teller = _of_run(work)
    yield from offers_in(read_contacts(place.work, kept, number), place.directory, teller, audience)


def partition_contacts(
    number: int,
    work: str,
    kept: list[Kept],
    audience: Mapping[int, int],
    offers: Iterable[Offer],
) -> Iterator[Contact]:
    """The private contacts of one partition between people who made offers."""
    book = Book(offers)
    if book:
        place, teller = _of_run(work)
        run = (book, place.directory, teller, audience)
        yield from contacts_in(read_contacts(place.work, kept, number), *run)
        yield from strangers_in(read_contacts(place.work, kept, number, STRANGERS), *run)


def partition_moves(
    number: int, work: str, kept: list[Kept], audience: Mapping[int, int], moves: Sequence[Move]
) -> Iterator[Finding]:
    """The findings of one partition on the moves chosen."""
    if moves:
        place, teller = _of_run(work)
        known: Histories = load_pickled(place.work / HISTORIES)
        run = (place, teller, moves, audience, known)
        yield from findings_in(read_contacts(place.work, kept, number), *run)
        yield from stranger_findings_in(read_contacts(place.work, kept, number, STRANGERS), *run)


def _of_run(work: str) -> tuple[Workplace, Teller]:
    place = open_workplace(work)
    teller = Teller.among(place.rules())
    assert teller, "only asked for where the policy names the rule"
    return place, teller


def moves_in(
    table: pa.Table, strangers: pa.Table, place: Workplace, teller: Teller, known: Histories
) -> Iterator[Finding]:
    """All of it for one table of contacts and one of strangers."""
    offers = list(offers_in(table, place.directory, teller, {}))
    run = (Book(offers), place.directory, teller, dict[int, int]())
    moves, _ = choose(offers, (*contacts_in(table, *run), *strangers_in(strangers, *run)))
    if moves:
        yield from findings_in(table, place, teller, moves, {}, known)
        yield from stranger_findings_in(strangers, place, teller, moves, {}, known)


def contacts_in(
    table: pa.Table, book: Book, directory: Directory, teller: Teller, audience: Mapping[int, int]
) -> Iterator[Contact]:
    """Private contacts of people who made offers, in the messages of a `CONTACT` table."""
    if not book:
        return
    few = pc.less_equal(table["students"], SMALL_GROUP)
    written = pc.and_(table["from_staff"], pc.invert(table["automatic"]))
    rows = table.filter(
        pc.and_(
            pc.and_(written, table["outside_end"]), pc.and_(few, pc.greater(table["students"], 0))
        )
    )
    rows = rows.filter(_may_be(rows["sender"].combine_chunks(), book.staff, directory))
    rows = rows.filter(_may_reach(rows["recipients"].combine_chunks(), book.students, directory))
    for message in messages_of(rows, directory, audience):
        contact = contact_of(message, directory, teller)
        if contact:
            yield contact


def _may_be(handles: pa.Array, people: frozenset[str], directory: Directory) -> pa.Array:
    """Whether each handle is, on any day, one of some people's; True where nobody is known."""
    found = []
    for one in (distinct := pc.unique(handles)).to_pylist():
        owners = {row.person.id for row in directory.ownerships(one)}
        found.append(not owners or not owners.isdisjoint(people))
    return pc.is_in(handles, distinct.filter(pa.array(found, pa.bool_())))


def _may_reach(lists: pa.Array, people: frozenset[str], directory: Directory) -> pa.Array:
    handles = pc.struct_field(pc.list_flatten(lists), "handle")
    owner = pc.list_parent_indices(lists).to_numpy()
    reached = np.zeros(len(lists), dtype=bool)
    reached[owner[_may_be(handles, people, directory).to_numpy(zero_copy_only=False)]] = True
    return pa.array(reached)


def contact_of(message: Message, directory: Directory, teller: Teller) -> Contact | None:
    """A message as a contact; None when the district controls both ends.

    A text from the district's own gateway is of a district channel, whatever phone it reaches.
    """
    sender = message.sender
    gateway = message.channel is Channel.SMS and sender.account is Account.SCHOOL
    if message.automatic or message.audience > SMALL_GROUP or gateway:
        return None
    reached = tuple(
        (person.id, spelled(party.handle, directory) if is_private_end(party, message) else "")
        for party, people in students_reached(message)
        for person in people
    )
    own = spelled(sender.handle, directory) if sender.account is Account.OTHER else ""
    if not own and not any(handle for _, handle in reached):
        return None
    return Contact(
        message.sent_at,
        message.key,
        message.sent_at_local,
        message.channel.value,
        message.native_id,
        tuple(sorted(one.id for one in staff_senders(message))),
        own,
        reached,
        teller.tells(message, directory),
    )


def strangers_in(
    table: pa.Table, book: Book, directory: Directory, teller: Teller, audience: Mapping[int, int]
) -> Iterator[Contact]:
    """Contacts with handles of nobody on file that somebody gave as their own."""
    for message in _identified(table, book, directory, audience):
        contact = contact_of(message, directory, teller)
        if contact and contact.staff:
            yield contact


def _identified(
    table: pa.Table, book: Book, directory: Directory, audience: Mapping[int, int]
) -> Iterator[Message]:
    """Messages of strangers whose handle stands in the book, with its owner in their place."""
    if not book.own or not table.num_rows:
        return
    lists = table["recipients"].combine_chunks()
    reached = np.zeros(table.num_rows, dtype=bool)
    given = _is_given(pc.struct_field(pc.list_flatten(lists), "handle"), book, directory)
    reached[pc.list_parent_indices(lists).to_numpy()[given]] = True
    rows = table.filter(pa.array(reached | _is_given(table["sender"], book, directory)))
    people = {one.id: one for one in directory.people} if rows.num_rows else {}
    for message in messages_of(rows, directory, audience):
        yield identified(message, book, directory, people)


def _is_given(handles: pa.Array, book: Book, directory: Directory) -> npt.NDArray[np.bool_]:
    distinct = pc.unique(handles)
    found = pa.array([spelled(one, directory) in book.own for one in distinct.to_pylist()])
    mask: npt.NDArray[np.bool_] = pc.is_in(
        handles, distinct.filter(found.cast(pa.bool_()))
    ).to_numpy(zero_copy_only=False)
    return mask


def identified(
    message: Message, book: Book, directory: Directory, people: Mapping[str, Person]
) -> Message:
    """A message with the owner of a given handle where nobody was known."""

    def known(party: Participant, side: Role) -> Participant:
        owners = book.own.get(spelled(party.handle, directory), set())
        ids = sorted(one for of, one in owners if of is side)
        if party.basis is not Basis.UNKNOWN or not ids:
            return party
        found = tuple(people.get(one) or unlisted_person(one) for one in ids)
        return replace(party, people=found, basis=Basis.GIVEN)

    recipients = tuple(known(one, Role.STUDENT) for one in message.recipients)
    students = sum(one.may_be(Role.STUDENT) for one in recipients)
    sender = known(message.sender, Role.STAFF)
    audience = max(message.audience, students)
    return replace(message, sender=sender, recipients=recipients, audience=audience)


def stranger_findings_in(
    table: pa.Table,
    place: Workplace,
    teller: Teller,
    moves: Sequence[Move],
    audience: Mapping[int, int],
    known: Histories,
) -> Iterator[Finding]:
    """The findings on moves among messages of strangers; each stands alone, without a thread."""
    book = Book(offer for move in moves for offer in move.after)
    messages = _identified(table, book, place.directory, audience)
    chosen = {one.key for one in moves}
    threads = (Thread.of([one], {0: 1}) for one in messages if one.key in chosen)
    yield from _examined(threads, place, teller, moves, known)


def findings_in(
    table: pa.Table,
    place: Workplace,
    teller: Teller,
    moves: Sequence[Move],
    audience: Mapping[int, int],
    known: Histories,
) -> Iterator[Finding]:
    """The findings on those moves that stand in a `CONTACT` table, with their threads around."""
    keys = pa.array([bytes.fromhex(one.key) for one in moves], pa.binary(16))
    met = pc.and_(table["from_staff"], pc.greater(table["students"], 0))  # else: a stranger's
    marked = pc.and_(pc.is_in(table["key"], keys), met).cast(pa.int64())
    table = table.set_column(table.schema.get_field_index("wanted_by"), "wanted_by", marked)
    threads = threads_of(table, place.directory, audience)
    yield from _examined(threads, place, teller, moves, known)


def _examined(
    threads: Iterator[Thread],
    place: Workplace,
    teller: Teller,
    moves: Sequence[Move],
    known: Histories,
) -> Iterator[Finding]:
    """The rule's findings where a move is its match, as an audit examines any other."""
    chosen = {one.key: one for one in moves}

    def check(message: Message, _: Conversation) -> Iterator[Match]:
        yield match_of(message, chosen[message.key])

    rule = replace(teller.rule, check=check)
    for finding in examine_threads(threads, place, (rule,), known):
        lines = _with_earlier(finding.context, chosen[finding.message.key].after)
        yield replace(finding, context=lines)


def match_of(message: Message, move: Move) -> Match:
    """The match on a later contact: whom it concerns, and which message came before."""
    reached = [
        (party, person)
        for party, people in students_reached(message)
        for person in people
        if person.id in move.students
    ]
    students = {person.id: person for _, person in reached}
    given = any(one.what is What.GIVEN for one in move.after)
    by_name = any(one.basis is Basis.NAME for one in (message.sender, *(p for p, _ in reached)))
    learnt = any(one.basis is Basis.GIVEN for one in (message.sender, *(p for p, _ in reached)))
    return Match(
        evidence=tuple(Evidence(sentence(one)) for one in move.after[-_SHOWN:]),
        students=tuple(students[key] for key in sorted(students)),
        confidence=(_GIVEN if given else _ASKED)
        * (_BY_NAME if by_name and not given else 1.0)
        * sender_confidence(message),
        facts_against=(_LEARNT,) if learnt else (),
        undone_if=("the contact had stayed on the channels of the district",),
    )


def sentence(offer: Offer) -> str:
    """An earlier message as evidence: what it did, when, where; never its text."""
    local = offer.sent_at_local
    kind = _THING[offer.handle.partition(":")[0]]
    staff = offer.side is Role.STAFF
    owner, other = ("staff member", "student") if staff else ("student", "staff member")
    what = (
        f"that the {owner} gave"
        if offer.what is What.GIVEN
        else f"of the {owner} that the {other} asked for"
    )
    return (
        f"contact on a private {kind} {what} on {offer.channel} on {local:%A} {local.day} "
        f"{local:%B %Y}, {local:%H:%M} (message {offer.native_id})"
    )


def _with_earlier(
    context: Sequence[ContextLine], after: Sequence[Offer]
) -> tuple[ContextLine, ...]:
    """Context with the earlier messages before it; none where the finding has no context."""
    seen = {line.key for line in context}
    lines = {one.key: one.line for one in after[-_SHOWN:] if one.line and one.key not in seen}
    first = min((line.offset for line in context), default=0)
    earlier = [
        replace(line, offset=first - len(lines) + number)
        for number, line in enumerate(sorted(lines.values(), key=lambda line: line.sent_at))
    ]
    return (*earlier, *context) if context else ()
