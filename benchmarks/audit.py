"""Measures the pipeline beside its baselines, on the same files, in turn; prints one table.

    python -m benchmarks.audit [--sizes 1000000 ...] [--mail 100000] [--rounds 3] [--work DIR]
        [--presidio-limit 20000] [--mail-limit 20000] [--presidio-python PATH] [--only NAME ...]

Every run is a process of its own. Runs of one data set are interleaved (A B A B ...) and the
median of the rounds stands in the table. Files are read once beforehand, so all runs find them
in the page cache. Peak memory is the larger of what the kernel says of one process (wait4) and
the sum of the process tree, sampled; shared pages count for each process. This module imports
nothing large, because a child's peak is never below what its parent held when it started.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.district import generator_digest
from benchmarks.measure import Failed, Usage, measured

PROJECT = Path(__file__).resolve().parent.parent
VERSIONS = ("apache-beam", "pyarrow", "numpy", "fast-mail-parser")
NAMES = ("pipeline", "floor", "presidio", "mail-baseline")
GENERATE_SETTINGS = {"people": 10_000, "seed": 7, "candidates": 0.01}


@dataclass(frozen=True)
class Task:
    """One command measured on one data set."""

    name: str
    title: str
    command: tuple[str, ...]
    messages: int  # of mail: mailbox copies
    runs: Path | None = None  # where the pipeline publishes


@dataclass(frozen=True)
class Line:
    """The median of a task's rounds."""

    task: Task
    usage: Usage
    note: str = ""


def main(arguments: list[str] | None = None) -> int:
    """Command line; 0, or 1 when a run failed."""
    given = _parser().parse_args(arguments)
    given.work.mkdir(parents=True, exist_ok=True)
    try:
        lines: list[list[Line]] = []
        for size in given.sizes:
            data = _data(given.work, size, 0)
            lines.append(_rounds(_message_tasks(data, size, given), given.rounds, data))
        if given.mail:
            data = _data(given.work, 0, given.mail)
            lines.append(_rounds(_mail_tasks(data, given), given.rounds, data))
    except Failed as error:
        print(f"benchmarks.audit: {error}", file=sys.stderr)
        return 1
    print("\n".join(table(lines)))
    print("\n" + "\n".join(_surroundings(given)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audit")
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000_000], help="messages")
    parser.add_argument("--mail", type=int, default=100_000, help="mails; 0 leaves mail out")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "bench")
    parser.add_argument("--presidio-limit", type=int, default=20_000, help="0: all messages")
    parser.add_argument("--mail-limit", type=int, default=20_000, help="of the baseline; 0: all")
    parser.add_argument("--presidio-python", default=sys.executable, help="has presidio-analyzer")
    parser.add_argument("--only", nargs="*", choices=NAMES, default=NAMES)
    return parser


def _data(work: Path, messages: int, mail: int) -> Path:
    """The data set of that size below `work`, generated unless it is there as wanted."""
    folder = work / (f"mail-{mail}" if mail else f"messages-{messages}")
    wanted = {"messages": messages, "mail": mail, **GENERATE_SETTINGS}
    try:
        stated = json.loads((folder / "RATES.json").read_text(encoding="utf-8"))
        if stated["arguments"] == wanted and stated["source"] == generator_digest():
            return folder
    except (OSError, ValueError, KeyError):
        pass
    options = [f"--{name}={value}" for name, value in wanted.items()]
    command = [sys.executable, "-m", "benchmarks.generate", str(folder), "--force", *options]
    print(f"generating {folder}", file=sys.stderr)
    if subprocess.run(command, cwd=PROJECT, stdout=sys.stderr, check=False).returncode:
        raise Failed(shlex.join(command))
    return folder


def _message_tasks(data: Path, size: int, given: argparse.Namespace) -> list[Task]:
    limit = ("--limit", str(given.presidio_limit)) if given.presidio_limit else ()
    script = (given.presidio_python, "-m", "benchmarks.presidio_script", str(data), *limit)
    tasks = [
        _pipeline(data, size, "SMS and LMS"),
        _floor(data, size, "SMS and LMS"),
        Task("presidio", "Presidio script, SMS and LMS", script, size),
    ]
    return [task for task in tasks if task.name in given.only]


def _mail_tasks(data: Path, given: argparse.Namespace) -> list[Task]:
    limit = ("--limit", str(given.mail_limit)) if given.mail_limit else ()
    script = (sys.executable, "-m", "benchmarks.mail_baseline", str(data), *limit)
    stated = json.loads((data / "RATES.json").read_text(encoding="utf-8"))
    copies = int(stated["counts"]["mail copies"])
    tasks = [
        _pipeline(data, copies, "mail"),
        _floor(data, copies, "mail"),
        Task("mail-baseline", "mailbox and policy.default, mail", script, copies),
    ]
    return [task for task in tasks if task.name in given.only]


def _pipeline(data: Path, messages: int, what: str) -> Task:
    runs = data / "runs"
    command = (
        *(sys.executable, "-m", "pipelines.cli", "audit"),
        *("--config", str(data / "district.toml"), "--out", str(runs)),
    )
    return Task("pipeline", f"brightline audit, {what}", command, messages, runs)


