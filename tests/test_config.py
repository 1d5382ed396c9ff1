"""district.toml and the inputs it names: what is wrong is listed whole, with place and remedy."""

from __future__ import annotations

import gzip
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.config import QUARANTINE_LIMIT, Config, load_config
from pipelines.errors import UserError
from pipelines.output.folder import work_folder
from rules.policies.pack import shipped
from tests.conftest import DISTRICT, Command, Result
from tests.expected import flags_of, manifest_of, read_csv

FORMATS = frozenset({"vault", "twilio", "canvas", "squid"})
PLACED = re.compile(r"  [^ ].*?: .+ -> .+")
Change = Callable[[Path], object]


def load(district: Path) -> Config:
    """The configuration of a copied district."""
    return load_config(district / "district.toml", FORMATS)


def problems(district: Path) -> list[str]:
    """What is wrong with it, as shown."""
    with pytest.raises(UserError) as raised:
        load(district)
    return [str(problem) for problem in raised.value.problems]


def edit(name: str, old: str, new: str) -> Change:
    """Replace text that stands once in a file."""

    def change(district: Path) -> None:
        path = district / name
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, (old, text.count(old))
        path.write_text(text.replace(old, new), encoding="utf-8")

    return change


def toml(old: str, new: str) -> Change:
    """Replace text of district.toml."""
    return edit("district.toml", old, new)


def append(name: str, text: str) -> Change:
    """Add text at the end of a file."""

    def change(district: Path) -> None:
        with (district / name).open("a", encoding="utf-8") as file:
            file.write(text)

    return change


def remove(name: str) -> Change:
    """Remove a file or folder."""

    def change(district: Path) -> None:
        path = district / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    return change


def check_refused(result: Result) -> None:
    """Exit 2, nothing on stdout, every problem with place and remedy, no trace."""
    assert result.code == 2
    assert result.out == ""
    assert "Traceback" not in result.err
    head, *lines = result.err.splitlines()
    assert head == f"{len(lines)} problem(s) to mend first:"
    assert lines
    assert [line for line in lines if not PLACED.fullmatch(line)] == []


def test_the_check_of_refusals_sees_a_problem_without_place_or_remedy() -> None:
    good = "1 problem(s) to mend first:\n  district.toml:3: what -> do\n"
    check_refused(Result(2, "", good))
    for wrong in (good.replace(" -> do", ""), good.replace("district.toml:3: ", "")):
        with pytest.raises(AssertionError):
            check_refused(Result(2, "", wrong))


# A good configuration -----------------------------------------------------------------------------


def test_the_fixture_is_read_as_it_stands() -> None:
    config = load(DISTRICT)
    assert config.name == "Lark Valley School District 14"
    assert (config.time_zone, config.phone_region) == ("America/Denver", "US")
    assert config.school_domains == ("larkvalley.example", "students.larkvalley.example")
    assert config.policy == shipped()["stevensville-5460"]
    assert config.oneroster == DISTRICT / "roster"
    assert config.tables.handles == DISTRICT / "handles.csv"
    assert config.hours == {"weekdays": "07:00-18:00"}
    assert [(one.name, one.format) for one in config.sources] == [
        ("vault", "vault"),
        ("twilio", "twilio"),
        ("canvas", "canvas"),
        ("squid", "squid"),
    ]
    assert config.school_day == {"weekdays": "08:00-15:30"}
    assert config.quarantine_limit == QUARANTINE_LIMIT
    assert config.base == DISTRICT


