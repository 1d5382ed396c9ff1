"""A small invented district: `roster_files` (text by file name) and `write_roster`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

USERS_HEADER = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,"
    "givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password"
)
USERS = f"""{USERS_HEADER}
T100,,,true,"S12,S14",teacher,mriver,{{SIS:8841}},Mara,River,,8841,mriver@school.example,,512-555-0199,,,hunter2
T200,,,true,S12,administrator,bkent,,Bo,Kent,,8842,bkent@school.example,,,,,hunter2
T300,,,true,S12,aide,alopez.aide,,Ana,Lopez,,8843,alopez@school.example,,,,,
T400,,,true,S12,teacher,opark,,Olu,Park,,8844,opark@school.example,,,,,
ST27,,,true,S12,student,jlopez27,,Jordan,Lopez,,00270027,j.lopez27@students.school.example,,512-555-0142,"G501,G502",10,
ST88,,,true,S12,student,nriver88,,Noa,River,,270088,nriver88@students.school.example,,,G777,9,
ST90,,,true,S12,student,zgarcía,,Zoë,García-Núñez,,270090,zgarcia@students.school.example,,,,9,
ST91,,,true,S12,student,ali,,Ali,Wu,,270091,ali@students.school.example,,,,9,
ST92,,,true,S12,student,acole,,Ana,Cole,,270092,acole@students.school.example,,,,9,
G501,,,true,S12,guardian,alopez,,Ana,Lopez,,,ana.lopez@mail.example,(512) 555-0142,,,,
G502,,,true,S12,relative,,,Sam,Lopez,,,,,,,,
G777,,,true,S12,parent,mriver.home,,Mara,River,,,mara.river@mail.example,512.555.0199,,ST88,,
G800,,,true,S12,guardian,,,Olu,Park,,,olu@mail.example,,,st92,,
"""
CLASSES = """sourcedId,status,dateLastModified,title,grades,\
courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds
C1,,,ENG-1,10,K1,,scheduled,,S12,"FALL,SPRING"
C2,,,Jazz Band,10,K2,,scheduled,,S12,FALL
C3,,,Chess,10,,,scheduled,,S12,
"""
ENROLLMENTS = """sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,\
userSourcedId,role,primary,beginDate,endDate
N1,,,C1,S12,T100,teacher,true,,
N2,,,C1,S12,ST27,student,,2026-09-01,2026-12-18
N3,,,C2,S12,T100,teacher,true,,
N4,,,C2,S12,st27,student,,,
N5,,,C3,S12,T100,teacher,true,,
N6,,,C3,S12,ST88,student,,,
N7,tobedeleted,,C3,S12,ST27,student,,,
"""
ORGS = """sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId
S12,,,North High,school,,
S14,,,South High,school,,
"""
COURSES = """sourcedId,status,dateLastModified,schoolYearSourcedId,title,\
courseCode,grades,orgSourcedId,subjects,subjectCodes
K1,,,,English I,,,S12,,
K2,,,,Band,,,S12,,
"""
SESSIONS = """sourcedId,status,dateLastModified,title,\
type,startDate,endDate,parentSourcedId,schoolYear
FALL,,,Fall,semester,2026-08-20,2026-12-18,,2027
SPRING,,,Spring,semester,2027-01-05,2027-06-01,,2027
"""

WriteRoster = Callable[..., Path]


@pytest.fixture
def roster_files() -> dict[str, str]:
    """The files of a OneRoster 1.1 export; change what a test is about."""
    return {
        "users.csv": USERS,
        "classes.csv": CLASSES,
        "enrollments.csv": ENROLLMENTS,
        "orgs.csv": ORGS,
        "courses.csv": COURSES,
        "academicSessions.csv": SESSIONS,
    }


@pytest.fixture
def write_roster(tmp_path: Path) -> WriteRoster:
    """Write files into a fresh folder below the test's own and give it."""

    def write(files: Mapping[str, str | bytes], name: str = "roster") -> Path:
        folder = tmp_path / name
        folder.mkdir()
        for file, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            (folder / file).write_bytes(data)
        return folder

    return write
