"""The run folder's files: tables, manifest, quarantine, and that the folder is whole or absent."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import stat
import zipfile
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.config import Config, load_config
from pipelines.counters import Ledger, QuarantinedRecord, merge
from pipelines.duplicates import Tally
from pipelines.errors import NotReconciled
from pipelines.output.flags import CASES, CONTEXT, FINDINGS, FLAG_COLUMNS, csv_line, utc
from pipelines.output.folder import IT, OFFICERS, owner_only, whole_folder, work_folder
from pipelines.output.manifest import file_hashes, needs_a_person, reconcile, source_entry
from pipelines.output.quarantine import REASONS, explain, write_quarantine
from pipelines.sources import formats
from rules.registry import fingerprint
from tests.conftest import DISTRICT, Command, Result
from tests.expected import Row, flags_of, manifest_of, read_csv

Table = list[dict[str, Any]]


def table_of(audited: Result, name: str) -> Table:
    """Rows of a parquet table for the officers."""
    rows: Table = pq.read_table(audited.run / OFFICERS / f"{name}.parquet").to_pylist()
    return rows


# flags.csv ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        (datetime(2025, 11, 2, 8, 30, tzinfo=UTC), "2025-11-02T08:30:00Z"),
        (
            datetime(2025, 11, 2, 1, 30, tzinfo=timezone(timedelta(hours=-7))),
            "2025-11-02T08:30:00Z",
        ),
        (datetime(2025, 11, 2, 8, 30, 0, 250_000, UTC), "2025-11-02T08:30:00.250000Z"),
    ],
)
def test_instants_are_shown_in_utc(when: datetime, shown: str) -> None:
    assert utc(when) == shown


def test_every_cell_of_flags_csv_is_of_its_kind(audited: Result) -> None:
    kinds = {
        "case_id": r"(case-[0-9a-f]{16})?",
        "finding_id": r"f-[0-9a-f]{16}",
        "policy": "stevensville-5460",
        "severity": "low|medium|high",
        "confidence": r"[01]\.\d\d",
        "purpose": "school_business|personal|unclear",
        "purpose_probability": r"[01]\.\d{4}",
        "status": "flagged|lifted|exempt",
        "sent_at": r"2025-1[012]-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z",
        "sent_at_local": r"2025-1[012]-\d\dT\d\d:\d\d:\d\d(\.\d+)?",
        "channel": "email|sms|lms|web",
        "platform": "gmail|twilio|canvas|squid",
        "direction": "internal|inbound|outbound|external",
        "staff_id": r"E\d{4}(;E\d{4})*",
        "student_ids": r"\d{7}(;\d{7})*|",
        "other_ids": r"([\w-]+(;[\w-]+)*)?",
        "record": r"[1-9]\d*",
        "reason": r".+: .+; .+",
        "evidence": ".+",
    }
    for row in flags_of(audited.run):
        wrong = {n: row[n] for n, kind in kinds.items() if not re.fullmatch(kind, row[n], re.S)}
        assert not wrong


def test_native_ids_are_the_exports_own(audited: Result) -> None:
    """Leading zeros, brackets and prefixes as the contract says; each leads to its record."""
    vault = read_csv(next((DISTRICT / "exports/vault").glob("*-metadata.csv")))
    rows = {kind: [r for r in flags_of(audited.run) if r["source"] == kind] for kind in formats()}
    for row in rows["vault"]:
        record = vault[int(row["record"]) - 1]
        assert record["Rfc822MessageId"] == f"<{row['native_id']}>"
    for row in rows["twilio"]:
        record = read_csv(DISTRICT / row["source_file"])[int(row["record"]) - 1]
        assert record["Sid"] == row["native_id"]
    assert all(row["native_id"].isdecimal() for row in rows["canvas"])
    assert all(row["native_id"].endswith(row["sent_at"]) for row in rows["squid"])
    assert {kind for kind, found in rows.items() if found} == {"vault", "twilio", "canvas", "squid"}


def test_ids_are_those_of_the_roster_with_their_zeros(audited: Result) -> None:
    known = {user["sourcedId"]: user["role"] for user in read_csv(DISTRICT / "roster/users.csv")}
    for row in flags_of(audited.run):
        students = {known[one] for one in row["student_ids"].split(";") if one}
        nobody = row["channel"] == "web" or row["rule"] == "public_posting"
        assert students == (set() if nobody else {"student"})
        assert not {known[one] for one in row["staff_id"].split(";")} & {"student", "guardian"}


def cells_of(line: str) -> list[str]:
    """The cells of one CSV record as a reader sees them."""
    (record,) = csv.reader(io.StringIO(line, newline=""))
    return record


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=2))
def test_any_text_survives_a_csv_line(cells: list[str]) -> None:
    for cell, read in zip(cells, cells_of(csv_line(cells)), strict=True):
        assert read in (cell, f"'{cell}")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_plain(sign: str) -> None:
    first, second = cells_of(csv_line([f"{sign}1+1", f"1{sign}1"]))
    assert first == f"'{sign}1+1"
    assert second == f"1{sign}1"


# The parquet tables -------------------------------------------------------------------------------


def test_the_tables_have_the_columns_of_their_schemas(audited: Result) -> None:
    for name, schema in (("findings", FINDINGS), ("cases", CASES), ("context", CONTEXT)):
        assert pq.read_schema(audited.run / OFFICERS / f"{name}.parquet").equals(schema), name


def test_findings_say_what_flags_csv_says(audited: Result) -> None:
    flags = {row["finding_id"]: row for row in flags_of(audited.run)}
    findings = {row["finding_id"]: row for row in table_of(audited, "findings")}
    assert findings.keys() == flags.keys()
    for key, row in findings.items():
        assert {name: row[name] for name in FLAG_COLUMNS} == flags[key]


def test_evidence_points_at_the_words_it_stands_on(audited: Result) -> None:
    pointed = 0
    for row in table_of(audited, "findings"):
        for span in row["spans"]:
            assert span["sentence"]
            if span["part"]:
                text = row[span["part"]]
                assert 0 <= span["start"] < span["end"] <= len(text)
                words = text[span["start"] : span["end"]]
                place = f"({span['part']} {span['start']}-{span['end']})"
                assert f'{span["sentence"]}: "{words[:200]}" {place}' in row["evidence"]
                pointed += 1
    assert pointed


def test_cases_hold_the_flagged_findings_each_once(audited: Result) -> None:
    flagged: dict[str, list[Row]] = defaultdict(list)
    for row in flags_of(audited.run):
        if row["case_id"]:
            flagged[row["case_id"]].append(row)
    cases = {row["case_id"]: row for row in table_of(audited, "cases")}
    assert cases.keys() == flagged.keys()
    for key, case in cases.items():
        rows = flagged[key]
        assert case["findings"] == [row["finding_id"] for row in rows]
        assert case["clauses"] == sorted({row["clause"] for row in rows})
        assert {row["staff_id"] for row in rows} == {";".join(case["staff_ids"])}
        assert {case["policy"]} == {row["policy"] for row in rows}
        assert utc(case["first_sent_at"]) == rows[0]["sent_at"]
        assert utc(case["last_sent_at"]) == rows[-1]["sent_at"]
        assert case["summary"] and case["why"]


def test_a_case_without_a_student_is_published_whole(audited: Result) -> None:
    """Mail to a website concerns the staff member alone: in the row, the case and on the page."""
    (row,) = (one for one in flags_of(audited.run) if one["rule"] == "public_posting")
    assert row["status"] == "flagged" and row["student_ids"] == ""
    (case,) = (one for one in table_of(audited, "cases") if one["case_id"] == row["case_id"])
    assert case["student_ids"] == [] and case["staff_ids"] == [row["staff_id"]]
    page = (audited.run / "for_officers" / "report.html").read_text(encoding="utf-8")
    assert f'<a href="#{row["case_id"]}">' in page
    assert "Cody Harker" in page
    assert "nobody named" not in page


def test_one_staff_member_and_student_are_one_case(audited: Result) -> None:
    cases = defaultdict(set)
    for row in flags_of(audited.run):
        if row["case_id"] and ";" not in row["student_ids"]:
            cases[row["staff_id"], row["student_ids"], row["policy"]].add(row["case_id"])
    assert len(cases) > 10
    assert {len(found) for found in cases.values()} == {1}
    assert len({one for found in cases.values() for one in found}) == len(cases)


def test_the_context_of_every_flagged_finding_is_kept_around_it(audited: Result) -> None:
    lines: dict[str, Table] = defaultdict(list)
    for line in table_of(audited, "context"):
        lines[line["finding_id"]].append(line)
    findings = {row["finding_id"]: row for row in table_of(audited, "findings")}
    assert lines.keys() == {key for key, row in findings.items() if row["status"] == "flagged"}
    for key, around in lines.items():
        offsets = [line["offset"] for line in around]
        assert offsets == list(range(offsets[0], offsets[-1] + 1))
        assert -5 <= offsets[0] <= 0 <= offsets[-1] <= 5
        times = [line["sent_at"] for line in around]
        assert times == sorted(times)
        (own,) = (line for line in around if line["offset"] == 0)
        assert own["body"] == findings[key]["body"]
        assert utc(own["sent_at"]) == findings[key]["sent_at"]
        assert {line["case_id"] for line in around} == {findings[key]["case_id"]}


# manifest.json ------------------------------------------------------------------------------------


def test_the_manifest_says_what_was_run(audited: Result) -> None:
    manifest = manifest_of(audited.run)
    assert manifest.keys() >= {
        *("run_id", "started_at", "district", "complete", "reasons", "versions", "hashes"),
        *("sources", "totals", "clauses_not_checked", "undetermined", "timings_seconds"),
    }
    assert manifest["run_id"] == audited.run.name
    assert re.fullmatch(r"\d{8}T\d{9}Z-[0-9a-f]{8}", manifest["run_id"])
    assert (manifest["complete"], manifest["reasons"]) == (True, [])
    assert manifest["versions"].keys() >= {"brightline", "apache-beam", "pyarrow", "spacy"}
    assert manifest["hashes"]["rules"] == fingerprint()
    assert manifest["hashes"]["policy"]["id"] == "stevensville-5460"
    steps = ["roster", "screening", "counting", "examining", "publishing"]
    assert list(manifest["timings_seconds"]) == steps


def test_every_input_is_hashed(audited: Result) -> None:
    hashes = manifest_of(audited.run)["hashes"]["inputs"]
    inputs = [path for path in DISTRICT.rglob("*") if path.is_file()]
    unread = {"README.md", "truth.csv"}
    wanted = {
        path.relative_to(DISTRICT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in inputs
        if "story" not in path.parts and path.name not in unread
    }
    assert hashes == wanted


def test_the_clauses_that_no_rule_looks_for_are_listed(audited: Result) -> None:
    manifest = manifest_of(audited.run)
    unchecked = set(manifest["clauses_not_checked"])
    assert "school-hours" not in unchecked
    assert not unchecked & {row["clause"] for row in flags_of(audited.run)}


def test_the_resolution_of_every_source_is_told(audited: Result) -> None:
    for name, entry in manifest_of(audited.run)["sources"].items():
        told = entry["resolution"]
        missed = told["unknown_school_account"] + told["unknown_outside_account"]
        assert told["resolved"] == told["participants"] - missed > 0, name
        assert told["rate"] == round(told["resolved"] / told["participants"], 4)


def test_files_are_hashed_whole_and_named_relative(tmp_path: Path) -> None:
    inside, outside = tmp_path / "base" / "a.csv", tmp_path / "b.csv"
    inside.parent.mkdir()
    content = b"x" * ((1 << 20) + 1)
    inside.write_bytes(content)
    outside.write_bytes(b"")
    assert file_hashes({inside, outside}, inside.parent) == {
        "a.csv": hashlib.sha256(content).hexdigest(),
        outside.as_posix(): hashlib.sha256(b"").hexdigest(),
    }


def ledger(source: str = "sms", **counts: int) -> Ledger:
    """A ledger of ten messages that adds up, with changes."""
    return Ledger(source, **({"records_read": 10, "messages": 10} | counts))


def test_copies_between_sources_are_moved_to_duplicates() -> None:
    ledgers = {"a": ledger("a"), "b": ledger("b")}
    reconcile(ledgers, Tally({1: 4}, 16, 3), ["a", "b"])
    assert (ledgers["a"].messages, ledgers["a"].duplicates) == (10, 0)
    assert (ledgers["b"].messages, ledgers["b"].duplicates) == (6, 4)


@pytest.mark.parametrize(
    ("counts", "screened", "told"),
    [
        ({"records_read": 11}, 10, "source sms: 11 records read but 10 accounted for"),
        ({"duplicates": 1}, 10, "source sms: 10 records read but 11 accounted for"),
        ({"messages": 9}, 9, "source sms: 10 records read but 9 accounted for"),
        ({}, 9, "10 messages read but 9 screened"),
        ({}, 11, "10 messages read but 11 screened"),
    ],
)
def test_counts_that_do_not_add_up_are_refused(
    counts: dict[str, int], screened: int, told: str
) -> None:
    with pytest.raises(NotReconciled, match=told):
        reconcile({"sms": ledger(**counts)}, Tally({}, screened, 0), ["sms"])


def test_excluded_records_are_accounted_for_by_reason() -> None:
    one = ledger(records_read=13)
    one.excluded.update({"draft": 2, "generated": 1, "deleted": 0})
    reconcile({"sms": one}, Tally({}, 10, 0), ["sms"])
    assert source_entry(one)["excluded"] == {"draft": 2, "generated": 1}


def test_ledgers_of_one_source_are_added_up() -> None:
    first, second, other = ledger(), ledger(quarantined=1, records_read=11), ledger("lms")
    first.seen_first, first.seen_last = "2025-11-02", "2025-11-09"
    second.seen_first, second.seen_last = "2025-11-01", "2025-11-03"
    second.quarantine.append(QuarantinedRecord("sms", "a.csv", 3, "not-json"))
    second.excluded["draft"] = 2
    total = merge([first, second, other])
    assert (total["sms"].records_read, total["sms"].messages) == (21, 20)
    assert (total["sms"].quarantined, len(total["sms"].quarantine)) == (1, 1)
    assert (total["sms"].seen_first, total["sms"].seen_last) == ("2025-11-01", "2025-11-09")
    assert total["sms"].excluded == Counter(draft=2)
    assert total["lms"].messages == 10


@pytest.fixture(scope="module")
def config() -> Config:
    """The fixture's configuration, with the limit of 0.1 %."""
    return load_config(DISTRICT / "district.toml", frozenset(formats()))


