"""Names that code holds: keys, pieces of hosts, fields of serialised models; and what only seems to be one."""

from __future__ import annotations

from firmware.code.assembler import assemble
from vuoto.firmware.code import read_dexes
from vuoto.firmware.code.program import Program
from vuoto.firmware.code.words import MAX_CLASSES, find_words, is_name

MODEL = """
.class Lcom/example/Report;
.super Ljava/lang/Object;
.field static LIMIT:Ljava/lang/String; = "REGVER"
.field simIccid:Ljava/lang/String;
.field imeiList:Ljava/util/List;
.method constructor <init>()V
  .registers 1
  return-void
.end method
.method getSimIccid()Ljava/lang/String;
  .registers 2
  iget-object v0, v1, Lcom/example/Report;->simIccid:Ljava/lang/String;
  return-object v0
.end method
.class Lcom/example/Sender;
.super Ljava/lang/Object;
.field lookAlikeQueue:Ljava/lang/String;
.field lookAlikeOther:Ljava/lang/String;
.method static send()V
  .registers 1
  const-string v0, "SIM1ICCID"
  const-string v0, ".vnet.cn"
  const-string v0, "zzhc"
  const-string v0, "this is lookAlike prose"
  const-string v0, "com.example.lookAlike.ACTION"
  return-void
.end method
"""


def words(text: str) -> list[tuple[str, str, tuple[str, ...]]]:
    found = find_words(Program(read_dexes(assemble(text)))).facts()
    return [(word.value, word.how, word.classes) for word in found]


def test_names_with_the_classes_that_hold_them() -> None:
    assert words(MODEL) == [
        (".vnet.cn", "constant", ("Lcom/example/Sender;",)),
        ("REGVER", "constant", ("Lcom/example/Report;",)),
        ("SIM1ICCID", "constant", ("Lcom/example/Sender;",)),
        ("imeiList", "field", ("Lcom/example/Report;",)),
        ("simIccid", "field", ("Lcom/example/Report;",)),
        ("zzhc", "constant", ("Lcom/example/Sender;",)),
    ]


def test_a_word_of_many_classes_names_the_first() -> None:
    many = "".join(
        f".class Lcom/example/C{n:02d};\n.super Ljava/lang/Object;\n.method static m()V\n  .registers 1\n"
        f'  const-string v0, "shared_key"\n  return-void\n.end method\n'
        for n in range(MAX_CLASSES + 4)
    )
    (word,) = words(many)
    assert word[0] == "shared_key"
    assert len(word[2]) == MAX_CLASSES


def test_what_is_shaped_like_a_name() -> None:
    for text in (
        "MEID",
        "device_id",
        "X-Device-Imei",
        "$device_id",
        "user.email",
        "ids[0]",
        "api.",
        ".vnet.cn",
        "okhttp/3.12.1",
        "api/sdk/init2",
    ):
        assert is_name(text), text
    for text in ("", "a", "two words", "1.2.3", "a.b.c", "x" * 65, "naïve", "http://host/", "%s=%d", "{}", "/api/x", "a//b"):
        assert not is_name(text), text
