"""Each document in each wrapping: named values are found, bare ones keep their name, and every step leads back to the bytes."""

from __future__ import annotations

import base64
import binascii
import gzip
import hashlib
import html
import io
import json
import plistlib
import quopri
import zipfile
import zlib
from collections.abc import Callable
from typing import Final
from urllib.parse import quote, quote_plus

import brotli
import cbor2
import msgpack
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from payloads.checks import ICCID, IMEI, MAC, bytes_of, chain, check, values
from payloads.making import opened
from vuoto.facts.parts import Opened, Part

IDS: Final = {"imei": IMEI, "iccid": ICCID, "wifi": MAC}


def raw_deflate(data: bytes) -> bytes:
    press = zlib.compressobj(wbits=-15)
    return press.compress(data) + press.flush()


def zipped(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("log.bin"), data)
    return file.getvalue()


def frame(data: bytes) -> bytes:
    return b"\0" + len(data).to_bytes(4, "big") + data


TO_TEXT: Final[dict[str, Callable[[bytes], bytes]]] = {
    "base64": base64.b64encode,
    "base64 url-safe": lambda d: base64.urlsafe_b64encode(d).rstrip(b"="),
    "base64 in lines": base64.encodebytes,
    "base32": base64.b32encode,
    "hex": lambda d: d.hex().encode(),
    "hex upper": lambda d: d.hex().upper().encode(),
    "hex with colons": lambda d: d.hex(":").encode(),
    "hex with spaces": lambda d: d.hex(" ").encode(),
    "hex with 0x": lambda d: b"0x" + d.hex().encode(),
    "data url": lambda d: b"data:application/octet-stream;base64," + base64.b64encode(d),
}
"""From any bytes to text."""

OF_TEXT: Final[dict[str, Callable[[bytes], bytes]]] = {
    "percent": lambda d: quote(d, safe="").encode(),
    "percent twice": lambda d: quote(quote(d, safe=""), safe="").encode(),
    "json": lambda d: json.dumps({"d": d.decode()}).encode(),
    "json escaped": lambda d: json.dumps({"d": d.decode()}).replace("A", "\\u0041").replace("1", "\\u0031").encode(),
    "json in an array": lambda d: json.dumps([{"key": "payload", "value": d.decode()}, 7]).encode(),
    "form": lambda d: b"v=1&d=" + quote_plus(d.decode()).encode(),
    "xml": lambda d: b"<r><d>" + html.escape(d.decode()).encode() + b"</d></r>",
    "utf-16": lambda d: d.decode().encode("utf-16"),
    "byte order mark": lambda d: b"\xef\xbb\xbf" + d,
}
"""From text to text or bytes."""

TO_BYTES: Final[dict[str, Callable[[bytes], bytes]]] = {
    "gzip": lambda d: gzip.compress(d, mtime=0),
    "zlib": zlib.compress,
    "deflate": raw_deflate,
    "brotli": brotli.compress,
    "zstd": zstandard.compress,
    "zip": zipped,
    "multipart": lambda d: b'--b\r\nContent-Disposition: form-data; name="d"\r\n\r\n' + d + b"\r\n--b--\r\n",
    "msgpack": lambda d: bytes(msgpack.packb({"d": d})),
    "cbor": lambda d: cbor2.dumps({"d": d}),
    "grpc": frame,
    "plist": lambda d: plistlib.dumps({"d": d}, fmt=plistlib.FMT_BINARY),
    "plist in xml": lambda d: plistlib.dumps({"d": d}),
}
"""From any bytes to bytes."""

DOCUMENTS: Final[dict[str, bytes]] = {
    "json": json.dumps(IDS).encode(),
    "form": "&".join(f"{k}={v}" for k, v in IDS.items()).encode(),
    "pairs": ";".join(f"{k}={v}" for k, v in IDS.items()).encode(),
    "pipes": "|".join(f"{k}:{v}" for k, v in IDS.items()).encode(),
    "lines": "\n".join(f"{k}: {v}" for k, v in IDS.items()).encode(),
    "table": (",".join(IDS) + "\n" + ",".join(IDS.values()) + "\n").encode(),
    "xml": ("<d>" + "".join(f"<{k}>{v}</{k}>" for k, v in IDS.items()) + "</d>").encode(),
}
"""Text documents that name the three values."""

BINARY: Final[dict[str, bytes]] = {
    "msgpack": bytes(msgpack.packb(IDS)),
    "cbor": cbor2.dumps(IDS),
    "plist": plistlib.dumps(IDS, fmt=plistlib.FMT_BINARY),
}
"""Binary documents that name them."""


def leads_back(part: Part) -> None:
    """The value's bytes stand where `locate` says, and each layer's where it says in the one around."""
    said = bytes_of(part)
    plain = part.value.encode()
    assert said in {plain, plain.decode().encode("utf-16-be")} or b"\\u" in said or b"%" in said or b"&" in said
    chain(part.layer)


