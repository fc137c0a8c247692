"""Zip archives that hold images: OTA packages with `payload.bin`, factory images, packed folders. Apps are packages instead.

The walker puts block-based OTAs from before A/B updates together (`system.transfer.list`, `system.new.dat.br`); the files of
file-based ones before them stand in folders of the zip.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final

from vuoto.firmware.content import Blob, Entry, Image
from vuoto.firmware.image import BrokenImageError, ImageFormat, Opening
from vuoto.firmware.layouts.ota_metadata import (
    MAX_METADATA,
    MESSAGE,
    TEXT,
    BrokenMessageError,
    disagreements,
    read_message,
    read_text,
)
from vuoto.firmware.layouts.paths import PARTITIONS
from vuoto.firmware.layouts.zip_entries import open_zip, zip_entries
from vuoto.firmware.packages.zip_reader import ZipContents

PACKAGES: Final = (".apk", ".jar", ".aar", ".apex", ".capex", ".zip.prof", ".odex")
"""Endings of archives that are packages."""


_SCRIPTS: Final = frozenset(f"META-INF/com/google/android/{name}" for name in ("updater-script", "update-binary"))
_FLASHED: Final = frozenset(("android-info.txt", "flash-all.sh", "flash-all.bat", "fastboot-info.txt"))
_FACTORY: Final = re.compile(r"image-[\w.-]+\.zip|bootloader-[\w.-]+\.img")
_IMAGE: Final = re.compile(r"IMAGES/([a-z_]+)\.img")


def _recognise(head: bytes, name: str, size: int) -> int:
    del size
    if not head.startswith((b"PK\3\4", b"PK\5\6")) or name.lower().endswith(PACKAGES):
        return 0
    return 80 if name.lower().endswith(".zip") else 50


def _open(blob: Blob, opening: Opening) -> Image:
    contents = open_zip(blob, opening)
    if not contents.members:
        raise BrokenImageError("no member of it can be found")
    if contents.find("AndroidManifest.xml") or contents.find("classes.dex"):
        raise BrokenImageError("it is an app's package, and not an image: give the image that holds it, or a folder with it")
    properties = _properties(contents, opening)
    return Image(
        format=IMAGE.name,
        name=opening.name,
        entries=lambda: _entries(contents, blob, opening),
        properties=properties,
        content=content_of(contents.by_name, incremental=any(name.startswith("pre-build") for name in properties)),
        problems=opening.problems,
    )


def content_of(names: Collection[str], *, incremental: bool = False) -> str | None:
    """What a zip of images is for, by the names of its files; `None` for one that nothing tells.

    Source: AOSP, tools/releasetools: ota_from_target_files, img_from_target_files, and the folders of target files. Only A/B
    updates have `payload.bin`, and only block-based ones before them lists of transfers.
    """
    more = ", incremental" if incremental else ""
    if "payload.bin" in names:
        return f"ota (payload{more})"
    if any(name.endswith(".transfer.list") for name in names):
        return f"ota (block-based{more})"
    if _SCRIPTS & set(names):
        return f"ota (file-based{more})"
    if "META/misc_info.txt" in names:
        return "target files"
    # What fastboot flashes, alone or packed beside a bootloader and the scripts for it.
    bases = {name.rpartition("/")[2] for name in names}
    if bases & _FLASHED or any(_FACTORY.fullmatch(base) for base in bases):
        return "factory images"
    return "images" if any(base.endswith(".img") for base in bases) else None


def _entries(contents: ZipContents, blob: Blob, opening: Opening) -> Iterator[Entry]:
    """The members. Of a build's target files those below `SYSTEM/` are those of the partition, unless its image is there too."""
    entries = zip_entries(contents, blob, opening)
    if contents.find("META/misc_info.txt") is None:
        return entries
    imaged = {match[1] for member in contents.members if (match := _IMAGE.fullmatch(member.name))}
    return _target_files(entries, imaged)


def _target_files(entries: Iterator[Entry], imaged: set[str]) -> Iterator[Entry]:
    for entry in entries:
        first, slash, rest = entry.path.partition("/")
        partition = first.lower()
        if not slash or not first.isupper() or partition not in PARTITIONS:
            yield entry
        elif partition not in imaged:
            # `BOOT/RAMDISK/init` stands where a boot image would put it.
            inside = f"ramdisk/{rest.removeprefix('RAMDISK/')}" if rest.startswith("RAMDISK/") else rest
            yield replace(entry, path=f"{partition}/{inside}", partition=partition)


def _properties(contents: ZipContents, opening: Opening) -> dict[str, str]:
    text_member, message_member = contents.find(TEXT), contents.find(MESSAGE)
    text = read_text(text_member.read(MAX_METADATA)) if text_member else {}
    message: dict[str, str] = {}
    if message_member:
        try:
            message = read_message(message_member.read(MAX_METADATA))
        except BrokenMessageError as error:
            opening.note(f"metadata.pb is damaged: {error}")
    for what in disagreements(text, message):
        opening.note(what, "Find out which of the two the device believed: update_engine reads the text, newer tools the message")
    return {**message, **text}


IMAGE = ImageFormat(name="zip", title="a zip archive", recognise=_recognise, open=_open, naming="beside")
