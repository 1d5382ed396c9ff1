"""Staff and students on social networks: what was said before, and what a network's notice says.

Rule of this file: what solicits_contact and accepts_contact both ask, and nothing of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import takewhile
from typing import NamedTuple

from pipelines.message import Message, Person, Role
from rules.facts import known_students, own_words, staff_senders
from rules.model import Conversation, Evidence, Exemption, Label, Match
from rules.signals import answers, friend_cues, friending, handles, notices, tools
from rules.signals.friending import Act
from rules.signals.friending_words import Kind
from rules.signals.networks import by_name
from rules.signals.purpose import judge_text
from rules.signals.tools import MASK

LOOK_BACK = 6
"""Messages of the thread before one that may tell what it answers."""
_LONG_AGO = timedelta(days=3)
_NOT_SOCIAL = frozenset({"payment", "page", "streaming"})
_SURELY_BUSINESS = 0.75
"""Above what makes a conversation business: few words are judged, and a miss hurts more."""
NOTICE_CONFIDENCE = 0.6
"""Of a network's notice: it shows a name that anybody can take."""

_TITLES = re.compile(
    r"(?i)\b(?:coach|profe(?:sor[ae]?)?|maestr[oa]|mrs?|ms|miss)(?!\w)|@\S{1,40}"
    r"|\b[a-z]+[._#]\w{1,24}"
    r"|\b(?:friend|follow\w*|requests?|request(?:ed|ing)|req|add(?:ed|ing)?|accept\w*|approved?"
    r"|solicitud|done|code|handle|username|sent|check)\b"
)
"""Who is spoken of and to, and the words of asking, say nothing of what for."""

_VIA = re.compile(r"(?i)\s+(?:via|on|from|through|de|en|por)\s+\w{2,20}\s*\Z")
"""What networks add to the name of whom they write for: "Mara River via LinkedIn"."""

_BEGS = re.compile(
    r"(?i)\?|\b(?:can|could|may|will|would|pls|plz|please|puedo|porfa|let|why|gonna|are\s(?:we"
    r"|you|u))\b"
    r"|\b(?:accept|add|follow|friend)\sme|\A\W*(?:add|follow|friend|accept)\b|\b(?:ac[eé]pta"
    r"|agr[eé]ga|s[ií]ga?)me"
    r"|\bme\s(?:acept|agreg|sig)"
)
"""What in talk of a request asks for an answer."""
_REACHED = {True: "says you asked", False: "reached out"}
"""By whom it is said that staff asked: list of words for a student, and for staff."""

Part = tuple[str, str]
"""Where words stand ("subject" or "body"), and the words."""


def hints(*patterns: str) -> tuple[str, ...]:
    """Hints in which an apostrophe may be curly, as it is for the rules (see `parts`)."""
    return tuple(pattern.replace("'?", "['’]?") for pattern in patterns)


def _plain(text: str, around: Conversation) -> str:
    """Own words, each character in its place: plain apostrophes and spaces, tools masked."""
    words = own_words(text).replace("’", "'").replace("\u00a0", " ")
    return tools.masked(words, around.district.teaching_tools)


def parts(message: Message, around: Conversation) -> list[Part]:
    """The sender's own words with names of teaching tools masked.

    The subject counts where it is the sender's: in the first message of a thread.
    """
    words = [("body", message.body or "")]
    if message.subject and not around.place and not message.subject.lower().startswith("re:"):
        words.insert(0, ("subject", message.subject))
    return [(part, _plain(text, around)) for part, text in words]


def is_social(network: str | None) -> bool:
    """Whether a network's name is not that of a payment, stream or page service."""
    found = by_name().get(network or "")
    return found is None or found.kind not in _NOT_SOCIAL


def approved(network: str, message: Message, around: Conversation) -> Exemption | None:
    """The approval of a whole network that day, if any."""
    found, day = by_name().get(network), message.sent_at_local.date()
    for place in (found.name, *found.domains) if found else ():
        if exemption := around.district.approval(place, day):
            return exemption
    return None


def business_lifts(
    texts: Mapping[str, str], evidence: Iterable[Evidence], around: Conversation, asked: str = ""
) -> bool:
    """Whether what asks for contact itself speaks of school: its sentences, each with the next.

    Homework in the thread does not make "btw whats your snap" school business. `asked` are the
    student's words that these answer.
    """
    if around.purpose.label is not Label.SCHOOL_BUSINESS:
        return True  # nothing to lift
    sentences: dict[tuple[str, int], str] = {}
    for one in evidence:
        text = texts[one.part]
        first, last = friending.sentence(text, one.start, one.end)
        _, next_last = friending.sentence(text, min(last + 2, len(text)), min(last + 2, len(text)))
        sentences[one.part, first] = text[first:next_last]
    words = " ".join([asked, *(sentences[key] for key in sorted(sentences))])
    plain = _TITLES.sub(" ", friending.without_networks(words))
    return judge_text(plain).p_school_business >= _SURELY_BUSINESS


