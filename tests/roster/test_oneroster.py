"""OneRoster exports: what is read, what is forgiven, what is refused."""

from __future__ import annotations

import csv
import io
import stat
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.message import Role
from pipelines.roster import archive
from pipelines.roster.oneroster import ROLES, Roster, ranked_roles, read_oneroster

WriteRoster = Callable[..., Path]
Files = dict[str, str]


def user(roster: Roster, key: str) -> dict[str, str]:
    """One row of users as a dict."""
    rows = roster.users[roster.users["sourcedId"] == key].to_dict("records")
    assert len(rows) == 1
    return {str(column): str(cell) for column, cell in rows[0].items()}


def told(roster: Roster) -> str:
    """Every problem as one text."""
    return "\n".join(map(str, roster.problems))


def pack(path: Path, files: Mapping[str, str | bytes], folder: str = "") -> Path:
    """Write a zip."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive_file:
        for name, content in files.items():
            archive_file.writestr(folder + name, content)
    return path


def test_a_plain_export_is_read_as_text(roster_files: Files, write_roster: WriteRoster) -> None:
    """Ids keep leading zeros, lists stay as written, nobody is lost."""
    roster = read_oneroster(write_roster(roster_files))

    assert roster.problems == ()
    assert len(roster.users) == 13
    assert user(roster, "ST27")["identifier"] == "00270027"
    assert user(roster, "ST27")["agentSourcedIds"] == "G501,G502"
    assert len(roster.enrollments) == 6  # the row marked tobedeleted is not there


def test_sensitive_columns_are_never_held(roster_files: Files, write_roster: WriteRoster) -> None:
    """Passwords are in no column and no cell."""
    roster = read_oneroster(write_roster(roster_files))

    assert "hunter2" in roster_files["users.csv"]
    assert "password" not in roster.users.columns
    assert not (roster.users == "hunter2").to_numpy().any()
    assert "Lopez" not in repr(roster)


def test_case_order_marks_and_aliases_do_not_matter(
    roster_files: Files, write_roster: WriteRoster
) -> None:
    """Lower-cased names, a BOM, other column order, 1.0 spellings and NULL give the same table."""
    plain = read_oneroster(write_roster(roster_files))
    rows = list(csv.reader(io.StringIO(roster_files["users.csv"])))
    old = {"orgSourcedIds": "orgSourcedId", "userIds": "userId", "agentSourcedIds": "AGENTS"}
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        cells = [old.get(cell, cell) or "NULL" for cell in row] + ["metadata"]
        writer.writerow(reversed(cells))
    users = out.getvalue().replace("NULL,NULL,G502", ",NULL,G502").encode("utf-8-sig")
    others = {name.lower(): text for name, text in roster_files.items()}
    odd = read_oneroster(write_roster({**others, "users.csv": users}, "odd"))

    assert odd.problems == ()
    assert odd.users.to_dict("records") == plain.users.to_dict("records")
    assert len(odd.sessions) == 2


def test_every_missing_file_and_column_is_told_at_once(
    roster_files: Files, write_roster: WriteRoster
) -> None:
    """One run names all that is missing."""
    del roster_files["classes.csv"], roster_files["orgs.csv"]
    roster_files["users.csv"] = roster_files["users.csv"].replace("givenName", "first", 1)
    roster_files["enrollments.csv"] = "sourcedId,role\nN1,teacher\n"
    roster = read_oneroster(write_roster(roster_files))

    assert [(p.where, p.what) for p in roster.problems] == [
        ("roster/users.csv", "column givenName is missing"),
        ("roster/classes.csv", "this file is missing from the roster"),
        ("roster/enrollments.csv", "column classSourcedId is missing"),
        ("roster/enrollments.csv", "column userSourcedId is missing"),
        ("roster/orgs.csv", "this file is missing from the roster"),
    ]
    assert all(problem.remedy for problem in roster.problems)


def test_courses_and_sessions_may_be_absent(roster_files: Files, write_roster: WriteRoster) -> None:
    """They add titles and dates; a roster without them is still a roster."""
    del roster_files["courses.csv"], roster_files["academicSessions.csv"]

    assert read_oneroster(write_roster(roster_files)).problems == ()


@pytest.mark.parametrize(
    ("change", "told_text"),
    [
        (lambda t: t.replace('"G501,G502"', "G501,G502"), "users.csv: row 6"),
        (lambda t: t.replace('"G501,G502",10', "G501,G502,"), "users.csv: row 6"),
        (lambda t: t.replace('"S12,S14"', "S12,S14"), "users.csv: row 2"),
        (lambda t: t.replace("Bo,Kent", "Bo,Kent, Jr."), "users.csv: row 3"),
        (lambda t: t.split("\n")[0] + "\n", "lists nobody"),
        (lambda t: t.replace("\nT200", "\n"), "no sourcedId"),
        (lambda t: t.replace(",sms,", ",email,"), "column email is there twice"),
        (lambda t: t.replace(",role,", ",kind,"), "nobody has a role"),
    ],
)
def test_a_damaged_users_file_is_a_problem(
    change: Callable[[str], str],
    told_text: str,
    roster_files: Files,
    write_roster: WriteRoster,
) -> None:
    """Shifted cells, empty files and missing ids stop the run with the place."""
    roster_files["users.csv"] = change(roster_files["users.csv"])

    assert told_text in told(read_oneroster(write_roster(roster_files)))


def test_a_comma_too_many_at_the_end_is_forgiven(
    roster_files: Files, write_roster: WriteRoster
) -> None:
    """Some producers write it; no cell has moved."""
    plain = read_oneroster(write_roster(roster_files))
    roster_files["users.csv"] = roster_files["users.csv"].replace(
        "opark@school.example,,,,,", "opark@school.example,,,,,,"
    )
    roster = read_oneroster(write_roster(roster_files, "longer"))

    assert roster.problems == ()
    assert roster.users.equals(plain.users)


def test_text_that_is_not_utf8_is_a_problem(roster_files: Files, write_roster: WriteRoster) -> None:
    """Excel's ANSI export is refused, not read with wrong letters."""
    data = roster_files["users.csv"].encode("cp1252")
    roster = read_oneroster(write_roster({**roster_files, "users.csv": data}))

    assert "not UTF-8" in told(roster)


