"""What the words and signs around digits say they are: somebody's phone, or some other number.

Rule of this file: it looks at a bounded stretch before and after a span of plain text and
answers yes or no; it reads no digits itself.
"""

from __future__ import annotations

import re
from bisect import bisect_right

_CONTACT = re.compile(
    r"(?i)\b(?:call\w{0,3}(?! ?number)|text(?:ed|ing|s)?(?! ?books?)|txt|cell(?:ular|phone)?"
    r"|phone|(?-i:[Pp]h)|mobile|reach|contact|whats ?app|imessage|facetime|ring|dial|sms"
    r"|message|msg|cel(?:ular|u)?|tel|hit me up|hmu|hit my line|my line"
    r"|tel[eé]fono|n[uú]mero|m[oó]vil|ll[aá]m[ae]\w{0,4}|m[aá]rca\w{0,4}|escr[ií]be\w{0,4}"
    r"|mensaje\w{0,4}|area code|lada"
    r"|(?<!the )(?<!this )(?<!each )(?<!random )(?<!whole )(?:number|num|digits))\b"
    r"|\b(?:my|mi) ?#|\b[cmph]:"
)
_NUMBERED_THINGS = (
    r"order|case|ticket|student|account|acct|claim|policy|part|item|model|member|patron|room|zip"
    r"|meeting|webinar|zoom|kahoot|purchase|library|gift|class|course|section|pin|po|lunch|form"
    r"|ref(?:erence)?|asset|access|entry|locker|bus|lot|check(?:out)?|book|call|game|permit|route"
    r"|flight|line item|budget|badge|device|laptop|chromebook|ipad|tag|license|plate|ncaa|ap|act"
    r"|sat|ceeb|fafsa|state|teacher|employee|grade|school|district|parking|space|jersey|roster"
    r"|team|copier|print(?:er|ing)?|wifi|quiz|test|exam|document|certificate|card|routing"
    r"|pedido|cuenta|orden|factura|caso|estudiante|alumno|almuerzo|sal[oó]n"
)
_NEVER_PHONES = (
    r"isbn(?:-1[03])?|issn|invoice|tracking|serial|sku|upc|ean|vin|ssn|ein|doi|crn|passcode"
    r"|password|routing|barcode|receipt|confirmation|factura|id|pin|p\.?o\.?|permit|reference|ref"
    r"|model|form|build|meeting|product|answers?|population|budget line|line item|grid|locker"
    r"|commit|hash|ndc|usps|ups|fedex|nces|ceeb|combo|combination|combinaci[oó]n|serie|clave|rastreo"
    r"|folio|contrase[nñ]a|recibo|zoom|kahoot|blooket|gimkit|quizizz|game|code|c[oó]digo|dewey"
)
_IS = r"(?:[ ]?[:#=\-]|[ ](?:is|was|es|are)){0,2}[ (]*\Z"
_NUMBERED = re.compile(
    rf"(?i)(?<!area )\b(?:(?:{_NUMBERED_THINGS})s?[ .]{{0,2}}"
    rf"(?:(?:id|no|num|number|code|card|#) ?\b\.?|[#:])"
    rf"|(?:{_NEVER_PHONES})\b(?: (?:no|num|number|code)\b\.?)?"
    rf"|(?:n[uú]mero de|no\. de|c[oó]digo de) (?!tel|cel|m[oó]v|whats|casa)\w{{2,12}}){_IS}"
)
_COUNTED = re.compile(
    r"(?i)\b(?:(?:order|case|ticket|student|account|room|rm|bus(?:e)?|class(?:e)?|page|grade|score"
    r"|section|period|course|locker|chapter|unit|item|model|part|lot|problem|exercise|question"
    r"|value|version|code|year|pin|zip|sequence|set|list|pattern|average|sum|product|total|row"
    r"|answer|jersey|weight|rep|split|table|coordinate|seat|flight|gate|respuesta|p[aá]gina"
    r"|problema|punto)s?|numbers|pp?|equals|data|mean|median|of|times|plus|minus|quotient|round"
    r"|digits of \w+|pi|lotto|lottery|count off|calculates?|compute|solve|write|multiply|divide"
    rf"|add|subtract|sal[oó]n|ver|rev|firmware|ios|android){_IS}"
)
_MATH = re.compile(
    r"(?i)\b(?:write (?!it|this|that|me|down)|round(?:ed|ing)?|factors?|express|divid\w{1,5}"
    r"|multipl\w{1,5}|subtract|simplify|place value|expanded form|scientific notation|standard form"
    r"|in words|digit sum|decimals?|remainder|numeral)\b"
)
_BEFORE_NO = re.compile(
    r"(?:[*×÷^<>%/\\$€£¥@&?_~]|\d[.,]|[^\W_]|\d[A-Za-z]{0,8}-|[0-9A-Fa-f]{4,}-)\Z"
    r"|(?:=[ ]*|[*×÷^][ ]+|[^\s\d]/|\d ?[+/][ ]*|\d x |-[.])\Z"
)
_BEFORE_YES = re.compile(r"(?i)(?:wa\.me/|(?:tel|sms|phone|cell|text|num)[:=](?://)?|phone=)\+?\Z")
_AFTER_NO = re.compile(
    r"[@_]|[^\W_]|[.,]\d|-[0-9A-Fa-f]{2,}\b| ?[=*×÷^%>€£$°]| ?<(?![-3])| ?[+/] ?\d{1,3}\b| x \d"
    r"|(?i: (?:dollars|bucks|people|meters|metres|feet|ft|km|miles|kg|lbs?|g/mol|points|pts|percent"
    r"|degrees|bytes|views|votes|squared|divided|times|plus|minus|is (?:an? )?(?:divisible|prime"
    r"|odd|even|multiple|solution|answer|sum|product|id\b))\b)"
    r"|(?i:[, ]{1,2}(?:pass(?:code|word)|pwd)\b)"
)
_PHONE = (
    r"(?:personal |home |new |own |private )?(?:cell(?: ?phone)?|phone|number|num|mobile|digits"
    r"|cel(?:ular)?|n[uú]mero|tel[eé]fono)"
)
_CLAIM_BEFORE = re.compile(
    rf"(?i)\b(?:(?:my|mi) {_PHONE}(?:'s| is| es|:)?|(?:call|text|txt|reach|hmu|ll[aá]mame)"
    r"(?: me)?(?: at| on| al)?)[ :,\-]{0,3}\Z"
)
_CLAIM_AFTER = re.compile(
    rf"(?i)[ ,\-–(]{{1,3}}(?:(?:is|it'?s|that'?s|es) )?(?:(?:my|mi) {_PHONE}"
    r"|(?:call|text|txt) me)\b"
)
_PAIRS = re.compile(r"\)\s?,\s?\(")
_WRAPPED = {"*": "*", "<": ">", "_": "_", "~": "~"}
_URL = re.compile(r"(?i)(?<![^\W_])(?:https?://|www\.)[^\s<>\"]{1,2000}")
_SHARED_NUMBER = re.compile(r"(?i)(?:wa\.me/|api\.whatsapp\.com/|whatsapp\.com/)[^\s]{0,40}\Z")
_EXTENSION = re.compile(r"(?i)\A(?:x|,? ?ext\.? ?)[0-9]{1,5}(?![^\W_])")
_MOST_ALONE = 30  # characters, and
_WORDS_ALONE = 2  # words beside a number that stands alone, next to
FILLER = frozenset(
    "ok okay k so its it's it is here heres here's the my lol haha hey hi yeah yes yep sure fine "
    "and just u you there wait oh um uh well pues bueno es mi el si aqui aquí ahi va ya y".split()
)
"""Words that say nothing about the digits beside them."""


