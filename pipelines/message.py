"""The one schema every message has, as Arrow columns and as an object.

Rule of this file: it imports nothing of Brightline and nothing of Beam. Readers write
`MESSAGE` batches; the stages add the columns of `FACTS`; rules see `Message` objects, made
only for the few rows whose screen let them through.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import pyarrow as pa


class Channel(StrEnum):
    """How a message travelled."""

    EMAIL = "email"
    SMS = "sms"
    LMS = "lms"
    CHAT = "chat"
    WEB = "web"  # a visit to a site, from a web-access log; it has no recipients


class Role(StrEnum):
    """What a person is to the district, as the roster says."""

    STAFF = "staff"
    STUDENT = "student"
    GUARDIAN = "guardian"


class Account(StrEnum):
    """Who controls the account or number behind a handle."""

    SCHOOL = "school"  # the district's own domain, LMS, gateway or listed number
    PARTNER = "partner"  # an organisation the district listed as approved
    OTHER = "other"  # anything else: a private provider, a firm, a personal phone


class Basis(StrEnum):
    """How a participant was matched to people of the roster."""

    HANDLE = "handle"  # the handle belongs to exactly one person on that day
    SHARED = "shared"  # the handle belongs to several people on that day
    NAME = "name"  # only a display name or local part matches: evidence, not identity
    DOMAIN = "domain"  # unknown address in the students' or the staff's own domain
    GIVEN = "given"  # of nobody on file, but its owner gave it in an earlier message
    UNKNOWN = "unknown"  # nobody of the roster


class Field(StrEnum):
    """Where a participant stands on the message."""

    FROM = "from"
    TO = "to"
    CC = "cc"
    BCC = "bcc"
    MEMBER = "member"  # reached through a group, a thread or a mailbox copy


class ZoneBasis(StrEnum):
    """How the time zone of a message's time is known."""

    EXPLICIT = "explicit"
    DECLARED = "declared"
    ASSUMED = "assumed"


def handle(kind: str, value: str) -> str:
    """Spell a typed handle: kind is email, phone (E.164), lms, sis or user (a log-in name)."""
    return f"{kind}:{value}"


RECIPIENT = pa.struct([("handle", pa.string()), ("name", pa.string()), ("field", pa.string())])
"""One recipient: typed handle (`email:`, `phone:`, `lms:`), display name or null, `Field`."""

MESSAGE = pa.schema(
    [
        ("source", pa.string()),  # the [[source]] it came from
        ("source_file", pa.string()),  # path below the configuration's folder
        ("record", pa.int64()),  # 1-based record number in that file
        ("native_id", pa.string()),  # the export's own message id
        ("channel", pa.string()),
        ("platform", pa.string()),  # gmail, twilio, canvas, ...
        ("thread", pa.string()),  # the export's own conversation id, or null
        ("sent_at", pa.timestamp("us", "UTC")),
        ("sent_at_text", pa.string()),  # as the export spells it
        ("zone_basis", pa.string()),
        ("sender", pa.string()),  # typed handle
        ("sender_name", pa.string()),
        ("recipients", pa.list_(RECIPIENT)),
        ("subject", pa.string()),
        ("body", pa.string()),  # null: the text was not there to scan
        ("automatic", pa.bool_()),  # written by a system, not by a person
        ("delivered", pa.bool_()),  # false: the gateway says it never arrived
    ]
)
"""What a reader hands on, one row a message. Times are UTC instants in microseconds."""

FACTS = pa.schema(
    [
        ("key", pa.binary(16)),  # digest of channel, platform and native id
        ("sent_at_local", pa.timestamp("us")),  # wall clock of the district
        ("off_hours", pa.bool_()),
        ("from_staff", pa.bool_()),  # certainly or possibly
        ("from_student", pa.bool_()),
        ("to_staff", pa.bool_()),
        ("students", pa.int32()),  # how many recipients are or may be students
        ("outside_end", pa.bool_()),  # sender or a student recipient has no school account
        ("from_network", pa.bool_()),  # the sender is a social network's own mailer
        ("to_public", pa.bool_()),  # a recipient may publish on a public website
        ("contact", pa.bool_()),  # staff and student stand on it, or a rule reads it beside those
        (
            "stranger",
            pa.bool_(),
        ),  # staff or a student at one end, an outside handle of nobody known
    ]
)
"""Facts computed as columns for every message; screens and filters are made of these."""

RESOLVED = pa.schema([*MESSAGE, *FACTS])


@dataclass(frozen=True)
class Person:
    """Someone on the roster: `id` is the sourcedId, `schools` are names."""

    id: str
    role: Role
    given_name: str
    family_name: str
    schools: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Given and family name, as the roster spells them."""
        return f"{self.given_name} {self.family_name}".strip()


@dataclass(frozen=True)
class Participant:
    """A handle on a message, resolved or not. `people` is empty when nobody is known."""

    handle: str
    field: Field
    account: Account
    basis: Basis
    people: tuple[Person, ...] = ()
    name: str = ""
    role_hint: Role | None = None  # from the domain, only with Basis.DOMAIN

    @property
    def kind(self) -> str:
        """The kind of the handle: email, phone, lms, sis, user."""
        return self.handle.partition(":")[0]

    @property
    def value(self) -> str:
        """The handle without its kind."""
        return self.handle.partition(":")[2]

    def persons(self, role: Role) -> tuple[Person, ...]:
        """The people of one role behind this handle."""
        return tuple(person for person in self.people if person.role is role)

    def may_be(self, role: Role) -> bool:
        """Whether this handle is or may be that of somebody of the role."""
        return self.role_hint is role or bool(self.persons(role))


@dataclass(frozen=True)
class Message:
    """One message understood. `audience` counts students reached, a broadcast's included."""

    key: str
    native_id: str
    source: str
    source_file: str
    record: int
    channel: Channel
    platform: str
    thread_key: int
    sent_at: datetime
    sent_at_local: datetime
    zone_basis: ZoneBasis
    off_hours: bool
    sender: Participant
    recipients: tuple[Participant, ...]
    audience: int
    subject: str
    body: str | None
    automatic: bool = False
    delivered: bool = True

    @property
    def text(self) -> str:
        """Subject and body as one text; spans of evidence count in `body` or `subject`."""
        return f"{self.subject}\n{self.body or ''}" if self.subject else self.body or ""

    @property
    def is_visit(self) -> bool:
        """Whether it is a visit to a site: nobody wrote anything, so its purpose is not judged."""
        return self.channel is Channel.WEB

    @property
    def students(self) -> tuple[Participant, ...]:
        """Recipients who are or may be students."""
        return tuple(party for party in self.recipients if party.may_be(Role.STUDENT))

    @property
    def other_adults(self) -> tuple[Participant, ...]:
        """Recipients who are neither students nor the sender: staff, guardians, strangers."""
        sender = {person.id for person in self.sender.people}
        return tuple(
            party
            for party in self.recipients
            if not party.may_be(Role.STUDENT)
            and not (party.people and {person.id for person in party.people} <= sender)
        )
