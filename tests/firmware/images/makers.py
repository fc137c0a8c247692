"""Writes tiny images of every format, byte by byte, so that no test needs a tool or anybody's firmware."""

from __future__ import annotations

import bz2
import hashlib
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence

from vuoto.firmware.content import Blob, BytesBlob, Image
from vuoto.firmware.image import open_image
from vuoto.firmware.walking import walk

BLOCK = 4096
RANDOM = hashlib.shake_256(b"vuoto").digest(1 << 20)
"""Bytes without a pattern, the same in every run."""


class CountingBlob:
    """Counts the bytes that are read of another blob."""

    def __init__(self, data: bytes) -> None:
        self._inner = BytesBlob(data)
        self.size = len(data)
        self.read = 0

    def read_at(self, offset: int, length: int) -> bytes:
        data = self._inner.read_at(offset, length)
        self.read += len(data)
        return data


def opened(data: bytes, name: str = "image", old: Mapping[str, Blob] | None = None) -> Image:
    return open_image(BytesBlob(data), name, old=old)


def contents(image: Image) -> dict[str, bytes]:
    """The files directly in an image, by path."""
    return {e.path: e.open().read_at(0, e.size) for e in image.entries() if e.kind == "file"}


def told(image: Image) -> dict[str, str]:
    """Everything a walk gives: a file's text or digest, a link's arrow, a directory's slash."""
    result: dict[str, str] = {}
    for entry in walk(image):
        if entry.kind == "file":
            data = entry.open().read_at(0, entry.size)
            assert len(data) == entry.size
            short = data.isascii() and len(data) < 200
            result[entry.path] = data.decode("ascii") if short else f"sha256 {hashlib.sha256(data).hexdigest()}"
        else:
            result[entry.path] = f"-> {entry.link}" if entry.kind == "symlink" else "/"
    return result


# Protocol buffers.


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def message(*rows: tuple[int, int | bytes | str]) -> bytes:
    out = b""
    for number, value in rows:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        else:
            raw = value.encode() if isinstance(value, str) else value
            out += varint(number << 3 | 2) + varint(len(raw)) + raw
    return out


# Payloads.

Op = tuple[int, bytes, Sequence[tuple[int, int]], Sequence[tuple[int, int]]]
"""Kind, data, source extents, target extents."""


def payload(partitions: Mapping[str, tuple[int, Sequence[Op]]], *, old: bool = False, wrong_digest: bool = False) -> bytes:
    """A payload of partitions: size and operations each."""
    data = b""
    rows: list[tuple[int, int | bytes | str]] = [(3, BLOCK), (12, 9 if old else 0), (18, "2019-02-01")]
    for name, (size, operations) in partitions.items():
        fields: list[tuple[int, int | bytes | str]] = [(1, name), (7, message((1, size), (2, b"\1" * 32)))]
        if old:
            fields.append((6, message((1, size))))
        for kind, raw, source, target in operations:
            digest = hashlib.sha256(raw + b"x" * wrong_digest).digest()
            fields.append((8, _operation(kind, raw, len(data), source, target, digest)))
            data += raw
        rows.append((13, message(*fields)))
    manifest = message(*rows)
    return struct.pack(">4sQQI", b"CrAU", 2, len(manifest), 3) + manifest + b"sig" + data


def _operation(
    kind: int, raw: bytes, at: int, source: Sequence[tuple[int, int]], target: Sequence[tuple[int, int]], digest: bytes
) -> bytes:
    rows: list[tuple[int, int | bytes | str]] = [(1, kind)]
    if raw:
        rows += [(2, at), (3, len(raw)), (8, digest)]
    rows += [(4, message((1, s), (2, n))) for s, n in source] + [(6, message((1, s), (2, n))) for s, n in target]
    return message(*rows)


