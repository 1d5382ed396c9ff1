"""Groups, sites and posting addresses as the lists and the people on a message decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from pipelines.gates import run_example
from pipelines.message import Account, Basis, Field, Message, Participant
from rules.examples import ANA, JO, KAI, NOA, OAK, RIVER, SAM, ExampleDistrict, mail, message, party
from rules.model import Conversation, Example, Exemption, Label, Match, Status
from rules.registry import all_rules
from tests.factories import purpose

RULES = {one.id: one for one in all_rules()}
FLAGGED, EXEMPT = Status.FLAGGED, Status.EXEMPT
DAY = "2025-10-14T15:00"
CLASS = {"to": (JO, SAM, KAI), "audience": 24}
APPROVED, OTHER = "https://discord.gg/lakeside-robotics", "https://discord.gg/river-movies"
BAND = "https://lakesideband.example.org"
BLOG = party(None, "email:riverfans.x7k2p9@post.wordpress.com", account=Account.OTHER)
DESK = party(None, "email:news@gazette.example.org", account=Account.OTHER)


class District(ExampleDistrict):
    """The example district with an approval that ran out, a page of the school and a name."""

    def approval(self, domain_or_url: str, on: date) -> Exemption | None:
        """The school's own page and a group by its name, beside those of the examples."""
        if "riverhigh" in domain_or_url or domain_or_url == "river hill ffa alumni":
            return Exemption("approval", "approved_groups.csv:9")
        return super().approval(domain_or_url, on)

    def expired_approval(self, domain_or_url: str, on: date) -> str | None:
        """The winter club's."""
        if "winterclub" in domain_or_url:
            return "approval ran out on 2025-06-30 (approved_groups.csv:4)"
        return None

    def approved_at(self, host: str, on: date) -> Exemption | None:
        """The school has a page on Instagram."""
        if host == "instagram.com":
            return Exemption("approval", "approved_groups.csv:9")
        return super().approved_at(host, on)

    def groups_named_in(self, text: str) -> tuple[str, ...]:
        """One group is listed by its name."""
        return ("river hill ffa alumni",) if "river hill ffa alumni" in text else ()


def matches(rule: str, said: Message, label: Label = Label.UNCLEAR) -> list[Match]:
    """The matches of a rule on one message."""
    around = Conversation((said,), 0, District(), purpose(label))
    return list(RULES[rule].check(said, around))


def outcome(rule: str, said: Message, label: Label = Label.UNCLEAR) -> Status | None:
    """What becomes of a message under a rule, through the examiner."""
    return run_example(RULES[rule], Example("", said, None, purpose=label))


def mailbox(who: Participant | Sequence[object]) -> Participant:
    """A family mailbox that student and guardian share."""
    return party((JO, ANA), "email:lopez.family@example.org", account=Account.OTHER)


# -- unapproved_group ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expect"),
    [
        (message(DAY, f"join {OTHER}"), FLAGGED),
        (message(DAY, "ok", subject=f"join {OTHER}"), FLAGGED),
        (message(DAY, f"join {APPROVED}"), EXEMPT),
        (message(DAY, f"join {APPROVED} and {OTHER}"), FLAGGED),
        (message(DAY, f"join {APPROVED}. I made a group chat on snap too, get in"), FLAGGED),
        (message(DAY, f"Join our Discord, the team server: {APPROVED}"), EXEMPT),
        (message(DAY, f"join {OTHER}", to=(ANA,)), None),
        (message(DAY, f"join {OTHER}", to=(OAK,)), None),
        (message(DAY, f"join {OTHER}", sender=JO, to=(RIVER,)), None),
        (message(DAY, f"join {OTHER}", automatic=True), None),
        (message(DAY, f"Not that one.\n> join {OTHER}"), None),
        (message(DAY, "Not that one.", subject=f"Re: join {OTHER}"), None),
        (message(DAY, f"Liked “join our group chat {OTHER}”"), None),
        (message(DAY, f"Dear parents, join {OTHER}", to=(JO, ANA)), None),
        (message(DAY, f"Jo and Ms. Lopez, join {OTHER}", to=(JO, ANA)), FLAGGED),
        (message(DAY, f"Dear parents and students, join {OTHER}", to=(JO, ANA)), FLAGGED),
        (message(DAY, f"Dear Lakeside families, join {OTHER}", **CLASS), None),
        (message(DAY, f"Hi all, your child may join {OTHER}", to=(JO, ANA)), FLAGGED),
        (message(DAY, f"Your child may join {OTHER}", to=(JO, ANA)), None),
        (message(DAY, f"Your child may join {OTHER}", to=(JO, OAK)), FLAGGED),
        (message(DAY, "join our group at https://lms.school.example/groups/7"), None),
        (message(DAY, "join the group chat: https://lms.school.example/groups/7"), None),
        (message(DAY, "join our Onshape group https://www.onshape.com/groups/7"), None),
        (message(DAY, "join our group chat: https://chat.example.net/abc"), FLAGGED),
        (message(DAY, "join my whatsapp group", sender=OAK, to=(NOA,)), EXEMPT),
        (mail(DAY, f"Hi Jo, join {OTHER}", to=(mailbox(JO),)), FLAGGED),
        (mail(DAY, f"Dear Ms. Lopez, join {OTHER}", to=(mailbox(JO),)), None),
        (
            mail(DAY, f"join {OTHER}", to=(party(JO, "email:x@example.net", basis=Basis.NAME),)),
            None,
        ),
        (message(DAY, "ask me on WhatsApp instead of Canvas, it is faster"), None),
        (message(DAY, "ask me on WhatsApp instead of Canvas, it is faster", **CLASS), FLAGGED),
        (replace(message(DAY, ""), body=None), None),
    ],
)
def test_students_pointed_to_a_group(said: Message, expect: Status | None) -> None:
    assert outcome("unapproved_group", said) == expect


