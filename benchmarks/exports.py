"""Writes SMS as Twilio console CSVs and LMS conversations as Canvas Data 2 JSON lines.

Rule of this file: whole columns at a time, one chunk in memory; what is written depends on the
plan and the seed only. Every file is closed complete before the next chunk is planned.
"""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv

from benchmarks.people import OFFICE_LINES, District, Flags, Ints, has_lms
from benchmarks.tables import office_number
from benchmarks.texts import PHRASES, TextMaker, json_text, lines_of, with_filled, written_numbers
from benchmarks.traffic import REASONS, Plan

TWILIO_HEADER = (
    "From,To,Body,Status,SentDate,ApiVersion,NumSegments,ErrorCode,AccountSid,Sid,Direction,"
    "Price,PriceUnit"
)
UNDELIVERED = 0.01
OWN_NUMBER = 0.01
"""Share of guardians' messages that give their own number."""
GZIP_LEVEL = 1
DUMPED = "2026-06-15T04:00:00Z"


def write_sms(district: District, plans: Iterable[Plan], folder: Path, seed: int) -> Counter[str]:
    """One CSV a chunk; counts of messages by kind and of candidates by reason."""
    folder.mkdir(parents=True, exist_ok=True)
    maker, counts = TextMaker(), Counter[str]()
    lines = np.array([office_number(n) for n in range(OFFICE_LINES)])
    for number, plan in enumerate(plans):
        rng = np.random.default_rng([seed, 21, plan.first])
        bodies = _texts(district, plan, maker, (1, 2), rng)
        table = _sms_table(district, plan, lines, bodies, rng)
        with (folder / f"sms-log-{number:04d}.csv").open("wb") as stream:
            stream.write(f"{TWILIO_HEADER}\n".encode())
            options = pv.WriteOptions(include_header=False, quoting_style="all_valid")
            pv.write_csv(table, stream, options)
        count_plan("sms", plan, counts)
    return counts


