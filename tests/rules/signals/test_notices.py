"""Networks' notices: who sends them, whom they name, and whether somebody asks or accepts."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from rules.signals.notices import HINT, MAX_NOTICES, is_network_mailer, names_in, notices

BROOKE = "Brooke Amundsen"
ASKS = """
brooke.amundsen (Brooke Amundsen) wants to follow you.
Hi Sadie, Brooke Amundsen sent you a friend request on Facebook.
Facebook: Brooke Amundsen wants to be friends with you
Brooke Amundsen invited you to connect
Brooke Amundsen has requested to follow you
Brooke Amundsen (@brooke_a) started following you
Brooke Amundsen (@brooke_a) is now following you on Twitter!
Brooke Amundsen added you as a friend on Snapchat
New friend request from Brooke Amundsen
You have a new follower: Brooke Amundsen
Brooke Amundsen is waiting for you to respond
Confirm Brooke Amundsen as a friend
Brooke Amundsen would like to add you to her professional network
Brooke Amundsen quiere ser tu amiga en Facebook
Brooke Amundsen te ha enviado una solicitud de amistad
Brooke Amundsen ha comenzado a seguirte
Nueva solicitud de amistad de Brooke Amundsen
""".strip().splitlines()
ACCEPTS = """
Brooke Amundsen accepted your friend request
Brooke Amundsen has accepted your invitation
You and Brooke Amundsen are now friends
You are now friends with Brooke Amundsen
Congratulations! You and Brooke Amundsen are now connected
brooke.amundsen (Brooke Amundsen) accepted your follow request
Brooke Amundsen followed you back
Brooke Amundsen is now your friend
Brooke Amundsen aceptó tu solicitud
Brooke Amundsen y tú ahora son amigos
""".strip().splitlines()
NEITHER = """
Brooke Amundsen liked your photo
See what Brooke Amundsen shared
People you may know: Brooke Amundsen
Brooke Amundsen invited you to the server Books
Brooke Amundsen sent you a message
Brooke Amundsen added you to the group
You sent Brooke Amundsen a friend request
Your code is 123456
""".strip().splitlines()


@pytest.mark.parametrize("text", [*ASKS, *ACCEPTS])
def test_who_asks_and_who_accepts(text: str) -> None:
    found = notices(text)
    assert any(BROOKE in one.names for one in found)
    assert {one.accepts for one in found} == {text in ACCEPTS}
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert pc.match_substring_regex(pa.array([text]), HINT)[0].as_py()


@pytest.mark.parametrize("text", NEITHER)
def test_other_notices_name_nobody_who_asks(text: str) -> None:
    assert notices(text) == ()


def test_a_name_on_a_line_of_its_own_and_a_voice_of_its_own() -> None:
    (found,) = notices("You have a new follower!\n\nBrooke Amundsen\n@brooke_a")
    (voice,) = notices("I'd like to add you to my professional network")
    assert BROOKE in found.names
    assert voice.names == ()


def test_names_come_likeliest_first() -> None:
    assert names_in("b.amundsen (Brooke Amundsen)")[0] == BROOKE
    assert names_in("Good news Brooke Amundsen")[-1] != BROOKE
    assert "brooke.a" in names_in("@brooke.a")
    assert names_in("") == ()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("notification@facebookmail.com", True),
        ("no-reply@mail.instagram.com", True),
        ("invitations@linkedin.com", True),
        ("noreply@redditmail.com", True),
        ("x@notfacebookmail.com", False),
        ("x@facebookmail.com.example.org", False),
        ("facebookmail.com", True),
        ("x@com", False),
        ("", False),
    ],
)
def test_a_mailer_is_known_by_its_domain(address: str, expected: bool) -> None:
    assert is_network_mailer(address) is expected


@pytest.mark.parametrize("piece", ["a wants to follow you ", "friend request from ", "Aa Bb ", " "])
def test_hostile_notices_cost_bounded_work(piece: str) -> None:
    assert len(notices(piece * (400_000 // len(piece)))) <= MAX_NOTICES
