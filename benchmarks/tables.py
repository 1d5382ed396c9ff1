"""Writes what a district knows of its people: OneRoster 1.1, its own tables, district.toml.

Rule of this file: it knows file formats and takes every value from `people.District`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.people import (
    CLASSES_A_TEACHER,
    OFFICE_LINES,
    RATES,
    SCHOOL,
    STUDENTS,
    District,
    has_lms,
    shared,
)
from benchmarks.texts import PHRASES
from benchmarks.traffic import DAYS_OFF, FIRST_DAY, LAST_DAY, ZONE

ROSTER_HEADERS = {
    "manifest": "propertyName,value",
    "academicSessions": (
        "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear"
    ),
    "orgs": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
    "courses": (
        "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,"
        "subjects,subjectCodes"
    ),
    "classes": (
        "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,"
        "location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods"
    ),
    "users": (
        "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,"
        "givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password"
    ),
    "enrollments": (
        "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,"
        "primary,beginDate,endDate"
    ),
}
SOURCES = {"vault": "exports/vault", "twilio": "exports/sms", "canvas": "exports/canvas"}
Row = Sequence[object]


def write_tables(district: District, out: Path) -> None:
    """The roster folder and the district's own CSV files below `out`."""
    roster = out / "roster"
    roster.mkdir(parents=True, exist_ok=True)
    rows: dict[str, Iterable[Row]] = {
        "manifest": _manifest(),
        "academicSessions": [("SY", "", "", "2025-2026", "schoolYear", *_term(), "", 2026)],
        "orgs": _orgs(district),
        "courses": _courses(),
        "classes": _classes(district),
        "users": _users(district),
        "enrollments": _enrollments(district),
    }
    for name, header in ROSTER_HEADERS.items():
        write_csv(roster / f"{name}.csv", header.split(","), rows[name])
    write_csv(out / "handles.csv", "person_id,kind,value,valid_from,valid_to", _handles(district))
    header = "staff_id,student_id,kind,approved_by,valid_from,valid_to"
    write_csv(out / "relationships.csv", header, _relationships(district))
    offices = [(office_number(n), PHRASES["office"][n]) for n in range(OFFICE_LINES)]
    write_csv(out / "district_numbers.csv", "number,label", offices)
    groups = [("https://groups.benchvalley.example/boosters", "E000000", *_term())]
    write_csv(out / "approved_groups.csv", "name_or_url,approved_by,valid_from,valid_to", groups)
    write_csv(out / "approved_sites.csv", "domain_or_url", [(SCHOOL,), ("lessons.example",)])
    days = [(day.isoformat(), label) for day, label in DAYS_OFF.items()]
    write_csv(out / "days_off.csv", "date,label", days)


def office_number(line: int) -> str:
    """Number of one of the district's offices, E.164."""
    return f"+14065550{100 + line}"


def write_config(out: Path, formats: Iterable[str]) -> None:
    """district.toml with one [[source]] for each format written."""
    sources = "".join(
        f'\n[[source]]\nformat = "{name}"\npath = "{SOURCES[name]}"\n' for name in formats
    )
    text = f"""[district]
name = "Bench Valley School District"
time_zone = "{ZONE}"
phone_region = "US"
school_domains = ["{SCHOOL}", "{STUDENTS}"]
policy = "stevensville-5460"

[roster]
oneroster = "roster"
handles = "handles.csv"
relationships = "relationships.csv"
district_numbers = "district_numbers.csv"
approved_groups = "approved_groups.csv"
approved_sites = "approved_sites.csv"

[hours]
weekdays = "07:00-18:00"
days_off = "days_off.csv"
{sources}"""
    (out / "district.toml").write_text(text, encoding="utf-8")


