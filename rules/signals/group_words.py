"""Groups, servers and pages that a text names in words: "join our discord", "hop on the gc".

Rule of this file: sentence in, spans out. A mention counts where the sentence points somebody to
it (joins, adds, invites, "I made", "updates are in the ..."), unless it forbids, warns, reports,
teaches about it, or it is the students' or the parents' own. Every repeat is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from rules.signals import group_cues as cues
from rules.signals.networks import NETWORKS, by_spoken
from rules.signals.phrases import words
from rules.signals.sentences import Sentence, beside
from rules.signals.tools import is_teaching_tool

MAX_MENTIONS = 8  # of one pattern in one sentence


def _names(*kinds: str, more: Iterable[str] = ()) -> str:
    """An alternation of the names people use for the networks of some kinds, longest first."""
    spoken = {name for one in NETWORKS if one.kind in kinds for name in one.spoken} | {*more}
    ordered = sorted(spoken, key=lambda name: (-len(name), name))
    return "|".join(re.escape(name).replace(r"\ ", " ?") for name in ordered)


_CHAT_APPS = _names("chat", more=("slack", "band app", "line app", "whats", "wats app"))
_SOCIAL = _names("social", "streaming", more=("fb", "ig", "strava"))
_GAMES = _names("gaming")
_SHORT = "ig|fb|snap|signal|wa|tg|disc"  # everyday words: only right before a group

NETWORK_NAMES: str = f"{_CHAT_APPS}|{_SOCIAL}|{_GAMES}|{_SHORT}"
"""An alternation of the names, valid in RE2 too."""

_GROUPS, _PAGES = cues.CUES.any_of("groups"), cues.CUES.any_of("pages")
_GROUP_OR_PAGE = rf"(?:(?P<chat>{_GROUPS})|(?P<page>{_PAGES}))"
_APP = rf"(?:{_CHAT_APPS}|{_SOCIAL}|{_SHORT})"
_NO_GROUP = cues.CUES.any_of("no group")
_WORDS_BETWEEN = r"(?:(?!to |on |in |at |via |from |over )~ ){0,3}?"
_MENTIONS = (
    # "discord server", "our team's facebook page"
    words(rf"\b(?P<net>{_CHAT_APPS}|{_SOCIAL})(?:'s)? (?:~ ){{0,2}}?{_GROUP_OR_PAGE}\b"),
    # "snap gc", "minecraft server", "strava club"
    words(
        rf"\b(?:(?P<net>{_SHORT}) {_GROUP_OR_PAGE}"
        rf"|(?P<game>{_GAMES}) (?:~ ){{0,2}}?{cues.CUES.any_of('game groups')}"
        r"|(?:strava|sleeper|espn) (?:~ ){0,2}?(?:clubs?|league|group))\b"
    ),
    # "group chat on snap", "grupo de whatsapp", "a page on facebook"
    words(
        rf"\b{_GROUP_OR_PAGE}(?:,? ~){{0,4}}? (?:on|in|over|through|thru|via|using|at|en|por|de"
        rf"|del) (?:the |our |el |la )?(?P<net>{_APP})\b"
    ),
    # "our discord", "the team groupme"
    words(
        rf"\b(?:our|nuestr[oa]|the|el|a|my class|my team) {_WORDS_BETWEEN}"
        rf"(?P<net>{_CHAT_APPS})\b(?! {_NO_GROUP}\b)"
    ),
    # "join my discord"
    words(rf"\b(?:join|hop (?:on|in|into)|get (?:on|in)|invited to) my (?P<net>{_CHAT_APPS})\b"),
    # "discord tonight, here is the invite"
    words(
        rf"\b(?P<net>{_CHAT_APPS})\b(?=[^.!?]{{0,60}}\b(?:invites?|invitation|server|join link)\b)"
    ),
    # "our class insta", "the drama club tiktok"
    words(
        r"\b(?P<page>our|nuestr[oa]|the|la|el|its|(?:my|a) (?:class|team|club)|(?:has|have) an?"
        r"|(?:made|started|created|opened|set up)(?: us)? an?)"
        rf" {_WORDS_BETWEEN}(?P<net>{_SOCIAL})\b(?! (?:{_NO_GROUP}|{_GROUPS}|{_PAGES})\b)"
    ),
    # "follow us on instagram", "find our team on facebook"
    words(
        rf"\b(?P<page>(?P<us>{cues.CUES.any_of('follow us')})|{cues.CUES.any_of('follow ours')})"
        rf"(?: ~){{0,3}}? (?:on|at|en|in|over on) (?:our )?(?P<net>{_APP})\b"
    ),
    # "we use discord", "moved everyone over to whatsapp", "the whole team is on groupme"
    words(
        rf"\b(?:(?P<moved>{cues.CUES.any_of('moved to')})|(?P<talk>{cues.CUES.any_of('talk at')}))"
        rf" (?P<net>{_CHAT_APPS})\b(?! {_NO_GROUP}\b)"
    ),
    # no network named: "the group chat", "hop on the gc"
    words(rf"\b(?P<plain>{cues.CUES.any_of('no network named')})\b"),
    # "join my realm", "the link to our server"
    words(
        r"\b(?:our|my|the|a|this|us a|nuestro|un|mi) (?:~ ){0,2}?"
        r"(?P<server>servers?|realms?|servidor|clan|guild|fantasy (?:~ )?league)\b"
    ),
)
# "message me on whatsapp", said to a class
_ELSEWHERE = words(
    r"\b(?:on|onto|via|through|thru|over|to|use|using|check|download|by|por|en) (?:my |the |our )?"
    rf"(?P<net>{_CHAT_APPS}|{_SOCIAL}|{_SHORT})\b(?! (?:{_NO_GROUP}|{_GROUPS}|{_PAGES})\b)"
)
_CHAT_APP = words(_CHAT_APPS)
_SPELLED = {"whats": "whatsapp", "watsapp": "whatsapp"}


@dataclass(frozen=True, slots=True)
class Named:
    """A group or page named in words: half-open span, network or None, page or chat, how sure."""

    start: int
    end: int
    network: str | None
    is_page: bool
    sure: float
    sentence: Sentence


def find(sentences: list[Sentence], *, to_many: bool = False) -> Iterator[Named]:
    """Every group that sentences point to in words; each stretch once.

    `to_many`: where the message goes to a class or team, naming an app as the better place to
    write to points them there too.
    """
    for number in range(len(sentences)):
        taken = 0
        for found in sorted(_in(sentences, number, to_many), key=lambda one: one.start):
            if found.start >= taken:
                taken = found.end
                yield found


def _in(sentences: list[Sentence], number: int, to_many: bool) -> Iterator[Named]:
    sentence = sentences[number]
    mentions = [
        match
        for pattern in _MENTIONS
        for match in islice(pattern.finditer(sentence.text), MAX_MENTIONS)
    ]
    near = beside(sentences, number)
    for match in mentions:
        sure = _pointed_to(match, sentence, near)
        all_of_them = to_many or cues.speaks_to_all(f"{sentence.text} {near}")
        if match.groupdict().get("talk") and not all_of_them:
            sure = 0
        if sure:
            yield _named(match, sentence, sure)
    moves = cues.prefers(sentence.text) or cues.speaks_to_all(sentence.text)
    if to_many and not mentions and moves and not cues.forbids(sentence.text, 0):
        for match in islice(_ELSEWHERE.finditer(sentence.text), MAX_MENTIONS):
            yield _named(match, sentence, 0.6)


def _named(match: re.Match[str], sentence: Sentence, sure: float) -> Named:
    parts = match.groupdict()
    net = re.sub(r"\s+", "", parts.get("net") or parts.get("game") or "")
    known = by_spoken().get(_SPELLED.get(net, net))
    start, end = (sentence.start + place for place in match.span())
    network = known[0].name if known else None
    return Named(start, end, network, bool(parts.get("page")), sure, sentence)


def _pointed_to(match: re.Match[str], sentence: Sentence, near: str) -> float:
    """How sure it is that the sentence points somebody to the mention; 0 when it does not."""
    text, parts, at = sentence.text, match.groupdict(), match.start()
    before = text[:at]
    others = cues.is_for_grown_ups(text, at) or cues.is_somebody_elses(before)
    if cues.forbids(text, at) or (others and not cues.adds(text)):
        return 0
    if cues.asks_who(text) or cues.is_subject_matter(text):
        return 0
    invites, makes = cues.invites(text), cues.makes(text)
    if parts.get("server"):
        return 0.7 if (invites or makes) and not cues.is_computing(text) else 0
    on_chat = parts.get("net") and re.fullmatch(_CHAT_APP, parts["net"])
    if parts.get("page") and not (on_chat and re.match(r"channel|canal", parts["page"])):
        ours = parts.get("us") or cues.is_ours(text)
        offers = invites or makes or cues.uses(text) or cues.invites(near)
        return 0.75 if ours and offers and not cues.is_mine(before) else 0
    if parts.get("plain") and _at_teaching_tool(text):
        return 0
    if parts.get("moved") or parts.get("talk"):
        return 0.75
    if invites or makes:
        return 0.85 if parts.get("net") else 0.75
    shown = cues.uses(text) and (cues.is_ours(text) or cues.leads_in(before + match[0]))
    return 0.65 if shown or cues.invites(near) else 0


def _at_teaching_tool(text: str) -> bool:
    """Whether the sentence places the group on a teaching tool or the district's own system."""
    return any(
        name in cues.SCHOOL_SYSTEMS or is_teaching_tool(name) for name in cues.named_systems(text)
    )
