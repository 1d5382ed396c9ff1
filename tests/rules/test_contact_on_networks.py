"""solicits_contact and accepts_contact on what people really write, and on networks' notices.

The threads stand in contact_on_networks.txt; here is what a text cannot say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.gates import run_example
from pipelines.message import Account, Basis, Channel, Field, Message, Person
from rules.examples import ANA, JO, KAI, NOA, OAK, RIVER, SAM, ExampleDistrict, message, party
from rules.model import Conversation, Example, Exemption, Label, Match, Rule, Status
from rules.registry import all_rules
from tests.factories import as_message, directory, purpose, resolved, row

RULES = {one.id: one for one in all_rules()}
SOLICITS, ACCEPTS = RULES["solicits_contact"], RULES["accepts_contact"]
LETTERS = {"S": SOLICITS, "A": ACCEPTS}
AT = "2025-10-14T15:{:02d}"
THREADS = [
    line
    for line in Path(__file__).with_name("contact_on_networks.txt").read_text("utf-8").splitlines()
    if line and line[0] != "#"
]


def spoken(words: str, minute: int = 0) -> Message:
    """One message of a thread as the text file writes it."""
    kind, _, said = words.partition(": ")
    said, at, key = said.replace("\\n", "\n"), AT.format(minute), f"m{minute}"
    if kind == "K":
        return message(at, said, sender=JO, to=(RIVER,), key=key)
    if kind == "C":
        return message(at, said, to=(JO, SAM, KAI), audience=24, key=key)
    return message(at, words.replace("\\n", "\n"), key=key)


def matches(rule: Rule, *thread: Message, label: Label = Label.PERSONAL) -> list[Match]:
    """The matches of a rule on the last message of a thread."""
    around = Conversation(thread, len(thread) - 1, ExampleDistrict(), purpose(label))
    return list(rule.check(thread[-1], around))


def hinted(rule: Rule, said: Message) -> bool:
    """Whether the rule's hint lets a message through."""
    parts = pa.array([said.subject, said.body or ""])
    return bool(pc.any(pc.match_substring_regex(parts, rule.hint)).as_py())


@pytest.mark.parametrize("line", THREADS)
def test_what_people_write(line: str) -> None:
    """Matched as stated, and let through by the hint, which sees the last message alone."""
    stated, _, words = line.partition(" ")
    thread = [spoken(one, minute) for minute, one in enumerate(words.split(" / "))]
    found = {letter: matches(rule, *thread) for letter, rule in LETTERS.items()}

    assert {letter for letter, match in found.items() if match} == set(stated) - {"-"}
    assert all(hinted(LETTERS[letter], thread[-1]) for letter, match in found.items() if match)
    for match in (one for several in found.values() for one in several):
        assert all(0 <= one.start < one.end <= len(thread[-1].body or "") for one in match.evidence)


PIECES = (
    "add follow friend befriend request accept me you u ya added followed accepted following back "
    "my your ur the a snap insta ig discord epic x on as to friend request sent send can i will "
    "don't not once you graduate te agregué sígueme agrégame buscarte solicitud de amistad lo yes "
    "no done sure its im is mara.r_22 @mara mararides river search name user whats what yours have "
    "? . , ! : gimme be your friends connect with check from one it right t.me/mara bere.al/mara "
    "instagram.com/mara check accepting tag handle"
).split()
CONTEXTS = ("", "K: can i add u on insta", "K: whats ur snap", "K: my snap is jo.l_22", "K: hi")


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.sampled_from([*PIECES, "\n"]), max_size=12).map(" ".join),
    st.sampled_from(CONTEXTS),
)
def test_whatever_matches_is_let_through(words: str, context: str) -> None:
    """The hint sees the message alone; the rule sees what came before it too."""
    said = message(AT.format(1), words)
    thread = (spoken(context), said) if context else (said,)
    for rule in LETTERS.values():
        assert hinted(rule, said) or not matches(rule, *thread)


# -- who writes to whom ----------------------------------------------------------------------

ADD = "add me on snap"
ASKED = spoken("K: can i add you on insta?")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (message(AT.format(1), ADD, sender=JO, to=(OAK,)), False),
        (message(AT.format(1), ADD, to=(ANA,)), False),
        (message(AT.format(1), ADD, to=(OAK,)), False),
        (message(AT.format(1), ADD, to=(JO, ANA)), True),
        (message(AT.format(1), ADD, to=(JO, SAM), audience=40), True),
        (message(AT.format(1), ADD, automatic=True), False),
        (replace(message(AT.format(1), ADD), body=None), False),
        (replace(message(AT.format(1), "see you"), subject=ADD), True),
        (replace(message(AT.format(1), "see you"), subject=f"Re: {ADD}"), False),
        (message(AT.format(1), f"No.\n> {ADD}"), False),
        (message(AT.format(1), ADD, sender=party(RIVER, basis=Basis.NAME)), True),
    ],
)
def test_staff_asks_a_student(said: Message, expected: bool) -> None:
    """In the sender's own words, to at least one student, on any channel and in any company."""
    assert bool(matches(SOLICITS, said)) is expected


