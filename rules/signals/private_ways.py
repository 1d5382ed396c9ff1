"""How people name a private channel, and how they name the district's: patterns to build with.

Rule of this file: patterns only, to be compiled without regard to case by the signals that use
them. Numbers and addresses are looked up before: `cover` puts a sign over those known to be
private or the district's own, so that a pattern can speak of them. Each `HINT_` is necessary for
its namesakes, in RE2: no lookaround, and no word boundary, which RE2 knows for ASCII only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rules.signals import addresses, phones
from rules.signals.networks import NETWORKS

PRIVATE, DISTRICT = "\x01", "\x02"
"""Signs that stand for a private and for a district number or address."""


def cover(text: str, spans: Iterable[tuple[int, int, str]]) -> str:
    """The text with a sign over every character of the spans; all places stay the same."""
    covered = text
    for start, end, sign in spans:
        covered = covered[:start] + sign * (end - start) + covered[end:]
    return covered


def either(*patterns: str) -> str:
    """One group of alternatives."""
    return f"(?:{'|'.join(patterns)})"


REST = f"[^.!?\n{DISTRICT}]"
"""A character of the same sentence that is no number or address of the district."""
ON = r"(?:on|over|via|through|thru|in|by|using|to|onto|por|en)"

# -- apps ----------------------------------------------------------------------------------

_SPOKEN = either(
    *(
        re.escape(name).replace(r"\ ", " ?")
        for name in sorted(
            {n for one in NETWORKS if one.kind in ("chat", "social", "gaming") for n in one.spoken},
            key=lambda name: (-len(name), name),
        )
    ),
    r"face ?time|i-?message|what['’]?s ?app|wats?app",
)
_SHORT = "(?:ig|snap|fb|sc|signal|steam|threads|tg|wa|messenger)"  # everyday words, or nearly
CLEAR_APP = rf"(?<![\w@./])(?:{_SPOKEN})s?\b(?!['’]s\b|[./]\w)"
"""An app to talk by whose name is no everyday word."""
APP = rf"(?:(?:{_SPOKEN})\b(?![./]\w)|{_SHORT}\b(?![./]\w))"
"""An app to talk by, where the words before it speak of a place."""
APP_ME = (
    r"\b(?:whats ?app|wats?app|snap(?:chat)?|discord|insta|facetime|kik) (?:me|us)\b"
    r"(?! (?:a|the|your|ur|that) (?:pic|photo|picture|shot))"
)
_USE_APP = either(
    r"\b(?:use|usa|try) (?:signal|snap|telegram|ig|fb)\b(?! (?!for\b|so\b|and\b|to talk"
    r"|instead\b)\w)",
    rf"\b(?:do (?:you|u|ya) have|(?:you|u) (?:have|got)|got|get(?: on)?|tienes|{_SHORT}) (?:an?"
    rf" )?{APP}",
    rf"\b{APP}(?: ?\?| (?:group|chat|gc|server|call|ok|maybe|works)\b)",
    r"\b(?:my|mi|ur|your|a new|new) (?:snap|ig|fb|insta)\b(?! (?:of|shot))",
)

# -- phones and mailboxes ------------------------------------------------------------------

_HOME = r"(?:personal|private|home|own|real|regular|other|outside|non-?school|actual|new)"
MY_PHONE = either(
    rf"\b(?:my|mi) (?:{_HOME} )?(?:cell(?: ?phone)?|celu(?:lar)?|cel|phone|mobile|number|num|digits"
    rf"|m[oó]vil|n[uú]mero|tel[eé]fono)\b(?! case\b| plan\b)",
    r"\bal (?:cel|celu|celular)\b|\b(?:me|us) at home\b",
)
_MAIL = r"(?:(?:g|e-?)?mails?|accounts?|acct|address|inbox|one)"
_MY_MAIL = either(
    rf"\b(?:my|our|mi) (?:own )?{_HOME} {_MAIL}\b",
    r"\b(?:mi|otro) (?:correo|cuenta|e-?mail)(?: personal| privad[oa]| de casa)?\b",
    r"\b(?:my|on|to|at|por|a) (?:my )?(?:g-?mail|yahoo|hotmail|icloud|aol|proton(?:mail)?)\b",
)
OWN_MAIL = either(
    _MY_MAIL,
    rf"\b(?:your|ur|tu|the) (?:own )?{_HOME} {_MAIL}\b",
    r"\b(?:an? |another )(?:personal|private|non-?school|other) (?:(?:g|e-?)mail|account"
    r"|address)\b",
    r"\b(?:correo|cuenta|e-?mail|mail) (?:personal|privad[oa]|particular)\b",
    r"(?<!school )(?<!student )\b(?:g-?mail|yahoo|hotmail|icloud|proton(?:mail)?|aol)\b",
)
TEXT_ME = either(
    r"\b(?:te?xt|txt|sms)(?:ed|ing)?(?: ?(?:me|us)\b)",
    r"\b(?:te?xt[eé]ame|mensaj[eé]ame)\b",
    r"\b(?:m[aá]nda|env[ií]a|escr[ií]be|p[aá]sa)(?:me)? (?:un |por )?(?:texto|sms|mensaje)\b",
    r"\b(?:te?xt|txt) (?:it|that|this|them) to (?:me|us)\b|\b(?:we|can i) (?:snap|facetime|dm)\b",
    r"\b(?:shoot|send|drop) (?:me|us) an? (?:quick )?(?:te?xt|txt|sms)\b",
)
BY_TEXT = (
    r"\b(?:by|over|via|thru|through|on|por) (?:te?xts?|txt|sms|texting|texto|mensajes?)\b"
    r"(?! ?(?:book|box|file|evidence))"
)
_WRITE = (
    r"\b(?:use|try|check|call(?:ed)?|te?xt(?:ed)?|txt|hit|ring|e-?mail|mail|write|reply|answer|send"
    r"|message|msg|reach|ping|contact|dm|us[aáeo]|usemos|usamos|m[aá]nd[ao]\w{0,4}"
    r"|env[ií][ao]\w{0,4}"
    r"|escr[ií]b[eo]\w{0,4}|ll[aá]m[ao]\w{0,4}|h[aá]bl[aeo]\w{0,4})\b"
)
_CALL_HOME = r"\b(?:call|ring|phone|te?xt) (?:\w+ ){0,2}?(?:my|our) (?:house|home|place)\b"
_NUMBER = f"{PRIVATE}{{3,99}}"
THING = either(MY_PHONE, OWN_MAIL, rf"\b{ON} {APP}", CLEAR_APP)
"""A private channel as a thing."""
OWN = either(THING, _NUMBER)
TOLD = either(TEXT_ME, APP_ME, _USE_APP, _CALL_HOME, rf"{_WRITE}{REST}{{0,40}}?{OWN}")
"""A private channel that the reader is told to take."""
_TAKE = (
    r"\b(?:call|ring|te?xt|txt|use|try|hit|have|got|get|save|know|keep|take|reach|write|on|at|to"
    r"|here['’]?s"
    r"|here is|es|guarda|usa|marca|ll[aá]ma)(?: me| us| you)?(?: down| on| at| al?)?"
)
OFFERED = either(
    TEXT_ME,
    APP_ME,
    _USE_APP,
    _CALL_HOME,
    r"\b(?:te?xts?|txt|texted) (?:you|u|ya|us|each other|together|tonight|only|ok)\b",
    r"\b(?:we|i|i['’]?ll|let['’]?s|can i|could i|nos|just|by|its|it['’]?s) (?:\w+ )?te?xt(?:ed|s"
    r"|eamos)?\b"
    r"(?! ?(?:book|box|file|\d))",
    r"\b(?:texting|txting|textear\w*)\b|\bte?xt (?:to|for) (?:me|us)\b|\b(?:on|in) a te?xt\b",
    BY_TEXT,
    rf"{_TAKE} {MY_PHONE}",
    r"\b(?:call|ring|marca|m[aá]rcame|ll[aá]mame)(?: me)? (?:al? )?(?:my |mi )?(?:cell|celular"
    r"|casa|house)\b",
    _MY_MAIL,
    rf"\b{ON} {APP}",
    rf"\b(?:do|try|how about|what about|my|mi) {APP}(?!['’]s)",
    rf"(?:\A|[.,;:!?\n–—-] ?){APP}(?= ?(?:[.,;:!?\n)]|\Z|for\b|to\b|\w+ us\b))",
    r"\b(?:by|over|on|por) (?:the )?(?:phone|tel[eé]fono)\b",
    rf"{_WRITE}{REST}{{0,40}}?{CLEAR_APP}",
    rf"\b(?:opened|made|have|got|started|on) (?:an? |my )?{CLEAR_APP}",
    _NUMBER,
)
"""A private channel that is held out, by naming it as a way to talk."""
NAMED = either(
    OFFERED,
    MY_PHONE,
    r"\b(?:this|que este|este) (?:number|phone|n[uú]mero)\b",
    CLEAR_APP,
    r"\b(?:ig|fb)\b(?![./]\w)",
    r"\b(?:our|these|those|the|estos|los) (?:te?xts|te?xt messages|mensajes)\b",
    r"\b(?:your|ur|tu) (?:cell|celular|phone|number|n[uú]mero)\b",
    r"\b(?:te|nos) escrib\w+",
)
"""A private channel that is spoken of at all."""
HINT_NAMES = "(?i)" + either(
    r"te?xt|txt|sms|mensaj",
    _SPOKEN,
    rf"(?:{ON}|my|have|got|get|use|usa|try|busc[ao]me en) (?:my |the |mi |el |an? )?{_SHORT}",
    rf"{_SHORT} ?\?|{_SHORT} (?:group|chat|gc|server|call|ok|maybe|works|me|us)|insta (?:me|us)",
    rf"(?:^|[.,;:!?\n–—-] ?){_SHORT}|(?:ur|your|new) (?:snap|ig|fb|insta)",
    rf"(?:my|mi|our|this|your|ur|tu) (?:{_HOME} )?(?:cel|phone|mobile|num|digits|m[oó]vil|n[uú]m"
    rf"|tel"
    r"|e-?mail|addr|acc|inbox|one)",
    rf"(?:your|ur|tu|an?|another) (?:own )?{_HOME} (?:(?:g|e-?)?mail|acc|addr|inbox|one)",
    "(?:correo|cuenta|mail) (?:personal|priv|part)|g-?mail|yahoo|hotmail|icloud|proton|aol",
    "al (?:cel|priv)|(?:me|us) at home|(?:my|our) (?:house|home|place)|(?:by|over|on|por) (?:the"
    " )?(?:phone|tel)",
    "(?:we|can i) (?:snap|dm)|(?:call|write|message)(?: me)? here|(?:te|nos) escrib",
)
"""Necessary for a private channel that is named."""
HINTS = (phones.HINT, addresses.HINT, HINT_NAMES)
"""One of them is necessary for every private channel above."""

# -- the district's own --------------------------------------------------------------------

SCHOOL = r"(?:school|district|student|escolar|(?:de (?:la )?)?escuela|distrito)"
DISTRICTS = either(
    r"(?:canvas|schoology|(?:google )?classroom|infinite campus|powerschool|teams|remind"
    r"|parentsquare)\b",
    rf"{SCHOOL}['’]?s? (?:e-?mails?|g-?mail|mail|account|acct|address|inbox|app|chat|messag\w+"
    rf"|system"
    r"|phone|thing|stuff|platform|server|filter|one)\b",
    rf"(?:correo|cuenta|e-?mail) {SCHOOL}\b",
    r"this (?:app|site|thing|platform|e-?mail|account|address|chat|inbox|system|program|mailbox)\b",
    r"(?:esta (?:app|cuenta|plataforma)|este (?:correo|chat|medio))\b",
)
"""A channel of the district, by name or as the one that is being used."""
DISTRICT_WAY = re.compile(
    rf"(?i){DISTRICT}|\b(?:{SCHOOL}|office|team|class|classroom|work|desk|front|remind|canvas"
    rf"|schoology"
    r"|teams|parentsquare|talkingpoints|classdojo|google (?:chat|voice)|ext(?:ension)?)\b"
)
"""What shows that the way told is the district's own after all."""

