"""Keeping contacts and reading them back as threads: nothing changes on the way."""

from __future__ import annotations

import stat
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.broadcasts import audiences
from pipelines.contacts import ContactWriter, Kept, partition_count
from pipelines.duplicates import tally
from pipelines.message import Basis, Message
from pipelines.threads import WINDOW, LazyMessages, Thread, read_threads
from rules.model import Rule
from tests.factories import NOON, as_message, directory, local, resolved, row, rows, rule

SHARED = "phone:+14065550144"
STARRED = rule(hint="[*]")
"""Wants the messages that have a star in their text."""


def kept(
    work: Path,
    bundles: Sequence[Sequence[dict[str, Any]]],
    partitions: int = 1,
    rules: Sequence[Rule] = (STARRED,),
) -> list[Kept]:
    """What writing some bundles, source by source, leaves in a folder."""
    sources = ["mail", "other"]
    done = []
    for number, bundle in enumerate(bundles):
        writer = ContactWriter(work, f"b{number}", partitions, sources)
        for source in sources:
            values = [one for one in bundle if one["source"] == source]
            if values:
                writer.write(resolved(*values), rules)
        done.append(writer.close())
    return done


def threads(
    *bundles: Sequence[dict[str, Any]],
    partitions: int = 1,
    rules: Sequence[Rule] = (STARRED,),
) -> list[Thread]:
    """Threads read back from bundles, with the audiences of broadcasts."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        done = kept(work, bundles, partitions, rules)
        reached = audiences(Path(one.copies) for one in done)
        found = [
            Thread(list(thread.messages), thread.times, thread.wanted_by)
            for number in range(partitions)
            for thread in read_threads(work, done, number, directory(), reached)
        ]
    return sorted(found, key=lambda thread: thread.messages[0].thread_key)


def line(number: int, text: str = "", **changes: Any) -> dict[str, Any]:
    """The message of a chat so many minutes after noon, by turns from staff and student."""
    parties = ("lms:c1", ["lms:c2"]) if number % 2 else ("lms:c2", ["lms:c1"])
    at = NOON + timedelta(minutes=number)
    fields = {"native_id": f"n{number:02}", "sent_at": at, "thread": "t", "body": text}
    return row(*parties, **fields | {"record": number} | changes)


def texts(thread: Thread) -> list[str | None]:
    """Native ids of a thread's messages."""
    return [one.native_id for one in thread.messages]


def wanted(thread: Thread) -> list[str]:
    """Native ids of its candidates."""
    return [thread.messages[place].native_id for place in thread.wanted_by]


def named(first: int, last: int) -> list[str]:
    """Native ids of some lines."""
    return [f"n{number:02}" for number in range(first, last + 1)]


# -- the round trip ------------------------------------------------------------------------


@given(rows().filter(lambda one: resolved(one)["contact"][0].as_py()))
def test_a_message_comes_back_as_it_was(values: dict[str, Any]) -> None:
    """Every field, and every participant as of the day of the message."""
    (thread,) = threads([values], rules=[rule()])
    (found,) = thread.messages

    expected = replace(as_message(values), key=found.key, thread_key=found.thread_key)
    assert found == expected
    assert thread.wanted_by == {0: 1}


@given(rows().filter(lambda one: not resolved(one)["contact"][0].as_py()))
def test_what_is_no_contact_of_staff_and_student_is_not_kept(values: dict[str, Any]) -> None:
    """But it is counted."""
    with tempfile.TemporaryDirectory() as folder:
        done = kept(Path(folder), [[values]], rules=[rule()])

        assert list(read_threads(Path(folder), done, 0, directory(), {})) == []
        assert tally([one.digests for one in done]).messages == 1


def test_only_what_stands_near_a_candidate_comes_back() -> None:
    """Six messages before it and six after it."""
    (thread,) = threads([line(number, "*" if number == 20 else "") for number in range(40)])

    assert WINDOW == 6
    assert texts(thread) == named(14, 26)
    assert wanted(thread) == ["n20"]


def test_windows_of_several_candidates_are_one_thread() -> None:
    """At the ends there are fewer; what lies between two windows stays away."""
    starred = {2, 12, 39}
    (thread,) = threads([line(number, "*" if number in starred else "") for number in range(40)])

    assert texts(thread) == named(0, 18) + named(33, 39)
    assert wanted(thread) == ["n02", "n12", "n39"]


