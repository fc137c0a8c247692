"""Which files make a package: code beside it, splits, the v4 signature; native files and code by themselves."""

from __future__ import annotations

import pytest

from firmware.code.assembler import assemble
from firmware.images.file_systems import ext4
from firmware.images.layouts.test_vdex import FIRST, SECOND
from firmware.images.makers import apex, zipped
from firmware.images.vdexes import quickened, vdex
from firmware.packages.builders import Put, make_axml, make_elf, make_zip, manifest
from vuoto.errors import InputError
from vuoto.facts.builds import ReadBuild, ReadPackage
from vuoto.firmware.building import read_build, read_image
from vuoto.firmware.content import BytesBlob
from vuoto.firmware.packages import gathering
from vuoto.firmware.tree import open_tree

PROGRAM = make_elf(
    needed=["libc.so"], soname="libsend.so", imports=["send"], exports=["go"], text=b"\0https://collect.example.net/v1\0"
)
QUIET = make_elf(needed=["libc.so"], soname="libsend.so", imports=["send"], exports=["go"], text=b"\0nothing of note\0")


def apk(*dexes: bytes, split: str | None = None, package: str = "com.example.app") -> bytes:
    attributes = {"package": package, "versionCode": 7} | ({"split": split} if split else {})
    members = [Put("AndroidManifest.xml", make_axml(manifest(**attributes)))]
    return make_zip([*members, *(Put(f"classes{n or ''}.dex", dex) for n, dex in zip((0, 2, 3), dexes, strict=False))])


def built(files: dict[str, bytes]) -> ReadBuild:
    return read_image(open_tree(((path, lambda data=data: BytesBlob(data)) for path, data in files.items()), "tree"))  # type: ignore[misc]


def reads(read: ReadPackage) -> list[str]:
    return [f"{r.place.dex} {r.kind}" for r in read.code.reads] if read.code else []


def test_a_package_without_code_has_that_of_the_vdex_beside_it() -> None:
    build = built(
        {
            "system/app/A/A.apk": apk(),
            "system/app/A/oat/arm/A.vdex": vdex("010", [assemble(SECOND)]),
            "system/app/A/oat/arm64/A.vdex": vdex("010", [assemble(SECOND), assemble(FIRST)]),
            "system/app/A/oat/arm64/A.odex": b"\x7fELF" + bytes(60) + b"oat\n131\0",
            "system/app/B/B.apk": apk(assemble(SECOND)),
            "system/app/B/oat/arm64/B.vdex": vdex("010", [assemble(FIRST)]),
        }
    )
    [a, b] = build.packages
    assert (a.package.name, a.package.problems) == ("com.example.app", ())
    assert reads(a) == ["system/app/A/oat/arm64/A.vdex!classes2.dex imei"]
    assert a.code
    assert a.code.classes == 2
    assert reads(b) == []
    assert b.code
    assert b.code.classes == 1


@pytest.mark.parametrize(
    ("jar", "beside"),
    [
        ("framework.jar", "boot-framework.vdex"),
        ("framework.jar", "arm64/boot-framework.vdex"),
        ("core-oj.jar", "boot.vdex"),
        ("services.jar", "oat/arm64/services.vdex"),
        ("ext.jar", "arm/boot-ext.oat"),
    ],
)
def test_a_jar_of_the_system_has_the_code_that_the_boot_image_keeps_for_it(jar: str, beside: str) -> None:
    code = vdex("019", [assemble(FIRST)])
    if beside.endswith(".oat"):
        code = b"\x7fELF" + bytes(60) + b"oat\n088\0" + quickened(assemble(FIRST), listed=False)[0]
    [read] = built(
        {f"system/framework/{jar}": make_zip([Put("META-INF/MANIFEST.MF", b"x")]), f"system/framework/{beside}": code}
    ).packages
    assert (read.package.kind, read.package.path) == ("jar", f"system/framework/{jar}")
    assert read.code
    assert read.code.classes == 1
    # Of Android 7 only the device knows what the quickened calls were.
    assert reads(read) == ([] if beside.endswith(".oat") else [f"system/framework/{beside}!classes.dex imei"])
    assert bool(read.package.problems) == beside.endswith(".oat")


def test_code_of_another_name_is_not_the_package_s() -> None:
    build = built({"system/app/A/A.apk": apk(), "system/app/A/oat/arm64/Other.vdex": vdex("027", [assemble(FIRST)])})
    [a, other] = build.packages
    assert a.code is None
    assert (other.package.kind, other.package.name, reads(other)) == (
        "vdex",
        None,
        ["system/app/A/oat/arm64/Other.vdex!classes.dex imei"],
    )


