"""Reads a whole build: its properties, its packages, and what the code of each can collect and send."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from vuoto.facts.builds import ReadBuild, ReadPackage
from vuoto.facts.code import CodeFacts
from vuoto.facts.packages import Package
from vuoto.facts.problems import Problem
from vuoto.firmware.build_properties import PropertyFile, is_property_file, read_build_properties
from vuoto.firmware.code import examine, read_dexes
from vuoto.firmware.content import Blob, Entry, Image
from vuoto.firmware.image import open_image
from vuoto.firmware.packages.package import read_package
from vuoto.firmware.walking import old_partitions, walk

PACKAGE_NAMES: Final = (".apk", ".jar", ".apex")
"""Names of files that are packages."""

MAX_PACKAGE: Final = 2 << 30
"""Bytes of a package that is read; the largest of a build have some hundred megabytes."""

MAX_PROPERTIES: Final = 4 << 20
"""Bytes of a file of properties."""


def read_build(blob: Blob, name: str, *, old: Image | None = None) -> ReadBuild:
    """What `blob` holds: an image, or a package alone. Raises `InputError` where it is neither.

    `old` is the build that an incremental OTA starts from: another OTA, a folder of partition images, a factory image.
    """
    if name.lower().endswith(PACKAGE_NAMES):
        alone = _package(blob, name)
        return ReadBuild(name=name, format=alone.package.kind, build=None, packages=(alone,), problems=())
    return read_image(open_image(blob, name, old=old_partitions(old) if old is not None else None))


def read_image(image: Image) -> ReadBuild:
    """The packages and properties in an opened image, through all containers in it."""
    properties: list[PropertyFile] = []
    packages: list[ReadPackage] = []
    for entry in walk(image):
        if entry.kind != "file":
            continue
        if is_property_file(entry.path) and entry.size <= MAX_PROPERTIES:
            properties.append(PropertyFile(path=entry.path, data=entry.open().read_at(0, entry.size)))
        elif entry.path.lower().endswith(PACKAGE_NAMES):
            packages.append(_entry(entry))
    return ReadBuild(
        name=image.name,
        format=image.format,
        build=read_build_properties(properties) if properties else None,
        packages=tuple(sorted(packages, key=lambda read: read.package.path)),
        problems=tuple(image.problems),
    )


def _entry(entry: Entry) -> ReadPackage:
    if entry.size <= MAX_PACKAGE:
        return _package(entry.open(), entry.path)
    too_large = Problem(where=entry.path, what=f"a package of {entry.size:,} bytes is larger than any that is read")
    return ReadPackage(package=Package(path=entry.path, kind="zip", size=entry.size, sha256="", problems=(too_large,)), code=None)


def _package(blob: Blob, path: str) -> ReadPackage:
    package = read_package(blob, path)
    code = _code((dex.path, dex.data) for dex in package.dex) if package.dex else None
    return ReadPackage(package=replace(package, dex=()), code=code)


def _code(files: Iterable[tuple[str, bytes]]) -> CodeFacts:
    return examine([dex for name, data in files for dex in read_dexes(data, name)])
