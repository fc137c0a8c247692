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


ESCAPES = """
.class Lcom/example/Loader;
.super Ldalvik/system/DexClassLoader;
.method constructor <init>(Ljava/lang/String;Ljava/lang/ClassLoader;)V
  .registers 5
  invoke-direct {v2, v3, v3, v3, v4}, LOADER->PROTO
  return-void
.end method
.class Lcom/example/Plug;
.super Ljava/lang/Object;
.method static load(Ljava/lang/String;Ljava/lang/ClassLoader;)V
  .registers 4
  new-instance v0, Lcom/example/Loader;
  invoke-direct {v0, v2, v3}, Lcom/example/Loader;-><init>(Ljava/lang/String;Ljava/lang/ClassLoader;)V
  return-void
.end method
.method static reflect()V
  .registers 1
  const-string v0, "dalvik.system.InMemoryDexClassLoader"
  invoke-static {v0}, Ljava/lang/Class;->forName(Ljava/lang/String;)Ljava/lang/Class;
  return-void
.end method
.method static lookAlike(Ljava/lang/Object;)V
  .registers 3
  const-string v0, "dalvik.system.PathClassLoader"
  invoke-virtual {v0, v2}, Ljava/lang/Object;->equals(Ljava/lang/Object;)Z
  return-void
.end method
.method static otherName()V
  .registers 1
  const-string v0, "com.example.PathClassLoader"
  invoke-static {v0}, Ljava/lang/Class;->forName(Ljava/lang/String;)Ljava/lang/Class;
  return-void
.end method
""".replace(
    "LOADER->PROTO",
    "Ldalvik/system/DexClassLoader;-><init>(Ljava/lang/String;Ljava/lang/String;Ljava/lang/String;Ljava/lang/ClassLoader;)V",
)


def test_a_class_loader_made_by_a_class_that_extends_it_and_by_its_name() -> None:
    places = examine(read_dexes(assemble(ESCAPES))).loads
    assert [place.method.partition("->")[2].partition("(")[0] for place in places] == ["load", "reflect"]