@dataclass(frozen=True)
class Before:
    """What came before a message in its thread, as far as contact on networks goes.

    `asks` is a student's request to add or be added that waits for a yes (`offers`: it was "can I
    add you"), `sent` any such request, `wants_handle` a student's question for the staff member's
    handle, `gave` a handle the student gave; `hinted` is talk of it that only may be a request
    (`begs`: it waits for a yes); `reached` is staff's own word of a request they sent; `tool` means
    that a teaching tool was spoken of and no network, `others` that the student spoke of somebody
    else's request, `asks_where` that they asked where it is to be seen; `network` is what was
    spoken of, `words` the
    student's last ones.
    """

    network: str | None = None
    asks: bool = False
    offers: bool = False
    sent: bool = False
    wants_handle: bool = False
    gave: bool = False
    hinted: bool = False
    begs: bool = False
    reached: bool = False
    tool: bool = False
    others: bool = False
    asks_where: bool = False
    words: str = ""

    @property
    def wants_contact(self) -> bool:
        """Whether the student asked to be a contact or gave a handle."""
        return self.sent or self.gave


class Said(NamedTuple):
    """One earlier message: whether a student wrote it, and its words."""

    by_student: bool
    words: str


def before(message: Message, around: Conversation) -> Before:
    """Look back over the last messages of the thread."""
    students = {person.id for person in known_students(message)}
    staff = {person.id for person in staff_senders(message)}
    said: list[Said] = []  # the latest first
    for place in range(around.place - 1, max(-1, around.place - 1 - LOOK_BACK), -1):
        one = around.messages[place]
        if message.sent_at - one.sent_at > _LONG_AGO:
            break
        senders = {person.id for person in one.sender.people}
        if senders & (students | staff):
            said.append(Said(bool(senders & students), _plain(one.body or "", around)))
    everything = [_plain(message.body or "", around), *(one.words for one in said)]
    return _told(said, next(filter(None, map(friending.named, everything)), None))


def _told(said: list[Said], network: str | None) -> Before:
    asks = offers = sent = wants_handle = gave = False
    for place, one in enumerate(said):
        if not one.by_student:
            continue
        answers_since = sum(not later.by_student for later in said[:place])
        for act in friending.acts(one.words):
            if act.certain or network:
                sent = True
                asks |= not answers_since and act.kind in (Kind.INVITE, Kind.OFFER)
                offers |= not answers_since and act.kind is Kind.OFFER
        wants_handle |= answers_since < 2 and _asks_for_handle(one.words, network)
        asked_first = any(
            _asks_for_handle(earlier.words, network)
            for earlier in said[place + 1 :]
            if not earlier.by_student
        )
        given = any(is_social(found.network) for found in handles.find(one.words))
        gave |= given or (asked_first and answers.handle(one.words) is not None)
    words = next((one.words for one in said if one.by_student), "")
    waiting = " . ".join(one.words for one in takewhile(lambda one: one.by_student, said))
    hinted = MASK not in waiting and friend_cues.speaks_of_contact(waiting, bool(network))
    return Before(
        network=network,
        asks=asks,
        offers=offers,
        sent=sent,
        wants_handle=wants_handle,
        gave=gave,
        hinted=hinted,
        begs=asks or (hinted and _BEGS.search(waiting) is not None),
        reached=any(friend_cues.has(one.words, _REACHED[one.by_student]) for one in said),
        tool=network is None and MASK in words,
        others=not sent and friend_cues.has(waiting, "somebody else"),
        asks_where=friend_cues.has(waiting, "asks where"),
        words=words,
    )


def _asks_for_handle(words: str, network: str | None) -> bool:
    """Whether somebody's handle is asked for, with the network named there or near."""
    if any(is_social(request.network) for request in handles.asked(words)):
        return True
    known = network is not None and is_social(network)
    return known and bool(handles.asks_any(words) or friend_cues.has(words, "yours"))


def acts(text: str, earlier: Before) -> list[Act]:
    """What a text says of becoming contacts, as sure as the words before it make it."""
    return [
        act if act.network else Act(act.start, act.end, act.kind, earlier.network, act.sure)
        for act in friending.acts(text)
        if act.certain or earlier.network or earlier.wants_contact
    ]


def in_notices(message: Message, around: Conversation, *, accepting: bool) -> Iterator[Match]:
    """A match for each staff member whom a network's notice to a student names."""
    students = known_students(message)
    if not students or not notices.is_network_mailer(message.sender.value):
        return
    told: set[str] = set()
    for part, text in (("subject", message.subject), ("body", message.body or "")):
        for notice in notices.notices(text):
            staff = _named(notice, students, message, around)
            if staff is None or notice.accepts is not accepting or staff.id in told:
                continue
            told.add(staff.id)
            does = "accepted the student's request" if accepting else "asks to be a contact"
            yield Match(
                evidence=(
                    Evidence(
                        f"a network's own notice says that {staff.name} {does}",
                        part,
                        notice.start,
                        notice.end,
                    ),
                ),
                students=students,
                staff=(staff,),
                confidence=NOTICE_CONFIDENCE,
                facts_against=("known by the name in the notice only; anybody can take a name",),
                undone_if=("the account were somebody else's of that name",),
            )


def _named(
    notice: notices.Notice, students: tuple[Person, ...], message: Message, around: Conversation
) -> Person | None:
    """The one staff member a notice names: of several, the one who teaches the student."""
    district, day = around.district, message.sent_at_local.date()
    shown = _VIA.sub("", message.sender.name)
    for name in notice.names or (shown,):
        staff = [one for one in district.staff_named(name) if one.role is Role.STAFF]
        if len(staff) > 1:
            staff = [
                one
                for one in staff
                if any(district.shared_classes(one, student, day) for student in students)
            ]
        if len(staff) == 1:
            return staff[0]
    return None
