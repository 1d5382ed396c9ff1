"""Social-media handles: given, asked for, and talk of networks that gives none."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.signals import handles
from rules.signals.handles import HINT, asked, find

FOUND = [
    ("my snap is mara.r", "mara.r", "Snapchat"),
    ("ig: coach_m", "coach_m", "Instagram"),
    ("IG - coach_m", "coach_m", "Instagram"),
    ("my ig is mararides", "mararides", "Instagram"),
    ("add me @mararides on insta", "mararides", "Instagram"),
    ("snap me at mara.r22", "mara.r22", "Snapchat"),
    ("discord: mara#1234", "mara#1234", "Discord"),
    ("add me on discord mara#1234", "mara#1234", "Discord"),
    ("follow @mara_x on tiktok", "mara_x", "TikTok"),
    ("mi insta es coach_m", "coach_m", "Instagram"),
    ("agrégame en insta: mara_r", "mara_r", "Instagram"),
    ("sígueme @mara.r", "mara.r", None),
    ("add me on snap: mara_r", "mara_r", "Snapchat"),
    ("add mara_r on snap", "mara_r", "Snapchat"),
    ("snap: @mara.", "mara", "Snapchat"),
    ("sc: mara.r", "mara.r", "Snapchat"),
    ("my snapchat username is mararides", "mararides", "Snapchat"),
    ("snapchat: mararides", "mararides", "Snapchat"),
    ("insta @mararides", "mararides", "Instagram"),
    ("Instagram = mararides", "mararides", "Instagram"),
    ("my handle on discord is mara_r", "mara_r", "Discord"),
    ("i'm mara.rides on insta", "mara.rides", "Instagram"),
    ("find me as mara99 on roblox", "mara99", "Roblox"),
    ("my roblox user is mara12", "mara12", "Roblox"),
    ("kik me at mara_99", "mara_99", "Kik"),
    ("follow me @mara_rides", "mara_rides", None),
    ("hmu @mararides", "mararides", None),
    ("tiktok/ig: coach_m", "coach_m", "Instagram"),
    ("my venmo is @mara-lee", "mara-lee", "Venmo"),
    ("cashapp: $mara", "mara", "Cash App"),
    ("telegram @mara_lee", "mara_lee", "Telegram"),
]

NOT_FOUND = """
@ 5pm
practice @5pm on the field
ig you're right
ig is fine
snap out of it
snap is down
oh snap mara
snap the picture at 3.5
signal flow
signal is weak
the signal: 5 volts
Steam: 100 degrees
line up at the door
akika
we talk about instagram and tiktok today
essay on Instagram by friday
TikTok is like 15 seconds
instagram is bad for you
twitter was founded in 2006
@coach thanks
thanks @ms_lee for the help
mara@example.com
instagram.com/mara
my insta is private
my snap is broken
facebook page is updated
discord is blocked here
follow the steps on facebook
follow the team on insta
don't add @mara
email me at a.b@school.test
the threads of the story: two
what is your name
""".strip().splitlines()

ASKED = [
    ("what's your snap?", "Snapchat"),
    ("whats ur insta", "Instagram"),
    ("drop your ig", "Instagram"),
    ("send me your discord", "Discord"),
    ("do you have discord?", "Discord"),
    ("you got snap?", "Snapchat"),
    ("are you on tiktok", "TikTok"),
    ("cuál es tu insta", "Instagram"),
    ("tienes whatsapp", "WhatsApp"),
]


def hinted(text: str) -> bool:
    return bool(pc.match_substring_regex(pa.array([text]), HINT)[0].as_py())


@pytest.mark.parametrize(("text", "handle", "network"), FOUND)
def test_handle_is_found(text: str, handle: str, network: str | None) -> None:
    (found,) = find(text)
    assert text[found.start : found.end] == found.handle == handle
    assert found.network == network
    assert hinted(text)


@pytest.mark.parametrize("text", NOT_FOUND)
def test_no_handle_is_found(text: str) -> None:
    assert find(text) == ()


@pytest.mark.parametrize(("text", "network"), ASKED)
def test_request_is_found(text: str, network: str) -> None:
    (request,) = asked(text)
    assert request.network == network
    assert hinted(text)


@pytest.mark.parametrize("text", ["what's your name?", "do you have a pencil?", "your essay"])
def test_no_request_is_found(text: str) -> None:
    assert asked(text) == ()


def test_hint_lets_ordinary_sentences_go() -> None:
    plain = ("see you at practice", "line up", "write to a@school.test", "x is 3", "add 3 and 4")
    assert not any(hinted(text) for text in plain)


WORDS_AND_SIGNS = (
    "my mi snap ig insta instagram discord kik signal tiktok is es : = - @ ＠ mara mara_r mara.r22 "
    "add follow dm me us on en at username what's your ur do you have ? . , / $ # ınsta İG ſnap "
    "Kik é sígueme"
)
PIECES = st.sampled_from([*WORDS_AND_SIGNS.split(), " ", " ", "\n"])
TEXTS = st.lists(PIECES, max_size=25).map("".join) | st.lists(PIECES, max_size=25).map(" ".join)


@settings(max_examples=800, deadline=None)
@given(TEXTS)
def test_hint_is_necessary_and_spans_lie_in_the_text(text: str) -> None:
    found, requests = find(text), asked(text)
    assert hinted(text) or not (found or requests)
    end = 0
    for handle in found:
        assert end <= handle.start < handle.end <= len(text)
        assert text[handle.start : handle.end] == handle.handle
        end = handle.end
    assert all(0 <= request.start < request.end <= len(text) for request in requests)


@pytest.mark.parametrize(
    "piece", ["@", "@a ", "snap ", "snap: ", "add ", "add me ", "my ig is mara_r ", "a_", "insta "]
)
def test_hostile_text_costs_bounded_work(piece: str) -> None:
    found = find(piece * (1_000_000 // len(piece)))
    assert len(found) <= handles.MAX_HANDLES
    assert all(handle.end <= handles.EXAMINED for handle in found)
    assert len(asked(piece * 500_000)) <= handles.MAX_HANDLES
