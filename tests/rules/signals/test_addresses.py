"""E-mail addresses: plain, obfuscated, and what only looks like one."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.signals import addresses
from rules.signals.addresses import HINT, find

FOUND = [
    # text, the stretch found (None: all of it), the address, how it is spelled
    ("write mara@mail.example today", "mara@mail.example", "mara@mail.example", "plain"),
    ("mara.lee@school.example.", "mara.lee@school.example", "mara.lee@school.example", "plain"),
    ("<mara@mail.test>", "mara@mail.test", "mara@mail.test", "plain"),
    ("(mara@example.com)", "mara@example.com", "mara@example.com", "plain"),
    ('"mara@example.org"', "mara@example.org", "mara@example.org", "plain"),
    ("mailto:mara@example.org", "mara@example.org", "mara@example.org", "plain"),
    ("MARA@Example.COM", None, "mara@example.com", "plain"),
    ("mara+club@example.net", None, "mara+club@example.net", "plain"),
    ("mara_lee-9@mx.example.net", None, "mara_lee-9@mx.example.net", "plain"),
    ("mara@example.com.Thanks", "mara@example.com", "mara@example.com", "plain"),
    ("mara@example.com,lee@example.com"[:16], None, "mara@example.com", "plain"),
    ("from Lee\nmara@example.com\nbye", "mara@example.com", "mara@example.com", "plain"),
    ("mara＠example.com", None, "mara@example.com", "obfuscated"),
    ("mara@ example.com", None, "mara@example.com", "obfuscated"),
    ("mara.lee @ example.com", None, "mara.lee@example.com", "obfuscated"),
    ("mara@example dot com", None, "mara@example.com", "obfuscated"),
    ("mara at example dot com", None, "mara@example.com", "obfuscated"),
    ("I am mara at example dot com", "mara at example dot com", "mara@example.com", "obfuscated"),
    ("mara(at)example(dot)com", None, "mara@example.com", "obfuscated"),
    ("mara [at] example [dot] org", None, "mara@example.org", "obfuscated"),
    ("mara{at}example{dot}org", None, "mara@example.org", "obfuscated"),
    ("mara (at) example.com", None, "mara@example.com", "obfuscated"),
    ("mara<at>example.com", None, "mara@example.com", "obfuscated"),
    ("mara AT example.com", None, "mara@example.com", "obfuscated"),
    ("mara_lee at example.com", None, "mara_lee@example.com", "obfuscated"),
    ("mara dot lee at example dot com", None, "mara.lee@example.com", "obfuscated"),
    ("mara underscore lee at example dot com", None, "mara_lee@example.com", "obfuscated"),
    ("mara arroba example punto com", None, "mara@example.com", "obfuscated"),
    ("mara[@]example[.]com", None, "mara@example.com", "obfuscated"),
]

NOT_FOUND = """
look at school dot
meet at noon.thanks
@handle
ask @mara.lee on insta
a@b
int@matrix.shape
see you at 5.
practice @ 5pm
look at example.com
find us at example dot com
find it at example.org today
lunch at example.com
mara@host.invalid
mara@localhost
x@y.zzzz
me @ noon.thanks
email me at example dot com
v@1.2
price is 3@2.50
at the dot com boom
http://user@example.com/
https://user:pass@example.com/path
mara at school
arrive at 8.30
@@@
mara@@example.com
mara@.com
we met at st. example
sign up at example dot org
""".strip().splitlines()


def hinted(text: str) -> bool:
    return bool(pc.match_substring_regex(pa.array([text]), HINT)[0].as_py())


@pytest.mark.parametrize(("text", "stretch", "address", "spelled"), FOUND)
def test_address_is_found(text: str, stretch: str | None, address: str, spelled: str) -> None:
    (found,) = find(text)
    assert text[found.start : found.end] == (stretch or text)
    assert (found.address, found.spelled) == (address, spelled)
    assert hinted(text)


@pytest.mark.parametrize("text", NOT_FOUND)
def test_no_address_is_found(text: str) -> None:
    assert find(text) == ()


def test_mail_providers_need_no_dot_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find("write to mara at example.com") == ()
    monkeypatch.setattr(addresses, "MAIL_PROVIDERS", frozenset(["example.com"]))
    (found,) = find("write to ana at example.com")
    assert found.address == "ana@example.com"


def test_several_addresses() -> None:
    found = find("mara@example.com, lee@example.org; kim at example dot net")
    assert [each.address for each in found] == [
        "mara@example.com",
        "lee@example.org",
        "kim@example.net",
    ]


def test_hint_lets_ordinary_sentences_go() -> None:
    assert not any(hinted(text) for text in ("see you at practice", "@mara hi", "meet at noon"))


WORDS_AND_SIGNS = (
    "mara lee example com org test at AT arroba @ ＠ . dot punto (at) [at] (dot) [.] "
    "( ) < > _ - + underscore ı İ ſ K é 5"
)
PIECES = st.sampled_from([*WORDS_AND_SIGNS.split(), " ", " ", "\n", "\u00a0"])
TEXTS = st.lists(PIECES, max_size=30).map("".join) | st.lists(PIECES, max_size=30).map(" ".join)


@settings(max_examples=600, deadline=None)
@given(TEXTS)
def test_hint_is_necessary_and_spans_lie_in_the_text(text: str) -> None:
    found = find(text)
    assert hinted(text) or not found
    end = 0
    for address in found:
        assert end <= address.start < address.end <= len(text)
        end = address.end
        assert address.spelled == "obfuscated" or "@" in text[address.start : address.end]


@pytest.mark.parametrize("piece", ["@", "a@", "a@b.", "a at ", "mara@example.com ", "a.", "(at)"])
def test_hostile_text_costs_bounded_work(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0
    validated = addresses._validated

    def counted(address: str) -> str | None:
        nonlocal calls
        calls += 1
        assert len(address) < 400
        return validated(address)

    monkeypatch.setattr(addresses, "_validated", counted)
    found = find(piece * (1_000_000 // len(piece)))
    assert calls <= addresses.MAX_SIGNS
    assert all(address.end <= addresses.EXAMINED for address in found)
