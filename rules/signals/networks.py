"""The services staff and students may meet on outside school, as one table.

Rule of this file: data and lookups by name only. A pattern is matched at the start of
"host/path?query#fragment" in lower case, the host without www. or m. in front. Spoken names
that are also everyday words stand under `ambiguous`: more must speak for them. `bound` names are
more everyday still and count only right behind "add me on", "my" or "your".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rules.signals.pastimes import PASTIMES

MAIL_PROVIDERS = frozenset(
    "gmail.com googlemail.com yahoo.com ymail.com outlook.com hotmail.com live.com msn.com "
    "icloud.com me.com mac.com aol.com proton.me protonmail.com gmx.com zoho.com mail.com".split()
)
"""Domains after "name at" that make it an e-mail address and not a place to look at."""

_NAME = r"@?[\w.\-]+/?(?:[?#]|$)"


@dataclass(frozen=True, slots=True)
class Network:
    """One service: its domains, what a profile and a group look like, what people call it."""

    name: str
    kind: str  # social, chat, gaming, streaming, payment, page
    domains: tuple[str, ...] = ()
    profile: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    spoken: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    bound: tuple[str, ...] = ()


def _row(
    name: str,
    kind: str,
    domains: str,
    *,
    profile: Iterable[str] = (),
    group: Iterable[str] = (),
    spoken: str = "",
    ambiguous: str = "",
    bound: str = "",
) -> Network:
    """A row of the table; domains and names are parted by commas."""
    split = [
        tuple(part.strip() for part in cell.split(",") if part.strip())
        for cell in (domains, spoken, ambiguous, bound)
    ]
    return Network(name, kind, split[0], tuple(profile), tuple(group), *split[1:])


NETWORKS: tuple[Network, ...] = (
    _row(
        "Instagram",
        "social",
        "instagram.com, instagr.am, ig.me",
        profile=[
            rf"instagram\.com/(?!p/|reels?/|explore|tv/|accounts|direct|about){_NAME}",
            r"instagram\.com/stories/[\w.]+",
            r"instagr\.am/(?!p/)[\w.]+",
            r"ig\.me/m/",
        ],
        group=[r"ig\.me/j/"],
        spoken="instagram, insta, instas, igs, finsta, instagran, instagarm, intagram, instgram",
        ambiguous="ig",
        bound="gram",
    ),
    _row(
        "Snapchat",
        "chat",
        "snapchat.com",
        profile=[r"(?:story\.)?snapchat\.com/(?:add|u|t|@)"],
        group=[r"snapchat\.com/(?:g|group)/"],
        spoken="snapchat, snap chat, snapcode, snapcaht, snpchat",
        ambiguous="snap, snaps, sc, snp",
    ),
    _row(
        "TikTok",
        "social",
        "tiktok.com",
        profile=[r"tiktok\.com/@[\w.]+/?(?:[?#]|$)"],
        spoken="tiktok, tik tok, tictok, tiktoc",
        ambiguous="tt",
    ),
    _row(
        "Facebook",
        "social",
        "facebook.com, fb.com, fb.me, fb.watch, fb.gg",
        profile=[
            r"facebook\.com/profile\.php",
            r"facebook\.com/people/",
            r"(?:facebook|fb)\.(?:com|me)/"
            rf"(?!groups|events|watch|share|sharer|marketplace|login|pages/?$){_NAME}",
        ],
        group=[r"(?:facebook|fb)\.(?:com|me)/(?:groups|g|pages)/"],
        spoken="facebook, face book, fbook",
        ambiguous="fb",
        bound="face, feis",
    ),
    _row(
        "Messenger",
        "chat",
        "messenger.com, m.me",
        profile=[r"m\.me/(?!j/)[\w.]+", r"messenger\.com/t/"],
        group=[r"m\.me/j/"],
        spoken="fb messenger, facebook messenger",
    ),
    _row(
        "X",
        "social",
        "x.com, twitter.com",
        profile=[rf"(?:x|twitter)\.com/(?!i/|home|search|hashtag|share|intent|explore){_NAME}"],
        group=[r"(?:x|twitter)\.com/i/communities/"],
        spoken="twitter",
        bound="x",
    ),
    _row(
        "Threads",
        "social",
        "threads.net, threads.com",
        profile=[r"threads\.(?:net|com)/@[\w.]+/?(?:[?#]|$)"],
        ambiguous="threads",
    ),
    _row(
        "Bluesky",
        "social",
        "bsky.app, bsky.social",
        profile=[r"bsky\.app/profile/[\w.\-]+/?$", r"[\w\-]+\.bsky\.social"],
        spoken="bluesky, bsky",
    ),
    _row(
        "Discord",
        "chat",
        "discord.gg, discord.com, discordapp.com, dsc.gg",
        profile=[r"discord(?:app)?\.com/users/"],
        group=[
            r"(?:discord|dsc)\.gg/\w",
            r"discord(?:app)?\.com/(?:invite|channels|servers)/",
        ],
        spoken="discord",
        ambiguous="disc",
        bound="dc",
    ),
    _row(
        "WhatsApp",
        "chat",
        "whatsapp.com, wa.me",
        profile=[r"wa\.me/", r"(?:api|web)\.whatsapp\.com/send", r"whatsapp\.com/(?:send|contact)"],
        group=[r"chat\.whatsapp\.com/\w", r"whatsapp\.com/channel/"],
        spoken="whatsapp, whats app, whatsap, wasap, guasap",
        ambiguous="wa",
    ),
    _row(
        "Telegram",
        "chat",
        "t.me, telegram.me, telegram.org, telegram.dog",
        profile=[r"(?:t|telegram)\.(?:me|dog)/(?!joinchat|s/|share)\w+/?(?:[?]|$)"],
        group=[r"(?:t|telegram)\.(?:me|dog)/(?:\+|joinchat/|s/|c/)"],
        spoken="telegram",
        ambiguous="tg",
        bound="tele",
    ),
    _row(
        "Signal",
        "chat",
        "signal.me, signal.group, signal.art",
        profile=[r"signal\.me/"],
        group=[r"signal\.group/"],
        ambiguous="signal",
    ),
    _row("Kik", "chat", "kik.me, kik.com", profile=[r"kik\.me/\w", r"kik\.com/u/"], spoken="kik"),
    _row(
        "GroupMe",
        "chat",
        "groupme.com",
        profile=[r"groupme\.com/contact/"],
        group=[r"(?:web\.|app\.)?groupme\.com/join_group/"],
        spoken="groupme, group me",
    ),
    _row(
        "Slack",
        "chat",
        "slack.com",
        group=[r"join\.slack\.com/", r"[\w\-]+\.slack\.com"],
    ),
    _row(
        "LINE",
        "chat",
        "line.me",
        profile=[r"line\.me/(?:ti/p|r/ti/p)"],
        group=[r"line\.me/(?:ti/g|r/ti/g)"],
        bound="line",
    ),
    _row(
        "WeChat", "chat", "wechat.com, weixin.qq.com", spoken="wechat", profile=[r"u\.wechat\.com/"]
    ),
    _row("Viber", "chat", "viber.com", group=[r"invite\.viber\.com/"], spoken="viber"),
    _row("Skype", "chat", "skype.com", group=[r"join\.skype\.com/"], spoken="skype"),
    _row("BAND", "chat", "band.us", group=[r"band\.us/(?:n/|@|band/)"]),
    _row("NGL", "social", "ngl.link", profile=[r"ngl\.link/\w"]),
    _row(
        "Pinterest",
        "social",
        "pinterest.com, pin.it",
        profile=[rf"pinterest\.com/(?!pin/|search|ideas){_NAME}"],
        spoken="pinterest",
    ),
    _row(
        "Tumblr",
        "social",
        "tumblr.com",
        profile=[r"(?!api)[\w\-]+\.tumblr\.com", rf"tumblr\.com/(?!dashboard|search|login){_NAME}"],
        spoken="tumblr",
    ),
    _row(
        "Reddit",
        "social",
        "reddit.com, redd.it",
        profile=[r"(?:old\.)?reddit\.com/u(?:ser)?/"],
        group=[r"(?:old\.)?reddit\.com/r/[\w]+/?$"],
        spoken="reddit",
    ),
    _row(
        "LinkedIn",
        "social",
        "linkedin.com, lnkd.in",
        profile=[r"linkedin\.com/in/"],
        spoken="linkedin, linked in",
    ),
    _row(
        "YouTube",
        "streaming",
        "youtube.com, youtu.be",
        profile=[r"youtube\.com/(?:@|channel/|c/|user/)"],
        spoken="youtube, yt",
    ),
    _row(
        "Twitch",
        "streaming",
        "twitch.tv",
        profile=[rf"twitch\.tv/(?!videos|directory|search|p/){_NAME}"],
        spoken="twitch",
    ),
    _row("Kick", "streaming", "kick.com", profile=[rf"kick\.com/(?!browse){_NAME}"]),
    _row(
        "Venmo",
        "payment",
        "venmo.com",
        profile=[rf"(?:account\.)?venmo\.com/(?:u/)?{_NAME}", r"venmo\.com/code"],
        spoken="venmo",
    ),
    _row(
        "Cash App",
        "payment",
        "cash.app, cash.me",
        profile=[r"cash\.(?:app|me)/\$?\w"],
        spoken="cashapp, cash app, cashtag",
    ),
    _row(
        "PayPal",
        "payment",
        "paypal.com, paypal.me",
        profile=[r"paypal\.me/\w", r"paypal\.com/paypalme/"],
        spoken="paypal",
    ),
    _row("Zelle", "payment", "zellepay.com, enroll.zellepay.com", spoken="zelle"),
    _row("Patreon", "payment", "patreon.com", profile=[rf"patreon\.com/{_NAME}"], spoken="patreon"),
    _row("Ko-fi", "payment", "ko-fi.com", profile=[rf"ko-fi\.com/{_NAME}"]),
    _row(
        "Amazon wish list",
        "payment",
        "amazon.com, amzn.to",
        profile=[r"(?:smile\.)?amazon\.com/(?:hz/)?(?:wishlist|registry|baby-reg|wedding)"],
    ),
    _row("Linktree", "page", "linktr.ee", profile=[r"linktr\.ee/\w"], spoken="linktree"),
    _row("Blogger", "page", "blogspot.com", profile=[r"[\w\-]+\.blogspot\.com"]),
    _row("WordPress", "page", "wordpress.com", profile=[r"(?!en\.)[\w\-]+\.wordpress\.com"]),
    _row("Substack", "page", "substack.com", profile=[r"[\w\-]+\.substack\.com|substack\.com/@"]),
    _row("Medium", "page", "medium.com", profile=[r"medium\.com/@"]),
    *(
        _row(
            one.name,
            one.kind,
            one.domains,
            profile=one.profile,
            group=one.group,
            spoken=one.spoken,
            ambiguous=one.ambiguous,
            bound=one.bound,
        )
        for one in PASTIMES
    ),
)
"""Teaching tools are not in this table; districts extend approvals, not this file."""


@lru_cache(maxsize=1)
def by_domain() -> dict[str, Network]:
    """Every domain of the table to its network."""
    return {domain: network for network in NETWORKS for domain in network.domains}


@lru_cache(maxsize=1)
def by_name() -> dict[str, Network]:
    """Every network by its name in the table."""
    return {network.name: network for network in NETWORKS}


@lru_cache(maxsize=1)
def by_spoken() -> dict[str, tuple[Network, bool]]:
    """Every spoken name, spaces removed, to its network and whether it is an everyday word."""
    plain = {name: (network, False) for network in NETWORKS for name in network.spoken}
    unsure = {
        name: (network, True)
        for network in NETWORKS
        for name in (*network.ambiguous, *network.bound)
    }
    return {name.replace(" ", ""): found for name, found in (unsure | plain).items()}


def spoken_pattern(*, ambiguous: bool) -> str:
    """An alternation of the spoken names, longest first, valid in RE2 and in re."""
    return _alternation(
        name
        for network in NETWORKS
        for name in (network.ambiguous if ambiguous else network.spoken)
    )


def bound_pattern() -> str:
    """An alternation of the names that count only right behind "add me on", "my" or "your"."""
    return _alternation(name for network in NETWORKS for name in network.bound)


def unspoken_domains() -> str:
    """An alternation of the domains of networks that hold none of their spoken names."""
    spoken = re.compile(
        rf"\b(?:{spoken_pattern(ambiguous=False)}|{spoken_pattern(ambiguous=True)})\b"
    )
    return _alternation(one for one in by_domain() if not spoken.search(one))


def _alternation(names: Iterable[str]) -> str:
    ordered = sorted(set(names), key=lambda name: (-len(name), name))
    return "|".join(re.escape(name).replace(r"\ ", " ?") for name in ordered)


def domains_of(name: str | None) -> tuple[str, ...]:
    """The domains of a network by its name; none for a name that is not in the table."""
    found = by_name().get(name or "")
    return found.domains if found else ()


def look_up(host: str) -> Network | None:
    """The network a host belongs to, by the longest suffix of it the table has."""
    labels = host.lower().split(".")
    table = by_domain()
    for at in range(max(0, len(labels) - 4), len(labels) - 1):
        network = table.get(".".join(labels[at:]))
        if network:
            return network
    return None


@lru_cache(maxsize=256)
def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


def kind_of_place(network: Network, place: str) -> str:
    """Whether "host/path" is a profile, a group (or an invitation to one) or neither."""
    plain = re.sub(r"^(?:www|m|mobile)\.(?=[^/]*\.[^/]*(?:/|$))", "", place[:300].lower())
    for kind, patterns in (("group", network.group), ("profile", network.profile)):
        if any(pattern.match(plain) for pattern in _compiled(patterns)):
            return kind
    return "other"
