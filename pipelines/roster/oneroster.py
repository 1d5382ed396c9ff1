"""Read a OneRoster export (1.1, 1.2, or the older spellings seen) into tables of text.

Rule of this file: it knows the format and nothing of handles, families or dates. Every cell stays
text, so ids keep their leading zeros. Columns that are not needed (passwords, demographics) are
never taken out of a line. What is wrong is collected as `Problem`s, never raised one by one.

Sources: 1EdTech OneRoster 1.1 and 1.2 CSV binding (imsglobal.org/oneroster-v11-final-csv-tables,
imsglobal.org/spec/oneroster/v1p2/bind/csv); and what public exports
deviate in.
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

MAX_ROW_PROBLEMS = 20
"""How many rows of one file are reported one by one."""

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
_SHAPES = (_USERS, _ROLES_FILE, _CLASSES, _ENROLLMENTS, _ORGS, _COURSES, _SESSIONS)


@dataclass(frozen=True, repr=False)  # names and numbers stay out of logs
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
            frames = {shape.name: _frame(shape, {}) for shape in _SHAPES}
            return _roster(frames, problems, notices)
        _refuse_delta(files, problems)
        frames = {shape.name: _read(files, shape, problems) for shape in _SHAPES}
    if not problems:
        where = files.where(_USERS.name)
        frames[_USERS.name] = _one_row_per_user(
            frames[_USERS.name], frames[_ROLES_FILE.name], where, problems, notices
        )
    return _roster(frames, problems, notices)


def listed(cell: str) -> tuple[str, ...]:
    """Split a list cell ("S12,S14") into its trimmed entries."""
    return tuple(part for part in (piece.strip() for piece in cell.split(",")) if part)


def _roster(
    frames: Mapping[str, pd.DataFrame], problems: list[Problem], notices: list[Problem]
) -> Roster:
    return Roster(
        users=frames[_USERS.name],
        classes=frames[_CLASSES.name],
        enrollments=frames[_ENROLLMENTS.name],
        orgs=frames[_ORGS.name],
        courses=frames[_COURSES.name],
        sessions=frames[_SESSIONS.name],
        problems=tuple(problems),
        notices=tuple(notices),
    )


def _frame(shape: _Shape, columns: Mapping[str, list[str]]) -> pd.DataFrame:
    rows = max((len(column) for column in columns.values()), default=0)
    blank = [""] * rows
    return pd.DataFrame({name: columns.get(name, blank) for name in shape.columns}, dtype="str")


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
    where = files.where(shape.name)
    text = files.text(shape.name, problems)
    if text is None:
        if shape.required and not files.holds(shape.name):
            remedy = f"export {shape.name} too (OneRoster CSV, bulk)"
            problems.append(Problem(where, "this file is missing from the roster", remedy))
        return _frame(shape, {})
    lines = csv.reader(io.StringIO(text, newline=""))
    try:
        header = next(lines, [])
        places = _places(header, shape, where, problems)
        columns = _columns(lines, len(header), places, where, problems) if places else {}
    except csv.Error as error:
        remedy = "export the file again; it may be damaged"
        problems.append(Problem(f"{where}:{lines.line_num}", f"this is not CSV ({error})", remedy))
        columns = {}
    return _frame(shape, columns)


def _places(
    header: list[str], shape: _Shape, where: str, problems: list[Problem]
) -> dict[str, int]:
    """Where each wanted column stands; empty when a needed one is missing."""
    known = {name.lower(): name for name in (*shape.columns, "status")}
    places: dict[str, int] = {}
    for index, cell in enumerate(header):
        key = cell.strip().lower()
        name = known.get(key) or known.get(_ALIASES.get(key, "").lower())
        if name in places:
            problems.append(Problem(where, f"column {name} is there twice", "keep one of them"))
        elif name:
            places[name] = index
    missing = [name for name in shape.needed if name not in places]
    problems += [
        Problem(where, f"column {name} is missing", "export the file with OneRoster's own headers")
        for name in missing
    ]
    return {} if missing else places


def _columns(
    lines: Iterable[list[str]],
    width: int,
    places: Mapping[str, int],
    where: str,
    problems: list[Problem],
) -> dict[str, list[str]]:
    """Take the wanted cells of every row; cells of other columns are never kept."""
    status = places.get("status")
    taken: dict[str, list[str]] = {name: [] for name in places if name != "status"}
    wanted = [(column.append, places[name]) for name, column in taken.items()]
    bad_rows = 0
    for number, row in enumerate(lines, start=2):
        if len(row) != width and not _mend(row, width, places):
            bad_rows += 1
            if bad_rows <= MAX_ROW_PROBLEMS:
                what = f"{len(row)} cells under {width} headers"
                remedy = "put lists such as agentSourcedIds in double quotes"
                problems.append(Problem(f"{where}: row {number}", what, remedy))
            continue
        if not any(row) or (status is not None and row[status].strip().lower() == "tobedeleted"):
            continue
        for keep, index in wanted:
            cell = row[index].strip()
            keep("" if cell == "NULL" else cell)
    if bad_rows > MAX_ROW_PROBLEMS:
        what = f"{bad_rows - MAX_ROW_PROBLEMS} more rows do not fit the headers"
        problems.append(Problem(where, what, "mend the rows listed first"))
    return taken


def _mend(row: list[str], width: int, places: Mapping[str, int]) -> bool:
    """Fill a row whose last cells are not written, or cut blank cells after the last header.

    Some producers end rows with a comma too many. The same surplus comes from an unquoted list that
    pushed everything to the right, so a row is cut only where nothing can have been pushed: no
    agents nor anything after them, a known role, an e-mail address that is one.
    """
    if len(row) > width:
        role, address = places.get("role"), places.get("email")
        is_pushed = (
            any(row[places.get("agentSourcedIds", width - 1) :])
            or (role is not None and row[role].strip().lower() not in ROLES)
            or (address is not None and row[address] != "" and "@" not in row[address])
        )
        if is_pushed:
            return False
        del row[width:]
    row.extend([""] * (width - len(row)))
    return True


def _one_row_per_user(
    users: pd.DataFrame,
    roles: pd.DataFrame,
    where: str,
    problems: list[Problem],
    notices: list[Problem],
) -> pd.DataFrame:
    """Add `kind` and `kinds`; merge rows of one sourcedId; leave out who has no usable role."""
    keys = [key.lower() for key in users["sourcedId"]]
    words, orgs = _roles_and_orgs(users, roles)
    if not keys:
        problems.append(Problem(where, "it lists nobody", "export the roster again"))
    if blank := keys.count(""):
        problems.append(Problem(where, f"{blank} rows have no sourcedId", "export it again"))
    if keys and not words:
        remedy = "export users.csv with role (1.1) or roles.csv (1.2)"
        problems.append(Problem(where, "nobody has a role", remedy))
    ranked = {key: ranked_roles(given) for key, given in words.items()}
    users = users.assign(
        orgSourcedIds=[",".join(dict.fromkeys(filter(None, orgs[key]))) for key in keys],
        kind=[str(ranked[key][0]) if ranked.get(key) else "" for key in keys],
        kinds=[",".join(ranked.get(key, ())) for key in keys],
    )
    first = ~pd.Series(keys, index=users.index, dtype="str").duplicated()
    usable = first & (users["kind"] != "")
    _notice(notices, where, int((~first).sum()), "rows repeat a sourcedId; the first row counts")
    _notice(
        notices,
        where,
        int((first & ~usable).sum()),
        "users have no role Brightline knows; left out",
    )
    return users[usable].drop(columns=["role", "primaryOrgSourcedId"]).reset_index(drop=True)


def _roles_and_orgs(
    users: pd.DataFrame, roles: pd.DataFrame
) -> tuple[dict[str, list[tuple[str, str]]], dict[str, list[str]]]:
    """(role word, roleType) and orgs of every user, by lower-case id, from both files."""
    words: dict[str, list[tuple[str, str]]] = {}
    orgs: dict[str, list[str]] = {}
    names = ("userSourcedId", "role", "roleType", "orgSourcedId")
    for key, word, rank, org in zip(*(roles[name] for name in names), strict=True):
        words.setdefault(key.lower(), []).append((word.lower(), rank.lower()))
        orgs.setdefault(key.lower(), []).append(org)
    names = ("sourcedId", "role", "orgSourcedIds", "primaryOrgSourcedId")
    for key, word, several, one in zip(*(users[name] for name in names), strict=True):
        if word:
            words.setdefault(key.lower(), []).append((word.lower(), ""))
        orgs.setdefault(key.lower(), []).extend((*listed(several), one))
    return words, orgs


def ranked_roles(given: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Order a user's roles: the one that counts for messages first. Unknown words are left out.

    `given` holds (OneRoster role word, roleType), lower-case. Whoever works for the district is
    staff even when also a parent; between staff and student (a student aide, a former student)
    the primary role decides, else staff.
    """
    rank: dict[Role, int] = {}
    for word, role_type in given:
        role = ROLES.get(word)
        if role is None:
            continue
        place = {Role.STAFF: 1, Role.STUDENT: 2, Role.GUARDIAN: 3}[role]
        if role_type == "primary" and role is Role.STUDENT:
            place = 0
        rank[role] = min(place, rank.get(role, place))
    return tuple(sorted(rank, key=lambda role: rank[role]))


def _notice(notices: list[Problem], where: str, count: int, what: str) -> None:
    if count:
        notices.append(Problem(where, f"{count} {what}", "look whether that is meant"))
