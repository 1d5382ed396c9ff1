"""What a message says, and who people are, stays with the officers.

Every body, subject and display name of a copy of the district carries a canary, broken records
too. None may come out on a terminal, in a log, under for_it/ or in a file name.
"""

from __future__ import annotations

import csv
import importlib.util
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipelines.counters import Ledger
from pipelines.errors import Crashed, RuleFailed
from tests.conftest import DISTRICT, REPOSITORY, Command, Result, run_command
from tests.expected import read_csv

BODY, SUBJECT, NAME, PAGE = "Xyzzybody", "Xyzzysubject", "Xyzzyname", "Xyzzypage"
CANARY = re.compile("xyzzy", re.I)
LIMIT = "\n[limits]\nquarantine = 0\n"


def leaks(texts: Mapping[str, str], words: re.Pattern[str]) -> list[str]:
    """Where a forbidden word stands, with what stands around it."""
    return [
        f"{where}: ...{text[max(0, found.start() - 30) : found.end() + 30]}..."
        for where, text in texts.items()
        for found in words.finditer(text)
    ]


def for_it(run: Path) -> dict[str, str]:
    """Everything under for_it/ by name, and the names of all files of a run."""
    texts = {
        path.name: path.read_text(encoding="utf-8")
        for path in (run / "for_it").rglob("*")
        if path.is_file()
    }
    return texts | {"file names": "\n".join(str(p.relative_to(run)) for p in run.rglob("*"))}


def spoken(result: Result) -> dict[str, str]:
    """What a command said."""
    return {"stdout": result.out, "stderr": result.err}


# A district full of canaries ----------------------------------------------------------------------


def rewrite(path: Path, change: Callable[[dict[str, str]], None]) -> None:
    """Change every row of a CSV in place."""
    rows = read_csv(path)
    for row in rows:
        change(row)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def _mark_text(row: dict[str, str]) -> None:
    row["text"] = f"{row['text']} {BODY}"
    if row.get("subject"):
        row["subject"] += f" {SUBJECT}"


def _mark_mail(row: dict[str, str]) -> None:
    _mark_text(row)
    for key in ("from", "to", "cc", "bcc"):
        row[key] = re.sub(r"(^|, ?)([^,<]+) <", rf"\1\2 {NAME} <", row.get(key) or "")


def _mark_page(row: dict[str, str]) -> None:
    host = row["url"].removesuffix(":443")
    row["url"] = f"{host if '://' in host else f'https://{host}'}/{PAGE}?{PAGE}=1"


def _mark_name(row: dict[str, str]) -> None:
    row["name"] += f" {NAME}"


def repack(district: Path) -> None:
    """Write the exports of a copied district from its story."""
    spec = importlib.util.spec_from_file_location(
        "pack", REPOSITORY / "fixtures" / "pack_district.py"
    )
    assert spec and spec.loader
    pack = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pack)
    pack.STORY, pack.EXPORTS = district / "story", district / "exports"
    shutil.rmtree(pack.EXPORTS)
    for write in (pack.pack_vault, pack.pack_sms, pack.pack_canvas, pack.pack_web):
        write()


