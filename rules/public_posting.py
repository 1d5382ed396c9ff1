"""Staff mails school content to an address that publishes it on a public website."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipelines.message import Account, Message, Participant
from rules.examples import ANA, JO, mail, party
from rules.facts import FROM_STAFF, TO_PUBLIC, Place, match_of_places, staff_senders, texts_of
from rules.model import Conversation, Evidence, Example, Label, Match, Rule, Severity, Status
from rules.signals import posting
from rules.signals.purpose_words import FILLERS, plain_words, word_set
from rules.signals.school_material import (
    Cue,
    denies_school,
    perhaps_school_cues,
    private_cues,
    school_cues,
)

_MOST_SHOWN = 4
_ENOUGH = 2
_SURE = 0.9
_MERE = word_set(
    "attached attachment attachments see pics pic pictures photo photos file files enclosed these "
    "this for image images video jpg pdf promised more new post adjunto adjunta foto fotos archivo"
)
"""Words that say no more than that something is sent."""
_LESS = 0.6  # of the confidence, for each doubt


@dataclass(frozen=True)
class _Content:
    """What the words say of the thing that is sent, by the part they stand in."""

    school: tuple[tuple[str, Cue], ...]
    perhaps: tuple[tuple[str, Cue], ...]  # a club's of grown-ups as well
    private: tuple[str, ...]
    label: Label
    sure: bool  # something is sent that reads as school business throughout
    unsaid: bool  # so little is said that it may be anything

    @property
    def theirs(self) -> bool:
        """Whether enough speaks for the school's, and more than for the writer's own."""
        likely = min(2, len(self.perhaps)) + (self.label is Label.SCHOOL_BUSINESS)
        for_school = 2 * min(3, len(self.school)) + likely if self.school or self.perhaps else 0
        return for_school - 2 * min(2, len(self.private)) >= _ENOUGH


def check(message: Message, around: Conversation) -> Iterator[Match]:
    """Addresses that publish among the recipients, and content of the school."""
    if not staff_senders(message) or message.automatic:
        return
    content = _content(message, around)
    if content is None:
        return
    places = [
        place
        for one in message.recipients
        if not one.people and one.account is not Account.SCHOOL
        for place in _places(one, message, content, around)
    ]
    if not places:
        return
    found = match_of_places(places, message, (), ("the site stood in the list of approved sites",))
    doubts = tuple(_doubts(message, content))
    yield replace(
        found,
        evidence=(*found.evidence, *_named(content)),
        confidence=found.confidence * _LESS ** len(doubts),
        facts_against=(*found.facts_against, *doubts),
    )


def _content(message: Message, around: Conversation) -> _Content | None:
    """What the words say; None where they say that it is not the school's."""
    schools = {name for person in staff_senders(message) for name in person.schools}
    parts = list(texts_of(message))
    if any(denies_school(said) for _, said in parts):
        return None
    private = tuple(cue.words for _, said in parts for cue in private_cues(said))
    return _Content(
        school=tuple((part, cue) for part, said in parts for cue in school_cues(said, schools)),
        perhaps=tuple((part, cue) for part, said in parts for cue in perhaps_school_cues(said)),
        private=private,
        label=around.purpose.label,
        sure=around.purpose.p_school_business >= _SURE
        and not private
        and any(posting.names_material(said) and not posting.is_service(said) for _, said in parts),
        unsaid=all(word in FILLERS | _MERE for _, said in parts for word in plain_words(said)),
    )


def _places(
    to: Participant, message: Message, content: _Content, around: Conversation
) -> Iterator[Place]:
    """What publishes behind a recipient, and its approval."""
    if not posting.may_publish(to.value):
        return
    said = "\n".join(text for _, text in texts_of(message))
    day = message.sent_at_local.date()
    behind = (around.district.approval(one, day) for one in posting.sites_behind(to.value))
    approval = next((one for one in behind if one), None)
    asked, evidence, sure = _asked(to, message), None, 0.6
    otherwise = posting.asks_otherwise(said)
    at_work = posting.is_for_paper(said)
    if posting.is_posting_address(to.value):
        if (content.theirs or content.sure or content.unsaid) and (asked or not otherwise):
            evidence = Evidence(f"sent to {to.value}, where mail is published on a website")
            sure = 0.9 if posting.site_of(to.value) else 0.7
    elif (content.theirs or (content.sure and (asked or approval))) and not otherwise:
        service = at_work or posting.is_service(said)
        if approval:
            evidence = Evidence(f"sent to {to.value}, which publishes on an approved site")
        elif _looks_publishing(to.value, said) and not service:
            evidence = Evidence(f"sent to {to.value}, which looks like a place that publishes")
        elif not at_work:
            evidence = asked
    if evidence:
        yield Place(evidence, sure, to.value, approval)


def _looks_publishing(address: str, said: str) -> bool:
    kinds = (posting.acts_publishing, posting.is_at_place, posting.is_named_place)
    return any(kind(address) for kind in kinds) and posting.names_material(said)


def _asked(to: Participant, message: Message) -> Evidence | None:
    for part, said in texts_of(message):
        span = posting.asks_to_publish(said)
        if span:
            return Evidence(f"asks {to.value} to put it on a website", part, *span)
    return None


def _named(content: _Content) -> Iterator[Evidence]:
    """The words by which it is the school's."""
    for part, cue in (content.school or content.perhaps)[:_MOST_SHOWN]:
        yield Evidence(f'speaks of the school: "{cue.words}"', part, cue.start, cue.end)


def _doubts(message: Message, content: _Content) -> Iterator[str]:
    """What speaks against content of the school."""
    if content.label is Label.PERSONAL:
        yield "reads as private, perhaps not as school content"
    elif not content.school:
        yield "no word says that the content is the school's"
    if content.private:
        named = ", ".join(content.private[:_MOST_SHOWN])
        yield f"also speaks of private things: {named}"
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
            None,
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
