"""Code that is loaded at run time, and a look-alike."""

from __future__ import annotations

from firmware.code.assembler import assemble
from vuoto.firmware.code import examine, read_dexes

LOADS = """
.class Lcom/example/Plug;
.super Ljava/lang/Object;
.method static load(Ljava/lang/String;Ljava/lang/ClassLoader;)V
  .registers 4
  new-instance v0, Ldalvik/system/PathClassLoader;
  invoke-direct {v0, v2, v3}, Ldalvik/system/PathClassLoader;-><init>(Ljava/lang/String;Ljava/lang/ClassLoader;)V
  return-void
.end method
.method static lookAlike(Ljava/lang/ClassLoader;Ljava/lang/String;)V
  .registers 2
  invoke-virtual {v0, v1}, Ljava/lang/ClassLoader;->loadClass(Ljava/lang/String;)Ljava/lang/Class;
  return-void
.end method
"""


def test_a_class_loader_made_at_run_time() -> None:
    (place,) = examine(read_dexes(assemble(LOADS))).loads
    assert place.method == "Lcom/example/Plug;->load(Ljava/lang/String;Ljava/lang/ClassLoader;)V"