def test_splits_make_one_package_with_their_base() -> None:
    folder = "data/app/com.example.app-1"
    build = built(
        {
            f"{folder}/base.apk": apk(assemble(SECOND)),
            f"{folder}/split_feature.apk": apk(assemble(FIRST), split="feature"),
            f"{folder}/split_config.de.apk": apk(split="config.de"),
            "data/app/other/split_alone.apk": apk(assemble(FIRST), split="alone"),
        }
    )
    [app, alone] = build.packages
    assert app.package.path == f"{folder}/base.apk"
    assert app.package.split is None
    assert reads(app) == ["split_feature.apk!classes.dex imei"]
    assert app.package.problems == ()
    assert (alone.package.split, alone.package.path) == ("alone", "data/app/other/split_alone.apk")


def test_a_split_of_another_app_is_told() -> None:
    [read] = built({"x/base.apk": apk(), "x/split_a.apk": apk(split="a", package="com.example.other")}).packages
    assert [p.where for p in read.package.problems] == ["x/split_a.apk"]
    assert "beside the base of 'com.example.app'" in read.package.problems[0].what


def test_native_files_are_packages_where_they_name_somebody() -> None:
    build = built(
        {
            "vendor/bin/reportd": PROGRAM,
            "system/lib64/libsend.so": PROGRAM,
            "system/lib64/libquiet.so": QUIET,
            "system/etc/notes": PROGRAM,
            "system/bin/script": b"#!/system/bin/sh\ncurl https://script.example/\n",
        }
    )
    assert [(r.package.path, r.package.kind) for r in build.packages] == [
        ("system/lib64/libsend.so", "native"),
        ("vendor/bin/reportd", "native"),
    ]
    [library] = build.packages[0].package.native_libraries
    assert library.strings == ("https://collect.example.net/v1",)
    assert build.packages[0].code is None


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("classes.dex", assemble(FIRST), "dex"),
        ("a.vdex", vdex("021", [assemble(FIRST)]), "vdex"),
        ("a.odex", b"\x7fELF" + bytes(60) + b"oat\n064\0" + assemble(FIRST), "oat"),
    ],
)
def test_code_alone_is_a_build(name: str, data: bytes, kind: str) -> None:
    build = read_build(BytesBlob(data), name)
    assert build.format == kind
    assert [kind_ for read in build.packages for kind_ in reads(read)] == [
        f"{name if kind == 'dex' else name + '!classes.dex'} imei"
    ]


def test_what_is_no_code_is_said() -> None:
    assert "is no DEX" in read_build(BytesBlob(b"words"), "a.vdex").packages[0].package.problems[0].what
    with pytest.raises(InputError, match="no code is in it"):
        read_build(BytesBlob(QUIET), "a.so")
    assert read_build(BytesBlob(PROGRAM), "a.so").format == "native"


def test_too_large_a_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "MAX_PACKAGE", 10)
    [read] = built({"a.apk": apk()}).packages
    assert "larger than any that is read" in read.package.problems[0].what


@pytest.mark.parametrize("compressed", [False, True])
def test_a_module_alone_is_a_package_with_packages_in_it(compressed: bool) -> None:
    inside = ext4({"priv-app": {"A": {"A.apk": apk(assemble(FIRST))}}})
    build = read_build(
        BytesBlob(apex("com.example.module", 3, inside, compressed=compressed)), "m.capex" if compressed else "m.apex"
    )
    assert [(read.package.path, read.package.name, read.package.version_code) for read in build.packages] == [
        ("apex/com.example.module/priv-app/A/A.apk", "com.example.app", 7),
        ("m.capex" if compressed else "m.apex", "com.example.module", 3),
    ]
    assert build.problems == build.packages[1].package.problems == ()


@pytest.mark.parametrize(
    "files",
    [
        {"base-master.apk": None, "base-de.apk": "config.de"},
        {"com.example.app.apk": None, "config.de.apk": "config.de"},
        {"base.apk": None, "split_config.de.apk": "config.de"},
    ],
)
def test_a_set_of_splits_is_one_package(files: dict[str, str | None]) -> None:
    members = {f"splits/{name}": apk(assemble(FIRST), split=split) for name, split in files.items()}
    build = read_build(BytesBlob(zipped(members | {"toc.pb": b"x"})), "app.apks")
    [read] = build.packages
    assert read.package.split is None
    assert read.code
    assert read.code.classes == 2
    [inside] = built({"data/a.xapk": zipped(members), "data/b.xapk": b"no archive"}).packages
    assert inside.package.path.startswith("data/a.xapk/splits/")