def break_records(exports: Path) -> None:
    """Add records nobody can read, canaries in all their cells."""
    sms = exports / "sms" / "sms-log-2025-10.csv"
    cells = [f"{BODY} {number}" for number in range(13)]
    broken = [
        cells[:5],
        cells,
        ["+14065550120", "+17015550114", BODY, "delivered", f"{BODY} o'clock", *cells[5:]],
    ]
    with sms.open("ab") as file:
        for row in broken:
            file.write((",".join(row) + "\r\n").encode())
        file.write(f'"{BODY}","\xe9"'.encode("latin-1") + b',""' * 11 + b"\r\n")
    lms = exports / "canvas" / "conversation_messages" / "part-00002.jsonl"
    lms.write_text(
        f'{{"key": {{"id": 1}}, "value": {{"body": "{BODY}"}}}}\n{{"body": "{BODY}\n"{BODY}"\n',
        encoding="utf-8",
    )
    separator, name = "From 1@xxx Mon Nov 03 10:00:00 +0000 2025\n", "Message-ID: <unlisted@x>\n"
    mail = f"{separator}{name}Subject: {SUBJECT}\n\n{BODY}\n"
    (exports / "vault" / "more.mbox").write_text(mail, encoding="utf-8")
    with next((exports / "vault").glob("*-metadata.csv")).open("a", encoding="utf-8") as file:
        file.write(f"<{SUBJECT}@x>,1,f,a@b.example,^SENT,{NAME} <a@b.example>,{SUBJECT},,,,{BODY},")
        file.write(",,,,,,,\r\n")


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of a district full of canaries."""
    district = tmp_path_factory.mktemp("marked") / "district"
    shutil.copytree(DISTRICT, district)
    for name in ("email.csv", "sms.csv", "lms.csv"):
        rewrite(district / "story" / name, _mark_mail if name == "email.csv" else _mark_text)
    rewrite(district / "story" / "canvas_users.csv", _mark_name)
    rewrite(district / "story" / "web.csv", _mark_page)
    repack(district)
    break_records(district / "exports")
    config = district / "district.toml"
    config.write_text(config.read_text(encoding="utf-8") + LIMIT, encoding="utf-8")
    return config


@pytest.fixture(scope="module")
def told(marked: Path) -> Result:
    """Its audit by the real command."""
    return run_command("audit", "--config", marked, "--out", marked.parent.parent / "runs")


# Nothing comes out --------------------------------------------------------------------------------


def test_the_canaries_are_in_the_exports_and_reach_the_officers(told: Result) -> None:
    assert told.code == 1, told.err
    findings = pq.read_table(told.run / "for_officers" / "findings.parquet").to_pydict()
    said = [
        body
        for body, channel in zip(findings["body"], findings["channel"], strict=True)
        if body is not None and channel != "web"
    ]
    assert all(BODY in body for body in said)
    assert any(SUBJECT in subject for subject in findings["subject"])
    report = (told.run / "for_officers" / "report.html").read_text(encoding="utf-8")
    assert BODY in report


def test_the_page_of_a_visit_reaches_nobody(told: Result, marked: Path) -> None:
    """Of a visit the network is kept, for the officers too: neither path nor query."""
    log = (marked.parent / "exports" / "web" / "access.log").read_text(encoding="ascii")
    assert f"https://www.facebook.com/{PAGE}?{PAGE}=1" in log
    flags = read_csv(told.run / "for_officers" / "flags.csv")
    assert sum(row["channel"] == "web" for row in flags) == 9
    for path in (told.run / "for_officers").iterdir():
        if path.suffix == ".parquet":
            assert PAGE not in str(pq.read_table(path).to_pydict())
        else:
            assert PAGE not in path.read_text(encoding="utf-8")


def test_the_broken_records_are_quarantined_for_many_reasons(told: Result) -> None:
    rows = read_csv(told.run / "for_it" / "quarantine.csv")
    assert {row["reason"] for row in rows} == {
        "wrong-cell-count",
        "wrong-encoding",
        "unreadable-date",
        "no-participants",
        "not-json",
        "mail-without-metadata",
    }


def test_an_audit_says_and_writes_nothing_of_what_messages_say(told: Result) -> None:
    assert leaks(spoken(told) | for_it(told.run), CANARY) == []


def test_check_and_quarantine_say_nothing_of_what_messages_say(
    told: Result, marked: Path, brightline: Command
) -> None:
    checked, explained = brightline("check", "--config", marked), brightline("quarantine", told.run)
    assert (checked.code, explained.code) == (0, 1)
    assert "wrong-cell-count: 1 record(s)" in explained.out
    assert leaks(spoken(checked), CANARY) == []
    assert leaks(spoken(explained), CANARY) == []


def test_read_shows_text_only_when_asked_for(marked: Path, brightline: Command) -> None:
    for source in ("twilio", "canvas"):
        plain = brightline("read", source, "--config", marked)
        assert plain.code == 0, plain.err
        assert leaks(spoken(plain), CANARY) == []
        assert BODY in brightline("read", source, "--config", marked, "--with-text").out
    mail = brightline("read", "vault", "--config", marked)
    assert leaks(spoken(mail), re.compile(f"{BODY}|{SUBJECT}")) == []


def test_a_rule_that_crashes_quotes_nothing(
    marked: Path, brightline: Command, plant: Callable[..., None], tmp_path: Path
) -> None:
    def crash(message: Any, around: Any) -> Iterator[Any]:
        raise KeyError(message.body, message.sender.name, message.subject)

    plant("off_hours_contact", crash)
    result = brightline("audit", "--config", marked, "--out", tmp_path / "runs")
    assert result.code == 3
    assert "rule off_hours_contact raised KeyError" in result.err
    assert leaks(spoken(result), CANARY) == []


@pytest.mark.parametrize("kind", [Crashed, lambda error: RuleFailed("rule", "key", error)])
def test_failures_do_not_repeat_what_an_exception_says(kind: Callable[..., Exception]) -> None:
    assert leaks({"failure": str(kind(ValueError(BODY)))}, CANARY) == []


# Nobody is named to IT ----------------------------------------------------------------------------


def names_of(users: Iterable[Mapping[str, str]], known: str) -> re.Pattern[str]:
    """Full names and family names as whole words, without words that the district's name has."""
    names = {user["familyName"] for user in users}
    names |= {f"{user['givenName']} {user['familyName']}" for user in users}
    return re.compile(
        r"\b(" + "|".join(sorted(map(re.escape, names - set(known.split())))) + r")\b"
    )