def test_a_thread_without_candidate_does_not_come_back() -> None:
    """Nor do its messages lend themselves to another thread's window."""
    others = [line(number, native_id=f"o{number}", thread="u") for number in range(10)]
    found = threads([*others, *(line(number, "*" if number == 5 else "") for number in range(10))])

    assert [texts(thread) for thread in found] == [named(0, 9)]


def test_a_thread_is_in_order_of_time() -> None:
    """Whatever the order of records and bundles."""
    lines = [line(number, "*") for number in range(7)]
    (thread,) = threads(lines[::-2], lines[1::2])

    assert texts(thread) == named(0, 6)
    assert list(thread.times) == [one.sent_at for one in thread.messages]


@settings(max_examples=50)
@given(st.lists(rows(), max_size=12), st.integers(2, 7), st.randoms())
def test_partitions_and_bundles_do_not_matter(
    values: list[dict[str, Any]], partitions: int, random: Any
) -> None:
    """Nor does the order in which workers took the messages."""
    for number, one in enumerate(values):
        one["record"] = number
    mixed = list(values)
    random.shuffle(mixed)
    rules = [rule(), rule(id="second", hint=r"\d")]
    one = threads(values, rules=rules)

    assert threads(mixed[::2], mixed[1::2], partitions=partitions, rules=rules) == one


# -- copies --------------------------------------------------------------------------------


def test_of_copies_the_first_by_source_file_and_record_stands() -> None:
    """A candidate by any of its copies."""
    places = [("other", "a.csv", 1), ("mail", "b.csv", 9), ("mail", "b.csv", 10), ("mail", "c", 1)]
    copies = [
        line(1, "*", source=source, source_file=file, record=record)
        for source, file, record in places
    ]
    (thread,) = threads(copies, copies[::-1])
    (found,) = thread.messages

    assert (found.source, found.source_file, found.record) == ("mail", "b.csv", 9)
    assert thread.wanted_by == {0: 1}


def test_a_message_is_wanted_by_whom_any_copy_is_wanted() -> None:
    """The bits of the rules add up."""
    rules = [STARRED, rule(id="second", hint="quiz")]
    copies = [line(1, "*"), line(1, "quiz", source="other"), line(1, "", record=3)]
    (thread,) = threads(copies, rules=rules)

    assert thread.wanted_by == {0: 3}


def test_a_copy_without_text_does_not_hide_the_text_of_another() -> None:
    """Else what one export shows is lost because another was archived without bodies."""
    (thread,) = threads([line(1, body=None), line(1, "*", source="other")])

    assert [one.body for one in thread.messages] == ["*"]


def test_copies_do_not_narrow_the_window() -> None:
    """A message exported twice is one place in the thread."""
    lines = [line(number, "*" if number == 10 else "") for number in range(20)]
    (thread,) = threads(lines, [one | {"source": "other"} for one in lines])

    assert texts(thread) == named(4, 16)


def test_a_mail_is_one_message_whatever_recipients_its_copies_show() -> None:
    """The sender's own copy shows whom it went to in Bcc; two threads would be two findings."""
    to = "email:s1@students.school.example"
    sent = row(to=[to, ("email:s2@students.school.example", None, "bcc")], body="*")
    received = row(to=[to], body="*", source="other")

    assert sum(len(thread.messages) for thread in threads([sent], [received])) == 1


# -- people --------------------------------------------------------------------------------


def test_a_shared_phone_comes_back_with_everybody_behind_it() -> None:
    """The rules decide whether the student is meant."""
    values = row("phone:+14065550101", [SHARED], body="*")
    (thread,) = threads([values])
    (party,) = thread.messages[0].recipients

    assert [person.id for person in party.people] == ["G1", "S1"]
    assert party.basis is Basis.SHARED


def test_a_dated_number_is_another_person_on_another_day_of_one_thread() -> None:
    """It is looked up for each message's own day."""
    days = ["2025-10-14T23:59", "2025-10-15T00:00"]
    values = [
        row(
            "phone:+14065550131",
            ["phone:+14065550142"],
            sent_at=local(day),
            native_id=day,
            body="*",
        )
        for day in days
    ]
    (thread,) = threads(values)

    assert [one.sender.people[0].id for one in thread.messages] == ["T1", "T3"]


