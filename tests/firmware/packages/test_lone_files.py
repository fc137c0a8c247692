"""Files of an image that hold code and do not say so by their names."""

from __future__ import annotations

import gzip
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.packages.builders import Put, make_zip
from firmware.packages.test_hidden_files import DENSE, DEX, PNG, xored
from vuoto.facts.builds import ReadBuild
from vuoto.firmware.building import read_image
from vuoto.firmware.content import BytesBlob
from vuoto.firmware.tree import open_tree


def build(files: Mapping[str, bytes]) -> ReadBuild:
    return read_image(open_tree(((path, lambda data=data: BytesBlob(data)) for path, data in files.items()), "phone"))  # type: ignore[misc]


@pytest.mark.parametrize(
    ("data", "dex", "kind"),
    [
        (DEX, "system/etc/x.bin", "dex"),
        (make_zip([Put("classes.dex", DEX)]), "classes.dex", "jar"),
        (make_zip([Put("a/b.bin", DEX)]), "a/b.bin", "zip"),
        (gzip.compress(DEX, mtime=0), "system/etc/x.bin!gzip", "dex"),
        (gzip.compress(make_zip([Put("b.dex", DEX)]), mtime=0), "system/etc/x.bin!gzip!b.dex", "dex"),
        (xored(DEX), "system/etc/x.bin!xor-0x33", "dex"),
    ],
)
def test_code_in_a_folder_of_the_image(data: bytes, dex: str, kind: str) -> None:
    found = build({"system/etc/x.bin": data, "system/etc/hosts": b"127.0.0.1 localhost\n" * 20}).packages
    assert [(read.package.path, read.package.kind) for read in found] == [("system/etc/x.bin", kind)]
    read = found[0]
    assert read.code is not None
    assert {place.dex for one in read.code.strings for place in one.places} == {dex}
    assert [one.host for one in read.code.strings if one.host] == ["hidden.example.com"]
    assert read.package.hidden


@pytest.mark.parametrize(
    "data",
    [
        PNG + DENSE,
        make_zip([Put("desc.txt", b"600 600 30"), Put("part0/0.png", PNG)]),
        gzip.compress(b"text " * 100, mtime=0),
        DENSE,
        b"dex\n is a format" * 20,
        b"PK\3\4 and nothing that follows" * 10,
        DEX[:60],
    ],
)
def test_look_alikes_are_no_packages(data: bytes) -> None:
    assert build({"system/media/x.bin": data, "system/media/bootanimation.zip": data}).packages == ()


@given(
    st.binary(min_size=100, max_size=400),
    st.sampled_from([b"dex\n035\0", b"PK\3\4", b"\x1f\x8b\x08", b"vdex027\0", b"dey\n036\0"]),
)
@settings(max_examples=100, deadline=None)
def test_any_bytes(tail: bytes, head: bytes) -> None:
    build({"system/etc/x.bin": head + tail})
