"""Prints of classes: the same under other names, another where anything else is."""

from __future__ import annotations

import zlib
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.code.assembler import assemble
from vuoto.facts.code import ClassPrint
from vuoto.firmware.code import examine, read_dexes
from vuoto.firmware.code.prints import FEWEST, MAX_FEATURES

AGENT = """
.class Lcom/example/Agent;
.super Ljava/lang/Object;
.implements Ljava/lang/Runnable;
.field static URL:Ljava/lang/String; = "http://host.example/register"
.method run()V
  .registers 4
  const-string v0, "REGVER"
  const-string v1, "application/x-example"
  const/16 v2, 600
  invoke-virtual {v3}, Lcom/example/Agent;->kept()V
  invoke-static {v0}, Landroid/util/Log;->d(Ljava/lang/String;)I
  invoke-virtual {v3}, Landroid/telephony/TelephonyManager;->getDeviceId()Ljava/lang/String;
  return-void
.end method
.method kept()V
  .registers 1
  return-void
.end method
"""
SMALL = """
.class Lcom/example/Small;
.super Ljava/lang/Object;
.method get()V
  .registers 1
  const-string v0, "a"
  return-void
.end method
"""


def prints(*texts: str) -> dict[str, ClassPrint]:
    return {one.name: one for one in examine([dex for text in texts for dex in read_dexes(assemble(text))]).prints}


def renamed(text: str) -> str:
    return text.replace("Lcom/example/Agent;", "La/b;").replace("->kept", "->a").replace(" kept()", " a()")


def test_renaming_leaves_the_print_and_a_text_changes_it() -> None:
    one = prints(AGENT)["Lcom/example/Agent;"]
    assert one.print
    assert prints(renamed(AGENT))["La/b;"] == replace(one, name="La/b;")
    other = prints(AGENT.replace("REGVER", "REGDATE"))["Lcom/example/Agent;"]
    assert other.print != one.print
    assert len(set(one.features) ^ set(other.features)) == 2


def test_features_are_told_by_hashes_that_no_machine_changes() -> None:
    one = prints(AGENT)["Lcom/example/Agent;"]
    assert list(one.features) == sorted(set(one.features))
    assert zlib.crc32(b"sREGVER") in one.features
    assert zlib.crc32(b"n600") in one.features
    assert zlib.crc32(b"cLcom/example/Agent;->kept()V") not in one.features


def test_a_class_of_few_features_has_none_that_tells() -> None:
    one = prints(SMALL)["Lcom/example/Small;"]
    assert 0 < len(one.features) < FEWEST
    assert one.print == ""


def test_the_first_definition_of_a_class_counts() -> None:
    assert prints(AGENT, AGENT.replace("REGVER", "SECOND")) == prints(AGENT)


def test_a_class_of_more_features_than_are_kept_has_a_print_of_all() -> None:
    texts = [f"text number {number}" for number in range(MAX_FEATURES + 40)]

    def table(words: list[str]) -> str:
        lines = "\n".join(f'  const-string v0, "{word}"' for word in words)
        head = ".class Lcom/example/Table;\n.super Ljava/lang/Object;\n.method run()V\n  .registers 1\n"
        return f"{head}{lines}\n  return-void\n.end method\n"

    one = prints(table(texts))["Lcom/example/Table;"]
    assert len(one.features) == MAX_FEATURES
    lost = next(t for t in texts if zlib.crc32(b"s" + t.encode()) not in one.features)
    assert prints(table([t for t in texts if t != lost]))["Lcom/example/Table;"].print != one.print


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1200), st.binary(max_size=8))
def test_damage_gives_prints_or_none_and_no_error(at: int, junk: bytes) -> None:
    data = bytearray(assemble(AGENT))
    data[at : at + len(junk)] = junk
    found = examine(read_dexes(bytes(data))).prints
    assert [one.name for one in found] == sorted(one.name for one in found)
