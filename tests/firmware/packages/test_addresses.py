"""Texts that name an address, and compiled XML that is passed over because it cannot hold one."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from firmware.packages.builders import Tag, make_axml
from vuoto.firmware.packages.addresses import SOURCES, TOP_LEVEL, addresses_in, may_name_address, names_address
from vuoto.firmware.packages.axml import read_xml

PIECES = st.sampled_from(
    [
        "example",
        ".com",
        ".de",
        "a.b",
        "http",
        "://",
        "192.0.2",
        ".7",
        "/sys/class/net/",
        "ro.serialno",
        " ",
        "é",
        "š",
        "-",
        "App.",
        "s",
    ]
)
TEXTS = st.lists(PIECES, max_size=5).map("".join) | st.text(max_size=12)


@pytest.mark.parametrize(
    "text",
    [
        "www.Example.COM",
        "http://example.org/a",
        "see 192.0.2.7",
        "cat /sys/class/net/wlan0",
        "ro.serialno",
        "content://sms",
        "a.example.de",
    ],
)
def test_names_an_address(text: str) -> None:
    assert names_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "com.example.Main",
        "libexample.so",
        "1.2.3",
        "http://schemas.android.com/apk/res/android",
        "a://b",
        "x.com.Foo",
        "300.1.1.1",
        "",
    ],
)
def test_names_none(text: str) -> None:
    assert not names_address(text)


@given(texts=st.lists(TEXTS, max_size=4), utf8=st.booleans())
@example(texts=["www.example.com", "a" * 97], utf8=False)
@example(texts=["192.0.2.7"], utf8=False)
@example(texts=["a.example.deš"], utf8=False)
def test_what_is_passed_over_holds_none(texts: list[str], utf8: bool) -> None:
    compiled = make_axml(Tag("a", {f"k{number}": text for number, text in enumerate(texts)}), utf8=utf8)
    if not may_name_address(compiled):
        assert not any(map(names_address, read_xml(compiled, "a.xml").strings()))


@pytest.mark.parametrize("utf8", [True, False])
def test_a_drawing_is_passed_over(utf8: bool) -> None:
    inside = Tag("android.support.v7.widget.Toolbar", {"android:name": "res/drawable/a.png", "android:label": "1.5dip"})
    assert not may_name_address(make_axml(Tag("LinearLayout", {}, [inside]), utf8=utf8))


@pytest.mark.parametrize("top", TOP_LEVEL.split("|"))
def test_every_top_level_domain_ends_a_host_in_capitals_or_not(top: str) -> None:
    for name in (f"vuoto.{top}", f"VUOTO.{top.upper()}", f"Vuoto.{top.capitalize()}"):
        assert names_address(name)
        assert may_name_address(name.encode())
        assert addresses_in(b"\0" + name.encode() + b"\0") == (name,)
    for name in (f"vuoto.{top}zz", f"vuoto.{top}.Zz", f"vuoto.z{top}z", f"vuoto.{top[0]}"):
        assert not names_address(name)


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_of_identifiers_is_found_in_text_and_in_bytes(source: str) -> None:
    assert names_address(f"cat {source}x")
    assert addresses_in(f"\0cat {source}x\0".encode()) == (f"cat {source}x",)
    assert not names_address(source[:-1])
