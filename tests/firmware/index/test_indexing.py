"""Packages of an image are read in one process or several, remembered or not: the index is the same."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from firmware.code.assembler import assemble
from firmware.packages.builders import Put, make_axml, make_zip, manifest
from vuoto.firmware.building import read_image
from vuoto.firmware.content import Blob, BytesBlob, Image
from vuoto.firmware.index import open_index, write_index
from vuoto.firmware.indexing import Done, index_image
from vuoto.firmware.tree import open_tree

CODE = """
.class Lcom/example/A{number};
.super Ljava/lang/Object;
.method static url()V
  .registers 1
  const-string v0, "https://host{number}.example.net/collect"
  return-void
.end method
"""


def package(number: int) -> bytes:
    code = assemble(CODE.replace("{number}", str(number)))
    return make_zip([Put("AndroidManifest.xml", make_axml(manifest())), Put("classes.dex", code)])


def files() -> dict[str, bytes]:
    found = {f"system/app/A{number}/A{number}.apk": package(number) for number in range(7)}
    return found | {"system/app/Broken/Broken.apk": b"PK\x03\x04 and no more", "system/build.prop": b"ro.product.model=Phone\n"}


def image(given: dict[str, bytes] | None = None) -> Image:
    def opener(data: bytes) -> Callable[[], Blob]:
        return partial(BytesBlob, data)

    return open_tree([(path, opener(data)) for path, data in (given or files()).items()], "phone")


class Remembering:
    """A memory that counts."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.given = 0

    def get(self, key: str) -> bytes | None:
        self.given += key in self.kept
        return self.kept.get(key)

    def keep(self, key: str, value: bytes) -> None:
        self.kept[key] = value


@pytest.mark.parametrize("workers", [1, 2, 5, 40])
def test_any_number_of_processes(workers: int) -> None:
    made = index_image(image(), workers=workers)
    assert made.data == write_index(read_image(image()))
    assert (made.packages, made.remembered) == (8, 0)
    assert made.code_bytes == sum(len(assemble(CODE.replace("{number}", str(n)))) for n in range(7))


def test_an_image_without_packages() -> None:
    made = index_image(image({"system/etc/hosts": b"127.0.0.1 localhost"}), workers=2)
    assert open_index(BytesBlob(made.data)).read().packages == ()


def test_unchanged_packages_are_remembered() -> None:
    memory = Remembering()
    first = index_image(image(), memory=memory, version="1")
    changed = files() | {"system/app/A3/A3.apk": package(33)}
    second = index_image(image(changed), memory=memory, version="1")
    assert (first.remembered, second.remembered) == (0, 7)
    assert second.data == index_image(image(changed)).data
    assert second.code_bytes == index_image(image(changed)).code_bytes


def test_a_moved_package_is_remembered_and_stands_where_it_is_now() -> None:
    memory = Remembering()
    for path in ("A.apk", "system/app/A.apk", "product/priv-app/Other/A.apk"):
        given = {path: package(1), path.replace("A.apk", "B.apk"): b"PK\x03\x04 and no more"}
        made = index_image(image(given), memory=memory, version="1")
        assert made.remembered == (0 if path == "A.apk" else 2)
        assert made.data == write_index(read_image(image(given)))


def test_code_and_splits_beside_a_package_move_with_it() -> None:
    memory = Remembering()
    bare = make_zip([Put("AndroidManifest.xml", make_axml(manifest()))])
    for folder in ("system/app/A", "data/app/com.example-1"):
        given = {
            f"{folder}/base.apk": bare,
            f"{folder}/base.apk.idsig": b"broken",
            f"{folder}/split_a.apk": package(2),
            f"{folder}/split_b.apk": b"PK\x03\x04",
            f"{folder}/oat/arm64/base.odex": assemble(CODE.replace("{number}", "5"))[:-40],
            f"{folder}/lib/libx.so": b"\x7fELF broken",
        }
        made = index_image(image(given), memory=memory, version="1")
        assert made.data == write_index(read_image(image(given)))
        (read,) = open_index(BytesBlob(made.data)).read().packages
        assert read.package.path == f"{folder}/base.apk"
        assert "\\x00" not in repr(read)
        assert f"{folder}/oat/arm64/base.odex" in repr(read)
    assert made.remembered == 1


def test_another_name_or_version_is_read_again() -> None:
    memory = Remembering()
    index_image(image({"system/app/A.apk": package(1)}), memory=memory, version="1")
    assert index_image(image({"system/app/B.apk": package(1)}), memory=memory, version="1").remembered == 0
    assert index_image(image({"system/app/A.apk": package(1)}), memory=memory, version="2").remembered == 0
    assert index_image(image({"system/app/A.apk": package(1)}), memory=memory, version="1").remembered == 1


@pytest.mark.parametrize("damage", [lambda _: b"", lambda value: value[:40], lambda value: value[:-9] + b"\0" + value[-8:]])
def test_a_damaged_result_is_computed_again(damage: Callable[[bytes], bytes]) -> None:
    memory = Remembering()
    expected = index_image(image(), memory=memory, version="1").data
    memory.kept = {key: damage(value) for key, value in memory.kept.items()}
    again = index_image(image(), memory=memory, version="1")
    assert again.data == expected
    assert again.remembered == 0


def test_progress_counts_to_the_end() -> None:
    told: list[Done] = []
    index_image(image(), progress=told.append)
    assert [done.packages for done in told] == list(range(1, 9))
    assert told[-1].of == 8
    assert told[-1].code_bytes > 0
