"""ext4 and EROFS against the tools that make them: every byte of a tree, and nothing else.

What Debian 12's mkfs.erofs cannot make (fragments, LZMA, deflate, zstd, 48-bit addresses) stands in case folders.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.images.makers import RANDOM, opened
from vuoto.cli.firmware._opening import FileBlob
from vuoto.firmware.content import Image
from vuoto.firmware.image import open_image
from vuoto.firmware.walking import walk


def needs(program: str, package: str) -> str:
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{program} is not installed (Debian's {package})")
    return found


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of the sizes at which layouts change, of every compressibility; links short and long; a directory of many names."""
    root = tmp_path_factory.mktemp("tree")
    sizes = (0, 1, 59, 60, 61, 150, 4095, 4096, 4097, 65_537, 300_000)
    for size in sizes:
        (root / f"random-{size}").write_bytes(RANDOM[:size])
        (root / f"text-{size}").write_bytes((b"the same words again " * (size // 21 + 1))[:size])
        (root / f"mixed-{size}").write_bytes((b"".join(RANDOM[i : i + 300] + bytes(900) for i in range(0, size, 1200)))[:size])
    (root / "zeros").write_bytes(bytes(2_000_000))
    with (root / "holes").open("wb") as file:
        # An extent for every other block: a tree of several levels.
        for index in range(450):
            file.seek(index * 8_192)
            file.write(RANDOM[index * 11 : index * 11 + 4_096])
    many = root / "many"
    many.mkdir()
    for index in range(700):
        (many / f"a-rather-long-name-{index:04}").write_bytes(b"%d" % index)
    (root / "deep/er/still").mkdir(parents=True)
    (root / "short-link").symlink_to("../text-1")
    (root / "long-link").symlink_to("x" * 200)
    os.link(root / "text-4097", root / "hard-link")
    (root / "näme").write_bytes(b"utf-8")
    return root


def on_disk(root: Path) -> dict[str, bytes | str]:
    found: dict[str, bytes | str] = {}
    for path in root.rglob("*"):
        name = path.relative_to(root).as_posix()
        found[name] = f"-> {path.readlink()}" if path.is_symlink() else "/" if path.is_dir() else path.read_bytes()
    return found


def in_image(image: Image, step: int) -> dict[str, bytes | str]:
    """What an image holds, files read in pieces of `step` bytes."""
    found: dict[str, bytes | str] = {}
    for entry in image.entries():
        if entry.kind == "file":
            blob = entry.open()
            assert blob.size == entry.size
            found[entry.path] = b"".join(blob.read_at(at, step) for at in range(0, entry.size, step))
            assert blob.read_at(entry.size, 1) == b""
        else:
            found[entry.path] = f"-> {entry.link}" if entry.kind == "symlink" else "/"
    return {path: what for path, what in found.items() if path != "lost+found"}


def compare(path: Path, tree: Path, form: str) -> None:
    for step in (1 << 20, 5_000):
        image = open_image(FileBlob(path), "odm.img")
        assert image.format == form
        assert in_image(image, step) == on_disk(tree)
        assert image.problems == []


@pytest.fixture
def image_path(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "odm.img"
    yield path
    path.unlink(missing_ok=True)


@pytest.mark.parametrize(
    "options",
    [
        ["-t", "ext4"],
        ["-t", "ext4", "-b", "1024", "-O", "64bit,meta_bg,^resize_inode"],
        ["-t", "ext4", "-O", "^flex_bg,^has_journal,metadata_csum", "-g", "1024", "-b", "1024"],
        ["-t", "ext4", "-b", "2048", "-I", "128"],
        ["-t", "ext4", "-O", "bigalloc", "-C", "16384"],
        ["-t", "ext4", "-O", "verity,casefold,project,quota,ea_inode", "-E", "encoding=utf8"],
        ["-t", "ext4", "-O", "sparse_super2,^dir_index", "-b", "1024"],
        ["-t", "ext4", "-O", "^extents,^64bit", "-b", "1024"],
        ["-t", "ext2", "-b", "1024"],
        ["-t", "ext3"],
    ],
    ids=" ".join,
)
def test_ext4_gives_every_byte(tree: Path, image_path: Path, options: list[str]) -> None:
    program = needs("mke2fs", "e2fsprogs")
    subprocess.run([program, "-q", *options, "-d", str(tree), str(image_path), "24M"], check=True, capture_output=True)
    compare(image_path, tree, "ext4")


def test_ext4_gives_inline_files_and_directories(tmp_path: Path, image_path: Path) -> None:
    """Only small files: mke2fs 1.47 itself cuts larger ones with this feature."""
    program = needs("mke2fs", "e2fsprogs")
    root = tmp_path / "small"
    (root / "directory").mkdir(parents=True)
    for size in (0, 10, 60, 61, 100):
        (root / f"directory/{size}").write_bytes(RANDOM[:size])
    (root / "link").symlink_to("y" * 80)
    options = ["-t", "ext4", "-O", "inline_data", "-I", "256"]
    subprocess.run([program, "-q", *options, "-d", str(root), str(image_path), "4M"], check=True, capture_output=True)
    compare(image_path, root, "ext4")


EROFS = [
    [],
    ["-Enoinline_data"],
    ["-Eforce-inode-extended"],
    ["--chunksize=4096"],
    ["-zlz4"],
    ["-zlz4hc,9"],
    ["-zlz4hc", "-C65536"],
    ["-zlz4hc", "-C65536", "-Eztailpacking"],
    ["-zlz4hc", "-Elegacy-compress"],
    ["-zlz4hc", "-Eforce-inode-compact", "-x-1"],
    ["-zlz4hc", "-C1048576"],
    ["-zlz4hc", "-C16384", "--max-extent-bytes=8192"],
    ["-zlz4", "-Elegacy-compress,force-inode-extended", "-C65536"],
    ["-Eforce-inode-blockmap", "--chunksize=8192"],
    ["-Eforce-chunk-indexes", "--chunksize=65536"],
    ["-Enosbcrc"],
]


@pytest.mark.parametrize("options", EROFS, ids=" ".join)
def test_erofs_gives_every_byte(tree: Path, image_path: Path, options: list[str]) -> None:
    program = needs("mkfs.erofs", "erofs-utils")
    subprocess.run([program, *options, str(image_path), str(tree)], check=True, capture_output=True)
    compare(image_path, tree, "erofs")


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["-O", "extra_attr,inode_checksum,compression"],
        ["-O", "ro"],
        ["-O", "encrypt,quota,verity,extra_attr,casefold", "-C", "utf8"],
    ],
    ids=" ".join,
)
def test_f2fs_gives_every_byte(tree: Path, image_path: Path, options: list[str]) -> None:
    mkfs, load = needs("mkfs.f2fs", "f2fs-tools"), needs("sload.f2fs", "f2fs-tools")
    with image_path.open("wb") as file:
        file.truncate(96 << 20)
    subprocess.run([mkfs, "-q", *options, str(image_path)], check=True, capture_output=True)
    subprocess.run([load, "-f", str(tree), str(image_path)], check=True, capture_output=True)
    compare(image_path, tree, "f2fs")


def test_a_sparse_image_of_a_file_system_is_walked(tree: Path, tmp_path: Path) -> None:
    mkfs, to_sparse = needs("mkfs.erofs", "erofs-utils"), needs("img2simg", "android-sdk-libsparse-utils")
    raw, sparse = tmp_path / "raw.img", tmp_path / "vendor.img"
    subprocess.run([mkfs, "-zlz4hc", str(raw), str(tree)], check=True, capture_output=True)
    subprocess.run([to_sparse, str(raw), str(sparse)], check=True)
    image = opened(sparse.read_bytes(), "vendor.img")
    found = {e.path: e.open().read_at(0, e.size) for e in walk(image) if e.kind == "file"}
    assert found == {f"vendor/{path}": data for path, data in on_disk(tree).items() if isinstance(data, bytes)}
