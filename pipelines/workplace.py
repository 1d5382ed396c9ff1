"""What a run holds in common: configuration, people, hours, policy, rules, and a work folder.

Rule of this file: everything a stage needs is here, made once, picklable, read-only. Workers
find it by the path of the work folder and keep one copy a process.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.config import Config
from pipelines.contacts import partition_count
from pipelines.errors import Problem, UserError
from pipelines.resolve import Resolver
from pipelines.roster.calendar import read_calendar
from pipelines.roster.directory import Directory, build_directory
from pipelines.roster.grants import Grant, grants_of
from pipelines.roster.oneroster import read_oneroster
from pipelines.roster.school_time import read_school_time
from pipelines.roster.tables import read_tables
from pipelines.sources import formats, is_web_log
from pipelines.sources.archive import plain_files
from pipelines.sources.interface import Export
from rules.model import Need, Rule
from rules.policies.pack import Clause, InvalidPolicy, Policy, load_policy
from rules.registry import all_rules
from rules.signals.hours import ContactHours, parse_hours

_FILE = "workplace.pickle"


@dataclass(frozen=True)
class Workplace:
    """A run's common ground."""

    config: Config
    directory: Directory
    hours: ContactHours
    policy: Policy
    grants: tuple[Grant, ...]
    work: Path
    partitions: int

    def resolver(self) -> Resolver:
        """A resolver with a memo of its own."""
        return Resolver(self.directory, self.hours, self.config.time_zone)

    def export(self, name: str) -> Export:
        """One [[source]] as its reader sees it."""
        source = next(one for one in self.config.sources if one.name == name)
        return Export(
            name=source.name,
            format=source.format,
            path=source.path,
            base=self.config.base.resolve(),
            time_zone=self.config.time_zone,
            region=self.config.phone_region,
            work=self.work,
            needs_text=self.resolver().needs_text,
            declared_zone=source.time_zone,
        )

    def rules(self) -> tuple[Rule, ...]:
        """The rules the policy names that have what they need to look."""
        return tuple(rule for rule in self._named() if not self._lacks(rule))

    def _named(self) -> list[Rule]:
        named = {rule for clause in self.policy.clauses for rule in clause.severities}
        return [rule for rule in all_rules() if rule.id in named]

    def _lacks(self, rule: Rule) -> frozenset[Need]:
        """What a rule needs and the district does not give."""
        found = set()
        if any(is_web_log(one.format) for one in self.config.sources):
            found.add(Need.WEB_LOG)
        if self.directory.school_time.hours:
            found.add(Need.SCHOOL_HOURS)
        return rule.needs - found

    def notices(self) -> tuple[Problem, ...]:
        """What a person should know although it stops nothing."""
        half = [
            Problem(
                self.config.path.name,
                f"rule {rule.id} cannot look without {', '.join(sorted(lacking))}",
                "see docs/data.md",
            )
            for rule in self._named()
            if (lacking := self._lacks(rule)) and lacking < rule.needs
        ]
        return (*self.directory.notices, *self.directory.school_time.notices, *half)

    def unchecked(self) -> list[Clause]:
        """Clauses of the policy that no rule of this version looks for."""
        known = {rule.id for rule in self.rules()}
        return [one for one in self.policy.clauses if not known & one.severities.keys()]

    def save(self) -> None:
        """Write it to the work folder for the workers."""
        save_pickled(self.work / _FILE, self)
        _OPEN.clear()
        _OPEN[str(self.work)] = self


def save_pickled(path: Path, value: object) -> None:
    """Write a value for another process of this run: owner-only, whole or not at all."""
    partial = path.with_suffix(".partial")
    partial.touch(mode=0o600)
    partial.write_bytes(pickle.dumps(value))
    partial.replace(path)


def load_pickled(path: Path) -> Any:
    """Read back what `save_pickled` wrote in this run's own folder."""
    return pickle.loads(path.read_bytes())


_OPEN: dict[str, Workplace] = {}
"""The workplace of this process, if any; one run at a time."""


def open_workplace(work: str) -> Workplace:
    """The workplace saved in a work folder; one copy a process."""
    if work not in _OPEN:
        _OPEN.clear()
        _OPEN[work] = load_pickled(Path(work) / _FILE)
    return _OPEN[work]


def prepare(config: Config, work: Path) -> Workplace:
    """Read roster, tables, calendar and policy; shows every problem at once.

    Raises:
        UserError: with every problem found.
    """
    problems: list[Problem] = []
    roster = read_oneroster(config.oneroster)
    tables = read_tables(config.tables, roster, config.school_domains, config.phone_region)
    calendar = read_calendar(config.days_off, config.calendar, config.time_zone)
    problems += [*roster.problems, *tables.problems, *calendar.problems]
    hours = _hours(config, calendar.days_off, problems)
    school_day = _school_day(config, calendar.days_off, problems)
    school_time = read_school_time(config.tables, school_day, roster, problems)
    policy = _policy(config, problems)
    if problems or policy is None:
        raise UserError(sorted(set(problems)))
    directory = build_directory(roster, tables, config.school_domains, config.phone_region)
    directory = replace(directory, school_time=school_time)
    size = sum(f.size for s in config.sources for f in plain_files(s.path, config.base))
    grants = grants_of(tables, school_time.permissions, directory.people)
    place = Workplace(config, directory, hours, policy, grants, work, partition_count(size))
    for source in config.sources:
        reader = formats()[source.format]
        problems += reader.problems(place.export(source.name))
    if problems:
        raise UserError(sorted(set(problems)))
    for source in config.sources:
        identities = formats()[source.format].identities(place.export(source.name))
        if identities:
            directory = directory.add_lms_identities(identities)
    return replace(place, directory=directory)


def _hours(config: Config, days_off: frozenset[date], problems: list[Problem]) -> ContactHours:
    try:
        return parse_hours(config.hours, days_off)
    except ValueError as error:
        problems.append(Problem(config.path.name, f"[hours] {error}", "see docs/data.md"))
        return parse_hours({"weekdays": "07:00-18:00"})


def _school_day(
    config: Config, days_off: frozenset[date], problems: list[Problem]
) -> ContactHours | None:
    try:
        return parse_hours(config.school_day, days_off) if config.school_day else None
    except ValueError as error:
        what = f"[hours] school_day: {error}"
        problems.append(Problem(config.path.name, what, "see docs/data.md"))
        return None


def _policy(config: Config, problems: list[Problem]) -> Policy | None:
    known = frozenset(rule.id for rule in all_rules())
    try:
        return load_policy(config.policy, known)
    except InvalidPolicy as error:
        problems += [Problem(error.path.name, fault, "mend the pack") for fault in error.faults]
        return None
