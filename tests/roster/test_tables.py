"""The district's own tables: one spelling of handles, and every bad row told with its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.errors import Problem
from pipelines.handles import canonical_email, canonical_phone
from pipelines.roster.oneroster import Roster, read_oneroster
from pipelines.roster.tables import (
    TablePaths,
    Tables,
    read_days_off,
    read_tables,
)

DOMAINS = ("school.example", "students.school.example")


@pytest.fixture
def roster(roster_files: dict[str, str], write_roster: Callable[..., Path]) -> Roster:
    """The invented district's roster."""
    return read_oneroster(write_roster(roster_files))


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        (" MRiver@School.Example ", "mriver@school.example"),
        ("mriver+band@school.example", "mriver@school.example"),
        ("mriver+band@students.school.example", "mriver@students.school.example"),
        ("j.lopez@school.example", "j.lopez@school.example"),  # dots count in school domains
        ("J.Lopez+x@GoogleMail.com", "jlopez@gmail.com"),
        ("j.lopez+x@gmail.com.", "jlopez@gmail.com"),
        # kept as they are
        ("j.lopez+x@mail.example", "j.lopez+x@mail.example"),
        ("mriver+x@notschool.example", "mriver+x@notschool.example"),
        ("j.lopez+x@sub.gmail.com", "j.lopez+x@sub.gmail.com"),
        ("+x@school.example", "+x@school.example"),
        ("no address", "no address"),
    ],
)
def test_addresses_have_one_spelling(address: str, canonical: str) -> None:
    """Tags go for the district and Gmail, dots for Gmail alone."""
    assert canonical_email(address, DOMAINS) == canonical


def test_dots_count_even_in_a_district_that_says_gmail_is_its_own() -> None:
    """A school domain never loses dots, whatever it is."""
    assert canonical_email("j.lopez+x@gmail.com", ("gmail.com",)) == "j.lopez@gmail.com"


@given(
    st.one_of(
        st.text(),
        st.builds(
            "{}@{}".format,
            st.text("aB.+@ \u0130\u00df", max_size=8),
            st.sampled_from(["gmail.com", "GMAIL.com.", "school.example", "mail.example", ""]),
        ),
    )
)
@example(".+x@gmail.com")
@example("a @gmail.com")
def test_spelling_twice_changes_nothing(address: str) -> None:
    """Whatever the text, the canonical spelling is its own, and the domain is kept."""
    once = canonical_email(address, DOMAINS)

    assert canonical_email(once, DOMAINS) == once
    assert ("@" in once) == ("@" in address)


@pytest.mark.parametrize(
    "text",
    [
        "(406) 555-0142",
        "406.555.0142",
        "14065550142",
        "+1 406 555 0142",
        "406-555-0142 x12",
        "406 555 0142 ext. 7",
        "whatsapp:+14065550142",
        "tel:+1-406-555-0142;ext=12",
        "\u202a+1 (406) 555\u20110142\u202c",
    ],
)
def test_numbers_have_one_spelling(text: str) -> None:
    """Brackets, dots, schemes, extensions and hidden marks do not matter."""
    assert canonical_phone(text, "US") == "+14065550142"


def test_a_foreign_number_without_its_plus_is_understood() -> None:
    """Some gateways write whole numbers as plain digits."""
    assert canonical_phone("442079460123", "US") == "+442079460123"


@pytest.mark.parametrize(
    "text",
    ["", "24273", "BRIGHTLN", "555-0142", "1-800-FLOWERS", "911", "1.41E+10", "406 555 014x", "+"],
)
def test_what_is_no_line_gives_none(text: str) -> None:
    """Short codes, names, seven digits and damaged cells are not guessed at."""
    assert canonical_phone(text, "US") is None


