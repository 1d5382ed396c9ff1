"""The invented people of a benchmark district: names, numbers, addresses, who teaches whom.

Rule of this file: everything is computed from the number of people and the seed, as numpy arrays
with one row a student, guardian or staff member; `tables.py` writes them out. Shares are patterns
over the row number, so they hold at any size. People number 0..: students, then guardians, then
staff.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.texts import PHRASES

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.str_]

SCHOOL, STUDENTS = "benchvalley.example", "students.benchvalley.example"
GROUPS = "groups.benchvalley.example"
PRIVATE = ("mailbox.example", "postbox.example", "webmail.example")
OUTSIDE = tuple(f"orders@supplier{n:02d}.example" for n in range(40))
SHARES = {"students": 0.50, "guardians": 0.44, "staff": 0.06}
RATES = {
    "teachers among staff": 0.60,
    "teachers with a gateway number": 0.50,
    "staff whose own phone is in handles.csv": 0.60,
    "staff whose private address is in handles.csv": 0.20,
    "students whose own phone is in handles.csv": 0.75,
    "students who share a guardian's phone": 0.02,
    "students whose private address is in handles.csv": 0.20,
    "guardians with a phone in users.csv": 0.95,
    "guardians with an LMS account": 0.60,
    "guardians with an LMS account that is in handles.csv": 0.98,
    "staff with a relationships.csv row": 0.03,
}
CLASSES_A_TEACHER, CLASSES_A_STUDENT = 4, 6
STUDENTS_A_SCHOOL = 600
FEWEST = 100
OFFICE_LINES = 8  # 406-555-0100 to 0107, the reserved block

# Exchange 555 is given to no subscriber, so a number in it rings nowhere whatever the area code.
# The reserved 555-0100..0199 would give 100 people a number for each area code: too few here, so
# the whole exchange is used but for 01xx (offices) and 1212 (directory).
AREA_CODES = (
    "406 208 307 385 435 801 303 719 720 970 505 575 602 480 520 623 928 702 725 775 503 541 971 "
    "206 253 360 425 509 701 605 402 308 316 620 785 913 405 580 918 512 214 210 254 281 325 361 "
    "409 432 512 713 806 817 830 903 915 940 956 979 218 320 507 612 651 763 952 319 515 563 641"
)
_LINES_A_CODE = 9_000


def shared(rows: npt.ArrayLike, share: float) -> Flags:
    """Whether each row number falls in a share of the rows, spread evenly and the same always."""
    numbers = np.asarray(rows, dtype=np.int64)
    flags: Flags = np.floor((numbers + 1) * share + 1e-9) > np.floor(numbers * share + 1e-9)
    return flags


def phone_numbers(count: int, rng: np.random.Generator) -> Words:
    """(count,) distinct fictional numbers in E.164, `+1NPA555XXXX`, in shuffled order."""
    codes = np.array(sorted(set(AREA_CODES.split()), key=AREA_CODES.index))
    if count > len(codes) * _LINES_A_CODE:
        raise ValueError(f"{count} numbers wanted, {len(codes) * _LINES_A_CODE} can be made")
    lines = np.setdiff1d(np.arange(200, 10_000), [1212])[:_LINES_A_CODE]
    used = -(-count // _LINES_A_CODE)
    order = rng.permutation(used * _LINES_A_CODE)[:count]
    area = codes[order // _LINES_A_CODE]
    line = np.char.zfill(lines[order % _LINES_A_CODE].astype(str), 4)
    return np.char.add(np.char.add(np.char.add("+1", area), "555"), line)


@dataclass(frozen=True)
class District:
    """Everybody, as columns over people; -1 and "" mean that there is none."""

    students: int
    guardians: int
    staff: int
    schools: int
    teachers: int
    given: Words  # (people,)
    family: Words
    source_id: Words
    email: Words  # school address, or a guardian's private one
    private_email: Words  # of students and staff; "" where handles.csv has none
    phone: Words  # own number; "" where the tables have none
    gateway: Words  # of teachers
    lms: Ints  # Canvas user id
    lms_known: Flags  # the tables say whose LMS account it is
    school: Ints  # index of the school
    guardian_of: Ints  # (students, 2) people numbers; the second may be -1
    classes: int
    class_teacher: Ints  # (classes,) people numbers
    enrolled_student: Ints  # (enrolments,) people numbers
    enrolled_class: Ints  # (enrolments,), ascending
    unlisted: Words  # numbers in no table, for wrong and new phones

    @property
    def people(self) -> int:
        """How many people there are."""
        return self.students + self.guardians + self.staff

    @property
    def first_guardian(self) -> int:
        """People number of the first guardian."""
        return self.students

    @property
    def first_staff(self) -> int:
        """People number of the first staff member."""
        return self.students + self.guardians

    def class_address(self, number: int) -> str:
        """Group address of a class."""
        return f"class{number:05d}@{GROUPS}"

    def shares_phone(self) -> Flags:
        """(students,) students whose number is a guardian's."""
        share = RATES["students who share a guardian's phone"]
        mask = shared(np.arange(self.students), share)
        has_phone: Flags = self.phone[self.guardian_of[:, 0]] != ""
        return mask & has_phone

    def class_bounds(self) -> Ints:
        """(classes + 1,) where the enrolments of each class start."""
        bounds: Ints = np.searchsorted(self.enrolled_class, np.arange(self.classes + 1))
        return bounds


