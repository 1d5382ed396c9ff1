"""Staff mails school content to an address that publishes it on a public website."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from pipelines.message import Account, Message, Participant
from rules.examples import ANA, JO, mail, party
from rules.facts import FROM_STAFF, TO_PUBLIC, Place, match_of_places, staff_senders, texts_of
from rules.model import Conversation, Evidence, Example, Label, Match, Rule, Severity, Status
from rules.signals import posting

_MATERIAL = re.compile(
    r"(?i)\b(?:rosters?|(?:team|class|student|game|school) (?:photos?|pictures?|pics|list|names?"
    r"|work|data|art|videos?)|logos?|mascot|honor roll|report cards?|year ?book|grades|test scores"
    r"|line-?ups?|box scores?|stats|handbook|minutes|pictures|photos|fotos|attached|attachments?)\b"
)
_MOST_NAMED = 4
_LESS = 0.6  # of the confidence, where it is not clear that the content is the school's


def check(message: Message, around: Conversation) -> Iterator[Match]:
    """Posting addresses among the recipients; an editor's only where the words ask to publish."""
    if not staff_senders(message) or message.automatic:
        return
    places = [
        place
        for one in message.recipients
        if not one.people and one.account is not Account.SCHOOL
        for place in _places(one, message, around)
    ]
    if not places:
        return
    found = match_of_places(places, message, (), ("the site stood in the list of approved sites",))
    doubts = tuple(_doubts(message, around))
    yield replace(
        found,
        confidence=found.confidence * (_LESS if doubts else 1),
        facts_for=tuple(_material(message)),
        facts_against=(*found.facts_against, *doubts),
    )


def _places(to: Participant, message: Message, around: Conversation) -> Iterator[Place]:
    """What publishes behind a recipient, and its approval."""
    evidence, sure = None, 0.6
    if posting.is_posting_address(to.value):
        evidence = Evidence(f"sent to {to.value}, where mail is published on a website")
        sure = 0.9 if posting.site_of(to.value) else 0.7
    elif posting.is_web_desk(to.value):
        evidence = _asked(to, message)
    if evidence:
        day = message.sent_at_local.date()
        asked = (around.district.approval(one, day) for one in posting.sites_behind(to.value))
        approval = next((one for one in asked if one), None)
        yield Place(evidence, sure, to.value, approval)


def _asked(to: Participant, message: Message) -> Evidence | None:
    for part, said in texts_of(message):
        span = posting.asks_to_publish(said)
        if span:
            return Evidence(f"asks {to.value} to put it on a website", part, *span)
    return None


def _material(message: Message) -> Iterator[str]:
    """The words that name school material, as a fact."""
    words = (
        found[0].lower()
        for _, said in texts_of(message)
        for found in islice(_MATERIAL.finditer(said[:5_000]), _MOST_NAMED)
    )
    named = ", ".join(dict.fromkeys(words))
    if named:
        yield f"names school material: {named}"


def _doubts(message: Message, around: Conversation) -> Iterator[str]:
    """What speaks against content of the school."""
    if around.purpose.label is Label.PERSONAL:
        yield "reads as private, perhaps not as school content"
    if message.sender.account is not Account.SCHOOL:
        yield "sent from a mailbox that is not the school's"


def _to(address: str, account: Account = Account.OTHER) -> Participant:
    return party(None, f"email:{address}", account=account)


RULE = Rule(
    id="public_posting",
    title="School content sent to a public website",
    clause="district-material",
    severity=Severity.MEDIUM,
    rationale="Staff are not to post district data, documents, photographs or logos on any "
    "website; mail to this address comes to stand on a public one.",
    review_steps=(
        "Look at the website and see what was published.",
        "Check the attachments for names and photos of students.",
        "Ask who owns the website and whether it could be approved.",
    ),
    false_positives=(
        "A firm whose ordinary address is called post@ or upload@.",
        "A newspaper that was asked to print, not to put on-line.",
    ),
    screen=FROM_STAFF & TO_PUBLIC,
    check=check,
    lifted_by_school_business=False,
    examples=(
        Example(
            "roster and photo to the post-by-mail address of a blog",
            mail(
                "2025-10-14T15:00",
                "Roster attached, go ahead and put up the team photo with the school logo.",
                subject="Round one",
                to=(_to("riverfans.x7k2p9@post.wordpress.com"),),
            ),
            Status.FLAGGED,
            purpose=Label.SCHOOL_BUSINESS,
        ),
        Example(
            "an upload address of an album",
            mail("2025-10-14T15:00", "field day pics", to=(_to("photos+k3j9x@album.example.org"),)),
            Status.FLAGGED,
        ),
        Example(
            "an editor asked to put it on the website",
            mail(
                "2025-10-14T15:00",
                "Please put the class photo up on your site.",
                to=(_to("news@gazette.example.org"),),
            ),
            Status.FLAGGED,
            purpose=Label.SCHOOL_BUSINESS,
        ),
        Example(
            "a recipe to a blog from the school account",
            mail(
                "2025-10-14T15:00",
                "Grandma's rhubarb pie, as promised.",
                to=(_to("riverbakes.p0st3r@blogger.com"),),
            ),
            Status.FLAGGED,
            purpose=Label.PERSONAL,
        ),
        Example(
            "an approved site",
            mail(
                "2025-10-14T15:00",
                "Please put the concert pictures up on the site.",
                to=(_to("news@lakesideschools.example.net", Account.PARTNER),),
            ),
            Status.EXEMPT,
            purpose=Label.SCHOOL_BUSINESS,
        ),
        Example(
            "an editor who is asked for nothing",
            mail(
                "2025-10-14T15:00",
                "Thank you for covering the game last night.",
                to=(_to("news@gazette.example.org"),),
            ),
            None,
        ),
        Example(
            "the district's own website",
            mail(
                "2025-10-14T15:00",
                "Please put the lunch menu up on our site.",
                to=(_to("webmaster@school.example", Account.SCHOOL),),
            ),
            None,
            purpose=Label.SCHOOL_BUSINESS,
        ),
        Example(
            "to a guardian",
            mail("2025-10-14T15:00", "Feel free to post the picture.", to=(ANA,)),
            None,
        ),
        Example(
            "a student mails a blog",
            mail("2025-10-14T15:00", "my essay", sender=JO, to=(_to("x1y2@tumblr.com"),)),
            None,
        ),
    ),
)