def test_optional_parts_may_be_absent(district: Path) -> None:
    text = (DISTRICT / "district.toml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not re.match(r"\w+ = .*\.(csv|ics)", line)]
    assert len(lines) == len(text.splitlines()) - 9
    (district / "district.toml").write_text("\n".join(lines), encoding="utf-8")
    config = load(district)
    assert (config.tables.handles, config.days_off, config.calendar) == (None, None, None)
    assert (config.tables.breaks, config.tables.web_permissions) == (None, None)


def test_domains_are_lower_case_and_a_byte_order_mark_is_no_matter(district: Path) -> None:
    toml('["larkvalley.example"', '["LarkValley.Example"')(district)
    path = district / "district.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load(district).school_domains[0] == "larkvalley.example"


@pytest.mark.parametrize(
    ("written", "hours"),
    [
        ('"08:10-15:00"', {"weekdays": "08:10-15:00"}),
        ('{ weekdays = "08:10-15:00", friday = "off" }', None),
    ],
)
def test_the_school_day_is_one_span_or_one_a_day(
    district: Path, written: str, hours: dict[str, str] | None
) -> None:
    toml('"08:00-15:30"', written)(district)
    assert load(district).school_day == (hours or {"weekdays": "08:10-15:00", "friday": "off"})


def test_a_source_may_declare_the_zone_of_its_times(district: Path) -> None:
    append("district.toml", 'time_zone = "America/Chicago"\n')(district)
    assert [one.time_zone for one in load(district).sources] == ["", "", "", "America/Chicago"]


@pytest.mark.parametrize(("written", "limit"), [("0.25", 0.25), ("1", 1.0), ("0", 0.0)])
def test_the_quarantine_limit_is_read(district: Path, written: str, limit: float) -> None:
    append("district.toml", f"\n[limits]\nquarantine = {written}\n")(district)
    assert load(district).quarantine_limit == limit


def test_a_policy_may_be_a_file_of_the_district(district: Path) -> None:
    shutil.copy(shipped()["hot-springs-5460"], district / "ours.toml")
    toml('"stevensville-5460"', '"ours.toml"')(district)
    assert load(district).policy == district / "ours.toml"


def test_two_exports_of_one_format_are_named_by_place_in_whatever_order(district: Path) -> None:
    shutil.copytree(district / "exports/sms", district / "exports/sms2")
    append("district.toml", '\n[[source]]\nformat = "twilio"\npath = "exports/sms2"\n')(district)
    names = {one.name: one.path.name for one in load(district).sources}
    assert names["twilio:exports-sms"] == "sms"
    assert names["twilio:exports-sms2"] == "sms2"
    assert "twilio" not in names


# Faults of the file -------------------------------------------------------------------------------

FAULTS: dict[str, tuple[Change, str]] = {
    "no name": (toml('name = "Lark Valley School District 14"\n', ""), ":1: [district] name is"),
    "empty name": (toml('"Lark Valley School District 14"', '" "'), ":2: [district] name must be"),
    "name a number": (toml('"Lark Valley School District 14"', "14"), ":2: [district] name must"),
    "time zone": (
        toml("America/Denver", "America/Stevensville"),
        ":3: unknown time zone America/S",
    ),
    "region": (toml('"US"', '"USA"'), ":4: unknown phone region USA"),
    "domains are text": (
        toml('["larkvalley.example", "students.larkvalley.example"]', '"larkvalley.example"'),
        ":5: [district] school_domains must list",
    ),
    "policy": (toml("stevensville-5460", "stevensville-5461"), ":6: no policy stevensville-5461"),
    "no roster": (toml('oneroster = "roster"\n', ""), ":8: [roster] oneroster is missing"),
    "roster path": (toml('"roster"', '"rooster"'), ":9: [roster] oneroster: rooster does not"),
    "table path": (toml('"handles.csv"', '"handels.csv"'), ":10: [roster] handles: handels.csv"),
    "table a list": (toml('"handles.csv"', '["a.csv"]'), ":10: [roster] handles must be text"),
    "calendar path": (toml('"calendar.ics"', '"cal.ics"'), ":22: [hours] calendar: cal.ics does"),
    "hours a number": (toml('"07:00-18:00"', "7"), ":19: [hours] weekdays must be text"),
    "no hours": (toml("[hours]", "[Hours]"), ": [hours] is missing"),
    "unknown table": (append("district.toml", "\n[sources]\n"), ":40: unknown table [sources]"),
    "unknown key": (toml("phone_region", 'phone = "US"\nphone_region'), ":4: unknown key phone in"),
    "unknown key of a source": (
        append("district.toml", 'fromat = "x"\n'),
        ":39: unknown key fromat in [[source]]",
    ),
    "table is text": (toml("[district]", 'limits = "none"\n[district]'), ":1: limits must be a"),
    "district is a list": (toml("[district]", "[[district]]"), ":1: district must be a table"),
    "source not a list": (
        toml(
            '[[source]]\nformat = "vault"\npath = "exports/vault"\n\n[[source]]\nformat = "twilio"'
            '\npath = "exports/sms"\n\n[[source]]\nformat = "canvas"\npath = "exports/canvas"\n'
            "\n[[source]]\n",
            "[source]\n",
        ),
        ":24: source must be a table -> write it as [[source]]",
    ),
    "source format": (toml('"twilio"', '"twillio"'), ":29: [[source]] format is unknown: twillio"),
    "source without format": (toml('format = "twilio"\n', ""), ":28: [[source]] format is missing"),
    "source without path": (toml('path = "exports/sms"\n', ""), ":28: [[source]] path is missing"),
    "source path": (toml("exports/canvas", "exports/canvass"), ":34: [[source]] path exports/canv"),
    "source name": (append("district.toml", 'name = "../up"\n'), ":39: [[source]] name is not a"),
    "source name a number": (append("district.toml", "name = 7\n"), ":39: [[source]] name is not"),
    "two of a name": (
        append("district.toml", 'name = "vault"\n'),
        ":39: two sources are named vau",
    ),
    "limit too high": (
        append("district.toml", "\n[limits]\nquarantine = 2\n"),
        ":41: must be a sh",
    ),
    "limit true": (
        append("district.toml", "\n[limits]\nquarantine = true\n"),
        ":41: must be a sha",
    ),
    "school day a number": (toml('"08:00-15:30"', "8"), ":20: [hours] school_day must be hours"),
    "school day of numbers": (
        toml('"08:00-15:30"', "{ friday = 8 }"),
        ":20: [hours] school_day must be hours",
    ),
    "zone of a source": (
        append("district.toml", 'time_zone = "Montana"\n'),
        ":39: [[source]] unknown time zone Montana",
    ),
    "zone of a source a list": (
        append("district.toml", "time_zone = [7]\n"),
        ":39: [[source]] unknown time zone",
    ),
    "not TOML": (toml("[roster]", "[roster"), ": is not TOML: "),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_its_line(district: Path, fault: str) -> None:
    change, told = FAULTS[fault]
    change(district)
    assert [one for one in problems(district) if one.startswith(f"district.toml{told}")], problems(
        district
    )
    assert all(" -> " in one for one in problems(district))


def test_a_configuration_without_sources_is_refused(district: Path) -> None:
    path = district / "district.toml"
    path.write_text(path.read_text(encoding="utf-8").partition("[[source]]")[0], encoding="utf-8")
    assert problems(district) == [
        "district.toml: no [[source]] -> add one for each export; see `brightline sources`"
    ]


def test_a_source_that_is_no_table_is_refused(district: Path) -> None:
    path = district / "district.toml"
    head = path.read_text(encoding="utf-8").partition("[[source]]")[0]
    path.write_text('source = ["exports/vault"]\n' + head, encoding="utf-8")
    assert any(
        one.startswith("district.toml:1: source must be a table") for one in problems(district)
    )


def test_every_fault_is_told_at_once_each_with_its_own_line(
    district: Path, brightline: Command, tmp_path: Path
) -> None:
    for fault in ("time zone", "region", "policy", "table path", "source format", "source path"):
        FAULTS[fault][0](district)
    result = brightline("audit", "--config", district / "district.toml", "--out", tmp_path / "out")
    check_refused(result)
    lines = [int(n) for n in re.findall(r"^  district\.toml:(\d+): ", result.err, re.M)]
    assert lines == [3, 4, 6, 10, 29, 34]
    assert not (tmp_path / "out").exists()


# Faults of what it names --------------------------------------------------------------------------


def zipped(folder: str, to: str, **extra: bytes) -> Change:
    """Pack a folder's files into a zip, with further members, and remove it."""

    def change(district: Path) -> None:
        with zipfile.ZipFile(district / to, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted((district / folder).iterdir()):
                archive.write(path, path.name)
            for name, data in extra.items():
                archive.writestr(name, data)
        remove(folder)(district)
        toml(f'"{folder}"', f'"{to}"')(district)

    return change


def policy(old: str, new: str) -> Change:
    """A pack of the district's own, made of the shipped one."""

    def change(district: Path) -> None:
        shutil.copy(shipped()["stevensville-5460"], district / "ours.toml")
        edit("ours.toml", old, new)(district)
        toml('"stevensville-5460"', '"ours.toml"')(district)

    return change


def wrong_encoding(district: Path) -> None:
    """A table saved by a spreadsheet in its own encoding."""
    path = district / "days_off.csv"
    path.write_bytes(path.read_bytes() + "2025-12-01,Día libre\n".encode("latin-1"))


def first_line(name: str, old: str, new: str) -> Change:
    """Replace text in a file's header."""

    def change(district: Path) -> None:
        path = district / name
        header, _, rest = path.read_bytes().partition(b"\n")
        assert old.encode() in header
        path.write_bytes(header.replace(old.encode(), new.encode()) + b"\n" + rest)

    return change


REFUSED: dict[str, tuple[Change, str]] = {
    "roster without users": (remove("roster/users.csv"), "users.csv"),
    "roster is a text file": (toml('"roster"', '"README.md"'), "README.md: this is neither"),
    "roster zip that escapes": (
        zipped("roster", "roster.zip", **{"../../users.csv": b"x"}),
        "its name leads out of the zip",
    ),
    "roster zip that explodes": (
        zipped("roster", "roster.zip", **{"bomb.csv": b"0" * 5_000_000}),
        "it is compressed more than 200 times",
    ),
    "hours nobody can read": (toml('"07:00-18:00"', '"7 to 6"'), "[hours] weekdays"),
    "policy naming an unknown rule": (
        policy("personal_texting = ", "personal_txting = "),
        "ours.toml: clause texting: unknown rule personal_txting",
    ),
    "policy that is no TOML": (policy('[[clause]]\nid = "texting"', "[[clause"), "ours.toml: "),
    "table in a wrong encoding": (wrong_encoding, "days_off.csv: is not UTF-8 text"),
    "table without a column": (
        first_line("handles.csv", "kind", "sort"),
        "handles.csv:1: column kind is missing",
    ),
    "relationship of nobody": (
        append("relationships.csv", "E9999,0041811,familial,Marcus Whitford,2025-08-20,\n"),
        "relationships.csv:8: column staff_id: nobody on the roster has this id",
    ),
    "relationship with an unreadable date": (
        append("relationships.csv", "E1027,0041811,familial,Marcus Whitford,20/8/25,\n"),
        "relationships.csv:8: column valid_from: not a date",
    ),
    "handle that is no address": (
        append("handles.csv", "E1027,email,banas(at)home,,\n"),
        "handles.csv:141: column value: not an e-mail address",
    ),
    "export without its metadata": (
        remove("exports/vault/larkvalley-fall-review-metadata.csv"),
        "exports/vault: no *-metadata.csv of a Vault export",
    ),
    "export without a table": (
        remove("exports/canvas/conversation_message_participants"),
        "exports/canvas: no part of table conversation_message_participants",
    ),
    "export without a file": (
        lambda district: [path.unlink() for path in (district / "exports/sms").iterdir()],
        "exports/sms: no .csv file of a Twilio message log",
    ),
}


@pytest.mark.parametrize("fault", REFUSED)
@pytest.mark.parametrize("verb", ["check", "audit"])
def test_an_input_that_cannot_be_used_is_refused_before_anything_is_read(
    district: Path, brightline: Command, tmp_path: Path, verb: str, fault: str
) -> None:
    change, told = REFUSED[fault]
    change(district)
    out = ("--out", tmp_path / "out") if verb == "audit" else ()
    result = brightline(verb, "--config", district / "district.toml", *out)
    check_refused(result)
    assert told in result.err
    assert not list((tmp_path / "out").glob("*"))


def test_faults_of_several_files_are_told_at_once(district: Path, brightline: Command) -> None:
    for fault in ("relationship of nobody", "handle that is no address", "hours nobody can read"):
        REFUSED[fault][0](district)
    result = brightline("check", "--config", district / "district.toml")
    check_refused(result)
    assert [line.split(":")[0].strip() for line in result.err.splitlines()[1:]] == [
        "district.toml",
        "handles.csv",
        "relationships.csv",
    ]


def test_a_roster_zip_gives_what_its_folder_gives(
    audited: Result, district: Path, brightline: Command, tmp_path: Path
) -> None:
    zipped("roster", "roster.zip")(district)
    config, out = district / "district.toml", tmp_path / "out"
    result = brightline("audit", "--config", config, "--out", out)
    assert result.code == 0, result.err
    assert result.flags == audited.flags


# What a run can bear: the record is set aside, the rest is audited --------------------------------


def cut(name: str, share: float) -> Change:
    """Keep only the first part of a file's bytes."""

    def change(district: Path) -> None:
        path = district / name
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * share)])

    return change


