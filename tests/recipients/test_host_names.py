"""Host names as they come, and as they may be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vuoto.recipients.host_names import LONGEST_HOST, read_host


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("zzhc.vnet.cn", "zzhc.vnet.cn"),
        ("ZZHC.Vnet.CN.", "zzhc.vnet.cn"),
        ("example.com:8080", "example.com"),
        (" example.com ", "example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
        ("_service.example.com", "_service.example.com"),
        ("a" * 63 + ".example", "a" * 63 + ".example"),
    ],
)
def test_names(text: str, shown: str) -> None:
    host = read_host(text)
    assert host is not None
    assert (host.shown, host.valid, host.literal) == (shown, True, None)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 64 + ".example",
        "a..example",
        "-a.example",
        "a-.example",
        "a b.example",
        "a/b",
        "a\x1b[2Jb",
        "\u202eexample.com",
        "a\nb",
        "<a>",
    ],
)
def test_what_is_no_name_is_shown_harmless(text: str) -> None:
    host = read_host(text)
    assert host is not None
    assert not host.valid
    assert host.top_level is None
    assert all("!" <= c <= "~" for c in host.shown)


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:80", "192.0.2.1"),
        ("[2001:DB8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("2001:db8:0::1", "2001:db8::1"),
        ("[fe80::1%wlan0]", "fe80::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
    ],
)
def test_an_address_is_no_name(text: str, literal: str) -> None:
    host = read_host(text)
    assert host is not None
    assert host.literal == literal


@pytest.mark.parametrize("text", ["192.0.2", "192.0.2.256", "1.2.3.4.example", "dead.beef", "[2001:db8::1", "cafe"])
def test_what_looks_like_an_address_is_none(text: str) -> None:
    host = read_host(text)
    assert host is not None
    if text != "[2001:db8::1":  # a lost bracket is forgiven
        assert host.literal is None


@pytest.mark.parametrize("text", ["printer.local", "local", "localhost", "a.localhost", "router.home.arpa"])
def test_names_of_the_local_network(text: str) -> None:
    host = read_host(text)
    assert host is not None
    assert host.local


@pytest.mark.parametrize("text", ["local.example", "notlocal", "mylocal.example.com", "home.arpa.example", "arpa"])
def test_names_that_only_look_local(text: str) -> None:
    host = read_host(text)
    assert host is not None
    assert not host.local


@pytest.mark.parametrize(("text", "top"), [("a.cn", "cn"), ("cn", None), ("1.2.3.400", None), ("a b.cn", None)])
def test_top_level_domain(text: str, top: str | None) -> None:
    host = read_host(text)
    assert host is not None
    assert host.top_level == top


@pytest.mark.parametrize("text", ["", " ", "   "])
def test_nothing_is_no_host(text: str) -> None:
    assert read_host(text) is None


@given(st.text(max_size=400) | st.text("a.-1:[]%é\x00", max_size=2_000))
def test_any_text_is_bounded_harmless_and_stable(text: str) -> None:
    host = read_host(text)
    if host is None:
        return
    assert 0 < len(host.shown) <= LONGEST_HOST
    assert all("!" <= c <= "~" for c in host.shown)
    again = read_host(host.shown)
    assert again is not None
    if host.valid:
        assert again == host


def test_two_long_names_stay_two() -> None:
    first, second = read_host("a" * 300), read_host("a" * 300 + "b")
    assert first is not None
    assert second is not None
    assert first.shown != second.shown
