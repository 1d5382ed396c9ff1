"""The command `brightline`: results on stdout, everything else on stderr.

Rule of this file: a command parses its options, calls one function, prints, and returns an exit
code (0 complete, 1 needs a person, 2 wrong usage or configuration, 3 failed). Every command is
wrapped in `_plain_errors`, so that no trace and no message text reaches a terminal or a log. Beam
and spaCy are imported only by the commands that run them, so that `--help` answers at once.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipelines.errors import Crashed, Problem, RunFailed, UserError

if TYPE_CHECKING:
    from pipelines.config import Config

app = typer.Typer(
    help="Check staff-student messages against the district's communication policy.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
rules_app = typer.Typer(help="The rules: list, show, test.", no_args_is_help=True)
app.add_typer(rules_app, name="rules")

ConfigOption = Annotated[Path, typer.Option("--config", help="The district's configuration.")]
OutOption = Annotated[Path, typer.Option("--out", help="Folder that holds the runs.")]

NEEDS_A_PERSON, WRONG_USAGE, FAILED = 1, 2, 3


def say(text: str = "") -> None:
    """One line for people, on stderr."""
    typer.echo(printable(text), err=True)


def printable(text: str) -> str:
    """The text without what would steer a terminal: an export may name its files as it likes."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


@contextmanager
def _plain_errors() -> Iterator[None]:
    """A user's mistake is listed and exits 2, anything else that raises exits 3; no trace."""
    try:
        yield
    except typer.Exit:
        raise
    except UserError as error:
        say(f"{len(error.problems)} problem(s) to mend first:")
        for problem in error.problems:
            say(f"  {problem}")
        raise typer.Exit(WRONG_USAGE) from None
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None
    except KeyboardInterrupt:
        say("stopped; nothing was published")
        raise typer.Exit(FAILED) from None
    except Exception as error:
        say(f"failed: {error if isinstance(error, RunFailed) else Crashed(error)}")
        raise typer.Exit(FAILED) from None