def bytes_of(name: str, old: bytes, new: bytes) -> Change:
    """Replace the first appearance of some bytes."""

    def change(district: Path) -> None:
        path = district / name
        data = path.read_bytes()
        assert old in data
        path.write_bytes(data.replace(old, new, 1))

    return change


def broken_line(district: Path) -> None:
    """Cut a line of a Canvas part in the middle."""
    path = district / "exports/canvas/conversation_messages/part-00000.jsonl.gz"
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    lines[3] = lines[3][:40] + b"\n"
    path.write_bytes(gzip.compress(b"".join(lines), mtime=0))


SMS = "exports/sms/sms-log-2025-10.csv"
SET_ASIDE: dict[str, tuple[Change, str, str, int]] = {  # change, source, reason, records
    "too few cells": (
        bytes_of(SMS, b'"Buenas tardes,', b'"a","b"\r\n"Buenas tardes,'),
        *("twilio", "wrong-cell-count", 2),
    ),
    "unreadable date": (
        bytes_of(SMS, b"Mon, 20 Oct 2025 20:10:27 +0000", b"20 Octember"),
        *("twilio", "unreadable-date", 1),
    ),
    "wrong encoding": (
        bytes_of(SMS, "Sí gracias".encode(), "Sí gracias".encode("latin-1")),
        *("twilio", "wrong-encoding", 1),
    ),
    "truncated gzip": (
        cut("exports/canvas/conversation_messages/part-00000.jsonl.gz", 0.6),
        *("canvas", "truncated-file", 1),
    ),
    "not JSON": (broken_line, "canvas", "not-json", 1),
}