def test_the_subject_of_a_thread_is_of_whoever_began_it() -> None:
    """A student's "add me" in the subject is not said again by every answer."""
    first = replace(ASKED, subject="add me on insta")
    answer = replace(spoken("Bring the permission slip on Friday.", 1), subject=first.subject)

    assert matches(SOLICITS, first, answer) == matches(ACCEPTS, first, answer) == []


def test_a_request_of_long_ago_or_of_another_student_is_not_what_yes_answers() -> None:
    """Three days, and the students the message reaches."""
    yes = spoken("sure", 5)
    old = replace(ASKED, sent_at=ASKED.sent_at.replace(day=9))
    other = replace(ASKED, sender=party(SAM))

    assert matches(ACCEPTS, ASKED, yes)
    assert not matches(ACCEPTS, old, yes)
    assert not matches(ACCEPTS, other, yes)


def test_a_yes_answers_what_was_asked_last() -> None:
    """Once staff has answered, a later yes is for something else."""
    between = spoken("what would you want to see there", 1)
    other = spoken("K: ok. is the quiz tomorrow", 2)

    assert not matches(ACCEPTS, ASKED, between, other, spoken("yes", 3))


def test_a_class_does_not_hear_yes_to_one() -> None:
    """Nor is it asked whether it is on a network."""
    assert not matches(ACCEPTS, ASKED, spoken("C: ok", 1))
    assert not matches(SOLICITS, spoken("C: do you have instagram?"))
    assert matches(SOLICITS, spoken("do you have instagram?"))


# -- approvals, tools, business --------------------------------------------------------------


class Changed(ExampleDistrict):
    """The example district with another list of tools and of approvals."""

    def __init__(self, tools: set[str], approved: Sequence[str] = ()) -> None:
        self._tools, self._approved = frozenset(tools), approved

    @property
    def teaching_tools(self) -> frozenset[str]:
        """As given."""
        return self._tools

    def approval(self, domain_or_url: str, on: object) -> Exemption | None:
        """As given."""
        return Exemption("approval", "list:2") if domain_or_url in self._approved else None


def solicits_in(district: ExampleDistrict, words: str) -> list[Match]:
    """Matches where the district is another."""
    around = Conversation([spoken(words)], 0, district, purpose(Label.PERSONAL))
    return list(SOLICITS.check(around.messages[0], around))


def test_the_district_says_what_is_a_teaching_tool() -> None:
    """Even of a network of the table; and what it took from the list is none."""
    assert not solicits_in(Changed({"discord"}), "add me on Discord")
    assert not solicits_in(Changed({"our portal"}), "I sent you a friend request on Our Portal")
    assert solicits_in(Changed(set()), "I sent you a friend request on Duolingo")
    assert not solicits_in(ExampleDistrict(), "I sent you a friend request on Duolingo")


@pytest.mark.parametrize(
    "listed", ["instagram.com/mara.rides", "instagram.com/@mara.rides", "@mara.rides"]
)
def test_a_listed_account_is_the_schools_own(listed: str) -> None:
    """However the list spells it; another account of the network is not."""
    mine = "my insta is @mara.rides"

    assert not solicits_in(Changed(set(), [listed]), mine)
    assert solicits_in(Changed(set(), [listed]), mine.replace("rides", "r22"))


def test_an_approved_network_exempts_only_when_nothing_else_is_named() -> None:
    """Strava is approved, Snapchat is not."""
    (one,) = matches(SOLICITS, spoken("add me on Strava"))
    (both,) = matches(SOLICITS, spoken("add me on Strava. whats your snap?"))

    assert one.exemption
    assert not both.exemption


@pytest.mark.parametrize(
    ("words", "lifts"),
    [
        ("Please add me on GroupMe so you get the practice schedule for JV", True),
        ("What's your gamertag? Need it for the esports roster form due Friday", True),
        ("Your reading log is missing weeks 7 and 8. Also I followed you on insta", False),
        ("Homework is page 40. whats your snap? ill add you", False),
        ("add me on snap", False),
    ],
)
def test_business_lifts_what_speaks_of_it(words: str, lifts: bool) -> None:
    """The request's own sentences decide, not the homework around it."""
    (found,) = matches(SOLICITS, spoken(words), label=Label.SCHOOL_BUSINESS)

    assert found.business_lifts is lifts


