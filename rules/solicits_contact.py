"""Staff asks a student to be friend, follower or contact on a network, or gives the own handle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipelines.message import Account, Channel, Message, Person
from rules import friend_words, friends
from rules.examples import ANA, JO, KAI, NOA, OAK, SAM, message, party
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
from rules.signals import answers, friend_cues, friending, friending_words, handles, links, notices
from rules.signals.friending_words import Kind
from rules.signals.networks import by_name, unspoken_domains
from rules.signals.tools import MASK

_NEAR = 60
_LABEL = 4  # words of "ig: mara.r"
_MINE = re.compile(
    r"(?i)\b(?:my|mine|mi|m[ií]o|me|i|i'?m|im|i\sam|ive|i've|it'?s|its|soy|estoy|agr[eé]game"
    r"|s[ií]gueme|b[uú]scame|a[ñn][aá]deme|mu)\b(?![^.!?\n]{0,30}\b(?:friend|sister|brother|husband"
    r"|wife|son|daughter)\b)"
)
_GROUPS_OWN = re.compile(
    r"(?i)\b(?:our|us|nuestr[oa]s?|(?:the|my|your|del?|la|el|mi)?\s?(?:team|class(?:room)?|club"
    r"|school|district|department|official|boosters?|library|band|choir|program|yearbook|athletics?"
    r"|council|ffa|drama|theat(?:er|re)|newspaper|robotics|pep|equipo|escuela|clase|varsity|jv"
    r"|football|soccer|volleyball|basketball|wrestling|track|xc|softball|baseball"
    r"|cheer)(?:['’]?s)?)\s(?:\w{2,12}\s){0,2}?(?:@|ig\b|insta|page|acc(?:oun)?t|profile|twitter"
    r"|facebook|fb\b|snap|tiktok|feed|handle|story|x\b|cuenta|p[aá]gina|on\b)"
)
_YOURS = re.compile(
    r"(?i)\b(?:your|ur|their|his|her|tu|su|@(?:you|u))\b[^.!?\n]{0,25}\Z|\byou\b\s?\Z"
)
_ADDS = re.compile(r"(?i)\b(?:add|friend|agrega)\s(?:@\s?)?\Z")
_LOOKS = re.compile(r"(?i)\b(?:pics?|pictures?|photos?|videos?|album|fotos?)\b")
_LESSON = re.compile(
    r"(?i)\b(?:survey|poll|question|essay|assignment|lesson|unit|write|paper|worksheet|homework)\b"
)
_WORD = re.compile(r"(?<![\w.@'’])[a-z]{6,30}(?![\w@'’])", re.IGNORECASE)
_TITLE = re.compile(r"(?i)\A(?:coach|mrs|miss|profe|teacher|mr[._]|ms[._])[._]?[a-z]{2}")


class _Found(NamedTuple):
    """One thing in a text that asks for contact, and how surely."""

    confidence: float
    what: str
    start: int
    end: int
    network: str | None = None


def check(message: Message, around: Conversation) -> Iterator[Match]:
    """Requests, own handles, questions for the student's handle, and networks' notices of them."""
    yield from friends.in_notices(message, around, accepting=False)
    students, staff = known_students(message), staff_senders(message)
    if message.automatic or not staff or not students:
        return
    earlier = friends.before(message, around)
    texts = dict(friends.parts(message, around))
    found = [
        (part, one)
        for part, text in texts.items()
        for one in _solicits(text, staff, earlier, message, around)
        or _approached(text, earlier, message, around)
    ]
    if not found:
        return
    approvals = [
        friends.approved(one.network, message, around) if one.network else None for _, one in found
    ]
    evidence = tuple(Evidence(one.what, part, one.start, one.end) for part, one in found)
    yield Match(
        evidence=evidence,
        students=students,
        confidence=max(one.confidence for _, one in found) * sender_confidence(message),
        undone_if=(
            "the account were the school's own, or the network approved",
            "it were asked for class work or another school purpose",
        ),
        exemption=approvals[0] if all(approvals) else None,
        business_lifts=friends.business_lifts(texts, evidence, around),
    )


def _solicits(
    text: str,
    staff: tuple[Person, ...],
    earlier: friends.Before,
    message: Message,
    around: Conversation,
) -> list[_Found]:
    """What single words say that need no others beside them."""
    found = [
        *_given(text, staff, message, around),
        *_linked(text, staff, message, around),
        *_asked(text, earlier, message),
        *_invited(text, earlier),
    ]
    if earlier.wants_handle or earlier.asks:
        found += _answered(text, staff, earlier)
    return found


def _approached(
    text: str, earlier: friends.Before, message: Message, around: Conversation
) -> list[_Found]:
    """Weak words that together ask for contact, where nothing in the text says it plainly."""
    answering = earlier.wants_contact and not earlier.reached
    accepting = any(act.kind is Kind.ACCEPT for act in friending.acts(text))  # the other rule's
    listed = any(_is_listed(one, message, around) for one in handles.find(text))
    declines = friend_cues.has(text, "declines") or message.audience > SMALL_GROUP
    if answering or accepting or listed or declines:
        return []
    names = (name for one in staff_senders(message) for name in one.name.split())
    weighed = friend_words.approached(text, names, earlier)
    network = friending.named(text) or earlier.network
    return [_Found(*weighed, network)] if weighed and friends.is_social(network) else []


def _invited(text: str, earlier: friends.Before) -> Iterator[_Found]:
    """ "Add me", "can I add you", "I sent you a request"; an answer to a request is none."""
    says = {
        Kind.INVITE: (0.9, "asks the student to be a contact"),
        Kind.OFFER: (0.85, "offers to add the student as a contact"),
        Kind.SENT: (0.85, "says that a request was sent to the student"),
    }
    acts = friends.acts(text, earlier)
    kinds = {act.kind for act in acts}
    for act in acts:
        if act.kind is Kind.OFFER and act.sure and Kind.INVITE not in kinds:
            continue  # "I'll add you back" answers a request, unless it trades
        answers_request = earlier.offers
        if act.kind is not Kind.INVITE:
            answers_request = earlier.wants_contact or Kind.ACCEPT in kinds
        wanted = act.certain or earlier.wants_handle
        if act.kind in says and wanted and not answers_request:
            confidence, what = says[act.kind]
            yield _Found(confidence, what + _on(act.network), act.start, act.end, act.network)


def _asked(text: str, earlier: friends.Before, message: Message) -> Iterator[_Found]:
    """Questions for the student's handle; whether there is one, in private only."""
    for request in handles.asked(text):
        if not friends.is_social(request.network) or not friending.is_meant(text, request.start):
            continue
        if not request.presence:
            what = f"asks for the student's {request.network} handle"
            yield _Found(0.9, what, request.start, request.end, request.network)
        elif message.audience <= SMALL_GROUP and not _LESSON.search(text):
            what = f"asks whether the student is on {request.network}"
            yield _Found(0.6, what, request.start, request.end, request.network)
    any_asked = handles.asks_any(text)
    if any_asked and earlier.network and MASK not in text and friends.is_social(earlier.network):
        what = f"asks for the student's handle{_on(earlier.network)}"
        yield _Found(0.7, what, *any_asked, earlier.network)


