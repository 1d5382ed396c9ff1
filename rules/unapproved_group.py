"""Staff points students to a group, page, server or channel that the district has not approved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipelines.message import Field, Message
from rules.examples import ANA, JO, KAI, NOA, OAK, SAM, mail, message, party, text
from rules.facts import (
    FROM_STAFF,
    SMALL_GROUP,
    TO_STUDENT,
    Place,
    approval_facts,
    is_inside,
    is_meant_for_guardians,
    known_students,
    match_of_places,
    said_before,
    staff_senders,
    texts_of,
)
from rules.model import Conversation, Evidence, Example, Label, Match, Rule, Severity, Status
from rules.signals import groups, links
from rules.signals.group_cues import is_the_schools
from rules.signals.groups import Group
from rules.signals.networks import domains_of


def check(message: Message, around: Conversation) -> Iterator[Match]:
    """Groups and pages the sender leads students to, each asked for in the district's lists."""
    students = known_students(message)
    if not staff_senders(message) or not students or message.automatic:
        return
    if is_meant_for_guardians(message):
        return
    places = [
        place for part, said in texts_of(message) for place in _places(part, said, message, around)
    ]
    if places:
        yield match_of_places(
            places,
            message,
            students,
            (
                "it stood in the district's list of approved groups",
                "it were a group of the district's own systems",
            ),
        )


def _places(part: str, said: str, message: Message, around: Conversation) -> Iterator[Place]:
    day = message.sent_at_local.date()
    found = links.find(said)
    outside = [link for link in found if not is_inside(link, around)]
    before = said_before(message, around) if part == "body" else ""
    many = message.audience > SMALL_GROUP
    pointed = groups.find(said, found, outside, to_many=many, before=before)
    taken = {group.start for group in pointed}
    for group in pointed:
        if not group.urls and _stands_inside(group, found, outside):
            continue
        if not (group.is_page and _is_site(group.urls, around)):
            yield _place(part, said, group, around, day)
    for link in outside:  # a listed page needs no words
        if link.start in taken or not groups.may_be_listed(link):
            continue
        listed = around.district.approval(link.url, day) or approval_facts([link.url], around, day)
        if listed and not _is_site((link.url,), around):
            yield _place(part, said, groups.of_link(link, said), around, day)


def _stands_inside(group: Group, found: tuple[links.Link, ...], outside: list[links.Link]) -> bool:
    """Whether words about a group stand beside a link into the district's own systems."""
    first, last = group.sentence.start, group.sentence.start + len(group.sentence.text)
    return any(first <= link.start < last for link in found if link not in outside)


def _is_site(urls: tuple[str, ...], around: Conversation) -> bool:
    """Whether it stands on the list of sites: then it is for `personal_site`."""
    return any(around.district.is_listed_site(url) for url in urls)


def _place(part: str, said: str, group: Group, around: Conversation, day: date) -> Place:
    """What the lists say of a group: by its address, its name, or as the school's own page."""
    district = around.district
    asked = (*group.urls, *district.groups_named_in(group.sentence.text))
    approvals = [found for one in asked if (found := district.approval(one, day))]
    same = [
        found for host in domains_of(group.network) if (found := district.approved_at(host, day))
    ]
    against = approval_facts(asked, around, day)
    if not approvals and same and not group.urls:
        if is_the_schools(group.sentence.text):
            approvals = same
        against += (f"the district has an approved one on {group.network} ({same[0].source})",)
    what = f"leads to a {'page' if group.is_page else 'group'}"
    where = f" on {group.network}" if group.network else " outside the district's systems"
    listed = "approved" if approvals else "not among the approved groups"
    counted = f"; counted together: {', '.join(group.cues)}" if group.cues else ""
    return Place(
        evidence=Evidence(f"{what}{where}, {listed}{counted}", part, group.start, group.end),
        confidence=group.sure,
        shown=" ".join(said[group.start : group.end].split())[:120],
        approval=approvals[0] if approvals else None,
        against=against,
    )


