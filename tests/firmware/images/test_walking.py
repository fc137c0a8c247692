"""A whole OTA, from the zip to the files of its ramdisk."""

from __future__ import annotations

import pytest

from firmware.images.makers import boot, cpio, full_payload, gzipped, opened, told, zipped


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
