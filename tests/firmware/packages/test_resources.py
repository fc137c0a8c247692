"""Values of resource tables by id, and which strings name addresses."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.packages.builders import make_arsc
from vuoto.firmware.packages import resources
from vuoto.firmware.packages.addresses import MAX_LENGTH, addresses_in, names_address
from vuoto.firmware.packages.resources import Resources

STRINGS = {"app_name": "Weather", "server": "https://collect.example.net/v1", "help": "no address in here"}


@pytest.mark.parametrize("offsets", ["wide", "sparse", "short"])
@pytest.mark.parametrize("compact", [False, True])
def test_values_by_id_in_every_form(offsets: str, compact: bool) -> None:
    table = Resources(make_arsc(STRINGS, offsets=offsets, compact=compact), "t")
    assert [table.value(0x7F010000 + i) for i in range(4)] == [*STRINGS.values(), None]
    assert list(table.strings(names_address)) == [("string/server", "https://collect.example.net/v1")]
    assert (table.value(0x7F020000), table.value(0x01010000), table.value(0)) == (None, None, None)
    assert table.problems == []


def test_references_are_followed_and_circles_end() -> None:
    table = Resources(make_arsc({"a": "x"}, references={"to": 0x7F010000, "self": 0x7F010002, "away": 0x01040000}), "t")
    assert [table.value(0x7F010000 + i) for i in range(4)] == ["x", "x", None, None]


def test_lookups_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "MAX_ASKED", 2)
    table = Resources(make_arsc(STRINGS), "t")
    assert [table.value(0x7F010000 + i) for i in (0, 1, 2, 1)] == [
        "Weather",
        "https://collect.example.net/v1",
        None,
        "https://collect.example.net/v1",
    ]


def test_strings_that_name_addresses_with_their_names() -> None:
    table = Resources(make_arsc(STRINGS), "t")
    assert list(table.strings(names_address)) == [("string/server", "https://collect.example.net/v1")]


def test_what_is_no_table_says_so() -> None:
    table = Resources(b"not a table at all", "t")
    assert (table.value(0x7F010000), [p.what for p in table.problems]) == (None, ["is not a resource table"])


def test_a_table_too_long_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "MAX_TABLE", 10)
    assert len(Resources(make_arsc(STRINGS), "t").problems) == 1


SEED = make_arsc(STRINGS, references={"to": 0x7F010000})


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(SEED) - 1), st.integers(0, 255)), max_size=6), st.integers(0, len(SEED)))
def test_flipped_and_cut_tables_give_values_or_problems(flips: list[tuple[int, int]], end: int) -> None:
    data = bytearray(SEED)
    for place, value in flips:
        data[place] = value
    table = Resources(bytes(data[:end]), "t")
    assert len([table.value(0x7F010000 + i) for i in range(5)]) == 5
    named = list(table.strings(lambda _: True))
    assert len(named) == len(set(named))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_values_or_problems(data: bytes) -> None:
    assert Resources(data, "t").value(0x7F010000) is None


@pytest.mark.parametrize(
    "text",
    [
        "http://zzhc.vnet.cn/register",
        "send to collect.example.net now",
        "zzhc.vnet.cn",
        "192.0.2.15",
        "host:192.0.2.15:9999",
        "mqtt://broker.example",
        "/sys/class/net/wlan0/address",
        "content://telephony/carriers",
        "gsm.sim.operator.numeric",
    ],
)
def test_addresses(text: str) -> None:
    assert names_address(text)
    assert addresses_in(b"\x00\x01" + text.encode() + b"\x00") == (text,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain words",
        "com.example.app.Boot",
        "libc.so",
        "java.io.File",
        "1.2.3.4.5",
        "300.1.1.1",
        "version 1.2.3",
        "name@example",
        "http://schemas.android.com/apk/res/android",
        "foo.c:12",
        "net.dns1",
        "/sys/class/leds",
    ],
)
def test_what_looks_like_an_address(text: str) -> None:
    assert not names_address(text)


def test_an_address_deep_in_a_long_run_is_found() -> None:
    data = b"a" * (5 * MAX_LENGTH) + b" https://example.org/x " + b"b" * 100
    assert any("https://example.org/x" in s for s in addresses_in(data))
