"""The directory: who a handle is on a day, who is family, what is approved."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import UserError
from pipelines.message import Account, Basis, Person, Role
from pipelines.roster import directory as bits
from pipelines.roster.approvals import Approval, Approvals, parse_address
from pipelines.roster.directory import Directory, Resolution, build_directory
from pipelines.roster.names import name_keys
from pipelines.roster.oneroster import Roster, read_oneroster
from pipelines.roster.tables import TablePaths, read_tables
from rules.model import District, Exemption

DOMAINS = ["school.example", "students.school.example"]
DAY = date(2026, 11, 18)
TABLES = {
    "handles": """person_id,kind,value,valid_from,valid_to
T100,email,coach.mara@gmail.com,,
T200,phone,406-555-0142,2026-01-01,2026-06-30
ST27,phone,406-555-0142,2026-09-01,
T100,gateway,406-555-0131,2026-08-20,2026-11-14
T200,gateway,406-555-0131,2026-11-15,
ST88,phone,406-555-0131,,
T400,phone,406-555-0150,,
ST92,lms,Canvas-7,,
""",
    "relationships": """staff_id,student_id,kind,approved_by,valid_from,valid_to
T200,ST91,employment,B,2026-06-01,2026-10-31
t200,st90,legal,B,,2026-11-18
T300,ST91,familial,B,2026-12-01,
""",
    "district_numbers": "number,label\n406-555-0100,Office\n",
    "approved_groups": """name_or_url,approved_by,valid_from,valid_to
Lark Valley FFA,B,2026-01-01,2026-11-18
https://www.facebook.com/groups/Larks,B,,
https://old.example/band,B,,2026-11-17
""",
    "approved_sites": "domain_or_url\npartner.example\nhttps://video.example/@larks\n",
}


@pytest.fixture
def build(
    roster_files: dict[str, str], write_roster: Callable[..., Path], tmp_path: Path
) -> Callable[..., Directory]:
    """Build a directory from the invented district; `users` adds rows, tables replace files."""

    def made(users: str = "", **tables: str) -> Directory:
        roster_files["users.csv"] += users
        folder = write_roster(roster_files, f"roster{len(list(tmp_path.iterdir()))}")
        paths = {}
        for name, text in {**TABLES, **tables}.items():
            paths[name] = tmp_path / f"{name}.csv"
            paths[name].write_text(text, encoding="utf-8")
        roster = read_oneroster(folder)
        return build_directory(
            roster, read_tables(TablePaths(**paths), roster, DOMAINS, "US"), DOMAINS, "US"
        )

    return made


@pytest.fixture
def directory(build: Callable[..., Directory]) -> Directory:
    """The invented district."""
    return build()


def who(directory: Directory, key: str) -> Person:
    """The person of a sourcedId."""
    return next(person for person in directory.people if person.id == key)


def ids(found: Resolution) -> tuple[list[str], Basis]:
    """Whom a handle resolves to, and how."""
    return [person.id for person in found.people], found.basis


def test_a_directory_is_what_rules_ask(directory: Directory) -> None:
    """It has everything of the District protocol."""
    asked: District = directory
    named = [name for name in vars(District) if not name.startswith("_")]

    assert named
    assert all(hasattr(asked, name) for name in named)


@pytest.mark.parametrize(
    ("handle", "people", "basis", "account"),
    [
        ("email:mriver@school.example", ["T100"], Basis.HANDLE, Account.SCHOOL),
        ("email:MRiver+x@School.Example", ["T100"], Basis.HANDLE, Account.SCHOOL),
        ("email:coachmara@gmail.com", ["T100"], Basis.HANDLE, Account.OTHER),
        ("email:ana.lopez@mail.example", ["G501"], Basis.HANDLE, Account.OTHER),
        ("phone:+15125550142", ["G501", "ST27"], Basis.SHARED, Account.OTHER),
        ("phone:+14065550150", ["T400"], Basis.HANDLE, Account.OTHER),
        ("phone:+14065550100", [], Basis.UNKNOWN, Account.SCHOOL),
        ("phone:+14065550199", [], Basis.UNKNOWN, Account.OTHER),
        ("sis:ST27", ["ST27"], Basis.HANDLE, Account.SCHOOL),
        ("sis:00270027", ["ST27"], Basis.HANDLE, Account.SCHOOL),
        ("sis:270027", [], Basis.UNKNOWN, Account.SCHOOL),
        ("sis:8841", ["T100"], Basis.HANDLE, Account.SCHOOL),
        ("lms:canvas-7", ["ST92"], Basis.HANDLE, Account.SCHOOL),
        ("lms:unknown", [], Basis.UNKNOWN, Account.SCHOOL),
        ("email:new@students.school.example", [], Basis.DOMAIN, Account.SCHOOL),
        ("email:new@lab.school.example", [], Basis.UNKNOWN, Account.SCHOOL),
        ("email:someone@mail.partner.example", [], Basis.UNKNOWN, Account.PARTNER),
        ("email:someone@notpartner.example", [], Basis.UNKNOWN, Account.OTHER),
        ("email:x@school.example.evil.example", [], Basis.UNKNOWN, Account.OTHER),
        ("email:", [], Basis.UNKNOWN, Account.OTHER),
    ],
)
def test_handles_resolve_to_the_set_of_their_owners(
    handle: str, people: list[str], basis: Basis, account: Account, directory: Directory
) -> None:
    """One owner, several, or nobody; and who controls the account."""
    found = directory.resolve(handle, None, DAY)

    assert (ids(found), found.account) == ((people, basis), account)
    assert directory.owners(handle, DAY) == (() if basis is Basis.DOMAIN else found.people)


def test_a_domain_hints_only_when_four_of_five_agree(build: Callable[..., Directory]) -> None:
    """Five students and one teacher in a domain still hint at students, two teachers do not."""
    row = "T9{0},,,true,S12,teacher,t9{0},,Una,Roy,,,u{0}@students.school.example,,,,,\n"
    one = build(row.format(1))
    two = build(row.format(2))
    handle = "email:new@students.school.example"

    assert one.resolve(handle, None, DAY).role_hint is Role.STUDENT
    assert two.resolve(handle, None, DAY) == Resolution((), Basis.UNKNOWN, Account.SCHOOL)
    assert one.resolve("email:new@school.example", None, DAY).role_hint is Role.STAFF


@pytest.mark.parametrize(
    ("on", "people"),
    [
        (date(2025, 12, 31), []),
        (date(2026, 1, 1), ["T200"]),
        (date(2026, 6, 30), ["T200"]),
        (date(2026, 7, 1), []),
        (date(2026, 9, 1), ["ST27"]),
    ],
)
def test_a_recycled_number_is_its_owner_s_of_the_day(
    on: date, people: list[str], directory: Directory
) -> None:
    """Dates count on both ends."""
    assert [p.id for p in directory.owners("phone:+14065550142", on)] == people
    assert directory.is_dated("phone:+14065550142")


def test_a_dated_row_does_not_hide_an_undated_one(build: Callable[..., Directory]) -> None:
    """The student's roster number given to staff for a while belongs to both."""
    handles = "person_id,kind,value,valid_from,valid_to\nT400,phone,512-555-0142,2026-11-01,\n"
    made = build(handles=handles)

    assert [p.id for p in made.owners("phone:+15125550142", DAY)] == ["G501", "ST27", "T400"]
    assert [p.id for p in made.owners("phone:+15125550142", date(2026, 10, 31))] == [
        "G501",
        "ST27",
    ]


