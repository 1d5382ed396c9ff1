"""Read a OneRoster export (1.1, 1.2, or the older spellings seen) into tables of text.

Rule of this file: it knows the format and nothing of handles, families or dates. Every cell stays
text, so ids keep their leading zeros. Columns that are not needed (passwords, demographics) are
never taken out of a line. What is wrong is collected as `Problem`s, never raised one by one.

Sources: 1EdTech OneRoster 1.1 and 1.2 CSV binding (imsglobal.org/oneroster-v11-final-csv-tables,
imsglobal.org/spec/oneroster/v1p2/bind/csv); deviations seen in public exports are listed in
`reference/formats.md` 4.1.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipelines.errors import Problem
from pipelines.message import Role
from pipelines.roster.archive import RosterFiles, open_roster_files

ROLES: dict[str, Role] = {
    **dict.fromkeys(
        (
            *("administrator", "aide", "teacher", "proctor", "counselor", "principal"),
            *("siteadministrator", "districtadministrator", "systemadministrator"),
        ),
        Role.STAFF,
    ),
    "student": Role.STUDENT,
    **dict.fromkeys(("guardian", "parent", "relative"), Role.GUARDIAN),
}
"""OneRoster's role words (1.1 and 1.2, lower case) and what they are to Brightline."""

_ALIASES = {
    "orgsourcedid": "orgSourcedIds",
    "userid": "userIds",
    "agents": "agentSourcedIds",
    "agentsourcedid": "agentSourcedIds",
    "grade": "grades",
    "termsourcedid": "termSourcedIds",
}


@dataclass(frozen=True)
class _Shape:
    """One file of the export: its columns, and which of them Brightline cannot do without."""

    name: str
    needed: tuple[str, ...]
    optional: tuple[str, ...]
    required: bool

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.needed, *self.optional)


_USERS = _Shape(
    "users.csv",
    ("sourcedId", "givenName", "familyName"),
    (
        *("role", "orgSourcedIds", "primaryOrgSourcedId", "username", "userIds", "identifier"),
        *("middleName", "preferredGivenName", "preferredFamilyName"),
        *("email", "sms", "phone", "agentSourcedIds", "grades"),
    ),
    required=True,
)
_ROLES_FILE = _Shape(
    "roles.csv", ("userSourcedId", "role"), ("roleType", "orgSourcedId"), required=False
)
_CLASSES = _Shape(
    "classes.csv",
    ("sourcedId", "title"),
    ("courseSourcedId", "classCode", "classType", "schoolSourcedId", "termSourcedIds", "subjects"),
    required=True,
)
_ENROLLMENTS = _Shape(
    "enrollments.csv",
    ("classSourcedId", "userSourcedId", "role"),
    ("primary", "beginDate", "endDate"),
    required=True,
)
_ORGS = _Shape("orgs.csv", ("sourcedId", "name"), ("type", "parentSourcedId"), required=True)
_COURSES = _Shape("courses.csv", ("sourcedId", "title"), ("subjects",), required=False)
_SESSIONS = _Shape(
    "academicSessions.csv", ("sourcedId", "startDate", "endDate"), ("title", "type"), required=False
)


@dataclass(frozen=True)
class Roster:
    """A OneRoster export as it was read: every column is text, "" where nothing was given.

    `users` has one row per sourcedId (compared without regard to case) with OneRoster's columns and
    two more: `kind`, the `Role` that counts for messages, and `kinds`, every role the user has,
    joined with commas. Where `problems` is not empty the tables are not fit for use; `notices` are
    for a person to see and stop nothing.
    """

    users: pd.DataFrame
    classes: pd.DataFrame
    enrollments: pd.DataFrame
    orgs: pd.DataFrame
    courses: pd.DataFrame
    sessions: pd.DataFrame
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()


def read_oneroster(path: Path) -> Roster:
    """Read the export in a folder or a zip (which is never unpacked).

    File names may be in any case, headers in any case and order, the text with or without a
    byte-order mark. Rows marked `tobedeleted` are left out. Raises nothing for a bad export: look
    at `problems` of what comes back.
    """
    problems: list[Problem] = []
    notices: list[Problem] = []
    with open_roster_files(path, problems) as files:
        if problems:
            return _nothing(problems)
        _refuse_delta(files, problems)
        users = _read(files, _USERS, problems)
        roles = _read(files, _ROLES_FILE, problems)
        rest = [
            _read(files, shape, problems)
            for shape in (_CLASSES, _ENROLLMENTS, _ORGS, _COURSES, _SESSIONS)
        ]
    where = f"{path.name}/{_USERS.name}"
    if not problems:
        users = _one_row_per_user(users, roles, where, problems, notices)
    return Roster(users, *rest, problems=tuple(problems), notices=tuple(notices))


