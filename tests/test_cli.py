"""The command line: what stands on stdout and stderr, and the exit codes."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipelines.config import load_config
from pipelines.output.quarantine import REASONS
from pipelines.sources import formats
from rules.registry import all_rules
from tests.conftest import DISTRICT, REPOSITORY, Command, Result
from tests.expected import manifest_of

CONFIG = DISTRICT / "district.toml"
COMMANDS = [
    *([one] for one in ("audit", "check", "sources", "read", "quarantine", "signals", "rules")),
    *(["rules", one] for one in ("list", "show", "test")),
]
HEAVY = ("apache_beam", "spacy", "pandas", "pyarrow", "numpy")


def lines_of(result: Result) -> list[dict[str, Any]]:
    """Standard output as JSON lines."""
    return [json.loads(line) for line in result.out.splitlines()]


# Help ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [[], *COMMANDS], ids=" ".join)
def test_every_command_has_help_on_stdout(brightline: Command, words: list[str]) -> None:
    result = brightline(*words, "--help")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"Usage: {' '.join(['brightline', *words])} ")
    assert "--help" in result.out


def test_no_command_is_without_a_test_of_its_help(brightline: Command) -> None:
    shown = [
        [*group, line.split()[0]]
        for group in ([], ["rules"])
        for line in brightline(*group, "--help").out.partition("Commands:\n")[2].splitlines()
    ]
    assert sorted(shown) == sorted(COMMANDS)


@pytest.mark.parametrize("words", [[], ["audit"], ["signals"], ["rules", "test"]], ids=" ".join)
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    assert heavy_imports(f"main({[*words, '--help']})") == []


def test_the_check_of_imports_sees_a_heavy_one() -> None:
    assert "pyarrow" in heavy_imports("import pipelines.message; main(['--help'])")


def heavy_imports(what: str) -> list[str]:
    """The heavy packages that a process has imported after it did something."""
    program = (
        f"import sys\nfrom pipelines.cli import main\ntry:\n    {what}\nexcept SystemExit:\n"
        f"    print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True
    )
    found: list[str] = json.loads(done.stdout.splitlines()[-1].replace("'", '"'))
    return found


@pytest.mark.parametrize("words", [[], ["rules"], ["nothing"], ["audit", "--nothing"], ["read"]])
def test_wrong_usage_exits_2_and_says_so_on_stderr(brightline: Command, words: list[str]) -> None:
    result = brightline(*words)
    assert result.code == 2
    assert "Usage: brightline" in result.out + result.err
    assert "Traceback" not in result.err


# Streams ------------------------------------------------------------------------------------------


def test_there_is_a_progress_bar_on_a_terminal_only(audited: Result, tmp_path: Path) -> None:
    """Its absence in a pipe is seen in test_audit: stderr there is one line."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "pipelines.cli", "audit", "--config", CONFIG, "--out", tmp_path],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "100"},
    ) as run:
        os.close(theirs)
        shown = b""
        while block := _some(ours):
            shown += block
        assert run.stdout
        folder = run.stdout.read().decode().strip()
    os.close(ours)
    assert run.returncode == 0
    assert b"publishing" in shown and "━".encode() in shown
    assert audited.err.strip() in shown.decode()
    assert Path(folder).parent == tmp_path


def _some(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # the other end has been closed
        return b""


@pytest.mark.parametrize(
    "words",
    [
        ["rules", "list"],
        ["sources"],
        ["sources", DISTRICT],
        ["quarantine"],
        ["read", "twilio", "--config", CONFIG],
        ["check", "--config", CONFIG],
    ],
)
def test_a_reader_that_has_seen_enough_is_no_fault(words: list[object]) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *map(str, words)],
        stdout=write_end,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write_end)
    assert (done.returncode, done.stderr) == (0, b"")


# check, sources, read -----------------------------------------------------------------------------


def test_check_shows_what_it_understood(brightline: Command) -> None:
    result = brightline("check", "--config", CONFIG)
    assert (result.code, result.err) == (0, "")
    first, *others, last = result.out.splitlines()
    assert first == (
        "district   Lark Valley School District 14, America/Denver, policy stevensville-5460"
    )
    assert last == "no problem found"
    assert f"source     vault: vault at {DISTRICT / 'exports/vault'}" in others
    assert any(line.startswith("calendar   2025-11-11 day off: ") for line in others)
    roster = next(line for line in others if line.startswith("roster"))
    assert "321 guardian" in roster and "42 staff" in roster and "220 student" in roster


def test_sources_lists_the_formats(brightline: Command) -> None:
    result = brightline("sources")
    assert (result.code, result.err) == (0, "")
    assert [line.split()[0] for line in result.out.splitlines()] == list(formats())


