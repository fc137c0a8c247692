"""Bytes at the edge between two formats, each once read as the wrong one."""

from __future__ import annotations

import base64

import pytest

from payloads.making import found, opened

DOCUMENT = b'{"imei": "001017001234569", "imsi": "001010123456789", "mac": "02:1a:c5:3d:7e:91"}'
BLOB = base64.b64encode(DOCUMENT)
DASHES = b"----FormBoundary7MA4YWxkTrZu0gW"


def values(data: bytes) -> dict[str, str]:
    return {name: value for name, value, _form in found(opened(data))}


@pytest.mark.parametrize(
    "data",
    [
        b"payload:" + BLOB,  # the padding at the end is no value of a form's field
        b"v1." + BLOB + b".sig",
        b"7|" + BLOB + b"|end",
    ],
)
def test_base64_inside_a_longer_text(data: bytes) -> None:
    assert BLOB.endswith(b"==")
    assert values(data)["imei"] == "001017001234569"


def test_a_name_without_a_value_is_still_a_form() -> None:
    assert values(b"remember=&session_name_long=abc=")["session_name_long"] == "abc="


@pytest.mark.parametrize("boundary", [DASHES, b"------------------------d74496d66958873e", b"b", b"--b"])
def test_a_boundary_may_begin_with_hyphens(boundary: bytes) -> None:
    parts = ((b"imei", b"001017001234569"), (b"mac", b"02:1a:c5:3d:7e:91"))
    body = b"".join(
        b"--" + boundary + b'\r\nContent-Disposition: form-data; name="' + name + b'"\r\n\r\n' + value + b"\r\n"
        for name, value in parts
    )
    given = values(body + b"--" + boundary + b"--\r\n")
    assert given["imei"] == "001017001234569"
    assert given["mac"] == "02:1a:c5:3d:7e:91"


def test_an_address_in_angle_brackets_is_no_markup() -> None:
    given = values(b'<sip:198.51.100.7:5060>;+sip.instance="<urn:gsma:imei:00101700-123456-9>"')
    assert given["+sip.instance"] == "<urn:gsma:imei:00101700-123456-9>"


@pytest.mark.parametrize("head", [b"\x02\x10", b"\x4d\x07"])
def test_a_byte_before_text_that_only_looks_like_its_length(head: bytes) -> None:
    """The sixteen of the first, the seven of the second are no lengths: cut there, the value would be lost."""
    assert "imei=001017001234569" in {value for _, value, _ in found(opened(head + b"imei=001017001234569" + b"\x03"))} | {
        f"{name}={value}" for name, value, _ in found(opened(head + b"imei=001017001234569" + b"\x03"))
    }
