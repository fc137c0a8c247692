"""Any stack of encodings around a document with known values: the values are found, and every layer leads back to the bytes."""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import quopri
import struct
import zlib
from collections.abc import Callable
from typing import Final
from urllib.parse import quote, quote_plus

import brotli
import cbor2
import msgpack
import zstandard
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from payloads.making import opened
from vuoto.facts.parts import Layer
from vuoto.payloads import locate

IMEI: Final = "358754050000004"
MAC: Final = "02:11:22:33:44:55"
DOCUMENT: Final = {"IMEI1": IMEI, "device": {"mac": MAC, "name": 'Nokia "7" plus/ø', "n": [1, 2.50, True, None]}}

Wrap = Callable[[bytes], bytes]


def _text(data: bytes) -> str:
    return data.decode("latin-1")


def multipart(data: bytes) -> bytes:
    """One part; the boundary must not occur in it (RFC 2046 §5.1.1)."""
    boundary = b"b%08x" % zlib.crc32(data)
    head = b'Content-Disposition: form-data; name="data"'
    return b"--" + boundary + b"\r\n" + head + b"\r\n\r\n" + data + b"\r\n--" + boundary + b"--\r\n"


BYTES: Final[dict[str, Wrap]] = {
    "gzip": lambda d: gzip.compress(d, mtime=0),
    "zlib": zlib.compress,
    "zstd": zstandard.compress,
    "base64": base64.b64encode,
    "base64-lines": base64.encodebytes,
    "base64-url": lambda d: base64.urlsafe_b64encode(d).rstrip(b"="),
    "base32": base64.b32encode,
    "hex": binascii.hexlify,
    "hex-upper": lambda d: d.hex().upper().encode(),
    "form": lambda d: b"v=1&data=" + quote_plus(base64.b64encode(d)).encode(),
    "json": lambda d: json.dumps({"data": base64.b64encode(d).decode(), "v": 1}).encode(),
    "multipart": multipart,
    "msgpack": lambda d: msgpack.packb({"data": d, "v": 1}),
    "cbor": lambda d: cbor2.dumps({"data": d, "v": 1}),
    "grpc": lambda d: b"\0" + struct.pack(">I", len(d)) + d,
    "protobuf": lambda d: b"\x0a\x03abc\x12" + varint(len(d)) + d + b"\x1a\x0dhello, world!",
    "data-url": lambda d: b"data:application/octet-stream;base64," + base64.b64encode(d),
}

TEXT: Final[dict[str, Wrap]] = {
    "percent": lambda d: quote(d, safe="").encode(),
    "json-string": lambda d: json.dumps({"inner": d.decode()}).encode(),
    "xml": lambda d: b"<a><b>" + d.replace(b"&", b"&amp;").replace(b"<", b"&lt;") + b"</b></a>",
    "quoted-printable": lambda d: quopri.encodestring(b"x" + d)[1:] if b"=" in quopri.encodestring(d) else d,
    "utf-16": lambda d: d.decode().encode("utf-16"),
    "bom": lambda d: b"\xef\xbb\xbf" + d,
}


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def leads_back(layer: Layer) -> bool:
    """Whether the wrapped bytes stand where the layer says, all the way to the section."""
    while layer.parent is not None:
        if not (layer.offset >= 0 and layer.length > 0 and layer.offset + layer.length <= len(layer.parent.data)):
            return False
        layer = layer.parent
    return layer.form == () and layer.data is layer.section.data


def wrap(names: list[str]) -> bytes:
    data = json.dumps(DOCUMENT, ensure_ascii="utf" not in str(names)).encode()
    for name in names:
        if name in BYTES:
            data = BYTES[name](data)
        elif is_text(data) and not (
            name == "quoted-printable" and data.startswith((b"--", b"{"))
        ):  # mailers encode parts and texts
            data = TEXT[name](data)
    return data


def is_text(data: bytes) -> bool:
    try:
        return all(c.isprintable() or c in "\r\n\t" for c in data.decode())
    except UnicodeDecodeError:
        return False


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from([*BYTES, *TEXT]), max_size=6))
@example(["base64-lines"])
@example(["json-string", "json-string", "percent", "percent"])
@example(["gzip", "form"])
@example(["gzip", "gzip", "base64", "json", "gzip", "hex"])
@example(["protobuf", "gzip", "multipart"])
def test_any_stack_of_encodings_opens(names: list[str]) -> None:
    result = opened(wrap(names))
    by_name = {(part.name, part.value): part for part in result.parts if part.syntax == "json"}
    assert ("IMEI1", IMEI) in by_name
    assert ("mac", MAC) in by_name
    part = by_name["IMEI1", IMEI]
    offset, length = locate(part)
    assert part.layer.data[offset : offset + length] == IMEI.encode()
    assert leads_back(part.layer)
    name = by_name["name", 'Nokia "7" plus/ø']
    offset, length = locate(name)
    assert json.loads(b'"' + name.layer.data[offset : offset + length] + b'"') == name.value
    assert all(leads_back(layer) for layer in result.layers)


def test_brotli_opens_where_it_is_claimed() -> None:
    result = opened(brotli.compress(json.dumps(DOCUMENT).encode()), hint="application/json;br")
    assert any(part.value == IMEI and part.layer.form == ("brotli",) for part in result.parts)


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(st.text() | st.integers() | st.booleans(), lambda x: st.lists(x) | st.dictionaries(st.text(), x), max_leaves=20)
)
def test_every_json_value_is_located(document: object) -> None:
    """`locate` finds the very bytes of every string and number that the standard reader sees."""
    data = json.dumps([document]).encode()
    result = opened(data)
    section = result.layers[0]
    for part in result.parts:
        if part.layer is section and part.syntax == "json":
            offset, length = locate(part)
            raw = data[offset : offset + length]
            if data[offset - 1 : offset] == b'"' and data[offset + length : offset + length + 1] == b'"':
                assert json.loads(b'"' + raw + b'"') == part.value
            else:
                assert raw.decode() == part.value
