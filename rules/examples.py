"""Messages and a small district for the examples that rules ship with.

An example states only what its rule looks at; everything here fills in the rest. People:
Ms River (T1) teaches Jo (S1) Algebra I; Sam (S2) and Kai (S3) are in her class too; Ana (G1) is
Jo's guardian; Mr Oak (T2) is Noa's (S9) father and keeps the school's page on Instagram.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from pipelines.message import (
    Account,
    Basis,
    Channel,
    Field,
    Message,
    Participant,
    Person,
    Role,
    ZoneBasis,
)
from rules.model import Break, Example, Exemption, Label, Purpose
from rules.signals import tools
from rules.signals.hours import parse_hours

RIVER = Person("T1", Role.STAFF, "Mara", "River")
OAK = Person("T2", Role.STAFF, "Tom", "Oak")
JO = Person("S1", Role.STUDENT, "Jo", "Lopez")
SAM = Person("S2", Role.STUDENT, "Sam", "Wu")
KAI = Person("S3", Role.STUDENT, "Kai", "Reed")
NOA = Person("S9", Role.STUDENT, "Noa", "Oak")
ANA = Person("G1", Role.GUARDIAN, "Ana", "Lopez")

NUMBERS = {
    "phone:+14065550101": (RIVER,),
    "phone:+14065550142": (JO,),
    "phone:+14065550143": (ANA,),
    "phone:+14065550144": (JO, ANA),
}
SCHOOL_NUMBERS = {"+14065550110"}
APPROVED = {
    "discord.gg/lakeside-robotics": "approved_groups.csv:2",
    "groupme.com/join_group/5550/approved": "approved_groups.csv:3",
    "lakesideband.example.org": "approved_sites.csv:2",
    "lakesideschools.example.net": "approved_sites.csv:3",
    "strava.com": "approved_sites.csv:4",
}
_HOURS = parse_hours({"weekdays": "07:00-18:00"})


def party(
    who: Person | Sequence[Person] | None,
    handle: str = "",
    *,
    account: Account = Account.SCHOOL,
    basis: Basis | None = None,
    field: Field = Field.TO,
    name: str = "",
) -> Participant:
    """A participant; the handle defaults to a school e-mail address made of the id."""
    people = (who,) if isinstance(who, Person) else tuple(who or ())
    if not handle:
        handle = f"email:{people[0].id.lower()}@school.example" if people else "email:x@example.org"
    if basis is None:
        basis = (Basis.UNKNOWN, Basis.HANDLE, Basis.SHARED)[min(len(people), 2)]
    return Participant(handle, field, account, basis, people, name)


def message(
    at: str,
    body: str = "",
    *,
    sender: Participant | Person = RIVER,
    to: Sequence[Participant | Person] = (JO,),
    channel: Channel = Channel.LMS,
    subject: str = "",
    audience: int | None = None,
    key: str = "m1",
    automatic: bool = False,
) -> Message:
    """A message at a local time such as `2025-10-14T21:30`, by default LMS, River to Jo."""
    local = datetime.fromisoformat(at)
    parties = tuple(one if isinstance(one, Participant) else party(one) for one in to)
    students = sum(one.may_be(Role.STUDENT) for one in parties)
    return Message(
        key=key,
        native_id=key,
        source="example",
        source_file="example",
        record=1,
        channel=channel,
        platform=channel.value,
        thread_key=1,
        sent_at=local.replace(tzinfo=UTC),
        sent_at_local=local,
        zone_basis=ZoneBasis.EXPLICIT,
        off_hours=_HOURS.is_off_hours(local),
        sender=sender if isinstance(sender, Participant) else party(sender, field=Field.FROM),
        recipients=parties,
        audience=students if audience is None else audience,
        subject=subject,
        body=body,
        automatic=automatic,
    )


def text(at: str, body: str, **others: object) -> Message:
    """A text message from River's own phone to Jo's."""
    fields: dict[str, object] = {
        "sender": party(RIVER, "phone:+14065550101", account=Account.OTHER, field=Field.FROM),
        "to": (party(JO, "phone:+14065550142", account=Account.OTHER),),
        "channel": Channel.SMS,
    }
    return message(at, body, **(fields | others))  # type: ignore[arg-type]


def mail(at: str, body: str, **others: object) -> Message:
    """An e-mail from River's school account to Jo's school account."""
    return message(at, body, **({"channel": Channel.EMAIL} | others))  # type: ignore[arg-type]


def visit(
    at: str,
    until: str,
    requests: int,
    *,
    domain: str = "facebook.com",
    sender: Participant | Person = RIVER,
    **others: object,
) -> Message:
    """A visit from a local time until a clock such as `10:41:07`, by default River's."""
    start = sender if isinstance(sender, Participant) else party(sender, field=Field.FROM)
    fields: dict[str, object] = {"to": (), "channel": Channel.WEB, "subject": domain}
    body = f"until {until}, {requests} request{'' if requests == 1 else 's'}"
    return message(at, body, **(fields | {"sender": start} | others))  # type: ignore[arg-type]