def write_csv(path: Path, header: str | Sequence[str], rows: Iterable[Row]) -> None:
    """Rows as UTF-8 CSV below a header."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header.split(",") if isinstance(header, str) else header)
        writer.writerows(rows)


def _term() -> tuple[str, str]:
    return FIRST_DAY.isoformat(), LAST_DAY.isoformat()


def _manifest() -> list[Row]:
    files = [(f"file.{name}", "bulk") for name in ROSTER_HEADERS if name != "manifest"]
    absent = ("categories", "classResources", "courseResources", "demographics", "lineItems")
    files += [(f"file.{name}", "absent") for name in (*absent, "resources", "results")]
    return [("manifest.version", "1.0"), ("oneroster.version", "1.1"), *files]


def _orgs(district: District) -> Iterator[Row]:
    yield "DIST", "", "", "Bench Valley School District", "district", "99", ""
    for number in range(district.schools):
        name = f"Bench Valley School {number + 1}"
        yield f"S{number:03d}", "", "", name, "school", f"{number:04d}", "DIST"


def _courses() -> Iterator[Row]:
    for number, title in enumerate(PHRASES["course"]):
        yield f"C{number:02d}", "", "", "SY", title, f"C{number:02d}", "", "DIST", title, ""


def _classes(district: District) -> Iterator[Row]:
    for number in range(district.classes):
        teacher = district.class_teacher[number]
        course, period = number % len(PHRASES["course"]), number // district.teachers + 1
        title, place = PHRASES["course"][course], f"S{district.school[teacher]:03d}"
        named = (f"{title} (P{period})", "", f"C{course:02d}", f"CL{number:05d}", "scheduled")
        yield f"CL{number:05d}", "", "", *named, "", place, "SY", title, "", period


def _users(district: District) -> Iterator[Row]:
    for person in range(district.people):
        student = person < district.students
        staff = person >= district.first_staff
        row = person - district.first_staff
        teaches = staff and row < district.teachers
        role = "student" if student else "guardian"
        if staff:
            role = "teacher" if teaches else ("aide" if row % 4 else "administrator")
        agents, own = "", ""
        if student:
            both = district.guardian_of[person]
            agents = ",".join(district.source_id[one] for one in both if one >= 0)
        if role == "guardian":
            own = district.phone[person]
        school = district.school[person]
        email = district.email[person]
        named = (district.given[person], district.family[person], "", district.source_id[person])
        yield (
            *(district.source_id[person], "", "", "true"),
            *("DIST" if school < 0 else f"S{school:03d}", role, email.partition("@")[0], ""),
            *(*named, email, own, "", agents, "", ""),
        )


def _enrollments(district: District) -> Iterator[Row]:
    ids, begin = district.source_id, FIRST_DAY.isoformat()
    number = 0
    for taught in range(district.classes):
        teacher = district.class_teacher[taught]
        place = (f"CL{taught:05d}", f"S{district.school[teacher]:03d}")
        yield f"EN{number:07d}", "", "", *place, ids[teacher], "teacher", "true", begin, ""
        number += 1
    for pupil, taught in zip(district.enrolled_student, district.enrolled_class, strict=True):
        place = (f"CL{taught:05d}", f"S{district.school[pupil]:03d}")
        yield f"EN{number:07d}", "", "", *place, ids[pupil], "student", "", begin, ""
        number += 1


def _handles(district: District) -> Iterator[Row]:
    """Gateway numbers, own phones, private addresses, LMS ids of accounts without a SIS id."""
    start = FIRST_DAY.replace(day=1).isoformat()
    lms = has_lms(district) & district.lms_known
    for person in range(district.people):
        who = district.source_id[person]
        guardian = district.first_guardian <= person < district.first_staff
        if district.gateway[person]:
            yield who, "gateway", district.gateway[person], start, ""
        if district.phone[person] and not guardian:
            yield who, "phone", district.phone[person], "", ""
        if district.private_email[person]:
            yield who, "email", district.private_email[person], "", ""
        if lms[person] and guardian:
            yield who, "lms", district.lms[person], "", ""


def _relationships(district: District) -> Iterator[Row]:
    kinds = ("familial", "familial", "employment", "legal")
    rows = np.flatnonzero(
        shared(np.arange(district.staff), RATES["staff with a relationships.csv row"])
    )
    for number, row in enumerate(rows):
        staff = district.source_id[district.first_staff + row]
        student = district.source_id[number * CLASSES_A_TEACHER % district.students]
        yield staff, student, kinds[number % len(kinds)], "E000000", *_term()
