"""Resolving: columns of facts agree with messages resolved one by one, keys and threads hold."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.message import FACTS, RESOLVED, Basis, Role
from pipelines.resolve import Resolver, thread_keys
from pipelines.roster import directory as bits
from rules.signals.notices import is_network_mailer
from rules.signals.posting import may_publish
from tests.factories import (
    GATEWAY,
    HANDLES,
    HOURS,
    NAMES,
    NOON,
    RECYCLED,
    ZONE,
    as_message,
    batch,
    directory,
    local,
    resolved,
    row,
    rows,
)

STUDENT = "email:s1@students.school.example"
TEACHER = "email:t1@school.example"
LAST_EVENING, NEXT_MORNING = local("2025-10-14T23:59"), local("2025-10-15T00:00")


def facts(*values: dict[str, Any]) -> list[dict[str, Any]]:
    """The facts of rows, one dictionary a row, without the key."""
    names = [name for name in FACTS.names if name != "key"]
    return resolved(*values).select(names).to_pylist()


def expected(values: dict[str, Any]) -> dict[str, Any]:
    """The same facts from the message as an object."""
    one = as_message(values)
    students = [party for party in one.recipients if party.may_be(Role.STUDENT)]
    staff = [party for party in one.recipients if party.may_be(Role.STAFF)]
    outside = [party for party in (one.sender, *students) if party.account.value == "other"]
    from_staff, from_student = one.sender.may_be(Role.STAFF), one.sender.may_be(Role.STUDENT)
    from_network = is_network_mailer(one.sender.value)
    outside_ends = (p for p in one.recipients if p.account.value != "school" and not p.people)
    to_public = any(may_publish(party.value) for party in outside_ends)
    met = (from_staff or bool(staff)) and (from_student or bool(students))
    notice, posted = from_network and bool(students), from_staff and to_public
    visited = from_staff and one.is_visit
    contact = met or notice or posted or visited
    nobody = [p for p in (one.sender, *one.recipients) if p.account.value == "other"]
    nobody = [p for p in nobody if p.basis is Basis.UNKNOWN]
    written = from_staff and any(p is not one.sender for p in nobody)
    stranger = (written or (one.sender in nobody and bool(students))) and not from_network
    return {
        "sent_at_local": one.sent_at_local,
        "off_hours": one.off_hours,
        "from_staff": from_staff,
        "from_student": from_student,
        "to_staff": bool(staff),
        "students": len(students),
        "outside_end": bool(outside),
        "from_network": from_network,
        "to_public": to_public,
        "contact": contact,
        "stranger": stranger and not met,
    }


@given(st.lists(rows(), min_size=1, max_size=6))
def test_columns_agree_with_messages_resolved_one_by_one(values: list[dict[str, Any]]) -> None:
    """Whatever the handles, names, days and hours of a batch."""
    assert facts(*values) == [expected(one) for one in values]


@given(st.lists(rows(), min_size=1, max_size=8), st.data())
def test_splitting_a_batch_changes_nothing(
    values: list[dict[str, Any]], data: st.DataObject
) -> None:
    """Neither facts nor keys nor thread keys, in slices or in batches of their own."""
    whole = batch(*values)
    cut = data.draw(st.integers(0, len(values)))
    resolver = Resolver(directory(), HOURS, ZONE)
    parts = [resolver.resolve(part) for part in (whole.slice(0, cut), whole.slice(cut))]
    alone = [row for one in values for row in resolved(one).to_pylist()]
    threads = [key for part in parts for key in thread_keys(part).tolist()]

    assert [row for part in parts for row in part.to_pylist()] == alone
    assert resolved(*values).to_pylist() == alone
    assert threads == thread_keys(whole).tolist()
    assert threads == [int(thread_keys(batch(one))[0]) for one in values]


@given(
    st.sampled_from([handle for handles in HANDLES.values() for handle in handles]),
    st.sampled_from(NAMES),
    st.integers(0, 40_000),
)
def test_role_bits_say_what_resolve_says(handle: str, name: str | None, days: int) -> None:
    """On any day, whatever was asked for before."""
    on = date(1970, 1, 1) + timedelta(days=days)
    found, known = directory().resolve(handle, name, on), directory().role_bits(handle, name, on)
    roles = {person.role for person in found.people} | {found.role_hint}

    for role, bit in (
        (Role.STAFF, bits.STAFF),
        (Role.STUDENT, bits.STUDENT),
        (Role.GUARDIAN, bits.GUARDIAN),
    ):
        assert bool(known & bit) == (role in roles)


@pytest.mark.parametrize(
    ("handle", "at", "who"),
    [
        (GATEWAY, LAST_EVENING, ["T1"]),
        (GATEWAY, NEXT_MORNING, ["T3"]),
        (GATEWAY, local("2025-08-31T12:00"), []),
        (RECYCLED, LAST_EVENING, ["S2"]),
        (RECYCLED, NEXT_MORNING, ["T3"]),
    ],
)
def test_a_number_changes_hands_at_local_midnight(
    handle: str, at: datetime, who: list[str]
) -> None:
    """Not at midnight UTC, which is six hours earlier in Denver."""
    values = row(handle, ["phone:+14065550142"], sent_at=at)
    (found,) = facts(values)

    assert [person.id for person in as_message(values).sender.people] == who
    assert found["from_staff"] == any(one.startswith("T") for one in who)
    assert found["from_student"] == any(one.startswith("S") for one in who)
    assert found["contact"] == any(one.startswith("T") for one in who)


def test_one_batch_holds_both_owners_of_a_number() -> None:
    """The day is each row's own, for senders and for recipients."""
    before, after = (
        row(TEACHER, [RECYCLED], channel="sms", sent_at=at) for at in (LAST_EVENING, NEXT_MORNING)
    )

    assert [one["students"] for one in facts(before, after, before)] == [1, 0, 1]