@pytest.mark.parametrize(
    ("counts", "reason", "told"),
    [
        ({"records_read": 1000, "messages": 999}, "unreadable-date", None),
        ({"records_read": 999, "messages": 998}, "unreadable-date", "1 of 999 records are in quar"),
        ({"records_read": 5000, "messages": 4999}, "truncated-file", "1 file(s) could not be read"),
    ],
)
def test_quarantine_needs_a_person_above_the_limit_or_where_more_is_lost(
    config: Config, counts: dict[str, int], reason: str, told: str | None
) -> None:
    one = ledger(**counts)
    one.set_aside("a.csv", 3, reason)
    reasons = needs_a_person({"sms": one}, config)
    assert len(reasons) == (told is not None)
    assert all(told in reason for reason in reasons if told)


@pytest.mark.parametrize(
    ("notes", "told"),
    [
        (
            {"text not found": 2, "text unreadable": 1},
            "the text of 3 staff-student messages is mis",
        ),
        ({"participants": 10, "unknown school account": 3}, "3 of 10 participants are unknown acc"),
        ({"participants": 10, "unknown school account": 2}, None),
        ({"participants": 10, "unknown outside account": 9}, None),
    ],
)
def test_what_was_not_seen_needs_a_person(
    config: Config, notes: dict[str, int], told: str | None
) -> None:
    one = ledger()
    one.notes.update(notes)
    reasons = needs_a_person({"sms": one}, config)
    assert len(reasons) == (told is not None)
    assert all(told in reason for reason in reasons if told)


