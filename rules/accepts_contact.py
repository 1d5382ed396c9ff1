"""Staff agrees to a student's request to be friend, follower or contact on a network."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.message import Account, Channel, Message
from rules import friend_words, friends
from rules.examples import ANA, JO, NOA, OAK, SAM, message, party
from rules.facts import (
    FROM_NETWORK,
    FROM_STAFF,
    SMALL_GROUP,
    TO_STUDENT,
    known_students,
    sender_confidence,
    staff_senders,
)
from rules.model import Conversation, Evidence, Example, Label, Match, Rule, Severity, Status
from rules.signals import answers, friend_cues, friending, friending_words, handles, notices
from rules.signals.friending import Act
from rules.signals.friending_words import Kind

Found = tuple[float, Evidence]


def check(message: Message, around: Conversation) -> Iterator[Match]:
    """Words of accepting, an answer to a student's request, or a network's notice of either."""
    yield from friends.in_notices(message, around, accepting=True)
    students = known_students(message)
    if message.automatic or not staff_senders(message) or not students:
        return
    earlier = friends.before(message, around)
    texts = dict(friends.parts(message, around))
    found = [one for part in texts for one in _accepted(part, texts[part], earlier, message)]
    if not found:
        return
    evidence = tuple(one for _, one in found)
    asked = earlier.words if earlier.wants_contact else ""
    exemption = friends.approved(earlier.network, message, around) if earlier.network else None
    yield Match(
        evidence=evidence,
        students=students,
        confidence=max(confidence for confidence, _ in found) * sender_confidence(message),
        facts_for=("a student asked before it",) if earlier.wants_contact else (),
        undone_if=(
            "the request had been declined",
            "it were about a tool of the district or an approved network",
        ),
        exemption=exemption,
        business_lifts=friends.business_lifts(texts, evidence, around, asked),
    )


def _accepted(part: str, text: str, earlier: friends.Before, message: Message) -> Iterator[Found]:
    """What of a text accepts, and how surely."""
    acts = friends.acts(text, earlier)
    trades = any(act.kind is Kind.INVITE for act in acts)
    accepting = [
        act
        for act in acts
        if (act.kind is Kind.ACCEPT and not _is_another(text, act, earlier))
        or (act.kind is Kind.OFFER and act.sure and not trades)
    ]
    for act in accepting:
        yield _found(0.9, "says that a request is accepted", part, act.start, act.end)
    if accepting:
        return
    if not earlier.wants_contact:
        yield from _agreed(part, text, earlier, message)
        return
    agreeing = [
        act
        for act in acts
        if act.kind in (Kind.SENT, Kind.OFFER) or (act.kind is Kind.INVITE and earlier.offers)
    ]
    for act in agreeing:
        yield _found(0.85, "adds a student who asked for it", part, act.start, act.end)
    if agreeing or message.audience > SMALL_GROUP:
        return
    declines = friend_cues.has(text, "declines")
    done = None if declines else answers.done(text)
    done = done if done and "?" not in text[done[1] : done[1] + 2] else None
    agrees = answers.yes(text) if earlier.asks and not declines else None
    if done:
        yield _found(0.8, "says that it is done, after a student's request", part, *done)
    elif agrees:
        yield _found(0.7, "agrees to a student's request", part, *agrees)
    else:
        yield from _agreed(part, text, earlier, message)


def _is_another(text: str, act: Act, earlier: friends.Before) -> bool:
    """Whether "added you back" answers talk of a tool, or of somebody else's request."""
    plainly = friending.named(text) or "friend" in text[act.start : act.end].lower()
    return (earlier.tool or earlier.others) and not plainly


def _agreed(part: str, text: str, earlier: friends.Before, message: Message) -> Iterator[Found]:
    """Weak words that together say yes to a student."""
    if message.audience <= SMALL_GROUP and (weighed := friend_words.agreed(text, earlier)):
        yield _found(weighed.confidence, weighed.what, part, weighed.start, weighed.end)


def _found(confidence: float, what: str, part: str, start: int, end: int) -> Found:
    return confidence, Evidence(what, part, start, end)