class ExampleDistrict:
    """The few facts of the example people, as the `District` protocol wants them."""

    local_area = "406"

    def owners(self, handle: str, on: date) -> tuple[Person, ...]:
        """Owners of the example numbers."""
        return NUMBERS.get(handle, ())

    def is_district_number(self, number: str) -> bool:
        """+1 406-555-0110 is the school office."""
        return number in SCHOOL_NUMBERS

    def is_school_address(self, address: str) -> bool:
        """Everything at school.example."""
        return address.endswith("school.example")

    def shared_classes(self, staff: Person, student: Person, on: date) -> tuple[str, ...]:
        """River teaches Jo, Sam and Kai."""
        return ("Algebra I",) if staff == RIVER and student in (JO, SAM, KAI) else ()

    def exemption(self, staff: Person, student: Person, on: date) -> Exemption | None:
        """Oak is Noa's father."""
        related = staff == OAK and student == NOA
        return Exemption("familial", "roster: guardian record of T2") if related else None

    def expired_relationship(self, staff: Person, student: Person, on: date) -> str | None:
        """None is on file."""
        return None

    def name_only_relatives(self, staff: Person, student: Person) -> bool:
        """Nobody's name misleads here."""
        return False

    def guardians(self, student: Person) -> tuple[Person, ...]:
        """Ana is Jo's guardian."""
        return (ANA,) if student == JO else ()

    def approval(self, domain_or_url: str, on: date) -> Exemption | None:
        """Strava, two groups, the band's site and the newspaper."""
        where = APPROVED.get(_place_of(domain_or_url))
        return Exemption("approval", where) if where else None

    def staff_named(self, name: str) -> tuple[Person, ...]:
        """River and Oak by full name, or by it as an account's."""
        said = "".join(filter(str.isalpha, name.lower()))
        return tuple(one for one in (RIVER, OAK) if said == one.name.replace(" ", "").lower())

    @property
    def teaching_tools(self) -> frozenset[str]:
        """The shipped list."""
        return tools.shipped()

    def approved_pages(self, domain: str, on: date) -> tuple[str, ...]:
        """Nor is any page."""
        return ()

    def school_hours(self, on: date) -> tuple[time, time] | None:
        """08:00 to 15:30 from Monday to Friday."""
        return (time(8), time(15, 30)) if on.weekday() < 5 else None

    def breaks(self, staff: Person, on: date) -> tuple[Break, ...]:
        """Lunch for all from 12:00 to 12:30."""
        return (Break(time(12), time(12, 30), "break"),)

    def web_permission(self, staff: Person, domain: str, on: date) -> Exemption | None:
        """Oak keeps the school's page on Instagram."""
        permitted = staff == OAK and domain == "instagram.com"
        return Exemption("approval", "web_permissions.csv:2") if permitted else None

    def expired_approval(self, domain_or_url: str, on: date) -> str | None:
        """None has run out."""
        return None

    def is_listed_site(self, domain_or_url: str) -> bool:
        """The band's site, the newspaper's domain and Strava."""
        return APPROVED.get(_place_of(domain_or_url), "").startswith("approved_sites")

    def approved_at(self, host: str, on: date) -> Exemption | None:
        """The approved group at a host, if there is one."""
        found = (where for place, where in APPROVED.items() if place.startswith(host + "/"))
        return next((Exemption("approval", where) for where in found), None)

    def groups_named_in(self, text: str) -> tuple[str, ...]:
        """No group is listed by its name."""
        return ()


def _place_of(domain_or_url: str) -> str:
    return domain_or_url.partition("://")[2] or domain_or_url


def stated_purpose(example: Example) -> Purpose:
    """The purpose an example states, as the judge would give it."""
    return Purpose(example.purpose, _PROBABILITY[example.purpose], ("stated by the example",))


_PROBABILITY = {Label.SCHOOL_BUSINESS: 0.95, Label.PERSONAL: 0.05, Label.UNCLEAR: 0.5}
