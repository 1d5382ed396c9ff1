"""Moves found in the kept messages: over channels, threads and partitions, and for strangers."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from pipelines.contacts import contacts_of, strangers_of
from pipelines.correlate import (
    contacts_in,
    findings_in,
    moves_in,
    stranger_findings_in,
    strangers_in,
)
from pipelines.findings import Finding
from pipelines.history import Histories
from pipelines.labelled import LabelledDistrict, Spoken
from pipelines.message import MESSAGE, Basis
from pipelines.moved import Book, Offer, What, choose
from pipelines.offers import Teller, offers_in
from rules.model import Severity, Status

Tables = tuple[pa.Table, pa.Table]


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> LabelledDistrict:
    """Mara River (staff), Jo, Sam and Kai (students), Ana (guardian), Tom Oak and his child."""
    return LabelledDistrict(tmp_path_factory.mktemp("work"))


def says(day: int, channel: str, who: str, to: Sequence[str] | str, text: str) -> Spoken:
    """A message at noon of a day of October 2025 (or some days after it)."""
    month, date = divmod(day - 1, 30)
    at = (
        f"2025-{10 + month:02}-{date + 1:02}T12:00" if month < 3 else f"2026-01-{date + 1:02}T12:00"
    )
    to = [to] if isinstance(to, str) else list(to)
    return {"at": at, "channel": channel, "from": who, "to": to, "text": text}


def teller(district: LabelledDistrict) -> Teller:
    found = Teller.among(district.place.rules())
    assert found
    return found


def tables(district: LabelledDistrict, *messages: Spoken) -> Tables:
    """The contacts and the strangers that screening keeps of a conversation."""
    rows = list(district.rows("talk", messages))
    resolved = district.place.resolver().resolve(pa.RecordBatch.from_pylist(rows, schema=MESSAGE))
    kept = contacts_of(resolved, district.place.rules()), strangers_of(resolved)
    return pa.Table.from_batches([kept[0]]), pa.Table.from_batches([kept[1]])


def moved(district: LabelledDistrict, *messages: Spoken) -> list[Finding]:
    """The findings on later contact."""
    kept = tables(district, *messages)
    return list(moves_in(*kept, district.place, teller(district), Histories()))


def places(district: LabelledDistrict, *messages: Spoken) -> list[int]:
    """Which of the messages they stand on."""
    return [one.message.record - 1 for one in moved(district, *messages)]


def offers(district: LabelledDistrict, *messages: Spoken) -> list[Offer]:
    """What the messages offer."""
    kept, _ = tables(district, *messages)
    return list(offers_in(kept, district.place.directory, teller(district), {}))


MY_CELL = "My cell is 406-555-0101 if the bus is late."
JOS_CELL = "my number is 406-555-0142"
JOS_MAIL = "mine is jo.lopez@example.org"


@pytest.mark.parametrize(
    ("messages", "expect"),
    [
        (
            [says(1, "lms", "staff", "student", MY_CELL), says(3, "sms", "staff", "student", "hi")],
            [1],
        ),
        (
            [
                says(1, "email", "student", "staff", JOS_CELL),
                says(3, "sms", "staff", "student", "hi"),
            ],
            [1],
        ),
        (
            [
                says(1, "lms", "staff", "student", "whats ur number"),
                says(3, "sms", "staff", "student", "hi"),
                says(4, "sms", "staff", "student", "hi again"),
            ],
            [1],
        ),
        (
            [
                says(1, "chat", "student", "staff", JOS_MAIL),
                says(3, "email", "staff", "student:private", "here it is"),
            ],
            [1],
        ),
        (
            [
                says(1, "lms", "staff", "student", "I am at mara.river@example.com after six."),
                says(3, "email", "staff:private", "student", "hi"),
            ],
            [1],
        ),
        (  # the two people, not the thread: other messages lie between
            [
                says(1, "lms", "staff", "student", MY_CELL),
                says(2, "lms", "staff", "student2", "see you"),
                says(9, "email", "staff", "student", "quiz on Friday"),
                says(20, "sms", "staff", "student", "hi"),
            ],
            [3],
        ),
        (
            [
                says(1, "lms", "staff", "student", MY_CELL),
                says(3, "sms", "staff", "student2", "hi"),
            ],
            [],
        ),
        (
            [
                says(1, "lms", "staff", "student", MY_CELL),
                says(3, "sms", "staff2", "student", "hi"),
            ],
            [],
        ),
        (
            [says(1, "lms", "staff", "student", MY_CELL), says(3, "sms", "student", "staff", "hi")],
            [],
        ),
        (
            [
                says(1, "lms", "staff", "student", MY_CELL),
                says(3, "email", "staff", "student", "hi"),
            ],
            [],
        ),
        (
            [says(3, "sms", "staff", "student", "hi"), says(4, "lms", "staff", "student", MY_CELL)],
            [],
        ),
        (
            [says(1, "sms", "staff", "student", MY_CELL), says(3, "sms", "staff", "student", "hi")],
            [],
        ),
        (
            [
                says(1, "lms", "staff", "student", MY_CELL),
                says(99, "sms", "staff", "student", "hi"),
            ],
            [],
        ),
        ([says(1, "lms", "staff", "student", "hi"), says(3, "sms", "staff", "student", "hi")], []),
        (
            [
                says(1, "lms", "staff", "student", "Call the office, 406-555-0110."),
                says(3, "sms", "staff", "student", "hi"),
            ],
            [],
        ),
        (  # the earlier message says itself to go elsewhere
            [
                says(1, "lms", "staff", "student", "Not on here. Text me instead, 406-555-0101."),
                says(3, "sms", "staff", "student", "hi"),
            ],
            [],
        ),
        (  # the later one is a finding by itself
            [
                says(1, "lms", "staff", "student", MY_CELL),
                says(3, "sms", "staff", "student", "dont tell your mom we text"),
            ],
            [],
        ),
        (
            [
                says(1, "lms", "staff", "student", MY_CELL),
                says(3, "sms", "staff", ["student", "student2", "student3", "child"], "bus at 3"),
            ],
            [],
        ),
    ],
)
def test_the_later_contact(
    district: LabelledDistrict, messages: list[Spoken], expect: list[int]
) -> None:
    """Between the same two people, on the handle that was given or asked for."""
    assert places(district, *messages) == expect


def test_the_finding_names_the_earlier_message_and_shows_it(district: LabelledDistrict) -> None:
    """Its day, time and channel as evidence; its text in the context, before the rest."""
    (one,) = moved(
        district,
        says(1, "lms", "staff", "student", MY_CELL),
        says(2, "sms", "student", "staff", "hello"),
        says(3, "sms", "staff", "student", "see you at the lake?"),
    )

    assert one.status is Status.FLAGGED
    assert one.clause == "conduct"
    assert [e.sentence for e in one.evidence] == [
        "contact on a private number that the staff member gave on lms on "
        "Wednesday 1 October 2025, 12:00 (message talk 0)"
    ]
    assert "406" not in one.reason
    assert [(line.channel, line.offset) for line in one.context] == [
        ("lms", -2),
        ("sms", -1),
        ("sms", 0),
    ]
    assert (one.staff_id, one.student_ids) == ("T1", "S1")


def test_business_lowers_and_kinship_exempts(district: LabelledDistrict) -> None:
    """As for any other finding."""
    plain = (
        says(1, "lms", "staff", "student", "do you have another email? the file is 30 MB"),
        says(3, "email", "staff", "student:private", "Here is the bracket and the weigh-in times."),
    )
    family = (
        says(1, "lms", "staff2", "child", "My cell is 406-555-0102 now."),
        says(3, "sms", "staff2", "child", "soup is in the fridge"),
    )

    assert [one.severity for one in moved(district, *plain)] == [Severity.LOW]
    assert [one.status for one in moved(district, *family)] == [Status.EXEMPT]


TALK = [
    says(1, "lms", "staff", ["student", "student2"], MY_CELL),
    says(2, "email", "student3", "staff", "my gmail: kai.reed09@example.com"),
    says(3, "sms", "staff", "student", "hi"),
    says(4, "sms", "staff", "student2", "hi"),
    says(5, "email", "staff", "student3:lookalike", "hi"),
    says(6, "sms", "staff", "student", "hi again"),
    says(7, "lms", "staff", "student", "whats ur gmail"),
    says(8, "email", "staff", "student:private", "hi"),
]


def halves(table: pa.Table, count: int, seed: int) -> Iterator[pa.Table]:
    """A table in parts by thread, rows in any order."""
    rows = list(range(table.num_rows))
    random.Random(seed).shuffle(rows)
    mixed = table.take(pa.array(rows, pa.int64()))
    part = mixed["thread_key"].to_numpy() % np.uint64(count)
    yield from (mixed.filter(pa.array(part == number)) for number in range(count))


def in_parts(district: LabelledDistrict, kept: Tables, count: int, seed: int) -> list[Any]:
    """What the steps of the graph make of partitions, in order."""
    place, tell = district.place, teller(district)
    contacts, strangers = (list(halves(one, count, seed)) for one in kept)
    found = [o for part in contacts for o in offers_in(part, place.directory, tell, {})]
    run = (Book(found), place.directory, tell, {})
    later = [c for part in contacts for c in contacts_in(part, *run)]
    later += [c for part in strangers for c in strangers_in(part, *run)]
    moves, _ = choose(found, later)
    known = Histories()
    findings = [
        *(f for part in contacts for f in findings_in(part, place, tell, moves, {}, known)),
        *(
            f
            for part in strangers
            for f in stranger_findings_in(part, place, tell, moves, {}, known)
        ),
    ]
    shown = [
        (f.message.sent_at, f.finding_id, f.case_id, f.evidence, f.context, f.severity)
        for f in findings
    ]
    return sorted(shown)


@pytest.mark.parametrize("seed", range(6))
def test_partitions_and_order_do_not_matter(district: LabelledDistrict, seed: int) -> None:
    """One partition or many, rows in any order: the same findings to the letter."""
    kept = tables(district, *TALK)
    expected = in_parts(district, kept, 1, 99)

    assert len(expected) == 4
    assert in_parts(district, kept, 1 + seed, seed) == expected


def test_an_address_of_nobody_on_file_is_known_from_its_owner(district: LabelledDistrict) -> None:
    """Staff writes to it later, or from it; whose it is, only the earlier message says."""
    later = moved(
        district,
        says(1, "lms", "student", "staff", "use mine, its bobcatfan22@example.net"),
        says(3, "email", "staff", "address:bobcatfan22@example.net", "pics from the lake"),
        says(4, "lms", "staff", "student", "and mine is lakehouse7@example.org"),
        says(5, "email", "address:lakehouse7@example.org", "student", "more pics"),
    )

    assert [one.message.record - 1 for one in later] == [1, 3]
    assert {one.case_id for one in later} == {later[0].case_id}
    assert later[0].message.recipients[0].basis is Basis.GIVEN
    assert "on no list" in later[0].facts_against[0]
    assert all(one.confidence < 0.95 for one in later)


@pytest.mark.parametrize(
    "messages",
    [
        [  # somebody else's address
            says(1, "lms", "student", "staff", "my coach at the club is clubrep@example.net"),
            says(3, "email", "staff", "address:clubrep@example.net", "about Jo"),
        ],
        [  # given to another teacher
            says(1, "lms", "student", "staff2", "mine is bobcatfan22@example.net"),
            says(3, "email", "staff", "address:bobcatfan22@example.net", "hi"),
        ],
        [  # written to before it was given
            says(1, "email", "staff", "address:bobcatfan22@example.net", "hi"),
            says(3, "lms", "student", "staff", "mine is bobcatfan22@example.net"),
        ],
    ],
)
def test_other_strangers_stay_strangers(district: LabelledDistrict, messages: list[Spoken]) -> None:
    """An address counts only as its owner's, between the two, afterwards."""
    assert places(district, *messages) == []


