"""System properties that code asks for."""

from __future__ import annotations

from firmware.code.assembler import assemble
from vuoto.firmware.code import examine, read_dexes

CODE = """
.class Lcom/example/Switch;
.super Ljava/lang/Object;
.method static ask()V
  .registers 3
  const-string v0, "persist.vendor.radio.ps.registration.enabled"
  const/4 v1, 0
  invoke-static {v0, v1}, Landroid/os/SystemProperties;->getBoolean(Ljava/lang/String;Z)Z
  const-string v0, "switch"
  const-string v1, "off"
  invoke-static {v0, v1}, Landroid/os/SystemProperties;->get(Ljava/lang/String;Ljava/lang/String;)Ljava/lang/String;
  const-string v0, "persist.sys.upload.enable"
  const-string v0, "ro.build"
  const-string v0, "com.example.persist.sys.upload"
  const-string v0, "persist.sys.a sentence with words"
  const-string v0, "vendor.example.Thing"
  return-void
.end method
.method static other(Ljava/util/Properties;)V
  .registers 2
  const-string v0, "user.home"
  invoke-virtual {v1, v0}, Ljava/util/Properties;->get(Ljava/lang/Object;)Ljava/lang/Object;
  return-void
.end method
"""


def test_calls_and_texts() -> None:
    found = [(one.name, one.how, one.place.offset) for one in examine(read_dexes(assemble(CODE))).properties]
    assert found == [
        ("persist.sys.upload.enable", "text", 13),
        ("persist.vendor.radio.ps.registration.enabled", "call", 3),
        ("switch", "call", 10),
    ]