@pytest.mark.parametrize(
    ("on", "people"),
    [(date(2026, 11, 14), ["T100"]), (date(2026, 11, 15), ["T200"]), (date(2026, 1, 1), [])],
)
def test_a_gateway_number_is_only_its_assignee_s(
    on: date, people: list[str], directory: Directory
) -> None:
    """Other rows for the tool's number do not count, on no day; it stays the district's."""
    found = directory.resolve("phone:+14065550131", None, on)

    assert [p.id for p in found.people] == people
    assert found.account is Account.SCHOOL
    assert directory.is_district_number("+14065550131")


@pytest.mark.parametrize(
    ("handle", "name", "people"),
    [
        ("email:xx@mail.example", "Jordan Lopez", ["ST27"]),
        ("email:xx@mail.example", "LOPEZ, jordan", ["ST27"]),
        ("email:xx@mail.example", "Coach Bo Kent", ["T200"]),
        ("email:xx@mail.example", "Jordan A. López (he/him)", ["ST27"]),
        ("email:xx@mail.example", "Zoe Garcia Nunez", ["ST90"]),
        ("email:jordan_lopez.99@mail.example", None, ["ST27"]),
        ("email:lopezjordan@mail.example", "", ["ST27"]),
        ("email:jlopez27@gmail.com", None, ["ST27"]),  # Gmail's dots are gone already
        ("email:acole@mail.example", None, ["ST92"]),
        ("email:zgarcia@mail.example", "Jordan Lopez", ["ST27", "ST90"]),
        ("email:aliwu@mail.example", None, ["ST91"]),  # five letters are enough
        ("phone:+14065550188", "Jordan Lopez", ["ST27"]),
        # the staff member's own guardian record does not stand in the way
        ("email:xx@mail.example", "Mara River", ["T100"]),
        ("email:mara.river9@mail.example", None, ["T100"]),
        # other words or digits around the name
        ("email:jordan2lopez@mail.example", None, ["ST27"]),
        ("email:jordan.lopez.hurdles@mail.example", None, ["ST27"]),
        ("email:its_jordanlopez@mail.example", None, ["ST27"]),
        ("email:jordanlopezruns08@mail.example", None, ["ST27"]),
        ("email:m.river.mt@mail.example", None, ["T100"]),  # the only staff member of that name
        # stays unknown
        ("email:xx@mail.example", "Jordan", []),
        ("email:xx@mail.example", "Jordan Lopezz", []),
        ("email:ali9@mail.example", None, []),
        ("email:jlopez28@gmail.com", None, []),
        ("email:jordanl@mail.example", None, []),
        ("email:j.lopez@mail.example", None, []),  # an initial is not enough for a student
        # a guardian's name is not turned into somebody else
        ("email:xx@mail.example", "Ana Lopez", []),
        ("email:jlopez27@mail.example", "Ana Lopez", []),
        ("email:analopez@mail.example", None, []),
        ("email:olu.park@mail.example", "Olu Park", []),
        # a school address is never matched by name
        ("email:jordan.lopez@lab.school.example", "Jordan Lopez", []),
        ("lms:99", "Jordan Lopez", []),
    ],
)
def test_a_name_is_evidence_of_its_own_kind(
    handle: str, name: str | None, people: list[str], directory: Directory
) -> None:
    """An unknown outside address may point to staff or students, never as identity."""
    found = directory.resolve(handle, name, DAY)

    assert ids(found) == (people, Basis.NAME if people else Basis.UNKNOWN)
    assert directory.owners(handle, DAY) == ()


