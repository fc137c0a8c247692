"""Hostile bytes: opened within the bounds or a `Problem`, never an exception, and the message after them is read."""

from __future__ import annotations

import base64
import gzip
import json
import random
import tracemalloc
import zlib
from collections.abc import Callable
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payloads.checks import IMEI, bytes_of, check, values
from payloads.making import opened
from vuoto.facts.parts import Layer
from vuoto.payloads import opening
from vuoto.payloads.limits import MAX_DEPTH, MAX_LAYERS, MAX_OUTPUT, MAX_PARTS, MAX_PROBLEMS


def bomb(size: int) -> bytes:
    """A gzip of `size` zeros, made without holding them."""
    press = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = b"\0" * 1_000_000
    return b"".join(press.compress(piece) for _ in range(size // len(piece))) + press.flush()


def test_bomb_in_two_gzips_is_a_problem_and_the_next_message_is_read() -> None:
    twice = gzip.compress(bomb(400_000_000), 9)
    opened(b"warm up")
    tracemalloc.start()
    found = opened(twice)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert any("bomb" in problem.what for problem in found.problems)
    assert sum(len(layer.data) for layer in found.layers) <= 2 * MAX_OUTPUT
    assert peak < 100_000_000
    assert ("imei", IMEI) in values(opened(json.dumps({"imei": IMEI}).encode()))


@pytest.mark.parametrize("head", [b"", b'{"a":', b'{"b":1}\n'], ids=["alone", "in an object", "behind one"])
def test_a_string_of_nothing_but_escapes_costs_little_more_than_its_bytes(head: bytes) -> None:
    data = head + b'"' + rb"\u0041" * 300_000 + b'"' + b"}" * head.endswith(b":")
    opened(b'{"warm":"up"}')
    tracemalloc.start()
    opened(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30 * len(data)


def test_bomb_of_many_small_members_shares_one_bound() -> None:
    found = opened(b"".join(gzip.compress(b"\0" * 1_000_000, 9) for _ in range(200)))
    assert sum(len(layer.data) for layer in found.layers) <= 2 * MAX_OUTPUT
    assert any("bomb" in problem.what for problem in found.problems)


def test_well_compressed_log_is_no_bomb() -> None:
    line = json.dumps({"event": "screen_on", "imei": IMEI}).encode() + b"\n"
    found = opened(gzip.compress(line * 1_000, 9))
    assert not found.problems
    assert sum(part.name == "imei" for part in found.parts) == 1_000


@pytest.mark.parametrize("depth", [300, 5_000, 200_000])
def test_what_stands_beside_a_too_deep_value_is_read(depth: int) -> None:
    found = opened(b'{"junk":' + b'[{"a":' * depth + b"1" + b"}]" * depth + b',"imei":"' + IMEI.encode() + b'"}')
    check(found)
    assert ("imei", IMEI) in values(found)
    assert any("deeper" in problem.what for problem in found.problems)
    part = next(part for part in found.parts if part.name == "imei")
    assert bytes_of(part) == IMEI.encode()
    assert len(found.layers) == 1


def test_base64_deeper_than_the_bound_is_a_problem() -> None:
    data = json.dumps({"imei": IMEI}).encode()
    for _ in range(MAX_DEPTH + 8):
        data = base64.b64encode(data)
    found = opened(data)
    check(found)
    assert max(len(layer.form) for layer in found.layers) <= MAX_DEPTH + 1


def test_wrapped_ten_times_is_found() -> None:
    data = json.dumps({"imei": IMEI}).encode()
    for _ in range(10):
        data = base64.b64encode(data)
    assert ("imei", IMEI) in values(opened(data))


def test_billion_laughs_are_not_told() -> None:
    lines = [f'<!ENTITY lol{n + 1} "{f"&lol{n};" * 10}">' for n in range(1, 9)]
    document = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY lol1 "lol">' + "".join(lines) + "]><l>&lol9;</l>"
    found = opened(document.encode())
    check(found)
    assert any("not expanded" in problem.what for problem in found.problems)
    assert sum(len(part.value) for part in found.parts) < 2 * len(document)


def test_external_entity_is_not_fetched() -> None:
    found = opened(b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><b>&x;</b></a>')
    check(found)
    assert all("root:" not in part.value for part in found.parts)


def test_more_values_than_the_bound_is_a_problem() -> None:
    found = opened(b"&".join(b"k%d=v%d" % (n, n) for n in range(MAX_PARTS + 10)))
    assert len(found.parts) == MAX_PARTS
    assert any("values" in problem.what for problem in found.problems)


def test_more_layers_than_the_bound_is_a_problem() -> None:
    inner = base64.b64encode(json.dumps({"imei": IMEI, "m": "x"}).encode()).decode()
    found = opened(json.dumps([{"d": f"{inner}", "n": n} for n in range(MAX_LAYERS + 100)]).encode())
    assert len(found.layers) <= MAX_LAYERS
    assert any("layers" in problem.what for problem in found.problems)


SHAPES: Final[dict[str, Callable[[int], bytes]]] = {
    "arrays": lambda n: b"[" * n,
    "objects": lambda n: b'{"a":' * (n // 5),
    "strings begun": lambda n: b'{"' * (n // 2),
    "quotes": lambda n: b'"' * n,
    "backslashes": lambda n: b"\\" * n,
    "elements": lambda n: b"<a>" * (n // 3),
    "attributes": lambda n: b"<a " + b"a=b " * (n // 4),
    "open quotes": lambda n: b'<a b="' * (n // 6),
    "no names": lambda n: b"<a " + b"<1" * (n // 2) + b">",
    "targets": lambda n: b"/a/b?" + b"c=A/a/b?" * (n // 8) + b"\n",
    "spaces in pairs": lambda n: b"a=" + b" " * n + b"!",
    "lines behind hex": lambda n: b"61" * 9 + b"\n" * n + b"!",
    "encoded line breaks": lambda n: b"a=+" + b"%0A" * (n // 3) + b"!&b=1",
    "whitespace in tags": lambda n: b"<a " + b"b" * 120 + b" " * n + b"!>",
    "cdata": lambda n: b"<![CDATA[" * (n // 9),
    "doctype": lambda n: b"<!DOCTYPE " + b"[" * n,
    "references": lambda n: b"&amp;" * (n // 5),
    "pairs": lambda n: b"a=b&" * (n // 4),
    "semicolons": lambda n: b"a:b;" * (n // 4),
    "keys": lambda n: b"k " * (n // 2),
    "brackets": lambda n: b"(" * n + b"a=b" + b")" * n,
    "colons": lambda n: b":" * n,
    "line breaks": lambda n: b"\n" * n,
    "spaces": lambda n: b" " * n + b"x",
    "letters": lambda n: b"A" * n,
    "base64 look": lambda n: b"aA1" * (n // 3),
    "base64 look in words": lambda n: b"A" * 63 + b" " + b"A " * (n // 2),
    "hex": lambda n: b"61" * (n // 2),
    "percent": lambda n: b"%41" * (n // 3),
    "percent of percent": lambda n: b"%25" * (n // 3),
    "escapes": lambda n: b"\\u0041" * (n // 6),
    "tokens begun": lambda n: b"ey." * (n // 3),
    "addresses": lambda n: b"http://a?b=c " * (n // 13),
    "scheme": lambda n: b"a" * n + b"://",
    "dashes": lambda n: b"--" * (n // 2),
    "multipart": lambda n: b"--x\r\n\r\n" * (n // 7),
    "table": lambda n: b"a,b\n" + b"1,2\n" * (n // 4),
    "zip heads": lambda n: b"PK\x03\x04" * (n // 4),
    "gzip heads": lambda n: b"\x1f\x8b\x08\x00" * (n // 4),
    "zlib heads": lambda n: b"\x01" + b"x\x9c" * (n // 2),
    "zstd heads": lambda n: b"\x01" + b"\x28\xb5\x2f\xfd" * (n // 4),
    "utf-16": lambda n: b"a\0" * (n // 2),
    "msgpack arrays": lambda n: b"\x91" * n,
    "cbor arrays": lambda n: b"\x9f" * n,
    "cbor tags": lambda n: b"\xc1" * n,
    "protobuf messages": lambda n: b"\x0a\x7f" * (n // 2),
    "runs": lambda n: b"abcdef\0" * (n // 7),
    "counted runs": lambda n: b"\x02ab" * (n // 3),
    "zeros": lambda n: b"\0" * n,
    "binary property list": lambda n: (
        b"bplist00" + b"\xd1" * n + b"\0" * 6 + b"\1\1" + b"\0" * 7 + b"\xff" + b"\0" * 15 + b"\x08"
    ),
    "noise": lambda n: random.Random(4).randbytes(n),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_work_is_linear(shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes shown to decoders, counted, never timed: four times the input, at most about four times the work."""
    real = opening.Opening._decode
    seen: list[int] = []

    def counted(self: opening.Opening, view: Layer, holder: Layer, hint: str, depth: int, is_text: bool) -> opening.Meaning:
        seen.append(len(view.data))
        return real(self, view, holder, hint, depth, is_text)

    monkeypatch.setattr(opening.Opening, "_decode", counted)
    counts = []
    for size in (20_000, 80_000):
        seen.clear()
        found = opened(SHAPES[shape](size))
        check(found)
        assert len(found.problems) <= MAX_PROBLEMS
        counts.append(sum(seen))
    assert counts[1] <= 6 * counts[0] + 100_000


@settings(max_examples=300)
@given(st.binary(max_size=400), st.sampled_from(["", "gzip", "br", "deflate", "application/json", "application/grpc", "xml"]))
def test_garbage_gives_facts(data: bytes, hint: str) -> None:
    check(opened(data, hint=hint))


PIECES: Final = [
    *(
        b'{"a":',
        b"[",
        b"]}",
        b'"',
        b"\\u0041",
        b"=",
        b"&",
        b"%7B",
        b"<a b='",
        b"</a>",
        b"\x1f\x8b\x08\x00",
        b"x\x9c",
        b"PK\x03\x04",
    ),
    *(b"bplist00", b"\x0a\x05", b"\x82\xa1k", b"\xa1\x61k", b"--b\r\n", b"\r\n\r\n", b"imei=", b"eyJhIjoxfQ", b".", b"\xff\xfe"),
    *(b"data:;base64,", b"Basic ", b"&#65;", b"=3D", b"0x", b"://", b"?", b"$GP,", b"a;b\n", b"\0\0\0\0\5", IMEI.encode()),
]


@settings(max_examples=400)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=6)), max_size=20).map(b"".join))
def test_pieces_of_formats_give_facts(data: bytes) -> None:
    check(opened(data))


@settings(max_examples=200)
@given(st.data())
def test_cut_and_changed_documents_give_facts(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from(WHOLE))
    cut = whole[: data.draw(st.integers(0, len(whole)))]
    at = data.draw(st.integers(0, max(0, len(cut) - 1)))
    check(opened(cut[:at] + data.draw(st.binary(max_size=2)) + cut[at + 1 :]))


_JSON: Final = json.dumps({"imei": IMEI, "list": [{"k": "mac", "v": "02:1a:c5:3d:7e:91"}], "n": 1.5}).encode()
WHOLE: Final = [
    _JSON,
    gzip.compress(_JSON, mtime=0),
    zlib.compress(_JSON),
    base64.encodebytes(_JSON),
    b'<?xml version="1.0"?><a><b c="d">e</b><![CDATA[f]]></a>',
    b'--b\r\nContent-Disposition: form-data; name="imei"\r\n\r\n' + IMEI.encode() + b"\r\n--b--\r\n",
    b"\x0a\x0f" + IMEI.encode() + b"\x12\x05hello",
    b"imei=" + IMEI.encode() + b"&d=%7B%22a%22%3A1%7D",
]


@pytest.mark.parametrize("size", [len(_JSON) - 1, 40])
def test_cut_off_json_gives_what_stands_before_the_cut(size: int) -> None:
    found = opened(_JSON[:size])
    assert ("imei", IMEI) in values(found)


def test_cut_off_gzip_gives_what_came_out() -> None:
    line = b"".join(b'{"imei":"%d","r":%d}\n' % (350000001234562, n * 7919 % 1009) for n in range(4_000))
    packed = gzip.compress(line)
    found = opened(packed[: len(packed) // 2])
    assert ("imei", IMEI) in values(found)
    assert any("cut off" in problem.what for problem in found.problems)


def test_same_bytes_give_the_same_twice() -> None:
    """Memories (templates, barren values) change nothing."""
    data = b"a=" + base64.b64encode(_JSON) + b"&b=plainword&c=plainword"
    rows = [[(p.name, p.pointer, p.value, p.syntax, p.layer.path, bytes_of(p)) for p in opened(data).parts] for _ in range(3)]
    assert rows[0] == rows[1] == rows[2]
