"""The reader: every table, every kind of instruction, broken files."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.code.assembler import assemble, container
from firmware.code.instructions import FORMATS, UNITS
from vuoto.firmware.code import dex as dex_module
from vuoto.firmware.code.dex import Dex, read_dex, read_dexes
from vuoto.firmware.code.opcodes import CALL_SITE, FIELD, LENGTH, METHOD_HANDLE, TYPE

AGENT = """
.class Lcom/example/Agent;
.super Landroid/app/Service;
.implements Ljava/lang/Runnable;
.field static LIMIT:I = 4096
.field static URL:Ljava/lang/String; = "http://host.example/"
.field seen:I
.annotation class Lcom/example/Mark; value = "on class"
.annotation field seen:I Lcom/example/Mark; value = "on field"
.annotation method send(Ljava/lang/String;)V Lretrofit2/http/GET; value = "v1/x"
.method static send(Ljava/lang/String;)V
  .registers 4
  const-string v0, "imei"
  invoke-static {v0}, Lcom/example/Agent;->send(Ljava/lang/String;)V
  if-eqz v0, :end
  sget-object v0, Lcom/example/Agent;->URL:Ljava/lang/String;
  new-instance v1, Ljava/util/HashMap;
  :end
  return-void
.end method
.method run()V
  return-void
.end method
.method native peek()I
.end method
"""


def everything(dex: Dex) -> list[object]:
    """Asks for all that a file holds; must never raise."""
    return [
        dex.strings,
        dex.types,
        dex.protos,
        [dex.method(index) for index in range(-1, len(dex.method_class) + 1)],
        [dex.field(index) for index in range(-1, len(dex.field_class) + 1)],
        [dex.type_list(offset) for offset in dex.classes.interfaces.tolist()],
        list(dex.static_values()),
        list(dex.annotations()),
        *(part.tolist() for meaning in (TYPE, FIELD, CALL_SITE, METHOD_HANDLE) for part in dex.references(meaning)),
        *(part.tolist() for part in (*dex.string_uses, *dex.invokes)),
        dex.body_method.tolist(),
        dex.method_body.tolist(),
        dex.problems,
    ]


def test_names_of_everything() -> None:
    dex = read_dex(assemble(AGENT))
    assert dex.problems == []
    methods = [dex.method(index) for index in dex.classes.method.tolist()]
    assert methods == [
        "Lcom/example/Agent;->send(Ljava/lang/String;)V",
        "Lcom/example/Agent;->peek()I",
        "Lcom/example/Agent;->run()V",
    ]
    assert [dex.field(index) for index in dex.classes.field.tolist()] == [
        "Lcom/example/Agent;->LIMIT:I",
        "Lcom/example/Agent;->URL:Ljava/lang/String;",
        "Lcom/example/Agent;->seen:I",
    ]
    assert dex.type(int(dex.classes.superclass[0])) == "Landroid/app/Service;"
    assert dex.type_list(int(dex.classes.interfaces[0])) == ["Ljava/lang/Runnable;"]
    assert dex.method_body.tolist() == [0, -1, 1]
    assert dex.body_method.tolist() == [0, 2]


def test_what_code_refers_to() -> None:
    dex = read_dex(assemble(AGENT))
    rows, strings = dex.string_uses
    assert [(dex.string(index), int(body)) for index, body in zip(strings, dex.body_of(rows), strict=True)] == [("imei", 0)]
    assert [dex.method(index) for index in dex.invokes[1]] == ["Lcom/example/Agent;->send(Ljava/lang/String;)V"]
    assert [dex.field(index) for index in dex.references(FIELD)[1]] == ["Lcom/example/Agent;->URL:Ljava/lang/String;"]
    assert [dex.type(index) for index in dex.references(TYPE)[1]] == ["Ljava/util/HashMap;"]
    assert (dex.code.unit - dex.code.start[0]).tolist()[:6] == [0, 2, 5, 7, 9, 11]


def test_static_values_and_annotations() -> None:
    dex = read_dex(assemble(AGENT))
    values = {dex.field(index): value.number for _, index, value in dex.static_values()}
    assert values["Lcom/example/Agent;->LIMIT:I"] == 4096
    assert dex.string(values["Lcom/example/Agent;->URL:Ljava/lang/String;"]) == "http://host.example/"
    noted = {(note.target, dex.string(note.value.number)) for note in dex.annotations()}
    assert noted == {("class", "on class"), ("field", "on field"), ("method", "v1/x")}


def test_what_the_compiler_notes_is_passed_over() -> None:
    text = AGENT.replace("Lcom/example/Mark;", "Lkotlin/Metadata;")
    assert {note.target for note in read_dex(assemble(text)).annotations()} == {"method"}


@pytest.mark.parametrize("version", ["035", "036", "037", "038", "039", "040", "041"])
def test_every_version(version: str) -> None:
    dex = read_dex(assemble(AGENT, version))
    assert dex.version == version
    assert dex.problems == []
    assert "imei" in dex.strings


def test_a_version_of_the_future_is_read_and_said() -> None:
    dex = read_dex(assemble(AGENT, "077"))
    assert "imei" in dex.strings
    assert [problem.what for problem in dex.problems] == ["DEX version 077 is not known; read as 041"]


def test_a_container_of_several() -> None:
    files = read_dexes(container(AGENT, AGENT.replace("Agent", "Other"), AGENT.replace("imei", "meid")), "classes.dex")
    assert [file.name for file in files] == ["classes.dex!1", "classes.dex!2", "classes.dex!3"]
    assert [file.problems for file in files] == [[], [], []]
    assert [file.string(int(file.string_uses[1][0])) for file in files] == ["imei", "imei", "meid"]
    assert files[1].method(int(files[1].invokes[1][0])) == "Lcom/example/Other;->send(Ljava/lang/String;)V"


def test_a_single_file_with_bytes_behind_it_is_no_container() -> None:
    assert len(read_dexes(assemble(AGENT) + assemble(AGENT))) == 1


@pytest.mark.parametrize(
    "text",
    ["", "a", "é", "漢字", "\U0001f600", "\0inside", "x" * 127, "x" * 128, "x" * 20_000],
    ids=lambda text: ascii(text)[:12],
)
def test_strings(text: str) -> None:
    escaped = "".join(f"\\u{unit:04x}" for (unit,) in struct.iter_unpack("<H", text.encode("utf-16-le")))
    source = f'.class LA;\n.method static a()V\n.registers 1\nconst-string v0, "{escaped}"\nreturn-void\n.end method'
    dex = read_dex(assemble(source))
    assert [dex.string(index) for index in dex.string_uses[1]] == [text]
    assert dex.problems == []


def test_a_half_surrogate_and_stray_bytes_can_be_written_as_utf_8() -> None:
    data = assemble('.class LA;\n.method static a()V\n.registers 1\nconst-string v0, "\\ud83d!"\nreturn-void\n.end method')
    assert [read_dex(data).string(index) for index in read_dex(data).string_uses[1]] == ["�!"]
    stray = read_dex(data.replace("\ud83d".encode("utf-8", "surrogatepass"), b"\xff\xfe\xfd"))
    assert [stray.string(index) for index in stray.string_uses[1]] == ["���!"]


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_length_of_each_instruction(name: str) -> None:
    opcode, form = FORMATS[name]
    assert LENGTH[opcode] == UNITS[form.partition("-")[0]]


def test_jumbo_string_range_polymorphic_custom_and_handles() -> None:
    dex = read_dex(
        assemble(
            """