def make_district(people: int, seed: int) -> District:
    """A district of that many people.

    Raises:
        ValueError: fewer than FEWEST people, or more than there are fictional numbers for.
    """
    if people < FEWEST:
        raise ValueError(f"--people must be at least {FEWEST}, is {people}")
    rng = np.random.default_rng([seed, 1])
    students = round(people * SHARES["students"])
    staff = round(people * SHARES["staff"])
    guardians = people - students - staff
    schools = max(1, round(students / STUDENTS_A_SCHOOL))
    teachers = round(staff * RATES["teachers among staff"])
    school = _schools(students, guardians, staff, schools)
    guardian_of = _guardians(students, guardians)
    given, family = _names(students, guardians, staff, guardian_of, rng)
    numbers = phone_numbers(2 * people, rng)
    lms = 1_000 + 3 * rng.permutation(people).astype(np.int64)
    classes, class_teacher, pupils, of_class = _classes(students, guardians, teachers, school, rng)
    return District(
        students=students,
        guardians=guardians,
        staff=staff,
        schools=schools,
        teachers=teachers,
        given=given,
        family=family,
        source_id=_source_ids(students, guardians, staff),
        **_addresses(students, guardians, staff, given, family),
        **_phones(students, guardians, staff, teachers, numbers, guardian_of),
        lms=lms,
        lms_known=_lms_known(students, guardians, staff),
        school=school,
        guardian_of=guardian_of,
        classes=classes,
        class_teacher=class_teacher,
        enrolled_student=pupils,
        enrolled_class=of_class,
        unlisted=numbers[people + teachers :],
    )


def has_lms(district: District) -> Flags:
    """(people,) who has an LMS account: all students and staff, some guardians."""
    flags = np.ones(district.people, dtype=bool)
    rows = np.arange(district.guardians)
    first = district.first_guardian
    flags[first : district.first_staff] = shared(rows, RATES["guardians with an LMS account"])
    return flags


def _schools(students: int, guardians: int, staff: int, schools: int) -> Ints:
    of_student = np.arange(students) * schools // students
    of_staff = np.arange(staff) % schools
    none = np.full(guardians, -1)
    joined: Ints = np.concatenate([of_student, none, of_staff]).astype(np.int64)
    return joined


def _guardians(students: int, guardians: int) -> Ints:
    """Siblings stand side by side: one family has one or two guardians and about two students."""
    families = max(1, round(guardians * 0.6))
    of_student = np.arange(students, dtype=np.int64) * families // students
    second = of_student + families
    second = np.where(second < guardians, students + second, -1)
    pairs: Ints = np.stack([students + of_student, second], axis=1)
    return pairs


def _names(
    students: int, guardians: int, staff: int, guardian_of: Ints, rng: np.random.Generator
) -> tuple[Words, Words]:
    young, grown = (np.array(PHRASES[name]) for name in ("given_student", "given_adult"))
    surnames = np.array(PHRASES["family"])
    given = np.concatenate(
        [rng.choice(young, students), rng.choice(grown, guardians), rng.choice(grown, staff)]
    )
    family = rng.choice(surnames, students + guardians + staff)
    family[:students] = family[guardian_of[:, 0]]
    return given, family


