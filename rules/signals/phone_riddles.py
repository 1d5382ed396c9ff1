"""A phone number told in its three groups among other words: "a = 406, b = 555, c = 0101".

Rule of this file: pure text in, at most one number out. Three groups of three, three and four
digits in order are a number only where the words ask to put them together or to ring.
"""

from __future__ import annotations

import re

from rules.signals.phones import Phone, e164_of

_BETWEEN = r"[^0-9\n]{1,24}"
_GROUPS = rf"\b\d{{3}}\b{_BETWEEN}\b\d{{3}}\b{_BETWEEN}\b\d{{4}}\b"
HINT: str = _GROUPS
"""Necessary for `find`."""

_FOUND = re.compile(
    rf"(?<![\d.,/$\-])(\d{{3}})(?!\d){_BETWEEN}(?<!\d)(\d{{3}})(?!\d){_BETWEEN}"
    r"(?<![\d$])(\d{4})(?![\d%])",
    re.ASCII,
)
_PUT_TOGETHER = re.compile(
    r"(?i)\b(?:side by side|together|in a row|in (?:that )?order|string (?:them|it)"
    r"|line (?:them|em) up|join|in one line|no signs|back to back|end to end"
    r"|rings?|dial(?:ing)?|call (?:me|it|that)"
    r"|text (?:me|it|that)|phone|juntos?|juntas?|seguidos?|m[aá]rcalo|ll[aá]ma(?:me|le))\b"
)
_SUM = re.compile(
    r"(?i)\b(?:sum|product|add(?:ed)?|total|solve|evaluate|simplify"
    r"|pages?|problems?|terms|order the)\b"
)
_RINGS = re.compile(r"(?i)\b(?:rings?|dial|call|text|phone|m[aá]rca\w{0,2}|ll[aá]ma\w{0,2})\b")
_LOOKED_AT = 5_000


def find(text: str) -> Phone | None:
    """The number that groups in order make, where the words ask to put them together."""
    text = text[:_LOOKED_AT]
    found = _FOUND.search(text)
    if found is None or not _PUT_TOGETHER.search(text):
        return None
    if _SUM.search(text) and not _RINGS.search(text):
        return None
    read = e164_of("".join(found.groups()))
    return Phone(*found.span(), read[0], "obfuscated", read[1]) if read else None