def _given(
    text: str, staff: tuple[Person, ...], message: Message, around: Conversation
) -> Iterator[_Found]:
    for handle in handles.find(text):
        if not friends.is_social(handle.network) or not friending.is_meant(text, handle.start):
            continue
        if _is_own(text, handle, staff) and not _is_listed(handle, message, around):
            what = f"gives the own handle{_on(handle.network)}"
            yield _Found(0.9, what, handle.start, handle.end, handle.network)
    for named in handles.people_on(text):
        if friends.is_social(named.network) and _resembles(named.handle, staff):
            what = f"gives the own name{_on(named.network)}"
            yield _Found(0.75, what, named.start, named.end, named.network)


def _is_own(text: str, handle: handles.Handle, staff: tuple[Person, ...]) -> bool:
    """Whether a handle is the writer's own and not a team's, the student's or a stranger's."""
    line = text.rfind("\n", 0, handle.start) + 1
    before = text[max(line, handle.start - _NEAR) : handle.start]
    after = text[handle.end : handle.end + 30]
    if MASK in before[-30:] or MASK in after:
        return False
    if _GROUPS_OWN.search(before) or _GROUPS_OWN.search(after) or _YOURS.search(before):
        return False
    if _MINE.search(before) or re.match(r"(?i)[\s,]*(?:is|es|-|=)\s(?:my|me|mine|mi)\b", after):
        return True
    if friending.is_for_work(text, handle.end):
        return False
    adds = handle.network is not None and _ADDS.search(before) is not None
    alone = len(text.split()) <= _LABEL
    return adds or alone or _resembles(handle.handle, staff)


