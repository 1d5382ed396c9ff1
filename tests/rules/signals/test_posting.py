"""Addresses that publish what they get, and whose the content is by its words."""

from __future__ import annotations

import pytest

from rules.signals import posting
from rules.signals.school_material import denies_school, private_cues, school_cues


@pytest.mark.parametrize(
    "address",
    [
        "riverfans.x7k2p9@post.wordpress.com",
        "coachriver@tumblr.example.org",
        "upload@albums.example.com",
        "publica@muro.example.com",
        "bragwall@townboard.example.com",
        "m-river-9q4x@video.example.org",
        "newtopic@bitterrootmoms.example.net",
        "photos+k3j9x@album.example.org",
        "edits@townpedia.example.com",
    ],
)
def test_an_address_that_says_twice_that_it_publishes_posts(address: str) -> None:
    """By the name before the @ and by the domain."""
    assert posting.is_posting_address(address)
    assert posting.may_publish(address)


@pytest.mark.parametrize(
    "address",
    [
        "support@blog.example.net",
        "removals@teachermama.example.org",
        "orders@printhaus.example.com",
        "upload@printhub.example.net",
        "submit@artcontest.example.org",
        "upload@college.example.edu",
        "jordan.lopez27@videomail.example.com",
        "dave@example.org",
    ],
)
def test_vendors_support_and_people_do_not_post(address: str) -> None:
    """Whatever a single word of the address looks like."""
    assert not posting.is_posting_address(address)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("2nd graders in costume, room 6", "2nd graders"),
        ("charcoal hands by Jo L., ink by Sam W.", "Jo L."),
        ("los niños de tercero bailando", "niños de"),
        ("official Cedar Creek eagle", "cedar creek"),
        ("staff-only map of the new wing", "staff-only"),
    ],
)
def test_words_of_school_are_found_in_their_place(text: str, named: str) -> None:
    """Classes, students named as in class, the school's own name."""
    cues = school_cues(text, ("Cedar Creek Middle School",))
    assert named in [cue.words for cue in cues]
    assert all(text[cue.start : cue.end].lower().strip() == cue.words.lower() for cue in cues)


@pytest.mark.parametrize(
    "text", ["the last dahlias", "nine pictures by my husband", "se vende un sillón, $150"]
)
def test_words_of_private_life_are_found(text: str) -> None:
    """Garden, family, things for sale."""
    assert private_cues(text)
    assert not school_cues(text)


def test_words_may_deny_that_it_is_the_schools() -> None:
    """What they say counts before what they name."""
    assert denies_school("My own words on teaching, nothing from school.")
    assert not denies_school("Photos of my students from school.")
