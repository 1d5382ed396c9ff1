"""Short answers: a handle and little else, a yes, "done", a no.

Rule of this file: pure text in, answers out. A short answer means something only beside what was
asked; whoever asks here knows what that was. Only texts of few words are answers, but for a no.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rules.signals.handles import is_plain_word

LONGEST = 12  # words
LONGEST_YES = 14
_SHAPED = r"@[a-z0-9]|[a-z][a-z0-9]*[._]+[a-z0-9]|[a-z]{3,}[0-9]{2}|[a-z][0-9]+[a-z]|[a-z]#[0-9]"
_INTRO = (
    r"(?:it'?s|its|it is|i'?m|i am|mine(?:'?s| is)?|es|soy|under|user(?: ?name)?(?: is)?"
    r"|name(?: is)?|search(?: for)?|look up|try|handle is|just|that'?s|my|add|busca|estoy como)"
)
_YES = (
    r"(?:yes+|yea+h?|yeah|yep|yup|ya|ye|sure|surely|ok(?:ay|ie|ey)?|k+|of course|ofc|absolutely"
    r"|definitely|go (?:ahead|for it)|why not|fine|deal|no problem|np|will do|sounds good|i guess"
    r"|i can|i will|you can|u can|if (?:you|u) (?:must|want)|i suppose|i'?d (?:like|love) that"
    r"|i'?d love to|happy to|gladly|please do|bet|cool|claro|si+|sí+|dale|listo|por supuesto|vale"
    r"|bueno|está bien|esta bien|alright|aight)"
)
_DONE = (
    r"(?:done|did(?: it)?|just did|added|accepted|friended|followed|approved|confirmed|got (?:u"
    r"|you)|hecho|ya est[aá]|ya|agregad[oa]|aceptad[oa]|listo)"
)
_DOING = r"(?:following|adding|accepting)"

HANDLE_HINT: str = (
    rf"(?i)^\s*(?:\S+\s+){{0,{LONGEST - 2}}}\S{{0,9}}(?:{_SHAPED})\S*(?:\s+\S+){{0,7}}\s*$"
    rf"|^\W*(?:\w+\W+){{0,4}}{_INTRO}\s+\S{{3,32}}(?:\s+\S+){{0,3}}\s*$"
    rf"|^\W*(?:\w+\W+){{0,4}}{_INTRO}\s+@?[a-z]{{8,30}}(?:\s+\S+){{4,7}}\s*$"
    r"|^\s*(?:\S+\s+){0,5}(?:search|look\s+(?:me\s+)?up)(?:\s+\S+){1,9}\s*$|^\W*[a-z]{9,30}\W*$"
    r"|\bmy (?:full |real |own |first and last )?name\b"
    r"|^\s*(?:\S+\s+){0,6}@?[a-z]{12,30}\W?(?:\s+\S+){0,4}\s*$"
)
"""Necessary for `handle`, and for a name given instead of one."""

YES_HINT: str = (
    rf"(?i)^\W*(?:[\w'’]+\W+){{0,3}}(?:{_YES}|{_DONE}|{_DOING})\b(?:\W+[\w'’]+){{0,5}}\W*$"
    rf"|^\W*{_YES}\b(?:\W+[\w'’]+){{0,{LONGEST_YES - 1}}}\W*$"
)
"""Necessary for `yes` and `done`."""

_HANDLE_SHAPE, _YES_SHAPE = (re.compile(f"(?a){hint}") for hint in (HANDLE_HINT, YES_HINT))
"""The hints as they hold here: what they do not let through is no answer."""

_HANDLE = re.compile(
    rf"(?i)(?<![\w@.])(?=\S{{0,30}}(?:{_SHAPED}))@?[a-z0-9_][\w.\-]{{2,31}}(?:#\d{{2,5}})?"
)
_PLAIN = re.compile(rf"(?i)(?:\A|\b){_INTRO}[ :]{{1,3}}@?(?P<name>[a-z][\w.\-]{{3,31}})(?![\w@'’])")
_ALONE = re.compile(r"(?i)\W*(?P<name>[a-z]{9,30})\W*\Z")
_NOT_A_HANDLE = re.compile(
    r"(?i)\d{1,2}(?:st|nd|rd|th|am|pm)|[\w\-]+\.(?:com|org|net|edu|pdf|docx?|jpe?g|png|gov|example)"
    r"|(?:[a-z]\.)+[a-z]?|(?:pg|ch|rm|room|page|period|grade|hw|unit|gate|bus|hour|covid|q"
    r"|sec)[._]?\d{1,4}|\d+[a-z]?"
)
_ADDRESS = re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}\.[\w.]{2,63}")
_COMMON = frozenset(
    "absolutely definitely certainly congratulations wonderful excellent beautiful fantastic "
    "understood perfectly delighted important different yesterday wednesday september november "
    "december thursday tomorrow something everything somewhere afternoon interesting awesomeness "
    "unfortunately professional inappropriate seriously obviously basically literally honestly "
    "exhausted surprised impressed confirmed permission possibly presumably hopefully hilarious "
    "recommended necessary available cancelled postponed instagram whatsapp someone coming going "
    "here there good great sure fine done happy sorry late sick home busy back ready proud glad "
    "okay sounds working trying looking thinking waiting sending grading available only really "
    "always never still also teacher coach school class practice lunch friday monday tuesday "
    "saturday sunday today nothing anything thanks thank please maybe later email canvas under "
    "attached posted locked open closed complicated wrong right correct true false funny cute "
    "getting having making doing taking asking telling saying talking leaving driving running "
    "private public personal hidden secret blocked deleted accepted followed "
    "added requested".split()
)
_MY_NAME = re.compile(r"(?i)\bmy (?:full |real |own |first and last )?name\b")
_YES_FOUND = re.compile(rf"(?i)(?:\A|(?<=[\s,.!;:(])){_YES}(?![\w'’])")
_DONE_FOUND = re.compile(
    rf"(?i)(?:\A|(?<=[\s,.!;:(]))(?:{_DONE}(?![\w'’])|{_DOING}(?=\s{{0,2}}[!.,:]|\s(?:now|you|u)\b"
    rf"|\s*\Z))"
)
_NO = re.compile(
    r"(?i)\b(?:can'?t|cannot|can\s?not|won'?t|shouldn'?t|not\s(?:allowed|able|supposed|going|gonna"
    r"|comfortable|appropriate|on|a\sgood|until|while|before|yet)|isn'?t|aren'?t|don'?t\s(?:add"
    r"|accept|follow|do|have|use|think|friend|connect|get|give|share|let|really|mix)|do\snot|nope"
    r"|nah|sorry|unfortunately|polic(?:y|ies)|against|graduat\w*|rather\snot|better\snot"
    r"|keep\s(?:it|things|this)\s(?:to|on|in|at|here|about|school|profess)|professional\w*"
    r"|boundar\w+|school\s(?:account|e-?mail)|decline\w*|stick\sto|lo\ssiento|no\s(?:puedo"
    r"|se\spuede|debo|acepto|agrego|tengo|uso|gracias|can\sdo|way|thanks|i|it)|mejor\sno"
    r"|pol[ií]tica|never)\b|\bno\W{0,3}\Z|(?:\A|[.,!]\s*)no(?:[,.!]|\s(?!(?:problem|prob|worries"
    r"|biggie|doubt)\b))"
)


def _few(text: str, most: int) -> bool:
    return len(text) <= 200 and len(text.split()) <= most


def may_name(text: str) -> bool:
    """Whether a text is short and shaped as one that gives a handle or a name is."""
    return _few(text, LONGEST) and _HANDLE_SHAPE.search(text) is not None


def handle(text: str, *, plain: bool = True) -> tuple[int, int] | None:
    """The span of the handle that a short text gives, if it is one.

    Without `plain` a word must look made up for a network: a dot, a digit, an @.
    """
    if not may_name(text):
        return None
    bare_text = _ADDRESS.sub(lambda found: " " * len(found[0]), text)
    for match in _HANDLE.finditer(bare_text):
        bare = match[0].lstrip("@").rstrip(".-")
        if len(bare) > 2 and not _NOT_A_HANDLE.fullmatch(bare):
            start = match.end() - len(match[0].lstrip("@"))
            return start, start + len(bare)
    if not plain:
        return None
    for match in (*_PLAIN.finditer(bare_text), *filter(None, [_ALONE.match(bare_text)])):
        name = match["name"].rstrip(".-")
        if name.lower() not in _COMMON and not is_plain_word(name):
            return match.start("name"), match.start("name") + len(name)
    return None


def _may_agree(text: str) -> bool:
    return _few(text, LONGEST_YES) and _YES_SHAPE.search(text) is not None and not no(text)


def yes(text: str) -> tuple[int, int] | None:
    """The span of a yes in a short text that holds no no."""
    found = _YES_FOUND.search(text) if _may_agree(text) else None
    return found.span() if found else None


def done(text: str) -> tuple[int, int] | None:
    """The span of a "done" or "added" in a short text."""
    found = _DONE_FOUND.search(text) if _may_agree(text) else None
    return found.span() if found else None


def no(text: str) -> bool:
    """Whether a text declines, or puts off, or names a reason to."""
    return _NO.search(text[:2_000]) is not None


def own_name(text: str, names: Iterable[str]) -> tuple[int, int] | None:
    """The span of the writer's own name where a short text gives it as the name to look for."""
    if not may_name(text):
        return None
    spelled = "|".join(re.escape(name) for name in names if len(name) > 2)
    found = _MY_NAME.search(text)
    if found is None and spelled:
        found = re.search(rf"(?i)\b{_INTRO}\s+(?:me\s+)?(?:{spelled})\b", text)
    return found.span() if found else None
