"""tar archives as tools make them: V7, and files with holes in each of GNU tar's forms; damaged maps; and what is no archive."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from firmware.images.makers import RANDOM, opened, told
from vuoto.errors import InputError
from vuoto.firmware.layouts import tar_sparse
from vuoto.firmware.walking import walk

PIECES = ((0, 700), (70_000, 5_000), (200_000, 1), (262_144, 4_096), (399_999, 1))


def holes(pieces: tuple[tuple[int, int], ...] = PIECES, size: int = 400_000) -> bytes:
    whole = bytearray(size)
    for start, length in pieces:
        whole[start : start + length] = RANDOM[start % 1_000 : start % 1_000 + length]
    return bytes(whole)


def stored(pieces: tuple[tuple[int, int], ...] = PIECES) -> bytes:
    whole = holes(pieces)
    return b"".join(whole[start : start + length] for start, length in pieces)


def header(name: str, size: int, kind: bytes, rest: bytes = b"") -> bytes:
    """A header of GNU's old form; `rest` stands from byte 386 on."""
    made = bytearray(name.encode().ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + b"%011o\0" % size + b"0" * 11 + b"\0")
    made += b" " * 8 + kind + bytes(100) + b"ustar  \0"
    made = made.ljust(386, b"\0") + rest
    made = made.ljust(512, b"\0")
    made[148:156] = b"%06o\0 " % sum(made)
    return bytes(made)


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 512)


def old_form(pieces: tuple[tuple[int, int], ...] = PIECES, size: int = 400_000) -> bytes:
    pairs = [b"%011o\0%011o\0" % piece for piece in pieces]
    rest = b"".join(pairs[:4]).ljust(96, b"\0") + (b"\1" if pairs[4:] else b"\0") + b"%011o\0" % size
    blocks = b""
    for at in range(4, len(pairs), 21):
        blocks += (b"".join(pairs[at : at + 21]).ljust(504, b"\0") + (b"\1" if pairs[at + 21 :] else b"\0")).ljust(512, b"\0")
    data = stored(pieces)
    return header("system/holes", len(data), b"S", rest) + blocks + padded(data)


def records(rows: list[tuple[str, str]], data: bytes, name: str = "GNUSparseFile.1/holes") -> bytes:
    """A member behind a pax header of these records."""
    text = b""
    for key, value in rows:
        line = f" {key}={value}\n".encode()
        length = len(line) + 1
        while len(f"{length}") + len(line) != length:
            length += 1
        text += b"%d%s" % (length, line)
    return header("x", len(text), b"x") + padded(text) + header(name, len(data), b"0") + padded(data)


def form_0_0() -> bytes:
    rows = [("GNU.sparse.size", "400000"), ("GNU.sparse.numblocks", str(len(PIECES)))]
    for start, length in PIECES:
        rows += [("GNU.sparse.offset", str(start)), ("GNU.sparse.numbytes", str(length))]
    return records(rows, stored(), "system/holes")


def form_0_1() -> bytes:
    text = ",".join(f"{start},{length}" for start, length in PIECES)
    return records([("GNU.sparse.size", "400000"), ("GNU.sparse.map", text), ("GNU.sparse.name", "system/holes")], stored())


def form_1_0(*, count: int = len(PIECES), major: str = "1") -> bytes:
    text = "".join(f"{number}\n" for number in (count, *(n for piece in PIECES for n in piece)))
    rows = [
        ("GNU.sparse.major", major),
        ("GNU.sparse.minor", "0"),
        ("GNU.sparse.name", "system/holes"),
        ("GNU.sparse.realsize", "400000"),
    ]
    return records(rows, padded(text.encode()) + stored())


FORMS = {"old": old_form, "0.0": form_0_0, "0.1": form_0_1, "1.0": form_1_0}
AFTER = header("system/after", 5, b"0") + padded(b"after")