@given(st.one_of(st.text(), st.text("+()-. x0123456789;,ext=#:", max_size=80)))
def test_any_text_gives_e164_or_none(text: str) -> None:
    """Hostile text never raises, and a number is its own spelling."""
    number = canonical_phone(text, "US")

    if number is not None:
        assert number[0] == "+"
        assert number[1:].isascii()
        assert 7 <= len(number[1:]) <= 17
        assert number[1:].isdigit()
        assert canonical_phone(number, "US") == number


def read(tmp_path: Path, roster: Roster, **tables: str) -> Tables:
    """Write tables and read them."""
    paths = {}
    for name, text in tables.items():
        paths[name] = tmp_path / f"{name}.csv"
        paths[name].write_text(text, encoding="utf-8")
    return read_tables(TablePaths(**paths), roster, DOMAINS, "US")


HANDLES = "person_id,kind,value,valid_from,valid_to\n"
RELATIONSHIPS = "staff_id,student_id,kind,approved_by,valid_from,valid_to\n"
GROUPS = "name_or_url,approved_by,valid_from,valid_to\n"


def test_no_table_is_required(roster: Roster, tmp_path: Path) -> None:
    """A district without tables has empty ones and no problem."""
    assert read(tmp_path, roster) == Tables()


def test_good_rows_are_read(roster: Roster, tmp_path: Path) -> None:
    """Handles come out typed and canonical, with dates and their place."""
    tables = read(
        tmp_path,
        roster,
        handles=HANDLES
        + "t100,Email,Mara.R+x@gmail.com,,\n\n"
        + "T100,gateway,(406) 555-0131,2026-08-20,2026-08-20\n"
        + "T100,gateway,24273,,\nST27,LMS,A7,,\n",
        relationships=RELATIONSHIPS + "T100,ST88,familial,B. Kent,2026-01-01,\n",
        district_numbers="label,number\nOffice,406.555.0100\nShort code,24-273\n",
        approved_groups=GROUPS + "Chess Club,B. Kent,,\n",
        approved_sites="domain_or_url\nhttps://www.partner.example/\n",
    )

    assert tables.problems == ()
    assert [(row.handle, row.is_gateway, row.source) for row in tables.handles] == [
        ("email:marar@gmail.com", False, "handles.csv:2"),
        ("phone:+14065550131", True, "handles.csv:4"),
        ("phone:24273", True, "handles.csv:5"),
        ("lms:a7", False, "handles.csv:6"),
    ]
    assert tables.handles[1].valid_from == tables.handles[1].valid_to == date(2026, 8, 20)
    assert tables.relationships[0].source == "relationships.csv:2"
    assert tables.district_numbers == {"+14065550100", "24273"}
    assert "+1406" not in repr(tables)


