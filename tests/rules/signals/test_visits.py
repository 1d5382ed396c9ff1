"""Visits to social networks: which hosts are one, and an extent that is read as it was written."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from rules.signals import visits
from rules.signals.networks import by_domain, look_up

AT = datetime(2025, 11, 4, 10, 5, 30)


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.facebook.com", "facebook.com"),
        ("M.Facebook.COM", "facebook.com"),
        ("facebook.com.", "facebook.com"),
        ("x.com", "x.com"),
        ("mobile.twitter.com", "twitter.com"),
        ("web.snapchat.com", "snapchat.com"),
        ("old.reddit.com", "reddit.com"),
        ("discord.gg", "discord.gg"),
        ("www.twitch.tv", "twitch.tv"),
        ("www.roblox.com", "roblox.com"),
        ("a.b.c.tiktok.com", "tiktok.com"),
        # not a social network, or not that one
        ("netflix.com", None),
        ("www.fox.com", None),
        ("notfacebook.com", None),
        ("facebook.com.example.org", None),
        ("facebook.example.org", None),
        ("connect.facebook.net", None),
        ("scontent.xx.fbcdn.net", None),
        ("i.ytimg.com", None),
        ("www.youtube.com", None),  # a teaching resource
        ("open.spotify.com", None),
        ("larkvalley.slack.com", None),
        ("venmo.com", None),
        ("linktr.ee", None),
        ("education.minecraft.net", None),
        ("203.0.113.7", None),
        ("[2001:db8::1]", None),
        ("com", None),
        ("", None),
        (".", None),
    ],
)
def test_a_host_counts_by_the_domain_it_lies_in(host: str, domain: str | None) -> None:
    assert visits.domain_of(host) == domain
    found = re.search(visits.pattern(), f"1.1 CONNECT {host}:443 mriver")
    assert found or domain is None


def test_every_domain_that_counts_is_of_the_table_and_of_a_kind_that_counts() -> None:
    assert len(visits.by_domain()) > 40
    for domain, name in visits.by_domain().items():
        network = by_domain()[domain]
        assert (network.name, look_up(domain)) == (name, network)
        assert network.kind in visits.KINDS
    kinds = {by_domain()[domain].kind for domain in visits.by_domain()}
    assert kinds == visits.KINDS


@pytest.mark.parametrize(
    ("host", "part"),
    [
        ("platform.twitter.com", True),
        ("px.ads.linkedin.com", True),
        ("tr.snapchat.com", True),
        ("edge-mqtt.facebook.com", True),
        ("graph.facebook.com", True),
        ("ANALYTICS.tiktok.com", True),
        ("www.facebook.com", False),
        ("ads.com", False),  # the network's own domain is never a part
        ("web.whatsapp.com", False),
        ("i.instagram.com", False),
    ],
)
def test_parts_of_other_pages_are_known_by_the_first_label(host: str, part: bool) -> None:
    assert visits.is_part(host) is part


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/tr", True),
        ("/tr/", True),
        ("/plugins/like.php", True),
        ("/v2.8/plugins/comments.php", True),
        ("/widgets.js", True),
        ("/", False),
        ("", False),
        ("/travis", False),
        ("/embedded.artist", False),
        ("/groups/7", False),
    ],
)
def test_and_by_the_path(path: str, part: bool) -> None:
    assert bool(re.match(visits.EMBEDDED_PATH, path)) is part


@pytest.mark.parametrize(
    ("extent", "end", "requests"),
    [
        ("until 10:41:07, 37 requests", datetime(2025, 11, 4, 10, 41, 7), 37),
        ("until 10:05:30, 1 request", AT, 1),
        ("until 10:05:29, 3 requests", AT, 3),  # written without fractions; the clock went back
        ("until 2025-11-05 07:00:00, 9 requests", datetime(2025, 11, 5, 7), 9),
    ],
)
def test_an_extent_is_read(extent: str, end: datetime, requests: int) -> None:
    assert visits.read("x.com", AT, extent) == ("x.com", AT, end, requests)


@pytest.mark.parametrize(
    "extent",
    ["", "hello", "until 25:00:00, 3 requests", "until 10:41:07", "until 2025-02-30 10:00:00, 3 r"],
)
def test_what_is_no_extent_is_no_visit(extent: str) -> None:
    assert visits.read("x.com", AT, extent) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("x.com", "twitter.com", True),
        ("www.facebook.com", "fb.com", True),
        ("x.com", "facebook.com", False),
        ("example.org", "example.org", False),
    ],
)
def test_domains_of_one_network(one: str, other: str, same: bool) -> None:
    assert visits.same_network(one, other) is same