def test_sources_recognises_an_export_and_prints_a_configuration_that_works(
    district: Path, brightline: Command
) -> None:
    result = brightline("sources", district)
    assert (result.code, result.err) == (0, "")
    path = district / "district.toml"
    head = path.read_text(encoding="utf-8").partition("[[source]]")[0]
    path.write_text(head + result.out, encoding="utf-8")
    found = load_config(path, frozenset(formats())).sources
    assert {(one.format, one.path.relative_to(district).as_posix()) for one in found} == {
        ("vault", "exports/vault"),
        ("twilio", "exports/sms"),
        ("canvas", "exports/canvas"),
        ("squid", "exports/web"),
    }
    checked = brightline("check", "--config", path)
    assert checked.code == 0, checked.err


def test_sources_takes_one_file(brightline: Command) -> None:
    path = DISTRICT / "exports/sms/sms-log-2025-10.csv"
    result = brightline("sources", path)
    assert result.out.splitlines()[:3] == ["[[source]]", 'format = "twilio"', f'path = "{path}"']


def test_sources_that_knows_nothing_needs_a_person(brightline: Command) -> None:
    result = brightline("sources", DISTRICT / "roster")
    assert (result.code, result.out) == (1, "")
    assert f"no known export format; known are {', '.join(formats())}" in result.err


def test_sources_of_nothing_is_wrong_usage(brightline: Command, tmp_path: Path) -> None:
    result = brightline("sources", tmp_path / "nothing")
    assert (result.code, result.out) == (2, "")
    assert "does not exist -> " in result.err


@pytest.mark.parametrize("source", ["vault", "twilio", "canvas", "squid"])
def test_read_shows_messages_without_text_and_the_counts_last(
    brightline: Command, audited: Result, source: str
) -> None:
    result = brightline("read", source, "--config", CONFIG)
    assert (result.code, result.err) == (0, "")
    *messages, last = lines_of(result)
    entry = manifest_of(audited.run)["sources"][source]
    names = ("records_read", "messages", "duplicates", "excluded", "quarantined")
    counts = last.pop("counts")
    assert last == {}
    assert {k: v for k, v in counts["excluded"].items() if v} == entry["excluded"]
    assert {n: counts[n] for n in names if n != "excluded"} == {
        n: entry[n] for n in names if n != "excluded"
    }
    assert len(messages) == counts["messages"]
    for one in messages:
        assert not {"subject", "body"} & one.keys()
        assert {"native_id", "sender", "recipients", "sent_at", "has_text"} <= one.keys()


@pytest.mark.parametrize("source", ["vault", "twilio", "canvas", "squid"])
def test_read_shows_text_when_asked_for(brightline: Command, source: str) -> None:
    *messages, _ = lines_of(brightline("read", source, "--config", CONFIG, "--with-text"))
    assert all({"subject", "body"} <= one.keys() for one in messages)
    assert any(one["body"] for one in messages)


def test_read_of_an_unknown_source_is_wrong_usage(brightline: Command) -> None:
    result = brightline("read", "outlook", "--config", CONFIG)
    assert (result.code, result.out) == (2, "")
    assert "no source outlook -> known are vault, twilio, canvas, squid" in result.err


# quarantine ---------------------------------------------------------------------------------------


def test_quarantine_explains_every_reason(brightline: Command) -> None:
    result = brightline("quarantine")
    assert (result.code, result.err) == (0, "")
    for name, reason in REASONS.items():
        assert f"{name}\n  means  {reason.meaning}\n  do     {reason.advice}\n" in result.out


def test_quarantine_explains_a_run(district: Path, brightline: Command, tmp_path: Path) -> None:
    log = district / "exports/sms/sms-log-2025-10.csv"
    with log.open("ab") as file:
        file.write(b'"a","b"\r\n"c"\r\n')
    records = log.read_text(encoding="utf-8").count('"SM') + 1
    run = brightline("audit", "--config", district / "district.toml", "--out", tmp_path / "r").run
    result = brightline("quarantine", run)
    reason = REASONS["wrong-cell-count"]
    assert (result.code, result.err) == (1, "")
    assert result.out.splitlines() == [
        "wrong-cell-count: 2 record(s)",
        f"  means  {reason.meaning}",
        f"  do     {reason.advice}",
        f"  at     exports/sms/sms-log-2025-10.csv:{records}",
        f"  at     exports/sms/sms-log-2025-10.csv:{records + 1}",
    ]


def test_an_empty_quarantine_needs_nobody(brightline: Command, audited: Result) -> None:
    assert brightline("quarantine", audited.run) == Result(0, "", "")


def test_quarantine_of_no_run_is_wrong_usage(brightline: Command, tmp_path: Path) -> None:
    result = brightline("quarantine", tmp_path)
    assert (result.code, result.out) == (2, "")
    assert "does not exist -> give a run folder" in result.err


# signals ------------------------------------------------------------------------------------------

