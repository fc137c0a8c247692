"""Boot and vendor boot images, header versions 0 to 4 (AOSP system/tools/mkbootimg/include/bootimg/bootimg.h): their ramdisks.

Kernels, device trees and signatures are passed over; a ramdisk is unpacked into memory (`vuoto.firmware.layouts.unpacked`).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from vuoto.firmware.content import Blob, BytesBlob, Entry, Image, WindowBlob
from vuoto.firmware.image import BrokenImageError, ImageFormat, Opening
from vuoto.firmware.layouts.paths import partition_of, safe_path
from vuoto.firmware.layouts.unpacked import compression_of, unpack

MAX_RAMDISKS: Final = 64
"""Ramdisk fragments of a vendor boot image; devices have up to four."""

_BOOT: Final = b"ANDROID!"
_VENDOR: Final = b"VNDRBOOT"
_PAGES: Final = {2_048, 4_096, 8_192, 16_384, 32_768, 65_536, 131_072}  # header versions 0 to 2 and vendor boot name theirs
_PAGE_V3: Final = 4_096


@dataclass(frozen=True, slots=True)
class _Ramdisk:
    name: str
    offset: int
    size: int


def _recognise(head: bytes, name: str, size: int) -> int:
    del name, size
    return 100 if head.startswith((_BOOT, _VENDOR)) else 0


def _open(blob: Blob, opening: Opening) -> Image:
    head = blob.read_at(0, 4_096).ljust(4_096, b"\0")
    ramdisks, properties = _vendor_boot(blob, head, opening) if head.startswith(_VENDOR) else _boot(head)
    partition = partition_of(opening.name) or ("vendor_boot" if head.startswith(_VENDOR) else "boot")
    return Image(
        format=IMAGE.name,
        name=opening.name,
        entries=lambda: _entries(blob, ramdisks, partition, opening),
        properties={key: value for key, value in properties.items() if value},
        problems=opening.problems,
    )


def _boot(head: bytes) -> tuple[list[_Ramdisk], dict[str, str]]:
    u32 = struct.Struct("<I").unpack_from
    version: int = u32(head, 40)[0]
    if version in {3, 4}:
        kernel, ramdisk, system = struct.unpack_from("<III", head, 8)
        page = _PAGE_V3
        line = head[44:1_580]
    else:
        # In the first version this field is the size of a second device tree of some makers, or zero.
        kernel, ramdisk = u32(head, 8)[0], u32(head, 16)[0]
        page, system = u32(head, 36)[0], u32(head, 44)[0]
        line = head[64:576].rstrip(b"\0") + head[608:1_632]
        if page not in _PAGES:
            raise BrokenImageError(f"its header names pages of {page} bytes")
    offset = page + (kernel + page - 1) // page * page
    properties = {"header_version": str(version if version <= 4 else 0), **_system(system), "command_line": _string(line)}
    return [_Ramdisk("ramdisk", offset, ramdisk)] if ramdisk else [], properties


def _vendor_boot(blob: Blob, head: bytes, opening: Opening) -> tuple[list[_Ramdisk], dict[str, str]]:
    version, page = struct.unpack_from("<II", head, 8)
    (ramdisk,) = struct.unpack_from("<I", head, 24)
    header, dtb = struct.unpack_from("<II", head, 2_096)
    if version not in {3, 4} or page not in _PAGES:
        raise BrokenImageError(f"its header has the version {version} and pages of {page} bytes")
    offset = (header + page - 1) // page * page
    properties = {"header_version": str(version), "command_line": _string(head[28:2_076])}
    if version == 3:
        return [_Ramdisk("ramdisk", offset, ramdisk)] if ramdisk else [], properties
    length, count, width = struct.unpack_from("<III", head, 2_112)
    table_at = offset + (ramdisk + page - 1) // page * page + (dtb + page - 1) // page * page
    if width < 44 or count > MAX_RAMDISKS:
        opening.note("its table of ramdisks is damaged; the ramdisks are read as one")
        return [_Ramdisk("ramdisk", offset, ramdisk)] if ramdisk else [], properties
    table = blob.read_at(table_at, min(length, count * width))
    if len(table) < count * width:
        opening.note("its table of ramdisks is cut off; the ramdisks are read as one")
        return [_Ramdisk("ramdisk", offset, ramdisk)] if ramdisk else [], properties
    found: list[_Ramdisk] = []
    for place in range(0, min(count * width, len(table) - 43), width):
        size, begin, _kind = struct.unpack_from("<III", table, place)
        name, _ = safe_path(_string(table[place + 12 : place + 44]).replace("/", "_"))
        found.append(_Ramdisk(name or f"ramdisk{len(found)}", offset + begin, size))
    return found, properties


def _system(packed: int) -> dict[str, str]:
    """The system's version and patch level: 7 bits each for A.B.C, then year less 2000 and month."""
    if not packed:
        return {}
    version, level = packed >> 11, packed & 0x7FF
    return {
        "os_version": f"{version >> 14}.{version >> 7 & 0x7F}.{version & 0x7F}",
        "os_patch_level": f"{(level >> 4) + 2_000:04}-{level & 15:02}" if level else "",
    }


def _string(raw: bytes) -> str:
    return raw.partition(b"\0")[0].decode("utf-8", "backslashreplace")


def _entries(blob: Blob, ramdisks: list[_Ramdisk], partition: str, opening: Opening) -> Iterator[Entry]:
    seen: set[str] = set()
    for ramdisk in ramdisks:
        name = ramdisk.name
        if name in seen:
            opening.note(f"the ramdisk {name!r} stands twice; it is not read again")
            continue
        seen.add(name)
        window = WindowBlob(blob, ramdisk.offset, ramdisk.size)
        if window.size < ramdisk.size:
            opening.note(f"the ramdisk {name!r} is cut off")
        compression = compression_of(window.read_at(0, 16))
        content: Blob = window
        if compression:
            data, wrong = unpack(window, compression)
            if wrong:
                opening.note(f"the ramdisk {name!r}: {wrong}")
            content = BytesBlob(data)
        yield Entry(path=f"{name}.cpio", kind="file", size=content.size, open=partial(_same, content), partition=partition)


def _same(blob: Blob) -> Blob:
    return blob


IMAGE = ImageFormat(name="boot", title="a boot image", recognise=_recognise, open=_open, naming="beside")