def listed(cell: str) -> tuple[str, ...]:
    """Split a list cell ("S12,S14") into its trimmed entries."""
    return tuple(part for part in (piece.strip() for piece in cell.split(",")) if part)


def _nothing(problems: list[Problem]) -> Roster:
    shapes = (_USERS, _CLASSES, _ENROLLMENTS, _ORGS, _COURSES, _SESSIONS)
    return Roster(*(_frame(shape, {}) for shape in shapes), problems=tuple(problems))


def _frame(shape: _Shape, columns: Mapping[str, list[str]]) -> pd.DataFrame:
    return pd.DataFrame({name: columns.get(name, []) for name in shape.columns}, dtype="str")


def _refuse_delta(files: RosterFiles, problems: list[Problem]) -> None:
    """A delta holds only what changed; read as a roster it would lose people without a word."""
    text = files.text("manifest.csv", problems)
    for row in csv.reader(io.StringIO(text or "")):
        cells = [cell.strip().lower() for cell in row]
        if cells[:1] and cells[0].startswith("file.") and cells[1:2] == ["delta"]:
            problems.append(
                Problem(
                    files.where("manifest.csv"),
                    f"{row[0].strip().removeprefix('file.')} is exported as a delta",
                    "export the roster in bulk mode",
                )
            )


def _read(files: RosterFiles, shape: _Shape, problems: list[Problem]) -> pd.DataFrame:
    """Read one file into a table with exactly the columns of its shape."""
    text = files.text(shape.name, problems)
    if text is None:
        if shape.required and not files.holds(shape.name):
            problems.append(
                Problem(
                    files.where(shape.name),
                    "this file is missing from the roster",
                    f"export {shape.name} too (OneRoster CSV, bulk)",
                )
            )
        return _frame(shape, {})
    lines = csv.reader(io.StringIO(text, newline=""))
    try:
        places = _places(next(lines, []), shape, files.where(shape.name), problems)
        return _frame(shape, _columns(lines, places, files.where(shape.name), problems))
    except csv.Error as error:
        problems.append(
            Problem(
                f"{files.where(shape.name)}:{lines.line_num}",
                f"this is not CSV ({error})",
                "export the file again; it may be damaged",
            )
        )
        return _frame(shape, {})


def _places(
    header: list[str], shape: _Shape, where: str, problems: list[Problem]
) -> dict[str, int]:
    """Where each wanted column stands; -1 for the length of a full row under `""`."""
    known = {name.lower(): name for name in (*shape.columns, "status")}
    places: dict[str, int] = {"": len(header)}
    for index, cell in enumerate(header):
        key = cell.strip().lower()
        name = known.get(key) or _ALIASES.get(key, "")
        if not name or name.lower() not in known:
            continue
        if name in places:
            problems.append(
                Problem(where, f"column {name} stands there twice", "keep one of the two columns")
            )
        places[name] = index
    missing = [name for name in shape.needed if name not in places]
    problems += [
        Problem(where, f"column {name} is missing", "export the file with OneRoster's own headers")
        for name in missing
    ]
    return {} if missing else places


def _columns(
    lines: Iterable[list[str]], places: dict[str, int], where: str, problems: list[Problem]
) -> dict[str, list[str]]:
    """Take the wanted cells of every row; cells of other columns are never kept."""
    width = places.pop("", 0)
    if not places:
        return {}
    status = places.pop("status", None)
    taken: dict[str, list[str]] = {name: [] for name in places}
    wanted = [(taken[name].append, index) for name, index in places.items()]
    for number, row in enumerate(lines, start=2):
        if not any(row):
            continue
        if len(row) != width and not _mend(row, width):
            problems.append(
                Problem(
                    f"{where}: row {number}",
                    f"{len(row)} cells under {width} headers",
                    "put lists such as agentSourcedIds in double quotes",
                )
            )
            if len(problems) >= 50:
                break
            continue
        if status is not None and row[status].strip().lower() == "tobedeleted":
            continue
        for keep, index in wanted:
            cell = row[index].strip()
            keep("" if cell == "NULL" else cell)
    absent = max((len(column) for column in taken.values()), default=0)
    empty = {name: [""] * absent for shape in _SHAPES if where.endswith(shape.name) for name in shape.columns}
    return {**empty, **taken}


def _mend(row: list[str], width: int) -> bool:
    """Fill a row whose last cells are not written, or cut empty ones too many."""
    if len(row) < width:
        row.extend([""] * (width - len(row)))
        return True
    if any(row[width:]):
        return False
    del row[width:]
    return True


_SHAPES = (_USERS, _ROLES_FILE, _CLASSES, _ENROLLMENTS, _ORGS, _COURSES, _SESSIONS)
