"""Phone numbers: what is found, what is not, and how much work hostile text may cost."""

from __future__ import annotations

import sys
import unicodedata

import phonenumbers
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.signals import phones
from rules.signals.phones import HINT, Phone, find

NUMBER = "+14065550142"
WORDS = "four oh six five five five zero one four two"

FOUND = [
    # text, the stretch found, E.164, how it is spelled
    ("call (406) 555-0142 tonight", "(406) 555-0142", NUMBER, "digits"),
    ("406.555.0142", "406.555.0142", NUMBER, "digits"),
    ("406-555-0142.", "406-555-0142", NUMBER, "digits"),
    ("my cell is 4065550142", "4065550142", NUMBER, "digits"),
    ("406 555 0142", "406 555 0142", NUMBER, "digits"),
    ("406 5550142", "406 5550142", NUMBER, "digits"),
    ("406555-0142", "406555-0142", NUMBER, "digits"),
    ("1-406-555-0142", "1-406-555-0142", NUMBER, "digits"),
    ("+1 (406) 555-0142", "+1 (406) 555-0142", NUMBER, "digits"),
    ("406/555-0142", "406/555-0142", NUMBER, "digits"),
    ("406_555_0142", "406_555_0142", NUMBER, "digits"),
    ("406, 555, 0142", "406, 555, 0142", NUMBER, "digits"),
    ("Mr Lee\n406-555-0142\nthanks", "406-555-0142", NUMBER, "digits"),
    ("tel:+14065550142", "+14065550142", NUMBER, "digits"),
    ("wa.me/14065550142", "14065550142", NUMBER, "digits"),
    ("my # is 406-555-0142", "406-555-0142", NUMBER, "digits"),
    ("cell = 406-555-0142", "406-555-0142", NUMBER, "digits"),
    ("room 12, 406-555-0142", "406-555-0142", NUMBER, "digits"),
    ("406\n555\n0142", "406\n555\n0142", NUMBER, "digits"),
    ("(800) 555-0142", "(800) 555-0142", "+18005550142", "digits"),
    ("1-888-555-0142", "1-888-555-0142", "+18885550142", "digits"),
    ("4 0 6 5 5 5 0 1 4 2", "4 0 6 5 5 5 0 1 4 2", NUMBER, "obfuscated"),
    ("4-0-6-5-5-5-0-1-4-2", "4-0-6-5-5-5-0-1-4-2", NUMBER, "obfuscated"),
    ("4.0.6.5.5.5.0.1.4.2", "4.0.6.5.5.5.0.1.4.2", NUMBER, "obfuscated"),
    ("call 4, 0, 6, 5, 5, 5, 0, 1, 4, 2", "4, 0, 6, 5, 5, 5, 0, 1, 4, 2", NUMBER, "obfuscated"),
    ("4 0 6\n5 5 5\n0 1 4 2", "4 0 6\n5 5 5\n0 1 4 2", NUMBER, "obfuscated"),
    ("call 40 65 55 01 42", "40 65 55 01 42", NUMBER, "obfuscated"),
    ("406 dot 555 dot 0142", "406 dot 555 dot 0142", NUMBER, "obfuscated"),
    ("4O6-555-OI42", "4O6-555-OI42", NUMBER, "obfuscated"),
    ("4 O 6 5 5 5 O 1 4 2", "4 O 6 5 5 5 O 1 4 2", NUMBER, "obfuscated"),
    ("4o6 555 ol42", "4o6 555 ol42", NUMBER, "obfuscated"),
    ("４０６５５５０１４２", "４０６５５５０１４２", NUMBER, "obfuscated"),
    ("４０６－５５５－０１４２", "４０６－５５５－０１４２", NUMBER, "obfuscated"),
    ("④⓪⑥⑤⑤⑤⓪①④②", "④⓪⑥⑤⑤⑤⓪①④②", NUMBER, "obfuscated"),
    ("4\u200b0\u200b6-555-0142", "4\u200b0\u200b6-555-0142", NUMBER, "obfuscated"),
    (
        "x " + "".join(f"{digit}\ufe0f\u20e3" for digit in "4065550142") + " y",
        "".join(f"{digit}\ufe0f\u20e3" for digit in "4065550142"),
        NUMBER,
        "obfuscated",
    ),
    (f"hit me up, {WORDS}", WORDS, NUMBER, "words"),
    (f"{WORDS} one more thing", WORDS, NUMBER, "words"),
    ("four-oh-six five fifty-five oh one forty-two", None, NUMBER, "words"),
    ("four oh six, five five five, zero one four two", None, NUMBER, "words"),
    ("four hundred six, triple five, zero one four two", None, NUMBER, "words"),
    ("cuatro cero seis cinco cinco cinco cero uno cuatro dos", None, NUMBER, "words"),
    ("406 five five five 0142", None, NUMBER, "words"),
    ("406 dash five five five dash 0142", None, NUMBER, "words"),
    ("text me at 555-0142", "555-0142", None, "digits"),
    ("my cell 5550142", "5550142", None, "digits"),
    ("mi número es 555 0142", "555 0142", None, "digits"),
    (
        "text five five five oh one four two",
        "five five five oh one four two",
        None,
        "words",
    ),
]

