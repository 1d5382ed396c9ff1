"""Groups, servers and pages a text points to, by link and words; talk that points nowhere."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.signals import groups, links
from rules.signals.groups import Group, find

BY_WORDS = """
I made a group chat on snap, get in there
join our discord, ask me for the link
únanse al grupo de whatsapp
everyone hop on the gc
yo I started a GroupMe for the team, text me ur number n ill add u
if ur not in the groupchat yet lmk and ill add u
The team Snapchat group is where I'll post any last minute changes so make sure you're in it
Hop on our minecraft server this weekend
join my realm code is abc123
We use Discord for Science Olympiad. Ask any captain for an invite.
métanse al grupo de insta que hizo la capitana
ya los agregué al chat de whatsapp del coro
I added everybody to a group text, mute it if you want
Like our page on Facebook: Lakeside Robotics
I set up a private Facebook group for AP Lit. Request to join and I'll approve you.
We're switching from Remind to GroupMe. I'll add you all tonight.
I moved everyone over to Discord, Canvas announcements are too slow
got a new gc going for the relay, you in?
wanna join our discord?
Ask me for the link to the server
If you don't have Discord, download it and join the team server tonight.
Not in the WhatsApp group yet? Send me your number.
heyyy made us an insta gc, accept the invite
Follow the wrestling team on Twitter for bracket updates
We have a class Instagram now! Follow @mrsriver_period3 for pics of our labs.
Follow @lakeviewtrack on Twitter, meet results get tweeted there
we r all in the discord come thru
El grupo del equipo está en GroupMe, únete hoy por favor
Sígannos en Instagram: @lakesidefolklorico
Let me know your discord so I can add you to the server
We will communicate through WhatsApp this season.
You are invited to the "Lake Robotics" Slack. Sign in with your personal gmail.
hola chicas ya está el grupo de whatsapp del baile folklórico, únanse porfa
Denle like a la página de Facebook del equipo para ver las fotos
New this year: the library has its own TikTok! Follow us @lakelibrary for book talk.
u 3 r in a gc w me now lol
Get added to the seniors' GroupMe by Friday please
DON'T FORGET TO JOIN OUR DISCORD
Ladies, schedule changes go out on the team GroupMe. Your parents can join too.
""".strip().splitlines()

NOWHERE = """
Don't join any group chat that claims to be from the school.
The chat you mention isn't ours, so I can't answer there.
Somebody set up a chat with my name and class in it. It isn't mine.
No personal stories from group chats please.
Group chat simulation (paper): you're the three people who see the rumor.
I heard about what was said in the group chat. Please bring screenshots to Ms. Ibsen.
I can't join your group chat, sorry. District rules.
Get off the group chat and do your homework lol
Join the study group at lunch in room 12.
Join the Canvas group I set up for project 2.
Join the Teams channel for Algebra I.
Let me know if the group text feature in Remind isn't working.
Your server needs to toss higher, watch the film on Hudl.
Log in to the school server with your student ID.
TikTok's "following" page isn't the same as "for you". Use the diagram in the packet.
Mock profile: design an Instagram profile for a character in The Odyssey.
In the case study the Facebook group spread the rumor. Who is responsible?
Tell your parents the boosters' Facebook group is for parents only.
The PTA has a Facebook group, your mom may like it
Who started the group chat about Mr. Oak?
Are you in a group chat with Sam? His mom is worried.
There's a lot of discord in the Senate in act 3.
Put it in your group chat so the others know too please
Students made a gc for homework answers; that is cheating.
If somebody asks you to join a Discord server you don't know, tell an adult.
We do not have a team GroupMe, whatever you heard. Updates are on Canvas.
I deleted the team GroupMe in August because the district asked us to. Use Canvas.
The STEAM group presents first
Minecraft club meets Tuesday in 204, bring your Chromebook
Esports: practice on the school PCs in room 12, Discord stays closed during school.
No tenemos grupo de WhatsApp, todo va por Canvas
formen grupos de tres y lean la página 20
El grupo de WhatsApp de los papás no es para alumnos
Thanks for the invite to the Discord but I have to say no
Our page in the yearbook is due Friday, check the group photo.
my snap is mara.r09, add me
The Instagram account that pretends to be our school is fake, please report it.
Follow NASA on Instagram if you like this unit, @nasa
I put my lecture on YouTube, watch it before class
""".strip().splitlines()

LINKED = [
    ("https://discord.gg/abcd1234", "Discord"),
    ("discord dot gg slash abcd1234", "Discord"),
    ("chat.whatsapp.com/AbCdEf123", "WhatsApp"),
    ("t.me/joinchat/AAAA", "Telegram"),
    ("https://www.facebook.com/groups/otherxc", "Facebook"),
    ("groupme.com/join_group/998877/xYz", "GroupMe"),
    ("https://signal.group/#CjQKIF", "Signal"),
    ("m.me/j/AbbCdd", "Messenger"),
    ("https://band.us/n/a1b2c3", "BAND"),
    ("https://join.slack.com/t/physicsclub/shared_invite/zt-123", "Slack"),
    ("line.me/ti/g/abc", "LINE"),
    ("ig.me/j/abc", "Instagram"),
    ("https://www.snapchat.com/invite/abcdef", "Snapchat"),
    ("https://www.strava.com/clubs/lakexc", "Strava"),
    ("steamcommunity.com/groups/lakesidegamers", "Steam"),
    ("https://www.roblox.com/groups/12345/Lakeside", "Roblox"),
    ("https://sleeper.com/i/AbC123", None),
]


def found(text: str, *, to_many: bool = False) -> list[Group]:
    links_in = links.find(text)
    return find(text, links_in, links_in, to_many=to_many)


def hinted(text: str) -> bool:
    return bool(pc.match_substring_regex(pa.array([text]), groups.HINT)[0].as_py())


@pytest.mark.parametrize("text", BY_WORDS)
def test_words_that_point_to_a_group(text: str) -> None:
    assert found(text)
    assert hinted(text)


@pytest.mark.parametrize("text", NOWHERE)
def test_talk_that_points_nowhere(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(("text", "network"), LINKED)
def test_links_to_groups(text: str, network: str | None) -> None:
    """Alone, and told from one that somebody warns of."""
    (group,) = found(f"here you go: {text} see you")
    assert (group.network, group.is_page, group.urls) == (
        network,
        False,
        (links.find(text)[0].url,),
    )
    assert hinted(text)
    assert found(f"Don't join {text}, it isn't ours.") == []
    assert found(f"Parents only: {text}") == []


def test_words_about_a_link_are_that_link() -> None:
    """And words about another network are another group."""
    link = "https://groupme.com/join_group/1/a"
    assert [one.urls for one in found(f"Join our GroupMe, the team group chat: {link}")] == [
        (link,)
    ]
    both = found(f"Join our GroupMe {link} or hop on our discord, ask me for the link")
    assert [one.network for one in both] == ["GroupMe", "Discord"]


def test_a_page_is_ours_by_the_words_beside_it() -> None:
    assert found("Our team page: https://www.instagram.com/riverrunners")[0].is_page
    assert found("see https://www.instagram.com/riverrunners") == []
    assert found("my page: https://www.instagram.com/riverrunners") == []
    assert found("the museum's page https://www.facebook.com/museum has the sources") == []


def test_the_handle_of_a_page_tells_its_address() -> None:
    (page,) = found("Follow our team on Instagram, @river_runners, for pics.")
    assert page.urls == ("https://instagram.com/river_runners",)


def test_a_public_forum_is_a_source_unless_it_is_ours() -> None:
    assert found("interesting thread https://www.reddit.com/r/askscience") == []
    assert found("our class subreddit: https://www.reddit.com/r/lakesidecs")


@pytest.mark.parametrize(
    "text",
    [
        "Message me on WhatsApp instead of Canvas from now on",
        "Questions tonight? ask on Discord not Canvas, I'm always on there",
        "everyone needs to get on GroupMe",
    ],
)
def test_a_class_is_pointed_to_an_app_by_its_name(text: str) -> None:
    """To one student the same words ask for private contact, which is another rule's."""
    assert found(text, to_many=True)
    assert "everyone" in text or not any(one.sure > 0.6 for one in found(text))
    assert found("We study WhatsApp instead of letters today", to_many=True) == []