def test_a_display_name_never_changes_who_a_known_address_is(directory: Directory) -> None:
    """Identity comes from the address."""
    found = directory.resolve("email:ana.lopez@mail.example", "Jordan Lopez", DAY)

    assert ids(found) == (["G501"], Basis.HANDLE)


def test_a_guardian_s_name_that_is_also_a_student_s_keeps_the_student(
    build: Callable[..., Directory],
) -> None:
    """Mother and daughter of one name: the daughter stays possible."""
    made = build("ST99,,,true,S12,student,alopez99,,Ana,Lopez,,,,,,,,\n")

    assert ids(made.resolve("email:xx@mail.example", "Ana Lopez", DAY)) == (["ST99"], Basis.NAME)
    assert ids(made.resolve("email:ana.lopez@x.example", None, DAY)) == (["ST99"], Basis.NAME)


@pytest.mark.parametrize(
    ("handle", "name", "expected"),
    [
        ("email:mriver@school.example", None, bits.STAFF | bits.SCHOOL),
        ("phone:+15125550142", None, bits.STUDENT | bits.GUARDIAN | bits.OTHER | bits.SHARED),
        ("email:x@mail.example", "Jordan Lopez", bits.STUDENT | bits.OTHER | bits.BY_NAME),
        ("email:x@school.example", None, bits.STAFF | bits.SCHOOL | bits.BY_DOMAIN),
        ("email:x@partner.example", None, bits.UNKNOWN | bits.PARTNER),
        ("email:x@mail.example", None, bits.UNKNOWN | bits.OTHER),
    ],
)
def test_role_bits_say_what_resolve_says(
    handle: str, name: str | None, expected: int, directory: Directory
) -> None:
    """Asked twice, the remembered answer is the same."""
    assert directory.role_bits(handle, name, DAY) == expected
    assert directory.role_bits(handle, name, DAY) == expected


def test_role_bits_are_remembered_by_day_only_where_the_day_counts(directory: Directory) -> None:
    """A recycled number gives another answer on another day."""
    answers = [
        directory.role_bits("phone:+14065550142", None, on)
        for on in (date(2026, 2, 1), date(2026, 7, 1), date(2026, 10, 1), date(2026, 2, 1))
    ]

    assert answers == [
        bits.STAFF | bits.OTHER,
        bits.UNKNOWN | bits.OTHER,
        bits.STUDENT | bits.OTHER,
        bits.STAFF | bits.OTHER,
    ]


def test_guardians_are_linked_from_either_end(directory: Directory) -> None:
    """Whichever record names the other, in whatever case; a missing end is told."""
    guardians = {
        key: [g.id for g in directory.guardians(who(directory, key))]
        for key in ("ST27", "ST88", "ST92", "ST91")
    }

    assert guardians == {"ST27": ["G501", "G502"], "ST88": ["G777"], "ST92": ["G800"], "ST91": []}


