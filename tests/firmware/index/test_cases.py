"""A file that was written once is read by every later version."""

from __future__ import annotations

import contextlib
from pathlib import Path

from firmware.index.builds import agent, build, by_path, clock
from vuoto.errors import InputError
from vuoto.firmware.content import BytesBlob
from vuoto.firmware.index import open_index, write_packed

CASE = Path(__file__).parent / "cases" / "opens-an-older-file"


def test_the_index() -> None:
    index = open_index(BytesBlob((CASE / "input.vfx").read_bytes()))
    assert index.read() == by_path(build(agent(), clock()))
    assert index.mentions(["vnet.cn"]) == {"vnet.cn": (1,)}


def test_the_package_is_read_or_refused() -> None:
    with contextlib.suppress(InputError):
        assert write_packed(build(), [(CASE / "packed.bin").read_bytes()])