NOT_FOUND = """
we won 21-14
21-14, 35-28, 17-10 and 42-7
due 2025-10-14
due 2025-10-14 12
on 10/14/2025
2025-10-14 18:30
at 10:30-11:15 and 12:30-1:15
room 2145
bus 12 leaves 3 05
order #4065550142
order number 4065550142
student id 4065550142
student id: 4065550
invoice 406-555-0142
case no. 406-555-0142
ISBN 0-306-40615-2
isbn 978-0-306-40615-7
zip 59840-1234
account 4065550142
confirmation 4065550142
meeting ID: 406 555 0142
192.168.1.100
serial 4065550142
406*555+0142
4065550142 + 5 = 4065550147
x = 4065550142
4065550142 / 2
4 x 406 555 0142
550e8400-e29b-41d4-a716-446655440142
$4065550142
$406,555,0142
123456789012345678901234567890
tracking 9400 1000 0000 0000 0000 00
1Z999AA10123456784
school years 2019-2020, 2020-2021, 2021-2022
1 2 3 4 5 6 7 8 9 10
one two three four five six seven eight nine ten
uno dos tres cuatro cinco seis siete ocho nueve diez
2 4 6 8 10 12 14 16
call 988
call 911 first
555-0142
0x4065550142
4065550142abc
https://site.example/4065550142
https://site.example/?p=4065550142
4065550142@mail.example
scores: 90 85 77 92 88
text the pages 212-2450
call me at 5 on 10/14/2025
3.14159265358979
pi is 3 1 4 1 5 9 2 6 5 3
data: 7 8 8 9 9 9 6 7 5 8
mean of 2 0 6 5 5 5 0 1 4 2
the numbers 14, 25, 36, 47, 58
0 0 0 0 0 0 0 0 0 0
bc1q4065550142xyz
12,345,678,901
MATH-101-2025-4065
someone told two of the nine
""".strip().splitlines()


def hinted(text: str) -> bool:
    return bool(pc.match_substring_regex(pa.array([text]), HINT)[0].as_py())


@pytest.mark.parametrize(("text", "stretch", "e164", "spelled"), FOUND)
def test_number_is_found(text: str, stretch: str | None, e164: str, spelled: str) -> None:
    (phone,) = find(text)
    assert text[phone.start : phone.end] == (stretch or text)
    assert (phone.e164, phone.spelled) == (e164, spelled)
    assert hinted(text)


@pytest.mark.parametrize("text", NOT_FOUND)
def test_no_number_is_found(text: str) -> None:
    assert find(text) == ()


def test_toll_free_numbers_say_so() -> None:
    for area in ("800", "888", "877", "866", "855", "844", "833"):
        (phone,) = find(f"help line {area}-555-0142")
        assert phone.kind == "tollfree"
    assert find("406-555-0142")[0].kind == "number"


def test_local_number_takes_the_area_code_that_is_given() -> None:
    (phone,) = find("text me at 555-0142", local_area="406")
    assert phone == Phone(11, 19, NUMBER, "digits")


def test_several_numbers_in_one_text() -> None:
    text = f"406-555-0142 o 406-555-0143, or {WORDS}"
    assert [phone.e164 for phone in find(text)] == [NUMBER, "+14065550143", NUMBER]


def test_foreign_number_with_its_country_code() -> None:
    (phone,) = find("+52 55 1234 5678")
    assert phone.e164 == "+525512345678"


def test_hint_knows_every_digit_python_knows() -> None:
    digits = [
        chr(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.decimal(chr(code), None) is not None
    ]
    rows = pa.array([digit * 7 for digit in digits])
    assert pc.all(pc.match_substring_regex(rows, HINT)).as_py()


def test_hint_lets_ordinary_sentences_go() -> None:
    assert not any(
        hinted(text) for text in ("see you at 3:15 in room 214", "one of the two", "due 10/14")
    )


WORDS_AND_SIGNS = (
    "4 0 6 5 555 0142 406 4065550142 555-0142 four oh six five zero one two forty fifty hundred "
    "triple double cinco cero y dot dash o O l I call text # $ ( ) + - . , / = : x \u200b \ufe0f "
    "\u20e3 ４ ⓪ – [ ] _ room id order"
)
PIECES = st.sampled_from([*WORDS_AND_SIGNS.split(), " ", " ", " ", "\n"])
TEXTS = st.lists(PIECES, max_size=40).map("".join) | st.lists(PIECES, max_size=40).map(" ".join)


@settings(max_examples=600, deadline=None)
@given(TEXTS)
def test_hint_is_necessary_and_spans_lie_in_the_text(text: str) -> None:
    found = find(text)
    assert hinted(text) or not found
    end = 0
    for phone in found:
        assert end <= phone.start < phone.end <= len(text)
        end = phone.end
        again = text[phone.start : phone.end]
        digits = [c for c in again if unicodedata.decimal(c, None) is not None]
        if phone.spelled == "digits" and phone.e164:
            assert phone.e164[-4:] in "".join(digits)


@pytest.mark.parametrize(
    "piece",
    ["4", "4 ", "406-555-0142 ", "four ", "o", "(", "4(", "1-", "double ", "0 o ", "+1", "\u20e3"],
)
def test_hostile_text_costs_bounded_work(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = {"matcher": 0, "parse": 0}
    matcher, parse = phonenumbers.PhoneNumberMatcher, phonenumbers.parse

    def counted_matcher(text: str, *rest: object) -> object:
        calls["matcher"] += 1
        assert len(text) < 3_000
        return matcher(text, *rest)  # type: ignore[arg-type]

    def counted_parse(*rest: object) -> object:
        calls["parse"] += 1
        return parse(*rest)  # type: ignore[arg-type]

    monkeypatch.setattr(phonenumbers, "PhoneNumberMatcher", counted_matcher)
    monkeypatch.setattr(phonenumbers, "parse", counted_parse)
    found = find(piece * (1_000_000 // len(piece)))
    assert calls["matcher"] <= phones.MAX_RUNS
    assert calls["parse"] <= phones.MAX_LOOKUPS
    assert all(phone.end <= phones.EXAMINED for phone in found)
