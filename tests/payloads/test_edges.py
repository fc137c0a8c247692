"""Bytes at the edge between two formats, each once read as the wrong one."""

from __future__ import annotations

import base64
import lzma

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


def test_lzma_without_its_end_is_not_taken_for_what_it_gave_so_far() -> None:
    """Its header has no magic number: only a stream that ends as it should proves it. One of xz does."""
    document = b'{"imei": "001017001234569", "note": "' + b"0123456789" * 40 + b'"}'
    alone, xz = lzma.compress(document, lzma.FORMAT_ALONE), lzma.compress(document, lzma.FORMAT_XZ)
    assert values(alone)["imei"] == values(xz)["imei"] == "001017001234569"
    assert "imei" not in values(alone[:-30])
    assert values(xz[:-30]).get("imei", "") in ("", "001017001234569")
    assert opened(xz[:-30]).problems


@pytest.mark.parametrize("message", [b"\0ola\0", b"\0\0hemmelig1", b"\0ola\0hem\x07elig1", b"ola\0hemmelig1"])
def test_a_log_in_has_a_name_and_a_word_that_can_be_typed(message: bytes) -> None:
    assert {"username", "password"} <= values(base64.b64encode(b"\0ola\0hemmelig1")).keys()
    assert not {"username", "password"} & values(base64.b64encode(message)).keys()


@pytest.mark.parametrize(("text", "is_message"), [(b"\tabcdefgh", False), (b"\nabc", False), (b"\n\tabcdefghi", True)])
def test_text_that_begins_with_a_tab_or_a_line_break(text: bytes, is_message: bool) -> None:
    """In protobuf a line break is the tag of content with a length, which must then fit; a tab is that of eight bytes."""
    body = b"\x0a\x06device" + b"\x12" + bytes([len(text)]) + text + b"\x1a\x0f001017001234569"
    given = {value for _, value, _ in found(opened(body, hint="application/x-protobuf"))}
    assert (text.decode() not in given) == is_message


def test_what_stands_behind_true_in_smile_is_read() -> None:
    """`{"on": true, "imei": …}`: a header, an object, each key with its length (Smile 1.0.6)."""
    document = b":)\n\x00\xfa\x81on\x23\x83imei" + bytes([0x40 + 14]) + b"001017001234569" + b"\xfb"
    assert values(document)["imei"] == "001017001234569"


def test_a_key_of_a_property_list_that_is_a_number_or_stands_nowhere() -> None:
    """Keys are texts; a list that names another object as its key, or one that it does not have, still gives its values."""
    objects = [b"\xd1\x01\x02", b"\x10\x2a", b"\x5e001017001234569"[:1] + b"00101700123456"]
    for key in (1, 9):
        objects[0] = bytes([0xD1, key, 2])
        body, offsets = b"bplist00", []
        for one in objects:
            offsets.append(len(body))
            body += one
        trailer = bytes(6) + b"\x01\x01" + (3).to_bytes(8, "big") + bytes(8) + len(body).to_bytes(8, "big")
        assert "00101700123456" in {value for _, value, _ in found(opened(body + bytes(offsets) + trailer))}
