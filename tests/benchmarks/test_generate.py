"""The benchmark districts: repeatable, of the stated counts, readable, of people in the roster."""

from __future__ import annotations

import csv
import gzip
import json
import mailbox
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from email.utils import getaddresses
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from benchmarks import district as shared
from benchmarks.generate import generate, main
from benchmarks.people import GROUPS, OUTSIDE, phone_numbers
from benchmarks.tables import ROSTER_HEADERS
from benchmarks.traffic import MIX, UNLISTED

MESSAGES, MAIL, PEOPLE = 2_000, 300, 600


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One district of 2,000 messages and 300 mails."""
    out = tmp_path_factory.mktemp("bench") / "district"
    generate(out, MESSAGES, MAIL, PEOPLE)
    return out


@pytest.fixture(scope="module")
def stated(district: Path) -> dict[str, dict[str, int]]:
    """RATES.json of that district."""
    read: dict[str, dict[str, int]] = json.loads((district / "RATES.json").read_text("utf-8"))
    return read


def _files(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, strict=True))
    assert all(None not in row and None not in row.values() for row in rows), path
    return rows


def _sms(district: Path) -> list[dict[str, str]]:
    return [row for path in sorted((district / "exports/sms").iterdir()) for row in _csv(path)]


def _canvas(district: Path, table: str) -> Iterator[dict[str, Any]]:
    for path in shared.parts(district / "exports/canvas", table):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                yield {"id": row["key"]["id"], **row["value"]}


def _metadata(district: Path) -> list[dict[str, str]]:
    files = sorted((district / "exports/vault").glob("*-metadata.csv"))
    return [row for path in files for row in _csv(path)]


def _people(district: Path, kinds: Iterable[str]) -> dict[str, str]:
    """Value -> role of its only or last owner, of users.csv and the kinds of handles.csv."""
    found, roles = {}, {}
    for row in _csv(district / "roster/users.csv"):
        role = row["role"] if row["role"] in ("student", "guardian") else "staff"
        roles[row["sourcedId"]] = role
        found.update({value: role for value in (row["email"], row["sms"]) if value})
    for row in _csv(district / "handles.csv"):
        if row["kind"] in kinds:
            found[row["value"]] = roles[row["person_id"]]
    return found


def _lms_people(district: Path) -> dict[int, str]:
    roles = {
        row["sourcedId"]: row["role"] if row["role"] in ("student", "guardian") else "staff"
        for row in _csv(district / "roster/users.csv")
    }
    known = {
        int(value): role for value, role in _people(district, ["lms"]).items() if value.isdigit()
    }
    for row in _canvas(district, "pseudonyms"):
        if "sis_user_id" in row:
            known[row["user_id"]] = roles[row["sis_user_id"]]
    return known


def test_same_seed_same_bytes_and_another_seed_differs(tmp_path: Path) -> None:
    """The seed alone decides, not the folder or the moment."""
    for name, seed in (("one", 7), ("two", 7), ("other", 8)):
        generate(tmp_path / name, 400, 60, 200, seed)
    one, two, other = (_files(tmp_path / name) for name in ("one", "two", "other"))
    assert one == two
    for part in ("roster/users.csv", "exports/sms/sms-log-0000.csv", "handles.csv"):
        assert one[part] != other[part]


def test_counts_are_those_asked_for(district: Path, stated: dict[str, dict[str, int]]) -> None:
    """Messages, candidates and copies in the files are the ones RATES.json states."""
    counts = stated["counts"]
    assert len(_sms(district)) == counts["sms messages"] == MESSAGES // 2
    assert sum(1 for _ in _canvas(district, "conversation_messages")) == MESSAGES // 2
    copies = _metadata(district)
    assert len(copies) == counts["mail copies"]
    assert len({row["Rfc822MessageId"] for row in copies}) == counts["mail messages"] == MAIL
    assert counts["sms candidates"] + counts["lms candidates"] == MESSAGES // 100
    assert counts["mail candidates"] == MAIL // 100
    for channel, kinds in MIX.items():
        plain = counts[f"{channel} messages"] - counts[f"{channel} candidates"]
        total = sum(kind.share for kind in kinds)
        for kind in kinds:
            assert abs(counts[f"{channel} {kind.name}"] - plain * kind.share / total) <= 1


def test_only_candidates_go_from_staff_to_one_student(
    district: Path, stated: dict[str, dict[str, int]]
) -> None:
    """Every staff-to-student SMS is a candidate, and so is every private LMS message."""
    people = _people(district, ["phone", "gateway"])
    sides = Counter((people.get(row["From"]), people.get(row["To"])) for row in _sms(district))
    assert sides["staff", "student"] == stated["counts"]["sms candidates"]
    lms, to = _lms_people(district), _lms_recipients(district)
    private = [
        row
        for row in _canvas(district, "conversation_messages")
        if lms.get(row["author_id"]) == "staff"
        and [lms.get(user) for user in to[row["id"]]] == ["student"]
    ]
    assert len(private) == stated["counts"]["lms candidates"]
    late = sum(_local(row["created_at"]).hour >= 18 for row in private)
    assert late == stated["counts"]["lms candidates: off-hours"]


def _local(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(ZoneInfo("America/Denver"))


def _lms_recipients(district: Path) -> dict[int, list[int]]:
    author = {row["id"]: row["author_id"] for row in _canvas(district, "conversation_messages")}
    found: dict[int, list[int]] = {message: [] for message in author}
    for row in _canvas(district, "conversation_message_participants"):
        message = row["conversation_message_id"]
        if row["user_id"] != author[message]:
            found[message].append(row["user_id"])
    assert all(found.values())
    return found


def test_class_messages_are_in_contact_hours(district: Path) -> None:
    """Staff write to whole classes on school days between 7:30 and 16:30 local time."""
    days_off = {row["date"] for row in _csv(district / "days_off.csv")}
    to = _lms_recipients(district)
    rows = [row for row in _canvas(district, "conversation_messages") if len(to[row["id"]]) > 3]
    assert rows
    for row in rows:
        sent = _local(row["created_at"])
        assert sent.weekday() < 5 and sent.date().isoformat() not in days_off
        assert 7 <= sent.hour < 17


def test_senders_and_recipients_are_in_the_tables(district: Path) -> None:
    """All of them, but for the stated share of unlisted numbers, accounts and suppliers."""
    numbers = set(_people(district, ["phone", "gateway"]))
    numbers |= {row["number"] for row in _csv(district / "district_numbers.csv")}
    unknown = [row for row in _sms(district) if not {row["From"], row["To"]} <= numbers]
    assert 0 < len(unknown) <= 2.5 * UNLISTED * MESSAGES / 2
    lms, to = _lms_people(district), _lms_recipients(district)
    ends = {user for users in to.values() for user in users}
    ends |= {row["author_id"] for row in _canvas(district, "conversation_messages")}
    assert len(ends - set(lms)) <= 0.03 * len(ends)
    accounts = {row["user_id"] for row in _canvas(district, "pseudonyms")}
    guardians = sum(role == "guardian" for role in lms.values())
    assert len(accounts - set(lms)) == pytest.approx(0.02 * guardians, abs=1.5)
    assert accounts - set(lms) and ends <= accounts
    addresses = set(_people(district, ["email"])) | set(OUTSIDE)
    for row in _metadata(district):
        for _, address in getaddresses([row["From"], row["To"], row["CC"], row["Account"]]):
            assert address in addresses or address.endswith(f"@{GROUPS}") or address == ""


def test_mboxes_hold_the_mails_of_the_metadata(district: Path, tmp_path: Path) -> None:
    """Every row of the CSV is a mail in the mbox it names, and the other way round."""
    held = Counter[tuple[str, str]]()
    for path in (district / "exports/vault").glob("*.zip"):
        with zipfile.ZipFile(path) as packed:
            assert packed.testzip() is None
            packed.extractall(tmp_path)
    for path in tmp_path.glob("*.mbox"):
        with closing(mailbox.mbox(path)) as box:
            held.update((path.name, str(mail["Message-ID"])) for mail in box)
    rows = _metadata(district)
    assert held == Counter((row["FileName"], row["Rfc822MessageId"]) for row in rows)
    assert len({row["GmailMessageId"] for row in rows}) == len(rows)
    assert 1.7 <= len(rows) / MAIL <= 2.8


def test_roster_is_one_roster(district: Path) -> None:
    """Headers are the format's, ids are distinct, references are to rows that exist."""
    for name, header in ROSTER_HEADERS.items():
        text = (district / f"roster/{name}.csv").read_text(encoding="utf-8")
        assert text.splitlines()[0] == header
    users = _csv(district / "roster/users.csv")
    ids = {row["sourcedId"] for row in users}
    assert len(ids) == len(users) == PEOPLE
    assert len({row["email"] for row in users}) == PEOPLE
    assert {one for row in users for one in row["agentSourcedIds"].split(",") if one} <= ids
    classes = {row["sourcedId"] for row in _csv(district / "roster/classes.csv")}
    enrolments = _csv(district / "roster/enrollments.csv")
    assert {row["userSourcedId"] for row in enrolments} <= ids
    assert {row["classSourcedId"] for row in enrolments} == classes
    places = [(row["classSourcedId"], row["userSourcedId"]) for row in enrolments]
    assert len(set(places)) == len(places)


def test_numbers_are_distinct_and_fictional() -> None:
    """Exchange 555 without the offices' block and directory assistance."""
    numbers = phone_numbers(40_000, np.random.default_rng(1))
    assert len(set(numbers.tolist())) == 40_000
    for number in numbers.tolist():
        assert number[5:8] == "555" and number[8:10] not in ("00", "01")
        assert len(number) == 12 and number[8:] != "1212"
    with pytest.raises(ValueError, match="can be made"):
        phone_numbers(10_000_000, np.random.default_rng(1))


@pytest.mark.parametrize(
    "wrong", [["--people", "5"], ["--candidates", "0.9"], ["--messages", "-1"]]
)
def test_wrong_sizes_are_one_line_and_code_2(
    wrong: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A size that cannot be met is refused in words."""
    assert main([str(tmp_path / "out"), "--messages", "200", *wrong]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    """Neither by default nor by --force is anything removed that the generator did not write."""
    kept = tmp_path / "mine.txt"
    kept.write_text("mine")
    assert main([str(tmp_path), "--messages", "200", "--force"]) == 2
    assert kept.read_text() == "mine"
