"""Opens what a file of a package holds: code under a foreign name, archives, compressed files, and those inside one another.

What is found is the package's own, since its code alone reaches it: DEX files are read with its others, texts searched with its
others, and each is told with the way to it (`assets/x.jar!classes.dex`). All counts against the package's own bound of bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Final, NamedTuple

from vuoto.facts.packages import DexFile, HiddenFile
from vuoto.firmware.content import BytesBlob
from vuoto.firmware.layouts.unpacked import compression_of, unpack
from vuoto.firmware.packages import disguises
from vuoto.firmware.packages.axml import read_xml
from vuoto.firmware.packages.code_files import code_in
from vuoto.firmware.packages.manifest import read_manifest
from vuoto.firmware.packages.native_libraries import is_elf
from vuoto.firmware.packages.zip_member import STORED, Member
from vuoto.firmware.packages.zip_reader import ZipContents, read_zip

MAX_DEPTH: Final = 5
"""Wrappings inside one another; a library in an archive in an app in an archive makes four."""

MAX_ARCHIVES: Final = 500
"""Archives opened for one package."""

MAX_FILES: Final = 50_000
"""Files of all these archives looked at for one package."""

MAX_HIDDEN: Final = 2_000
"""Hidden files told for one package."""

NAMED_SO: Final = (".dex", ".vdex", ".odex", ".oat", ".cdex")
"""Endings that say that a file is code."""

ARCHIVES: Final = (".jar", ".apk", ".zip", ".aar", ".apks", ".xapk", ".apkm", ".gz", ".xz", ".zst", ".lz4", ".br", ".tgz")
"""Endings that say that a file is an archive, or compressed."""

MAX_MARKS: Final = 10_000
"""Places in a package where a DEX file may begin that are looked at."""

_MANIFEST: Final = "AndroidManifest.xml"
_MAX_MANIFEST: Final = 4 << 20
_END: Final = 22  # bytes of the record that ends an archive without a comment (APPNOTE.TXT, 4.3.16)

MEDIA: Final = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".ogg", ".mp3", ".mp4", ".m4a", ".wav", ".ttf", ".otf")
"""Endings of files that hold no text, and are read only where they begin or end as something else."""

Take = Callable[[Member, str], bytes]
"""The content of a member of an archive called so, within what is left of the package's bound."""


class _File(NamedTuple):
    path: str
    data: bytes
    depth: int
    how: str
    """How it is hidden so far: `""` for a file of the package itself."""

    def holding(self, path: str, data: bytes, how: str) -> _File:
        """A file that was taken out of this one."""
        return _File(path, data, self.depth + 1, how)


