"""Archives as Android reads them: what is true, what lies, what is hostile."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.packages.builders import Put, deflated, make_zip
from vuoto.firmware.content import BytesBlob
from vuoto.firmware.packages import zip_directory, zip_member, zip_reader
from vuoto.firmware.packages.zip_reader import ZipContents, read_zip

TEXT = b"what a device sent " * 40


def read(data: bytes) -> ZipContents:
    return read_zip(BytesBlob(data), "a.apk")


def said(contents: ZipContents) -> str:
    return "\n".join(p.what for p in contents.problems)


def test_members_are_read_in_order_whether_stored_or_deflated() -> None:
    contents = read(make_zip([Put("a", b"stored"), Put("b/c", TEXT, deflate=True), Put("empty")]))
    assert [(m.name, m.read(1 << 20)) for m in contents.members] == [("a", b"stored"), ("b/c", TEXT), ("empty", b"")]
    assert contents.problems == ()
    assert [m.blob().read_at(2, 4) for m in contents.members] == [b"ored", TEXT[2:6], b""]


def test_an_archive_of_the_standard_library_reads_the_same() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.comment = b"a comment"
        for i in range(50):
            made.writestr(f"d{i % 7}/f{i}", bytes([i]) * i * 100)
    contents = read(out.getvalue())
    with zipfile.ZipFile(out) as theirs:
        assert [(m.name, m.read(1 << 20)) for m in contents.members] == [(i.filename, theirs.read(i)) for i in theirs.infolist()]
    assert contents.problems == ()


def test_a_limit_cuts_and_says_so() -> None:
    for member in read(make_zip([Put("a", TEXT), Put("b", TEXT, deflate=True)])).members:
        found = member.extract(10)
        assert found.data == TEXT[:10]
        assert found.problem is not None
        assert "10 bytes" in found.problem
        assert member.extract(len(TEXT)).problem is None


def test_chunks_join_to_the_content() -> None:
    for member in read(make_zip([Put("a", TEXT), Put("b", TEXT, deflate=True)])).members:
        pieces = list(member.chunks(7))
        assert b"".join(pieces) == TEXT
        assert max(map(len, pieces)) == 7


def test_an_unknown_method_is_stored_as_androids_asset_reader_takes_it() -> None:
    lie = {"method": 30208}
    contents = read(make_zip([Put("AndroidManifest.xml", TEXT, central=lie, local=lie)]))
    assert contents.members[0].read(1 << 20) == TEXT
    assert "unknown compression method 30208" in said(contents)


def test_an_unknown_method_over_one_whole_deflate_stream_is_inflated() -> None:
    lie = {"method": 99}
    contents = read(make_zip([Put("a", TEXT, deflate=True, central=lie, local=lie)]))
    assert contents.members[0].extract(1 << 20) == zip_member.Extracted(TEXT, None)


def test_the_directorys_method_and_sizes_count() -> None:
    contents = read(
        make_zip([Put("a", TEXT, local={"method": 8, "packed": 3, "size": 0}), Put("b", TEXT, deflate=True, local={"method": 0})])
    )
    assert [m.read(1 << 20) for m in contents.members] == [TEXT, TEXT]
    assert "'a' has method 0 in the directory and 8" in said(contents)
    assert "3 for 0 in its local header" in said(contents)


def test_sizes_behind_the_data_are_no_disagreement() -> None:
    contents = read(
        make_zip([Put("a", TEXT, deflate=True, local={"flags": 8, "packed": 0, "size": 0, "crc": 0}, central={"flags": 8})])
    )
    assert (contents.members[0].read(1 << 20), contents.problems) == (TEXT, ())


def test_the_encryption_flag_is_a_lie() -> None:
    contents = read(make_zip([Put("classes.dex", TEXT, deflate=True, central={"flags": 1}, local={"flags": 1})]))
    assert contents.members[0].read(1 << 20) == TEXT
    assert "marked as encrypted" in said(contents)


def test_of_two_of_a_name_the_first_is_found_and_both_are_listed() -> None:
    contents = read(make_zip([Put("classes.dex", b"first"), Put("classes.dex", b"second")]))
    found = contents.find("classes.dex")
    assert found is not None
    assert found.read(10) == b"first"
    assert [m.read(10) for m in contents.members] == [b"first", b"second"]
    assert "stands twice" in said(contents)


@pytest.mark.parametrize("name", ["../up", "a/../../b", "/etc/passwd", "a\\b", "C:x", "a\0b", ""])
def test_names_that_leave_the_folder_are_unsafe(name: str) -> None:
    contents = read(make_zip([Put(name, b"x")]))
    assert not contents.members[0].safe
    assert "would leave the folder" in said(contents)


@pytest.mark.parametrize("name", ["a", "a/b", "..a", "a..b/c...", "é"])
def test_odd_names_are_safe(name: str) -> None:
    contents = read(make_zip([Put(name, b"x")]))
    assert contents.members[0].safe
    assert contents.members[0].name == name


def test_names_that_are_no_utf8_stay_apart() -> None:
    assert [m.name for m in read(make_zip([Put(b"\xff"), Put(b"\xfe")])).members] == ["\\xff", "\\xfe"]


def test_bytes_behind_and_before_the_archive() -> None:
    assert "5 bytes stand behind" in said(read(make_zip([Put("a", b"x")], after=b"later")))
    shifted = read(make_zip([Put("a", TEXT, deflate=True)], before=b"#!/bin/sh\n"))
    assert shifted.members[0].read(1 << 20) == TEXT
    assert "+10 bytes from where" in said(shifted)


def test_a_comment_holding_an_end_record_is_a_comment() -> None:
    inner = make_zip([Put("evil", b"x")])
    contents = read(make_zip([Put("good", b"x")], comment=inner + b"tail"))
    assert [m.name for m in contents.members] == ["good"]


def test_a_record_whose_extra_field_lies_does_not_hide_the_rest() -> None:
    # apkInspector's case: the first record claims some bytes fewer than stand there.
    good = make_zip([Put("a", b"1"), Put("b", b"2")])
    place = good.index(b"PK\1\2") + 46 + 1
    directory, length = good.index(b"PK\1\2"), struct.unpack_from("<I", good, len(good) - 10)[0]
    bad = good[:place] + b"*" * 18 + good[place:-22] + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 2, 2, length + 18, directory, 0)
    contents = read(bad)
    assert [m.name for m in contents.members] == ["a", "b"]
    assert "record 2 is not where record 1 says" in said(contents)


def test_a_wrong_count_is_told_and_members_are_listed() -> None:
    contents = read(make_zip([Put("a"), Put("b")], count=1))
    assert [m.name for m in contents.members] == ["a", "b"]
    assert "declares 1 members and lists 2" in said(contents)


def test_without_a_directory_members_come_from_local_headers() -> None:
    whole = make_zip([Put("a", TEXT, deflate=True), Put("b", b"x")])
    contents = read(whole[: whole.index(b"PK\1\2")])
    assert [(m.name, m.read(1 << 20)) for m in contents.members] == [("a", TEXT), ("b", b"x")]
    assert "no end of central directory" in said(contents)


def test_a_local_header_that_is_not_there() -> None:
    contents = read(make_zip([Put("a", b"x"), Put("ghost", b"", at=4_000_000)]))
    assert contents.members[1].extract(10).problem == "has no data of its own in the archive"
    assert "'ghost' has no local header" in said(contents)


def test_zip64_sizes_and_end_records() -> None:
    big = 0xFFFFFFFF
    data = deflated(TEXT)
    local = struct.pack("<4s5H3I2H", b"PK\3\4", 45, 0, 8, 0, 33, zlib.crc32(TEXT), big, big, 1, 20)
    local += b"a" + struct.pack("<HHQQ", 1, 16, len(TEXT), len(data)) + data
    wide = struct.pack("<HHQQQ", 1, 24, len(TEXT), len(data), 0)
    central = (
        struct.pack("<4s6H3I5H2I", b"PK\1\2", 45, 45, 0, 8, 0, 33, zlib.crc32(TEXT), big, big, 1, len(wide), 0, 0, 0, 0, big)
        + b"a"
        + wide
    )
    at = len(local)
    end64 = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(central), at)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, at + len(central), 1)
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, big, big, 0)
    contents = read(local + central + end64 + locator + end)
    assert [(m.name, m.size, m.read(1 << 20)) for m in contents.members] == [("a", len(TEXT), TEXT)]
    assert contents.problems == ()


def test_damaged_and_cut_off_data_is_told() -> None:
    broken = make_zip([Put("a", TEXT, deflate=True)]).replace(deflated(TEXT)[:4], b"\xff\xff\xff\xff")
    assert read(broken).members[0].extract(1 << 20) == zip_member.Extracted(b"", "holds damaged deflate data")
    cut = read(make_zip([Put("a", TEXT, deflate=True, central={"packed": 9}, local={"packed": 9})])).members[0]
    assert cut.extract(1 << 20).problem == "ends inside its deflate data"
    lie = read(make_zip([Put("a", TEXT, deflate=True, central={"size": 3}, local={"size": 3})])).members[0]
    assert lie.extract(1 << 20).problem == f"inflates to {len(TEXT)} bytes where 3 are declared"


def test_a_bomb_of_shared_data_is_not_read() -> None:
    heavy = bytes(1 << 20)
    members = [Put("m0", heavy, deflate=True)]
    members += [Put(f"m{i}", heavy, deflate=True, at=0) for i in range(1, 500)]
    contents = read(make_zip(members))
    readable = [m for m in contents.members if m.readable]
    assert len(readable) == zip_reader.MAX_SHARED
    assert "share their data" in said(contents)


def test_a_bomb_that_hides_its_span_in_the_local_header_is_not_read() -> None:
    members = [Put("m0", bytes(1 << 20), deflate=True, central={"packed": 0})]
    members += [Put(f"m{i}", bytes(1 << 20), deflate=True, at=0, central={"packed": 0}) for i in range(1, 500)]
    assert sum(m.readable for m in read(make_zip(members)).members) == zip_reader.MAX_SHARED


def test_neighbours_are_no_bomb() -> None:
    contents = read(make_zip([Put(f"m{i}", TEXT, deflate=True) for i in range(500)]))
    assert all(m.readable for m in contents.members)
    assert contents.problems == ()


def test_a_limit_stops_inflating(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_member, "_STEP", 1 << 16)
    member = read(make_zip([Put("zeros", bytes(64 << 20), deflate=True)])).members[0]
    assert len(member.read(100)) == 100
    assert len(next(member.chunks(1000))) == 1000


def test_problems_are_bounded() -> None:
    contents = read(make_zip([Put("same") for _ in range(5000)]))
    assert len(contents.problems) == zip_directory.MAX_PROBLEMS + 1
    assert "more problems" in contents.problems[-1].what


def test_members_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_directory, "MAX_MEMBERS", 3)
    contents = read(make_zip([Put(str(i)) for i in range(5)]))
    assert len(contents.members) == 3
    assert "more than 3 members" in said(contents)


def test_the_signing_block_stands_before_the_directory() -> None:
    size = struct.pack("<Q", 24)
    block = size + size + b"APK Sig Block 42"
    contents = read(make_zip([Put("a", b"x")], block=block))
    assert contents.signing_block == zip_reader.SigningBlock(offset=contents.directory - 32, length=32)
    wrong = read(make_zip([Put("a", b"x")], block=struct.pack("<Q", 25) + size + b"APK Sig Block 42"))
    assert wrong.signing_block is None
    assert "two sizes do not agree" in said(wrong)
    assert read(make_zip([Put("a", b"x")], block=bytes(32))).signing_block is None


WHOLE = make_zip([Put("AndroidManifest.xml", TEXT, deflate=True), Put("b/c", b"x" * 30), Put("d", TEXT, local={"flags": 8})])


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_give_facts_or_problems(data: bytes) -> None:
    for member in read(data).members:
        assert len(member.read(1000)) <= 1000


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=8), st.integers(0, len(WHOLE)))
def test_flipped_and_cut_archives_give_facts_or_problems(flips: list[tuple[int, int]], end: int) -> None:
    data = bytearray(WHOLE)
    for place, value in flips:
        data[place] = value
    for member in read(bytes(data[:end])).members:
        assert len(member.extract(1000).data) <= 1000
        assert len(member.blob().read_at(0, 10)) <= 10
