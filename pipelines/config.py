"""The district's configuration, `district.toml`: read whole, every fault named with its line.

Rule of this file: it checks what it can without opening exports; readers and tables check the
rest, and all problems are shown together (`brightline check`, exit 2).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import phonenumbers

from pipelines.errors import Problem, UserError
from pipelines.roster.tables import TablePaths
from rules.policies.pack import shipped
from rules.signals.hours import parse_hours

_KEYS = {
    "district": ("name", "time_zone", "phone_region", "school_domains", "policy"),
    "roster": (
        "oneroster",
        "handles",
        "relationships",
        "district_numbers",
        "approved_groups",
        "approved_sites",
        "breaks",
        "web_permissions",
        "teaching_tools",
    ),
    "source": ("format", "path", "name", "time_zone"),
    "limits": ("quarantine",),
    "history": ("runs",),
}
_TABLES = _KEYS["roster"][1:]
_LISTS = ("source",)
_CALENDAR_KEYS = ("days_off", "calendar")
_SCHOOL_DAY = "school_day"
_NOT_NAME = r"[^\w.:-]"  # a source's name becomes part of file names
QUARANTINE_LIMIT = 0.001
"""Share of records that may be quarantined before a run asks for a person (exit 1)."""


@dataclass(frozen=True)
class SourceConfig:
    """One [[source]]."""

    name: str
    format: str
    path: Path
    time_zone: str = ""  # of times that carry none; empty where nobody has said


@dataclass(frozen=True)
class Config:
    """A checked configuration; paths are absolute."""

    path: Path
    name: str
    time_zone: str
    phone_region: str
    school_domains: tuple[str, ...]
    policy: Path
    oneroster: Path
    tables: TablePaths
    hours: dict[str, str]
    days_off: Path | None
    calendar: Path | None
    sources: tuple[SourceConfig, ...]
    quarantine_limit: float = QUARANTINE_LIMIT
    school_day: dict[str, str] = field(default_factory=dict)  # empty where nobody has said
    history: Path | None = None  # where earlier runs are, if not where this one is written

    @property
    def base(self) -> Path:
        """The folder that file names in outputs are relative to."""
        return self.path.parent


@dataclass
class _Reader:
    """The parsed file with the problems found in it so far."""

    path: Path
    text: str
    data: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)

    def fault(self, table: str, key: str, what: str, remedy: str, place: int = 0) -> None:
        """Note a fault of a key; `place` counts tables of one name, such as [[source]], from 0."""
        self.problems.append(Problem(self._where(table, key, place), what, remedy))

    def _where(self, table: str, key: str, place: int) -> str:
        """File and line of a key, or of its table, as far as it can be found."""
        inside, seen, at = "", -1, 0
        for number, line in enumerate(self.text.splitlines(), 1):
            header = re.match(r"\s*\[+\s*([\w.-]+)\s*\]+", line)
            if header:
                inside = header[1]
                seen += inside == table
                at = at or (number if inside == table and seen == place else 0)
            elif (inside == table and seen == place) or not inside:
                name = key if inside else table
                if name and re.match(rf"""\s*["']?{re.escape(name)}["']?\s*=""", line):
                    return f"{self.path.name}:{number}"
        return f"{self.path.name}:{at}" if at else self.path.name

    def tables(self, name: str) -> list[dict[str, Any]]:
        """The tables of a name, in order; none where the file has something else there."""
        value = self.data.get(name, [])
        entries = value if isinstance(value, list) else [value]
        return [entry for entry in entries if isinstance(entry, dict)]

    def value_of(self, table: str, key: str) -> Any:
        """The value of a key of a table that stands once."""
        return next((entry.get(key) for entry in self.tables(table)), None)

    def check_names(self) -> None:
        """Note every table and key that is unknown, and every table that is none."""
        for table, value in self.data.items():
            known = _KEYS.get(table)
            if known is None and table != "hours":
                names = ", ".join((*_KEYS, "hours"))
                self.fault(table, "", f"unknown table [{table}]", f"known are {names}")
                continue
            shown = f"[[{table}]]" if table in _LISTS else f"[{table}]"
            tables = self.tables(table)
            if isinstance(value, list) != (table in _LISTS) or not tables:
                self.fault(table, "", f"{table} must be a table", f"write it as {shown}")
            for place, entry in enumerate(tables):
                for key in entry.keys() - set(known or entry):
                    names = ", ".join(known or ())
                    what = f"unknown key {key} in {shown}"
                    self.fault(table, key, what, f"known are {names}", place)

    def text_of(self, table: str, key: str, *, required: bool = True) -> str:
        value = self.value_of(table, key)
        if value is None:
            if required:
                self.fault(table, key, f"[{table}] {key} is missing", f'add {key} = "..."')
            return ""
        if not isinstance(value, str) or not value.strip():
            self.fault(table, key, f"[{table}] {key} must be text", f'write {key} = "..."')
            return ""
        return value

    def file_of(self, table: str, key: str, *, required: bool = False) -> Path | None:
        value = self.text_of(table, key, required=required)
        if not value:
            return None
        path = (self.path.parent / value).resolve()
        if not path.exists():
            self.fault(
                table,
                key,
                f"[{table}] {key}: {value} does not exist",
                "correct the path or remove the key",
            )
        return path


def load_config(path: Path, formats: frozenset[str]) -> Config:
    """Read and check a configuration.

    Raises:
        UserError: with every problem found.
    """
    reader = _open(path)
    reader.check_names()
    config = Config(
        path=path.resolve(),
        name=reader.text_of("district", "name"),
        time_zone=_time_zone(reader),
        phone_region=_region(reader),
        school_domains=_domains(reader),
        policy=_policy(reader),
        oneroster=reader.file_of("roster", "oneroster", required=True) or path,
        tables=TablePaths(**{key: reader.file_of("roster", key) for key in _TABLES}),
        hours=_hours(reader),
        days_off=reader.file_of("hours", "days_off"),
        calendar=reader.file_of("hours", "calendar"),
        sources=_sources(reader, formats),
        quarantine_limit=_limit(reader),
        school_day=_school_day(reader),
        history=_history(reader),
    )
    if reader.problems:
        _hours_too(reader, config.hours)
        raise UserError(sorted(set(reader.problems), key=reader.problems.index))
    return config


def _history(reader: _Reader) -> Path | None:
    """The folder of earlier runs; on the first night there is none yet."""
    if "history" not in reader.data:
        return None
    value = reader.text_of("history", "runs")
    return (reader.path.parent / value).resolve() if value else None


def _hours_too(reader: _Reader, spans: dict[str, str]) -> None:
    """Faults of the hours, which a run would find later, beside those of the rest."""
    try:
        if spans:
            parse_hours(spans)
    except ValueError as error:
        reader.fault("hours", next(iter(spans)), f"[hours] {error}", "see docs/data.md")


def _open(path: Path) -> _Reader:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        remedy = "give the path of district.toml with --config"
        raise UserError([Problem(str(path), "does not exist", remedy)]) from None
    except (OSError, UnicodeDecodeError) as error:
        what = f"cannot be read: {type(error).__name__}"
        remedy = "give a file of UTF-8 text that you may read"
        raise UserError([Problem(str(path), what, remedy)]) from None
    try:
        return _Reader(path, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UserError([Problem(path.name, f"is not TOML: {error}", "mend that line")]) from None


_ZONE_REMEDY = 'use an IANA name such as "America/Denver"'


def _time_zone(reader: _Reader) -> str:
    zone = reader.text_of("district", "time_zone")
    if zone and zone not in available_timezones():
        reader.fault("district", "time_zone", f"unknown time zone {zone}", _ZONE_REMEDY)
    return zone


def _region(reader: _Reader) -> str:
    region = reader.text_of("district", "phone_region")
    if region and region not in phonenumbers.SUPPORTED_REGIONS:
        reader.fault(
            "district",
            "phone_region",
            f"unknown phone region {region}",
            'use an ISO code such as "US"',
        )
    return region


def _domains(reader: _Reader) -> tuple[str, ...]:
    value = reader.value_of("district", "school_domains")
    if (
        not isinstance(value, list)
        or not value
        or not all(isinstance(v, str) and "." in v for v in value)
    ):
        reader.fault(
            "district",
            "school_domains",
            "[district] school_domains must list the school's mail domains",
            'for example school_domains = ["district.org", "students.district.org"]',
        )
        return ()
    return tuple(one.strip().lower() for one in value)


def _policy(reader: _Reader) -> Path:
    name = reader.text_of("district", "policy")
    known = shipped()
    if name in known:
        return known[name]
    path = (reader.path.parent / name).resolve()
    if name and not path.is_file():
        reader.fault(
            "district",
            "policy",
            f"no policy {name}",
            f"use {', '.join(known)} or the path of a pack",
        )
    return path


def _hours(reader: _Reader) -> dict[str, str]:
    if "hours" not in reader.data:
        reader.fault("hours", "", "[hours] is missing", 'add [hours] with weekdays = "07:00-18:00"')
    hours = next(iter(reader.tables("hours")), {})
    others = (*_CALENDAR_KEYS, _SCHOOL_DAY)
    spans = {key: value for key, value in hours.items() if key not in others}
    for key in [key for key, value in spans.items() if not isinstance(value, str)]:
        reader.fault("hours", key, f"[hours] {key} must be text", 'write "07:00-18:00" or "off"')
        spans.pop(key)
    return spans


def _school_day(reader: _Reader) -> dict[str, str]:
    """The school day by weekday; one text stands for Monday to Friday."""
    value = reader.value_of("hours", _SCHOOL_DAY)
    if value is None:
        return {}
    spans = {"weekdays": value} if isinstance(value, str) else value
    if isinstance(spans, dict) and spans and all(isinstance(v, str) for v in spans.values()):
        return spans
    remedy = 'write school_day = "08:00-15:30", or a table by weekday'
    reader.fault("hours", _SCHOOL_DAY, "[hours] school_day must be hours", remedy)
    return {}


def _sources(reader: _Reader, formats: frozenset[str]) -> tuple[SourceConfig, ...]:
    entries = reader.tables("source")
    if not entries:
        remedy = "add one for each export; see `brightline sources`"
        reader.fault("source", "", "no [[source]]", remedy)
    unnamed = [entry.get("format") for entry in entries if "name" not in entry]
    found: list[SourceConfig] = []
    for place, entry in enumerate(entries):
        fault = partial(reader.fault, "source", place=place)
        kind, where = entry.get("format"), entry.get("path")
        if kind not in formats:
            what = "missing" if kind is None else f"unknown: {kind}"
            fault(
                "format", f"[[source]] format is {what}", f"known are {', '.join(sorted(formats))}"
            )
            kind = str(kind)
        if not isinstance(where, str) or not where:
            fault("path", "[[source]] path is missing", 'add path = "exports/..."')
            continue
        path = (reader.path.parent / where).resolve()
        if not path.exists():
            fault("path", f"[[source]] path {where} does not exist", "correct the path")
        only = unnamed.count(kind) == 1
        name = entry.get("name", kind if only else f"{kind}:{re.sub(_NOT_NAME, '-', where)}")
        if not isinstance(name, str) or not name or re.search(_NOT_NAME, name):
            fault("name", "[[source]] name is not a name", "use letters, digits, - . : and _")
        if name in [source.name for source in found]:
            fault("name", f"two sources are named {name}", "give each its own name")
        zone = entry.get("time_zone", "")
        if not isinstance(zone, str) or (zone and zone not in available_timezones()):
            fault("time_zone", f"[[source]] unknown time zone {zone}", _ZONE_REMEDY)
        found.append(SourceConfig(str(name), str(kind), path, str(zone)))
    return tuple(found)


def _limit(reader: _Reader) -> float:
    value = reader.value_of("limits", "quarantine")
    if value is None:
        return QUARANTINE_LIMIT
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        reader.fault("limits", "quarantine", "must be a share from 0 to 1", "for example 0.001")
        return QUARANTINE_LIMIT
    return float(value)
