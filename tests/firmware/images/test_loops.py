"""Images that hold themselves, climb, loop or claim too much: each ends soon, with a document or one clear error."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.test_audit import vuoto
from firmware.images.file_systems import Tree, erofs, ext4, f2fs
from firmware.images.makers import BLOCK, apex, boot, cpio, gzipped, opened, payload, sparse, super_image, zipped
from vuoto.firmware import walking
from vuoto.firmware.walking import walk


def super_of_itself() -> bytes:
    """Its one partition is the whole image, which is a super again."""
    return super_image({"odm_a": [(96, 0, 0, 0)]}, {90: b"x" * 512})


def super_of_itself_many_times() -> bytes:
    return super_image({f"p{n}_a": [(96, 0, 0, 0)] for n in range(30)}, {95: b"x" * 512})


def ext4_of_itself() -> bytes:
    """Files named as images, whose extent is the file system from its first block on."""
    image = bytearray(ext4({f"{n}.img": b"x" * 4_000 for n in range(12)}))
    for inode in range(11, 23):
        struct.pack_into("<IHHI", image, 3 * 1024 + (inode - 1) * 128 + 40 + 12, 0, len(image) // 1024, 0, 0)
        struct.pack_into("<I", image, 3 * 1024 + (inode - 1) * 128 + 4, len(image))
    return bytes(image)


def erofs_of_itself() -> bytes:
    image = bytearray(erofs({f"{n}.img": b"x" * 300 for n in range(9)}))
    at = 0
    while (at := image.find(struct.pack("<HHHHI", 2 << 1, 0, 0o100644, 1, 300), at)) >= 0:
        struct.pack_into("<HHHHIII", image, at, 0, 0, 0o100644, 1, len(image), 0, 0)
        at += 32
    return bytes(image)


def payloads_in_payloads() -> bytes:
    data = b"words" * 100
    for _ in range(9):
        data += bytes(-len(data) % BLOCK)
        one = payload({"odm": (len(data), [(0, data, [], [(0, len(data) // BLOCK)])])})
        data = zipped({"payload.bin": one, "b.zip": data}, deflate=True)
    return data


def sparse_in_sparse() -> bytes:
    data = erofs({"a": b"1"})
    for _ in range(30):
        data += bytes(-len(data) % BLOCK)
        data = sparse([(0xCAC1, len(data) // BLOCK, data)])
    return data


def packed_in_packed() -> bytes:
    data = b"PK\5\6" + bytes(600)
    for _ in range(60):
        data = gzipped(data)
    return data


def modules_in_modules() -> bytes:
    data = b"x" * 600
    for n in range(14):
        data = apex(f"com.example.m{n}", 1, ext4({"a.apex": data[:20_000]}), compressed=True)
    return data


def directories_that_loop() -> bytes:
    image = bytearray(ext4({"a": {"b": {"c": b"1"}}}))
    # `b` is its own grandparent: the entry names the root.
    at = image.index(b"\1\2b\0") - 6
    struct.pack_into("<I", image, at, 2)
    return bytes(image)


def links_that_loop() -> bytes:
    tree: Tree = {"a": ("b",), "b": ("a",), "c": {"up": ("../c",)}, "out": ("/../../etc/passwd",)}
    return erofs(tree)


def zeros_that_bomb() -> bytes:
    return zipped({f"{n}.img": gzipped(bytes(20 << 20)) for n in range(3)}, deflate=True)


def sizes_beyond_all() -> bytes:
    return payload({"odm": (1 << 63, []), "system": (BLOCK, [(0, b"x", [], [((1 << 40), 1 << 30)])])})


def ramdisk_that_climbs() -> bytes:
    return boot(
        2, gzipped(cpio([("../../etc/x", 0o100644, b"1"), ("/abs", 0o100644, b"2"), ("a/../../b", 0o120777, b"../../..")]))
    )


HOSTILE: dict[str, Callable[[], bytes]] = {
    "super.img": super_of_itself,
    "many/super.img": super_of_itself_many_times,
    "odm.img": ext4_of_itself,
    "vendor.img": erofs_of_itself,
    "ota.zip": payloads_in_payloads,
    "sparse.img": sparse_in_sparse,
    "a.gz": packed_in_packed,
    "m.capex": modules_in_modules,
    "loop.img": directories_that_loop,
    "links.img": links_that_loop,
    "bomb.zip": zeros_that_bomb,
    "payload.bin": sizes_beyond_all,
    "boot.img": ramdisk_that_climbs,
    "f2fs.img": lambda: f2fs({"a.img": b"x" * 9_000})[: -2 * BLOCK],
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_the_walk_ends_within_its_bounds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "MAX_CONTAINERS", 300)
    image = opened(HOSTILE[name](), name)
    entries = list(walk(image))
    assert len(entries) < 10_000
    for entry in entries:
        assert not entry.path.startswith("/")
        assert ".." not in entry.path.split("/")
        assert len(entry.within) <= walking.MAX_DEPTH + 1


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("super.img", "containers"),
        ("many/super.img", "containers"),
        ("odm.img", "containers"),
        ("vendor.img", "containers"),
        ("ota.zip", "containers"),
        ("sparse.img", "containers"),
        ("a.gz", "containers"),
        ("m.capex", "cut off"),
        ("loop.img", "a loop or a second link"),
        ("payload.bin", "claims 9,223,372,036,854,775,808 bytes"),
        ("boot.img", "would leave the folder"),
        ("f2fs.img", "is cut off"),
    ],
)
def test_what_bounds_it_is_told(name: str, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "MAX_CONTAINERS", 300)
    image = opened(HOSTILE[name](), name)
    for entry in walk(image):
        entry.open().read_at(0, 1)
    assert any(word in problem.what for problem in image.problems), image.problems


def test_links_are_told_as_they_stand_and_not_followed() -> None:
    found = {entry.path: entry.link for entry in walk(opened(links_that_loop(), "odm.img")) if entry.kind == "symlink"}
    assert found == {"odm/a": "b", "odm/b": "a", "odm/c/up": "../c", "odm/out": "/../../etc/passwd"}


def test_the_command_gives_a_document_or_one_clear_error(tmp_path: Path) -> None:
    """One run over all of them, as a folder; and each that is an error by itself."""
    folder = tmp_path / "pulled"
    for name, make in HOSTILE.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(make())
    (folder / "loop").symlink_to(folder)
    (folder / "app.apk").write_bytes(b"PK\3\4" + b"\xff" * 100)
    done = vuoto("firmware", "show", folder, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    (tmp_path / "words.bin").write_bytes(b"no image at all, but words" * 20)
    done = vuoto("firmware", "show", tmp_path / "words.bin")
    assert done.returncode == 3
    assert b"no firmware format was recognised" in done.stderr
    assert done.stderr.count(b"\n") <= 4