def _resembles(handle: str, staff: tuple[Person, ...]) -> bool:
    """Whether a handle is made of the writer's name, or begins with a teacher's title."""
    letters = "".join(filter(str.isalpha, handle.lower()))
    names = [name for one in staff for name in (one.given_name, one.family_name)]
    plain = ("".join(filter(str.isalpha, name.lower())) for name in names)
    return bool(_TITLE.match(handle)) or any(len(n) > 3 and n in letters for n in plain)


def _is_made_of(word: str, staff: tuple[Person, ...]) -> bool:
    """Whether a word is longer than the writer's names and made of them."""
    names = {name.lower() for one in staff for name in one.name.split()}
    return word.lower() not in names and _resembles(word, staff)


def _is_listed(handle: handles.Handle, message: Message, around: Conversation) -> bool:
    """Whether the district lists the account: then it is the school's own."""
    network, day = by_name().get(handle.network or ""), message.sent_at_local.date()
    places = [handle.handle, f"@{handle.handle}"]
    for domain in network.domains if network else ():
        places += [f"{domain}/{handle.handle}", f"{domain}/@{handle.handle}"]
    return any(around.district.approval(place, day) for place in places)


def _linked(
    text: str, staff: tuple[Person, ...], message: Message, around: Conversation
) -> Iterator[_Found]:
    """A link to the own profile on a network, given to be added there and not to look at."""
    for link in links.find(text):
        network = links.network_of(link)
        if network is None or links.kind_of(link) != "profile" or not friends.is_social(network):
            continue
        before = text[max(0, link.start - _NEAR) : link.start]
        around_it = before + " " + text[link.end : link.end + _NEAR]
        adds = re.search(r"/add/|/users/|/t/|/m/", link.url) is not None
        named = _resembles(link.url.rpartition("/")[2], staff)
        if _GROUPS_OWN.search(before) or around.district.approval(
            link.url, message.sent_at_local.date()
        ):
            continue
        if adds or ((_MINE.search(around_it) or named) and not _LOOKS.search(before)):
            what = f"gives a link to the own profile{_on(network)}"
            yield _Found(0.85, what, link.start, link.end, network)


def _answered(text: str, staff: tuple[Person, ...], earlier: friends.Before) -> Iterator[_Found]:
    """The own handle, or name there, as the answer to a student's question for it."""
    if answers.no(text) or not answers.may_name(text):
        return
    span = answers.handle(text, plain=earlier.wants_handle)
    if span is None and earlier.wants_handle:
        made = (one for one in _WORD.finditer(text) if _is_made_of(one[0], staff))
        span = next((one.span() for one in made), None)
    if span is None:
        name = answers.own_name(text, [one for person in staff for one in person.name.split()])
        span = name if earlier.wants_handle else None
    if span:
        what = f"gives the own handle{_on(earlier.network)} when asked for it"
        yield _Found(0.8, what, *span, earlier.network)


def _on(network: str | None) -> str:
    return f" on {network}" if network else ""


_NOTICE = party(None, "email:notification@facebookmail.com", account=Account.OTHER)