@pytest.mark.parametrize("fault", SET_ASIDE)
def test_a_record_nobody_can_read_is_set_aside_and_needs_a_person(
    district: Path, brightline: Command, tmp_path: Path, fault: str
) -> None:
    change, source, reason, records = SET_ASIDE[fault]
    change(district)
    append("district.toml", "\n[limits]\nquarantine = 0\n")(district)
    config, out = district / "district.toml", tmp_path / "out"
    result = brightline("audit", "--config", config, "--out", out)
    assert result.code == 1
    assert f"needs a person: {records} of " in result.err
    assert "records are in quarantine, more than the limit of 0.00%" in result.err
    rows = read_csv(result.run / "for_it" / "quarantine.csv")
    assert [(row["source"], row["reason"]) for row in rows] == [(source, reason)] * records
    manifest = manifest_of(result.run)
    assert manifest["complete"] is False
    assert manifest["reasons"]
    entry = manifest["sources"][source]
    assert entry["quarantined"] == records
    known = entry["messages"] + entry["duplicates"] + sum(entry["excluded"].values())
    assert entry["records_read"] == known + records
    assert flags_of(result.run)


def test_below_the_limit_a_quarantined_record_is_no_matter(
    district: Path, brightline: Command, tmp_path: Path
) -> None:
    SET_ASIDE["unreadable date"][0](district)
    config, out = district / "district.toml", tmp_path / "out"
    result = brightline("audit", "--config", config, "--out", out)
    assert result.code == 0, result.err
    assert manifest_of(result.run)["sources"]["twilio"]["quarantined"] == 1


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("exports/canvas/conversation_messages/part-00000.jsonl.gz", "truncated-file"),
        ("exports/canvas/conversation_message_participants/part-00001.jsonl.gz", "truncated-file"),
    ],
)
def test_a_file_that_is_cut_needs_a_person_whatever_the_limit(
    district: Path, brightline: Command, tmp_path: Path, name: str, reason: str
) -> None:
    """One record is in quarantine, but nobody can count what came after it."""
    cut(name, 0.6)(district)
    append("district.toml", "\n[limits]\nquarantine = 1\n")(district)
    config, out = district / "district.toml", tmp_path / "out"
    result = brightline("audit", "--config", config, "--out", out)
    rows = read_csv(result.run / "for_it" / "quarantine.csv")
    assert [(row["file"], row["reason"]) for row in rows] == [(name, reason)]
    assert "needs a person: source canvas: 1 file(s) could not be read whole" in result.err
    assert result.code == 1