@pytest.mark.parametrize(
    ("staff", "student", "on", "expected"),
    [
        ("T100", "ST88", DAY, Exemption("familial", "roster: guardian G777, same phone")),
        ("T100", "ST27", DAY, None),
        ("T300", "ST27", DAY, None),  # the same name as a guardian exempts nobody
        ("T400", "ST92", DAY, None),
        ("T200", "ST91", date(2026, 10, 31), Exemption("employment", "relationships.csv:2")),
        ("T200", "ST91", date(2026, 11, 1), None),
        ("T200", "ST90", DAY, Exemption("legal", "relationships.csv:3")),
        ("T200", "ST90", date(2026, 11, 19), None),
        ("T300", "ST91", DAY, None),
    ],
)
def test_only_a_valid_row_or_a_shared_handle_exempts(
    staff: str, student: str, on: date, expected: Exemption | None, directory: Directory
) -> None:
    """Signed rows by date, guardian links by id, e-mail or phone, never by name."""
    pair = who(directory, staff), who(directory, student)

    assert directory.exemption(*pair, on) == expected


@pytest.mark.parametrize(
    ("users", "source"),
    [
        (
            "G901,,,true,S12,parent,,,Olu,Parks,,8844,,,,ST91,,\n",
            "roster: guardian G901, same id",
        ),
        (
            "8844,,,true,S12,parent,,,Olu,Parks,,,,,,ST91,,\n",
            "roster: guardian 8844, same id",
        ),
        (
            "G901,,,true,S12,parent,,,Olu,Parks,,,OPark@school.example,,,ST91,,\n",
            "roster: guardian G901, same e-mail",
        ),
        (
            "G901,,,true,S12,parent,,,X,Y,,,,,406.555.0150,ST91,,\n",
            "roster: guardian G901, same phone",
        ),
        # does not exempt: two number series that happen to meet, and nothing shared
        ("8844,,,true,S12,parent,,,Ida,Holm,,,,,,ST91,,\n", None),
        ("G901,,,true,S12,parent,,,Olu,Park,,,,,406.555.0151,ST91,,\n", None),
    ],
)
def test_ways_in_which_a_staff_member_is_a_guardian(
    users: str, source: str | None, build: Callable[..., Directory]
) -> None:
    """Same id (with a name in common), same e-mail, same phone of users.csv or handles.csv."""
    made = build(users)
    found = made.exemption(who(made, "T400"), who(made, "ST91"), DAY)

    assert (found.source if found else None) == source


def test_a_number_of_the_district_shows_no_kinship(build: Callable[..., Directory]) -> None:
    """A parent reached through the school office is not the teacher who has that number."""
    row = "{},,,true,S12,{},,,{},Doe,,,,,406-555-0100,{},,\n"
    made = build(
        row.format("T900", "teacher", "Pat", "") + row.format("G900", "parent", "Al", "ST91")
    )

    assert made.exemption(who(made, "T900"), who(made, "ST91"), DAY) is None


def test_a_number_of_many_staff_shows_no_kinship(build: Callable[..., Directory]) -> None:
    """A placeholder typed for everybody makes nobody a parent."""
    row = "{},,,true,S12,{},,,{},Doe,,,,,406-555-0160,{},,\n"
    parent = row.format("G900", "parent", "Al", "ST91")
    three = "".join(row.format(f"T90{n}", "teacher", f"P{n}", "") for n in range(3))
    some = build(parent + three)
    many = build(row.format("T903", "teacher", "P3", ""))

    assert some.exemption(who(some, "T900"), who(some, "ST91"), DAY) is not None
    assert many.exemption(who(many, "T900"), who(many, "ST91"), DAY) is None


def test_a_shared_number_exempts_only_on_days_both_had_it(build: Callable[..., Directory]) -> None:
    """A number recycled from teacher to parent makes no kinship."""
    handles = (
        "person_id,kind,value,valid_from,valid_to\nT400,phone,406-555-0150,,2025-06-30\n"
        "G901,phone,406-555-0150,2025-07-01,\nT200,phone,406-555-0151,2026-01-01,2026-06-30\n"
        "G901,phone,406-555-0151,,\n"
    )
    made = build("G901,,,true,S12,parent,,,X,Y,,,,,,ST91,,\n", handles=handles, relationships=NONE)
    student = who(made, "ST91")

    assert made.exemption(who(made, "T400"), student, DAY) is None
    assert made.exemption(who(made, "T200"), student, date(2026, 6, 30)) is not None
    assert made.exemption(who(made, "T200"), student, date(2026, 7, 1)) is None