def assert_found(found: Opened) -> None:
    check(found)
    assert set(IDS.items()) <= values(found), [(p.name, p.value[:40], p.syntax, p.layer.path) for p in found.parts]
    for part in found.parts:
        if (part.name, part.value) in IDS.items():
            leads_back(part)


@pytest.mark.parametrize("document", [*DOCUMENTS, *BINARY])
@pytest.mark.parametrize("wrapping", [*TO_TEXT, *TO_BYTES, *OF_TEXT])
def test_each_document_in_each_wrapping(document: str, wrapping: str) -> None:
    data = {**DOCUMENTS, **BINARY}[document]
    if wrapping in OF_TEXT and document in BINARY:
        data = base64.b64encode(data)
    assert_found(opened({**TO_TEXT, **TO_BYTES, **OF_TEXT}[wrapping](data)))


@pytest.mark.parametrize("outer", TO_TEXT)
@pytest.mark.parametrize("value", [IMEI, MAC, ICCID, "kari.nordmann@example.org"])
def test_bare_value_keeps_the_name_of_the_field_it_was_wrapped_in(outer: str, value: str) -> None:
    """A part of its own under the name, beside the wrapped one."""
    wrapped = TO_TEXT[outer](value.encode()).decode().strip()
    bodies = [json.dumps({"a": 1, "device": wrapped}), f"a=1&device={quote(wrapped)}"]
    if ";" not in wrapped:
        bodies.append(f"a=1;device={wrapped};b=2")
    for body in bodies:
        found = opened(body.encode())
        check(found)
        inner = [part for part in found.parts if (part.name, part.value) == ("device", value)]
        assert inner, (body, [(p.name, p.value) for p in found.parts])
        assert all(bytes_of(part) == value.encode() for part in inner)
        assert ("device", wrapped) in values(found)


@pytest.mark.parametrize("escape", ["plain", "unicode", "slash", "surrogates"])
def test_json_positions_count_escapes(escape: str) -> None:
    value = {"plain": "abc", "unicode": "0é1", "slash": 'a/b\\c"d', "surrogates": "x😀y"}[escape]
    text = json.dumps({"före": [1, {"a/b~c": "first"}], "v": value, "n": 12.50}).replace("/", "\\/")
    found = opened(text.encode())
    part = next(p for p in found.parts if p.name == "v")
    assert part.value == value
    assert json.loads(b'"' + bytes_of(part) + b'"') == value
    assert next(p for p in found.parts if p.pointer == "/före/1/a~1b~0c").value == "first"
    number = next(p for p in found.parts if p.name == "n")
    assert bytes_of(number).decode() == number.value


def test_repeated_members_are_all_kept_and_told_apart() -> None:
    found = opened(b'{"imei":"350000001234562","imei":"350000001234570"}')
    parts = [part for part in found.parts if part.name == "imei"]
    assert [bytes_of(part) for part in parts] == [b"350000001234562", b"350000001234570"]


@pytest.mark.parametrize("wrap", [lambda d: json.dumps(d).encode(), msgpack.packb, cbor2.dumps])
def test_a_member_that_says_a_name_names_its_sibling_and_a_number_does_not(wrap: Callable[[object], bytes]) -> None:
    found = opened(wrap([{"key": "imei", "value": IMEI}, {"id": "4711", "value": MAC}]))
    assert {("imei", IMEI), ("value", MAC)} <= values(found)


def test_numbers_keep_their_digits() -> None:
    found = opened(b'{"iccid":89470000190220123457,"lat":59.9138680,"e":1E2}')
    assert {p.value for p in found.parts} == {"89470000190220123457", "59.9138680", "1E2"}


@given(st.text(alphabet=st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30))
def test_percent_and_plus_positions(value: str) -> None:
    body = f"a=1&v={quote_plus(value)}&b=2".encode()
    part = next(p for p in opened(body).parts if p.name == "v" and p.layer.parent is None)
    assert part.value == value
    assert bytes_of(part) == quote_plus(value).encode()


def test_quoted_printable_is_opened() -> None:
    body = quopri.encodestring(f"imei={IMEI}; name=Åse Nordmann of the northern road".encode(), quotetabs=False)
    assert ("imei", IMEI) in values(opened(body))


def test_what_is_not_a_wrapping_of_ours_is_left() -> None:
    """Snappy is not read: nothing is invented in it."""
    found = opened(b"\xff\x06\x00\x00sNaPpY\x00\x20\x00\x00" + hashlib.sha512(b"snappy").digest())
    check(found)
    assert not any(layer.form for layer in found.layers)


def test_uuencode_is_left() -> None:
    found = opened(b"begin 644 a\n" + binascii.b2a_uu(b"hello world, hello world") + b"`\nend\n")
    check(found)
    assert all("hello" not in part.value for part in found.parts)