TEXT = "txt me 406-555-0101 or jo@mail.example, https://example.org/jo, my snap is jo_lo"
KEYS: dict[str, set[str]] = {
    "phones": {"start", "end", "e164"},
    "addresses": {"start", "end", "address"},
    "links": {"start", "end", "url"},
    "handles": {"start", "end", "handle", "network"},
}


def write_lines(path: Path, *lines: object) -> Path:
    """A file of JSON lines; text goes in as it is."""
    shown = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text("".join(f"{line}\n" for line in shown), encoding="utf-8")
    return path


def test_signals_have_exactly_the_keys_of_the_contract(brightline: Command, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "texts.jsonl", {"id": "1", "text": TEXT}, {"id": 2, "text": ""})
    result = brightline("signals", path)
    assert (result.code, result.err) == (0, "")
    first, second = lines_of(result)
    for one in (first, second):
        assert list(one) == ["id", "purpose", *KEYS]
        assert list(one["purpose"]) == ["label", "p_school_business", "reasons"]
        assert one["purpose"]["label"] in {"school_business", "personal", "unclear"}
        assert 0 <= one["purpose"]["p_school_business"] <= 1
    assert (first["id"], second["id"]) == ("1", 2)
    for name, keys in KEYS.items():
        assert [set(found) for found in first[name]] == [keys], name
        assert second[name] == []
    cut = {name: TEXT[first[name][0]["start"] : first[name][0]["end"]] for name in KEYS}
    assert cut == {
        "phones": "406-555-0101",
        "addresses": "jo@mail.example",
        "links": "https://example.org/jo",
        "handles": "jo_lo",
    }
    assert first["phones"][0]["e164"] == "+14065550101"


@pytest.mark.parametrize(
    "bad", ["{", "[]", '"text"', "7", '{"id": 1}', '{"text": "x"}', '{"id": 1, "text": null}']
)
def test_a_bad_line_is_told_by_its_number(brightline: Command, tmp_path: Path, bad: str) -> None:
    path = write_lines(tmp_path / "texts.jsonl", {"id": 1, "text": "see you"}, "", bad)
    result = brightline("signals", path)
    assert (result.code, result.out) == (2, "")
    assert f"{path}:3: is no JSON object" in result.err
    assert "see you" not in result.err


def test_an_empty_file_has_no_signals(brightline: Command, tmp_path: Path) -> None:
    assert brightline("signals", write_lines(tmp_path / "texts.jsonl")) == Result(0, "", "")


def test_signals_of_a_missing_file_is_wrong_usage(brightline: Command, tmp_path: Path) -> None:
    result = brightline("signals", tmp_path / "texts.jsonl")
    assert (result.code, result.out) == (2, "")
    assert "does not exist -> " in result.err


def test_signals_read_stdin() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "signals", "-"],
        input=json.dumps({"id": "ñ", "text": "406-555-0101"}),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["id"] == "ñ"


# rules --------------------------------------------------------------------------------------------


def test_rules_list_shows_every_rule(brightline: Command) -> None:
    result = brightline("rules", "list")
    assert (result.code, result.err) == (0, "")
    shown = [line.split(maxsplit=3) for line in result.out.splitlines()]
    assert shown == [[r.id, r.clause, str(r.severity), r.title] for r in all_rules()]


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)
def test_rules_show_tells_all_about_a_rule(brightline: Command, rule: Any) -> None:
    result = brightline("rules", "show", rule.id)
    assert (result.code, result.err) == (0, "")
    said = (rule.title, rule.rationale, *rule.review_steps, *rule.false_positives)
    assert [one for one in said if one not in result.out] == []
    assert [one.says for one in rule.examples if f"| {one.says} |" not in result.out] == []


@pytest.mark.parametrize("verb", ["show", "test"])
def test_an_unknown_rule_is_wrong_usage(brightline: Command, verb: str) -> None:
    result = brightline("rules", verb, "personal_txting")
    assert (result.code, result.out) == (2, "")
    assert "no rule personal_txting -> known are " in result.err


def test_rules_test_shows_a_table_and_passes(brightline: Command) -> None:
    result = brightline("rules", "test", "personal_texting")
    assert (result.code, result.err) == (0, "")
    head, row = (line.split() for line in result.out.splitlines())
    columns = "rule examples wrong benign flagged labelled precision recall"
    assert head == columns.split()
    assert (row[0], row[2], row[4]) == ("personal_texting", "0", "0")


def test_rules_test_exits_1_and_names_what_is_wrong(
    brightline: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.gates.run_example", lambda rule, example: None)
    result = brightline("rules", "test", "personal_texting")
    assert result.code == 1
    assert "personal_texting: " in result.err and "expected flagged, got None" in result.err


def test_the_repository_is_where_the_tests_think() -> None:
    assert (REPOSITORY / "pyproject.toml").is_file()
