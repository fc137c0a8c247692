"""VDEX of every version: the files in it are, to the byte, what they were before the compiler changed them."""

from __future__ import annotations

import struct
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.code.assembler import assemble, container
from firmware.images.vdexes import compact_vdex, middle, quickened, vdex
from vuoto.firmware.code import examine, read_dexes
from vuoto.firmware.layouts.embedded_dex import is_oat, read_oat
from vuoto.firmware.layouts.vdex import is_vdex, read_vdex

FIRST = """
.class Lcom/example/Agent;
.field static URL:Ljava/lang/String; = "http://host.example/"
.field seen:I
.field name:Ljava/lang/String;
.annotation class Lretrofit2/http/Base; value = "http://base.example/"
.annotation method collect(Landroid/telephony/TelephonyManager;)V Lretrofit2/http/GET; value = "v1/x"
.method collect(Landroid/telephony/TelephonyManager;)V
  .registers 4
  nop
  const-string v0, "imei"
  invoke-virtual {v3}, Landroid/telephony/TelephonyManager;->getImei()Ljava/lang/String;
  move-result-object v1
  check-cast v1, Ljava/lang/String;
  iput-object v1, v2, Lcom/example/Agent;->name:Ljava/lang/String;
  iget v0, v2, Lcom/example/Agent;->seen:I
  packed-switch v0, :table
  iput v0, v2, Lcom/example/Agent;->seen:I
  :end
  return-void
  nop
  :table
  .units 0x0100 0x0001 0x0000 0x0000 0x0003 0x0000
.end method
.method static put(Ljava/lang/String;)V
  .registers 2
  invoke-virtual/range {v1 .. v1}, Ljava/lang/String;->trim()Ljava/lang/String;
  return-void
.end method
.method static empty()V
  .registers 0
  return-void
.end method
"""
SECOND = """
.class Lcom/example/Other;
.method static open()V
  .registers 40
  new-instance v0, Ljava/net/URL;
  const-string v1, "http://other.example/path"
  invoke-direct {v0, v1}, Ljava/net/URL;-><init>(Ljava/lang/String;)V
  invoke-virtual {v0}, Ljava/net/URL;->openConnection()Ljava/net/URLConnection;
  move-result-object v2
  return-void
.end method
"""
VERSIONS = ("006", "010", "019", "021", "027", "031")


@cache
def files() -> list[bytes]:
    return [assemble(FIRST), assemble(SECOND)]


@pytest.mark.parametrize("version", VERSIONS)
def test_files_are_given_as_they_were(version: str) -> None:
    data = vdex(version, files())
    assert is_vdex(data)
    found = read_vdex(data)
    assert found.version == version
    assert found.problems == ()
    assert list(found.dexes) == files()


@pytest.mark.parametrize("version", VERSIONS[:4])
def test_quickened_code_says_less_than_what_is_given(version: str) -> None:
    del version
    code, taken = quickened(files()[0], listed=True)
    assert len(taken) == 2
    raw = examine(read_dexes(code))
    assert not any("getImei" in read.api for read in raw.reads)
    assert any("getImei" in read.api for read in examine(read_dexes(files()[0])).reads)


def test_a_file_that_was_laid_out_anew_is_read_and_told() -> None:
    # As dex2oat does with a profile: the checksum is still that of the file before.
    laid_out = bytearray(files()[0])
    struct.pack_into("<I", laid_out, 8, 0x01020304)
    found = read_vdex(vdex("010", [bytes(laid_out), files()[1]]))
    assert list(found.dexes) == [bytes(laid_out), files()[1]]
    (problem,) = found.problems
    assert "laid out anew" in problem


def test_compact_files_are_written_as_plain_ones_that_say_the_same() -> None:
    found = read_vdex(compact_vdex(files()))
    assert found.problems == ()
    plain = [dex for data in files() for dex in read_dexes(data)]
    made = [dex for data in found.dexes for dex in read_dexes(data)]
    assert examine(made) == examine(plain)
    assert [list(dex.annotations()) for dex in made] == [list(dex.annotations()) for dex in plain]
    assert [list(dex.static_values()) for dex in made] == [list(dex.static_values()) for dex in plain]
    assert [sorted(dex.code.registers.tolist()) for dex in made] == [[0, 2, 4], [40]]


