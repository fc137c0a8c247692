"""What of a class survives renaming, and what does not count."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.code.assembler import assemble
from vuoto.firmware.code import Dex, read_dexes
from vuoto.firmware.code.features import class_features, class_hashes
from vuoto.firmware.code.program import Program

CASES = Path(__file__).parent / "cases"
AGENT = """
.class Lcom/example/Agent;
.super Ljava/lang/Thread;
.implements Ljava/lang/Runnable;
.implements Lcom/example/Own;
.field static URL:Ljava/lang/String; = "http://host.example/"
.field static PORT:I = 9000
.field static SMALL:I = 255
.annotation method send(Ljava/lang/String;)V Lretrofit2/http/GET; value = "v1/x"
.method static send(Ljava/lang/String;)V
  .registers 8
  const-string v0, "imei"
  const/16 v1, 300
  const/16 v1, 255
  const v2, 86400000
  const/high16 v2, 0x4049
  const-wide/32 v4, -100000
  const-wide v4, 0x123456789ab
  new-array v3, v1, [Landroid/os/Bundle;
  sget-object v3, Landroid/os/Build;->MODEL:Ljava/lang/String;
  sget-object v3, Lcom/example/Agent;->URL:Ljava/lang/String;
  invoke-virtual {v3, v3}, Lcom/example/Agent;->put(Ljava/lang/String;)V
  invoke-virtual {v3}, Ljava/lang/String;->getBytes()[B
  return-void
.end method
.method other()V
  .registers 2
  const-string v0, "imei"
  return-void
.end method
.class Lcom/example/Own;
.super Ljava/lang/Object;
"""
EXPECTED = {
    "shttp://host.example/",
    "simei",
    "sv1/x",
    "n9000",
    "n300",
    "n86400000",
    f"n{0x4049 << 16}",
    "n-100000",
    f"n{0x123456789AB}",
    "tLandroid/os/Bundle;",
    "fLandroid/os/Build;->MODEL:Ljava/lang/String;",
    "cLjava/lang/String;->getBytes()[B",
    "uLjava/lang/Thread;",
    "uLjava/lang/Runnable;",
}


def hashes(dexes: Sequence[Dex], number: int = 0) -> dict[int, list[int]]:
    """The hashes of each class of one of the files that has any."""
    found: dict[int, list[int]] = {}
    for pair in class_hashes(dexes[number], Program(dexes)).tolist():
        found.setdefault(pair >> 32, []).append(pair & 0xFFFFFFFF)
    return found


def test_what_survives_renaming() -> None:
    agent, own = class_features(read_dexes(assemble(AGENT)))
    assert set(agent.keys) == EXPECTED
    assert own.keys == []
    dexes = read_dexes(assemble(AGENT))
    assert hashes(dexes)[0] == sorted(zlib.crc32(key.encode()) for key in EXPECTED)


def test_renaming_changes_nothing() -> None:
    renamed = AGENT.replace("com/example/Agent", "a/b").replace("com/example/Own", "a/c").replace("->put(", "->a(")
    renamed = renamed.replace("send(", "b(").replace("URL:", "c:").replace("other(", "d(")
    before, after = (list(class_features(read_dexes(assemble(text)))) for text in (AGENT, renamed))
    assert [one.keys for one in before] == [one.keys for one in after]
    assert [one.name for one in after] == ["La/b;", "La/c;"]


def test_a_feature_stands_at_its_instructions() -> None:
    agent = next(class_features(read_dexes(assemble(AGENT))))
    dex = agent.file.dex
    places = [
        (
            dex.method(int(dex.classes.method[one.method])),
            int(dex.code.unit[one.row] - dex.code.start[dex.method_body[one.method]]),
        )
        for one in agent.occurrences()
        if one.feature == "simei"
    ]
    assert sorted(places) == [("Lcom/example/Agent;->other()V", 0), ("Lcom/example/Agent;->send(Ljava/lang/String;)V", 0)]
    assert [one.method for one in agent.occurrences() if one.feature == "n9000"] == [-1]


def test_a_class_of_another_file_of_the_package_is_no_framework() -> None:
    call = "\n.method run()V\n  .registers 2\n  invoke-virtual {v1}, Lb/B;->go()V\n  return-void\n.end method"
    caller = ".class La/A;\n.super Lb/B;" + call
    other = ".class Lb/B;\n.super Ljava/lang/Object;"
    alone, together = (
        list(class_features([d for t in texts for d in read_dexes(assemble(t))])) for texts in ([caller], [caller, other])
    )
    assert alone[0].keys == ["cLb/B;->go()V", "uLb/B;"]
    assert together[0].keys == []


def test_keys_of_a_switch_and_elements_of_an_array_are_numbers() -> None:
    text = """
.class La/A;
.super Ljava/lang/Object;
.method static run(I)V
  .registers 2
  sparse-switch v1, :switch
  fill-array-data v0, :array
  return-void
  :switch
  .units 0x0200 2 0x0403 0 0x0605 0x1 3 0 3 0
  :array
  .units 0x0300 4 2 0 1000 0 7 0
.end method
"""
    assert next(class_features(read_dexes(assemble(text)))).keys == sorted([f"n{0x403}", f"n{0x10605}", "n1000"])


def test_the_first_definition_of_a_class_counts() -> None:
    texts = [AGENT, AGENT.replace("imei", "other")]
    agents = [c for c in class_features([d for t in texts for d in read_dexes(assemble(t))]) if c.name == "Lcom/example/Agent;"]
    assert ["simei" in one.keys for one in agents] == [True]


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_garbage_never_stops_it(case: str, data: st.DataObject) -> None:
    raw = bytearray(assemble((CASES / case / "input.dexasm").read_text()))
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0x28, len(raw) - 1))] = data.draw(st.integers(0, 255))
    dexes = read_dexes(bytes(raw))
    hashed = [hashes(dexes, number) for number in range(len(dexes))]
    for one in class_features(dexes):
        assert hashed[one.dex].get(one.row, []) == sorted({zlib.crc32(key.encode()) for key in one.keys})
        assert {found.feature for found in one.occurrences()} == set(one.keys)