def test_an_empty_feed_needs_a_person(config: Config) -> None:
    reasons = needs_a_person({"sms": Ledger("sms"), "lms": ledger("lms")}, config)
    assert reasons == ["source sms gave no message"]


@pytest.mark.parametrize(
    ("excluded", "told"),
    [
        ({"not-social": 5000, "blocked": 3}, []),  # a quiet night
        ({"not-social": 5000, "no-user": 3}, ["source squid gave no message"]),
        ({}, ["source squid gave no message"]),
    ],
)
def test_a_web_log_without_a_visit_may_be_in_order(
    config: Config, excluded: dict[str, int], told: list[str]
) -> None:
    log = ledger("squid", records_read=sum(excluded.values()), messages=0)
    log.excluded.update(excluded)
    assert needs_a_person({"sms": ledger(), "squid": log}, config) == told


def test_the_lines_of_a_web_log_do_not_hide_what_mail_has_lost(config: Config) -> None:
    log, mail = ledger("squid", records_read=1_000_000), ledger("vault", records_read=500)
    mail.set_aside("a.csv", 3, "unreadable-date")
    (reason,) = needs_a_person({"vault": mail, "squid": log}, config)
    assert reason.startswith("1 of 500 records are in quarantine")
    for number in range(1001):
        log.set_aside("access.log", number, "unreadable-line")
    assert len(needs_a_person({"vault": mail, "squid": log}, config)) == 2