def _source_ids(students: int, guardians: int, staff: int) -> Words:
    parts = [f"{400_000 + n:07d}" for n in range(students)]
    parts += [f"G{n:06d}" for n in range(guardians)]
    parts += [f"E{n:06d}" for n in range(staff)]
    return np.array(parts)


def _addresses(
    students: int, guardians: int, staff: int, given: Words, family: Words
) -> dict[str, Any]:
    initial = given.astype("U1")
    short = np.char.lower(np.char.add(initial, family))
    full = np.char.lower(np.char.add(np.char.add(given, "."), family))
    row = np.concatenate([np.arange(students), np.arange(guardians), np.arange(staff)])
    number = row.astype(str)
    host = np.array(PRIVATE)[row % len(PRIVATE)]
    school = np.where(np.arange(len(row)) < students, STUDENTS, SCHOOL)
    at_school = _joined(short, number, "@", school)
    private = _joined(full, number, "@", host)
    is_guardian = (np.arange(len(row)) >= students) & (np.arange(len(row)) < students + guardians)
    is_student = np.arange(len(row)) < students
    listed = np.where(
        is_student,
        shared(row, RATES["students whose private address is in handles.csv"]),
        shared(row, RATES["staff whose private address is in handles.csv"]) & ~is_guardian,
    )
    own = _joined("my.", full, number, "@", host)
    return {
        "email": np.where(is_guardian, private, at_school),
        "private_email": np.where(listed, own, ""),
    }


def _phones(
    students: int, guardians: int, staff: int, teachers: int, numbers: Words, guardian_of: Ints
) -> dict[str, Any]:
    own = numbers[: students + guardians + staff].copy()
    rates = (
        (students, "students whose own phone is in handles.csv"),
        (guardians, "guardians with a phone in users.csv"),
        (staff, "staff whose own phone is in handles.csv"),
    )
    listed = np.concatenate([shared(np.arange(count), RATES[name]) for count, name in rates])
    own[~listed] = ""
    sharing = shared(np.arange(students), RATES["students who share a guardian's phone"])
    own[:students][sharing] = own[guardian_of[:, 0]][sharing]
    gateway = np.full(len(own), "", dtype=own.dtype)
    texting = shared(np.arange(teachers), RATES["teachers with a gateway number"])
    lines = numbers[len(own) : len(own) + teachers]
    gateway[students + guardians : students + guardians + teachers] = np.where(texting, lines, "")
    return {"phone": own, "gateway": gateway}


def _lms_known(students: int, guardians: int, staff: int) -> Flags:
    """Unknown are some of the guardians who have an account, spread evenly among those."""
    has = shared(np.arange(guardians), RATES["guardians with an LMS account"])
    share = RATES["guardians with an LMS account that is in handles.csv"]
    known: Flags = np.ones(students + guardians + staff, dtype=bool)
    known[students : students + guardians] = shared(np.cumsum(has) - 1, share) | ~has
    return known


def _classes(
    students: int, guardians: int, teachers: int, school: Ints, rng: np.random.Generator
) -> tuple[int, Ints, Ints, Ints]:
    """Classes of each teacher; each student takes six different ones of the own school."""
    classes = teachers * CLASSES_A_TEACHER
    teacher = students + guardians + np.arange(classes, dtype=np.int64) % teachers
    pupils, chosen = [], []
    for number in range(int(school.max()) + 1):
        here = np.flatnonzero(school[teacher] == number)
        those = np.flatnonzero(school[:students] == number)
        start = rng.integers(0, len(here), len(those))
        for turn in range(CLASSES_A_STUDENT):
            pupils.append(those)
            chosen.append(here[(start + turn * len(here) // CLASSES_A_STUDENT) % len(here)])
    pupil, of_class = np.concatenate(pupils), np.concatenate(chosen)
    order = np.lexsort((pupil, of_class))
    return classes, teacher, pupil[order].astype(np.int64), of_class[order].astype(np.int64)


def _joined(*parts: Words | str) -> Words:
    text: Any = parts[0]
    for part in parts[1:]:
        text = np.char.add(text, part)
    joined: Words = text
    return joined