def full_payload(images: Mapping[str, bytes]) -> bytes:
    """A payload whose partitions use every kind of full operation in turn, a block at a time."""
    made: dict[str, tuple[int, list[Op]]] = {}
    for name, image in images.items():
        operations: list[Op] = []
        for index in range(len(image) // BLOCK):
            block = image[index * BLOCK : (index + 1) * BLOCK]
            target = [(index, 1)]
            if not block.strip(b"\0"):
                operations.append((6 + index // 4 % 2, b"", [], target))
                continue
            way = index % 3
            raw = block if way == 0 else bz2.compress(block) if way == 1 else lzma.compress(block)
            operations.append(((0, 1, 8)[way], raw, [], target))
        made[name] = (len(image), operations)
    return payload(made)


def bsdiff(old: bytes, new: bytes, form: bytes = b"BSDIFF40") -> bytes:
    """A patch that adds differences over the common length and inserts the rest, in one triple."""
    common = min(len(old), len(new))
    difference = bytes((b - a) & 0xFF for a, b in zip(old[:common], new[:common], strict=True))
    streams = [struct.pack("<qqq", common, len(new) - common, 0), difference, new[common:]]
    pack: dict[int, Callable[[bytes], bytes]] = {0: bytes, 1: bz2.compress, 2: _brotli}
    kinds = (1, 1, 1) if form == b"BSDIFF40" else tuple(form[5:8])
    packed = [pack[kind](stream) for kind, stream in zip(kinds, streams, strict=True)]
    return form + struct.pack("<qqq", len(packed[0]), len(packed[1]), len(new)) + b"".join(packed)


def _brotli(data: bytes) -> bytes:
    import brotli

    result: bytes = brotli.compress(data)
    return result


# LP metadata.

Extent = tuple[int, int, int, int]
"""Sectors, kind, first sector of data, device."""


def super_image(
    partitions: Mapping[str, Sequence[Extent]], data: Mapping[int, bytes], *, slots: int = 2, break_slots: Iterable[int] = (),
    break_geometry: Iterable[int] = (),
) -> bytes:  # fmt: skip
    """A super image; `data` gives bytes by first sector."""
    most = 4096
    geometry = struct.pack("<II32sIII", 0x616C4467, 52, bytes(32), most, slots, 4096)
    geometry = geometry[:8] + hashlib.sha256(geometry).digest() + geometry[40:]
    extents = b"".join(struct.pack("<QIQI", *e) for rows in partitions.values() for e in rows)
    table, first = b"", 0
    for name, rows in partitions.items():
        table += struct.pack("<36sIIII", name.encode(), 1, first, len(rows), 0)
        first += len(rows)
    group = struct.pack("<36sIQ", b"default", 0, 0)
    device = struct.pack("<QIIQ36sI", 2048, 1 << 20, 0, 1 << 30, b"super", 0)
    tables = table + extents + group + device
    rows4 = (0, len(partitions), 52, len(table), first, 24, len(table + extents), 1, 48, len(table + extents + group), 1, 64)
    header = struct.pack(
        "<IHHI32sI32s12I", 0x414C5030, 10, 0, 128, bytes(32), len(tables), hashlib.sha256(tables).digest(), *rows4
    )
    header = header.ljust(128, b"\0")
    header = header[:12] + hashlib.sha256(header).digest() + header[44:]
    slot = (header + tables).ljust(most, b"\0")
    image = bytearray(4096)
    for index in range(2):
        image += (geometry if index not in set(break_geometry) else geometry[:8] + b"\xff" * 44).ljust(4096, b"\0")
    for index in range(2 * slots):
        image += slot if index not in set(break_slots) else slot[:100] + b"\xff" * (most - 100)
    for sector, raw in data.items():
        end = sector * 512 + len(raw)
        image.extend(bytes(max(end - len(image), 0)))
        image[sector * 512 : end] = raw
    return bytes(image)


# Sparse images.


def sparse(chunks: Sequence[tuple[int, int, bytes]], *, blocks: int | None = None) -> bytes:
    """Chunks of kind (0xCAC1 raw, 0xCAC2 fill, 0xCAC3 skip, 0xCAC4 checksum), count of blocks and data."""
    total = sum(count for kind, count, _ in chunks if kind != 0xCAC4) if blocks is None else blocks
    out = struct.pack("<IHHHHIIII", 0xED26FF3A, 1, 0, 28, 12, BLOCK, total, len(chunks), 0)
    for kind, count, data in chunks:
        out += struct.pack("<HHII", kind, 0, count, 12 + len(data)) + data
    return out


# Archives.


def cpio(files: Sequence[tuple[str, int, bytes]]) -> bytes:
    """A newc archive of name, mode and content, with its trailer and padding."""
    out = b""
    for name, mode, data in [*files, ("TRAILER!!!", 0, b"")]:
        fields = (1, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name.encode()) + 1, 0)
        out += b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
        out += bytes(-len(out) % 4) + data
        out += bytes(-len(out) % 4)
    return out + bytes(-len(out) % 512)


def zipped(files: Mapping[str, bytes], *, deflate: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED)
    return out.getvalue()


def lz4_legacy(data: bytes) -> bytes:
    import lz4.block

    out = b"\x02\x21\x4c\x18"
    for at in range(0, len(data), 8 << 20):
        block: bytes = lz4.block.compress(data[at : at + (8 << 20)], store_size=False)
        out += struct.pack("<I", len(block)) + block
    return out


def gzipped(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=31)
    return packer.compress(data) + packer.flush()


# Boot images.


def boot(version: int, ramdisk: bytes, kernel: bytes = b"kernel") -> bytes:
    page = 2048 if version < 3 else 4096
    # 11.0.0, patch level 2021-03.
    system = (11 << 14) << 11 | (21 << 4 | 3)
    if version < 3:
        head = struct.pack("<8s10I", b"ANDROID!", len(kernel), 0, len(ramdisk), 0, 0, 0, 0, page, version, system)
        head += b"name".ljust(16, b"\0") + b"quiet".ljust(512, b"\0")
    else:
        head = struct.pack("<8s4I16sI", b"ANDROID!", len(kernel), len(ramdisk), system, 1580, bytes(16), version)
        head += b"quiet".ljust(1536, b"\0")
    return b"".join(part + bytes(-len(part) % page) for part in (head, kernel, ramdisk))


def vendor_boot(version: int, ramdisks: Mapping[str, bytes]) -> bytes:
    page = 4096
    whole = b"".join(ramdisks.values())
    head = struct.pack("<8sIIIII2048sI16sIIQ", b"VNDRBOOT", version, page, 0, 0, len(whole), b"quiet", 0, b"name", 2128, 5, 0)
    table, at = b"", 0
    for name, data in ramdisks.items():
        table += struct.pack("<III32s64s", len(data), at, 1, name.encode(), bytes(64))
        at += len(data)
    if version == 4:
        head += struct.pack("<IIII", len(table), len(ramdisks), 108, 0)
    parts = (head, whole, b"dtb..", table) if version == 4 else (head, whole, b"dtb..")
    return b"".join(part + bytes(-len(part) % page) for part in parts)


def apex(name: str, version: int, image: bytes, *, compressed: bool = False) -> bytes:
    manifest = message((1, name), (2, version), (5, f"{version}.0"))
    module = zipped({"apex_manifest.pb": manifest, "apex_payload.img": image})
    return zipped({"original_apex": module, "apex_manifest.pb": manifest}) if compressed else module