# quarantine.csv -----------------------------------------------------------------------------------


def test_quarantine_is_sorted_and_every_row_tells_what_to_do(tmp_path: Path) -> None:
    records = [
        QuarantinedRecord("sms", "b.csv", 12, "wrong-encoding"),
        QuarantinedRecord("sms", "b.csv", 2, "unreadable-date", "SentDate"),
        QuarantinedRecord("mail", "=a.zip", 0, "broken-archive", "BadZipFile"),
    ]
    assert write_quarantine(tmp_path / "q.csv", iter(records)) == 3
    rows = read_csv(tmp_path / "q.csv")
    assert [(row["file"], row["record"]) for row in rows] == [
        ("'=a.zip", ""),
        ("b.csv", "2"),
        ("b.csv", "12"),
    ]
    for row in rows:
        reason = REASONS[row["reason"]]
        assert (row["meaning"], row["advice"]) == (reason.meaning, reason.advice)


def test_a_reason_nobody_has_explained_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        write_quarantine(tmp_path / "q.csv", [QuarantinedRecord("sms", "a.csv", 1, "odd")])


def test_a_long_quarantine_is_cut_with_a_count(tmp_path: Path) -> None:
    records = [QuarantinedRecord("sms", "a.csv", n, "not-json") for n in range(1, 61)]
    write_quarantine(tmp_path / "q.csv", records)
    lines = list(explain(tmp_path / "q.csv"))
    assert lines[0] == "not-json: 60 record(s)"
    assert sum(line.startswith("  at     ") for line in lines) == 50
    assert lines[-1] == "  and 10 more; all are in q.csv"


