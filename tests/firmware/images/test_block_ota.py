"""Block-based OTAs: full ones of every version of the list, incremental ones with stashes and patches, and damaged ones."""

from __future__ import annotations

import shutil
import subprocess
import zlib
from pathlib import Path

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.images.block_otas import full, imgdiff, ranges, sha1
from firmware.images.file_systems import erofs, ext4
from firmware.images.makers import BLOCK, RANDOM, bsdiff, opened, told, zipped
from vuoto.firmware.content import BytesBlob, MemorySpool
from vuoto.firmware.image import open_image
from vuoto.firmware.layouts.bsdiff import BrokenPatchError, apply_patch
from vuoto.firmware.layouts.imgdiff import apply_image_patch
from vuoto.firmware.layouts.transfer_list import BrokenListError, read_list, written_partition
from vuoto.firmware.walking import old_partitions, partitions

SYSTEM = ext4({"system": {"build.prop": b"ro.x=1\n", "long": b"words " * 2_000}})
SYSTEM += bytes(-len(SYSTEM) % BLOCK + BLOCK)
OLD = RANDOM[: 12 * BLOCK]


@pytest.mark.parametrize("version", [1, 2, 3, 4])
@pytest.mark.parametrize("form", ["", ".br"])
def test_a_full_ota_is_read(version: int, form: str) -> None:
    listed, new = full(SYSTEM, version=version)
    data = brotli.compress(new) if form else new
    archive = zipped({"system.transfer.list": listed, f"system.new.dat{form}": data, "system.patch.dat": b"", "boot.img": b"x"})
    image = opened(archive, "ota.zip")
    assert told(image)["system/build.prop"] == "ro.x=1\n"
    assert image.problems == []
    [entry] = [e for e in partitions(opened(archive, "ota.zip")) if e.partition == "system"]
    assert entry.open().read_at(0, entry.size) == SYSTEM


def incremental() -> tuple[bytes, bytes, bytes, bytes]:
    """The list, new data, patches and the partition of an OTA that starts from `OLD`."""
    new = bytearray(OLD)
    # 0 moves to 4; 4 was stashed and is patched to 0; 6 and 7 are new; 8 stays; 9 and a stashed 5 are patched to 9 and 10.
    new[4 * BLOCK : 5 * BLOCK] = OLD[:BLOCK]
    patched = bytes(byte ^ 1 for byte in OLD[4 * BLOCK : 5 * BLOCK])
    new[:BLOCK] = patched
    new[6 * BLOCK : 8 * BLOCK] = RANDOM[400_000 : 400_000 + 2 * BLOCK]
    patch = bsdiff(OLD[4 * BLOCK : 5 * BLOCK], patched)
    mixed_source = OLD[9 * BLOCK : 10 * BLOCK] + OLD[5 * BLOCK : 6 * BLOCK]
    mixed = bytes(byte ^ 3 for byte in mixed_source)
    new[9 * BLOCK : 11 * BLOCK] = mixed
    second = bsdiff(mixed_source, mixed)
    source = f"{ranges([(9, 10)])} {ranges([(0, 1)])} s2:{ranges([(1, 2)])}"
    lines = [
        "4",
        "7",
        "2",
        "2",
        f"stash s1 {ranges([(4, 5)])}",
        f"move {sha1(OLD[:BLOCK])} {ranges([(4, 5)])} 1 {ranges([(0, 1)])}",
        f"bsdiff 0 {len(patch)} {sha1(OLD[4 * BLOCK : 5 * BLOCK])} {sha1(patched)} {ranges([(0, 1)])} 1 - s1:{ranges([(0, 1)])}",
        "free s1",
        f"new {ranges([(6, 8)])}",
        f"stash s2 {ranges([(5, 6)])}",
        f"bsdiff {len(patch)} {len(second)} {sha1(mixed_source)} {sha1(mixed)} {ranges([(9, 11)])} 2 {source}",
        "",
    ]
    return "\n".join(lines).encode(), bytes(new[6 * BLOCK : 8 * BLOCK]), patch + second, bytes(new)


