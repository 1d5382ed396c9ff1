"""Builders shared by the tests: rows and batches, a small real directory, rules and findings.

Rule of this file: it is built on `rules.examples`, whose people live in the directory below; a
test states only what it is about. Nothing here asserts.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import strategies as st

from pipelines.findings import Finding, derived_id
from pipelines.message import (
    MESSAGE,
    Channel,
    Field,
    Message,
    Participant,
    Person,
    Role,
    ZoneBasis,
)
from pipelines.resolve import Resolver
from pipelines.roster.directory import Directory, build_directory
from pipelines.roster.oneroster import read_oneroster
from pipelines.roster.school_time import SchoolTime
from pipelines.roster.tables import TablePaths, read_tables
from rules.examples import JO, RIVER, message
from rules.model import (
    Conversation,
    Evidence,
    Example,
    Label,
    Match,
    Purpose,
    Rule,
    Severity,
    Status,
)
from rules.signals.hours import parse_hours

ZONE = "America/Denver"
DOMAINS = ["school.example", "students.school.example"]
HOURS = parse_hours({"weekdays": "07:00-18:00"}, frozenset({date(2025, 10, 16)}))
NOON = datetime(2025, 10, 14, 18, 0, tzinfo=UTC)
"""Tuesday noon in Denver."""

_FILES = {
    "roster/users.csv": """sourcedId,status,enabledUser,orgSourcedIds,role,username,givenName,\
familyName,identifier,email,sms,phone,agentSourcedIds
T1,,true,S,teacher,t1,Mara,River,,t1@school.example,,,
T2,,true,S,teacher,t2,Tom,Oak,,t2@school.example,,,
T3,,true,S,teacher,t3,Lee,Park,,t3@school.example,,,
S1,,true,S,student,s1,Jo,Lopez,,s1@students.school.example,406-555-0142,,G1
S2,,true,S,student,s2,Sam,Wu,,s2@students.school.example,,,
S3,,true,S,student,s3,Kai,Reed,,s3@students.school.example,,,
S9,,true,S,student,s9,Noa,Oak,,s9@students.school.example,,,
G1,,true,S,guardian,g1,Ana,Lopez,,ana.lopez@example.com,,406-555-0143,
""",
    "roster/orgs.csv": "sourcedId,status,name,type\nS,,North High,school\n",
    "roster/classes.csv": "sourcedId,status,title,courseSourcedId,classType,schoolSourcedId,"
    "termSourcedIds\nC1,,Algebra I,,scheduled,S,\n",
    "roster/enrollments.csv": "sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role\n"
    "N1,,C1,S,T1,teacher\nN2,,C1,S,S1,student\nN3,,C1,S,S2,student\nN4,,C1,S,S3,student\n",
    "roster/courses.csv": "sourcedId,status,title,courseCode,orgSourcedId\n",
    "roster/academicSessions.csv": "sourcedId,status,title,type,startDate,endDate\n",
    "handles.csv": """person_id,kind,value,valid_from,valid_to
