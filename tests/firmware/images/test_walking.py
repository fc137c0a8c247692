"""Containers in containers: what is descended into, where files are placed, and what is left alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from firmware.images.file_systems import erofs, ext4
from firmware.images.makers import Op, apex, boot, cpio, full_payload, gzipped, opened, payload, sparse, super_image, told, zipped
from vuoto.errors import InputError
from vuoto.firmware.building import read_build
from vuoto.firmware.content import Blob, BytesBlob
from vuoto.firmware.tree import open_tree
from vuoto.firmware.walking import old_partitions, walk


@pytest.mark.parametrize("deflate", [False, True])
def test_an_ota_is_walked_to_the_files_of_its_ramdisk(deflate: bool) -> None:
    ramdisk = cpio([("default.prop", 0o100644, b"ro.x=1\n"), ("init", 0o120777, b"/system/bin/init"), ("dev", 0o40755, b"")])
    image = boot(2, gzipped(ramdisk))
    archive = zipped(
        {"payload.bin": full_payload({"boot": image + bytes(-len(image) % 4096)}), "notes.txt": b"x"}, deflate=deflate
    )
    image_ = opened(archive, "ota.zip")
    assert told(image_) == {
        "boot/ramdisk/default.prop": "ro.x=1\n",
        "boot/ramdisk/init": "-> /system/bin/init",
        "boot/ramdisk/dev": "/",
        "notes.txt": "x",
    }
    assert image_.problems == []


def test_a_sparse_image_in_parts_is_put_together() -> None:
    image = erofs({"a": b"x" * 5_000})
    image += bytes(-len(image) % 4096)
    first = sparse([(0xCAC1, 1, image[:4096]), (0xCAC3, len(image) // 4096 - 1, b"")])
    rest = sparse([(0xCAC3, 1, b""), (0xCAC1, len(image) // 4096 - 1, image[4096:])])
    archive = zipped({"IMAGES/product.img_sparsechunk.1": rest, "IMAGES/product.img_sparsechunk.0": first})
    assert told(opened(archive, "factory.zip")) == {
        "product/a": told(opened(erofs({"a": b"x" * 5_000}), "product.img"))["product/a"]
    }
    gap = opened(zipped({"p.img_sparsechunk.0": first, "p.img_sparsechunk.2": rest}), "factory.zip")
    told(gap)
    assert "are missing" in gap.problems[0].what


def test_files_that_are_named_as_parts_and_are_none_stay_files() -> None:
    archive = zipped({"chunk.1": b"x", "notes_chunk.7": b"y" * 600})
    assert sorted(told(opened(archive, "x.zip"))) == ["chunk.1", "notes_chunk.7"]


def test_partitions_are_given_raw() -> None:
    system = erofs({"a": b"1"}).ljust(4096, b"\0")
    vendor = ext4({"b": b"2"})
    vendor += bytes(-len(vendor) % 4096)
    archive = zipped({"payload.bin": full_payload({"system": system, "vendor": vendor}), "readme.txt": b"no partition"})
    found = old_partitions(opened(archive, "ota.zip"))
    assert {name: blob.read_at(0, blob.size) for name, blob in found.items()} == {"system": system, "vendor": vendor}


def test_both_slots_in_use_keep_their_names() -> None:
    data = super_image({"odm_a": [(1, 0, 60, 0)], "odm_b": [(1, 0, 61, 0)]}, {60: b"A" * 512, 61: b"B" * 512})
    assert [(e.path, e.partition) for e in walk(opened(data, "super.img"))] == [("odm_a.img", "odm_a"), ("odm_b.img", "odm_b")]


def test_apps_in_a_system_are_not_opened_and_modules_are() -> None:
    app = zipped({"AndroidManifest.xml": b"x", "lib/a.so": b"y" * 600})
    module = apex("com.example.m", 2, erofs({"etc": {"c": b"1"}}))
    data = ext4(
        {"system": {"app": {"A.apk": app}, "apex": {"m.apex": module}, "media": {"boot.zip": zipped({"desc.txt": b"z" * 600})}}}
    )
    entries = {e.path: e for e in walk(opened(data, "system_b.img"))}
    assert {path for path, e in entries.items() if e.kind == "file"} == {
        "system/app/A.apk",
        "system/apex/m.apex",
        "system/media/boot.zip",
        "apex/com.example.m/etc/c",
    }
    inner = entries["apex/com.example.m/etc/c"]
    assert inner.partition == "system"
    assert inner.within == ("system_b.img", "system/apex/m.apex", "apex_payload.img")


def test_a_file_system_that_is_not_read_is_named() -> None:
    image = opened(zipped({"userdata.img": b"hsqs" + bytes(4000), "other.img": bytes(4000)}), "x.zip")
    assert sorted(told(image)) == ["other.img", "userdata.img"]
    assert [problem.what for problem in image.problems] == ["is a SquashFS file system, which is not read"]
    with pytest.raises(InputError, match="SquashFS"):
        opened(b"hsqs" + bytes(4000), "userdata.img")


def test_a_damaged_image_in_an_archive_is_given_as_a_file() -> None:
    image = opened(zipped({"payload.bin": b"CrAU" + bytes(600)}), "ota.zip")
    assert list(told(image)) == ["payload.bin"]
    assert image.problems[0].where == "ota.zip/payload.bin"


@pytest.mark.parametrize("name", ["app.apk", "lib.jar"])
def test_a_package_is_no_image(name: str) -> None:
    with pytest.raises(InputError, match="no firmware format"):
        opened(zipped({"AndroidManifest.xml": b"x"}), name)
    with pytest.raises(InputError, match="it is an app's package"):
        opened(zipped({"AndroidManifest.xml": b"x"}), "download")


def test_a_tree_is_walked_with_images_in_it() -> None:
    opens: list[str] = []

    def opener(path: str, data: bytes) -> Callable[[], Blob]:
        def open_file() -> Blob:
            opens.append(path)
            return BytesBlob(data)

        return open_file

    files = {
        "out/vendor.img": erofs({"a": b"1"}),
        "system/app/A.apk": b"app",
        "../up": b"inside",
        "system/x.zip": zipped({"y": b"z" * 600}),
    }
    image = open_tree(((path, opener(path, data)) for path, data in files.items()), "folder")
    assert opens == []
    found = told(image)
    assert sorted(found) == ["system/app/A.apk", "system/x.zip", "up", "vendor/a"]
    assert [problem.what for problem in image.problems] == ["the path '../up' would leave the folder; it is kept inside"]
    assert {e.path: e.partition for e in walk(image)}["system/app/A.apk"] == "system"


def test_a_module_of_android_10_has_its_name_in_json() -> None:
    module = zipped({"apex_manifest.json": b'{"name": "com.example.old", "version": 1}', "apex_payload.img": ext4({"a": b"1"})})
    image = opened(module, "x.apex")
    assert image.properties == {"name": "com.example.old", "version": "1"}
    assert told(image) == {"apex/com.example.old/a": "1"}
    broken = opened(zipped({"apex_manifest.json": b"[", "apex_payload.img": ext4({"a": b"1"})}), "x.apex")
    assert told(broken) == {"apex/x/a": "1"}
    assert broken.problems[0].what == "apex_manifest.json is damaged"


def test_the_original_in_a_compressed_module_is_read_whatever_it_begins_with() -> None:
    """What a module begins with depends on who made and signed it, and the original has no ending to tell it by."""
    for first in ("AndroidManifest.xml", "apex_build_info.pb", "META-INF/MANIFEST.MF", "resources.arsc"):
        inside = zipped({first: b"x", "apex_manifest.pb": b"\x0a\x01m", "apex_payload.img": ext4({"a": b"1"})})
        whole = zipped({"AndroidManifest.xml": b"x", "apex_manifest.pb": b"\x0a\x01m", "original_apex": inside})
        found = opened(whole, "x.capex")
        assert told(found)["apex/m/a"] == "1", first
        assert found.problems == [], first


def test_an_incremental_ota_in_its_zip_is_read_with_the_old_build() -> None:
    system = erofs({"system": {"a": b"1"}}).ljust(8192, b"\0")
    old = opened(zipped({"payload.bin": full_payload({"system": system})}), "old.zip")
    copies: list[Op] = [(4, b"", [(0, 1)], [(0, 1)]), (4, b"", [(1, 1)], [(1, 1)])]
    archive = zipped({"payload.bin": payload({"system": (8192, copies)}, old=True)})
    image = opened(archive, "new.zip", old_partitions(old))
    assert told(image) == {"system": "/", "system/a": "1"}
    assert image.problems == []
    alone = opened(archive, "new.zip")
    assert list(told(alone)) == ["system.img"]
    assert "builds on the old build" in alone.problems[0].what
    assert [p.package.path for p in read_build(BytesBlob(archive), "new.zip", old=old).packages] == []
