"""Walks an image through all containers in it, and gives each file where the device would have it.

Descended into: zip, tar, payload, super, sparse images (in parts too), file systems, boot images, APEX modules. Not into apps
and JARs, which are packages; and inside a file system only into APEX modules and images.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from vuoto.firmware.content import Blob, BytesBlob, Entry, Image, Problems
from vuoto.firmware.image import BrokenImageError, ImageFormat, Opening, recognise, unread_format
from vuoto.firmware.layouts.joined import join_entries
from vuoto.firmware.layouts.paths import PARTITIONS, partition_of, safe_path
from vuoto.seams import plugins

MAX_DEPTH: Final = 8
"""Containers inside one another: an OTA zip in a factory zip, payload, system, APEX, its payload make six."""

MAX_CONTAINERS: Final = 2_000
"""Containers opened in one walk. A build has some hundred; a zip of zips of zips can have millions."""

MAX_ENTRIES: Final = 3_000_000
"""Files given in one walk; a whole build has some hundred thousand."""

MAX_TOTAL: Final = 1 << 40
"""Bytes that the given files may claim together; phones have a terabyte at most, for everything. Where a bomb ends."""

_SMALLEST: Final = 100
"""Bytes below which nothing is a container worth opening: an archive of one empty file has more."""

_SETS: Final = (".apks", ".xapk", ".apkm")
_INSIDE: Final = (".apex", ".capex", ".img", "original_apex", *_SETS)
_PAYLOADS: Final = ("apex_payload.img", "original_apex")
_PACKAGES: Final = (".apk", ".jar", ".aar", ".dex", ".vdex", ".odex", ".oat", ".so")


@dataclass(slots=True)
class _Level:
    """A container that is being walked."""

    entries: Iterator[Entry]
    prefix: str
    partition: str | None
    within: tuple[str, ...]
    mounted: bool
    """Whether it is a file system or a module, whose files are those of the device."""


def walk(image: Image) -> Iterator[Entry]:
    """Every file, link and directory in `image` and in what it holds; paths as the device would have them.

    Problems of inner containers are added to `image.problems`. A container that cannot be read is given as a file; an APEX module
    is given as a file and descended into.
    """
    return _Walk(image, stop_at_partitions=False).run()


def partitions(image: Image) -> Iterator[Entry]:
    """The partition images in `image`, as raw bytes and not descended into, with the name of each in `Entry.partition`."""
    found = _Walk(image, stop_at_partitions=True).run()
    return (entry for entry in found if entry.partition and entry.kind == "file")


def old_partitions(image: Image) -> dict[str, Blob]:
    """The partitions of a build by name, as an incremental OTA that starts from it needs them."""
    return {entry.partition: entry.open() for entry in partitions(image) if entry.partition}


class _Walk:
    def __init__(self, image: Image, *, stop_at_partitions: bool) -> None:
        self._image = image
        self._stop = stop_at_partitions
        self._problems: Problems = image.problems
        self._forms = {form.name: form for form in plugins("vuoto.firmware.images", ImageFormat, "IMAGE")}
        self._containers = 0

    def run(self) -> Iterator[Entry]:
        """The entries, within the bounds."""
        total = 0
        for given, entry in enumerate(self._entries()):
            total += entry.size
            if given == MAX_ENTRIES or total > MAX_TOTAL:
                what = (
                    f"holds more than {MAX_ENTRIES:,} files" if given == MAX_ENTRIES else f"claims more than {MAX_TOTAL:,} bytes"
                )
                self._problems.note(self._image.name, f"{what}; the rest is not read")
                return
            yield entry

    def _entries(self) -> Iterator[Entry]:
        form = self._forms.get(self._image.format)
        top = _outermost(self._image.name)
        if self._stop and form is not None and form.naming == "mounted":
            return
        stack = [self._level(self._image, form, top, _Level(iter(()), "", None, (), mounted=False), top.path)]
        while stack:
            level = stack[-1]
            entry = next(level.entries, None)
            if entry is None:
                stack.pop()
                continue
            path = f"{level.prefix}/{entry.path}" if level.prefix else entry.path
            placed = replace(
                entry, path=path, within=level.within, partition=level.partition if level.mounted else entry.partition
            )
            blob = self._candidate(entry, level)
            form = self._container(blob, entry, level) if blob is not None else None
            if blob is None or form is None or (self._stop and form.naming == "mounted"):
                yield placed
                continue
            if len(stack) >= MAX_DEPTH or self._containers >= MAX_CONTAINERS:
                bound = f"{MAX_DEPTH} deep" if len(stack) >= MAX_DEPTH else f"{MAX_CONTAINERS:,} in number"
                self._problems.note(path, f"is a container in containers, more than {bound}; it is not opened")
                yield placed
                continue
            self._containers += 1
            try:
                where = "/".join((*level.within, entry.path))
                inner = form.open(blob, self._opening(where))
            except BrokenImageError as error:
                self._problems.note(where, f"this looks like {form.title}, but {error}")
                yield placed
                continue
            if form.naming == "module" or (self._stop and form.name == "boot"):
                yield placed
            stack.append(self._level(inner, form, entry, level, path))

    def _candidate(self, entry: Entry, level: _Level) -> Blob | None:
        """The content of what may be a container, or `None`."""
        name = entry.path.lower()
        if entry.kind != "file" or entry.size < _SMALLEST or name.endswith(_PACKAGES):
            return None
        return None if self._inside(entry, level) and not name.endswith(_INSIDE) else entry.open()

    def _inside(self, entry: Entry, level: _Level) -> bool:
        """Whether it is a file of the device, and not of a package of images."""
        return level.mounted or entry.path.partition("/")[0] in PARTITIONS

    def _container(self, blob: Blob, entry: Entry, level: _Level) -> ImageFormat | None:
        """The format to open `entry` as, or `None` where none recognises it."""
        form = recognise(blob, self._opening(entry.path))
        if form is None and entry.partition and not self._inside(entry, level) and (known := unread_format(blob)):
            self._problems.note("/".join((*level.within, entry.path)), f"is {known}, which is not read")
        return form

    def _opening(self, name: str) -> Opening:
        return Opening(name=name, problems=self._problems, old=self._image.old, spool=self._image.spool)

    def _level(self, image: Image, form: ImageFormat | None, entry: Entry, outer: _Level, path: str) -> _Level:
        within = (*outer.within, entry.path)
        naming = form.naming if form is not None else "beside"
        folder = path.rpartition("/")[0]
        if naming == "module":
            name, _ = safe_path(image.properties.get("name", "").replace("/", "_"))
            stem = name or _without_ending(entry.path.rpartition("/")[2])
            # A compressed module holds the original: both are the same module.
            prefix = outer.prefix if entry.path == "original_apex" else f"apex/{stem}"
            # Only what the payload holds is mounted; the rest of the archive is of the package, which is given as a file.
            inner = (part for part in image.entries() if part.path in _PAYLOADS)
            return _Level(inner, prefix, outer.partition, within, mounted=True)
        if naming == "mounted":
            if outer.mounted and entry.path == "apex_payload.img":
                return _Level(image.entries(), outer.prefix, outer.partition, within, mounted=True)
            return self._mounted(image, entry, outer, path, within)
        prefix = folder if outer.within else ""
        if entry.path.lower().endswith(_SETS):
            # The splits of an app stand together, and apart from those of others.
            prefix = path
        return _Level(
            join_entries(image.entries(), self._opening(image.name)), prefix, outer.partition, within, mounted=outer.mounted
        )

    def _mounted(self, image: Image, entry: Entry, outer: _Level, path: str, within: tuple[str, ...]) -> _Level:
        """A file system: `system/…` for the partition system, `boot/ramdisk/…` for a ramdisk, `system/etc/x/…` inside another."""
        partition = entry.partition
        stem = _without_ending(path)
        if outer.mounted:
            return _Level(image.entries(), stem, outer.partition, within, mounted=True)
        if partition is None:
            return _Level(image.entries(), stem if outer.within else "", None, within, mounted=True)
        base = partition_of(entry.path)
        prefix = f"{partition}/{stem.rpartition('/')[2]}" if base is None and outer.within else partition
        # Since Android 9 the partition system is the root directory, and has its own files in /system.
        if partition == "system" and "system" in image.top():
            prefix = ""
        return _Level(image.entries(), prefix, partition, within, mounted=True)


def _outermost(name: str) -> Entry:
    """The outermost container as an entry, for the names of what it holds."""
    base, _ = safe_path(name.rpartition("/")[2])
    return Entry(path=base or "image", kind="file", size=0, open=lambda: BytesBlob(b""), partition=partition_of(base))


def _without_ending(path: str) -> str:
    folder, slash, base = path.rpartition("/")
    return folder + slash + (base.rpartition(".")[0] or base)