T1,email,mara.river@example.com,,
S1,email,jo.lopez@example.org,,
S1,email,lopez.family@example.org,,
G1,email,lopez.family@example.org,,
T1,phone,406-555-0101,,
S1,phone,406-555-0144,,
G1,phone,406-555-0144,,
S2,phone,406-555-0150,,2025-10-14
T3,phone,406-555-0150,2025-10-15,
T1,gateway,406-555-0131,2025-09-01,2025-10-14
T3,gateway,406-555-0131,2025-10-15,
T1,lms,c1,,
S1,lms,c2,,
S2,lms,c3,,
S3,lms,c4,,
""",
    "relationships.csv": "staff_id,student_id,kind,approved_by,valid_from,valid_to\n"
    "T2,S9,familial,B,,\n",
    "district_numbers.csv": "number,label\n406-555-0110,Office\n",
    "approved_sites.csv": "domain_or_url\npartner.example\n",
}
GATEWAY = "phone:+14065550131"  # T1's until the 14th of October 2025, T3's from the 15th
RECYCLED = "phone:+14065550150"  # S2's until that day, T3's after it

HANDLES = {
    Channel.EMAIL: [
        "email:t1@school.example",
        "email:mara.river@example.com",
        "email:s1@students.school.example",
        "email:s2@students.school.example",
        "email:s9@students.school.example",
        "email:t2@school.example",
        "email:jo.lopez@example.org",
        "email:lopez.family@example.org",  # shared by student and guardian
        "email:ana.lopez@example.com",
        "email:jolopez08@example.net",  # only a name
        "email:mara_river7@example.net",  # only a name
        "email:new@students.school.example",  # only a domain
        "email:new@school.example",
        "email:office@lab.school.example",
        "email:someone@partner.example",
        "email:stranger@example.net",
        "email:no-reply@school.example",
        "email:notice@facebookmail.com",
        "email:team.blog@post.wordpress.com",
    ],
    Channel.SMS: [
        "phone:+14065550101",
        GATEWAY,
        RECYCLED,
        "phone:+14065550142",
        "phone:+14065550143",
        "phone:+14065550144",  # shared by student and guardian
        "phone:+14065550110",
        "phone:+14065550199",
    ],
    Channel.LMS: ["lms:c1", "lms:c2", "lms:c3", "lms:c4", "lms:nobody", "sis:T2", "sis:S9"],
    Channel.WEB: ["user:t1", "user:t2", "email:t3@school.example", "user:s1", "user:nobody"],
}
SCHOOL_DAY = parse_hours({"weekdays": "08:00-15:30"}, HOURS.days_off)
EXTENTS = [
    *("until 12:41:07, 37 requests", "until 23:59:59, 5000 requests", "until 09:10:00, 1 request"),
    *("until 2025-10-16 07:00:00, 12 requests", "until now, 3 requests", ""),
]
NAMES = [None, None, "Jo Lopez", "River, Mara", "Somebody Else", ""]
TEXTS = [
    None,
    "",
    "ok",
    "text me, 406-555-0101",
    "call me: four oh six, five five five, zero one seven seven",
    "call me at 555-0178",
    "our house line is (406) 555 0178",
    "my cell is 4 0 6 . 5 5 5 . 0 1 7 8 jo",
    "mi celular: cuatro cero seis 555 0178",
    "Hi Jo, my number is ４０６-555-0178",
    "+1 (406) 555\u20110178 is mine",
    "the office is 406-555-0110, crisis line 988 or 1-800-555-0199",
    "is 406-555-0142 still right?",
    "> my number is 406-555-0178\nsee above",
    "We won 21-14 on 10/14/2025 in room 406",
    "Hi Jo, please write me from your school account.",
    "not on here, text me instead",
    "dont tell your mom, and delete these",
    "Dear Mrs. Lopez, your son forgot his trumpet.",
    "add me on snap, im mara.r",
    "whats ur insta? ill follow you",
    "I accepted your friend request on Facebook",
    "Tom Oak wants to be friends on Facebook",
    "Tom Oak accepted your friend request",
    "I made a group chat on snap, get in there: https://discord.gg/river",
    "Follow our team on insta, and subscribe to my channel youtube.com/@riverplays",
]


@cache
def directory() -> Directory:
    """The people of `rules.examples` as a real directory, with handles of every sort."""
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        (base / "roster").mkdir()
        for file, text in _FILES.items():
            (base / file).write_text(text, encoding="utf-8")
        roster = read_oneroster(base / "roster")
        paths = TablePaths(
            handles=base / "handles.csv",
            relationships=base / "relationships.csv",
            district_numbers=base / "district_numbers.csv",
            approved_sites=base / "approved_sites.csv",
        )
        tables = read_tables(paths, roster, DOMAINS, "US")
        built = build_directory(roster, tables, DOMAINS, "US")
        return replace(built, school_time=SchoolTime(SCHOOL_DAY))


def local(text: str) -> datetime:
    """The UTC instant of a wall-clock time in Denver such as `2025-10-14T21:30`."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


Party = str | tuple[str, str | None] | tuple[str, str | None, str]


def row(
    sender: Party = "email:t1@school.example",
    to: Iterable[Party] = ("email:s1@students.school.example",),
    **changes: Any,
) -> dict[str, Any]:
    """A row of a `MESSAGE` batch; a party is a handle, or handle, name and field."""

    def spelled(party: Party) -> dict[str, str | None]:
        handle, name, field = (*((party,) if isinstance(party, str) else party), None, None)[:3]
        return {"handle": handle, "name": name, "field": field or "to"}

    start = spelled(sender)
    fields = {
        "source": "mail",
        "source_file": "mail.csv",
        "record": 1,
        "native_id": "m1",
        "channel": str(start["handle"]).partition(":")[0].replace("phone", "sms"),
        "platform": "gmail",
        "thread": None,
        "sent_at": NOON,
        "sent_at_text": "",
        "zone_basis": "explicit",
        "sender": start["handle"],
        "sender_name": start["name"],
        "recipients": [spelled(one) for one in to],
        "subject": None,
        "body": "hello",
        "automatic": False,
        "delivered": True,
    }
    return fields | changes


def batch(*rows: dict[str, Any]) -> pa.RecordBatch:
    """A `MESSAGE` batch of rows."""
    return pa.RecordBatch.from_pylist(list(rows), schema=MESSAGE)


def resolved(*rows: dict[str, Any]) -> pa.RecordBatch:
    """The `RESOLVED` batch of rows, by a fresh resolver."""
    return Resolver(directory(), HOURS, ZONE).resolve(batch(*rows))