def test_a_mail_of_the_epoch_does_not_take_another_handle_s_owner() -> None:
    """A broken date header is 1970-01-01 in UTC and the day before in Denver."""
    epoch = datetime(1970, 1, 1, tzinfo=NOON.tzinfo)
    broken = row(RECYCLED, ["phone:+14065550142"], sent_at=epoch)
    others = row("phone:+14065550101", ["phone:+14065550142"])

    assert facts(others, broken) == [expected(others), expected(broken)]


@pytest.mark.parametrize(
    ("handle", "name", "students", "outside"),
    [
        ("email:jo.lopez@example.org", None, 1, True),  # known
        ("email:lopez.family@example.org", None, 1, True),  # shared with the guardian
        ("email:jolopez08@example.net", None, 1, True),  # by local part
        ("email:xx@example.net", "Jo Lopez", 1, True),  # by display name
        ("email:new@students.school.example", None, 1, False),  # by domain
        ("email:S1+a@Students.School.Example", None, 1, False),  # spelled otherwise
        ("phone:+14065550144", None, 1, True),  # shared
        # not a student
        ("email:xx@example.net", "Ana Lopez", 0, False),  # a guardian's name
        ("email:someone@partner.example", None, 0, False),
        ("email:stranger@example.net", None, 0, False),
        ("email:office@lab.school.example", None, 0, False),
        ("email:new@school.example", None, 0, False),
    ],
)
def test_who_counts_as_a_student(
    handle: str, name: str | None, students: int, outside: bool
) -> None:
    """And whether an end is outside school accounts."""
    (found,) = facts(row(TEACHER, [(handle, name)]))

    assert (found["students"], found["outside_end"]) == (students, outside)


@pytest.mark.parametrize(
    ("at", "off"),
    [
        ("2025-10-14T06:59", True),
        ("2025-10-14T07:00", False),
        ("2025-10-14T17:59", False),
        ("2025-10-14T18:00", True),
        ("2025-10-16T12:00", True),  # a listed day off
        ("2025-10-18T12:00", True),  # Saturday
        ("2025-11-03T07:00", False),  # the first morning of winter time
        ("2025-11-03T06:59", True),
    ],
)
def test_off_hours_are_told_by_the_local_clock(at: str, off: bool) -> None:
    """The first minute is within contact hours, the last is not."""
    assert facts(row(sent_at=local(at)))[0]["off_hours"] is off


def test_a_no_reply_address_is_a_system() -> None:
    """And nobody else is, unless the export says so."""
    senders = ["email:no-reply@school.example", "email:noreplay@school.example", TEACHER]
    found = resolved(*(row(one) for one in senders), row(automatic=True))["automatic"]

    assert found.to_pylist() == [True, False, False, True]


def test_a_resolved_batch_has_the_schema() -> None:
    """Also when it is empty."""
    assert resolved(row()).schema == RESOLVED
    assert resolved().schema == RESOLVED


def test_participants_are_counted_by_how_they_were_resolved() -> None:
    """Once a message and participant; `needs_text` counts nobody."""
    resolver = Resolver(directory(), HOURS, ZONE)
    to = ["email:stranger@example.net", "email:office@lab.school.example"]
    shared = ["email:lopez.family@example.org", "email:jolopez08@example.net"]
    values = batch(row(to=to), row(to=shared))
    resolver.needs_text(values)

    assert not resolver.seen
    resolver.resolve(values)
    assert dict(resolver.seen) == {
        "participants": 6,
        "unknown school account": 1,
        "unknown outside account": 1,
        "shared by several people": 1,
        "matched by name only": 1,
    }


