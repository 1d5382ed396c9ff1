"""What people say of being contacts: kind, network, how sure; and the short answers to it."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.signals import answers, friending, handles
from rules.signals.friending import acts
from rules.signals.friending_words import ACCEPT_HINT, INVITE_HINT, Kind
from rules.signals.tools import masked, shipped

INVITE, OFFER, SENT, ACCEPT = Kind.INVITE, Kind.OFFER, Kind.SENT, Kind.ACCEPT
SAID = [
    ("add me on snap", INVITE, "Snapchat", False),
    ("I'm on insta. Add me!", INVITE, "Instagram", False),
    ("add me on socials", INVITE, friending.ANY_NETWORK, False),
    ("send me a friend request", INVITE, None, True),
    ("add me", INVITE, None, False),
    ("add me back", INVITE, None, True),
    ("we should be snap friends", INVITE, "Snapchat", False),
    ("why don't you add me on snap", INVITE, "Snapchat", False),
    ("sígueme en tiktok", INVITE, "TikTok", False),
    ("agrégame al face", INVITE, "Facebook", False),
    ("can i add you on discord?", OFFER, "Discord", False),
    ("ill add u", OFFER, None, False),
    ("can't wait to add you on insta", OFFER, "Instagram", False),
    ("I sent you a request on fb", SENT, "Facebook", False),
    ("just sent u a follow request", SENT, None, True),
    ("te mandé una solicitud de amistad", SENT, None, True),
    ("added you", SENT, None, False),
    ("added you back", ACCEPT, None, True),
    ("accepted your request", ACCEPT, None, False),
    ("accepted your request on fb", ACCEPT, "Facebook", False),
    ("I saw your friend request and accepted it", ACCEPT, None, True),
]
NOT_SAID = """
please don't add me on snap
you tried to add me on snap
write "add me on snap" on the poster
she added you on insta
your mom sent me a friend request
once you graduate you can add me on Facebook
my account was hacked, ignore the friend request from me
follow me to the gym
add me to the list
add me as an editor
add me on Remind
I accepted your request for an extension
added you back to the group
""".strip().splitlines()


def hinted(text: str, *hints: str) -> bool:
    return any(pc.match_substring_regex(pa.array([text]), hint)[0].as_py() for hint in hints)


@pytest.mark.parametrize(("text", "kind", "network", "sure"), SAID)
def test_what_is_said(text: str, kind: Kind, network: str | None, sure: bool) -> None:
    (act,) = acts(text)
    assert (act.kind, act.network, act.sure) == (kind, network, sure)
    assert act.certain is bool(network or sure)


@pytest.mark.parametrize("text", NOT_SAID)
def test_what_is_not_said(text: str) -> None:
    assert not any(act.certain for act in acts(masked(text, shipped())))


def test_a_network_is_named_clearly_or_not_at_all() -> None:
    assert friending.named("i posted it on Instagram") == "Instagram"
    assert friending.named("do u have snap") == "Snapchat"
    assert friending.named("oh snap, ig so") is None


@pytest.mark.parametrize(
    ("text", "handle"),
    [
        ("mara.r_22", "mara.r_22"),
        ("haha ok it's @mara_r", "mara_r"),
        ("mara#4471", "mara#4471"),
        ("mine is mararides", "mararides"),
        ("mararidesfar", "mararidesfar"),
        ("see you at 3pm in rm204", None),
        ("it's fine", None),
        ("definitely", None),
        ("write to m.river@school.example", None),
        ("a.m. only, ch.3 and essay.pdf", None),
        ("one two three four five six seven eight nine ten eleven twelve m.r_22", None),
    ],
)
def test_a_handle_as_an_answer(text: str, handle: str | None) -> None:
    span = answers.handle(text)
    assert (text[slice(*span)] if span else None) == handle
    assert span is None or hinted(text, answers.HANDLE_HINT)


def test_a_plain_word_is_a_handle_only_where_one_was_asked_for() -> None:
    assert answers.handle("mine is mararides", plain=False) is None
    assert answers.handle("mine is mara_rides", plain=False) is not None


@pytest.mark.parametrize(
    ("text", "yes", "done", "no"),
    [
        ("sure", True, False, False),
        ("Yes of course Jo! But let's keep it between us ok", True, False, False),
        ("no problem, added", True, True, False),
        ("ok just did", True, True, False),
        ("Following! Great shots.", False, True, False),
        ("following the plan", False, False, False),
        ("claro que sí", True, False, False),
        ("Sorry, I can't accept students, school policy.", False, False, True),
        ("sure, after graduation", False, False, True),
        ("haha no", False, False, True),
        ("no puedo", False, False, True),
    ],
)
def test_yes_done_and_no(text: str, yes: bool, done: bool, no: bool) -> None:
    assert (bool(answers.yes(text)), bool(answers.done(text)), answers.no(text)) == (yes, done, no)
    assert not (yes or done) or hinted(text, answers.YES_HINT)


def test_the_own_name_given_to_be_found_by() -> None:
    assert answers.own_name("just search mara river", ["Mara", "River"])
    assert answers.own_name("it's my full name", ["Mara"])
    assert not answers.own_name("see mara in the office", ["Mara"])


WORDS = (
    "add follow friend befriend request accept me you u ya added followed accepted following back "
    "my your ur the a snap insta ig discord fb on as to friend request sent send can i will ill "
    "don't not she mom once you graduate te agregué sígueme solicitud yes no done sure its im "
    'mara.r_22 @mara ? . , ! " ¤¤¤ en face accepting'
)
TEXTS = st.lists(st.sampled_from([*WORDS.split(), "\n"]), max_size=20).map(" ".join)


@settings(max_examples=600, deadline=None)
@given(TEXTS)
def test_hints_are_necessary_and_spans_lie_in_the_text(text: str) -> None:
    end = 0
    for act in acts(text):
        assert end <= act.start < act.end <= len(text)
        end = act.end
        hints = [ACCEPT_HINT, INVITE_HINT, answers.YES_HINT]
        assert hinted(text, *hints, *([handles.HINT] if act.network else []))
    if span := answers.handle(text):
        assert 0 <= span[0] < span[1] <= len(text)
        assert hinted(text, answers.HANDLE_HINT)
    for found in (answers.yes(text), answers.done(text)):
        assert found is None or hinted(text, answers.YES_HINT)


@pytest.mark.parametrize(
    "piece", ["add ", "add me ", "i added you ", " " * 7 + "add", "on ", "request from ", "you me "]
)
def test_hostile_text_costs_bounded_work(piece: str) -> None:
    text = piece * (500_000 // len(piece))
    assert len(acts(text)) <= friending.MAX_ACTS
    assert answers.yes(text) is answers.done(text) is answers.handle(text) is None
    friending.named(text)
    answers.no(text)


def test_a_tool_is_masked_whole() -> None:
    names = frozenset({"google classroom", "minecraft education"})
    text = "Add me on Google  Classroom and in minecraft education, not on minecraft"
    plain = masked(text, names)
    assert len(plain) == len(text)
    assert "lassroom" not in plain
    assert plain.endswith(", not on minecraft")
    assert masked(text, frozenset()) == text
    assert "duolingo" in shipped()