def as_message(values: dict[str, Any], people: Directory | None = None) -> Message:
    """A row as a `Message`, party by party and without columns: the slow, plain reference."""
    people = people or directory()
    at = values["sent_at"].astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)

    def party(handle: str, name: str | None, field: str) -> Participant:
        found = people.resolve(handle, name, at.date())
        return Participant(
            handle,
            Field(field),
            found.account,
            found.basis,
            found.people,
            name or "",
            found.role_hint,
        )

    recipients = tuple(
        party(one["handle"], one["name"], one["field"]) for one in values["recipients"]
    )
    robots = ("email:no-reply@", "email:noreply@", "email:notifications@")
    return Message(
        key=values["native_id"] or "",
        native_id=values["native_id"] or "",
        source=values["source"],
        source_file=values["source_file"],
        record=values["record"],
        channel=Channel(values["channel"]),
        platform=values["platform"],
        thread_key=0,
        sent_at=values["sent_at"],
        sent_at_local=at,
        zone_basis=ZoneBasis(values["zone_basis"]),
        off_hours=HOURS.is_off_hours(at),
        sender=party(values["sender"], values["sender_name"], "from"),
        recipients=recipients,
        audience=sum(one.may_be(Role.STUDENT) for one in recipients),
        subject=values["subject"] or "",
        body=values["body"],
        automatic=values["automatic"] or values["sender"].startswith(robots),
        delivered=values["delivered"],
    )


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    """Any row between people of the directory and strangers, around the change of hands."""
    channel = draw(st.sampled_from(list(HANDLES)))
    parties = st.tuples(
        st.sampled_from(HANDLES[channel]),
        st.sampled_from(NAMES),
        st.sampled_from(["to", "to", "cc", "bcc", "member"]),
    )
    sender, name, _ = draw(parties)
    minutes = draw(st.integers(-3 * 1440, 3 * 1440))
    seconds = draw(st.sampled_from([0, 0, 0, 59, 60, 61]))
    visit = channel is Channel.WEB
    subjects = ["facebook.com", "x.com"] if visit else [None, "", "Quiz", "Re: Quiz"]
    return row(
        (sender, name),
        () if visit else draw(st.lists(parties, max_size=5)),
        native_id=draw(st.sampled_from([None, "", "a", "b", "c", "d", "e"])),
        channel=channel.value,
        platform=draw(st.sampled_from(["one", "two"])),
        thread=draw(st.sampled_from([None, None, "t1", "t2"])),
        sent_at=NOON + timedelta(minutes=minutes, seconds=seconds),
        zone_basis=draw(st.sampled_from(["explicit", "declared", "assumed"])),
        subject=draw(st.sampled_from([*subjects, "call me 406-555-0178", "not on here, text me"])),
        body=draw(st.sampled_from(EXTENTS if visit else TEXTS)),
        automatic=draw(st.sampled_from([False, False, False, True])),
        delivered=draw(st.booleans()),
    )


def purpose(label: Label) -> Purpose:
    """A purpose of a label."""
    p = {Label.SCHOOL_BUSINESS: 0.95, Label.PERSONAL: 0.05, Label.UNCLEAR: 0.5}[label]
    return Purpose(label, p, ("stated by the test",))


def rule(
    check: Callable[[Message, Conversation], Iterable[Match]] | None = None, **changes: Any
) -> Rule:
    """A valid rule that matches every message, by default for Jo."""

    def always(_: Message, __: Conversation) -> list[Match]:
        return [match()]

    fields: dict[str, Any] = {
        "id": "personal_number",
        "title": "A planted rule",
        "clause": "personal-number",
        "severity": Severity.MEDIUM,
        "rationale": "A rule that is planted so that a test may see what becomes of it.",
        "review_steps": ("Read the thread.", "Ask the staff member."),
        "false_positives": ("A message that is not what it seems.",),
        "screen": pc.scalar(True),
        "check": check or always,
        "examples": (
            Example("matches", message("2025-10-14T15:00"), Status.FLAGGED),
            Example("does not", message("2025-10-14T15:00"), None),
        ),
        "lifted_by_school_business": True,
    }
    return Rule(**fields | changes)


def match(*students: Person, **changes: Any) -> Match:
    """A match that concerns Jo or the students given."""
    fields: dict[str, Any] = {
        "evidence": (Evidence("because", "body", 0, 2),),
        "students": students or (JO,),
        "confidence": 0.9,
        "undone_if": ("it had not been sent",),
    }
    return Match(**fields | changes)


def finding(
    key: str = "m1",
    at: str = "2025-10-14T15:00",
    *,
    rule: str = "personal_number",
    label: Label = Label.PERSONAL,
    status: Status = Status.FLAGGED,
    severity: Severity = Severity.MEDIUM,
    channel: Channel = Channel.LMS,
    students: Sequence[Person] = (JO,),
    source_file: str = "example",
    record: int = 1,
) -> Finding:
    """A finding as examination hands it on."""
    said = message(at, "hello", to=students, channel=channel, key=key)
    said = Message(**{**vars(said), "source_file": source_file, "record": record})
    return Finding(
        finding_id=derived_id("f", rule, key),
        rule=rule,
        rule_title=rule,
        clause=rule.replace("_", "-"),
        policy="stevensville-5460",
        policy_version="2019-05-09",
        severity=severity,
        confidence=0.9,
        status=status,
        lifted_by="" if status is Status.FLAGGED else "school business",
        purpose=purpose(label),
        message=said,
        staff=(RIVER,),
        students=tuple(students),
        others=(),
        evidence=(Evidence("because"),),
        reason="because",
        facts_for=(),
        facts_against=(),
        undone_if=(),
        direction="internal",
    )