def test_the_audience_of_a_broadcast_is_that_of_all_its_messages() -> None:
    """One text to four students, each in a thread of their own."""
    handles = ["lms:c2", "lms:c3", "lms:c4", "sis:S9"]
    values = [row("lms:c1", [to], native_id=to, body="*") for to in handles]
    alone = row("lms:c1", ["lms:c2"], native_id="x", body="* you")
    found = [one for thread in threads([*values, alone]) for one in thread.messages]

    assert sorted((one.native_id, one.audience) for one in found) == [
        *((handle, 4) for handle in handles),
        ("x", 1),
    ]


# -- the files -----------------------------------------------------------------------------


def test_messages_whose_text_was_not_there_are_listed(tmp_path: Path) -> None:
    """Those of staff to students: where they stand, not what they say."""
    values = [
        line(1, body=None),
        line(2, body=None),  # the student's
        line(3, "text"),
        line(5, body=None, source="other", source_file="o.csv"),
    ]
    (done,) = kept(tmp_path, [values])

    assert done.not_scanned == [("mail", "mail.csv", 1), ("other", "o.csv", 5)]


def test_candidates_are_counted_once_over_bundles(tmp_path: Path) -> None:
    """Contacts that no rule wants are counted as messages only."""
    lines = [line(number, "*" if number < 3 else "") for number in range(8)]
    done = kept(tmp_path, [lines, [one | {"source": "other"} for one in lines]], partitions=3)
    counts = tally([one.digests for one in done])

    assert (counts.messages, counts.examined, counts.duplicates) == (8, 3, {1: 8})


def test_kept_messages_are_for_the_owner_only(tmp_path: Path) -> None:
    """They hold text."""
    work = tmp_path / "work"
    kept(work, [[line(1, "*")]])
    (file,) = work.glob("*.arrow")

    assert stat.S_IMODE(work.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("size", "count"), [(0, 1), (64 << 20, 1), ((64 << 20) + 1, 2), (1 << 40, 256)]
)
def test_partitions_grow_with_the_exports(size: int, count: int) -> None:
    """Between one and 256."""
    assert partition_count(size) == count


# -- a thread ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "near"),
    [
        ([0, 1, 2, 3, 4], [0, 1, 2, 3, 4]),
        ([0, 1, 12, 24, 25], [0, 1, 2, 3]),
        ([0, 1, 12.1, 24.1, 24.2], [1, 2, 3]),
        ([0, 1, 14, 27, 28], [2]),
    ],
)
def test_near_is_within_twelve_hours(hours: list[float], near: list[int]) -> None:
    """On both sides of the middle one."""
    lines = [as_message(line(1, sent_at=NOON + timedelta(hours=hour))) for hour in hours]

    assert list(Thread.of(lines, {}).near(2)) == [lines[place] for place in near]


def test_near_is_within_six_places() -> None:
    """And never runs over the ends."""
    lines = [as_message(line(number)) for number in range(20)]
    thread = Thread.of(lines, {})

    assert list(thread.near(10)) == lines[4:17]
    assert list(thread.near(0)) == lines[:7]
    assert list(thread.near(19)) == lines[13:]


def test_messages_are_made_once_and_only_when_asked_for() -> None:
    """Most neighbours never are."""
    made: list[dict[str, Any]] = []

    def make(values: dict[str, Any]) -> Message:
        made.append(values)
        return as_message(values)

    values = [line(number) for number in range(5)]
    lazy = LazyMessages(values, make)

    assert len(lazy) == 5
    assert made == []
    assert lazy[1:3] == [lazy[1], lazy[2]]
    assert lazy[-1].native_id == "n04"
    assert made == [values[1], values[2], values[4]]
    with pytest.raises(IndexError):
        lazy[5]


def test_every_rule_that_wants_nothing_leaves_nothing() -> None:
    """A partition without candidates is not read further."""
    assert threads([line(1)], rules=[rule(screen=pc.scalar(False))]) == []
