"""Links: URLs, bare and spelled domains, what they lead to, and what is no link."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.signals import links
from rules.signals.links import HINT, find, kind_of, network_of
from rules.signals.networks import NETWORKS

FOUND = [
    # text, the stretch found (None: all of it), the URL it means, the registered domain
    ("see http://example.com now", "http://example.com", "http://example.com", "example.com"),
    ("https://a.example.org/x?y=1#z", None, "https://a.example.org/x?y=1#z", "example.org"),
    ("HTTPS://EXAMPLE.COM", None, "https://EXAMPLE.COM", "example.com"),
    ("(https://example.com/a_(b))", "https://example.com/a_(b)", None, "example.com"),
    ("[x](https://example.com/a)", "https://example.com/a", None, "example.com"),
    ("https://example.com/a...", "https://example.com/a", None, "example.com"),
    ('"https://example.com/a"', "https://example.com/a", None, "example.com"),
    ("https://example.com:8080/a", None, "https://example.com:8080/a", "example.com"),
    ("https://user@example.com/a", None, "https://user@example.com/a", "example.com"),
    ("http://localhost:8081/", None, "http://localhost:8081/", ""),
    ("www.example.org, ok", "www.example.org", "https://www.example.org", "example.org"),
    ("example.org", None, "https://example.org", "example.org"),
    ("Example.Com/Mara", None, "https://Example.Com/Mara", "example.com"),
    ("go to example.com.", "example.com", "https://example.com", "example.com"),
    ("<example.com/a>", "example.com/a", "https://example.com/a", "example.com"),
    ("mara.example", None, "https://mara.example", "mara.example"),
    ("instagram.com/mara", None, "https://instagram.com/mara", "instagram.com"),
    ("discord.gg/abc!", "discord.gg/abc", "https://discord.gg/abc", "discord.gg"),
    ("www.mara.test", None, "https://www.mara.test", "mara.test"),
    ("пример.example", None, "https://пример.example", "пример.example"),
    ("https://bücher.example/", None, "https://bücher.example/", "bücher.example"),
    ("hxxps://example[.]com/a", None, "https://example.com/a", "example.com"),
    ("example[.]com/a", None, "https://example.com/a", "example.com"),
    ("instagram dot com slash mara", None, "https://instagram.com/mara", "instagram.com"),
    ("discord (dot) gg / abc", None, "https://discord.gg/abc", "discord.gg"),
    ("instagram punto com", None, "https://instagram.com", "instagram.com"),
    ("t dot me slash mara", None, "https://t.me/mara", "t.me"),
    ("look at example.com", "example.com", "https://example.com", "example.com"),
    ("https://example.com\ufeff", "https://example.com", "https://example.com", "example.com"),
]

NOT_FOUND = """
see ch3.pdf
it is 3.5
e.g. this
i.e. that
install node.js
main.py
read notes.md
version 1.2.3
10.0.0.1
10.1.2.3/abc
meet at noon.thanks
see you.Me too
thanks.Us two
look at school dot
the dot com boom
on the dot me and you
mara@example.com
mara.lee@school.test
mara(at)example.com
https://
https://.example.org
https://?
htps://example.org
_https://a.test/x
mara.invalid
example.org:700000
and/or
3.5/7
U.S. history
p.m.
/home/mara/run.pl
""".strip().splitlines()

PLACES = [
    ("instagram.com/mara", "Instagram", "profile"),
    ("https://www.instagram.com/p/abc/", "Instagram", "other"),
    ("www.snapchat.com/add/mara", "Snapchat", "profile"),
    ("https://www.tiktok.com/@mara", "TikTok", "profile"),
    ("https://www.tiktok.com/@mara/video/12", "TikTok", "other"),
    ("m.facebook.com/groups/12", "Facebook", "group"),
    ("facebook.com/mara.lee", "Facebook", "profile"),
    ("x.com/mara", "X", "profile"),
    ("https://x.com/mara/status/1", "X", "other"),
    ("discord.gg/abc", "Discord", "group"),
    ("discord.com/invite/abc", "Discord", "group"),
    ("chat.whatsapp.com/AbC", "WhatsApp", "group"),
    ("wa.me/14065550142", "WhatsApp", "profile"),
    ("t.me/+abc", "Telegram", "group"),
    ("t.me/mara", "Telegram", "profile"),
    ("https://signal.group/#abc", "Signal", "group"),
    ("groupme.com/join_group/1/a", "GroupMe", "group"),
    ("youtube.com/@mara", "YouTube", "profile"),
    ("https://www.youtube.com/watch?v=1", "YouTube", "other"),
    ("youtu.be/abc", "YouTube", "other"),
    ("twitch.tv/mara", "Twitch", "profile"),
    ("roblox.com/users/12/profile", "Roblox", "profile"),
    ("steamcommunity.com/id/mara", "Steam", "profile"),
    ("venmo.com/u/mara", "Venmo", "profile"),
    ("cash.app/$mara", "Cash App", "profile"),
    ("paypal.me/mara", "PayPal", "profile"),
    ("https://www.amazon.com/hz/wishlist/ls/1", "Amazon wish list", "profile"),
    ("mara.tumblr.com", "Tumblr", "profile"),
    ("mara.blogspot.com", "Blogger", "profile"),
    ("linktr.ee/mara", "Linktree", "profile"),
    ("example.org/mara", None, "other"),
    ("instagram.com.example/mara", None, "other"),
]


def hinted(text: str) -> bool:
    return bool(pc.match_substring_regex(pa.array([text]), HINT)[0].as_py())


@pytest.mark.parametrize(("text", "stretch", "url", "domain"), FOUND)
def test_link_is_found(text: str, stretch: str | None, url: str | None, domain: str) -> None:
    (link,) = find(text)
    assert text[link.start : link.end] == (stretch or text)
    assert (link.url, link.registered_domain) == (url or stretch, domain)
    assert link.host.endswith(domain)
    assert hinted(text)


@pytest.mark.parametrize("text", NOT_FOUND)
def test_no_link_is_found(text: str) -> None:
    assert find(text) == ()


@pytest.mark.parametrize(("text", "network", "kind"), PLACES)
def test_place_is_named(text: str, network: str | None, kind: str) -> None:
    (link,) = find(text)
    assert (network_of(link), kind_of(link)) == (network, kind)


def test_domain_of_a_mail_provider_after_at_is_no_link(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "MAIL_PROVIDERS", frozenset(["example.com"]))
    assert find("mara at example.com") == find("mara at example dot com") == ()
    assert find("mara at example.org") != ()


def test_no_domain_belongs_to_two_networks() -> None:
    domains = [domain for network in NETWORKS for domain in network.domains]
    assert len(domains) == len(set(domains))


def test_hint_lets_ordinary_sentences_go() -> None:
    plain = ("see ch3.pdf", "it is 3.5.", "See you. Come soon", "e.g. this", "thanks...ok")
    assert not any(hinted(text) for text in plain)


WORDS_AND_SIGNS = (
    "http:// https:// hxxp:// www. example instagram discord com org .com .gg .test .рф . / ? # : "
    "@ [.] (dot) dot punto slash at mara x 3 80 ( ) [ ] < > _ - ı İ ſ K é"
)
PIECES = st.sampled_from([*WORDS_AND_SIGNS.split(), " ", " ", "\n"])
TEXTS = st.lists(PIECES, max_size=30).map("".join) | st.lists(PIECES, max_size=30).map(" ".join)


@settings(max_examples=600, deadline=None)
@given(TEXTS)
def test_hint_is_necessary_and_spans_lie_in_the_text(text: str) -> None:
    found = find(text)
    assert hinted(text) or not found
    end = 0
    for link in found:
        assert end <= link.start < link.end <= len(text)
        end = link.end
        first_label = link.host.split(".")[0]
        assert first_label in text[link.start : link.end].lower()
        assert kind_of(link) in {"profile", "group", "other"}


@pytest.mark.parametrize(
    "piece", ["a.", "a.com ", "http://", "http://a.com/", ")", "a dot ", "a dot com ", "[.]", "/"]
)
def test_hostile_text_costs_bounded_work(piece: str) -> None:
    found = find(piece * (1_000_000 // len(piece)))
    assert len(found) <= links.MAX_LINKS
    assert all(link.end <= links.EXAMINED for link in found)
    assert all(link.end - link.start <= 2_400 for link in found)