def test_what_an_offer_holds(district: LabelledDistrict) -> None:
    """The two people, the handle in one spelling, whose it is; no words of the message."""
    given, asked = offers(
        district,
        says(1, "lms", "staff", ["student", "student2"], MY_CELL),
        says(2, "lms", "student", "staff", "ok. what's your personal email?"),
    )

    assert (given.what, given.handle, given.staff, given.students) == (
        What.GIVEN,
        "phone:+14065550101",
        ("T1",),
        ("S1", "S2"),
    )
    assert (asked.what, asked.handle, asked.side) == (What.ASKED, "email:", "staff")
    assert given.line and "406-555-0101" in (given.line.body or "")


@pytest.mark.parametrize(
    "message",
    [
        says(1, "lms", "staff", "student", "The office is 406-555-0110."),
        says(1, "lms", "staff", "student", "Your mom has 406-555-0143, right?"),
        says(1, "lms", "staff", "student", "write to mara.river@school.example"),
        says(1, "sms", "staff", "student", "this is Ms. River, 406-555-0101"),
        says(1, "sms", "staff", "student", "whats ur number"),
        says(1, "email", "guardian", "staff", "Texting is best for me: 406-555-0143."),
        says(1, "email", "staff", "guardian", "My cell is 406-555-0101."),
        says(1, "lms", "staff", "staff2", "My cell is 406-555-0101."),
        says(1, "lms", "staff", "student", "hello"),
    ],
)
def test_what_is_no_offer(district: LabelledDistrict, message: Spoken) -> None:
    """The district's, the family's, what is in use already, and what no student reads."""
    assert offers(district, message) == []


def test_nothing_is_looked_for_without_offers(district: LabelledDistrict) -> None:
    """An empty book leaves the messages unread."""
    run = (Book(), district.place.directory, teller(district), {})

    assert list(contacts_in(pa.table({}), *run)) == []
    assert list(strangers_in(pa.table({}), *run)) == []
