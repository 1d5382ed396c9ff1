"""Faults planted in a run: it stops with exit 3, says where, quotes nothing and leaves nothing.

Every test here plants one fault in the program itself; the district is the good one.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipelines.counters import Ledger
from pipelines.output.flags import RunTables
from pipelines.resolve import Resolver
from pipelines.sources.twilio import Twilio
from rules.model import Check
from tests.conftest import DISTRICT, REPOSITORY, Command, Result

CANARY = "CANARY"
Plant = Callable[[str, Check], None]
Audit = Callable[[], Result]


@pytest.fixture
def audit(brightline: Command, tmp_path: Path) -> Audit:
    """Audit the fixture district in this process, into `tmp_path / "runs"`."""

    def run() -> Result:
        config = DISTRICT / "district.toml"
        return brightline("audit", "--config", config, "--out", tmp_path / "runs")

    return run


def check_nothing_is_left(result: Result, out: Path) -> None:
    """Exit 3, one line on stderr, nothing on stdout, no folder, no quoted text."""
    assert result.code == 3
    assert result.out == ""
    assert len(result.err.splitlines()) == 1
    assert result.err.startswith("failed: ")
    assert "nothing was published" in result.err
    assert "Traceback" not in result.err
    assert CANARY not in result.err
    assert list(out.iterdir()) == []


def fail(*_: object, **__: object) -> Any:
    """Raise as a bug would, with message text in what it says."""
    raise ValueError(f"cannot read {CANARY}: see you at the lake")


def test_the_check_sees_what_a_failed_run_leaves(tmp_path: Path) -> None:
    line = "failed: something; nothing was published\n"
    check_nothing_is_left(Result(3, "", line), tmp_path)
    for wrong in (Result(1, "", line), Result(3, "", line + "Traceback\n")):
        with pytest.raises(AssertionError):
            check_nothing_is_left(wrong, tmp_path)
    (tmp_path / ".work-x").mkdir()
    with pytest.raises(AssertionError):
        check_nothing_is_left(Result(3, "", line), tmp_path)


# Counts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "extra", "told"),
    [
        ("records_read", 1, "source twilio: 391 records read but 390 accounted for"),
        ("records_read", -1, "source twilio: 389 records read but 390 accounted for"),
        ("quarantined", 1, "source twilio: 390 records read but 391 accounted for"),
        ("duplicates", -1, "source twilio: 390 records read but 389 accounted for"),
    ],
)
def test_a_reader_that_miscounts_one_record_publishes_nothing(
    audit: Audit,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    count: str,
    extra: int,
    told: str,
) -> None:
    read = Twilio.read

    def miscounting(self: Twilio, export: Any, ledger: Ledger) -> Iterator[pa.RecordBatch]:
        yield from read(self, export, ledger)
        setattr(ledger, count, getattr(ledger, count) + extra)

    monkeypatch.setattr(Twilio, "read", miscounting)
    result = audit()
    check_nothing_is_left(result, tmp_path / "runs")
    assert told in result.err


def test_a_message_lost_between_reader_and_screen_publishes_nothing(
    audit: Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Twilio.read

    def losing(self: Twilio, export: Any, ledger: Ledger) -> Iterator[pa.RecordBatch]:
        first, *others = read(self, export, ledger)
        yield first.slice(1)
        yield from others

    monkeypatch.setattr(Twilio, "read", losing)
    result = audit()
    check_nothing_is_left(result, tmp_path / "runs")
    assert "976 messages read but 975 screened" in result.err


# Crashes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["personal_texting", "off_hours_contact"])
def test_a_rule_that_crashes_stops_the_run_and_is_named(
    audit: Audit, plant: Plant, tmp_path: Path, rule: str
) -> None:
    plant(rule, fail)
    result = audit()
    check_nothing_is_left(result, tmp_path / "runs")
    assert f"rule {rule} raised ValueError at {Path(__file__).name}:" in result.err
    assert f"brightline rules test {rule}" in result.err


def test_a_rule_that_crashes_half_way_through_its_matches_is_no_partial_result(
    audit: Audit, plant: Plant, tmp_path: Path
) -> None:
    from rules.personal_texting import RULE

    def half(message: Any, around: Any) -> Iterator[Any]:
        yield from RULE.check(message, around)
        fail()

    plant("personal_texting", half)
    result = audit()
    check_nothing_is_left(result, tmp_path / "runs")
    assert "rule personal_texting raised ValueError" in result.err


@pytest.mark.parametrize(
    ("target", "name"),
    [
        (Twilio, "read"),
        (Resolver, "resolve"),
        ("pipelines.examination.texts_needed", None),
        ("pipelines.outcome.assemble_case", None),
        ("pipelines.audit.tally", None),
        (RunTables, "add"),
        (RunTables, "close"),
        ("pipelines.audit.report_of", None),
        ("pipelines.audit.write_quarantine", None),
        ("pipelines.audit.write_manifest", None),
        ("pipelines.audit.input_hashes", None),
        ("pipelines.workplace.build_directory", None),
    ],
)
def test_whatever_raises_is_told_by_type_and_place_and_publishes_nothing(
    audit: Audit,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    target: Any,
    name: str | None,
) -> None:
    if name:
        monkeypatch.setattr(target, name, fail)
    else:
        monkeypatch.setattr(target, fail)
    result = audit()
    check_nothing_is_left(result, tmp_path / "runs")
    assert "ValueError at pipelines/" in result.err


def test_a_full_disk_while_publishing_leaves_nothing(
    audit: Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = RunTables.close

    def full(self: RunTables) -> None:
        close(self)
        raise OSError(28, f"No space left on device: {CANARY}")

    monkeypatch.setattr(RunTables, "close", full)
    result = audit()
    check_nothing_is_left(result, tmp_path / "runs")
    assert "OSError" in result.err


def test_a_failed_run_leaves_the_runs_before_it_alone(
    audit: Audit, plant: Plant, tmp_path: Path
) -> None:
    good = audit()
    assert good.code == 0
    flags = good.flags
    plant("personal_texting", fail)
    assert audit().code == 3
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [good.run.name]
    assert good.flags == flags


WAITING = """
import sys, threading
from dataclasses import replace
import pipelines.workplace as workplace
from pipelines.cli import main

def wait(message, around):
    print("here", flush=True)
    threading.Event().wait(60)
    return ()

rules = tuple(replace(rule, check=wait) for rule in workplace.all_rules())
workplace.all_rules = lambda: rules
main(sys.argv[1:])
"""


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_stopped_leaves_nothing(tmp_path: Path, stop: signal.Signals) -> None:
    config, out = DISTRICT / "district.toml", tmp_path / "runs"
    with subprocess.Popen(
        [sys.executable, "-c", WAITING, "audit", "--config", config, "--out", out],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=REPOSITORY,
        env=os.environ,
    ) as run:
        assert run.stdout and run.stdout.readline() == b"here\n"
        assert [path.name.startswith(".work-") for path in out.iterdir()] == [True]
        run.send_signal(stop)
        _, told = run.communicate(timeout=50)
    assert run.returncode == 3
    assert b"nothing was published" in told
    assert b"Traceback" not in told
    assert list(out.iterdir()) == []
