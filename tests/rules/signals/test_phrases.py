"""Lists of phrases as patterns, the sentences they are looked for in, and the teaching tools."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.signals import links, phrases
from rules.signals.phrases import Phrases, words
from rules.signals.sentences import EXAMINED, at, beside, fold, split
from rules.signals.tools import is_teaching_tool

FILES = ["group_cues", "media_words", "posting"]


def test_a_space_stands_for_a_few_and_a_tilde_for_a_word() -> None:
    pattern = words("my ~ group ?chat")
    assert pattern.fullmatch("my  team's\ngroupchat")
    assert pattern.fullmatch("my new group   chat")
    assert not pattern.fullmatch("my group chat")
    assert not pattern.fullmatch(f"my {'x' * 30} groupchat")


def test_a_list_is_of_whole_words_unless_it_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "# a comment\n[two words]\nhop on; joins?;\n\n[both]\n{two words} it; \\$\\w\n[ú]nete\n"
    (tmp_path / "some.txt").write_text(text, encoding="utf-8")
    monkeypatch.setattr(phrases, "_FOLDER", tmp_path)
    some = Phrases("some")

    assert some.entries("two words") == ("hop on", "joins?")
    assert some.any_of("two words") == "(?:hop on|joins?)"
    assert some.pattern("two words").findall("join, joined, hop  on, shop on") == [
        "join",
        "hop  on",
    ]
    assert some.pattern("both").findall("joins it pay$x únete") == ["joins it", "$x", "únete"]
    with pytest.raises(KeyError):
        some.pattern("three")


@pytest.mark.parametrize("file", FILES)
def test_every_list_is_a_pattern_that_does_not_match_nothing(file: str) -> None:
    lists = Phrases(file)
    for name in lists.names():
        assert not lists.pattern(name).search(""), name
        assert not lists.pattern(name).fullmatch("zzzz"), name
        for entry in lists.entries(name):
            assert entry == fold(entry) or "\\" in entry, "texts are folded before they are read"


@pytest.mark.parametrize("file", FILES)
def test_repeats_are_bounded(file: str) -> None:
    """Stars and pluses stand behind single characters of a word only."""
    lists = Phrases(file)
    unbounded = re.compile(r"\)[*+]|\.[*+]|\\S[*+]|\\s[*+](?!\()")
    assert [e for n in lists.names() for e in lists.entries(n) if unbounded.search(e)] == [
        e for n in lists.names() for e in lists.entries(n) if n == "hint" and unbounded.search(e)
    ]


def test_sentences_end_at_stops_blank_lines_and_list_items() -> None:
    text = "Hi Ms. Oak,\n\nJoin at discord.gg/a. We have 3.5 hours! Ask\nme?\n- one\n- two"
    assert [one.text for one in split(text)] == [
        "hi ms. oak,",
        "join at discord.gg/a.",
        "we have 3.5 hours!",
        "ask me?",
        "- one",
        "- two",
    ]


def test_a_link_reads_as_one_word_of_its_own_length() -> None:
    text = "see https://example.org/my/channel now"
    (one,) = split(text, links.find(text))
    assert one.text == "see url" + " " * 28 + "now"
    assert len(one.text) == len(text)


def test_a_sentence_knows_its_neighbours() -> None:
    found = split("One. Two. Three.")
    assert [at(found, place) for place in (0, 4, 5, 9, 10, 99)] == [0, 0, 1, 1, 2, 2]
    assert beside(found, 1) == "one. three."
    assert beside(found, 0) == "two."


@given(st.text(max_size=300))
def test_every_sentence_stands_where_it_says(text: str) -> None:
    plain = fold(text)
    assert len(plain) == len(text)
    for one in split(text):
        assert plain[one.start : one.start + len(one.text)].replace("\n", " ") == one.text


def test_a_text_without_stops_is_cut() -> None:
    found = split("x" * 50_000)
    assert max(len(one.text) for one in found) <= 520
    assert sum(len(one.text) for one in found) == EXAMINED


def test_teaching_tools_are_known_by_domain_and_by_name() -> None:
    assert is_teaching_tool("scratch.mit.edu")
    assert is_teaching_tool("onshape.com")
    assert is_teaching_tool("hudl")
    assert not is_teaching_tool("discord.com")
    assert not is_teaching_tool("snapchat")