.class LA;
.method static a(IIIIII)V
  const-string/jumbo v0, "far"
  invoke-static/range {v0 .. v5}, LA;->a(IIIIII)V
  invoke-polymorphic {v0, v1}, Ljava/lang/invoke/MethodHandle;->invoke([Ljava/lang/Object;)Ljava/lang/Object;, (I)V
  invoke-custom {v0}, 7
  const-method-handle v0, 3
  return-void
.end method
""",
            "039",
        )
    )
    assert [dex.string(index) for index in dex.string_uses[1]] == ["far"]
    assert [dex.method(index) for index in dex.invokes[1]] == [
        "LA;->a(IIIIII)V",
        "Ljava/lang/invoke/MethodHandle;->invoke([Ljava/lang/Object;)Ljava/lang/Object;",
    ]
    assert dex.references(CALL_SITE)[1].tolist() == [7]
    assert dex.references(METHOD_HANDLE)[1].tolist() == [3]


PAYLOADS = {
    "packed-switch": "0x0100 0x0003 0 0 0 0 0 0 0 0",
    "sparse-switch": "0x0200 0x0002 0 0 0 0 0 0 0 0",
    "array of bytes, odd": "0x0300 1 3 0 0x1a1a 0x1a1a",
    "array of longs": "0x0300 8 1 0 0x1a1a 0x1a1a 0x1a1a 0x1a1a",
    "a nop with a high byte": "0x0400",
}


@pytest.mark.parametrize("units", PAYLOADS.values(), ids=PAYLOADS)
@pytest.mark.parametrize("before", [0, 400], ids=["alone", "among many"])
def test_payloads_are_stepped_over(units: str, before: int) -> None:
    # 0x1a1a inside an array would read as const-string, were it walked into; many methods take the other way of walking.
    other = "".join(f".method static m{index}()V\n.units {units}\nreturn-void\n.end method\n" for index in range(before))
    last = f'.method static z()V\n.registers 1\n.units {units}\nconst-string v0, "behind"\nreturn-void\n.end method'
    dex = read_dex(assemble(f".class LA;\n{other}{last}"))
    assert [dex.string(index) for index in dex.string_uses[1]] == ["behind"]
    assert len(dex.code.unit) == 3 + 2 * before
    assert dex.problems == []


def test_an_instruction_that_reaches_beyond_its_method() -> None:
    dex = read_dex(assemble(".class LA;\n.method static a()V\n.units 0x000e 0x0018\n.end method"))
    assert len(dex.code.unit) == 2
    assert [problem.what for problem in dex.problems] == ["the last instruction of 1 methods reaches beyond their code"]


def test_methods_that_share_one_body() -> None:
    data = bytearray(
        assemble(".class LA;\n.method static a()V\nreturn-void\n.end method\n.method static b()V\nreturn-void\n.end method")
    )
    dex = read_dex(bytes(data))
    first, second = dex.classes.method_code.tolist()
    at = data.index(bytes([second & 0x7F | 0x80, second >> 7]))
    data[at : at + 2] = bytes([first & 0x7F | 0x80, first >> 7])
    shared = read_dex(bytes(data))
    assert shared.method_body.tolist() == [0, 0]
    assert len(shared.code.unit) == 1
    assert shared.instructions == 2


def test_code_that_lies_over_other_code_is_left_out() -> None:
    data = bytearray(
        assemble(".class LA;\n.method static a()V\nreturn-void\n.end method\n.method static b()V\nreturn-void\n.end method")
    )
    first = int(read_dex(bytes(data)).classes.method_code[0])
    struct.pack_into("<I", data, first + 12, 20)
    dex = read_dex(bytes(data))
    assert dex.method_body.tolist() == [-1, 0]
    assert "lies over that of others" in dex.problems[0].what


def test_many_strings_at_one_long_string_are_bounded() -> None:
    data = bytearray(
        assemble(f'.class LA;\n.method static a()V\n.registers 1\nconst-string v0, "{"x" * 50_000}"\nreturn-void\n.end method')
    )
    count, offset = struct.unpack_from("<II", data, 0x38)
    target = max(struct.unpack_from(f"<{count}I", data, offset), key=lambda at: len(data[at : data.index(0, at)]))
    struct.pack_into("<II", data, 0x38, 10_000, len(data))
    data += struct.pack("<10000I", *([target] * 10_000))
    dex = read_dex(bytes(data))
    assert sum(map(len, dex.strings)) <= 2 * len(data)
    assert any("strings overlap" in problem.what for problem in dex.problems)


@pytest.mark.parametrize(
    "data", [b"", b"dex\n", b"dex\n035\0", b"PK\3\4" + bytes(200), bytes(0x70)], ids=["0", "4", "8", "zip", "zeros"]
)
def test_what_is_no_dex_file(data: bytes) -> None:
    dex = read_dex(data)
    assert dex.strings == []
    assert dex.problems
    everything(dex)


def test_a_file_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dex_module, "MAX_SIZE", 100)
    dex = read_dex(assemble(AGENT))
    assert dex.strings == []
    assert "are more than a DEX file has" in dex.problems[0].what


def test_cut_off_at_every_byte() -> None:
    data = assemble(AGENT)
    for size in range(len(data)):
        for dex in read_dexes(data[:size]):
            everything(dex)
            assert dex.problems


def test_a_container_cut_off_at_every_byte() -> None:
    data = container(AGENT, AGENT)
    for size in range(0, len(data), 3):
        for dex in read_dexes(data[:size]):
            everything(dex)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), min_size=1, max_size=12))
def test_changed_bytes_never_crash(changes: list[tuple[int, int]]) -> None:
    data = bytearray(assemble(AGENT))
    for at, value in changes:
        data[at % len(data)] = value
    for dex in read_dexes(bytes(data)):
        assert everything(dex) == everything(next(d for d in read_dexes(bytes(data)) if d.name == dex.name))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_garbage_behind_a_magic_number_never_crashes(garbage: bytes) -> None:
    for dex in read_dexes(b"dex\n035\0" + garbage):
        everything(dex)