def test_a_relationship_that_has_ended_does_not_exempt_and_is_a_fact_against(
    audited: Result,
) -> None:
    """Mr. McAllister's row for Wyatt Kolstad ends on 31 October."""
    rows = [
        row
        for row in flags_of(audited.run)
        if row["staff_id"] == "E1022" and row["student_ids"] == "0040303"
    ]
    by_day = {row["sent_at_local"][:10]: row for row in rows}
    assert by_day["2025-10-25"]["status"] == "exempt"
    for day in ("2025-11-08", "2025-11-09"):
        assert by_day[day]["status"] == "flagged"
        against = by_day[day]["facts_against"]
        assert "a relationship is on file but not valid that day" in against
        assert "relationships.csv:3" in against


# The command line around it -----------------------------------------------------------------------


def test_a_missing_configuration_is_told_by_its_path(brightline: Command, tmp_path: Path) -> None:
    result = brightline("check", "--config", tmp_path / "nowhere.toml")
    check_refused(result)
    assert f"{tmp_path / 'nowhere.toml'}: does not exist" in result.err


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00name"])
def test_a_configuration_that_is_no_text_is_refused(
    brightline: Command, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "district.toml"
    path.write_bytes(content) if content else path.mkdir()
    check_refused(brightline("check", "--config", path))


@pytest.mark.parametrize("below", ["a file", "a file/below"])
def test_an_out_folder_that_cannot_be_written_is_refused(
    brightline: Command, tmp_path: Path, below: str
) -> None:
    (tmp_path / "a file").touch()
    out = tmp_path / below
    result = brightline("audit", "--config", DISTRICT / "district.toml", "--out", out)
    check_refused(result)
    assert f"{out}: cannot be written to" in result.err


def test_a_zip_that_escapes_costs_itself_and_nothing_else(
    district: Path, brightline: Command, tmp_path: Path
) -> None:
    """Check says so, the run quarantines the member, reads the rest and asks for a person."""
    archive = district / "exports/vault/larkvalley-fall-review-1.zip"
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr("../../up.mbox", "x")
    config = ("--config", district / "district.toml")

    assert "archive-escapes" in brightline("check", *config).err
    told = brightline("audit", *config, "--out", tmp_path / "out")

    assert told.code == 1
    (run,) = (tmp_path / "out").iterdir()
    rows = (run / "for_it" / "quarantine.csv").read_text()
    assert "archive-escapes" in rows
    assert len((run / "for_officers" / "flags.csv").read_text().splitlines()) > 100


def test_one_file_without_a_column_costs_itself_and_nothing_else(
    district: Path, brightline: Command, tmp_path: Path
) -> None:
    """The other logs of the folder are read; check says so and the run asks for a person."""
    first_line("exports/sms/sms-log-2025-10.csv", "SentDate", "When")(district)
    config = ("--config", district / "district.toml")

    assert "column SentDate missing" in brightline("check", *config).err
    told = brightline("audit", *config, "--out", tmp_path / "out")

    assert told.code == 1
    (run,) = (tmp_path / "out").iterdir()
    assert "missing-columns" in (run / "for_it" / "quarantine.csv").read_text()


def test_what_a_killed_run_left_is_removed_by_the_next(
    district: Path, brightline: Command, tmp_path: Path
) -> None:
    """It holds message text; a folder of a run that is alive stays."""
    out = tmp_path / "out"
    (out / ".work-dead").mkdir(parents=True)
    (out / ".work-dead" / "alive").touch()
    (out / ".work-dead" / "text.arrow").touch()
    with work_folder(out) as living:
        brightline("audit", "--config", district / "district.toml", "--out", out)
        assert living.is_dir()

    assert not (out / ".work-dead").exists()


def test_files_a_reader_does_not_take_ask_for_a_person(
    district: Path, brightline: Command, tmp_path: Path
) -> None:
    """A log that somebody compressed was not scanned, and the run says so."""
    log = district / "exports/sms/sms-log-2025-10.csv"
    log.rename(log.with_name(log.name + ".gz"))
    told = brightline("audit", "--config", district / "district.toml", "--out", tmp_path / "out")

    assert told.code == 1
    assert "source twilio: 1 file(s) in its folder are of no use to it" in told.err
