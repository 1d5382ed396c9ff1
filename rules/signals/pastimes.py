"""Games, hobby sites and small networks whose members have friends: to these rules, networks all.

Rule of this file: data only; networks.py makes rows of its table of it, and says what the cells
mean.
"""

from __future__ import annotations

from typing import NamedTuple


class Pastime(NamedTuple):
    """A game, console network or hobby site; cells are parted by commas."""

    name: str
    domains: str = ""
    spoken: str = ""
    ambiguous: str = ""
    bound: str = ""
    profile: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    kind: str = "gaming"


PASTIMES: tuple[Pastime, ...] = (
    Pastime(
        "Roblox",
        "roblox.com, rblx.co",
        "roblox, rblx",
        profile=(r"roblox\.com/users/",),
        group=(r"roblox\.com/(?:groups|communities)/", r"roblox\.com/share"),
    ),
    Pastime(
        "Steam",
        "steamcommunity.com, s.team",
        ambiguous="steam",
        profile=(r"steamcommunity\.com/(?:id|profiles)/", r"s\.team/p/"),
        group=(r"steamcommunity\.com/groups/",),
    ),
    Pastime(
        "Xbox",
        "xbox.com",
        "xbox live, xbox, xbl, gamertag, gamer tag",
        bound="gt",
        profile=(r".*profile",),
    ),
    Pastime("PlayStation", "playstation.com, psnprofiles.com", "psn, playstation, ps4, ps5"),
    Pastime(
        "Fortnite",
        "fortnite.com, epicgames.com",
        "fortnite, fort nite, epic games",
        bound="epic, fort",
    ),
    Pastime("Minecraft", "minecraft.net, namemc.com", "minecraft"),
    Pastime("Nintendo", "nintendo.com", "nintendo switch, friend code", bound="switch, nintendo"),
    Pastime(
        "Riot",
        "riotgames.com",
        "valorant, league of legends, riot id",
        bound="riot, league, val",
    ),
    Pastime("Call of Duty", "callofduty.com", "call of duty, warzone", bound="cod"),
    Pastime("Supercell", "supercell.com", "clash royale, clash of clans, brawl stars"),
    Pastime("Battle.net", "battle.net", "battlenet, battle.net, overwatch"),
    Pastime("Rocket League", "rocketleague.com", "rocket league"),
    Pastime("EA", "ea.com", "apex legends, ea sports fc", bound="ea, apex, madden, fifa"),
    Pastime("NBA 2K", "", "nba 2k, nba2k", bound="2k"),
    Pastime("Genshin Impact", "", "genshin"),
    Pastime("Pokemon Go", "", "pokemon go, pokémon go"),
    Pastime("Among Us", bound="among us"),
    Pastime("VR", "", "vrchat, rec room, gorilla tag", bound="oculus, quest"),
    Pastime("Chess.com", "chess.com, lichess.org", "chess.com, lichess", bound="chess"),
    Pastime("Strava", "strava.com", "strava", profile=(r"strava\.com/athletes/",), kind="social"),
    Pastime(
        "SoundCloud",
        "soundcloud.com",
        "soundcloud",
        profile=(r"soundcloud\.com/(?!discover|search)@?[\w.\-]+/?(?:[?#]|$)",),
        kind="streaming",
    ),
    Pastime(
        "Spotify",
        "spotify.com",
        "spotify",
        profile=(r"open\.spotify\.com/user/",),
        kind="streaming",
    ),
    Pastime("VSCO", "vsco.co", "vsco", profile=(r"vsco\.co/[\w.\-]+/?(?:[?#]|$)",), kind="social"),
    Pastime("Yubo", "yubo.live", "yubo", profile=(r"yubo\.live/",), kind="social"),
    Pastime("Locket", "locket.camera", bound="locket", kind="social"),
    Pastime("Goodreads", "goodreads.com", "goodreads, good reads", kind="social"),
    Pastime("Letterboxd", "letterboxd.com", "letterboxd", kind="social"),
    Pastime("Wattpad", "wattpad.com", "wattpad", kind="social"),
    Pastime("Garmin", "garmin.com", "garmin connect", bound="garmin", kind="social"),
    Pastime("Runkeeper", "runkeeper.com", "runkeeper", kind="social"),
    Pastime("Peloton", "onepeloton.com", "peloton", kind="social"),
    Pastime("Zwift", "zwift.com", "zwift", kind="social"),
    Pastime(
        "Mastodon",
        "mastodon.social, mastodon.online, mstdn.social, mas.to, fosstodon.org, mastodon.art",
        "mastodon",
        bound="masto",
        profile=(r"[\w.\-]+/@[\w.@\-]+/?(?:[?#]|$)",),
        kind="social",
    ),
    Pastime(
        "BeReal", "bere.al, bereal.com", "bereal, be real", profile=(r"bere\.al/\w",), kind="social"
    ),
    Pastime("Lemon8", "lemon8-app.com", "lemon8, lemon 8", kind="social"),
    Pastime("Pixelfed", "pixelfed.social", "pixelfed", kind="social"),
    Pastime("Weverse", "weverse.io", "weverse", kind="social"),
    Pastime("Amino", "aminoapps.com", "amino apps", bound="amino", kind="social"),
    Pastime("DeviantArt", "deviantart.com", "deviantart, deviant art", kind="social"),
    Pastime("Nextdoor", "nextdoor.com", "nextdoor", kind="social"),
    Pastime("Truth Social", "truthsocial.com", "truth social", kind="social"),
    Pastime("Gab", "gab.com", kind="social"),
    Pastime("VK", "vk.com", "vkontakte", bound="vk", kind="social"),
    Pastime("KakaoTalk", "kakao.com", "kakaotalk, kakao", kind="chat"),
    Pastime("Zalo", "zalo.me", "zalo", kind="chat"),
    Pastime("Wizz", "wizz.chat", "wizz app", bound="wizz", kind="social"),
    Pastime("StoryGraph", "", "storygraph", kind="social"),
    Pastime("Nike Run Club", "", "nike run club, nrc app", kind="social"),
    Pastime("Animal Crossing", "", "animal crossing"),
)
