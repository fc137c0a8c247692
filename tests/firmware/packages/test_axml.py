"""Compiled and plain XML give the same elements; what is malformed gives what Android makes of it, and a problem."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.packages.builders import Tag, make_axml, manifest, string_pool
from vuoto.firmware.packages import axml, elements
from vuoto.firmware.packages.axml import read_xml
from vuoto.firmware.packages.elements import XmlDocument
from vuoto.firmware.packages.string_pool import StringPool

DOCUMENT = manifest(
    Tag("application", {"android:label": "@0x7f010003"}, [Tag("receiver", {"android:name": ".Boot", "android:exported": True})]),
    Tag("note", {}, [], "text – 字"),
)
PLAIN = b"""<?xml version="1.0" encoding="utf-8"?>
<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="com.example.app" android:versionCode="7">
  <application android:label="@0x7f010003"><receiver android:name=".Boot" android:exported="true"/></application>
  <note>text \xe2\x80\x93 \xe5\xad\x97</note>
</manifest>"""


def shape(document: XmlDocument) -> list[tuple[str, int, list[tuple[str, str, int | None]], str]]:
    return [(e.name, e.parent, [(a.name, a.value, a.reference) for a in e.attributes], e.text.strip()) for e in document.elements]


EXPECTED = [
    ("manifest", -1, [("package", "com.example.app", None), ("versionCode", "7", None)], ""),
    ("application", 0, [("label", "@0x7f010003", 0x7F010003)], ""),
    ("receiver", 1, [("name", ".Boot", None), ("exported", "true", None)], ""),
    ("note", 0, [], "text – 字"),
]


@pytest.mark.parametrize("utf8", [True, False])
def test_compiled_xml(utf8: bool) -> None:
    document = read_xml(make_axml(DOCUMENT, utf8=utf8), "m")
    assert shape(document) == EXPECTED
    assert document.problems == []
    assert document.binary


def test_plain_xml_gives_the_same() -> None:
    document = read_xml(PLAIN, "m")
    assert shape(document) == EXPECTED
    assert not document.binary


@pytest.mark.parametrize(
    ("lie", "what"),
    [
        ({"hide": True}, None),
        ({"size": 28}, None),
        ({"kind": 0}, "begins with type 0x0000"),
        ({"declared": 4000}, "declares 4000 strings"),
        ({"between": struct.pack("<HHI", 0x0199, 8, 12) + b"junk"}, "unknown type 0x0199"),
        ({"between": b"\xff" * 12}, "bytes that are no chunk"),
    ],
)
def test_malformed_documents_are_read_as_android_reads_them(lie: dict[str, object], what: str | None) -> None:
    document = read_xml(make_axml(DOCUMENT, **lie), "m")  # type: ignore[arg-type]
    assert shape(document) == EXPECTED
    assert (what is None) == (document.problems == [])
    assert what is None or what in document.problems[0].what


def test_a_namespace_chunk_of_no_size_ends_nothing() -> None:
    good = make_axml(DOCUMENT)
    namespace = struct.pack("<HHIIIII", 0x101, 16, 0, 1, 0xFFFFFFFF, 0, 0)
    document = read_xml(good + namespace, "m")
    assert shape(document) == EXPECTED
    assert [p.what for p in document.problems] == [f"has a namespace chunk with an impossible size at byte {len(good)}"]


def test_a_name_that_contradicts_its_resource_id_loses() -> None:
    data = make_axml(Tag("a", {"android:name": "x"})).replace("name".encode("utf-16-le"), "evil".encode("utf-16-le"))
    document = read_xml(data, "m")
    assert document.elements[0].get("name") == "x"
    assert "names the attribute 'name' 'evil'" in document.problems[0].what


def test_the_frameworks_attribute_comes_before_a_plain_one() -> None:
    document = read_xml(make_axml(Tag("a", {"name": "plain", "android:name": "real"})), "m")
    assert document.elements[0].get("name") == "real"
    other = b'<a xmlns:x="urn:x" x:name="other"/>'
    assert read_xml(other, "m").elements[0].get("name") is None


def test_values_of_every_kind() -> None:
    document = read_xml(make_axml(Tag("a", {"n": -5, "t": True, "f": False, "r": "@0x01010003", "s": ""})), "m")
    assert [a.value for a in document.elements[0].attributes] == ["-5", "true", "false", "@0x01010003", ""]


def test_a_cut_off_document_gives_what_stands_before() -> None:
    data = make_axml(DOCUMENT)
    document = read_xml(data[: len(data) - 60], "m")
    assert shape(document)[:3] == EXPECTED[:3]
    assert any("still open" in p.what for p in document.problems)


def test_entities_are_refused() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>'
    document = read_xml(bomb, "m")
    assert document.elements == []
    assert [p.what for p in document.problems] == ["declares a document type, which is not read"]


def test_broken_plain_xml_gives_what_stands_before() -> None:
    document = read_xml(b"<manifest package='a'>\n<application>\n</manifest>", "m")
    assert [e.name for e in document.elements] == ["manifest", "application"]
    assert document.problems[0].what == "is not XML from line 3 on"


def test_depth_is_no_recursion() -> None:
    tag = Tag("a")
    chunks = []
    for kind in (0x102, 0x103):
        body = struct.pack("<II", 0xFFFFFFFF, 0) + (struct.pack("<HHHHHH", 20, 20, 0, 0, 0, 0) if kind == 0x102 else b"")
        chunks.append(struct.pack("<HHIII", kind, 16, 16 + len(body), 1, 0xFFFFFFFF) + body)
    data = string_pool([tag.name]) + chunks[0] * 50_000 + chunks[1] * 50_000
    document = read_xml(struct.pack("<HHI", 3, 8, 8 + len(data)) + data, "m")
    assert len(document.elements) == 50_000
    assert document.problems == []
    deep = read_xml(b"<a>" * 50_000 + b"</a>" * 50_000, "m")
    assert len(deep.elements) == 50_000


def test_elements_and_text_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(axml, "MAX_ELEMENTS", 3)
    monkeypatch.setattr(axml, "MAX_TEXT", 5)
    document = read_xml(make_axml(Tag("a", {}, [Tag("b", {}, [], "long text"), Tag("c"), Tag("d")])), "m")
    assert len(document.elements) == 3
    said = [p.what for p in document.problems]
    assert "has more than 3 elements; the rest is not read" in said
    assert any("more than 5 characters" in s for s in said)
    assert document.elements[1].text == ""


def test_a_document_too_long_is_not_read() -> None:
    document = read_xml(bytes(axml.MAX_XML + 1), "m")
    assert document.elements == []
    assert len(document.problems) == 1


def test_a_pool_that_spells_more_than_it_holds_runs_dry() -> None:
    # Every offset points at the same long string, a byte further on each time: quadratic for a reader that believes it.
    count, text = 20_000, "a" * 30_000
    start = 28 + 4 * count
    raw = bytes([0x80 | 0x75, 0x30, 0x80 | 0x75, 0x30]) * 5_000 + text.encode()
    pool = StringPool(
        struct.pack("<HHIIIIII", 1, 28, start + len(raw), count, 0, 0x100, start, 0)
        + struct.pack(f"<{count}I", *range(count))
        + raw
    )
    total = sum(len(pool.get(i) or "") for i in range(count))
    assert pool.exhausted
    assert total < 5 * (start + len(raw)) + (2 << 20)


@pytest.mark.parametrize("utf8", [True, False])
@pytest.mark.parametrize("text", ["", "a", "ä" * 70, "字" * 200, "x" * 300, "😀"])
def test_strings_of_every_length(utf8: bool, text: str) -> None:
    pool = StringPool(string_pool(["before", text, "after"], utf8=utf8))
    assert [pool.get(i) for i in range(4)] == ["before", text, "after", None]
    assert not pool.exhausted


SEED = make_axml(DOCUMENT)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.binary(max_size=300).map(lambda b: b"\x03\x00\x08\x00" + b)))
def test_any_bytes_give_elements_or_problems(data: bytes) -> None:
    for element in read_xml(data, "m").elements:
        assert element.parent < elements.MAX_ELEMENTS


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(SEED) - 1), st.integers(0, 255)), max_size=6), st.integers(0, len(SEED)))
def test_flipped_and_cut_documents_give_elements_or_problems(flips: list[tuple[int, int]], end: int) -> None:
    data = bytearray(SEED)
    for place, value in flips:
        data[place] = value
    document = read_xml(bytes(data[:end]), "m")
    assert all(-1 <= e.parent < i for i, e in enumerate(document.elements))
