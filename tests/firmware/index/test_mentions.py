"""Which packages hold a word."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.index.builds import agent, anything, build, by_path, clock
from vuoto.facts.builds import ReadBuild
from vuoto.firmware.content import BytesBlob
from vuoto.firmware.index import BuildIndex, open_index, write_index
from vuoto.origins.build import BuildInMemory


def opened(whole: ReadBuild) -> BuildIndex:
    return open_index(BytesBlob(write_index(whole)))


@pytest.fixture(scope="module")
def index() -> BuildIndex:
    return opened(build(clock("a.apk"), agent("b.apk"), clock("c.apk"), agent("d.apk", host="api.other.example")))


@pytest.mark.parametrize(
    ("word", "packages"),
    [
        ("zzhc.vnet.cn", (1,)),
        ("vnet.cn", (1,)),
        ("cn", (1,)),
        ("zzhc.vnet.cn:9999", (1,)),
        ("://zzhc", (1,)),
        ("9999/", (1, 3)),
        ("net.cn", ()),
        ("vnet.c", ()),
        ("vnet", (1,)),
        ("VNET", ()),
        ("SIM1ICCID", (1, 3)),
        ("ICCID", ()),
        ("SIM1", ()),
        ("other.example", (3,)),
        ("eu.example.net", (1, 3)),
        ("/v1", (1, 3)),
        ("", ()),
        ("://", ()),
    ],
)
def test_a_word(index: BuildIndex, word: str, packages: tuple[int, ...]) -> None:
    assert index.mentions([word]) == {word: packages}


def test_what_packages_do(index: BuildIndex) -> None:
    assert index.reads_of("imei") == (1, 3)
    assert index.reads_of("imsi") == ()
    assert index.having("packages.code.sends.channel", "http") == (1, 3)
    assert index.started_by("boot") == (1, 3)
    assert index.having("packages.package.path", "c.apk") == (2,)
    assert index.having("packages.code.paths.steps.place.method", "Lcom/example/agent/Agent;->send()V") == (1, 3)
    assert index.having("packages.code.nothing", "imei") == ()


def test_what_is_off_is_started_by_nothing() -> None:
    on, off = agent("a.apk"), agent("b.apk")
    triggers = tuple(replace(one, enabled=False) for one in off.package.triggers)
    both = (*on.package.triggers, *triggers)
    whole = build(
        on,
        replace(off, package=replace(off.package, triggers=triggers)),
        replace(off, package=replace(off.package, path="c.apk", triggers=both)),
    )
    assert opened(whole).started_by("boot") == (0, 2)
    assert BuildInMemory(whole).started_by("boot") == (0, 2)


def test_long_words_are_compared_whole() -> None:
    host = "a" * 60 + ".example"
    assert opened(build(agent("a.apk", host=host))).mentions([host, "a" * 60, "a" * 59, host + "x"]) == {
        host: (0,),
        "a" * 60: (0,),
        "a" * 59: (),
        host + "x": (),
    }


@settings(max_examples=30, deadline=None)
@given(anything(ReadBuild).map(by_path), st.sampled_from(["a", "vnet.cn", "zzhc"]))
def test_as_many_as_reading_it_all_finds(whole: ReadBuild, word: str) -> None:
    import re

    pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.ASCII)
    expected = []
    for number, read in enumerate(whole.packages):
        code = read.code
        texts = [s.value for s in read.package.strings]
        texts += [text for library in read.package.native_libraries for text in library.strings]
        if code is not None:
            texts += [s.value for s in code.strings] + [s.host or "" for s in code.strings] + [w.value for w in code.words]
        if any(pattern.search(text) for text in texts):
            expected.append(number)
    assert opened(replace(whole)).mentions([word])[word] == tuple(expected)