def test_an_incremental_ota_is_carried_out_on_the_old_build() -> None:
    listed, new, patches, want = incremental()
    files = {"odm.transfer.list": listed, "odm.new.dat": new, "odm.patch.dat": patches}
    image = opened(zipped(files), "ota.zip", {"odm": BytesBlob(OLD)})
    [entry] = [e for e in partitions(image) if e.partition == "odm"]
    assert entry.open().read_at(0, entry.size) == want
    assert image.problems == []
    alone = opened(zipped(files), "ota.zip")
    [entry] = [e for e in partitions(alone) if e.partition == "odm"]
    assert entry.open().read_at(6 * BLOCK, 2 * BLOCK) == new
    assert "the old build was not given" in alone.problems[0].what
    other = opened(zipped(files), "ota.zip", {"odm": BytesBlob(OLD[::-1])})
    [entry] = [e for e in partitions(other) if e.partition == "odm"]
    entry.open().read_at(0, entry.size)
    assert any("belongs to another build" in problem.what for problem in other.problems)


def test_the_old_build_is_another_block_based_ota() -> None:
    before = SYSTEM[:-BLOCK] + RANDOM[:BLOCK]
    listed, new = full(before)
    old = opened(zipped({"system.transfer.list": listed, "system.new.dat.br": brotli.compress(new)}), "old.zip")
    count = len(SYSTEM) // BLOCK
    lines = (
        f"4\n1\n0\n0\nzero {ranges([(count - 1, count)])}\nmove {sha1(before[:BLOCK])} {ranges([(0, 1)])} 1 {ranges([(0, 1)])}\n"
    )
    archive = zipped({"system.transfer.list": lines.encode(), "system.new.dat": b""})
    image = opened(archive, "new.zip", old_partitions(old))
    assert told(image)["system/build.prop"] == "ro.x=1\n"
    assert image.problems == []


def test_a_patch_of_deflated_data_is_applied() -> None:
    def deflated(data: bytes) -> bytes:
        packer = zlib.compressobj(6, 8, -15, 8)
        return packer.compress(data) + packer.flush()

    inner, outer = b"a line of text\n" * 500, b"a line of news\n" * 600
    old = b"head" + deflated(inner) + b"tail of the old"
    new = b"HEAD!" + deflated(outer) + b"tail of the new"
    patch = imgdiff(old, new, 4, len(old) - 15, 5, len(new) - 15)
    assert apply_image_patch(old, patch, len(new)) == new
    for wrong in (b"IMGDIFF1" + patch[8:], patch[:40], patch[:12] + b"\x07" + patch[13:]):
        with pytest.raises(BrokenPatchError):
            apply_image_patch(old, wrong, len(new))
    with pytest.raises(BrokenPatchError):
        apply_image_patch(old, patch, len(new) - 1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (RANDOM[:9_000], RANDOM[2_000:6_000] + b"new" * 200 + RANDOM[:3_000]),
        (RANDOM[:100], RANDOM[:20_000]),
        (b"words " * 900, b"words " * 500 + b"other " * 600),
    ],
    ids=["moved", "grown", "text"],
)
def test_patches_of_bsdiff_are_applied(tmp_path: Path, old: bytes, new: bytes) -> None:
    program = shutil.which("bsdiff")
    if program is None:
        pytest.skip("bsdiff is not installed (Debian's bsdiff)")
    for name, data in (("old", old), ("new", new)):
        (tmp_path / name).write_bytes(data)
    subprocess.run([program, tmp_path / "old", tmp_path / "new", tmp_path / "patch"], check=True)
    assert apply_patch(old, (tmp_path / "patch").read_bytes(), len(new)) == new


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("9\n0\n0\n0\n", "no version"),
        ("", "no version"),
        ("4\n0\n0\n0\nnew 2,5\n", "damaged"),
        ("4\n0\n0\n0\nnew 2,5,4\n", "damaged"),
        ("4\n0\n0\n0\nnew 2,5,x\n", "no number"),
        ("4\n0\n0\n0\nmove a 2,0,1 1\n", "cut off"),
        ("4\n0\n0\n0\nmove a 2,0,1 1 - s:2,0,1\n", "not stashed"),
        ("4\n0\n0\n0\nmove\n", "cut off"),
        ("4\n0\n0\n0\nstash a\n", "cut off"),
        ("1\n0\nmove 2,0,1 2,1,2 3\nmove 2,0,1\n", "cut off"),
        ("4\n0\n0\n0\nburn 2,0,1\n", "unknown command"),
    ],
)
def test_a_damaged_list_is_told_and_its_files_are_given(text: str, word: str) -> None:
    with pytest.raises(BrokenListError, match=word):
        read_list(text.encode())
    image = opened(zipped({"odm.transfer.list": text.encode(), "odm.new.dat": b"x"}), "ota.zip")
    assert sorted(told(image)) == ["odm.new.dat", "odm.transfer.list"]
    assert word in image.problems[0].what


