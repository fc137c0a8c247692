"""Reads a whole build: its properties, its packages, and what the code of each can collect and send."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from vuoto.errors import InputError
from vuoto.facts.builds import BuildFacts, ReadBuild, ReadPackage
from vuoto.facts.problems import Problem
from vuoto.firmware.build_properties import PropertyFile, is_property_file, read_build_properties
from vuoto.firmware.code import CodeColumns, examine_in_columns, read_dexes
from vuoto.firmware.content import Blob, Entry, Image, Problems
from vuoto.firmware.image import open_image
from vuoto.firmware.packages.code_files import KINDS
from vuoto.firmware.packages.gathering import PACKAGE_NAMES as GATHERED
from vuoto.firmware.packages.gathering import PackageFiles, gather, is_package, read_files
from vuoto.firmware.packages.lone_files import hides_code
from vuoto.firmware.walking import old_partitions, walk

PACKAGE_NAMES: Final = (*GATHERED, *KINDS, ".so")
"""Endings of files that are packages, or code, by themselves."""

MAX_PROPERTIES: Final = 4 << 20
"""Bytes of a file of properties."""


def read_build(blob: Blob, name: str, *, old: Image | None = None) -> ReadBuild:
    """What `blob` holds: an image, or a package alone. Raises `InputError` where it is neither.

    `old` is the build that an incremental OTA starts from: another OTA, a folder of partition images, a factory image.
    """
    if name.lower().endswith(PACKAGE_NAMES):
        return read_alone(blob, name)[0]
    return read_image(open_image(blob, name, old=old_partitions(old) if old is not None else None))


def read_alone(blob: Blob, name: str) -> tuple[ReadBuild, int]:
    """A package as a build of its own, and how many bytes of DEX it has. Raises `InputError` where nothing is in it."""
    entry = Entry(path=name, kind="file", size=blob.size, open=lambda: blob)
    alone, code_bytes = read_gathered(PackageFiles(entry=entry))
    if alone is None:
        raise InputError("no code is in it, and no host or source of identifiers is named in it", where=name)
    packages: list[ReadPackage] = [alone]
    problems: tuple[Problem, ...] = ()
    if alone.package.kind == "apex":
        # A module is a package, and an image with packages in it.
        with suppress(InputError):
            inside = read_image(open_image(blob, name))
            packages, problems = [*inside.packages, alone], inside.problems
    found = tuple(sorted(packages, key=lambda read: read.package.path))
    return ReadBuild(name=name, format=alone.package.kind, build=None, packages=found, problems=problems), code_bytes


def read_image(image: Image) -> ReadBuild:
    """The packages and properties in an opened image, through all containers in it, one after the other in this process."""
    survey = survey_image(image)
    packages = tuple(read for files in survey.packages if (read := read_gathered(files)[0]) is not None)
    return replace(survey.build(), packages=packages)


@dataclass(slots=True, kw_only=True)
class Survey:
    """What an image holds, before any of its packages is read."""

    image: Image
    """The image."""

    packages: list[PackageFiles]
    """Its packages, each with the files that belong to it, by path. Native files among them may name nothing."""

    properties: BuildFacts | None
    """What it says of itself."""

    told: int
    """Problems of the image that were met by walking it; those met by reading packages come behind them."""

    def build(self, met: Iterable[Problem] | None = None) -> ReadBuild:
        """The build without its packages; `met` are the problems met in reading them, where that was done elsewhere."""
        later = self.image.problems[self.told :] if met is None else met
        problems = Problems(self.image.problems[: self.told])
        # Sorted, as packages may be read in any order.
        for problem in sorted(later, key=lambda p: (p.where, p.what, p.next_step or "")):
            problems.note(problem.where, problem.what, problem.next_step)
        return ReadBuild(
            name=self.image.name,
            format=self.image.content or self.image.format,
            build=self.properties,
            packages=(),
            problems=tuple(problems),
        )


def survey_image(image: Image) -> Survey:
    """Walks the image once: finds its packages, and reads its properties."""
    properties: list[PropertyFile] = []
    files: list[Entry] = []
    hidden: list[Entry] = []
    for entry in walk(image):
        if entry.kind != "file":
            continue
        if is_property_file(entry.path) and entry.size <= MAX_PROPERTIES:
            properties.append(PropertyFile(path=entry.path, data=entry.open().read_at(0, entry.size)))
        elif is_package(entry.path):
            files.append(entry)
        elif hides_code(entry):
            hidden.append(entry)
    found = read_build_properties(properties) if properties else None
    return Survey(image=image, packages=gather(files, hidden), properties=found, told=len(image.problems))


def read_gathered(files: PackageFiles) -> tuple[ReadPackage | None, int]:
    """A package with what its code can do, and how many bytes of DEX that was; `None` for a native file that names nothing."""
    found = read_in_columns(files)
    if found is None:
        return None, 0
    read, code, code_bytes = found
    if read.code is not None and code is not None:
        read = replace(read, code=replace(read.code, words=code.words.facts(), prints=code.prints.facts()))
    return read, code_bytes


def read_in_columns(files: PackageFiles) -> tuple[ReadPackage, CodeColumns | None, int] | None:
    """The same, with those facts of the code beside it of which there are thousands (`None` where there is no code)."""
    package = read_files(files)
    if package is None:
        return None
    facts, columns = None, None
    if package.dex:
        facts, columns = examine_in_columns([dex for file in package.dex for dex in read_dexes(file.data, file.path)])
    read = ReadPackage(package=replace(package, dex=()), code=facts)
    return read, columns, sum(len(file.data) for file in package.dex)