@pytest.mark.parametrize(
    ("table", "row", "column", "what"),
    [
        ("handles", "T999,phone,406-555-0142,,", "person_id", "nobody on the roster"),
        ("handles", "27,phone,406-555-0142,,", "person_id", "nobody on the roster"),
        ("handles", "T100,fax,406-555-0142,,", "kind", "unknown word"),
        ("handles", "T100,phone,555-0142,,", "value", "not a phone number"),
        ("handles", "T100,phone,24273,,", "value", "not a phone number"),
        ("handles", "T100,email,mara at home,,", "value", "not an e-mail address"),
        ("handles", "T100,email,,,", "value", "is empty"),
        ("handles", "T100,lms,7,8/15/2026,", "valid_from", "not a date"),
        ("handles", "T100,lms,7,2026-02-30,", "valid_from", "not a date"),
        ("handles", "T100,lms,7,2026-08-15,2026-08-14", "valid_to", "is before valid_from"),
        ("handles", "ST27,gateway,406-555-0142,,", "person_id", "this person is not staff"),
        ("handles", "T100,lms,7,,,8", "valid_to", "more cells than headers"),
        ("relationships", "ST88,T100,familial,B,,", "staff_id", "this person is not staff"),
        ("relationships", "T100,G777,familial,B,,", "student_id", "this person is not student"),
        ("relationships", "T100,ST88,friend,B,,", "kind", "unknown word"),
        ("relationships", "T100,ST88,familial,,,", "approved_by", "is empty"),
        ("district_numbers", "555-0100,Office", "number", "not a phone number"),
        ("approved_groups", ",B,,", "name_or_url", "is empty"),
        ("approved_groups", "Chess Club,,,", "approved_by", "is empty"),
        ("approved_sites", "our wiki", "domain_or_url", "not a web address"),
        ("approved_sites", "co.uk", "domain_or_url", "covers every site of a registry"),
        ("approved_sites", "https://github.io/", "domain_or_url", "covers every site"),
    ],
)
def test_a_bad_row_is_told_with_its_place_and_no_value(
    table: str, row: str, column: str, what: str, roster: Roster, tmp_path: Path
) -> None:
    """File, line and column, what is wrong, what to do; the row is not used."""
    headers = {
        "handles": HANDLES,
        "relationships": RELATIONSHIPS,
        "district_numbers": "number,label\n",
        "approved_groups": GROUPS,
        "approved_sites": "domain_or_url\n",
    }
    tables = read(tmp_path, roster, **{table: headers[table] + "\n" + row + "\n"})
    problem = next(p for p in tables.problems if f"column {column}:" in p.what)

    assert problem.where == f"{table}.csv:3"
    assert what in problem.what
    assert problem.remedy
    assert "555" not in problem.what
    assert not getattr(tables, table)


def test_all_problems_of_all_tables_are_told_at_once(roster: Roster, tmp_path: Path) -> None:
    """One run shows everything to mend."""
    tables = read(
        tmp_path,
        roster,
        handles=HANDLES + "T9,fax,,x,y\n",
        relationships="staff_id,student_id\n",
        approved_sites="domain_or_url\nx y\n",
    )

    assert len([p for p in tables.problems if p.where == "handles.csv:2"]) == 5
    assert len([p for p in tables.problems if p.where == "relationships.csv:1"]) == 4
    assert len([p for p in tables.problems if p.where == "approved_sites.csv:2"]) == 1


def test_a_configured_table_that_is_not_there_is_a_problem(roster: Roster, tmp_path: Path) -> None:
    """None means the district has no such table; a path means there must be one."""
    tables = read_tables(TablePaths(handles=tmp_path / "handles.csv"), roster, DOMAINS, "US")

    assert tables.problems == (
        Problem("handles.csv", "cannot be read", "mend the path in district.toml"),
    )


def test_an_unread_roster_is_told_once_and_not_on_every_row(tmp_path: Path) -> None:
    """Without users there is no telling who is unknown."""
    missing = read_oneroster(tmp_path / "nothing")
    tables = read(tmp_path, missing, handles=HANDLES + "T100,phone,406-555-0142,,\n")

    assert tables.problems == ()


def test_lines_are_counted_as_an_editor_shows_them(tmp_path: Path) -> None:
    """A label over two lines does not shift the numbers after it."""
    path = tmp_path / "days_off.csv"
    path.write_text('date,label\n2026-11-26,"Thanks-\ngiving"\n,x\n2026-13-01,\n', encoding="utf-8")
    problems: list[Problem] = []
    days = read_days_off(path, problems)

    assert [(day.day, day.source) for day in days] == [(date(2026, 11, 26), "days_off.csv:2")]
    assert [p.where for p in problems] == ["days_off.csv:4", "days_off.csv:5"]


@given(st.binary(max_size=200))
def test_hostile_bytes_never_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """Any bytes as a table give rows or problems, not a stack trace."""
    path = tmp_path_factory.mktemp("tables") / "days_off.csv"
    path.write_bytes(b"date,label\n" + data)
    problems: list[Problem] = []

    assert len(read_days_off(path, problems)) <= data.count(b"\n") + data.count(b"\r") + 1
