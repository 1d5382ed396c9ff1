"""Zips are read in place, and what may not or cannot be read says why."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipelines.sources.archive import (
    Checked,
    ExportFile,
    Refused,
    open_stream,
    plain_files,
    zip_members,
)


def pack(
    path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED
) -> ExportFile:
    with zipfile.ZipFile(path, "w", compression) as opened:
        for name, content in members.items():
            info = zipfile.ZipInfo("x")
            info.filename, info.compress_type = name, compression
            opened.writestr(info, content)
    return ExportFile(path.name, path, size=path.stat().st_size)


def read_all(file: ExportFile, step: int = 1 << 20) -> tuple[bytes, str]:
    """What can be read of a file, and the reason it ends early."""
    content = b""
    try:
        with open_stream(file) as stream:
            while block := stream.read(step):
                content += block
    except Refused as error:
        return content, error.reason
    return content, ""


def test_plain_files(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / ".git").mkdir()
    for name in ("b/two.csv", "a.CSV", ".hidden.csv", ".git/config.csv"):
        (tmp_path / name).write_bytes(b"12345")
    (tmp_path / "link.csv").symlink_to(tmp_path / "a.CSV")
    found = plain_files(tmp_path, tmp_path.parent)
    assert [file.shown for file in found] == [
        f"{tmp_path.name}/{n}" for n in ("a.CSV", "b/two.csv")
    ]
    assert [(file.name, file.size) for file in found] == [("a.csv", 5), ("two.csv", 5)]
    assert [f.shown for f in plain_files(tmp_path / "a.CSV", Path("/elsewhere"))] == [
        (tmp_path / "a.CSV").as_posix()
    ]
    assert plain_files(tmp_path / "nothing", tmp_path) == []


@pytest.mark.parametrize(
    "compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_members_are_streams(tmp_path, compression):
    content = bytes(range(256)) * 4000
    archive = pack(tmp_path / "e.zip", {"in/Mail.MBOX": content, "in/": b"", "e": b""}, compression)
    members, refused = zip_members(archive)
    assert [(m.shown, m.name) for m in members] == [
        ("e.zip!e", "e"),
        ("e.zip!in/Mail.MBOX", "mail.mbox"),
    ]
    assert refused == []
    assert read_all(members[1]) == read_all(members[1], 7001) == (content, "")
    assert list(tmp_path.iterdir()) == [tmp_path / "e.zip"]


@pytest.mark.parametrize(
    "name",
    ["../a.mbox", "/a.mbox", "a/../../b.mbox", "..\\a.mbox", "C:\\a.mbox", "\\a", ".x/../../a"],
)
def test_names_that_escape(tmp_path, name):
    members, refused = zip_members(pack(tmp_path / "e.zip", {name: b"x", "good.mbox": b"y"}))
    assert [member.member for member in members] == ["good.mbox"]
    assert [error.reason for error in refused] == ["archive-escapes"]


@pytest.mark.parametrize("name", ["case: fall.mbox", "a..b.mbox", "...mbox.d/x", "é/😀.mbox", " "])
def test_odd_names_that_stay_inside(tmp_path, name):
    members, refused = zip_members(pack(tmp_path / "e.zip", {name: b"x"}))
    hidden = name.startswith(".")
    assert ([m.member for m in members], refused) == ([] if hidden else [name], [])


def test_links_doubles_and_hidden_members(tmp_path):
    path = tmp_path / "e.zip"
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "w") as opened:
        link = zipfile.ZipInfo("link.mbox")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        opened.writestr(link, "/etc/passwd")
        opened.writestr("twice.mbox", "one")
        opened.writestr("twice.mbox", "two")
        opened.writestr("__MACOSX/._case-metadata.csv", "resource fork")
    members, refused = zip_members(ExportFile("e.zip", path))
    assert [member.member for member in members] == ["twice.mbox"]
    assert [(error.shown, error.reason) for error in refused] == [
        ("e.zip!link.mbox", "archive-escapes"),
        ("e.zip!twice.mbox", "broken-archive"),
    ]


@pytest.mark.parametrize("size", [10, 10_000_000])
def test_a_member_that_declares_less_than_it_holds(tmp_path, size):
    path = tmp_path / "e.zip"
    pack(path, {"bomb.mbox": bytes(20_000_000)})
    raw = bytearray(path.read_bytes())
    for signature, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", raw, raw.find(signature) + place, size)
    path.write_bytes(raw)
    (member,), _ = zip_members(ExportFile("e.zip", path))
    content, reason = read_all(member)
    assert len(content) <= size
    assert reason == "truncated-file"


def test_a_damaged_member_keeps_what_came_before(tmp_path):
    content = "".join(f"line {n * n}\n" for n in range(200_000)).encode()
    path = tmp_path / "e.zip"
    pack(path, {"a.mbox": content})
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    path.write_bytes(raw)
    (member,), _ = zip_members(ExportFile("e.zip", path))
    found, reason = read_all(member, 4 << 20)
    assert reason == "truncated-file"
    assert len(found) > len(content) // 3
    assert content.startswith(found[: len(content) // 3])


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x05\x06" + bytes(18), b"x" * 100])
def test_archives_that_are_none(tmp_path, content):
    path = tmp_path / "e.zip"
    path.write_bytes(content)
    members, refused = zip_members(ExportFile("e.zip", path))
    empty = content.startswith(b"PK\x05")  # an empty zip is whole
    assert (members, [error.reason for error in refused]) == (
        [],
        [] if empty else ["broken-archive"],
    )
    assert read_all(ExportFile("e.zip!a", path, "a")) == (b"", "broken-archive")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=st.integers(0, 400), byte=st.integers(0, 255), cut=st.integers(0, 40))
@example(place=205, byte=0, cut=0)  # the directory is said to be empty
def test_any_damage_is_refused_and_never_raises(tmp_path, place, byte, cut):
    path = tmp_path / "e.zip"
    pack(path, {"a.mbox": b"hello " * 40, "b.csv": b"1,2\n" * 9}, zipfile.ZIP_DEFLATED)
    raw = bytearray(path.read_bytes())
    raw[place % len(raw)] = byte
    path.write_bytes(raw[: len(raw) - cut])
    members, refused = zip_members(ExportFile("e.zip", path))
    assert members or refused
    for member in members:
        content, reason = read_all(member)
        assert reason in ("", "truncated-file", "broken-archive")
        assert len(content) <= member.size


def test_checked_gives_full_reads_and_the_damage_last():
    class Drips(io.BytesIO):
        def read1(self, size=-1):
            if self.tell() >= 10:
                raise EOFError
            return super().read1(min(size, 3))

    stream = Checked(Drips(b"0123456789ab"), "x")
    assert stream.read(4) == b"0123"
    assert stream.read(100) == b"456789"
    with pytest.raises(Refused, match="truncated-file EOFError"):
        stream.read(1)