RULE = Rule(
    id="solicits_contact",
    title="Student asked for contact on a network",
    clause="soliciting",
    severity=Severity.MEDIUM,
    rationale="Staff are not to ask students to be friends, followers or contacts on social "
    "networks, nor to trade handles for that; these words or a network's notice do so.",
    review_steps=(
        "Read who spoke of the network first, and why.",
        "Find out whose account it is and whether the district listed it.",
        "Look for later contact outside the school's systems.",
    ),
    false_positives=(
        "An account of a team or class that the district has not listed.",
        "A notice that names another person of the same name.",
        "A teaching tool that is not on the district's list.",
    ),
    screen=(FROM_STAFF | FROM_NETWORK) & TO_STUDENT,
    hint=friends.hints(
        f"(?:{handles.HINT})|(?:{friending_words.INVITE_HINT})"
        rf"|(?:{notices.HINT})|(?i)\b(?:{unspoken_domains()})/",
        *answers.HANDLE_HINTS,
        friend_cues.APPROACH_HINT,
    ),
    check=check,
    lifted_by_school_business=True,
    examples=(
        Example(
            "asks to be added",
            message("2025-10-14T15:00", "you should add me on Facebook so I can see the pictures"),
            Status.FLAGGED,
            purpose=Label.PERSONAL,
        ),
        Example(
            "asks for the handle",
            message("2025-10-14T15:00", "whats your snap? ill add you"),
            Status.FLAGGED,
            purpose=Label.PERSONAL,
        ),
        Example(
            "gives the own",
            message("2025-10-14T15:00", "my ig is mara.rides, no school stuff there"),
            Status.FLAGGED,
        ),
        Example(
            "gives it when asked",
            message("2025-10-14T15:02", "mara.r_22", sender=OAK),
            Status.FLAGGED,
            before=(message("2025-10-14T15:00", "whats ur snap", sender=JO, to=(OAK,), key="m0"),),
        ),
        Example(
            "a request was sent",
            message("2025-10-14T15:00", "I sent you a request on fb, did you see it?"),
            Status.FLAGGED,
            purpose=Label.PERSONAL,
        ),
        Example(
            "the network's own notice says so",
            message(
                "2025-10-14T15:00",
                "Confirm or delete this request in the app.",
                subject="Tom Oak wants to be friends on Facebook",
                sender=_NOTICE,
                channel=Channel.EMAIL,
                automatic=True,
            ),
            Status.FLAGGED,
        ),
        Example(
            "for the practice schedule",
            message(
                "2025-10-14T15:00",
                "Please add me on WhatsApp so you get the practice schedule for JV this week.",
            ),
            Status.LIFTED,
            purpose=Label.SCHOOL_BUSINESS,
        ),
        Example(
            "a father and his daughter",
            message("2025-10-14T15:00", "add me on snap", sender=OAK, to=(NOA,)),
            Status.EXEMPT,
            purpose=Label.PERSONAL,
        ),
        Example(
            "a network the district approved",
            message("2025-10-14T15:00", "add me on Strava so I see your miles"),
            Status.EXEMPT,
            purpose=Label.PERSONAL,
        ),
        Example(
            "the school's own account",
            message("2025-10-14T15:00", "Follow us on Instagram @north_high for scores!"),
            None,
        ),
        Example(
            "a teaching tool",
            message("2025-10-14T15:00", "Add me on Duolingo and send me your Scratch username."),
            None,
        ),
        Example(
            "a shared document",
            message("2025-10-14T15:00", "add me on the doc as an editor please"),
            None,
        ),
        Example(
            "a lesson about it",
            message(
                "2025-10-14T15:00",
                'Unit on social media: why we never say "add me on snap" to a stranger.',
                to=(JO, SAM, KAI),
                audience=24,
            ),
            None,
        ),
        Example(
            "declined",
            message("2025-10-14T15:00", "please don't add me on snap, I can't add students"),
            None,
        ),
        Example(
            "the student asks",
            message("2025-10-14T15:00", "add me on snap", sender=JO, to=(OAK,)),
            None,
        ),
        Example(
            "to the guardian",
            message("2025-10-14T15:00", "add me on Facebook", to=(ANA,)),
            None,
        ),
    ),
)