def test_a_delta_export_is_refused(roster_files: Files, write_roster: WriteRoster) -> None:
    """A delta holds only changes; read as a roster it would lose people."""
    roster_files["manifest.csv"] = "propertyName,value\nfile.orgs,bulk\nfile.users,delta\n"
    roster = read_oneroster(write_roster(roster_files))

    assert [p.what for p in roster.problems] == ["users is exported as a delta"]


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("administrator", Role.STAFF),
        ("principal", Role.STAFF),
        ("counselor", Role.STAFF),
        ("siteadministrator", Role.STAFF),
        ("proctor", Role.STAFF),
        ("student", Role.STUDENT),
        ("relative", Role.GUARDIAN),
        ("parent", Role.GUARDIAN),
    ],
)
def test_role_words_of_both_versions_are_known(word: str, role: Role) -> None:
    """1.1 and 1.2 words map to the three roles."""
    assert ROLES[word] is role


@pytest.mark.parametrize(
    ("given_roles", "ranked"),
    [
        ([("parent", "secondary"), ("teacher", "primary")], (Role.STAFF, Role.GUARDIAN)),
        ([("parent", "primary"), ("teacher", "secondary")], (Role.STAFF, Role.GUARDIAN)),
        ([("student", "primary"), ("aide", "secondary")], (Role.STUDENT, Role.STAFF)),
        ([("student", "secondary"), ("aide", "primary")], (Role.STAFF, Role.STUDENT)),
        ([("ext:volunteer", "")], ()),
    ],
)
def test_staff_counts_before_parent_and_primary_before_aide(
    given_roles: list[tuple[str, str]], ranked: tuple[Role, ...]
) -> None:
    """A teacher who is a parent is staff; a student who helps stays a student."""
    assert ranked_roles(given_roles) == ranked


def test_roles_of_version_1_2_come_from_their_own_file(
    roster_files: Files, write_roster: WriteRoster
) -> None:
    """One user with two roles is one row with both kinds and the schools of both."""
    roster_files["users.csv"] = (
        "sourcedId,status,enabledUser,username,givenName,familyName,agentSourcedIds\n"
        "T1,,true,t1,Mara,River,ST1\nST1,,true,s1,Noa,River,\nX1,,true,x1,Lee,Ode,\n"
    )
    roster_files["roles.csv"] = (
        "sourcedId,status,userSourcedId,roleType,role,orgSourcedId\n"
        "R1,,t1,primary,teacher,S12\nR2,,T1,secondary,parent,S14\n"
        "R3,,ST1,primary,student,S12\nR4,,X1,primary,ext:volunteer,S12\n"
    )
    roster = read_oneroster(write_roster(roster_files))

    assert user(roster, "T1")["kinds"] == "staff,guardian"
    assert user(roster, "T1")["orgSourcedIds"] == "S12,S14"
    assert roster.users["sourcedId"].tolist() == ["T1", "ST1"]
    assert [notice.what for notice in roster.notices] == [
        "1 users have no role Brightline knows; left out"
    ]