@pytest.mark.parametrize("label", list(Label))
def test_school_business_lowers_and_never_lifts(label: Label) -> None:
    assert outcome("unapproved_group", message(DAY, f"join {OTHER}"), label) is FLAGGED
    assert outcome("personal_site", message(DAY, "subscribe to my channel"), label) is FLAGGED
    assert outcome("public_posting", mail(DAY, "team roster", to=(BLOG,)), label) is FLAGGED


def test_a_group_whose_approval_ran_out_is_flagged_and_says_so() -> None:
    link = "https://www.facebook.com/groups/winterclub"
    (found,) = matches("unapproved_group", message(DAY, f"Join us {link}"))
    assert found.exemption is None
    assert "approval ran out on 2025-06-30 (approved_groups.csv:4)" in found.facts_against


def test_a_page_whose_approval_ran_out_needs_no_words() -> None:
    said = message(DAY, "pictures: https://www.instagram.com/winterclub")
    (found,) = matches("unapproved_group", said)
    assert found.exemption is None


def test_the_approved_one_of_several_is_a_fact() -> None:
    (found,) = matches("unapproved_group", message(DAY, f"join {APPROVED} and {OTHER}"))
    assert [one.sentence for one in found.evidence] == [
        "leads to a group on Discord, not among the approved groups"
    ]
    assert any(APPROVED in fact and "approved_groups.csv:2" in fact for fact in found.facts_against)


@pytest.mark.parametrize(
    ("body", "exempt"),
    [
        ("pictures are on our official Instagram page tonight", True),
        ("follow the school's Instagram for pictures", True),
        ("follow our team on Instagram @riverhigh_xc for pictures", True),
        ("look at https://www.instagram.com/riverhigh tonight", True),
        ("Join the River Hill FFA Alumni group on Facebook", True),
        ("follow our team on Instagram for pictures", False),
        ("join our discord", False),
    ],
)
def test_a_group_may_be_approved_by_its_page_its_handle_or_its_name(
    body: str, exempt: bool
) -> None:
    (found,) = matches("unapproved_group", message(DAY, body))
    assert bool(found.exemption) == exempt


def test_an_approved_group_on_the_same_network_is_a_fact() -> None:
    """Without an address nobody can tell whether it is that one."""
    (found,) = matches("unapproved_group", message(DAY, "check the team discord for the time"))
    assert "the district has an approved one on Discord (approved_groups.csv:2)" in (
        found.facts_against
    )


def test_a_link_is_surer_than_words() -> None:
    bodies = [f"join {OTHER}", "join our discord", "see the gc for our times"]
    sure = [matches("unapproved_group", message(DAY, body))[0].confidence for body in bodies]
    assert sure == sorted(sure, reverse=True)
    assert len(set(sure)) == 3


