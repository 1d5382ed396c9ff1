"""Address lists: one malformed entry costs itself, and nothing is lost or stalls."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sources.addresses import parse_addresses


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("  \t\r\n", []),
        ("a@x.org", [("a@x.org", "")]),
        ("Mara River <MRiver@Example.ORG>", [("mriver@example.org", "Mara River")]),
        ('"Lopez, Jordan" <j@x.org>, b@y.org', [("j@x.org", "Lopez, Jordan"), ("b@y.org", "")]),
        ('"Sam \\"Sunny\\" Lee" <s@x.org>', [("s@x.org", 'Sam "Sunny" Lee')]),
        ("Lopez, Jordan <j@x.org>", [("j@x.org", "Jordan")]),
        ("<a@x.org>;<b@x.org>", [("a@x.org", ""), ("b@x.org", "")]),
        ("a@x.org, A <a@x.org>, A@X.org", [("a@x.org", "")]),
        ("a@x.org (Ann (Annie) Lee), b@x.org", [("a@x.org", ""), ("b@x.org", "")]),
        ("Team: a@x.org, Bo <b@x.org>;", [("a@x.org", ""), ("b@x.org", "Bo")]),
        ("Team:a@x.org;", [("a@x.org", "")]),
        ("undisclosed-recipients:;", [("undisclosed-recipients:;", "")]),
        ("mailto:a@x.org, <smtp:b@x.org>", [("a@x.org", ""), ("b@x.org", "")]),
        ("Jo <@relay.org,@hub.org:jo@x.org>", [("jo@x.org", "Jo")]),
        ("'a@x.org'", [("a@x.org", "")]),
        ('"a@x.org"', [("a@x.org", "")]),
        ("Name < a@x.org >", [("a@x.org", "Name")]),
        ("user@[IPv6:2001:db8::1]", [("user@[ipv6:2001:db8::1]", "")]),
        ('"Unclosed <a@x.org>, b@x.org', [("a@x.org", "Unclosed"), ("b@x.org", "")]),
        ("broken <, b@x.org", [("b@x.org", "")]),
        ("Coach", [("coach", "")]),
    ],
)
def test_shapes(text, expected):
    assert parse_addresses(text) == expected


def test_the_address_and_not_the_name_says_who():
    assert parse_addresses('"principal@school.org" <stranger@mail.test>') == [
        ("stranger@mail.test", "principal@school.org")
    ]


def test_a_list_the_standard_library_blanks():
    """CVE-2023-27043: one malformed entry must not cost the others."""
    found = [address for address, _ in parse_addresses("a@x.org <b@x.org>, c@x.org, d@@x.org (")]
    assert {"a@x.org", "b@x.org", "c@x.org"} <= set(found)


@pytest.mark.parametrize(
    "piece", [" ", '"', "<", "a", "@", "a@", '"\\', "(", ",", "< ", ' "a', "a b "]
)
def test_a_hostile_cell_takes_one_pass(piece):
    """With the former pattern 8,000 spaces took 28 seconds and 300,000 would not have ended."""
    found = parse_addresses(piece * (300_000 // len(piece)) + ",end@x.org")
    assert found[-1][0].endswith("end@x.org") or len(found) == 1


def test_a_million_addresses():
    text = ",".join(f"N{number} <p{number}@x.org>" for number in range(1_000_000))
    assert len(parse_addresses(text)) == 1_000_000


@given(st.text(st.sampled_from("ab@.,;:<>\"()\\ \t\r\n'é\u202e"), max_size=200) | st.text())
def test_never_empty_on_text_and_bounded(text):
    found = parse_addresses(text)
    assert bool(found) == bool(text.strip())
    addresses = [address for address, _ in found]
    assert len(set(addresses)) == len(addresses)
    assert all(address and len(address) <= 1000 for address in addresses)
    assert sum(map(len, addresses)) <= 2 * len(text.lower()) + 10


local = st.text(st.sampled_from("abcxyz019._+-"), min_size=1, max_size=20).filter(
    lambda text: text.strip(".") == text
)
address = st.builds(lambda a, b: f"{a}@{b}.example", local, st.sampled_from(["school", "x-y"]))
name = st.text(st.sampled_from("ABC def,.'\\\""), max_size=20)


def spelled(pair: tuple[str, str]) -> str:
    quoted = pair[1].replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{pair[0]}>' if quoted else pair[0]


@given(st.lists(st.tuples(address, name), max_size=10, unique_by=lambda pair: pair[0]))
def test_well_formed_lists_come_back_whole(pairs):
    assert [a for a, _ in parse_addresses(", ".join(map(spelled, pairs)))] == [a for a, _ in pairs]