NONE = "staff_id,student_id,kind,approved_by,valid_from,valid_to\n"


def test_namesakes_who_had_a_number_one_after_the_other_are_two_people(
    build: Callable[..., Directory],
) -> None:
    """Without a day in common the number links nobody; only the name remains, as a fact."""
    handles = (
        "person_id,kind,value,valid_from,valid_to\nT400,phone,406-555-0150,,2025-06-30\n"
        "G800,phone,406-555-0150,2025-07-01,\n"
    )
    made = build(handles=handles)

    assert ids(made.resolve("phone:+14065550150", None, DAY)) == (["G800"], Basis.HANDLE)
    assert made.name_only_relatives(who(made, "T400"), who(made, "ST92"))


def test_a_name_only_relative_is_said_and_nothing_more(directory: Directory) -> None:
    """True only where a name is all there is."""
    pairs = [("T400", "ST92"), ("T300", "ST27"), ("T100", "ST88"), ("T200", "ST27")]
    said = [
        directory.name_only_relatives(who(directory, staff), who(directory, student))
        for staff, student in pairs
    ]

    assert said == [True, True, False, False]


def test_a_relationship_out_of_its_dates_is_told(directory: Directory) -> None:
    """The officer learns of a row that no longer, or not yet, holds."""
    bo, ana = who(directory, "T200"), who(directory, "T300")
    ali, zoe = who(directory, "ST91"), who(directory, "ST90")

    assert directory.expired_relationship(bo, ali, DAY) == (
        "relationships.csv:2: employment relationship ended on 2026-10-31"
    )
    assert directory.expired_relationship(ana, ali, DAY) == (
        "relationships.csv:4: familial relationship begins on 2026-12-01"
    )
    assert directory.expired_relationship(bo, zoe, DAY) is None
    assert directory.expired_relationship(ana, zoe, DAY) is None


def test_a_staff_parent_s_private_record_does_not_hide_the_staff_member(
    directory: Directory,
) -> None:
    """The teacher's own guardian record shares phone and name: its handles are the teacher's."""
    private = directory.resolve("email:mara.river@mail.example", None, DAY)
    phone = directory.resolve("phone:+15125550199", None, DAY)

    assert ids(private) == ids(phone) == (["T100"], Basis.HANDLE)
    assert private.account is Account.OTHER


def test_a_spouse_on_the_same_phone_stays_a_person_of_their_own(
    build: Callable[..., Directory],
) -> None:
    """Another name on the shared line exempts, but is not the teacher."""
    made = build("G901,,,true,S12,parent,,,Ike,Holm,,,,,406.555.0150,ST91,,\n")

    assert ids(made.resolve("phone:+14065550150", None, DAY)) == (["G901", "T400"], Basis.SHARED)


@pytest.mark.parametrize(
    ("student", "on", "titles"),
    [
        ("ST27", date(2026, 9, 1), ("ENG-1 (English I)", "Jazz Band")),
        ("ST27", date(2026, 8, 31), ("Jazz Band",)),  # enrolled from the next day
        ("ST27", date(2026, 12, 19), ()),
        ("ST88", date(2030, 1, 1), ("Chess",)),  # no dates anywhere: always
        ("ST91", DAY, ()),
    ],
)
def test_shared_classes_keep_to_dates(
    student: str, on: date, titles: tuple[str, ...], directory: Directory
) -> None:
    """Enrolment dates first, then those of the terms."""
    pair = who(directory, "T100"), who(directory, student)

    assert directory.shared_classes(*pair, on) == titles


def test_schools_have_names(directory: Directory) -> None:
    """A person of two schools has both, in the roster's order."""
    assert who(directory, "T100").schools == ("North High", "South High")


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("mriver", "T100"),  # a username of the roster
        ("MRiver", "T100"),
        ("8841", "T100"),  # an id
        ("jlopez27", "ST27"),
        ("00270027", "ST27"),
        ("j.lopez27", "ST27"),  # the local part of a school address
        ("alopez", "T300"),  # a guardian's username is none of the school's log-ins
        ("bee", "T200"),  # handles.csv
        ("opark", "ST90"),  # handles.csv goes before the roster
        ("mara.river", None),  # a private address
        ("nobody", None),
        ("", None),
    ],
)
def test_log_in_names(build: Callable[..., Directory], name: str, person: str | None) -> None:
    """From handles.csv, the roster or a school address; the account is the school's in any case."""
    rows = "T200,user,DISTRICT\\BEE,,\nST90,user,opark,,\n"
    found = build(handles=TABLES["handles"] + rows).resolve(f"user:{name}", "Mara River", DAY)

    assert [one.id for one in found.people] == ([person] if person else [])
    assert found.account is Account.SCHOOL


