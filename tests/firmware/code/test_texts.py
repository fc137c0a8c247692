"""What texts look like is the same whether they were met before or not."""

from __future__ import annotations

import pytest

from firmware.code.assembler import assemble
from vuoto.firmware.code import examine, read_dexes, texts

SOURCE = """
.class Lcom/example/A;
.super Ljava/lang/Object;
.field static HOST:Ljava/lang/String; = "http://www.example.com/a"
.method static a()V
  .registers 1
  const-string v0, "server_key"
  const-string v0, "api.example.org"
  const-string v0, "persist.radio.imei"
  const-string v0, "/sys/class/net/wlan0/address"
  const-string v0, "A sentence, of no interest."
  return-void
.end method
"""


def kind(text: str) -> int:
    (dex,) = read_dexes(assemble(SOURCE))
    return int(texts.kinds_of(dex)[dex.strings.index(text)])


def test_each_kind() -> None:
    assert kind("server_key") == texts.NAME_TEXT
    assert kind("api.example.org") == texts.ADDRESS_TEXT
    assert kind("http://www.example.com/a") == texts.ADDRESS_TEXT
    assert kind("persist.radio.imei") & texts.PROPERTY_TEXT
    assert kind("/sys/class/net/wlan0/address") & texts.SOURCE_TEXT
    assert kind("A sentence, of no interest.") == 0


def test_a_text_that_no_code_uses_is_not_looked_at() -> None:
    assert kind("Ljava/lang/Object;") == 0


def test_forgetting_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = examine(read_dexes(assemble(SOURCE)))
    assert before.words
    assert before.strings
    monkeypatch.setattr(texts, "MAX_REMEMBERED", 2)
    texts._known.clear()
    assert examine(read_dexes(assemble(SOURCE))) == before
    assert len(texts._known) <= 2