def contact_near(plain: str, start: int, end: int) -> bool:
    """Whether a word of calling or texting stands near."""
    around = plain[max(0, start - 60) : start] + " \0 " + plain[end : end + 30]
    return _CONTACT.search(around) is not None


def contact_before(plain: str, start: int) -> bool:
    """Whether a word of calling or texting stands right before."""
    return _CONTACT.search(plain[max(0, start - 24) : start]) is not None


def claimed(plain: str, start: int, end: int) -> bool:
    """Whether the words right beside it call it a phone: "my cell is", "thats my phone"."""
    before, after = plain[max(0, start - 30) : start], plain[end : end + 30]
    return bool(_CLAIM_BEFORE.search(before) or _CLAIM_AFTER.match(after))


def is_list(plain: str, start: int, end: int) -> bool:
    """Whether it stands in brackets as a list of numbers, or holds pairs in brackets."""
    inside = plain[start:end]
    boxed = plain[max(0, start - 1) : start] in set("[{(") and plain[end : end + 1] in set("]})")
    return _PAIRS.search(inside) is not None or (boxed and "," in inside)


def alone(plain: str, start: int, end: int) -> bool:
    """Whether the text is these digits and next to nothing else."""
    if start > _MOST_ALONE or len(plain) - end > _MOST_ALONE:
        return False
    rest = plain[:start] + " " + plain[end:]
    words = [word for word in re.findall(r"[\w']+", rest.lower()) if word not in FILLER]
    return len(words) <= _WORDS_ALONE and not any(map(str.isdigit, rest))


def is_other_number(plain: str, start: int, end: int, *, weak: bool) -> bool:
    """Whether what stands just before or after says this is no phone number.

    `weak` asks for words that only tell where the digits alone do not look like a phone.
    """
    before, after = plain[max(0, start - 48) : start], plain[end : end + 24]
    before = before.rstrip("([+") if before[-1:] in "([+" else before
    if before and after and _WRAPPED.get(before[-1]) == after[0]:
        before, after = before.rstrip("*<_~"), after.lstrip("*>_~")
    after = _EXTENSION.sub("", after)
    if not _BEFORE_YES.search(before):
        if _NUMBERED.search(before) or (weak and _COUNTED.search(before)):
            return True
        if weak and (_MATH.search(before) or _MATH.search(after)):
            return True
        named = _CONTACT.search(before[-16:]) is not None
        sign = before.rstrip()[-1:]
        if sign in {"#", "="} and not named and before.strip() != "#":
            return True
        if _BEFORE_NO.search(before) and not (named and sign in {"=", "#", "@", "?"}):
            return True
    return _AFTER_NO.match(after) is not None or _in_long_digits(plain, start, end)


def _in_long_digits(plain: str, start: int, end: int) -> bool:
    """Whether the unbroken chunk around holds more digits than any phone number."""
    left = re.search(r"[^\s,;/|]{0,40}\Z", plain[max(0, start - 40) : start])
    right = re.match(r"[^\s,;/|]{0,40}", plain[end : end + 40])
    chunk = (left[0] if left else "") + plain[start:end] + (right[0] if right else "")
    return sum(character.isdigit() for character in chunk) > 15


class Urls:
    """Where the web addresses of a text are; digits in them are no number given to anybody."""

    def __init__(self, plain: str) -> None:
        spans = [found.span() for found in _URL.finditer(plain)]
        self._starts = [start for start, _ in spans]
        self._ends = [end for _, end in spans]
        self._plain = plain

    def hold(self, start: int) -> bool:
        """Whether a place lies in one, links made to call or write a number apart."""
        place = bisect_right(self._starts, start) - 1
        if place < 0 or start >= self._ends[place]:
            return False
        return not _SHARED_NUMBER.search(self._plain[self._starts[place] : start])
