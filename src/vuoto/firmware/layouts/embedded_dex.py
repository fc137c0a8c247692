"""DEX files inside other files: how long one is, and where they stand in an OAT or ODEX file that carries them.

Source: "Dalvik executable format" (header, containers of version 041); AOSP art, `runtime/oat.h` and `runtime/oat_file.cc` of
Android 5 to 7; AOSP dalvik, `libdex/DexFile.h` (`DexOptHeader`) for the ODEX of Android 4.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from vuoto.firmware.layouts.quickened import bodies_of, put_back

MAX_FOUND: Final = 500
"""DEX files taken from one file. The boot image of Android 5 has some thirty."""

_DEX: Final = re.compile(rb"dex\n0[0-9]{2}\0", re.DOTALL)
_OAT: Final = re.compile(rb"oat\n([0-9]{3})\0", re.DOTALL)
_HEADER: Final = 0x70
_CONTAINER_HEADER: Final = 0x78
_LITTLE_ENDIAN: Final = b"\x78\x56\x34\x12"
_FIRST_WITHOUT_DEX: Final = 124  # Android 8.0, whose DEX stand in a VDEX


@dataclass(frozen=True, slots=True)
class OatContents:
    """What an OAT or ODEX file holds."""

    version: str
    """`oat 088`, or `odex` for Android 4."""

    dexes: tuple[bytes, ...]
    """DEX files, in the order of the file. Instructions whose method or field only the device knows are `nop`s."""

    problems: tuple[str, ...]
    """What could not be read."""


def dex_size(data: bytes | bytearray, at: int) -> int:
    """Bytes of the DEX, compact DEX or container that begins at `at`; 0 where there is none. It may reach beyond `data`."""
    head = data[at : at + _CONTAINER_HEADER]
    if len(head) < _HEADER or head[40:44] != _LITTLE_ENDIAN or not (head.startswith((b"dex\n", b"cdex")) and head[7] == 0):
        return 0
    size, header = struct.unpack_from("<2I", head, 32)
    if header >= _CONTAINER_HEADER and head.startswith(b"dex\n041") and len(head) == _CONTAINER_HEADER:
        # In a container each file's size counts from its own header, and the container's is the one to go by.
        (size,) = struct.unpack_from("<I", head, _HEADER)
    return int(size) if size >= _HEADER else 0


def find_dexes(data: bytes) -> Iterator[bytes]:
    """The whole DEX files that stand anywhere in `data`, none inside another."""
    at = found = 0
    while found < MAX_FOUND and (match := _DEX.search(data, at)):
        size = dex_size(data, match.start())
        whole = 0 < size <= len(data) - match.start()
        if whole:
            yield data[match.start() : match.start() + size]
            found += 1
        at = match.start() + (size if whole else 1)


def is_oat(data: bytes) -> bool:
    """Whether bytes are an OAT file in its ELF, or an ODEX file of Android 4."""
    return data.startswith(b"dey\n") or (data.startswith(b"\x7fELF") and _OAT.search(data, 0, 1 << 20) is not None)


def read_oat(data: bytes) -> OatContents:
    """The DEX files in `data`, which `is_oat`. Never raises."""
    match = _OAT.search(data, 0, 1 << 20)
    number = int(match[1]) if match and not data.startswith(b"dey\n") else 0
    version = f"oat {number:03}" if number else "odex"
    if number >= _FIRST_WITHOUT_DEX:
        return OatContents(version, (), ())
    dexes: list[bytes] = []
    lost = 0
    for raw in find_dexes(data):
        dex = bytearray(raw)
        lost += put_back(dex, bodies_of(dex), None)
        dexes.append(bytes(dex))
    told = f"has {lost:,} quickened instructions, whose method or field only the device knows; they are read as nothing"
    return OatContents(version, tuple(dexes), (told,) if lost else ())
