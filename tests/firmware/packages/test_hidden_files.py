"""Code and archives inside a package's files: found whatever the name says, told with the way to it, within the bounds."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.code.assembler import assemble
from firmware.packages.builders import Put, make_elf, make_zip
from vuoto.facts.packages import Package
from vuoto.firmware.content import BytesBlob
from vuoto.firmware.packages import disguises, hidden_files, inflating
from vuoto.firmware.packages.package import read_package

DEX = assemble(
    """
.class Lcom/example/plain/Clock;
.super Ljava/lang/Object;
.method static now()J
  .registers 2
  const-string v0, "http://hidden.example.com/up"
  return-void
.end method
"""
)
DENSE = hashlib.shake_256(b"dense").digest(1 << 14)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def read_members(members: list[Put]) -> Package:
    return read_package(BytesBlob(make_zip(members)), "system/app/A/A.apk")


def in_zip(name: str, data: bytes) -> bytes:
    return make_zip([Put(name, data)])


def told(found: Package) -> list[tuple[str, str, str]]:
    return [(one.path, one.kind, one.how) for one in found.hidden]


def xored(data: bytes, key: int = 0x33) -> bytes:
    return bytes(byte ^ key for byte in data)


@pytest.mark.parametrize(
    ("name", "data", "dex", "how"),
    [
        ("assets/a.bin", DEX, "assets/a.bin", "foreign-name"),
        ("assets/a.png", DEX, "assets/a.png", "foreign-name"),
        ("META-INF/a.RSA.bin", DEX, "META-INF/a.RSA.bin", "foreign-name"),
        ("lib/arm64-v8a/liba.so", DEX, "lib/arm64-v8a/liba.so", "foreign-name"),
        ("assets/a.dex", DEX, "assets/a.dex", "beside"),
        ("assets/a.jar", in_zip("classes.dex", DEX), "assets/a.jar!classes.dex", "archive"),
        ("assets/a.dat", in_zip("x/y", DEX), "assets/a.dat!x/y", "foreign-name"),
        ("assets/a.dex", in_zip("x/y", DEX), "assets/a.dex!x/y", "foreign-name"),
        ("assets/a.gz", gzip.compress(DEX, mtime=0), "assets/a.gz!a", "archive"),
        ("res/raw/a", gzip.compress(in_zip("b.dex", DEX), mtime=0), "res/raw/a!gzip!b.dex", "foreign-name"),
        ("assets/a.jar", in_zip("b.zip", in_zip("c.bin", DEX)), "assets/a.jar!b.zip!c.bin", "archive"),
        ("assets/a.bin", xored(DEX), "assets/a.bin!xor-0x33", "scrambled"),
        ("assets/a.bin", xored(in_zip("b.dex", DEX), 0xFF), "assets/a.bin!xor-0xff!b.dex", "scrambled"),
        ("assets/a.bin", zlib.compress(DEX * 8), "assets/a.bin!zlib", "foreign-name"),
        ("assets/a.png", PNG + DEX + bytes(9), "assets/a.png!dex@48", "embedded"),
        ("assets/a.png", PNG + in_zip("b.dex", DEX), "assets/a.png!b.dex", "embedded"),
        ("assets/a.txt", b"config=1\n" + DEX, "assets/a.txt!dex@9", "embedded"),
    ],
)
def test_code_is_found_whatever_the_name_says(name: str, data: bytes, dex: str, how: str) -> None:
    found = read_members([Put("classes.dex", DEX), Put(name, data)])
    assert [one.path for one in found.dex] == ["classes.dex", dex]
    assert told(found) == [(dex, "dex", how)]
    # That an archive stands behind something else is told as well.
    assert found.problems == () or how == "embedded"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("assets/pictures.zip", make_zip([Put("a.png", PNG), Put("b.jpg", b"\xff\xd8\xff" + DENSE)])),
        ("assets/font.ttf", b"\0\1\0\0" + DENSE),
        ("assets/font.woff2", b"wOF2" + DENSE),
        ("assets/model.tflite", b"\x1c\0\0\0TFL3" + DENSE),
        ("assets/a.bin", b"dex\r" + DEX[4:]),
        ("assets/words.txt", b"dex\n is a format, and PK a name\n" * 300),
        ("assets/base64.txt", b"ZGV4Cj but not in whole!"),
        ("assets/levels.bin", bytes(range(256)) * 8),
        ("assets/half.png", PNG + DEX[: len(DEX) // 2]),
    ],
)
def test_look_alikes_are_no_hidden_code(name: str, data: bytes) -> None:
    found = read_members([Put(name, data)])
    assert (found.dex, found.hidden, found.problems) == ((), (), ())


def test_an_ordinary_library_is_one_and_one_in_an_archive_is_told() -> None:
    library = make_elf(needed=["libc.so"], soname="liba.so", imports=["connect"], exports=["Java_a"])
    found = read_members([Put("lib/x86/liba.so", library), Put("assets/b.zip", in_zip("libb.so", library))])
    assert [one.path for one in found.native_libraries] == ["assets/b.zip!libb.so", "lib/x86/liba.so"]
    assert told(found) == [("assets/b.zip!libb.so", "native", "archive")]


def test_texts_of_inner_files_are_searched_and_those_beside_hidden_code_too() -> None:
    inner = make_zip(
        [Put("conf.json", b'{"u":"http://inner.example.com/x"}'), Put("META-INF/C.RSA", b"http://ocsp.example.org/")]
    )
    found = read_members([Put("assets/a.zip", inner), Put("assets/b.txt", b"http://beside.example.com/\n" + DEX)])
    assert {(one.path, one.value) for one in found.strings} >= {
        ("assets/a.zip!conf.json", '{"u":"http://inner.example.com/x"}'),
        ("assets/b.txt", "http://beside.example.com/"),
    }
    assert not any("ocsp" in one.value for one in found.strings)


def test_dense_data_of_no_known_format_is_told() -> None:
    found = read_members([Put("assets/a.bin", DENSE), Put("assets/small.bin", DENSE[:1000])])
    assert told(found) == [("assets/a.bin", "dense", "beside")]
    assert found.hidden[0].sha256 == hashlib.sha256(DENSE).hexdigest()


def test_an_archive_of_a_kind_that_is_not_opened_is_a_problem() -> None:
    found = read_members([Put("assets/a.png", b"Rar!\x1a\x07\1\0rest")])
    assert [one.what for one in found.problems] == ["'assets/a.png' is a RAR archive inside the package, which is not opened"]


def test_archives_in_archives_end() -> None:
    data = DEX
    for depth in range(12):
        data = in_zip(f"{depth}.zip", data)
    found = read_members([Put("assets/a.zip", data)])
    assert found.dex == ()
    assert len(found.problems) == 1
    assert f"more than {hidden_files.MAX_DEPTH} deep" in found.problems[0].what


def test_an_archive_that_holds_itself_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    # Each archive holds two copies of the one below it: 2**12 of them, if nobody counts.
    monkeypatch.setattr(hidden_files, "MAX_DEPTH", 20)
    data = DEX
    for depth in range(12):
        data = make_zip([Put(f"{depth}a.zip", data), Put(f"{depth}b.zip", data)])
    found = read_members([Put("assets/a.zip", data)])
    assert any(f"more than {hidden_files.MAX_ARCHIVES} archives" in one.what for one in found.problems)
    assert len(found.dex) <= hidden_files.MAX_ARCHIVES


def test_bombs_count_against_the_packages_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflating, "MAX_FREE", 1 << 20)
    monkeypatch.setattr(inflating, "MAX_RATIO", 1)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"{number}.txt", bytes(1 << 20))
    zipped = read_members([Put("assets/a.zip", out.getvalue())])
    assert any("inflates to more than" in one.what for one in zipped.problems)
    packed = read_members([Put("assets/a.gz", gzip.compress(bytes(1 << 24))), Put("assets/b.txt", b"http://b.example.com/")])
    assert any("unpacks to more than" in one.what for one in packed.problems)


def test_a_tar_is_plain() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        about = tarfile.TarInfo("classes.dex")
        about.size = len(DEX)
        archive.addfile(about, io.BytesIO(DEX))
    assert told(read_members([Put("assets/a.tar", out.getvalue())])) == [("assets/a.tar!dex@512", "dex", "embedded")]


@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\3\4", b"dex\n035\0", b"\x1f\x8b\x08", b"ZGV4Cj", b"\x7fELF", b"BZh9"]))
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_facts_or_problems(tail: bytes, head: bytes) -> None:
    for name in ("assets/a.bin", "lib/a.so", "a.png", "META-INF/a"):
        read_members([Put(name, head + tail)])


@given(st.binary(max_size=4096))
@settings(max_examples=100, deadline=None)
def test_scrambling_is_seen_through_only_where_it_was_one(data: bytes) -> None:
    how = disguises.scrambling(data)
    if how is not None and how.startswith("xor"):
        assert disguises.is_code(disguises.unscrambled(data, how)) or disguises.is_zip(disguises.unscrambled(data, how))