@dataclass(slots=True)
class HiddenFiles:
    """What was found so far in the files of one package."""

    take: Take
    """Reads a member."""

    spend: Callable[[int], int]
    """Takes so many bytes from the package's bound, and gives how many may be taken."""

    problem: Callable[[str], None]
    """Tells what could not be read."""

    dexes: list[DexFile] = field(default_factory=list)
    """DEX files, in the order in which they were found."""

    natives: list[tuple[str, bytes]] = field(default_factory=list)
    """Programs and libraries and where they stand."""

    found: list[HiddenFile] = field(default_factory=list)
    """Where they were, and what could not be read."""

    archives: int = 0
    files: int = 0

    def open(self, path: str, data: bytes) -> Iterator[tuple[str, bytes]]:
        """Opens a file of the package, and gives the plain files in it, whose texts are to be searched, maybe itself."""
        stack: list[Iterator[_File]] = [iter((_File(path, data, 0, ""),))]
        while stack:
            one = next(stack[-1], None)
            if one is None:
                stack.pop()
                continue
            inner, plain = self._inside(one)
            if plain and not is_media(one.path):
                yield one.path, one.data
            # One after the other: an archive's files stand in memory one at a time.
            stack.append(iter(inner))

    def _inside(self, one: _File) -> tuple[Iterable[_File], bool]:
        """What a file holds, and whether it is plain besides."""
        head = one.data[: disguises.HEAD]
        if disguises.is_code(head):
            return self._code(one)
        if is_elf(head):
            self.natives.append((one.path, one.data))
            if one.how:
                self._tell(one, "native", one.how)
            return [], False
        words = disguises.unopened_archive(head)
        if words:
            self.problem(f"{one.path!r} is {words} inside the package, which is not opened")
            return [], False
        if one.depth < MAX_DEPTH:
            return self._archive(one) if disguises.is_zip(head) else self._wrapped(one, head) or self._looked_into(one)
        if disguises.is_zip(head) or compression_of(head) or disguises.scrambling(head):
            self.problem(f"{one.path!r} is an archive in archives, more than {MAX_DEPTH} deep; it is not opened")
        return [], True

    def _wrapped(self, one: _File, head: bytes) -> tuple[list[_File], bool] | None:
        """The content of what is compressed or scrambled; `None` for what is neither."""
        way = compression_of(head)
        if way is not None:
            data, wrong = unpack(BytesBlob(one.data), way, self.spend(0))
            self.spend(len(data))
            if wrong and data:
                self.problem(f"{one.path!r}: {wrong}")
            # Two of the magic numbers are so short that other files begin with them.
            return ([one.holding(_inner_name(one.path, way), data, _how(one, "archive", ARCHIVES))], False) if data else None
        scrambled = disguises.scrambling(head)
        if scrambled is None:
            return None
        self.spend(len(one.data))
        data = disguises.unscrambled(one.data, scrambled)
        if not disguises.is_code(data) and not disguises.is_zip(data):
            return None
        return [one.holding(f"{one.path}!{scrambled.replace(' ', '-')}", data, "scrambled")], False

    def _looked_into(self, one: _File) -> tuple[Iterable[_File], bool]:
        """A file that begins as nothing that is opened: what stands in its middle or behind it, and whether it is dense."""
        if disguises.ends_as_zip(one.data):
            inner, _ = self._archive(one, "embedded")
            return chain(self._embedded(one, disguises.zip_begins(one.data)), inner), True
        found = self._embedded(one, len(one.data))
        packed = disguises.packed_code(one.data) if not found else None
        if packed is not None:
            data = disguises.unpacked_code(one.data, packed, self.spend(0))
            self.spend(len(data))
            found = [one.holding(f"{one.path}!{packed}", data, "foreign-name")]
        if not found and disguises.is_dense(one.data):
            self._tell(one, "dense", _how(one, "beside"))
        return found, True

    def _embedded(self, one: _File, end: int) -> list[_File]:
        return [one.holding(f"{one.path}!dex@{at}", data, "embedded") for at, data in disguises.embedded(one.data[:end])]

    def _code(self, one: _File) -> tuple[list[_File], bool]:
        dexes, wrong = code_in(one.data, one.path)
        for problem in wrong:
            self.problem(f"{one.path!r} {problem.what}")
        self.dexes += dexes
        self._tell(one, "dex", _how(one, "beside", NAMED_SO))
        return [], False

    def _archive(self, one: _File, how: str = "") -> tuple[Iterable[_File], bool]:
        """The files of an archive; the name of a package is told."""
        self.archives += 1
        if self.archives > MAX_ARCHIVES:
            self.problem(f"more than {MAX_ARCHIVES} archives stand in the package; the rest is not opened")
            return [], False
        contents = read_zip(BytesBlob(one.data), one.path)
        for problem in contents.problems:
            self.problem(f"{one.path!r}: {problem.what}")
        manifest = contents.find(_MANIFEST)
        if manifest is not None:
            name = read_manifest(read_xml(manifest.read(_MAX_MANIFEST), one.path), lambda _: None, one.path).name
            self._tell(one, "package", how or _how(one, "archive", ARCHIVES), name)
        return self._members(one, contents, how or _how(one, "archive", ARCHIVES)), False

    def _members(self, one: _File, contents: ZipContents, how: str) -> Iterator[_File]:
        for name in sorted(contents.by_name):
            if name.endswith("/") or name == _MANIFEST:
                continue
            self.files += 1
            if self.files > MAX_FILES:
                self.problem(f"more than {MAX_FILES} files stand in archives of the package; the rest is not read")
                break
            member = contents.by_name[name]
            if worth_reading(member, name):
                path = f"{one.path}!{name}"
                yield one.holding(path, self.take(member, path), how)

    def _tell(self, one: _File, kind: str, how: str, name: str | None = None) -> None:
        if len(self.found) >= MAX_HIDDEN:
            return
        digest = hashlib.sha256(one.data).hexdigest()
        self.found.append(HiddenFile(path=one.path, kind=kind, how=how, size=len(one.data), sha256=digest, name=name))


def is_media(path: str) -> bool:
    """Whether a name says that a file holds nothing to search: pictures, sound, fonts, signatures."""
    name = path.rpartition("!")[2]
    return name.lower().endswith(MEDIA) or name.startswith("META-INF/")


def worth_reading(member: Member, name: str) -> bool:
    """Whether a file of an archive may hold text or code: of media only what begins, or ends, as code or an archive does."""
    if not is_media(name):
        return True
    head = member.head(disguises.HEAD)
    if disguises.is_code(head) or disguises.is_zip(head) or disguises.scrambling(head) or disguises.unopened_archive(head):
        return True
    if compression_of(head) is not None or is_elf(head):
        return True
    return member.method == STORED and member.source.read_at(member.offset + member.size - _END, 4) == b"PK\5\6"


def _how(one: _File, plain: str, endings: tuple[str, ...] = ()) -> str:
    """How a file is hidden: as what it came out of, else by a name that says what it is, or does not."""
    if one.how:
        return one.how
    named = not endings or one.path.lower().endswith(endings)
    return plain if named else "foreign-name"


def _inner_name(path: str, way: str) -> str:
    """`assets/x.jar.gz!x.jar`; `assets/x.bin!gzip` where the name does not say what it is."""
    base = path.rpartition("!")[2].rpartition("/")[2]
    stem, dot, ending = base.rpartition(".")
    return f"{path}!{stem if dot and f'.{ending.lower()}' in ARCHIVES else way}"