# -- keys ----------------------------------------------------------------------------------


def keys(*values: dict[str, Any]) -> list[bytes]:
    """Keys of rows."""
    return resolved(*values)["key"].to_pylist()


def test_a_mail_archived_twice_has_one_key() -> None:
    """Whatever the source, platform, mailbox copy and place in it."""
    one = row(native_id="a@mail", source="vault", platform="gmail", record=1)
    other = row(
        native_id="a@mail", source="mbox", platform="mbox", record=9, to=[], body=None, thread="t"
    )

    assert len(set(keys(one, other))) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"native_id": "n2"},
        {"platform": "two"},
        {"channel": "sms"},
    ],
)
def test_ids_of_different_platforms_differ(changes: dict[str, Any]) -> None:
    """An LMS id and an SMS id may be spelled alike."""
    one = row("lms:c1", ["lms:c2"], channel="lms", platform="one", native_id="n1")

    assert len(set(keys(one, one | changes))) == 2


@pytest.mark.parametrize("blank", [None, ""])
def test_a_message_without_id_is_known_by_what_it_is(blank: str | None) -> None:
    """Sender, recipients in any order, minute and text; not source, record or second."""
    to = [STUDENT, "email:s2@students.school.example"]
    one = row(to=to, native_id=blank, sent_at=NOON)
    same = row(to=to[::-1], native_id=None, sent_at=NOON + timedelta(seconds=59), record=7)
    others = [
        row(TEACHER, to[:1], native_id=blank),
        row("email:t2@school.example", to, native_id=blank),
        row(to=to, native_id=blank, body="hello!"),
        row(to=to, native_id=blank, sent_at=NOON + timedelta(seconds=60)),
        row(to=to, native_id=blank, channel="chat"),
        row(to=to, native_id="m1"),
    ]
    found = keys(one, same, *others)

    assert found[0] == found[1]
    assert len(set(found)) == 1 + len(others)


def test_keys_do_not_depend_on_the_size_of_a_batch() -> None:
    """Large columns are hashed by their distinct values."""
    values = [row(native_id=f"m{number % 40}" if number % 7 else None) for number in range(6_000)]

    assert keys(*values)[:50] == keys(*values[:50])


# -- threads -------------------------------------------------------------------------------


def threads(*values: dict[str, Any]) -> list[int]:
    """Thread keys of rows."""
    return thread_keys(batch(*values)).tolist()


def test_an_answer_is_in_the_thread_of_the_question() -> None:
    """Participants count in any order and on either side, with or without Re: and Fwd:."""
    other = "email:s2@students.school.example"
    subjects = ["Quiz", "Re: Quiz", "RE: re:  quiz ", "Fwd: Re: QUIZ", "Fw: quiz", "RE[2]: Quiz"]
    values = [row(subject=subject) for subject in subjects]
    values += [row(STUDENT, [TEACHER], subject="Re: Quiz")]

    assert len(set(threads(*values))) == 1
    assert len(set(threads(row(to=[STUDENT, other]), row(other, [TEACHER, STUDENT])))) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Test"},
        {"subject": "Requiz"},
        {"channel": "chat"},
        {"sender": "email:t2@school.example"},
        {"recipients": []},
    ],
)
def test_other_people_or_another_subject_are_another_thread(changes: dict[str, Any]) -> None:
    """Where the export has no conversation of its own."""
    one = row(subject="Quiz")

    assert len(set(threads(one, one | changes))) == 2


def test_the_export_s_own_conversation_goes_before_participants() -> None:
    """Within one platform."""
    one = row(thread="t1", subject="Quiz")
    same = row("email:t2@school.example", [], thread="t1", subject="Other")

    assert threads(one)[0] == threads(same)[0]
    assert len(set(threads(one, row(thread="t2"), row(thread="t1", platform="two")))) == 3


def test_what_a_rule_reads_beside_staff_and_student_is_a_contact_too() -> None:
    """A network's notice to a student, mail to a posting address, a staff visit to a site."""
    network, blog = "email:notice@facebookmail.com", "email:team.blog@post.wordpress.com"
    notice, elsewhere = row(network, [STUDENT]), row(network, ["email:x@example.org"])
    posted, visit = row(TEACHER, [blog]), row(TEACHER, [], channel="web")

    found = facts(notice, elsewhere, posted, visit)
    assert [one["contact"] for one in found] == [True, False, True, True]
