"""Addresses that publish, addresses of those who do, and the words that ask them to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.signals.posting import (
    asks_to_publish,
    is_posting_address,
    is_web_desk,
    may_publish,
    sites_behind,
)

POSTS = """
lvboosterfan.q8x2zk17vd@post.wordpress.com
riverfans.s3cr3t@blogger.com
x1y2z3@tumblr.com
many12dogs@photos.flickr.com
post@bananas.posthaven.com
jo+1234@post.livejournal.com
post@larkfans.example.org
blog+x7k2p9@larkfans.example.org
larkfans+post@example.org
post.8f3k2@fanblog.example.net
upload@pictures.example.net
photos+k3j9x@album.example.org
q8x2zk17vd@post.example.org
""".split()

NO_POSTS = """
support@tumblr.com
no-reply@blogger.com
jo.lopez@example.org
mary.post@example.org
post.jo77@example.net
news@gazette.example.org
jo@post.example.edu
someone@washingtonpost.com
post@gmail.com
poster@example.org
vfw.post@legion.example.org
""".split()

DESKS = """
news@gazette.example.org
sports@gazette.example.org
letters.editor@gazette.example.org
submissions@prepnews.example.org
webmaster@boosters.example.org


""".split()


@pytest.mark.parametrize("address", POSTS)
def test_mail_to_it_is_published(address: str) -> None:
    assert is_posting_address(address)
    assert may_publish(address)


@pytest.mark.parametrize("address", NO_POSTS)
def test_mail_to_it_is_read_by_somebody(address: str) -> None:
    assert not is_posting_address(address)


@pytest.mark.parametrize("address", DESKS)
def test_somebody_behind_it_publishes_for_others(address: str) -> None:
    assert is_web_desk(address)
    assert may_publish(address)
    assert not is_posting_address(address)


@given(st.text(max_size=60))
def test_any_text_has_an_answer(address: str) -> None:
    assert may_publish(address) in (True, False)


@pytest.mark.parametrize(
    "text",
    [
        "Please post the attached photos.",
        "go ahead and put up the team photo with the school logo",
        "Could you put these on your website?",
        "Here is the roster for the site.",
        "feel free to use the pictures on your Facebook page",
        "Can you get the honor roll online by Friday?",
        "PLEASE PUBLISH",
        "por favor publiquen la lista de honor en la página",
    ],
)
def test_words_that_ask_to_publish(text: str) -> None:
    span = asks_to_publish(text)
    assert span is not None
    assert text[slice(*span)].strip()


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for covering the game last night.",
        "The score was 21-14.",
        "Please call me about the interview.",
        "I put in a request with the coach.",
        "we will pick up the papers",
        "",
    ],
)
def test_words_that_do_not(text: str) -> None:
    assert asks_to_publish(text) is None


def test_an_approval_may_name_the_domain_or_the_site_of_a_service() -> None:
    assert sites_behind("news@gazette.example.org") == ("gazette.example.org",)
    assert sites_behind("larkpress.x7k2@post.wordpress.com") == (
        "post.wordpress.com",
        "larkpress.wordpress.com",
    )
    assert sites_behind("larkpress.x7k2@blogger.com")[1] == "larkpress.blogspot.com"