@pytest.mark.parametrize("name", FORMS)
def test_a_file_with_holes_is_whole(name: str) -> None:
    image = opened(FORMS[name]() + AFTER + bytes(1024), "a.tar")
    found = {entry.path: entry for entry in walk(image)}
    assert list(found) == ["system/holes", "system/after"]
    assert found["system/holes"].size == 400_000
    assert found["system/holes"].open().read_at(0, 400_000) == holes()
    assert found["system/holes"].open().read_at(69_990, 20) == holes()[69_990:70_010]
    assert found["system/after"].open().read_at(0, 9) == b"after"
    assert image.problems == []


def test_a_long_name_between_the_records_and_the_file() -> None:
    whole = form_0_1()
    end = whole.index(b"GNUSparseFile.1")
    long_name = header("././@LongLink", 8, b"L") + padded(b"a/b/long")
    image = opened(whole[:end] + long_name + whole[end:] + AFTER + bytes(1024), "a.tar")
    assert {entry.path: entry.size for entry in walk(image)} == {"system/holes": 400_000, "system/after": 5}


def test_a_map_of_many_blocks() -> None:
    pieces = tuple((at * 4_000, 100) for at in range(90))
    image = opened(old_form(pieces) + AFTER + bytes(1024), "a.tar")
    found = {entry.path: entry.open() for entry in walk(image)}
    assert found["system/holes"].read_at(0, 400_000) == holes(pieces)
    assert found["system/after"].read_at(0, 9) == b"after"


@pytest.mark.parametrize(
    "data",
    [
        old_form()[:600],
        form_1_0(count=4_000),
        form_1_0(major="x"),
        form_0_1().replace(b"0,700,", b"0,x00,"),
        form_0_1().replace(b"sparse.size=400000", b"sparse.size=40000x"),
    ],
    ids=["cut off", "more than there are", "no number of a form", "no number", "no size"],
)
def test_a_damaged_map_is_told(data: bytes) -> None:
    image = opened(header("system/before", 1, b"0") + padded(b"b") + data, "a.tar")
    assert told(image)["system/before"] == "b"
    assert "damaged" in image.problems[0].what
    assert "system/holes" not in told(image)


def test_more_pieces_than_are_kept_are_a_damaged_map(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tar_sparse, "MAX_PIECES", 3)
    for make in (old_form, form_1_0):
        image = opened(make() + AFTER + bytes(1024), "a.tar")
        assert list(walk(image)) == []
        assert "the map of the holes" in image.problems[0].what


def test_an_archive_without_a_magic_number_is_told_by_its_sum() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        member = tarfile.TarInfo("system/a")
        member.size = 3
        archive.addfile(member, io.BytesIO(b"abc"))
    data = bytearray(buffer.getvalue())
    data[257:265] = bytes(8)
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    assert told(opened(bytes(data), "a.tar"))["system/a"] == "abc"
    data[148] ^= 1
    with pytest.raises(InputError, match="no firmware format"):
        opened(bytes(data), "a.tar")


@pytest.mark.parametrize("options", [["--format=gnu"], ["--format=posix"], ["--format=posix", "--sparse-version=0.1"]])
def test_as_gnu_tar_makes_them(options: list[str], tmp_path: Path) -> None:
    program = shutil.which("tar")
    if (
        program is None
        or "GNU tar" not in subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    ):
        pytest.skip("GNU tar is not installed")
    folder = tmp_path / "in" / "system"
    folder.mkdir(parents=True)
    with (folder / "holes").open("wb") as file:
        file.seek(300_000)
        file.write(RANDOM[:5_000])
        file.truncate(2_000_000)
    subprocess.run([program, *options, "-Scf", tmp_path / "a.tar", "-C", tmp_path / "in", "system"], check=True)
    image = opened((tmp_path / "a.tar").read_bytes(), "a.tar")
    found = {entry.path: entry for entry in walk(image) if entry.kind == "file"}
    assert found["system/holes"].open().read_at(0, 3_000_000) == (folder / "holes").read_bytes()
    assert image.problems == []
