"""What a zip of images is for, by the names in it."""

from __future__ import annotations

import pytest

from firmware.packages.builders import Put, make_zip
from vuoto.firmware.building import read_build
from vuoto.firmware.content import BytesBlob
from vuoto.firmware.images.ota_zip import content_of

SCRIPT = "META-INF/com/google/android/updater-script"


@pytest.mark.parametrize(
    ("names", "content"),
    [
        (["payload.bin", "META-INF/com/android/metadata"], "ota (payload)"),
        (["system.transfer.list", "system.new.dat.br", SCRIPT], "ota (block-based)"),
        ([SCRIPT, "system/app/A/A.apk"], "ota (file-based)"),
        (["META/misc_info.txt", "IMAGES/system.img", "SYSTEM/build.prop"], "target files"),
        (["p-1/flash-all.sh", "p-1/image-p-1.zip", "p-1/bootloader-p-1.img"], "factory images"),
        (["android-info.txt", "boot.img", "system.img"], "factory images"),
        (["boot.img", "system.img"], "images"),
        (["a/payload.binary", "misc_info.txt"], None),
        (["system/app/A/A.apk", "system/build.prop"], None),
        ([], None),
    ],
)
def test_by_names(names: list[str], content: str | None) -> None:
    assert content_of(names) == content


def test_the_build_says_what_it_was_opened_from() -> None:
    about = b"ota-type=AB\npre-build=x/y/z:9/A/1:user/release-keys\n"
    members = [Put("system.transfer.list", b"4\n0\n0\n0\n"), Put("META-INF/com/android/metadata", about)]
    assert read_build(BytesBlob(make_zip(members)), "ota.zip").format == "ota (block-based, incremental)"
    assert read_build(BytesBlob(make_zip([Put("system/build.prop", b"ro.x=1\n")])), "pulled.zip").format == "zip"