def test_new_data_without_a_list_stays_a_file() -> None:
    assert sorted(told(opened(zipped({"odm.new.dat": b"x" * 600, "odm.patch.dat": b""}), "x.zip"))) == [
        "odm.new.dat",
        "odm.patch.dat",
    ]


def test_data_that_is_cut_off_is_told() -> None:
    listed, new = full(SYSTEM)
    image = opened(zipped({"system.transfer.list": listed, "system.new.dat.br": brotli.compress(new)[:-400]}), "ota.zip")
    told(image)
    assert [p.what for p in image.problems if "cut off" in p.what]


def test_a_spool_bounds_what_is_unpacked() -> None:
    class Small(MemorySpool):
        limit = 10_000

    listed, new = full(SYSTEM)
    archive = zipped({"system.transfer.list": listed, "system.new.dat.br": brotli.compress(new + bytes(1 << 20))})
    image = open_image(BytesBlob(archive), "ota.zip", spool=Small())
    told(image)
    assert any("more than 10,000 bytes" in problem.what for problem in image.problems)


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_any_list_is_survived(data: st.DataObject) -> None:
    listed, new, patches, _ = incremental()
    text = bytearray(listed)
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(text) - 1))
        text[at] = data.draw(st.sampled_from(b"0123456789,:- \nsx"))
    try:
        commands = read_list(bytes(text))
    except BrokenListError:
        return
    made = written_partition(commands, BytesBlob(new), BytesBlob(patches), BytesBlob(OLD), lambda _: None)
    made.read_at(0, 1 << 20)
    made.read_at(max(made.size - (1 << 16), 0), 1 << 16)


def test_an_ota_of_files_is_read_by_its_folders() -> None:
    archive = zipped(
        {"system/build.prop": b"ro.x=1\n", "META-INF/com/google/android/updater-script": b"format()", "boot.img": b"x"}
    )
    entries = {e.path: e for e in opened(archive, "ota.zip").entries()}
    assert entries["system/build.prop"].partition == "system"
    assert entries["META-INF/com/google/android/updater-script"].partition is None


def test_target_files_are_read_once() -> None:
    files = {
        "META/misc_info.txt": b"x=1",
        "SYSTEM/build.prop": b"in the folder",
        "PRODUCT/app/a": b"1",
        "BOOT/RAMDISK/init.rc": b"on boot",
        "RADIO/modem.bin": b"y",
        "IMAGES/system.img": erofs({"build.prop": b"in the image"}),
    }
    assert told(opened(zipped(files), "target-files.zip")) == {
        "META/misc_info.txt": "x=1",
        "product/app/a": "1",
        "boot/ramdisk/init.rc": "on boot",
        "RADIO/modem.bin": "y",
        "system/build.prop": "in the image",
    }
