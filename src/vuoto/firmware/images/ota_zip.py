"""Zip archives that hold images: OTA packages with `payload.bin`, factory images, packed folders. Apps are packages instead.

Not read: the payload of OTAs from before A/B updates (`system.new.dat`, `system.patch.dat`), which is told.
"""

from __future__ import annotations

from typing import Final

from vuoto.firmware.content import Blob, Image
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
from vuoto.firmware.layouts.zip_entries import open_zip, zip_entries
from vuoto.firmware.packages.zip_reader import ZipContents

PACKAGES: Final = (".apk", ".apks", ".xapk", ".jar", ".aar", ".apex", ".capex", ".zip.prof", ".odex")
"""Endings of archives that are packages."""


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
    for member in contents.members:
        if member.name.endswith((".new.dat", ".new.dat.br", ".new.dat.xz")):
            opening.note(
                f"{member.name!r} is part of a block-based OTA from before A/B updates, which is not read",
                "Use the factory image of the same build",
            )
    return Image(
        format=IMAGE.name,
        name=opening.name,
        entries=lambda: zip_entries(contents, blob, opening),
        properties=_properties(contents, opening),
        problems=opening.problems,
    )


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