def _floor(data: Path, messages: int, what: str) -> Task:
    command = (sys.executable, "-m", "benchmarks.floor", str(data))
    return Task("floor", f"floor: pyarrow and one regex, {what}", command, messages)


def _rounds(tasks: Sequence[Task], rounds: int, data: Path) -> list[Line]:
    """Every task once a round, in turn; the run of the median time stands for the task."""
    _warm(data)
    runs: dict[str, list[tuple[Usage, str]]] = {task.name: [] for task in tasks}
    for number in range(1, rounds + 1):
        for task in tasks:
            print(f"round {number}: {task.title}", file=sys.stderr)
            runs[task.name].append(_run(task))
    return [_median(task, runs[task.name]) for task in tasks]


def _median(task: Task, runs: list[tuple[Usage, str]]) -> Line:
    middle = Usage(
        seconds=statistics.median(usage.seconds for usage, _ in runs),
        cpu_seconds=statistics.median(usage.cpu_seconds for usage, _ in runs),
        peak_mb=statistics.median(usage.peak_mb for usage, _ in runs),
    )
    return Line(task, middle, runs[0][1])


def _run(task: Task) -> tuple[Usage, str]:
    """Measure one task; a limited baseline's times are those of the whole, and a note says so.

    Raises:
        Failed: the command failed, or published nothing.
    """
    if task.runs:
        shutil.rmtree(task.runs, ignore_errors=True)
    usage, output = measured(task.command, PROJECT, accepted=(0, 1) if task.runs else (0,))
    if task.runs:
        _check_published(task)
        shutil.rmtree(task.runs)
        return usage, ""
    figures = json.loads(output.splitlines()[-1])
    if figures["messages"] != task.messages:
        raise Failed(f"{task.title}: {figures['messages']} messages, {task.messages} are there")
    if "extrapolated_from" not in figures:
        return usage, ""
    whole = Usage(
        usage.seconds + figures["added_seconds"],
        usage.cpu_seconds + figures["added_cpu_seconds"],
        usage.peak_mb,
    )
    return whole, f"extrapolated from {figures['extrapolated_from']:,.0f}"


def _check_published(task: Task) -> None:
    """Exit code 1 is also what a crash gives: only a run folder shows that the audit was done."""
    manifests = list((task.runs or Path()).glob("*/for_it/manifest.json"))
    if len(manifests) != 1:
        raise Failed(f"{task.title}: no run published: {shlex.join(task.command)}")


def _warm(data: Path) -> None:
    for path in sorted(data.rglob("*")):
        if path.is_file():
            with path.open("rb") as stream:
                while stream.read(1 << 20):
                    pass


def table(groups: Iterable[Sequence[Line]]) -> list[str]:
    """The lines of a markdown table; each group is compared with its own floor."""
    heads = ("what", "messages", "seconds", "CPU s", "messages/s", "peak MB", "x floor")
    rows = [f"| {' | '.join(heads)} |", f"|---|{'---:|' * (len(heads) - 1)}"]
    for lines in groups:
        floors = [line.usage.seconds for line in lines if line.task.name == "floor"]
        for line in lines:
            seconds = line.usage.seconds
            cells = (
                line.task.title + (f" ({line.note})" if line.note else ""),
                f"{line.task.messages:,}",
                f"{seconds:,.1f}",
                f"{line.usage.cpu_seconds:,.1f}",
                f"{line.task.messages / seconds:,.0f}",
                f"{line.usage.peak_mb:,.0f}",
                f"{seconds / floors[0]:,.1f}" if floors else "",
            )
            rows.append(f"| {' | '.join(cells)} |")
    return rows


def _surroundings(given: argparse.Namespace) -> list[str]:
    """Machine, versions and command, in words."""
    cores = len(os.sched_getaffinity(0))
    own = _versions(sys.executable, VERSIONS)
    lines = [
        "Mail is counted in mailbox copies; messages/s and seconds are of the whole process.",
        f"Median of {given.rounds} interleaved rounds, files in the page cache.",
        f"Machine: {_cpu_model()}, {cores} cores, {platform.system()} {platform.release()}.",
        f"Python {platform.python_version()}, {own}.",
    ]
    if "presidio" in given.only:
        names = ("presidio-analyzer", "spacy")
        lines.append(f"Presidio's own environment: {_versions(given.presidio_python, names)}.")
    return [*lines, f"Command: python -m benchmarks.audit {shlex.join(sys.argv[1:])}".rstrip()]


def _versions(python: str, names: Sequence[str]) -> str:
    code = (
        "import sys, importlib.metadata as m\n"
        "have = {d.name.lower().replace('_', '-'): d.version for d in m.distributions()}\n"
        "print(', '.join(n + ' ' + have.get(n, 'not installed') for n in sys.argv[1:]))"
    )
    command = [python, "-c", code, *names]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


if __name__ == "__main__":
    sys.exit(main())
