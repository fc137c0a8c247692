"""The plug-in type of a container format, how one is told from another, and how one is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from vuoto.errors import InputError
from vuoto.firmware.content import HEAD_BYTES, Blob, Image, MemorySpool, Problems, Spool
from vuoto.seams import plugins

Naming = Literal["beside", "mounted", "module"]
"""Where the walker puts what a container holds. `beside`: in the folder where the container stands (zip, payload, super, tar).
`mounted`: where the device would mount the partition (ext4, EROFS, ramdisks). `module`: under `apex/NAME` (APEX)."""


class BrokenImageError(Exception):
    """Nothing of the container can be listed. The text completes "this looks like X, but …"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a format is told besides the bytes."""

    name: str
    """The file's name or path inside its container, for problems and as a hint."""

    problems: Problems
    """Where to say what is broken. Shared by an image and what is found in it."""

    old: Mapping[str, Blob] = field(default_factory=dict)
    """Partitions of the build that an incremental OTA starts from, by name without slot."""

    spool: Spool = field(default_factory=MemorySpool)
    """Where to unpack what can only be read from its beginning."""

    def note(self, what: str, next_step: str | None = None) -> None:
        """Adds a problem of this container."""
        self.problems.note(self.name, what, next_step)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFormat:
    """A container format. Exported as `IMAGE` by one file of `firmware/images`."""

    name: str
    """What `Image.format` says: `ext4`."""

    title: str
    """What a person calls it, with its article: `an ext4 file system`."""

    recognise: Callable[[bytes, str, int], int]
    """How sure it is, from the first bytes (up to `HEAD_BYTES`), the name and the size: 0 not at all, 100 its own magic
    number."""

    open: Callable[[Blob, Opening], Image]
    """Reads the container's own tables, lazily where it can. Raises `BrokenImageError` where nothing can be listed."""

    naming: Naming
    """Where its contents stand on a device."""


# Magic numbers of formats that makers ship and that are not read, so that the reader learns what he has.
_UNREAD: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"hsqs", "a SquashFS file system"),
    (0, b"UBI#", "a UBI image"),
    (0, b"\x55\xaa\x5a\xa5", "a Huawei UPDATE.APP"),
    (0, b"OPPOENCRYPT!", "an encrypted OPPO package (.ozip)"),
    (0, b"sqsh", "a SquashFS file system"),
    (0, b"\x03\0\0\0\1\0\0\0\xff\xff", "a YAFFS2 image"),
    (0, b"\3SIN", "a Sony image (.sin)"),
    (0, b"LGKD", "an LG flash file (.kdz)"),
    (0, b"\x28\x05\0\0\x34\x31\x25\x80", "an LG flash file (.kdz)"),
    (0, b"\x32\x96\x18\x74", "an LG flash file (.dz)"),
    (0, b"RKFW", "a Rockchip firmware"),
    (0, b"RKAF", "a Rockchip firmware"),
    (0, b"AVB0", "a vbmeta table, which holds no files"),
    (0, b"\xd7\xb7\xab\x1e", "a table of device trees, which holds no files"),
)


def unread_format(blob: Blob) -> str | None:
    """What `blob` is, where it is a format that is known and not read; `None` elsewhere."""
    head = blob.read_at(0, 1028)
    return next((title for at, magic, title in _UNREAD if head.startswith(magic, at)), None)


def recognise(blob: Blob, opening: Opening) -> ImageFormat | None:
    """The format that is surest of `blob`, or `None`. Two equally sure ones are a `Problem`, and the first by name is taken."""
    head = blob.read_at(0, HEAD_BYTES)
    best: list[ImageFormat] = []
    most = 0
    for form in plugins("vuoto.firmware.images", ImageFormat, "IMAGE"):
        sure = form.recognise(head, opening.name, blob.size)
        if sure > most:
            best, most = [form], sure
        elif sure == most > 0:
            best.append(form)
    if len(best) > 1:
        names = " and ".join(form.name for form in best)
        opening.note(f"{names} recognise it equally well; it is read as {best[0].name}")
    return best[0] if best else None


def open_image(blob: Blob, name: str, *, old: Mapping[str, Blob] | None = None, spool: Spool | None = None) -> Image:
    """Opens `blob` as the format that recognises it best; `name` (a file's name or path) names it in problems and helps to tell.

    `old` gives the partitions of the build that an incremental OTA starts from, by name; `spool` takes what is unpacked of
    compressed streams, which else stays in memory. Raises `InputError` where no format
    recognises it, or it is too damaged to list anything.
    """
    problems = Problems()
    opening = Opening(name=name, problems=problems, old=old or {}, spool=spool or MemorySpool())
    form = recognise(blob, opening)
    if form is None:
        known = unread_format(blob)
        raise InputError(
            f"this is {known}, which is not read" if known else "no firmware format was recognised in this file",
            where=name,
            next_step="Give an OTA zip, payload.bin, super, partition or boot image, APEX, tar or cpio archive, or a folder",
        )
    try:
        image = form.open(blob, opening)
    except BrokenImageError as error:
        raise InputError(
            f"this looks like {form.title}, but {error}", where=name, next_step="Get the file again from where it was taken"
        ) from error
    image.old, image.spool = opening.old, opening.spool
    return image