def test_a_repeated_id_is_one_person_with_both_roles(
    roster_files: Files, write_roster: WriteRoster
) -> None:
    """Rows of one sourcedId, whatever its case, merge and are told."""
    roster_files["users.csv"] += "g777,,,true,S14,teacher,,,Mara,River,,,,,,,,\n"
    roster = read_oneroster(write_roster(roster_files))

    assert user(roster, "G777")["kinds"] == "staff,guardian"
    assert len(roster.notices) == 1


@pytest.mark.parametrize("folder", ["", "export/"])
def test_a_zip_is_read_without_unpacking(
    folder: str, roster_files: Files, write_roster: WriteRoster, tmp_path: Path
) -> None:
    """A zip gives the same as a folder, wrapped in one folder or not, and writes nothing."""
    plain = read_oneroster(write_roster(roster_files))
    zipped = pack(tmp_path / "roster.zip", roster_files, folder)
    before = sorted(tmp_path.rglob("*"))
    roster = read_oneroster(zipped)

    assert roster.problems == ()
    assert roster.users.equals(plain.users)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "name",
    ["../users.csv", "a/../../users.csv", "/etc/users.csv", "..\\users.csv", "C:users.csv"],
)
def test_a_zip_entry_that_leads_outside_is_refused(
    name: str, roster_files: Files, tmp_path: Path
) -> None:
    """Path tricks refuse the zip whole; nothing of it is used."""
    roster = read_oneroster(pack(tmp_path / "roster.zip", {**roster_files, name: "x"}))

    assert [p.what for p in roster.problems] == ["its name leads out of the zip"]
    assert len(roster.users) == 0


def test_a_zip_entry_that_is_a_link_is_refused(roster_files: Files, tmp_path: Path) -> None:
    """A symbolic link may point anywhere."""
    path = pack(tmp_path / "roster.zip", roster_files)
    link = zipfile.ZipInfo("demographics.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive_file:
        archive_file.writestr(link, "/etc/passwd")

    assert "leads out" in told(read_oneroster(path))


def test_a_zip_bomb_is_refused_before_it_is_read(roster_files: Files, tmp_path: Path) -> None:
    """Ten megabytes of one letter in ten kilobytes are no roster."""
    bomb: dict[str, str | bytes] = {**roster_files, "users.csv": b"a" * 10_000_000}

    assert "compressed more than 200 times" in told(
        read_oneroster(pack(tmp_path / "roster.zip", bomb))
    )


def test_the_limits_on_size_hold(
    roster_files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file, and all together, have a limit whatever the ratio."""
    path = pack(tmp_path / "roster.zip", roster_files)
    monkeypatch.setattr(archive, "MAX_FILE_BYTES", 1000)
    monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 2000)
    whole = told(read_oneroster(path))

    assert "more than 1 GiB" in whole
    assert "more than 4 GiB" in whole


def test_an_entry_that_lies_about_its_size_is_refused(roster_files: Files, tmp_path: Path) -> None:
    """The directory says 100 bytes, the stream holds more: a problem, not a read."""
    path = pack(tmp_path / "roster.zip", {"users.csv": roster_files["users.csv"]})
    size = len(roster_files["users.csv"].encode()).to_bytes(4, "little")
    data = path.read_bytes()
    assert data.count(size) == 2
    path.write_bytes(data.replace(size, (100).to_bytes(4, "little")))

    assert "cannot be read" in told(read_oneroster(path))


def test_a_file_twice_in_a_zip_is_refused(roster_files: Files, tmp_path: Path) -> None:
    """Users.csv beside users.csv leaves open which one counts."""
    path = pack(tmp_path / "roster.zip", {**roster_files, "Users.csv": "x"})

    assert "this file is there twice" in told(read_oneroster(path))


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 not really"])
def test_what_is_no_roster_at_all_is_a_problem(content: bytes | None, tmp_path: Path) -> None:
    """A missing or damaged path is told, not raised."""
    path = tmp_path / "roster.zip"
    if content is not None:
        path.write_bytes(content)

    assert len(read_oneroster(path).problems) == 1


@given(st.binary(max_size=300))
def test_hostile_bytes_never_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """Any bytes as users.csv give problems, not a stack trace."""
    folder = tmp_path_factory.mktemp("roster")
    (folder / "users.csv").write_bytes(data)

    assert read_oneroster(folder).problems
