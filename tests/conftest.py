"""Shared by all tests: the fixture district, audited once, and the command `brightline`.

- `audited`: fixtures/district_small audited by the real command, once a session; only to read
- `district`: a copy of the district to change
- `brightline`: the command in this process, so that a test can plant faults
- `command`: the command in a process of its own, as cron runs it
- `plant`: give a rule another `check` for one test
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import settings

from pipelines.cli import main
from rules.model import Check
from rules.registry import all_rules

REPOSITORY = Path(__file__).resolve().parent.parent
DISTRICT = REPOSITORY / "fixtures" / "district_small"

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")
"""No test asserts time; in CI the same examples are tried every time."""


@dataclass(frozen=True)
class Result:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def run(self) -> Path:
        """The run folder that an audit printed."""
        return Path(self.out.strip())

    @property
    def flags(self) -> bytes:
        """flags.csv of that run."""
        return (self.run / "for_officers" / "flags.csv").read_bytes()


Command = Callable[..., Result]


def run_command(*arguments: object, **environment: str) -> Result:
    """`brightline` in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | environment,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def command() -> Command:
    """`brightline` in a process of its own; keywords are environment variables."""
    return run_command


@pytest.fixture
def brightline(capfd: pytest.CaptureFixture[str]) -> Command:
    """`brightline` in this process, everything it changes in the process put back."""

    def run(*arguments: object) -> Result:
        capfd.readouterr()
        disabled, on_stop = logging.root.manager.disable, signal.getsignal(signal.SIGTERM)
        try:
            with warnings.catch_warnings(), pytest.raises(SystemExit) as ended:
                main([str(one) for one in arguments])
        finally:
            logging.disable(disabled)
            signal.signal(signal.SIGTERM, on_stop)
        out, err = capfd.readouterr()
        return Result(int(ended.value.code or 0), out, err)

    return run


@pytest.fixture(scope="session")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """The fixture district audited as a user would, under a careless umask."""
    out = tmp_path_factory.mktemp("audited") / "runs"
    before = os.umask(0)
    try:
        return run_command(
            "audit", "--config", DISTRICT / "district.toml", "--out", out, PYTHONHASHSEED="0"
        )
    finally:
        os.umask(before)


@pytest.fixture
def district(tmp_path: Path) -> Path:
    """A copy of the fixture district; its configuration is `district / "district.toml"`."""
    copy = tmp_path / "district"
    shutil.copytree(DISTRICT, copy)
    return copy


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Check], None]:
    """Give a rule another check, as if somebody had written it so."""

    def planted(rule: str, check: Check) -> None:
        rules = tuple(replace(r, check=check) if r.id == rule else r for r in all_rules())
        assert rules != all_rules()
        monkeypatch.setattr("pipelines.workplace.all_rules", lambda: rules)

    return planted