# -- personal_site -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expect"),
    [
        (message(DAY, "Subscribe to my channel!"), FLAGGED),
        (message(DAY, "my blog: https://riverbank.wordpress.com"), FLAGGED),
        (message(DAY, "see https://www.instagram.com/mara.river"), FLAGGED),
        (message(DAY, "see what is on https://www.instagram.com/tom.oak", to=(SAM,)), None),
        (message(DAY, f"Our band's site is {BAND}"), EXEMPT),
        (message(DAY, f"My band's site is {BAND} and has our songs"), EXEMPT),
        (message(DAY, f"Our band's site is {BAND}. Subscribe to my channel too!"), FLAGGED),
        (message(DAY, f"read {BAND}/why"), None),
        (message(DAY, "my website: https://sites.school.example/river"), None),
        (message(DAY, "my page: https://www.onshape.com/mara, subscribe"), None),
        (message(DAY, "venmo me", to=(ANA,)), None),
        (message(DAY, "venmo me", to=(JO, ANA)), FLAGGED),
        (message(DAY, "Dear parents, venmo me", to=(JO, ANA)), None),
        (message(DAY, "ok\n> subscribe to my channel"), None),
        (message(DAY, "subscribe to my channel", sender=JO, to=(RIVER,)), None),
        (message(DAY, "subscribe to my channel", sender=OAK, to=(NOA,)), EXEMPT),
        (message(DAY, "my snap is mara.r09"), None),
        (message(DAY, f"join {OTHER}"), None),
        (message(DAY, "Join my Discord server"), None),
    ],
)
def test_students_shown_a_site_of_ones_own(said: Message, expect: Status | None) -> None:
    assert outcome("personal_site", said) == expect


@pytest.mark.parametrize(
    ("body", "business"),
    [
        ("I put the video on YouTube, look it up", None),
        ("check my channel for the new one", None),
        ("check my channel for the new one with my dog", FLAGGED),
        ("subscribe to my channel", FLAGGED),
        ("venmo me", FLAGGED),
    ],
)
def test_in_school_business_media_that_may_teach_are_lessons(
    body: str, business: Status | None
) -> None:
    """A channel of lessons is no match; anything else is, whatever the conversation is for."""
    assert outcome("personal_site", message(DAY, body), Label.SCHOOL_BUSINESS) == business
    assert outcome("personal_site", message(DAY, body), Label.PERSONAL) is FLAGGED


def test_an_accent_in_a_name_does_not_hide_it() -> None:
    teacher = replace(RIVER, given_name="José", family_name="Ibáñez")
    said = message(DAY, "see https://www.instagram.com/jose_ibanez", sender=teacher)
    assert matches("personal_site", said)


# -- public_posting ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expect"),
    [
        (mail(DAY, "", to=(BLOG,)), FLAGGED),
        (replace(mail(DAY, "", to=(BLOG,)), body=None), FLAGGED),  # the address is enough
        (mail(DAY, "team roster", to=(JO, replace(BLOG, field=Field.BCC))), FLAGGED),
        (mail(DAY, "please post the team photo", to=(DESK,)), FLAGGED),
        (mail(DAY, "the team roster", subject="Please post", to=(DESK,)), FLAGGED),
        (mail(DAY, "thank you for coming", to=(DESK,)), None),
        (mail(DAY, "ok\n> please post it", to=(DESK,)), None),
        (mail(DAY, "x", to=(BLOG,), automatic=True), None),
        (mail(DAY, "x", to=(BLOG,), sender=JO), None),
        (mail(DAY, "please post it", to=(JO,)), None),
        (mail(DAY, "please post it", to=(replace(DESK, account=Account.SCHOOL),)), None),
        (mail(DAY, "x", to=(replace(BLOG, people=(ANA,)),)), None),
    ],
)
def test_mail_that_comes_to_stand_on_a_website(said: Message, expect: Status | None) -> None:
    assert outcome("public_posting", said, Label.SCHOOL_BUSINESS) == expect


def test_nobody_but_the_sender_is_concerned() -> None:
    (found,) = matches("public_posting", mail(DAY, "Roster and logo", to=(JO, BLOG)))
    assert found.students == ()
    assert "roster" in " ".join(one.sentence for one in found.evidence)


def test_an_approved_site_of_a_service_exempts() -> None:
    """By the name before the first mark of its secret address."""

    class Approving(District):
        def approval(self, domain_or_url: str, on: date) -> Exemption | None:
            listed = domain_or_url == "riverfans.wordpress.com"
            return Exemption("approval", "approved_sites.csv:5") if listed else None

    said = mail(DAY, "team photo and roster", to=(BLOG,))
    around = Conversation((said,), 0, Approving(), purpose(Label.UNCLEAR))
    (found,) = RULES["public_posting"].check(said, around)
    assert found.exemption == Exemption("approval", "approved_sites.csv:5")


def test_private_content_is_no_matter_of_the_school() -> None:
    """The writer's own recipe on the writer's own blog."""
    assert matches("public_posting", mail(DAY, "rhubarb pie", to=(BLOG,)), Label.PERSONAL) == []
    assert matches("public_posting", mail(DAY, "team roster", to=(BLOG,)), Label.PERSONAL)