@pytest.fixture(scope="module")
def people() -> re.Pattern[str]:
    """Everybody on the roster."""
    return names_of(read_csv(DISTRICT / "roster" / "users.csv"), "Lark Valley School District")


def test_nobody_is_named_to_it(audited: Result, told: Result, people: re.Pattern[str]) -> None:
    for run in (audited, told):
        assert leaks(spoken(run) | for_it(run.run), people) == []
    report = (audited.run / "for_officers" / "report.html").read_text(encoding="utf-8")
    assert leaks({"report.html": report}, people)


# The check itself ---------------------------------------------------------------------------------


def test_a_body_in_the_manifest_is_a_leak(
    marked: Path, brightline: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pipelines.audit as audits

    manifest = audits._manifest

    def leaking(run: Any, *others: Any) -> dict[str, Any]:
        return manifest(run, *others) | {"sample": f"see you at the lake {BODY}"}

    monkeypatch.setattr(audits, "_manifest", leaking)
    result = brightline("audit", "--config", marked, "--out", tmp_path / "runs")
    assert leaks(spoken(result), CANARY) == []
    (found,) = leaks(for_it(result.run), CANARY)
    assert found.startswith(f'manifest.json: ...sample": "see you at the lake {BODY}"')


def test_a_cell_in_the_quarantine_is_a_leak(
    marked: Path, brightline: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_aside = Ledger.set_aside

    def leaking(self: Ledger, file: str, record: int, reason: str, detail: str = "") -> None:
        set_aside(self, file, record, reason, detail or f"cell {NAME}")

    monkeypatch.setattr(Ledger, "set_aside", leaking)
    result = brightline("audit", "--config", marked, "--out", tmp_path / "runs")
    assert any(one.startswith("quarantine.csv: ") for one in leaks(for_it(result.run), CANARY))
    assert leaks(spoken(brightline("quarantine", result.run)), CANARY)


def test_a_name_in_an_error_is_a_leak(people: re.Pattern[str]) -> None:
    assert leaks({"stderr": "cannot resolve Keira Vandenberg\n"}, people)