def test_a_container_is_one_file() -> None:
    both = container(FIRST, SECOND)
    found = read_vdex(vdex("027", [both, files()[1]]))
    assert list(found.dexes) == [both, files()[1]]


def test_a_vdex_without_dex_is_no_problem() -> None:
    empty = b"vdex021\x00000\0" + struct.pack("<4I", 1, 4, 0, 0) + bytes(4) + b"deps"
    assert read_vdex(empty) == read_vdex(empty)
    assert (read_vdex(empty).dexes, read_vdex(empty).problems) == ((), ())
    sections = b"vdex027\0" + struct.pack("<I", 4) + struct.pack("<12I", 0, 60, 4, 1, 0, 0, 2, 64, 4, 3, 0, 0) + bytes(8)
    assert (read_vdex(sections).dexes, read_vdex(sections).problems) == ((), ())


def test_an_unknown_version_is_told_and_searched() -> None:
    found = read_vdex(b"vdex023\0" + bytes(40) + files()[0] + bytes(3) + files()[1])
    assert list(found.dexes) == files()
    assert "023" in found.problems[0]


def test_quickening_that_does_not_fit_is_told_and_the_rest_is_read() -> None:
    dex, taken = quickened(files()[0], listed=True)
    assert taken
    body = struct.pack("<I", 0) + dex
    without = read_vdex(middle("019", 1, bytes(4), body, b"", b""))
    assert "5 quickened instructions" in without.problems[0]
    damaged = read_vdex(middle("019", 1, bytes(4), body, b"", b"\1\0\0\0\xff\xff\0\0"))
    assert "stays quickened in part" in damaged.problems[0]
    for found in (without, damaged):
        [read] = read_dexes(found.dexes[0])
        assert read.problems == []
        assert [dex[3:7] for dex in found.dexes] == [b"\n035"]
        # The instructions behind the unknown ones are still found where they are.
        assert any(string.value == "imei" for word in [examine([read])] for string in word.words)


@pytest.mark.parametrize("version", ["039", "045", "064", "079", "088"])
def test_an_oat_of_android_5_to_7_has_its_files(version: str) -> None:
    code, _ = quickened(files()[0], listed=False)
    data = b"\x7fELF" + bytes(60) + b"oat\n" + version.encode() + b"\0" + bytes(50) + code + bytes(2) + files()[1]
    assert is_oat(data)
    found = read_oat(data)
    assert found.version == f"oat {version}"
    assert found.dexes[1] == files()[1]
    assert "5 quickened instructions" in found.problems[0]
    assert read_dexes(found.dexes[0])[0].problems == []


def test_an_oat_of_android_8_has_none() -> None:
    data = b"\x7fELF" + bytes(60) + b"oat\n" + b"131\0" + bytes(50) + files()[0]
    assert read_oat(data).dexes == ()
    assert not is_oat(b"\x7fELF" + bytes(500))


def test_an_odex_of_android_4_has_its_file() -> None:
    found = read_oat(b"dey\n036\0" + bytes(32) + files()[1])
    assert (found.version, list(found.dexes)) == ("odex", [files()[1]])


@given(st.sampled_from((*VERSIONS, "compact", "oat")), st.data())
@settings(max_examples=150, deadline=None)
def test_damage_is_told_or_harmless(version: str, data: st.DataObject) -> None:
    whole = _made(version)
    cut = data.draw(st.integers(0, len(whole)))
    raw = bytearray(whole[:cut] if data.draw(st.booleans()) else whole)
    for _ in range(data.draw(st.integers(0, 5)) if raw else 0):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + 4] = data.draw(st.sampled_from((b"\xff" * 4, bytes(4), b"\0\0\0\x80", b"\1", b"\xff\xff\0\0")))
    for dex in (read_oat if version == "oat" else read_vdex)(bytes(raw)).dexes:
        examine(read_dexes(dex))


@cache
def _made(version: str) -> bytes:
    if version == "oat":
        return b"\x7fELF" + bytes(60) + b"oat\n088\0" + quickened(files()[0], listed=False)[0]
    return compact_vdex(files()) if version == "compact" else vdex(version, files())