def test_a_log_in_name_that_fits_two_addresses_is_nobodys(build: Callable[..., Directory]) -> None:
    """Until handles.csv says whose it is, and from when on."""
    two = (
        "T900,,,true,S12,teacher,one,,Kim,Cole,,,kcole@school.example,,,,,\n"
        "ST95,,,true,S12,student,two,,Kit,Cole,,,kcole@students.school.example,,,,9,\n"
    )
    unsaid = build(two)
    said = build("", handles=TABLES["handles"] + "T900,user,kcole,2026-11-01,\n")

    assert unsaid.resolve("user:kcole", None, DAY).people == ()
    assert [one.id for one in said.resolve("user:kcole", None, DAY).people] == ["T900"]
    assert said.is_dated("user:kcole")
    assert said.resolve("user:kcole", None, date(2026, 10, 31)).people == ()


@pytest.mark.parametrize(
    ("domain", "on", "sources"),
    [
        ("facebook.com", DAY, ("approved_groups.csv:3",)),
        ("old.example", date(2026, 11, 17), ("approved_groups.csv:4",)),
        ("old.example", DAY, ()),
        ("video.example", DAY, ("approved_sites.csv:3",)),
        ("partner.example", DAY, ()),  # all of it is
        ("book.com", DAY, ()),
    ],
)
def test_approved_pages_of_a_domain(
    directory: Directory, domain: str, on: date, sources: tuple[str, ...]
) -> None:
    """By where they are written, on the days they are valid."""
    assert directory.approved_pages(domain, on) == sources


@pytest.mark.parametrize(
    ("asked", "on", "source"),
    [
        ("partner.example", DAY, "approved_sites.csv:2"),
        ("https://WWW.Partner.example/a?b=c", DAY, "approved_sites.csv:2"),
        ("wiki.partner.example", DAY, "approved_sites.csv:2"),
        ("http://m.video.example/@Larks/live", DAY, "approved_sites.csv:3"),
        ("facebook.com/groups/larks/?ref=x", DAY, "approved_groups.csv:3"),
        ("lark valley  ffa", DAY, "approved_groups.csv:2"),
        # not approved
        ("Lark Valley FFA", date(2026, 11, 19), None),
        ("Lark Valley FFA", date(2025, 12, 31), None),
        ("old.example/band", DAY, None),
        ("facebook.com/groups/larks2", DAY, None),
        ("facebook.com", DAY, None),
        ("video.example", DAY, None),
        ("notpartner.example", DAY, None),
        ("partner.example.evil.example", DAY, None),
        ("https://partner.example@evil.example/", DAY, None),
        ("https://evil.example\\@partner.example/", DAY, None),
        ("https://evil.example/https://partner.example", DAY, None),
        ("video.example/@larks/../@other", DAY, None),
        ("video.example/@larks/%2e%2e/@other", DAY, None),
        ("javascript://partner.example/%0aalert(1)", DAY, None),
        ("", DAY, None),
    ],
)
def test_approval_is_by_site_page_or_name(
    asked: str, on: date, source: str | None, directory: Directory
) -> None:
    """Case, www and scheme do not matter; look-alikes are not approved."""
    found = directory.approval(asked, on)

    assert (found.source if found else None) == source


APPROVALS = Approvals(
    [
        Approval("https://chat.example/g/1", "g:2", date(2025, 8, 1), date(2026, 6, 30)),
        Approval("https://chat.example/g/2", "g:3", date(2024, 8, 1), date(2025, 6, 30)),
        Approval("https://chat.example/g/2", "g:4", date(2022, 8, 1), date(2023, 6, 30)),
        Approval("https://chat.example/g/3", "g:5", date(2026, 1, 1), None),
        Approval("https://signal.example/#abc", "g:6"),
        Approval("Lark Valley FFA", "g:7"),
    ],
    [Approval("https://www.video.example/@larks", "s:2"), Approval("partner.example", "s:3")],
)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("chat.example/g/1", None),
        ("chat.example/g/2", "approval ran out on 2025-06-30 (g:3)"),
        ("chat.example/g/3", "approval begins only on 2026-01-01 (g:5)"),
        ("chat.example/g/4", None),
        ("partner.example/x", None),
    ],
)
def test_an_approval_that_is_not_valid_that_day_is_told(asked: str, told: str | None) -> None:
    """The latest that ran out, before one that is still to begin."""
    assert APPROVALS.expired(asked, date(2025, 11, 19)) == told