def _config(path: Path) -> Config:
    from pipelines.config import load_config
    from pipelines.sources import formats

    return load_config(path, frozenset(formats()))


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A bar of steps on a terminal; silence in cron and pipes."""
    if not sys.stderr.isatty():
        yield lambda name: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:12}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=6)

        def step(name: str) -> None:
            bar.update(task, advance=1, description=name)

        yield step


@app.command()
@_plain_errors()
def audit(config: ConfigOption = Path("district.toml"), out: OutOption = Path("runs")) -> None:
    """Audit every configured export and write a run folder."""
    loaded = _config(config)
    from pipelines.audit import run_audit

    with _progress() as step:
        outcome = run_audit(loaded, out, step)
    total = outcome.totals
    say(
        f"{total.messages:,} messages: {total.examined:,} examined, {total.findings} findings "
        f"({total.lifted} lifted, {total.exempt} exempt), {total.cases} cases to review"
    )
    for reason in outcome.attention:
        say(f"needs a person: {reason}")
    typer.echo(outcome.folder)
    raise typer.Exit(outcome.exit_code)


@app.command()
@_plain_errors()
def check(config: ConfigOption = Path("district.toml")) -> None:
    """Dry run: configuration, tables and headers; every problem at once."""
    import tempfile

    loaded = _config(config)
    from pipelines.roster.calendar import read_calendar
    from pipelines.sources import formats
    from pipelines.workplace import prepare

    with tempfile.TemporaryDirectory(prefix="brightline-") as work:
        place = prepare(loaded, Path(work))
        exports = [place.export(one.name) for one in loaded.sources]
        unread = [one for export in exports for one in formats()[export.format].notices(export)]
    calendar = read_calendar(loaded.days_off, loaded.calendar, loaded.time_zone)
    typer.echo(f"district   {loaded.name}, {loaded.time_zone}, policy {place.policy.id}")
    shape = ", ".join(f"{n} {role}" for role, n in sorted(place.directory.shape().items()))
    typer.echo(f"roster     {shape}")
    for source in loaded.sources:
        typer.echo(f"source     {source.name}: {source.format} at {source.path}")
    for decision in calendar.decisions:
        kind = "day off" if decision.is_off else "school day"
        typer.echo(f"calendar   {decision.day} {kind}: {decision.label} ({decision.source})")
    for notice in (*place.notices(), *unread):
        say(f"note: {notice}")
    typer.echo("no problem found")


@app.command()
@_plain_errors()
def sources(
    path: Annotated[Path | None, typer.Argument(help="A file or folder to look at.")] = None,
) -> None:
    """List export formats, or tell what a file or folder holds and how to configure it."""
    from pipelines.sources import formats

    if path is None:
        for name, known in formats().items():
            typer.echo(f"{name:10} {known.title}")
        return
    if not path.exists():
        say(f"{path}: does not exist -> give a file or folder of an export")
        raise typer.Exit(WRONG_USAGE)
    found = list(_recognised(path))
    for name, place in found:
        path_text = json.dumps(str(place.resolve()), ensure_ascii=False)
        typer.echo(f'[[source]]\nformat = "{name}"\npath = {path_text}\n')
    if not found:
        say(f"{path}: no known export format; known are {', '.join(formats())}")
        raise typer.Exit(NEEDS_A_PERSON)


def _recognised(path: Path) -> Iterator[tuple[str, Path]]:
    """The highest folders (or the file itself) that hold exports of one format."""
    from pipelines.sources import formats

    here = [name for name, known in formats().items() if known.recognises(path)]
    if len(here) == 1:
        yield here[0], path
    elif here:
        for child in sorted(path.iterdir()):
            if child.is_dir():
                yield from _recognised(child)


@app.command()
@_plain_errors()
def read(
    source: Annotated[str, typer.Argument(help="Name of a configured source.")],
    config: ConfigOption = Path("district.toml"),
    with_text: Annotated[bool, typer.Option("--with-text", help="Show subject and body.")] = False,
) -> None:
    """What a source reader saw, as JSON lines; text only when asked for."""
    import tempfile

    loaded = _config(config)
    names = [one.name for one in loaded.sources]
    if source not in names:
        known = ", ".join(names)
        raise UserError([Problem(config.name, f"no source {source}", f"known are {known}")])
    from pipelines.inspection import read_source

    with tempfile.TemporaryDirectory(prefix="brightline-") as work:
        for line in read_source(loaded, source, Path(work), with_text):
            typer.echo(json.dumps(line, ensure_ascii=False))


@app.command()
@_plain_errors()
def quarantine(
    run: Annotated[
        Path | None, typer.Argument(help="A run folder; without it, all reasons.")
    ] = None,
) -> None:
    """Explain quarantined records of a run, or every reason there is."""
    from pipelines.output.quarantine import REASONS, explain

    if run is None:
        for name, reason in REASONS.items():
            typer.echo(f"{name}\n  means  {reason.meaning}\n  do     {reason.advice}")
        return
    path = run / "for_it" / "quarantine.csv"
    if not path.is_file():
        say(
            f"{path}: does not exist -> give a run folder such as runs/20260101T020000000Z-ab12cd34"
        )
        raise typer.Exit(WRONG_USAGE)
    lines = list(explain(path))
    for line in lines:
        typer.echo(printable(line))
    raise typer.Exit(NEEDS_A_PERSON if lines else 0)


@app.command()
@_plain_errors()
def signals(
    file: Annotated[Path, typer.Argument(help='JSON lines {"id", "text"}; - for stdin.')],
) -> None:
    """What the rules see in each text: purpose, phones, addresses, links, handles."""
    from pipelines.inspection import signals_of

    if str(file) != "-" and not file.is_file():
        say(f"{file}: does not exist -> give a file of JSON lines")
        raise typer.Exit(WRONG_USAGE)
    stream = sys.stdin if str(file) == "-" else file.open(encoding="utf-8-sig", errors="replace")
    with stream as lines:
        for line in signals_of(lines, str(file)):
            typer.echo(json.dumps(line, ensure_ascii=False))


@rules_app.command("list")
@_plain_errors()
def rules_list() -> None:
    """Every rule with its clause and severity."""
    from rules.registry import all_rules

    for rule in all_rules():
        typer.echo(f"{rule.id:24} {rule.clause:18} {rule.severity!s:8} {rule.title}")


@rules_app.command("show")
@_plain_errors()
def rules_show(rule: Annotated[str, typer.Argument(help="Id of a rule.")]) -> None:
    """One rule whole: clause, rationale, review steps, false positives, examples."""
    from pipelines.inspection import describe_rule

    typer.echo(describe_rule(rule))


@rules_app.command("test")
@_plain_errors()
def rules_test(
    rule: Annotated[str | None, typer.Argument(help="Id of a rule; without it, all.")] = None,
) -> None:
    """Run every example of every rule and the benign messages; exit 1 when one is wrong."""
    from pipelines.gates import test_rules

    table, failures = test_rules(rule)
    typer.echo(table)
    for failure in failures:
        say(failure)
    raise typer.Exit(NEEDS_A_PERSON if failures else 0)


def main(arguments: list[str] | None = None) -> Any:
    """The console script. Warnings and logs of libraries are none of the user's business."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.CRITICAL)  # they may quote a message
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that temporary files go
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    return app(args=arguments, prog_name="brightline")


if __name__ == "__main__":
    main()
