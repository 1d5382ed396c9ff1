"""Staff gives students a way to the own site or media, where private life is shared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from pipelines.message import Message
from rules.examples import ANA, JO, NOA, OAK, mail, message, text
from rules.facts import (
    FROM_STAFF,
    TO_STUDENT,
    Place,
    is_inside,
    is_meant_for_guardians,
    known_students,
    match_of_places,
    said_before,
    staff_senders,
    texts_of,
)
from rules.model import Conversation, Evidence, Example, Label, Match, Rule, Severity, Status
from rules.signals import links, own_media


def check(message: Message, around: Conversation) -> Iterator[Match]:
    """Media of the sender's own, and pointers to a listed site."""
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
                "the site stood in the district's list of approved sites",
                "it were a site for lessons",
            ),
        )


def _writers(message: Message) -> Iterator[own_media.Name]:
    for one in staff_senders(message):
        names = (unicodedata.normalize("NFKD", name) for name in (one.given_name, one.family_name))
        yield own_media.Name(*(re.sub(r"[^a-z]", "", name.lower()) for name in names))


def _places(part: str, said: str, message: Message, around: Conversation) -> Iterator[Place]:
    district, day = around.district, message.sent_at_local.date()
    found = links.find(said)
    outside = [link for link in found if not is_inside(link, around)]
    before = said_before(message, around) if part == "body" else ""
    personal = around.purpose.label is Label.PERSONAL
    lessons = around.purpose.label is Label.SCHOOL_BUSINESS
    writers = tuple(_writers(message))
    pointed = [
        one
        for one in own_media.find(said, found, outside, writers, before, personal)
        if not (one.may_teach and lessons)
    ]
    for one in pointed:
        approvals = [listed for url in one.urls if (listed := district.approval(url, day))]
        counted = f"; counted together: {', '.join(one.cues)}" if one.cues else ""
        what = f"leads to a site or media of the sender's own{counted}"
        yield Place(
            evidence=Evidence(what, part, one.start, one.end),
            confidence=one.sure,
            shown=" ".join(said[one.start : one.end].split())[:120],
            approval=approvals[0] if approvals else None,
        )
    led = {url for one in pointed for url in one.urls}
    for link in outside:  # a listed site needs no words
        approval = district.approval(link.url, day) if district.is_listed_site(link.url) else None
        if approval and link.url not in led:
            where = Evidence("leads to an approved site", part, link.start, link.end)
            yield Place(where, 0.9, link.url[:120], approval)


RULE = Rule(
    id="personal_site",
    title="Students shown the way to a personal site",
    clause="personal-media",
    severity=Severity.MEDIUM,
    rationale="Staff are not to give students a way into personal sites or media where they share "
    "private life; this message leads to a channel, page, shop or purse of the sender's own.",
    review_steps=(
        "Open the place from a district machine and see what is shared there.",
        "Ask whether it serves lessons, and whether it could be approved.",
    ),
    false_positives=(
        "A channel or site of lessons whose words do not speak of lessons.",
        "A channel of somebody else whose address holds the sender's name.",
    ),
    screen=FROM_STAFF & TO_STUDENT,
    hint=own_media.HINT,
    check=check,
    lifted_by_school_business=False,
    examples=(
        Example(
            "a channel about private life",
            mail(
                "2025-10-14T15:00",
                "Subscribe to my channel, https://www.youtube.com/@rivertrips, it's my dog and me.",
            ),
            Status.FLAGGED,
            purpose=Label.PERSONAL,
        ),
        Example(
            "a stream without a link",
            text("2025-10-14T15:00", "im live on twitch tonight, come watch"),
            Status.FLAGGED,
            purpose=Label.PERSONAL,
        ),
        Example(
            "a payment handle, though for school",
            message("2025-10-14T15:00", "Venmo me $5 for the field trip, @mara-river."),
            Status.FLAGGED,
            purpose=Label.SCHOOL_BUSINESS,
        ),
        Example(
            "a wish list",
            message(
                "2025-10-14T15:00",
                "If anyone asks, here is my wish list: https://www.amazon.com/hz/wishlist/ls/1ABC",
            ),
            Status.FLAGGED,
        ),
        Example(
            "a profile that carries the sender's name",
            message("2025-10-14T15:00", "pics are up https://www.instagram.com/mara.river"),
            Status.FLAGGED,
        ),
        Example(
            "a blog, in Spanish",
            message("2025-10-14T15:00", "Lean mi blog, cuento el viaje con mi familia."),
            Status.FLAGGED,
        ),
        Example(
            "a site that is approved",
            message("2025-10-14T15:00", "Our band's site is https://lakesideband.example.org"),
            Status.EXEMPT,
        ),
        Example(
            "a father to his daughter",
            message("2025-10-14T15:00", "subscribe to my channel", sender=OAK, to=(NOA,)),
            Status.EXEMPT,
            purpose=Label.PERSONAL,
        ),
        Example(
            "a plain lesson video",
            message("2025-10-14T15:00", "Watch my lesson on factoring: https://youtu.be/abc123"),
            None,
            purpose=Label.SCHOOL_BUSINESS,
        ),
        Example(
            "a channel of lessons",
            message("2025-10-14T15:00", "My YouTube channel has all the chem lecture videos."),
            None,
            purpose=Label.SCHOOL_BUSINESS,
        ),
        Example(
            "a handle alone is soliciting",
            message("2025-10-14T15:00", "my snap is mara.r09, add me"),
            None,
            purpose=Label.PERSONAL,
        ),
        Example(
            "declined",
            message("2025-10-14T15:00", "I can't share my Instagram page with students, sorry."),
            None,
        ),
        Example(
            "the students' own work",
            message("2025-10-14T15:00", "Your blog post and your podcast are due Friday."),
            None,
            purpose=Label.SCHOOL_BUSINESS,
        ),
        Example(
            "to the guardian alone",
            message("2025-10-14T15:00", "You can venmo me for the yearbook.", to=(ANA,)),
            None,
        ),
        Example(
            "a student's own channel",
            message("2025-10-14T15:00", "subscribe to my channel!", sender=JO, to=(OAK,)),
            None,
        ),
    ),
)