def test_sites_are_told_from_groups() -> None:
    assert APPROVALS.is_site("https://video.example/@larks/live")
    assert APPROVALS.is_site("a.partner.example")
    assert not APPROVALS.is_site("https://chat.example/g/1")
    assert not APPROVALS.is_site("Lark Valley FFA")
    assert not APPROVALS.is_site("elsewhere.example")


def test_an_approval_is_found_by_its_host_or_by_its_name_in_a_text() -> None:
    on = date(2025, 11, 19)
    assert APPROVALS.at("chat.example", on) == Exemption("approval", "g:2")
    assert APPROVALS.at("chat.example", date(2021, 1, 1)) is None
    assert APPROVALS.at("other.example", on) is None
    assert APPROVALS.named_in("Join the LARK  valley FFA, today") == ("lark valley ffa",)
    assert APPROVALS.named_in("the Lark Valley FFAs") == ()


def test_groups_told_apart_by_what_stands_behind_the_hash_alone() -> None:
    on = date(2025, 11, 19)
    assert APPROVALS.find("https://signal.example/#ABC", on)
    assert APPROVALS.find("https://signal.example/#abd", on) is None
    assert APPROVALS.find("https://signal.example/", on) is None
    assert APPROVALS.find("https://partner.example/#top", on)


def test_the_directory_asks_its_approvals(directory: Directory) -> None:
    assert directory.is_listed_site("partner.example")
    assert directory.approved_at("facebook.com", DAY) == directory.approval(
        "facebook.com/groups/larks", DAY
    )
    assert directory.groups_named_in("the Lark Valley FFA meets") == ("lark valley ffa",)
    assert directory.expired_approval("Lark Valley FFA", date(2026, 11, 19)) is not None


@given(st.one_of(st.text(), st.text("htps:/\\@.[]?#%2e partner.example")))
def test_hostile_addresses_never_raise(text: str) -> None:
    """Any text is an address or none, and an address has a host."""
    address = parse_address(text)

    assert address is None or "." in address.host
    assert Approvals([], [Approval(text, "x")]).find("nothing.example", DAY) is None or (
        address is not None and "nothing.example".endswith(address.host)
    )


@given(st.text(max_size=250), st.text(max_size=40))
def test_hostile_names_never_raise(given_name: str, family_name: str) -> None:
    """Hostile display names never raise, and keys hold letters alone."""
    keys = name_keys(f"{given_name} {family_name}")

    assert all(key.isalpha() for key in keys)


def test_school_addresses_are_those_of_the_domains(directory: Directory) -> None:
    """Below a domain counts, beside it does not."""
    addresses = [
        "A@School.example",
        "a@x.school.example",
        "a@preschool.example",
        "school.example@x",
    ]

    assert [directory.is_school_address(one) for one in addresses] == [True, True, False, False]


def test_lms_ids_are_learnt_from_the_lms_s_own_table(directory: Directory) -> None:
    """By any SIS id, then by the id without its zeros when one person is left."""
    table = {"1": "T100", "2": "8842", "3": "NRiver88", "lms:4": "0270027", "5": "nobody", "6": ""}
    more = directory.add_lms_identities(table)
    found = {key: [p.id for p in more.owners(f"lms:{key}", DAY)] for key in "123456"}

    assert found == {"1": ["T100"], "2": ["T200"], "3": ["ST88"], "4": ["ST27"], "5": [], "6": []}
    assert directory.owners("lms:1", DAY) == ()
    assert [row.via for row in more.ownerships("lms:1")] == ["pseudonym"]
    assert more.fingerprint() != directory.fingerprint()


def test_ids_that_meet_without_zeros_are_not_guessed(build: Callable[..., Directory]) -> None:
    """000270027 and 00270027 are two students: 270027 is neither."""
    made = build("ST95,,,true,S12,student,s95,,Kai,Moe,,000270027,,,,,,\n")

    assert made.add_lms_identities({"1": "270027"}).owners("lms:1", DAY) == ()


def test_a_person_of_two_roles_is_one_person(build: Callable[..., Directory]) -> None:
    """OneRoster 1.2: teacher and parent in one record, staff for messages, guardian by link."""
    made = build(
        "T500,,,true,S12,teacher,,,Una,Roy,,,,,,ST91,,\nT500,,,true,S12,parent,,,,,,,,,,,,\n"
    )
    una, ali = who(made, "T500"), who(made, "ST91")

    assert una.role is Role.STAFF
    assert made.guardians(ali) == (una,)
    assert made.exemption(una, ali, DAY) == Exemption(
        "familial", "roster: guardian T500, same person"
    )