@pytest.mark.parametrize(
    "text",
    ["let's move this to Discord", "we can talk on WhatsApp later", "put it on Snapchat for me"],
)
def test_a_place_for_two_to_talk_is_no_group(text: str) -> None:
    """It is one when it is said to a class."""
    assert found(text) == []


def test_the_span_is_that_of_the_words() -> None:
    text = "Hi Jo,\n\nhere is news. Join\nour   Discord now!"
    (group,) = found(text)
    assert text[group.start : group.end] == "our   Discord"


PIECES = st.sampled_from(
    "join our the my discord snap group chat gc link ask me for invite . ! ? \n we use follow us "
    "on instagram page @lakexc https://discord.gg/a not don't parents your Í ſ K made".split()
)
TEXTS = st.lists(PIECES, max_size=20).map(" ".join)


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.booleans())
def test_hint_is_necessary_and_spans_lie_in_the_text(text: str, to_many: bool) -> None:
    pointed = found(text, to_many=to_many)
    assert hinted(text) or not pointed
    assert all(0 <= one.start < one.end <= len(text) for one in pointed)
    assert [one.start for one in pointed] == sorted(one.start for one in pointed)


@pytest.mark.parametrize("piece", ["the gc ", "our discord ", "my ", "a-", "we use ", "\n- ", "'"])
def test_hostile_text_gives_a_bounded_answer(piece: str) -> None:
    pointed = found(piece * (200_000 // len(piece)))
    assert len(pointed) <= 5
