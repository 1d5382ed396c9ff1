"""The writer's own sites and media, by link, handle and words; lessons and others' are none."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.signals import links, own_media
from rules.signals.own_media import Name, OwnMedia, find
from rules.signals.phrases import Phrases

RIVER = Name("mara", "river")

OWN = """
subscribe to my channel, https://www.youtube.com/@banasroadtrips, it is me, my wife and the camper
Subscribe to my channel!
I stream on Twitch most nights, come hang
im live on twitch tonight come watch
my twitch is pixelowl
venmo me @mara-river for the pizza
my cashapp is $mararr if anyone wants to chip in
You can Venmo @Mara-River-4 for the hoodies
Here's my Amazon wish list in case anyone asks: https://www.amazon.com/hz/wishlist/ls/ABC123
check out my blog, I write about our farm: https://marasfarm.blogspot.com
new episode of my podcast is up, it's called Two Tired Moms, on Spotify
My etsy shop is open again if you want stickers: etsy.com/shop/RiverMakes
Our family vlog is on YouTube, search The Rivers Run
please share my gofundme
look at my insta https://www.instagram.com/mara.river, the trip pics are there
mi canal de youtube es Cocina con Mara, suscríbanse
lean mi blog, https://lacasaderiver.blogspot.com
paypal.me/tomoak works too
you can zelle me
if you want to see the baby pics they're on my private story
drop a like on my latest video https://youtu.be/abc123, it's our Yellowstone trip
https://www.twitch.tv/riverplays
https://www.instagram.com/pixelowl
omg you guys I hit 500 subs, go watch the new one on my channel
my wife's and my channel is The Oak Homestead, it has all our goats
I sell candles on Etsy, the shop is RiverWicks
my band's page: https://theoaktrees.bandcamp.com
Our wedding website has all the pictures, theoaks2025.example.org
check out my photography site www.marariverphoto.example.org
sigan mi canal de twitch, hago directos los viernes
""".strip().splitlines()

NONE = """
my channel on Canvas is the place for questions
Watch my lesson video on factoring: https://youtu.be/abc123
My YouTube channel has all the chem lecture videos: https://www.youtube.com/@mroakchem
my website has the notes for 3.1
Your blog post is due Friday.
Podcast assignment: record five minutes in the library booth.
I can't share my Instagram with students, sorry. School policy.
My account is private, and please don't look for my channel.
I deleted my YouTube channel years ago
How did you find my channel? Please leave it alone.
Crash Course video on the Enlightenment: https://www.youtube.com/watch?v=EnlghtLesson7
https://www.youtube.com/@veritasium has a great video on gyroscopes
Watch TED-Ed: https://www.youtube.com/@TEDEd
My classroom wish list: glue sticks, tissues.
My wish list for you all: sleep, breakfast, and kindness.
My DonorsChoose page is about new calculators
my store of patience is running out, turn in the essay
My page 3 has a typo, ignore it.
Use my playlist of lesson videos on YouTube for the review
Please do not Venmo me, pay at the office.
Your Venmo unit: compute the fees on a $20 payment
You asked about my podcast mic: it's the school's
Practice tracks are on my SoundCloud: https://soundcloud.com/lakechoirtracks
my snap is mara.r09, add me
wa.me/14065550142
https://discord.gg/river
Screencast on my channel: how to balance equations, https://youtu.be/xyz789
I was up late grading, no time for my blog lol
Subscribe to the school newspaper!
Our team page: https://www.instagram.com/riverrunners
""".strip().splitlines()


def found(text: str, *writers: Name) -> list[OwnMedia]:
    links_in = links.find(text)
    return find(text, links_in, links_in, writers)


def hinted(text: str) -> bool:
    parts = pa.array([text])
    return any(pc.match_substring_regex(parts, one)[0].as_py() for one in own_media.HINT)


@pytest.mark.parametrize("text", OWN)
def test_a_way_to_something_of_ones_own(text: str) -> None:
    assert found(text, RIVER)
    assert hinted(text)


@pytest.mark.parametrize("text", NONE)
def test_lessons_refusals_and_what_is_not_ones_own(text: str) -> None:
    assert found(text, RIVER) == []


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("pictures are up https://www.instagram.com/mara_river99", 0.85),
        ("pictures are up https://www.instagram.com/coach.river", 0.6),
        ("pictures are up now https://www.instagram.com/somebody", 0),
        ("a good read on the river: https://www.youtube.com/watch?v=1", 0),
    ],
)
def test_an_address_with_the_writers_name_is_the_writers(text: str, sure: float) -> None:
    """All of it surer than a family name, which a river has too."""
    assert max((one.sure for one in found(text, RIVER)), default=0) == sure


def test_short_names_count_only_in_full() -> None:
    lee = Name("ana", "lee")
    assert found("see https://www.instagram.com/ana.lee", lee)
    assert found("see the fleet here at the museum https://www.instagram.com/fleetweek", lee) == []


def test_a_link_stands_for_the_words_around_it() -> None:
    text = "Subscribe to my channel https://www.youtube.com/@x!"
    (own,) = found(text)
    assert text[own.start : own.end] == "https://www.youtube.com/@x"
    assert own.urls == ("https://www.youtube.com/@x",)


@pytest.mark.parametrize("name", ["media", "channel", "site", "payments"])
def test_every_word_for_media_is_in_the_hint(name: str) -> None:
    """Else the rule would be blind to it."""
    words = Phrases("media_words")
    plain = [one for one in words.entries(name) if one.replace(" ", "").isalpha()]
    texts = [f"check out my {one}, subscribe: it's called Low Tide" for one in plain]
    assert plain
    assert [text for text in texts if found(text) and not hinted(text)] == []


PIECES = st.sampled_from(
    "my channel blog subscribe to check out venmo me @mara https://youtu.be/a page site "
    "https://www.instagram.com/mara not don't . ! \n i stream on twitch lesson Í ſ K videos".split()
)
TEXTS = st.lists(PIECES, max_size=20).map(" ".join)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_hint_is_necessary_and_spans_lie_in_the_text(text: str) -> None:
    own = found(text, RIVER)
    assert hinted(text) or not own
    assert all(0 <= one.start < one.end <= len(text) for one in own)


@pytest.mark.parametrize("piece", ["my channel ", "my ", "venmo me ", "i ", "youtu.be/a my ", "'"])
def test_hostile_text_gives_a_bounded_answer(piece: str) -> None:
    assert len(found(piece * (200_000 // len(piece)), RIVER)) <= 3_000