_ASKED = message("2025-10-14T15:00", "can i add u on insta??", sender=JO, to=(OAK,), key="m0")
_GAVE = message("2025-10-14T15:00", "add me on snap im jo.l_22", sender=JO, to=(OAK,), key="m0")
_NOTICE = party(None, "email:no-reply@mail.instagram.com", account=Account.OTHER)

RULE = Rule(
    id="accepts_contact",
    title="Student's request for contact on a network accepted",
    clause="accepting",
    severity=Severity.MEDIUM,
    rationale="Staff are not to accept a student's request to be friend or contact on a social "
    "network; these words, or the network's own notice, say that it was accepted.",
    review_steps=(
        "Read the student's request and how it came about.",
        "Ask the staff member which account it is and what is shown there.",
        "Look whether contact went on where the school cannot see it.",
    ),
    false_positives=(
        "A request in a teaching tool that is not on the district's list.",
        "A notice that names another person of the same name.",
    ),
    screen=(FROM_STAFF | FROM_NETWORK) & TO_STUDENT,
    hint=friends.hints(
        f"(?:{friending_words.ACCEPT_HINT})|(?:{friending_words.INVITE_HINT})"
        f"|(?:{handles.HINT})|(?:{notices.HINT})",
        answers.YES_HINT,
        friend_cues.AGREES_HINT,
        friend_cues.CONSENTS_HINT,
    ),
    check=check,
    lifted_by_school_business=True,
    examples=(
        Example(
            "added back",
            message("2025-10-14T15:02", "Saw it and added you back! Love the cat pictures."),
            Status.FLAGGED,
            purpose=Label.PERSONAL,
        ),
        Example(
            "a friend request is accepted",
            message("2025-10-14T15:02", "ok accepted your friend request"),
            Status.FLAGGED,
        ),
        Example(
            "a student gave a handle, and is added",
            message("2025-10-14T15:02", "sure, added you", sender=OAK),
            Status.FLAGGED,
            before=(_GAVE,),
            purpose=Label.PERSONAL,
        ),
        Example(
            "only yes, but to that question",
            message("2025-10-14T15:02", "lol ok", sender=OAK),
            Status.FLAGGED,
            before=(_ASKED,),
        ),
        Example(
            "the network's own notice says so",
            message(
                "2025-10-14T15:02",
                "mara.river (Mara River) accepted your follow request.",
                sender=_NOTICE,
                channel=Channel.EMAIL,
                automatic=True,
            ),
            Status.FLAGGED,
        ),
        Example(
            "accepted for a team project",
            message(
                "2025-10-14T15:02",
                "Accepted your follow request for the yearbook project; the spread is due Friday.",
            ),
            Status.LIFTED,
            purpose=Label.SCHOOL_BUSINESS,
        ),
        Example(
            "a father and his daughter",
            message("2025-10-14T15:02", "accepted your friend request", sender=OAK, to=(NOA,)),
            Status.EXEMPT,
            purpose=Label.PERSONAL,
        ),
        Example(
            "declined",
            message("2025-10-14T15:02", "Sorry, I can't accept students, school policy."),
            None,
            before=(_ASKED,),
        ),
        Example(
            "yes to another question",
            message("2025-10-14T15:02", "yes, bring it tomorrow"),
            None,
            before=(message("2025-10-14T15:00", "is the poster due?", sender=JO, to=(OAK,)),),
        ),
        Example(
            "added to a course",
            message("2025-10-14T15:02", "Done, I added you back to the Canvas course."),
            None,
        ),
        Example(
            "a request for more time",
            message("2025-10-14T15:02", "I accepted your request for an extension."),
            None,
        ),
        Example(
            "a notice that somebody else accepted",
            message(
                "2025-10-14T15:02",
                "Sam Wu accepted your friend request.",
                sender=_NOTICE,
                to=(JO,),
                channel=Channel.EMAIL,
            ),
            None,
        ),
        Example(
            "to the guardian",
            message("2025-10-14T15:02", "accepted your friend request", to=(ANA,)),
            None,
        ),
        Example(
            "a whole group hears yes",
            message("2025-10-14T15:02", "yes", to=(JO, SAM), audience=24),
            None,
            before=(_ASKED,),
        ),
    ),
)
