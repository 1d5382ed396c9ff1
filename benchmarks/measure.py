"""Runs a command as a process of its own and measures the whole tree below it (Linux)."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_SAMPLE_SECONDS = 0.05
_PAGE = os.sysconf("SC_PAGE_SIZE")
_MB = 1_000_000
_SHOWN = 2_000


class Failed(Exception):
    """A command that did not do what it was run for."""


@dataclass(frozen=True)
class Usage:
    """What a process and all it started took."""

    seconds: float
    cpu_seconds: float
    peak_mb: float


def measured(
    command: Sequence[str], folder: Path, accepted: Sequence[int] = (0,)
) -> tuple[Usage, str]:
    """Usage and standard output of a command run in `folder`.

    Raises:
        Failed: the command could not start or ended with another code; with the end of its errors.
    """
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        begin = time.perf_counter()
        try:
            child = subprocess.Popen(command, cwd=folder, stdout=output, stderr=errors)
        except OSError as error:
            raise Failed(f"{shlex.join(command)}: {error}") from error
        peak = 0
        while True:
            pid, status, spent = os.wait4(child.pid, os.WNOHANG)
            if pid:
                break
            peak = max(peak, _resident(child.pid))
            time.sleep(_SAMPLE_SECONDS)
        seconds = time.perf_counter() - begin
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if child.returncode not in accepted:
            end = errors.read()[-_SHOWN:].strip()
            raise Failed(f"exit code {child.returncode}: {shlex.join(command)}\n{end}")
        largest = max(peak, spent.ru_maxrss * 1024)
        return Usage(seconds, spent.ru_utime + spent.ru_stime, largest / _MB), output.read()


def _resident(root: int) -> int:
    """Resident bytes of a process and its descendants now; those gone meanwhile count nothing."""
    total, waiting = 0, [root]
    while waiting:
        pid = waiting.pop()
        try:
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
            for task in Path(f"/proc/{pid}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except (OSError, IndexError):
            continue
    return total