# -- what takes a match back ---------------------------------------------------------------

_DENIED = re.compile(
    r"(?i)\b(?:don['’]?t|do not|never|can['’]?t|cannot|won['’]?t|not|shouldn['’]?t|isn['’]?t"
    r"|aren['’]?t"
    r"|stop|quit|nunca|no|instead of|rather than|en vez de|without)"
    r" (?:(?!mind\b|forget\b|worry\b|hesitate\b|wait\b|here\b|but\b|so\b|just\b|safe\b)[\w'’]+"
    r" ){0,4}\Z"
)
_ASKED_ALL_THE_SAME = re.compile(
    r"(?i)\b(?:why (?:don['’]?t|not)|can['’]?t|won['’]?t|couldn['’]?t)(?: (?:you|u|we|ya))?"
    r" (?:\w+ ){0,3}\Z"
    r"|\b(?:not (?:on )?here|aqu[ií] no) (?:\w+ ){0,2}\Z"
)
_OTHERS = re.compile(
    r"(?i)\b(?:your|ur|tus?|his|her|their|the|su) (?:mom|mum|mother|dad|father|parents?|folks"
    r"|guardians?"
    r"|grandm\w+|grandpa|mam[aá]|pap[aá]s?|padres|captains?|managers?|brother|sister|partner"
    r"|group)\b"
    r"[^.!?\n]{0,25}\Z"
    r"|\b(?:if|when|whenever|si|cuando) (?:anyone|anybody|someone|somebody|an?|any|they|he|she"
    r"|alguien|una?)\b[^.!?\n]{0,60}\Z"
)
_QUOTES = re.compile(r"[\"“”«»]")


def is_taken_back(text: str, start: int, end: int) -> bool:
    """Whether the words at a span are denied, meant for somebody else, or a quotation."""
    before = text[max(0, start - 90) : start]
    if _DENIED.search(before) and not _ASKED_ALL_THE_SAME.search(before):
        return True
    if _OTHERS.search(before):
        return True
    opened = len(_QUOTES.findall(text[max(0, start - 300) : start])) % 2
    return bool(opened and _QUOTES.search(text[end : end + 200]))