def test_a_directory_travels(directory: Directory) -> None:
    """Pickled and back it answers the same, and leaves its memo behind."""
    directory.role_bits("email:mriver@school.example", None, DAY)
    copy = pickle.loads(pickle.dumps(directory))

    assert copy._memo == {}
    assert copy.fingerprint() == directory.fingerprint()
    assert copy.resolve("phone:+15125550142", None, DAY) == directory.resolve(
        "phone:+15125550142", None, DAY
    )


def test_the_fingerprint_does_not_depend_on_the_order_of_rows(
    roster_files: dict[str, str], write_roster: Callable[..., Path]
) -> None:
    """Shuffled files are the same district; another phone number is not."""

    def fingerprint(name: str, files: dict[str, str]) -> str:
        roster = read_oneroster(write_roster(files, name))
        return build_directory(
            roster, read_tables(TablePaths(), roster, DOMAINS, "US"), DOMAINS, "US"
        ).fingerprint()

    shuffled = {}
    for name, text in roster_files.items():
        header, *rows = text.splitlines(keepends=True)
        random.Random(5).shuffle(rows)
        shuffled[name] = header + "".join(rows)
    assert shuffled != roster_files
    changed = {
        **roster_files,
        "users.csv": roster_files["users.csv"].replace("555-0199", "555-0198"),
    }

    assert fingerprint("two", shuffled) == fingerprint("one", roster_files)
    assert fingerprint("three", changed) != fingerprint("four", roster_files)


def test_shape_counts_and_shows_nobody(directory: Directory) -> None:
    """Counts per role; the repr holds no name and no number."""
    shape = directory.shape()

    assert (shape["staff"], shape["student"], shape["guardian"]) == (4, 5, 4)
    assert "Mara" not in repr(directory)
    assert "555" not in repr(directory)


def test_what_is_left_out_is_counted(build: Callable[..., Directory]) -> None:
    """Unreadable phones, unknown agents and classes are notices, not silence."""
    made = build("ST96,,,true,S12,student,s96,,Kim,Poe,,,,,call mum,G999,,\n")

    assert [notice.what.split(" ", 1)[0] for notice in made.notices] == ["1", "1"]
    assert "phone" in made.notices[0].what
    assert "agentSourcedIds" in made.notices[1].what


def test_problems_stop_the_building(tmp_path: Path) -> None:
    """A directory is never built from half a roster."""
    roster: Roster = read_oneroster(tmp_path / "nothing.zip")
    assert isinstance(roster.users, pd.DataFrame)

    with pytest.raises(UserError) as raised:
        build_directory(roster, read_tables(TablePaths(), roster, DOMAINS, "US"), DOMAINS, "US")
    assert len(raised.value.problems) == 1


@pytest.mark.parametrize(
    ("name", "people"),
    [
        ("Mara River", ["T100"]),
        ("River, Mara", ["T100"]),
        ("Ms. Mara River", ["T100"]),
        ("mara.river", ["T100"]),
        ("MaraRiver_07", ["T100"]),
        ("mriver", ["T100"]),  # the local part of the school address
        ("Coach River", ["T100"]),  # a title and a family name
        ("coach_river", ["T100"]),
        ("Mrs. Kent", ["T200"]),
        ("Coach Park", ["T400"]),
        ("Mr. Park", []),  # a guardian is a Park too
        ("Olu Park", []),  # and one has the very name
        ("Ana Lopez", []),
        ("Noa River", []),  # a student
        ("Jordan Lopez", []),
        ("Mara", []),
        ("Coach", []),
        ("Nobody Known", []),
        ("", []),
    ],
)
def test_staff_are_named_by_names_of_nobody_else(
    directory: Directory, name: str, people: list[str]
) -> None:
    """A full name, a title with a family name, or an account made of it."""
    assert [person.id for person in directory.staff_named(name)] == people


def test_namesakes_on_the_staff_are_all_named(build: Callable[..., Directory]) -> None:
    """Whoever asks must choose."""
    made = build("T900,,,true,S12,teacher,mara2,,Mara,River,,,,,,,,\n")

    assert [person.id for person in made.staff_named("Mara River")] == ["T100", "T900"]


def test_the_list_of_teaching_tools_is_the_districts(build: Callable[..., Directory]) -> None:
    """The shipped list stands until the district has its own."""
    assert "onshape" in build().teaching_tools
    made = build(teaching_tools="name\n  Our  Portal\n\nMakeCode\n")

    assert made.teaching_tools == {"our portal", "makecode"}
    assert made.fingerprint() != build().fingerprint()
