"""Games whose players have a list of friends: to these rules they are social networks.

Rule of this file: data only; networks.py makes rows of its table of it, and says what the cells
mean.
"""

from __future__ import annotations

from typing import NamedTuple


class Game(NamedTuple):
    """A game or console network; cells are parted by commas."""

    name: str
    domains: str = ""
    spoken: str = ""
    ambiguous: str = ""
    bound: str = ""
    profile: tuple[str, ...] = ()
    group: tuple[str, ...] = ()


GAMES: tuple[Game, ...] = (
    Game(
        "Roblox",
        "roblox.com, rblx.co",
        "roblox, rblx",
        profile=(r"roblox\.com/users/",),
        group=(r"roblox\.com/(?:groups|communities)/", r"roblox\.com/share"),
    ),
    Game(
        "Steam",
        "steamcommunity.com, s.team",
        ambiguous="steam",
        profile=(r"steamcommunity\.com/(?:id|profiles)/", r"s\.team/p/"),
        group=(r"steamcommunity\.com/groups/",),
    ),
    Game(
        "Xbox",
        "xbox.com",
        "xbox live, xbox, xbl, gamertag, gamer tag",
        bound="gt",
        profile=(r".*profile",),
    ),
    Game("PlayStation", "playstation.com, psnprofiles.com", "psn, playstation, ps4, ps5"),
    Game(
        "Fortnite",
        "fortnite.com, epicgames.com",
        "fortnite, fort nite, epic games",
        bound="epic, fort",
    ),
    Game("Minecraft", "minecraft.net, namemc.com", "minecraft"),
    Game("Nintendo", "nintendo.com", "nintendo switch, friend code", bound="switch, nintendo"),
    Game(
        "Riot",
        "riotgames.com",
        "valorant, league of legends, riot id",
        bound="riot, league, val",
    ),
    Game("Call of Duty", "callofduty.com", "call of duty, warzone", bound="cod"),
    Game("Supercell", "supercell.com", "clash royale, clash of clans, brawl stars"),
    Game("Battle.net", "battle.net", "battlenet, battle.net, overwatch"),
    Game("Rocket League", "rocketleague.com", "rocket league"),
    Game("EA", "ea.com", "apex legends, ea sports fc", bound="ea, apex, madden, fifa"),
    Game("NBA 2K", "", "nba 2k, nba2k", bound="2k"),
    Game("Genshin Impact", "", "genshin"),
    Game("Pokemon Go", "", "pokemon go, pokémon go"),
    Game("Among Us", bound="among us"),
    Game("VR", "", "vrchat, rec room, gorilla tag", bound="oculus, quest"),
    Game("Chess.com", "chess.com, lichess.org", "chess.com, lichess", bound="chess"),
)
