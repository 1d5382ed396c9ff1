"""Later contact on a handle given or asked for: lists in, lists out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.message import Role
from pipelines.moved import Book, Contact, Move, Offer, What, choose
from tests.factories import NOON

CELL, HOME = "phone:+14065550101", "email:mara.river@example.com"  # River's
JOS_CELL, JOS_MAIL = "phone:+14065550142", "email:jo.lopez@example.org"
STAFF, STUDENT = Role.STAFF, Role.STUDENT
DAY = timedelta(days=1)


def at(days: float) -> datetime:
    """So many days after noon."""
    return NOON + timedelta(days=days)


def offer(days: float, what: What, handle: str, side: Role, **changes: Any) -> Offer:
    """An offer between River and Jo."""
    fields: dict[str, Any] = {
        "sent_at": at(days),
        "key": f"o{days}",
        "what": what,
        "handle": handle,
        "side": side,
        "own": True,
        "staff": ("T1",),
        "students": ("S1",),
        "sent_at_local": at(days).replace(tzinfo=None),
        "channel": "lms",
        "native_id": f"o{days}",
    }
    return Offer(**fields | changes)


def contact(days: float, sender: str = "", theirs: str = "", **changes: Any) -> Contact:
    """A message of River to Jo; a handle is empty where the school controls it."""
    fields: dict[str, Any] = {
        "sent_at": at(days),
        "key": f"c{days}",
        "sent_at_local": at(days).replace(tzinfo=None),
        "channel": "sms",
        "native_id": f"c{days}",
        "staff": ("T1",),
        "sender": sender,
        "reached": (("S1", theirs),),
        "told": False,
    }
    return Contact(**fields | changes)


def keys(moves: list[Move]) -> list[str]:
    """The messages that are findings."""
    return [one.key for one in moves]


def found(offers: list[Offer], contacts: list[Contact]) -> list[str]:
    """The messages that are findings."""
    return keys(choose(offers, contacts)[0])


@pytest.mark.parametrize(
    ("given_or_asked", "later"),
    [
        (offer(0, What.GIVEN, CELL, STAFF), contact(1, CELL, JOS_CELL)),
        (offer(0, What.GIVEN, JOS_CELL, STUDENT), contact(1, CELL, JOS_CELL)),
        (offer(0, What.GIVEN, JOS_MAIL, STUDENT), contact(1, "", JOS_MAIL)),
        (offer(0, What.GIVEN, HOME, STAFF), contact(1, HOME)),
        (offer(0, What.ASKED, "phone:", STUDENT), contact(1, CELL, JOS_CELL)),
        (offer(0, What.ASKED, "phone:", STAFF), contact(1, CELL, JOS_CELL)),
        (offer(0, What.ASKED, "email:", STUDENT), contact(1, "", JOS_MAIL)),
        (offer(0, What.GIVEN, CELL, STAFF), contact(90, CELL, JOS_CELL)),
    ],
)
def test_the_later_contact_is_the_finding(given_or_asked: Offer, later: Contact) -> None:
    """Whoever gave or asked, within 90 days."""
    (move,), used = choose([given_or_asked], [later])

    assert move == Move(later.key, frozenset({"S1"}), (given_or_asked,))
    assert {one.handle for one in used} == {later.sender, later.reached[0][1]} - {""}


@pytest.mark.parametrize(
    ("given_or_asked", "later"),
    [
        (offer(2, What.GIVEN, CELL, STAFF), contact(1, CELL, JOS_CELL)),  # the contact was first
        (
            offer(1, What.GIVEN, CELL, STAFF),
            contact(1, CELL, JOS_CELL, key="a"),
        ),  # at the same time
        (offer(0, What.GIVEN, CELL, STAFF), contact(90.01, CELL, JOS_CELL)),  # too long ago
        (offer(0, What.GIVEN, CELL, STAFF), contact(1, HOME)),  # on another handle
        (offer(0, What.GIVEN, CELL, STAFF), contact(1, CELL, reached=(("S2", JOS_CELL),))),
        (offer(0, What.GIVEN, CELL, STAFF), contact(1, CELL, JOS_CELL, staff=("T2",))),
        (offer(0, What.ASKED, "phone:", STUDENT), contact(1, "", JOS_MAIL)),  # another kind
        (offer(0, What.ASKED, "email:", STUDENT), contact(1, HOME)),  # the wrong side
        (offer(0, What.TOLD, "", STAFF), contact(1, CELL, JOS_CELL)),  # it is a finding itself
        (offer(0, What.GIVEN, CELL, STAFF), contact(1, CELL, JOS_CELL, told=True)),  # so is this
    ],
)
def test_what_is_no_move(given_or_asked: Offer, later: Contact) -> None:
    """Other people, another handle, the wrong order, or a finding already."""
    assert found([given_or_asked], [later]) == []


def test_what_follows_is_no_further_move() -> None:
    """One finding for a handle of two people, however often they write there."""
    offers = [offer(0, What.GIVEN, CELL, STAFF), offer(5, What.GIVEN, CELL, STAFF)]
    contacts = [contact(day, CELL, JOS_CELL) for day in (1, 1.5, 2, 6, 50)]

    assert found(offers, contacts) == ["c1"]


def test_a_new_offer_long_after_opens_anew() -> None:
    """When the handle has not been moved to for 90 days."""
    offers = [offer(0, What.GIVEN, CELL, STAFF), offer(95, What.GIVEN, CELL, STAFF)]

    assert found(offers, [contact(1, CELL, JOS_CELL), contact(96, CELL, JOS_CELL)]) == ["c1", "c96"]


def test_both_earlier_messages_are_evidence() -> None:
    """Asked for on the 10th, given an hour later, used on the 12th."""
    asked = offer(0, What.ASKED, "email:", STUDENT)
    answer = offer(0.1, What.GIVEN, JOS_MAIL, STUDENT)
    (move,), _ = choose([answer, asked], [contact(2, "", JOS_MAIL), contact(3, "", JOS_MAIL)])

    assert move.after == (asked, answer)


def test_a_number_that_answers_a_wish_to_go_elsewhere_belongs_to_that_finding() -> None:
    """ "Text me instead": the student gives the number, and the text is no second finding."""
    told, answer = offer(0, What.TOLD, "", STAFF), offer(0.1, What.GIVEN, JOS_CELL, STUDENT)

    assert found([told, answer], [contact(1, CELL, JOS_CELL)]) == []
    assert found([told, offer(3, What.GIVEN, JOS_CELL, STUDENT)], [contact(4, CELL, JOS_CELL)])


def test_secrecy_on_the_handle_is_its_first_use() -> None:
    """The message is a finding by itself; what comes after it there is no move."""
    offers = [offer(0, What.GIVEN, CELL, STAFF)]

    assert found(offers, [contact(1, CELL, JOS_CELL, told=True), contact(2, CELL, JOS_CELL)]) == []


def test_several_students_of_one_message_are_one_finding() -> None:
    """Those alone who gave a number or were given one."""
    offers = [offer(0, What.GIVEN, CELL, STAFF, students=("S1", "S2"))]
    three = (("S1", JOS_CELL), ("S2", "phone:+14065550145"), ("S3", "phone:+14065550146"))
    (move,), _ = choose(offers, [contact(1, CELL, reached=three)])

    assert move.students == {"S1", "S2"}


HANDLES = [(CELL, STAFF), (HOME, STAFF), (JOS_CELL, STUDENT), (JOS_MAIL, STUDENT)]
OFFERS = st.builds(
    lambda days, what, of, staff, student: offer(
        days,
        what,
        {What.GIVEN: of[0], What.ASKED: of[0].partition(":")[0] + ":"}.get(what, ""),
        of[1],
        staff=(staff,),
        students=(student,),
        key=f"o{days}{what}{of[0]}",
    ),
    st.integers(0, 200),
    st.sampled_from([What.GIVEN, What.ASKED, What.TOLD]),
    st.sampled_from(HANDLES),
    st.sampled_from(["T1", "T2"]),
    st.sampled_from(["S1", "S2"]),
)
CONTACTS = st.builds(
    lambda days, own, theirs, staff, student, told: contact(
        days,
        own,
        reached=((student, theirs),),
        staff=(staff,),
        told=told,
        key=f"c{days}{own}{told}",
    ),
    st.integers(0, 200),
    st.sampled_from(["", CELL, HOME]),
    st.sampled_from(["", JOS_CELL, JOS_MAIL]),
    st.sampled_from(["T1", "T2"]),
    st.sampled_from(["S1", "S2"]),
    st.sampled_from([False, False, False, True]),
)


@given(st.lists(OFFERS, max_size=8), st.lists(CONTACTS, max_size=12), st.randoms())
def test_order_and_repetition_do_not_matter(
    offers: list[Offer], contacts: list[Contact], random: Any
) -> None:
    """The same lists in any order, with copies, give the same moves."""
    expected = choose(offers, contacts)
    mixed, copies = [*offers, *offers[:3]], [*contacts, *contacts[:3]]
    random.shuffle(mixed)
    random.shuffle(copies)

    assert choose(mixed, copies) == expected


@given(st.lists(OFFERS, max_size=8), st.lists(CONTACTS, max_size=12), st.integers(0, 200))
def test_nights_give_what_one_night_gives(
    offers: list[Offer], contacts: list[Contact], until: int
) -> None:
    """A log audited at once, or cut anywhere, the second part knowing the offers of the first."""

    def before(one: Offer | Contact) -> bool:
        return one.sent_at < at(until)

    first, used = choose(filter(before, offers), filter(before, contacts))
    rest = [one for one in contacts if not before(one)]
    second, _ = choose([*offers, *used], rest)

    assert keys(first) + keys(second) == found(offers, contacts)


def test_a_book_holds_each_offer_once() -> None:
    """And the copy that has its message's line."""
    one = offer(0, What.GIVEN, CELL, STAFF)
    book = Book([one, one])

    assert len(book.before(("T1", "S1"), contact(1))) == 1
    assert book.own == {CELL: {(STAFF, "T1")}}
    assert not Book([])