def test_business_of_a_yes_is_that_of_the_request_it_answers() -> None:
    """A "done" says nothing of its purpose."""
    trip = spoken("K: can you add me on whatsapp for the field trip permission slip and bus list")
    (found,) = matches(ACCEPTS, trip, spoken("done", 1), label=Label.SCHOOL_BUSINESS)
    (personal,) = matches(ACCEPTS, ASKED, spoken("done", 1), label=Label.SCHOOL_BUSINESS)

    assert found.business_lifts
    assert not personal.business_lifts


# -- notices ---------------------------------------------------------------------------------


def notice(body: str, *to: Person, subject: str = "", shown: str = "") -> Message:
    """A mail from a network's own mailer."""
    sender = party(
        None,
        "email:no-reply@mail.instagram.com",
        account=Account.OTHER,
        field=Field.FROM,
        name=shown,
    )
    return message(
        AT.format(0),
        body,
        sender=sender,
        to=to or (JO,),
        subject=subject,
        channel=Channel.EMAIL,
        automatic=True,
    )


@pytest.mark.parametrize(
    ("said", "solicits", "accepts"),
    [
        (notice("mara.river (Mara River) wants to follow you."), [RIVER], []),
        (notice("Open the app.", subject="Tom Oak sent you a friend request"), [OAK], []),
        (notice("Tom Oak accepted your friend request"), [], [OAK]),
        (notice("You and Mara River are now friends"), [], [RIVER]),
        (notice("I'd like to join your network.", shown="Mara River via LinkedIn"), [RIVER], []),
        (notice("New follower\n\nMara River\n@mara_r"), [RIVER], []),
        (notice("Mara River quiere ser tu amiga"), [RIVER], []),
        (notice("Sam Wu wants to follow you"), [], []),
        (notice("Mara River liked your picture"), [], []),
        (notice("People you may know: Mara River"), [], []),
        (notice("You sent Mara River a friend request"), [], []),
        (notice("Jo Lopez wants to be friends", RIVER), [], []),
        (notice("Mara River wants to be friends", ANA), [], []),
    ],
)
def test_a_notice_is_judged_by_the_staff_it_names(
    said: Message, solicits: list[Person], accepts: list[Person]
) -> None:
    """In a student's mailbox, at lower confidence; the match names the staff member."""
    for rule, staff in ((SOLICITS, solicits), (ACCEPTS, accepts)):
        found = matches(rule, said)
        assert [person for one in found for person in one.staff] == staff
        assert all(one.confidence < 0.7 for one in found)
        assert hinted(rule, said) or not found


def test_a_notice_exempts_like_any_contact() -> None:
    """A father may ask his daughter."""
    example = Example("", notice("Tom Oak wants to be friends", NOA), None)

    assert run_example(SOLICITS, example) is Status.EXEMPT


def test_only_a_networks_mailer_gives_notice() -> None:
    """Anybody can write such a sentence."""
    said = replace(
        notice("Mara River wants to be friends"),
        sender=party(None, "email:x@instagram.com.example.org", account=Account.OTHER),
    )
    assert matches(SOLICITS, said) == []


def test_of_namesakes_the_one_who_teaches_the_student_is_meant() -> None:
    """And nobody, where that does not tell."""

    class Namesakes(ExampleDistrict):
        def staff_named(self, name: str) -> tuple[Person, ...]:
            """Two people of one name, of whom River teaches Jo."""
            return (RIVER, OAK) if name == "Mara River" else ()

    for student, staff in ((JO, (RIVER,)), (NOA, ())):
        said = notice("Mara River wants to be friends", student)
        around = Conversation([said], 0, Namesakes(), purpose(Label.PERSONAL))
        found = [person for one in SOLICITS.check(said, around) for person in one.staff]
        assert tuple(found) == staff


def test_a_notice_passes_the_screen_of_a_real_batch() -> None:
    """From the mailer's address to the staff member of the roster."""
    values = row(
        "email:notice@facebookmail.com",
        ["email:s1@students.school.example"],
        body="Tom Oak wants to be friends",
    )
    said, batch = as_message(values), resolved(values)
    around = Conversation([said], 0, directory(), purpose(Label.PERSONAL))
    (found,) = SOLICITS.check(said, around)

    assert batch["contact"].to_pylist() == batch["from_network"].to_pylist() == [True]
    assert [person.id for person in found.staff] == ["T2"]
