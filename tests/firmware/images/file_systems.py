"""File systems as small as they come, byte by byte: a file is short text, a link a tuple, a directory a mapping."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from firmware.images.makers import BLOCK

Tree = Mapping[str, "bytes | tuple[str] | Tree"]


def erofs(tree: Tree) -> bytes:
    """Compact inodes with their data behind them, blocks of 512 bytes."""
    bits, meta_block = 9, 3
    meta = bytearray()

    def add(mode: int, data: bytes, layout: int) -> int:
        meta.extend(bytes(-len(meta) % 512) if len(meta) % 512 + 32 + len(data) > 512 else b"")
        number = len(meta) // 32
        inode = struct.pack("<HHHHIIIIHHI", layout << 1, 0, mode, 1, len(data), 0, 0, number, 0, 0, 0)
        meta.extend(inode + data + bytes(-(32 + len(data)) % 32))
        return number

    def place(node: bytes | tuple[str] | Tree) -> tuple[int, int]:
        if isinstance(node, bytes):
            return add(0o100644, node, 2), 1
        if isinstance(node, tuple):
            return add(0o120777, node[0].encode(), 2), 7
        rows = [(name.encode(), *place(child)) for name, child in node.items()]
        rows = sorted([*rows, (b".", 0, 2), (b"..", 0, 2)])
        at, names, entries = 12 * len(rows), b"", b""
        for name, number, kind in rows:
            entries += struct.pack("<QHBB", number, at + len(names), kind, 0)
            names += name
        return add(0o40755, entries + names, 2), 2

    root, _ = place(tree)
    blocks = meta_block + (len(meta) + 511) // 512
    head = struct.pack("<IIIBBHQQIIII", 0xE0F5E1E2, 0, 0, bits, 0, root, len(meta) // 32, 1550000000, 0, blocks, meta_block, 0)
    head += bytes(16) + b"tiny".ljust(16, b"\0") + bytes(64)
    return (bytes(1024) + head).ljust(meta_block * 512, b"\0") + meta + bytes(-len(meta) % 512)


def ext4(tree: Tree) -> bytes:
    """One group of 1 KiB blocks: superblock, descriptor, 32 inodes of 128 bytes, then directories and files by extents."""
    block, inodes, table = 1024, 32, 3
    data: list[bytes] = []
    nodes: dict[int, bytes] = {}
    first = table + inodes * 128 // block

    def inode(number: int, mode: int, content: bytes, area: bytes | None = None) -> None:
        if area is None:
            blocks = [content[at : at + block].ljust(block, b"\0") for at in range(0, max(len(content), 1), block)]
            area = struct.pack("<HHHHI", 0xF30A, 1, 4, 0, 0) + struct.pack("<IHHI", 0, len(blocks), 0, first + len(data))
            data.extend(blocks)
        flags = 0 if mode == 0o120777 else 0x80000
        size = len(content)
        nodes[number] = (struct.pack("<HHI24xI4x", mode, 0, size, flags) + area.ljust(60, b"\0")).ljust(128, b"\0")

    numbers = iter(range(11, inodes))

    def place(node: bytes | tuple[str] | Tree, number: int, parent: int) -> int:
        if isinstance(node, bytes):
            inode(number, 0o100644, node)
            return 1
        if isinstance(node, tuple):
            inode(number, 0o120777, node[0].encode(), node[0].encode())
            return 7
        rows = [(b".", number, 2), (b"..", parent, 2)]
        for name, child in node.items():
            mine = next(numbers)
            rows.append((name.encode(), mine, place(child, mine, number)))
        content = b""
        for index, (raw, mine, kind) in enumerate(rows):
            length = 8 + (len(raw) + 3 & ~3) if index + 1 < len(rows) else block - len(content)
            content += (struct.pack("<IHBB", mine, length, len(raw), kind) + raw).ljust(length, b"\0")
        inode(number, 0o40755, content)
        return 2

    place(tree, 2, 2)
    head = bytearray(1024)
    struct.pack_into("<II", head, 0, inodes, first + len(data))
    struct.pack_into("<II", head, 20, 1, 0)
    struct.pack_into("<I4xI", head, 32, 8192, inodes)
    struct.pack_into("<H", head, 56, 0xEF53)
    struct.pack_into("<I", head, 76, 1)
    struct.pack_into("<IH", head, 84, 11, 128)
    struct.pack_into("<I", head, 96, 0x42)
    head[120:124] = b"tiny"
    descriptor = struct.pack("<III", 1, 2, table).ljust(block, b"\0")
    rows = b"".join(nodes.get(number, bytes(128)) for number in range(1, inodes + 1))
    return bytes(1024) + bytes(head) + descriptor + rows + b"".join(data)


def f2fs(tree: Tree) -> bytes:
    """Segments of four blocks; every inode with its content in itself, or in blocks where it has no room there."""
    checkpoint, nat, main = 2, 10, 18
    blocks: list[bytes] = []
    addresses: dict[int, int] = {}
    numbers = iter(range(4, 455))

    def add(data: bytes) -> int:
        blocks.append(data.ljust(BLOCK, b"\0"))
        return main + len(blocks) - 1

    def dentries(rows: list[tuple[bytes, int, int]], count: int, head: int) -> bytes:
        bitmap, entries, names, slot = bytearray(head), b"", b"", 0
        for name, number, kind in rows:
            width = (len(name) + 7) // 8
            for used in range(slot, slot + width):
                bitmap[used >> 3] |= 1 << used % 8
            entries += struct.pack("<IIHB", 0, number, len(name), kind) + bytes(11 * (width - 1))
            names += name.ljust(8 * width, b"\0")
            slot += width
        return bytes(bitmap) + entries.ljust(11 * count, b"\0") + names.ljust(8 * count, b"\0")

    def inode(number: int, mode: int, size: int, inline: int, area: bytes) -> None:
        head = struct.pack("<HBBIIIQQ", mode, 0, inline, 0, 0, 1, size, 1).ljust(360, b"\0")
        footer = struct.pack("<IIIQI", number, number, 0, 1, 0)
        addresses[number] = add((head + area).ljust(4_072, b"\0") + footer)

    def place(node: bytes | tuple[str] | Tree, number: int, parent: int) -> int:
        if isinstance(node, bytes | tuple):
            data, mode, kind = (node, 0o100644, 1) if isinstance(node, bytes) else (node[0].encode(), 0o120777, 7)
            if len(data) <= 4 * 922:
                inode(number, mode, len(data), 2, bytes(4) + data)
            else:
                places = [add(data[at : at + BLOCK]) for at in range(0, len(data), BLOCK)]
                inode(number, mode, len(data), 0, struct.pack(f"<{len(places)}I", *places))
            return kind
        rows = [(b".", number, 2), (b"..", parent, 2)]
        for name, child in node.items():
            mine = next(numbers)
            rows.append((name.encode(), mine, place(child, mine, number)))
        if number == 3:
            inode(number, 0o40755, BLOCK, 0, struct.pack("<I", add(dentries(rows, 214, 30))))
        else:
            room = 4 * (923 - 50 - 1)
            count = room * 8 // 153
            inode(number, 0o40755, room, 5, bytes(4) + dentries(rows, count, room - 19 * count))
        return 2

    place(tree, 3, 3)
    head = struct.pack("<IHHIIIIII", 0xF2F52010, 1, 15, 9, 3, 12, 2, 1, 1) + struct.pack("<IQ", 0, main + len(blocks))
    head += bytes(28) + struct.pack("<9I", 2, checkpoint, 0, nat, 0, main, 3, 1, 2) + bytes(16) + "tiny".encode("utf-16-le")
    head = (bytes(1_024) + head).ljust(BLOCK, b"\0")
    pack = (struct.pack("<Q", 7).ljust(132, b"\0") + struct.pack("<III", 5, 3, 1)).ljust(156, b"\0") + struct.pack("<II", 8, 8)
    pack = pack.ljust(BLOCK, b"\0")
    # The last inode stands in the journal alone.
    last = max(addresses)
    journal = struct.pack("<HIBII", 1, last, 0, last, addresses[last]).ljust(BLOCK, b"\0")
    table = b"".join(struct.pack("<BII", 0, n, addresses.get(n, 0) if n != last else 0) for n in range(455)).ljust(BLOCK, b"\0")
    return b"".join((head, head, pack, journal, pack, bytes(5 * BLOCK), table, bytes(7 * BLOCK), *blocks))
