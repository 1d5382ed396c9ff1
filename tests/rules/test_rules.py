"""The four rules on hard cases, straight from the meaning of each rule and its boundaries.

A row is what happened and what must become of it: `flagged` and `lifted` under the purpose that
the row states (personal where it states none), None where the rule must not match.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from pipelines.gates import run_example
from pipelines.message import Account, Basis, Field, Message, Participant, Person, ZoneBasis
from rules.examples import (
    ANA,
    JO,
    KAI,
    NOA,
    OAK,
    RIVER,
    SAM,
    ExampleDistrict,
    mail,
    message,
    party,
    text,
)
from rules.facts import own_words, students_addressed
from rules.model import Conversation, Example, Label, Match, Status
from rules.registry import all_rules
from tests.factories import purpose

RULES = {one.id: one for one in all_rules()}
FLAGGED, LIFTED, EXEMPT = Status.FLAGGED, Status.LIFTED, Status.EXEMPT
BUSINESS, PERSONAL, UNCLEAR = Label.SCHOOL_BUSINESS, Label.PERSONAL, Label.UNCLEAR
DAY, NIGHT = "2025-10-14T15:00", "2025-10-14T21:00"


def outcome(rule: str, said: Message, label: Label) -> Status | None:
    """What becomes of a message under a rule, through the examiner."""
    return run_example(RULES[rule], Example("", said, None, purpose=label))


def matches(rule: str, said: Message, label: Label = PERSONAL) -> list[Match]:
    """The matches of a rule on one message."""
    around = Conversation((said,), 0, ExampleDistrict(), purpose(label))
    return list(RULES[rule].check(said, around))


def outside(who: Person | Sequence[Person] | None, value: str = "", **changes: Any) -> Participant:
    """A participant with an outside mailbox."""
    return party(who, f"email:{value or 'x@example.org'}", account=Account.OTHER, **changes)


def phone(
    who: Person | Sequence[Person] | None, digits: str = "0199", **changes: Any
) -> Participant:
    """A participant with an own phone."""
    return party(who, f"phone:+1406555{digits}", account=Account.OTHER, **changes)


FAMILY_MAIL = outside((JO, ANA), "lopez.family@example.org")
FAMILY_PHONE = phone((JO, ANA), "0144")
BY_NAME = outside(JO, "jolopez08@example.net", basis=Basis.NAME)
STAFF_BY_NAME = outside(RIVER, "mara.river7@example.net", basis=Basis.NAME, field=Field.FROM)
PRIVATE_STAFF = outside(RIVER, "mara.river@example.com", field=Field.FROM)
PRIVATE_JO = outside(JO, "jo.lopez@example.org")
PARTNER = party(None, "email:jo@partner.example", account=Account.PARTNER)
OWN_MAILBOX = outside(RIVER, "mara.river@example.com", field=Field.CC)
BY_DOMAIN = replace(
    party(None, "email:new@students.school.example", basis=Basis.DOMAIN), role_hint=JO.role
)

# -- off_hours_contact ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "expect"),
    [
        ("2025-10-14T06:59", FLAGGED),
        ("2025-10-14T07:00", None),
        ("2025-10-14T17:59", None),
        ("2025-10-14T17:59:59", None),
        ("2025-10-14T18:00", FLAGGED),
        ("2025-10-14T00:00", FLAGGED),
        ("2025-10-18T12:00", FLAGGED),  # Saturday
        ("2025-10-19T12:00", FLAGGED),  # Sunday
    ],
)
def test_contact_hours_include_the_first_minute_and_exclude_the_last(
    at: str, expect: Status | None
) -> None:
    """By the wall clock of the school."""
    assert outcome("off_hours_contact", message(at, "hi"), PERSONAL) == expect


@pytest.mark.parametrize(
    ("said", "expect"),
    [
        (message(NIGHT, "hi", to=(JO, SAM, KAI)), FLAGGED),  # a small group
        (message(NIGHT, "hi", to=(JO, SAM, KAI, NOA)), None),
        (message(NIGHT, "hi", audience=4), None),  # one of a broadcast's rows
        (message(NIGHT, "hi", audience=3), FLAGGED),
        (message(NIGHT, "hi", to=(JO, party(ANA, field=Field.CC))), None),
        (message(NIGHT, "hi", to=(JO, outside(ANA, field=Field.BCC))), None),
        (message(NIGHT, "hi", to=(JO, party(OAK, field=Field.CC))), None),
        (message(NIGHT, "hi", to=(JO, party(None, "email:band@school.example"))), FLAGGED),
        (message(NIGHT, "hi", to=(JO, OWN_MAILBOX)), FLAGGED),  # herself is no other adult
        (message(NIGHT, "hi", to=(JO, outside(None))), FLAGGED),  # nor is a stranger
        (message(NIGHT, "grade posted", automatic=True), None),
        (message(NIGHT, "hi", to=(ANA,)), None),
        (message(NIGHT, "hi", to=(OAK,)), None),
        (message(NIGHT, "hi", to=(BY_NAME,)), None),  # a name is no identity
        (message(NIGHT, "hi", to=(BY_DOMAIN,)), FLAGGED),
        (message(NIGHT, "hi", sender=JO, to=(RIVER,)), None),
        (message(NIGHT, "hi", sender=outside(None)), None),
        (mail(NIGHT, "Hi Jo, are you up?", to=(FAMILY_MAIL,)), FLAGGED),
        (mail(NIGHT, "Jo did well in band.", to=(FAMILY_MAIL,)), None),
        (replace(message(NIGHT, ""), body=None), FLAGGED),  # the hour needs no text
        (replace(message(NIGHT, "hi"), delivered=False), FLAGGED),
        (text(NIGHT, "hi"), FLAGGED),  # on any channel
    ],
)
def test_off_hours_contact_is_private(said: Message, expect: Status | None) -> None:
    """One to three students, no other adult, no guardian, no broadcast, no system."""
    assert outcome("off_hours_contact", said, PERSONAL) == expect


@pytest.mark.parametrize("rule", ["off_hours_contact", "personal_texting", "personal_number"])
@pytest.mark.parametrize(
    ("label", "expect"), [(PERSONAL, FLAGGED), (UNCLEAR, FLAGGED), (BUSINESS, LIFTED)]
)
def test_school_business_lifts_and_does_not_hide(rule: str, label: Label, expect: Status) -> None:
    """The channel, the hour or the number alone matches; the purpose decides."""
    said = text(NIGHT, "call me 406-555-0101 if the bus is late")
    assert outcome(rule, said, label) is expect


def test_an_assumed_zone_makes_the_hour_less_sure() -> None:
    """The fact against it stands on every finding, whatever the rule."""
    said = message(NIGHT, "hi")
    (sure,) = matches("off_hours_contact", said)
    (less,) = matches("off_hours_contact", replace(said, zone_basis=ZoneBasis.ASSUMED))
    (declared,) = matches("off_hours_contact", replace(said, zone_basis=ZoneBasis.DECLARED))

    assert less.confidence < sure.confidence == declared.confidence


# -- personal_texting ----------------------------------------------------------------------

GATEWAY = party(RIVER, "phone:+14065550131", field=Field.FROM)
TEAM = {"to": (JO, SAM, KAI), "audience": 14}


@pytest.mark.parametrize(
    ("said", "label", "expect"),
    [
        (text(DAY, "lol"), PERSONAL, FLAGGED),  # at any hour
        (text(DAY, "lol", sender=GATEWAY), PERSONAL, FLAGGED),
        (text(DAY, "lol", sender=GATEWAY), BUSINESS, LIFTED),
        (text(DAY, "bus at 5", **TEAM), BUSINESS, None),
        (text(DAY, "hm", **TEAM), UNCLEAR, None),
        (text(DAY, "miss you all", **TEAM), PERSONAL, FLAGGED),
        (text(DAY, "hm", audience=3, to=(JO, SAM, KAI)), UNCLEAR, FLAGGED),
        (text(DAY, "lol", to=(phone(JO), phone(ANA))), PERSONAL, FLAGGED),  # a fact against
        (replace(text(DAY, "lol"), delivered=False), PERSONAL, FLAGGED),
        (replace(text(DAY, ""), body=None), PERSONAL, FLAGGED),
        (text(DAY, "a form is due", automatic=True), UNCLEAR, None),
        (text(DAY, "lol", to=(phone(ANA),)), PERSONAL, None),
        (text(DAY, "lol", to=(phone(OAK),)), PERSONAL, None),
        (text(DAY, "lol", to=(phone(None),)), PERSONAL, None),
        (text(DAY, "lol", to=(phone(JO, basis=Basis.NAME),)), PERSONAL, None),
        (text(DAY, "lol", sender=phone(JO), to=(phone(RIVER),)), PERSONAL, None),
        (message(DAY, "lol"), PERSONAL, None),  # not a text
        (text(DAY, "hey Jo u up", to=(FAMILY_PHONE,)), PERSONAL, FLAGGED),
        (text(DAY, "u up", to=(FAMILY_PHONE,)), PERSONAL, None),
        (text(DAY, "Your daughter is out sick", to=(FAMILY_PHONE,)), PERSONAL, None),
        (text(DAY, "lol", sender=phone(OAK), to=(phone(NOA),)), BUSINESS, EXEMPT),
    ],
)
def test_texting_is_the_staff_member_s_to_a_student(
    said: Message, label: Label, expect: Status | None
) -> None:
    """The channel alone matches; a text to a team only when it is personal."""
    assert outcome("personal_texting", said, label) == expect


# -- personal_number -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expect"),
    [
        ("text me 406-555-0101", FLAGGED),
        ("text me 406.555.0101", FLAGGED),
        ("text me (406) 555 0101", FLAGGED),
        ("text me 4 0 6 5 5 5 0 1 0 1", FLAGGED),
        ("my number: four zero six, five five five, zero one seven seven", FLAGGED),
        ("mi celular es 406-555-0178", FLAGGED),
        ("406-555-0178", FLAGGED),  # nobody says whose
        # any number offered for private contact
        ("My husband's number is 406-555-0178 if I don't answer", FLAGGED),
        ("our house line is 406-555-0178", FLAGGED),
        ("you can reach me on the house line, 406-555-0178", FLAGGED),
        ("406-555-0178 is our home line", FLAGGED),
        ("I'm at my wife's shop, my cell is 406-555-0178", FLAGGED),
        ("call Mr Oak, 406-555-0151", FLAGGED),
        # two numbers, one of them the school's
        ("office 406-555-0110, or my cell 406-555-0178", FLAGGED),
        ("crisis line 988, and mine is 406-555-0178 if you need me", FLAGGED),
        # the staff member's in a signature
        ("See you.\n\n--\nMara River\nAlgebra I\nCell: 406-555-0101", FLAGGED),
        ("See you.\n\n--\nMara River\nOffice: 406-555-0110", None),
        # resources
        ("Call the office at 406-555-0110", None),
        ("text or call 988, or 1-800-555-0199", None),
        ("988 or 911", None),
        ("the tuxedo rental is at 406-555-0178", None),
        ("the crisis line is 406-555-0178", None),
        ("the clinic: 406-555-0178", None),
        # the family's own
        ("is 406-555-0142 still right?", None),
        ("I called your mom at 406-555-0143", None),
        ("do I use 406-555-0144 for you?", None),
        # no numbers of phones
        ("invoice 4065550178, order #4065550178", None),
        ("room 406, won 55-50, 10/14/2025, 3.14159265358", None),
        # somebody else's words
        ("ok\n\nOn Tue, Oct 14, 2025 at 2:00 PM Jo <jo@x.example> wrote:\n> 406-555-0178", None),
        ("ok\n\nOn Tue, Oct 14, 2025 at 2:00 PM Jo\n<jo@x.example> wrote:\n\n406-555-0178", None),
        ("ok\n\nEl mar, 14 oct 2025 a las 14:00, Jo escribió:\n406-555-0178", None),
        ("ok\n\n-----Original Message-----\nmy cell is 406-555-0178", None),
        ("ok\n\nFrom: Jo Lopez\nSent: Tuesday\nTo: Mara\n\nmy cell is 406-555-0178", None),
        ("ok\n\nFrom: Jo Lopez <jo@x.example>\nmy cell is 406-555-0178", None),
        # her own below or between somebody else's
        ("> what is your number?\n\n406-555-0178", FLAGGED),
        ("On Tue, Oct 14 at 2:00 PM Jo wrote:\n> number?\n\nmy cell is 406-555-0178", FLAGGED),
        ("my cell is 406-555-0178\n\nOn Tue, Oct 14 at 2:00 PM Jo wrote:\n> number?", FLAGGED),
    ],
)
def test_numbers_of_private_people(body: str, expect: Status | None) -> None:
    """Neither the district's nor the family's, neither a business's nor a help line's."""
    assert outcome("personal_number", message(DAY, body), PERSONAL) == expect


@pytest.mark.parametrize(
    ("said", "expect"),
    [
        (message(DAY, "ok", subject="call me 406-555-0178"), FLAGGED),
        (replace(message(DAY, "", subject="call me 406-555-0178"), body=None), FLAGGED),
        (message(DAY, "my cell 406-555-0101", to=(JO, ANA)), FLAGGED),
        (message(DAY, "my cell 406-555-0101", audience=24), FLAGGED),
        (message(DAY, "my cell 406-555-0101", to=(ANA,)), None),
        (message(DAY, "my cell 406-555-0101", to=(OAK,)), None),
        (message(DAY, "my cell 406-555-0142", sender=JO, to=(RIVER,)), None),
        (mail(DAY, "my cell 406-555-0101", to=(BY_NAME,)), None),
        (mail(DAY, "Hi Jo, my cell is 406-555-0101", to=(FAMILY_MAIL,)), FLAGGED),
        (mail(DAY, "Dear Ms. Lopez, my cell is 406-555-0101", to=(FAMILY_MAIL,)), None),
        (replace(message(DAY, ""), body=None), None),
        (message(DAY, "is 406-555-0142 yours?", to=(SAM,)), FLAGGED),  # another student's
        (message(DAY, "my cell is 406-555-0178", sender=OAK, to=(NOA,)), EXEMPT),
    ],
)
def test_numbers_given_to_a_student(said: Message, expect: Status | None) -> None:
    """On any channel, in subject or body."""
    assert outcome("personal_number", said, PERSONAL) == expect


def spans(said: Message) -> list[str]:
    """The words that the evidence of a number points at."""
    parts = {"subject": said.subject, "body": said.body or ""}
    return [
        parts[one.part][one.start : one.end]
        for found in matches("personal_number", said)
        for one in found.evidence
    ]


def test_evidence_points_at_the_private_number_alone() -> None:
    """In subject and body, also below a quotation."""
    body = "> number?\n\noffice 406-555-0110, cell 406-555-0178\n> 406-555-0179"

    assert spans(message(DAY, body, subject="or 406 555 0101")) == ["406 555 0101", "406-555-0178"]


def test_a_listed_number_is_surer_than_an_unlisted_one() -> None:
    """And a number somebody calls her own surer than a bare one."""
    bodies = ["406-555-0101", "my cell is 406-555-0178", "406-555-0178"]
    sure = [matches("personal_number", message(DAY, body))[0].confidence for body in bodies]

    assert sure == sorted(sure, reverse=True)
    assert len(set(sure)) == 3


# -- non_school_account --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expect"),
    [
        (mail(DAY, "hi", to=(PRIVATE_JO,)), FLAGGED),
        (mail(DAY, "hi", sender=PRIVATE_STAFF), FLAGGED),
        (mail(DAY, "hi", sender=PRIVATE_STAFF, to=(PRIVATE_JO,)), FLAGGED),
        (mail(DAY, "hi", to=(party(ANA), replace(PRIVATE_JO, field=Field.CC))), None),
        (mail(DAY, "hi", to=(outside(ANA), replace(PRIVATE_JO, field=Field.BCC))), None),
        (mail(DAY, "hi", to=(outside(ANA), PRIVATE_JO)), FLAGGED),  # not only in cc
        (mail(DAY, "hi", to=(party(OAK), replace(PRIVATE_JO, field=Field.CC))), FLAGGED),
        (
            mail(
                DAY,
                "hi",
                sender=PRIVATE_STAFF,
                to=(outside(ANA), replace(PRIVATE_JO, field=Field.CC)),
            ),
            FLAGGED,
        ),
        (mail(DAY, "hi", to=(outside(ANA),)), None),
        (mail(DAY, "hi", to=(outside(None),)), None),
        (mail(DAY, "hi", to=(PARTNER,)), None),
        (mail(DAY, "hi", to=(party(JO, "email:jo@p.example", account=Account.PARTNER),)), None),
        (mail(DAY, "hi", sender=party(RIVER, "email:r@p.example", account=Account.PARTNER)), None),
        (mail(DAY, "hi"), None),
        (mail(DAY, "hi", to=(BY_DOMAIN,)), None),
        (mail(DAY, "hi", sender=PRIVATE_STAFF, to=(BY_DOMAIN,)), FLAGGED),
        (mail(DAY, "hi", sender=PRIVATE_JO, to=(RIVER,)), None),
        (mail(DAY, "hi", to=(PRIVATE_JO,), automatic=True), None),
        (message(DAY, "hi", to=(PRIVATE_JO,)), None),  # not mail
        (replace(mail(DAY, "", to=(PRIVATE_JO,)), body=None), FLAGGED),
        (mail(DAY, "hi", sender=OAK, to=(outside(NOA),)), EXEMPT),
    ],
)
def test_an_end_the_school_does_not_control(said: Message, expect: Status | None) -> None:
    """The student's own address, or the staff member's."""
    assert outcome("non_school_account", said, PERSONAL) == expect


@pytest.mark.parametrize(
    ("said", "expect"),
    [
        (mail(DAY, "ok see attached", to=(BY_NAME,)), FLAGGED),
        (mail(DAY, "ok see attached", to=(BY_NAME,), sender=OAK), None),  # does not teach Jo
        (mail(DAY, "ok", to=(outside(NOA, basis=Basis.NAME),)), None),  # nor she Noa
        (mail(DAY, "ok", to=(outside(NOA, basis=Basis.NAME),), sender=PRIVATE_STAFF), None),
        (mail(DAY, "ok", to=(BY_NAME,), sender=PRIVATE_STAFF), FLAGGED),
        (mail(DAY, "Dear Mrs. Lopez, your son did well", to=(BY_NAME,)), None),
        (mail(DAY, "see you at the lake", sender=STAFF_BY_NAME), FLAGGED),
        (mail(DAY, "I'm still at home with the dogs", sender=STAFF_BY_NAME), FLAGGED),
        (mail(DAY, "I'm done with grading, finally", sender=STAFF_BY_NAME), FLAGGED),
        (mail(DAY, "This is Mara from your Algebra class", sender=STAFF_BY_NAME), FLAGGED),
        # the content shows another person
        (mail(DAY, "This is Kim from Lark Travel", sender=STAFF_BY_NAME), None),
        (mail(DAY, "Is my son on your team?", sender=STAFF_BY_NAME), None),
        (mail(DAY, "Your order number is 17", sender=STAFF_BY_NAME), None),
        (mail(DAY, "ok\n> is my son late?", sender=STAFF_BY_NAME), FLAGGED),  # quoted
    ],
)
def test_a_name_is_evidence_unless_the_content_shows_another_person(
    said: Message, expect: Status | None
) -> None:
    """For students only where the sender teaches them."""
    assert outcome("non_school_account", said, PERSONAL) == expect


def test_a_name_is_less_sure_than_an_address() -> None:
    """On either end."""
    said = [
        mail(DAY, "hi", sender=PRIVATE_STAFF),
        mail(DAY, "hi", sender=STAFF_BY_NAME),
        mail(DAY, "hi", sender=STAFF_BY_NAME, to=(BY_NAME,)),
    ]
    sure = [matches("non_school_account", one)[0].confidence for one in said]

    assert sure == sorted(sure, reverse=True)
    assert sure[0] > 0.9
    assert sure[1] < 0.65


BACK = [
    "Hi Jo, please write me from your school account. Ms River",
    "please use ur school email",
    "I can only answer to your student e-mail.",
    "I can't reply here, please use your school account",
    "Please do not write me here. Use your school account.",
    "Please don't write from a non-school address; use your district account.",
    "Can you resend this with your district address?",
    "School email only, please.",
    "Por favor escríbeme desde tu cuenta de la escuela.",
    "Usa tu correo escolar, por favor.",
    "Hola Jo, solo puedo contestar a tu correo del distrito. Escríbeme desde tu correo escolar.",
    "please use your school account\n\n> can u send me the pics here\n> i hate school email",
]
NOT_BACK = [
    "Don't use your school account, they can read it.",
    "I'd rather use this instead of your school account",
    "never write me on the school email again",
    "No uses tu correo escolar, aquí es mejor.",
    "the pics are here since the school account is blocked",
    "ok\n\n> please use your school account",
    "please use your school account " + "and by the way " * 15,
]


@pytest.mark.parametrize("body", BACK)
@pytest.mark.parametrize("label", [UNCLEAR, BUSINESS])
def test_an_answer_that_only_sends_back_to_the_school_account(body: str, label: Label) -> None:
    """Is no match, in either language."""
    assert outcome("non_school_account", mail(DAY, body, to=(PRIVATE_JO,)), label) is None


@pytest.mark.parametrize("body", NOT_BACK)
def test_naming_the_school_account_is_not_sending_back_to_it(body: str) -> None:
    """Least of all when it warns of it."""
    assert outcome("non_school_account", mail(DAY, body, to=(PRIVATE_JO,)), UNCLEAR) is FLAGGED


def test_a_personal_answer_does_not_only_send_back() -> None:
    """It says something else besides."""
    said = mail(DAY, "use your school email. miss you already", to=(PRIVATE_JO,))

    assert outcome("non_school_account", said, PERSONAL) is FLAGGED


@pytest.mark.parametrize("label", list(Label))
def test_school_business_only_lowers_a_private_account(label: Label) -> None:
    """It is never lifted."""
    said = mail(DAY, "Here is the worksheet.", to=(PRIVATE_JO,))

    assert outcome("non_school_account", said, label) is FLAGGED


# -- mailboxes and phones that guardian and student share ----------------------------------


@pytest.mark.parametrize(
    ("body", "meant"),
    [
        ("Jo, are you coming?", True),
        ("Hi Jo,\nare you coming?", True),
        ("hey jo are you up", True),
        ("Good job today, Jo!", True),
        ("Hola Jo, tu tarea está lista", True),
        ("Hi Jo, don't tell your mom", True),
        ("Jo, bring this home to your parents.\nMs River", True),
        ("Hi Jo,\nsee you tomorrow.\nMr Oak", True),
        # speaking of the child
        ("Jo forgot her trumpet", False),
        ("Hi, Jo is doing great", False),
        ("Hi Jo's mom, band is at 5", False),
        ("Dear Mrs. Lopez, Jo, as you know, is late", False),
        ("Hi Ms Lopez, your son forgot his trumpet. Thanks, Jo's teacher", False),
        ("Dear Lopez family, Jo, Sam and Kai won", False),
        ("Su hijo Jo, olvidó la trompeta", False),
        ("Dear parents of Jo, conferences are on Thursday", False),
        ("Hi Ana, are you coming?", False),
        ("are you coming?", False),
        ("", False),
    ],
)
def test_who_is_meant_on_a_shared_mailbox(body: str, meant: bool) -> None:
    """The student only when the words call the student."""
    said = mail(DAY, body, to=(FAMILY_MAIL,))

    assert bool(students_addressed(said, FAMILY_MAIL)) is meant
    assert outcome("non_school_account", said, PERSONAL) == (FLAGGED if meant else None)


def test_a_mailbox_shared_by_students_alone_is_theirs() -> None:
    """Nobody else could be meant."""
    (found,) = matches("non_school_account", mail(DAY, "hi", to=(outside((JO, SAM)),)))

    assert found.students == (JO, SAM)


# -- own words -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text_", "own"),
    [
        ("all mine\nmore", "all mine more"),
        ("mine\n> theirs\nmine", "mine mine"),
        ("mine\n-- Original Message --\ntheirs\nmine?", "mine"),
        ("mine\n-----Mensaje original-----\ntheirs", "mine"),
        ("mine\nOn Monday, Oct 13 Jo wrote:\ntheirs", "mine"),
        ("mine\nOn Monday, Oct 13 Jo wrote:\n\n> theirs\nmine", "mine mine"),
        ("On Monday we play.\nmine", "On Monday we play. mine"),
        ("a > b", "a > b"),
        ("", ""),
    ],
)
def test_own_words_stand_where_they_stood(text_: str, own: str) -> None:
    """What is quoted is blank, so that spans of evidence stay true."""
    found = own_words(text_)

    assert " ".join(found.split()) == own
    assert len(found) <= len(text_)
    assert all(mine in (" ", theirs) for mine, theirs in zip(found, text_, strict=False))


# -- public_posting ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "said", "expect"),
    [
        ("upload@albums.example.com", "Prom 2026, 88 photos, album public", FLAGGED),
        ("leaks@watch.example.org", "the superintendent's draft budget, PDF, 14 pages", FLAGGED),
        ("subir@galeria.example.org", "Graduación de sexto, 32 fotos. Álbum abierto.", FLAGGED),
        ("writein@voice.example.org", "for the website please, school play cast photo", FLAGGED),
        ("upload@albums.example.com", "Elk camp, me and my brother and a cold tent", None),
        ("upload@albums.example.com", "Please take down the field day album", None),
        ("editor@gazette.example.org", "Thank you for the article on our students", None),
        ("upload@printhub.example.net", "Graduation programs, 300 copies", None),
        ("news@lakesideschools.example.net", "Science fair album, 9 pictures", EXEMPT),
    ],
)
def test_posting_is_of_school_content_at_a_place_that_publishes(
    address: str, said: str, expect: Status | None
) -> None:
    """Not the writer's own, not a vendor's order, not what an approved site gets."""
    assert outcome("public_posting", mail(DAY, said, to=(outside(None, address),)), UNCLEAR) == (
        expect
    )


# -- personal_number: in parts, hidden, bare -------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        "4065550101 in case. MR",
        "if the filter eats this: 4zer06-fivefivefive-0one0one. thats me",
        "a = 406, b = 555, c = 0101. Put them side by side. What rings?",
        "wanna see that pie: 406-555-0101. no homework talk allowed",
    ],
)
def test_business_around_does_not_lift_a_number_given_for_none(said: str) -> None:
    """Bare, disguised, or said not to be for school."""
    assert outcome("personal_number", message(DAY, said), BUSINESS) is FLAGGED


def test_a_number_may_be_begun_by_the_student_or_days_before() -> None:
    """The finding stands on the message that completes it."""
    asks = message("2025-10-14T15:00", "is ur cell 406-555-01something", sender=JO, to=(RIVER,))
    ends = message("2025-10-14T15:02", "lol it ends 0101", key="m2")
    first = message("2025-10-13T15:00", "first part of the code is 406-55, rest tomorrow")
    rest = message("2025-10-14T15:02", "second part: 5-0101. Don't wear it out", key="m2")
    for before, said in ((asks, ends), (first, rest)):
        example = Example("", said, None, before=(replace(before, key="m0"),), purpose=PERSONAL)
        assert run_example(RULES["personal_number"], example) is FLAGGED