def test_a_hostile_file_name_does_not_steer_the_terminal(
    district: Path, brightline: Command, tmp_path: Path
) -> None:
    name = "../\x1b[2J\nno problem found"
    with zipfile.ZipFile(district / "exports/vault/larkvalley-fall-review-1.zip", "a") as archive:
        archive.writestr(name, "x")
    told = brightline("check", "--config", district / "district.toml")
    assert told.code == 0
    assert "\x1b" not in told.err and "archive-escapes" in told.err
    assert not any(line.startswith("no problem found") for line in told.err.splitlines())
    (tmp_path / "run" / IT).mkdir(parents=True)
    record = QuarantinedRecord("mail", name, 0, "archive-escapes")
    write_quarantine(tmp_path / "run" / IT / "quarantine.csv", [record])
    told = brightline("quarantine", tmp_path / "run")
    assert "\x1b" not in told.out and len(told.out.splitlines()) == 4


# The folder ---------------------------------------------------------------------------------------


def test_a_folder_appears_whole_and_for_its_owner(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with (
            owner_only(),
            work_folder(tmp_path) as work,
            whole_folder(tmp_path, work, "run") as folder,
        ):
            assert folder.parent == work
            (folder / OFFICERS / "flags.csv").write_text("x")
            assert not (tmp_path / "run").exists()
        (tmp_path / "careless").touch()
    finally:
        os.umask(before)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["run"]
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert modes == {
        "run": 0o700,
        OFFICERS: 0o700,
        IT: 0o700,
        "flags.csv": 0o600,
        "careless": 0o666,  # the umask has been put back
    }


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_folder_that_fails_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    with (
        pytest.raises(error),
        work_folder(tmp_path) as work,
        whole_folder(tmp_path, work, "run") as run,
    ):
        (work / "temporary").touch()
        (run / IT / "manifest.json").write_text(json.dumps({}))
        raise error
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    with work_folder(tmp_path) as work, whole_folder(tmp_path, work, "run") as folder:
        (folder / IT / "manifest.json").write_text("first")
    with (
        pytest.raises(OSError, match="not empty"),
        work_folder(tmp_path) as work,
        whole_folder(tmp_path, work, "run"),
    ):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    assert (tmp_path / "run" / IT / "manifest.json").read_text() == "first"


def test_the_work_folder_is_hidden_for_its_owner_and_goes(tmp_path: Path) -> None:
    with work_folder(tmp_path / "new" / "runs") as work:
        assert work.name.startswith(".")
        assert stat.S_IMODE(work.stat().st_mode) == 0o700
    assert list((tmp_path / "new" / "runs").iterdir()) == []
