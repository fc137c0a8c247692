"""What is written is read again, whatever it is; the order of packages does not matter."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware.index.builds import agent, anything, build, by_path, clock
from vuoto.facts.builds import ReadBuild
from vuoto.firmware.content import BytesBlob
from vuoto.firmware.index import is_index, open_index, pack_package, write_index, write_packed

SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@SLOW
@given(anything(ReadBuild).map(by_path), st.randoms(use_true_random=False))
def test_any_build(whole: ReadBuild, random: object) -> None:
    written = write_index(whole)
    index = open_index(BytesBlob(written))
    assert index.read() == whole
    assert (index.name, index.format, index.build_facts, index.problems) == (
        whole.name,
        whole.format,
        whole.build,
        whole.problems,
    )
    shuffled = list(whole.packages)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert write_index(replace(whole, packages=tuple(shuffled))) == written
    assert write_packed(whole, map(pack_package, shuffled)) == written
    for number, read in enumerate(whole.packages):
        assert index.read([number]).packages == (read,)
        header = index.packages()[number]
        assert (header.path, header.name, header.sha256) == (read.package.path, read.package.name, read.package.sha256)


def test_some_of_the_packages() -> None:
    whole = by_path(build(clock("a.apk"), agent("b.apk"), clock("c.apk"), agent("d.apk")))
    index = open_index(BytesBlob(write_index(whole)))
    assert len(index) == 4
    assert index.read([3, 0, 17, -1, 3]).packages == (whole.packages[0], whole.packages[3])
    assert index.read([]).packages == ()
    assert index.read([1, 2]).packages == whole.packages[1:3]


def test_a_number_beyond_64_bits_keeps_the_bound() -> None:
    huge = replace(clock(), package=replace(clock().package, version_code=10**30))
    read = open_index(BytesBlob(write_index(build(huge)))).read()
    assert read.packages[0].package.version_code == (1 << 63) - 1


def test_the_magic_number() -> None:
    assert is_index(write_index(build()))
    assert not is_index(b"PK\x03\x04")