def _sms_table(
    district: District,
    plan: Plan,
    lines: np.ndarray[tuple[int], np.dtype[np.str_]],
    bodies: pa.Array,
    rng: np.random.Generator,
) -> pa.Table:
    office = plan.is_kind("office-guardian")
    ours = np.where(
        office,
        lines[np.where(office, plan.staff, 0)],
        district.gateway[np.where(office, 0, plan.staff)],
    )
    spare = district.unlisted[plan.thread % len(district.unlisted)]
    theirs = np.where(plan.unlisted, spare, district.phone[plan.other])
    failed = plan.from_staff & (rng.random(len(plan)) < UNDELIVERED)
    status = np.where(failed, "undelivered", np.where(plan.from_staff, "delivered", "received"))
    sids = pa.array(np.arange(plan.first, plan.first + len(plan))).cast(pa.string())
    columns = {
        "From": np.where(plan.from_staff, ours, theirs),
        "To": np.where(plan.from_staff, theirs, ours),
        "Body": bodies,
        "Status": status,
        "SentDate": _iso(plan.sent // 1000, "s"),
        "ApiVersion": _same("2010-04-01", plan),
        "NumSegments": pc.cast(pc.add(pc.divide(pc.utf8_length(bodies), 153), 1), pa.string()),
        "ErrorCode": np.where(failed, "30003", ""),
        "AccountSid": _same("AC00000000000000000000000000000001", plan),
        "Sid": pc.binary_join_element_wise("SM", pc.utf8_lpad(sids, 32, "0"), ""),
        "Direction": np.where(plan.from_staff, "outbound-api", "inbound"),
        "Price": _same("-0.00790", plan),
        "PriceUnit": _same("USD", plan),
    }
    return pa.table({name: pa.array(column) for name, column in columns.items()})


def write_lms(district: District, plans: Iterable[Plan], folder: Path, seed: int) -> Counter[str]:
    """One gzip part a chunk and table, pseudonyms last; counts as `write_sms`."""
    maker, counts, parts = TextMaker(), Counter[str](), _Parts(folder)
    bounds = district.class_bounds()
    for number, plan in enumerate(plans):
        rng = np.random.default_rng([seed, 22, plan.first])
        bodies = json_text(_texts(district, plan, maker, (1, 4), rng))
        classwide = plan.is_kind("staff-class")
        users = district.lms[np.where(classwide, 0, plan.other)]
        author = np.where(plan.from_staff, district.lms[plan.staff], users)
        ids = 10_000_000 + np.arange(plan.first, plan.first + len(plan))
        _messages(parts, number, plan, ids, author, bodies)
        owner, member = _members(district, plan, classwide, users, bounds)
        _participants(parts, number, plan, ids[owner], member)
        _conversations(parts, number, plan, district.lms[plan.staff], rng)
        counts["lms participants"] += len(owner)
        count_plan("lms", plan, counts)
    _pseudonyms(parts, district)
    return counts


class _Parts:
    """Gzip parts of tables, each in the job folder of its table."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, table: str, number: int, lines: pa.Buffer) -> None:
        folder = self._folder / table
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"part-{number:05d}.jsonl.gz"
        with path.open("wb") as raw, gzip.GzipFile("", "wb", GZIP_LEVEL, raw, mtime=0) as packed:
            packed.write(lines)


def _messages(
    parts: _Parts, number: int, plan: Plan, ids: Ints, author: Ints, bodies: pa.Array
) -> None:
    lines = lines_of(
        *('{"key":{"id":', _text(ids), '},"value":{"conversation_id":', _text(plan.thread)),
        *(',"author_id":', _text(author), ',"created_at":"', _iso(plan.sent, "ms")),
        *('","generated":false,"has_attachments":false,"has_media_objects":false,"body":"', bodies),
        f'"}},"meta":{{"ts":"{DUMPED}"}}}}',
    )
    parts.write("conversation_messages", number, lines)


def _members(
    district: District, plan: Plan, classwide: Flags, users: Ints, bounds: Ints
) -> tuple[Ints, Ints]:
    """Rows of messages and Canvas users: author and other end, or teacher and whole class."""
    classes = np.where(classwide, plan.other, 0)
    start = bounds[classes]
    sizes = np.where(classwide, bounds[classes + 1] - start, 1)
    owner = np.repeat(np.arange(len(plan)), sizes)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes) + start[owner]
    pupils = district.lms[district.enrolled_student[np.where(classwide[owner], place, 0)]]
    members = np.where(classwide[owner], pupils, users[owner])
    rows: Ints = np.concatenate([np.arange(len(plan)), owner])
    return rows, np.concatenate([district.lms[plan.staff], members])


def _participants(parts: _Parts, number: int, plan: Plan, messages: Ints, member: Ints) -> None:
    ids = 300 * plan.first + np.arange(len(messages))  # no message has 300 participants
    lines = lines_of(
        *('{"key":{"id":', _text(ids), '},"value":{"conversation_message_id":', _text(messages)),
        *(',"user_id":', _text(member), ',"workflow_state":"active"'),
        f'}},"meta":{{"ts":"{DUMPED}"}}}}',
    )
    parts.write("conversation_message_participants", number, lines)


def _conversations(
    parts: _Parts, number: int, plan: Plan, staff: Ints, rng: np.random.Generator
) -> None:
    """Conversations with a subject, and one row of `conversation_participants` for each."""
    threads, first = np.unique(plan.thread, return_index=True)
    subjects = pa.array(PHRASES["subject"]).take(
        pa.array(rng.integers(0, len(PHRASES["subject"]), len(threads)))
    )
    parts.write(
        "conversations",
        number,
        lines_of(
            *('{"key":{"id":', _text(threads), '},"value":{"subject":"', json_text(subjects)),
            *('","has_attachments":false,"has_media_objects":false,"updated_at":"',),
            *(_iso(plan.sent[first], "ms"), f'"}},"meta":{{"ts":"{DUMPED}"}}}}'),
        ),
    )
    parts.write(
        "conversation_participants",
        number,
        lines_of(
            *('{"key":{"id":', _text(threads), '},"value":{"user_id":', _text(staff[first])),
            *(',"workflow_state":"read","subscribed":true,"message_count":1,"last_message_at":"',),
            *(_iso(plan.sent[first], "ms"), f'"}},"meta":{{"ts":"{DUMPED}"}}}}'),
        ),
    )


def _pseudonyms(parts: _Parts, district: District) -> None:
    """Logins; guardians made theirs themselves, so the SIS id is missing from those."""
    who = np.flatnonzero(has_lms(district))
    guardian = (who >= district.first_guardian) & (who < district.first_staff)
    hidden = np.char.add(np.char.add("login", district.lms[who].astype(str)), "@webmail.example")
    login = np.where(district.lms_known[who], district.email[who], hidden)
    sis = np.where(guardian, "", district.source_id[who])
    known = np.where(guardian, "", ',"sis_user_id":"')
    closed = np.where(guardian, "", '"')
    lines = lines_of(
        *('{"key":{"id":', _text(who + 1), '},"value":{"user_id":', _text(district.lms[who])),
        *(',"unique_id":"', pa.array(login), '"'),
        *(pa.array(known), pa.array(sis), pa.array(closed)),
        f'}},"meta":{{"ts":"{DUMPED}"}}}}',
    )
    parts.write("pseudonyms", 0, lines)


def _texts(
    district: District,
    plan: Plan,
    maker: TextMaker,
    middle: tuple[int, int],
    rng: np.random.Generator,
) -> pa.Array:
    """Bodies of a plan, with the numbers and names that some of them give."""
    bodies = maker.bodies(plan.voice, middle, rng)
    staff = np.where(plan.because("number"), plan.staff, district.first_staff)
    giving = plan.because("number")
    bodies = with_filled(
        bodies, giving, "number", written_numbers(own_numbers(district, staff[giving]), rng), rng
    )
    named = plan.because("pointer")
    names = [district.email[one].partition("@")[0] for one in plan.staff[named]]
    bodies = with_filled(bodies, named, "pointer", names, rng)
    guardian = plan.is_kind("guardian-staff") & ~plan.from_staff
    guardian &= rng.random(len(plan)) < OWN_NUMBER
    numbers = written_numbers(own_numbers(district, plan.other[guardian]), rng)
    return with_filled(bodies, guardian, "number", numbers, rng)


def own_numbers(district: District, people: Ints) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    """The people's phones; for those without one in the tables a number no table lists."""
    own = district.phone[people]
    return np.where(own == "", district.unlisted[people % len(district.unlisted)], own)


def count_plan(channel: str, plan: Plan, counts: Counter[str]) -> None:
    """Add a plan to the counts of messages, kinds and candidate reasons."""
    counts[f"{channel} messages"] += len(plan)
    plain = plan.reason == 0
    for kind in plan.kinds:
        counts[f"{channel} {kind.name}"] += int((plan.is_kind(kind.name) & plain).sum())
    for reason in np.unique(plan.reason[~plain]):
        named = (plan.reason == reason).sum()
        counts[f"{channel} candidates"] += int(named)
        counts[f"{channel} candidates: {REASONS[reason]}"] += int(named)
    counts[f"{channel} with an unlisted number"] += int(plan.unlisted.sum())


def _iso(instants: Ints, unit: str) -> pa.Array:
    text = pa.array(instants, pa.timestamp(unit)).cast(pa.string())
    return pc.binary_join_element_wise(pc.replace_substring(text, " ", "T"), "Z", "")


def _same(text: str, plan: Plan) -> pa.Array:
    return pa.repeat(pa.scalar(text), len(plan))


def _text(numbers: Ints) -> pa.Array:
    return pa.array(numbers).cast(pa.string())
