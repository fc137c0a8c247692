"""Makes file systems with Debian's programs, and puts them into `super` and sparse images. None tells when or where."""

from __future__ import annotations

import hashlib
import os
import struct
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

BLOCK: Final = 4_096
SECTOR: Final = 512
UUID: Final = "5c2f3b1e-7d64-4a0b-9b1c-201902200731"
MOMENT: Final = 1_230_768_000
"""The time of all files: 2009-01-01, as Android's build sets it."""


def erofs(files: Mapping[str, bytes], name: str, compression: str | None = None) -> bytes:
    """An EROFS image of `files` by path."""
    with tempfile.TemporaryDirectory() as folder:
        _lay_out(files, Path(folder, "root"))
        image = Path(folder, f"{name}.img")
        how = [f"-z{compression}"] if compression else []
        command = ["mkfs.erofs", "-T", str(MOMENT), "-U", UUID, "--all-root", "-Enoinline_data", *how, str(image)]
        _run([*command, str(Path(folder, "root"))])
        data = image.read_bytes()
        return data + bytes(-len(data) % BLOCK)


def ext4(files: Mapping[str, bytes], name: str, size: int) -> bytes:
    """An ext4 image of `size` bytes with `files` by path."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "root")
        _lay_out(files, root)
        image = Path(folder, f"{name}.img")
        kept = "^has_journal,^metadata_csum,^resize_inode,^orphan_file,^64bit"
        command = ["mke2fs", "-q", "-t", "ext4", "-b", str(BLOCK), "-I", "256", "-O", kept, "-m", "0", "-L", name, "-U", UUID]
        command += ["-E", f"hash_seed={UUID},root_owner=0:0,lazy_itable_init=0", "-d", str(root), str(image), str(size // BLOCK)]
        _run(command)
        _set_times(image, [p.relative_to(root) for p in sorted(root.rglob("*"))])
        return image.read_bytes()


def _set_times(image: Path, paths: list[Path]) -> None:
    """`mke2fs` takes each file's times from the file it copies, of which the system lets nobody set all."""
    names = ["/", "/lost+found", *(f"/{path}" for path in paths)]
    fields = ("ctime", "atime", "mtime", "crtime", "ctime_extra", "atime_extra", "mtime_extra", "crtime_extra")
    lines = [f"sif {n} {f} {0 if f.endswith('extra') else MOMENT}" for n in names for f in fields]
    lines += [f"ssv {f} {MOMENT}" for f in ("mkfs_time", "wtime", "lastcheck")]
    with tempfile.NamedTemporaryFile("w", suffix=".debugfs") as script:
        script.write("\n".join(lines) + "\n")
        script.flush()
        _run(["debugfs", "-w", "-f", script.name, str(image)])


def _lay_out(files: Mapping[str, bytes], root: Path) -> None:
    root.mkdir()
    for path, data in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        place.chmod(0o644)
    for place in (*root.rglob("*"), root):
        if place.is_dir():
            place.chmod(0o755)
        os.utime(place, (MOMENT, MOMENT))


def _run(command: list[str]) -> None:
    environment = os.environ | {"E2FSPROGS_FAKE_TIME": str(MOMENT), "SOURCE_DATE_EPOCH": str(MOMENT), "TZ": "UTC"}
    environment["PATH"] = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr.strip()}")


def super_image(partitions: Mapping[str, bytes]) -> bytes:
    """A `super` image of two slots' partitions, of which slot `_a` is filled (liblp's metadata_format.h)."""
    most = 4_096
    first = (BLOCK + 2 * 4_096 + 4 * most) // SECTOR
    first += -first % 8
    rows, extents, data = b"", b"", b""
    for index, (name, image) in enumerate(partitions.items()):
        rows += struct.pack("<36sIIII", f"{name}_a".encode(), 1, index, 1, 1)
        extents += struct.pack("<QIQI", len(image) // SECTOR, 0, first + len(data) // SECTOR, 0)
        data += image
    for name in partitions:
        rows += struct.pack("<36sIIII", f"{name}_b".encode(), 1, 0, 0, 2)
    groups = b"".join(struct.pack("<36sIQ", g, 0, 0) for g in (b"default", b"example_a", b"example_b"))
    size = first * SECTOR + len(data)
    device = struct.pack("<QIIQ36sI", first, 1 << 20, 0, size, b"super", 0)
    count = len(partitions)
    at = (0, len(rows), len(rows + extents), len(rows + extents + groups))
    table = (at[0], 2 * count, 52, at[1], count, 24, at[2], 3, 48, at[3], 1, 64)
    tables = rows + extents + groups + device
    head = struct.pack("<IHHI32sI32s12I", 0x414C5030, 10, 0, 128, bytes(32), len(tables), hashlib.sha256(tables).digest(), *table)
    head = head.ljust(128, b"\0")
    head = head[:12] + hashlib.sha256(head).digest() + head[44:]
    geometry = struct.pack("<II32sIII", 0x616C4467, 52, bytes(32), most, 2, BLOCK)
    geometry = geometry[:8] + hashlib.sha256(geometry).digest() + geometry[40:]
    image = bytes(BLOCK) + 2 * geometry.ljust(4_096, b"\0") + 4 * (head + tables).ljust(most, b"\0")
    return image.ljust(first * SECTOR, b"\0") + data


def sparse(image: bytes) -> bytes:
    """The image without its blocks of zeros (system/core/libsparse/sparse_format.h)."""
    chunks = list(_chunks(image))
    out = bytearray(struct.pack("<IHHHHIIII", 0xED26FF3A, 1, 0, 28, 12, BLOCK, len(image) // BLOCK, len(chunks), 0))
    for kind, count, data in chunks:
        out += struct.pack("<HHII", kind, 0, count, 12 + len(data)) + data
    return bytes(out)


def _chunks(image: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Runs of blocks: 0xCAC1 with their bytes, 0xCAC3 for zeros that are left out."""
    start = 0
    while start < len(image):
        empty = not image[start : start + BLOCK].strip(b"\0")
        end = start
        while end < len(image) and empty is (not image[end : end + BLOCK].strip(b"\0")):
            end += BLOCK
        count = (end - start) // BLOCK
        yield (0xCAC3, count, b"") if empty else (0xCAC1, count, image[start:end])
        start = end