RULE = Rule(
    id="unapproved_group",
    title="Students pointed to a group that is not approved",
    clause="groups",
    severity=Severity.MEDIUM,
    rationale="Groups and pages outside the district's systems, where nobody of the district is an "
    "approved administrator, are not to carry district information; this message leads "
    "students to one that is not on the list.",
    review_steps=(
        "Look the group up and find out who administers it.",
        "Ask whether an approval is under way or has run out.",
        "Check whether adults and students talk privately in it.",
    ),
    false_positives=(
        "A group that is approved but listed under another address or name.",
        "A group that somebody else made and the message only speaks of.",
    ),
    screen=FROM_STAFF & TO_STUDENT,
    hint=groups.HINT,
    check=check,
    lifted_by_school_business=False,
    business_severity=Severity.LOW,
    examples=(
        Example(
            "a server of the teacher's own",
            mail(
                "2025-10-14T15:00",
                "I made us a Discord server, join at https://discord.gg/riverbots tonight.",
                to=(JO, SAM, KAI),
                audience=14,
            ),
            Status.FLAGGED,
            purpose=Label.SCHOOL_BUSINESS,
        ),
        Example(
            "a group without a link",
            text("2025-10-14T15:00", "made a group chat on snap for the relay, get in there"),
            Status.FLAGGED,
            purpose=Label.PERSONAL,
        ),
        Example(
            "a group without a link, in Spanish",
            message("2025-10-14T15:00", "Chicos, únanse al grupo de WhatsApp del equipo."),
            Status.FLAGGED,
        ),
        Example(
            "a page of the team",
            message("2025-10-14T15:00", "Follow our team on Instagram, @river_runners, for pics."),
            Status.FLAGGED,
        ),
        Example(
            "a class told to write elsewhere",
            message(
                "2025-10-14T15:00",
                "Questions? Message me on WhatsApp instead of Canvas from now on.",
                to=(JO, SAM, KAI),
                audience=24,
            ),
            Status.FLAGGED,
        ),
        Example(
            "a group that is approved",
            message("2025-10-14T15:00", "Join us: https://discord.gg/lakeside-robotics"),
            Status.EXEMPT,
        ),
        Example(
            "one that is approved and one that is not",
            message(
                "2025-10-14T15:00",
                "Robotics is at https://discord.gg/lakeside-robotics and the movie club at "
                "https://discord.gg/river-movies, join both.",
            ),
            Status.FLAGGED,
        ),
        Example(
            "a father to his daughter",
            message("2025-10-14T15:00", "join the family whatsapp group", sender=OAK, to=(NOA,)),
            Status.EXEMPT,
            purpose=Label.PERSONAL,
        ),
        Example(
            "a group of the learning system",
            message("2025-10-14T15:00", "Join the Canvas group I set up for project 2."),
            None,
            purpose=Label.SCHOOL_BUSINESS,
        ),
        Example(
            "a group for parents, with the student in copy",
            mail(
                "2025-10-14T15:00",
                "Dear parents, we have a Facebook group: https://www.facebook.com/groups/riverfolks",
                to=(ANA, party(JO, field=Field.CC)),
            ),
            None,
        ),
        Example(
            "students are to tell their parents",
            message("2025-10-14T15:00", "Tell your parents to join the boosters' Facebook group."),
            None,
        ),
        Example(
            "a warning",
            message(
                "2025-10-14T15:00",
                "Don't join the Discord server that goes around, it isn't ours.",
            ),
            None,
        ),
        Example(
            "the students' own chat",
            message("2025-10-14T15:00", "Please put the new time in your group chat."),
            None,
        ),
        Example(
            "a lesson about such groups",
            message("2025-10-14T15:00", "In the case study the Facebook group spread the rumor."),
            None,
            purpose=Label.SCHOOL_BUSINESS,
        ),
        Example(
            "a student points to it",
            message("2025-10-14T15:00", "join our discord https://discord.gg/jo", sender=JO),
            None,
        ),
    ),
)
