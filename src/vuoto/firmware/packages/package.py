"""A package as a fact: archive, manifest, signers, configuration, native libraries, strings of resources, DEX files."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from vuoto.facts.packages import DexFile, FoundString, NativeLibrary, Package, TrustRule
from vuoto.facts.problems import Problem
from vuoto.firmware.content import Blob
from vuoto.firmware.layouts.unpacked import compression_of
from vuoto.firmware.packages import disguises
from vuoto.firmware.packages.addresses import addresses_in, may_name_address, names_address
from vuoto.firmware.packages.apex_manifest import MAX_MANIFEST, read_apex_manifest
from vuoto.firmware.packages.axml import MAX_XML, is_axml, read_xml
from vuoto.firmware.packages.disguises import DEX_VERSION
from vuoto.firmware.packages.hidden_files import MAX_MARKS, HiddenFiles, worth_reading
from vuoto.firmware.packages.inflating import MAX_INNER, Inflating
from vuoto.firmware.packages.manifest import Manifest, read_manifest
from vuoto.firmware.packages.native_libraries import MAX_LIBRARY, is_elf, read_native_library
from vuoto.firmware.packages.network_security import read_network_security
from vuoto.firmware.packages.resources import MAX_TABLE, Resources
from vuoto.firmware.packages.signing import read_signers
from vuoto.firmware.packages.triggers import triggers_of
from vuoto.firmware.packages.zip_member import MOST_INFLATED, Member
from vuoto.firmware.packages.zip_reader import ZipContents, read_zip

MAX_DEX: Final = 256 << 20
"""Bytes of one DEX file; the format's 65,536 methods make some 10 MB, containers of several (041) a multiple."""

MAX_DEX_FILES: Final = 500
"""DEX files of a package; the largest apps have some forty."""

MAX_ASSET: Final = 32 << 20
"""Bytes of one asset or resource file searched for addresses."""

MAX_PROBLEMS: Final = 200
"""Problems told one by one for a package; the rest is counted."""

MAX_STRINGS: Final = 50_000
"""Strings that name addresses, of one package; lists of blocked hosts are longer, and their first entries tell what they are."""

_MANIFEST: Final = "AndroidManifest.xml"
_DEX: Final = re.compile(r"classes(\d*)\.dex")
_NOT_SEARCHED: Final = (_MANIFEST, "resources.arsc", "apex_payload.img", "original_apex")  # the last two are opened as images
_HASHED: Final = 1 << 20


def read_package(blob: Blob, path: str) -> Package:
    """Everything `vuoto.facts.packages.Package` says of the archive in `blob`; `path` is where it stands in its build.

    Never raises on any bytes: what is broken or left out is in `problems`. Reads the whole archive once for its digest and each
    member that matters once; in memory stand the resource table, one library, and the DEX files.
    """
    return _Reading(blob, path).package()


class _Reading:
    def __init__(self, blob: Blob, path: str) -> None:
        self.blob = blob
        self.path = path
        self.contents: ZipContents = read_zip(blob, path)
        self.problems: list[Problem] = list(self.contents.problems)
        self.inflating = Inflating(blob.size, self.problem)
        self.content = self.inflating.content
        self.libraries: list[NativeLibrary] = []
        self.hidden = HiddenFiles(
            take=lambda member, name: self.content(member, name=name), spend=self.inflating.spend, problem=self.problem
        )
        self.marked: list[int] = []
        self.whole: dict[str, bytes] = {}
        """DEX files as they stand in the archive, by name: those that were read to their end."""

    def problem(self, what: str) -> None:
        self.problems.append(Problem(where=self.path, what=what))

    def package(self) -> Package:
        contents = self.contents
        table = contents.find("resources.arsc")
        resources = Resources(self.content(table, MAX_TABLE), f"{self.path}, resources.arsc") if table is not None else None
        told = len(self.problems)
        dex = tuple(self.dex())
        signers, wrong = read_signers(self.blob, contents, self.path, self.whole)
        self.problems[told:told] = wrong
        result = Package(
            path=self.path,
            kind=self.kind(),
            size=self.blob.size,
            sha256=self.digest(),
            signers=signers,
            dex=dex,
        )
        self.native_libraries()
        member = contents.find(_MANIFEST)
        if member is not None:
            result = self.with_manifest(result, member, resources)
        if result.kind == "apex":
            result = self.with_apex_manifest(result)
        strings = self.strings(resources)
        if resources is not None:
            self.problems += resources.problems
        unique = tuple(dict.fromkeys(self.problems))
        if len(unique) > MAX_PROBLEMS:
            rest = f"{len(unique) - MAX_PROBLEMS} more problems of this package are not listed one by one"
            unique = (*unique[:MAX_PROBLEMS], Problem(where=self.path, what=rest))
        return replace(
            result,
            strings=strings,
            dex=(*dex, *self.hidden.dexes),
            hidden=tuple(sorted(self.hidden.found, key=lambda f: (f.path, f.kind))),
            native_libraries=tuple(sorted(self.libraries, key=lambda n: n.path)),
            problems=unique,
        )

    def kind(self) -> str:
        names = self.contents.by_name
        if "apex_manifest.pb" in names or "apex_manifest.json" in names:
            return "apex"
        if _MANIFEST in names:
            return "apk"
        return "jar" if "META-INF/MANIFEST.MF" in names or any(name.endswith(".dex") for name in names) else "zip"

    def digest(self) -> str:
        """SHA-256 of the whole; what looks like the beginning of a DEX file is noted on the way, since stored files hide it."""
        digest = hashlib.sha256()
        before = b""
        for at in range(0, self.blob.size, _HASHED):
            piece = self.blob.read_at(at, _HASHED)
            digest.update(piece)
            if DEX_VERSION in piece or DEX_VERSION in before + piece[: len(DEX_VERSION)]:
                joined = before + piece
                self.marked += [at - len(before) + found for found in disguises.beginnings(joined)]
                del self.marked[MAX_MARKS:]
            before = piece[-len(DEX_VERSION) - 3 :]
        return digest.hexdigest()

    def with_manifest(self, package: Package, member: Member, resources: Resources | None) -> Package:
        where = f"{self.path}, {_MANIFEST}"
        document = read_xml(self.content(member, MAX_XML), where)
        self.problems += document.problems
        if not document.binary:
            self.problem("has a manifest in plain text, which Android does not install")
        found = read_manifest(document, resources.value if resources is not None else _nothing, where)
        self.problems += found.problems
        return replace(
            package,
            name=found.name,
            version_name=found.version_name,
            version_code=found.version_code,
            label=found.label,
            shared_user_id=found.shared_user_id,
            process=found.process,
            split=found.split,
            min_sdk=found.min_sdk,
            target_sdk=found.target_sdk,
            enabled=found.enabled,
            persistent=found.persistent,
            debuggable=found.debuggable,
            has_code=found.has_code,
            permissions=found.permissions,
            permissions_defined=found.permissions_defined,
            components=found.components,
            triggers=triggers_of(found.components),
            libraries=found.libraries,
            cleartext=found.cleartext,
            network_security=self.network_security(found),
        )

    def network_security(self, manifest: Manifest) -> tuple[TrustRule, ...] | None:
        name = manifest.network_security
        if name is None:
            return None
        member = self.contents.find(name)
        if member is None:
            self.problem(f"names the network security configuration {name!r}, which is not in the package")
            return None
        document = read_xml(self.content(member, MAX_XML), f"{self.path}, {name}")
        self.problems += document.problems
        return read_network_security(document)

    def with_apex_manifest(self, package: Package) -> Package:
        member = self.contents.find("apex_manifest.pb") or self.contents.find("apex_manifest.json")
        name, version = read_apex_manifest(self.content(member, MAX_MANIFEST)) if member is not None else (None, None)
        # The package's name may differ from the module's (com.google.android.wifi, com.android.wifi): it is what is installed.
        return replace(package, name=package.name or name, version_code=version if version is not None else package.version_code)

    def dex(self) -> Iterator[DexFile]:
        """`classes.dex`, `classes2.dex` … in the order Android loads them; others are looked for among all files."""
        found: list[tuple[int, str, Member]] = []
        for name, member in self.contents.by_name.items():
            match = _DEX.fullmatch(name)
            if match is not None:
                found.append((int(match[1][:9] or 1), name, member))
        found.sort(key=lambda f: f[:2])
        if len(found) > MAX_DEX_FILES:
            self.problem(f"holds {len(found)} DEX files; {MAX_DEX_FILES} are read")
        for _, name, member in found[:MAX_DEX_FILES]:
            data = self.content(member, MAX_DEX)
            if len(data) == member.size < MAX_DEX and self.inflating.left > 0:
                self.whole[name] = data
            yield DexFile(path=name, data=data)

    def native_libraries(self) -> None:
        for name in sorted(self.contents.by_name):
            member = self.contents.by_name[name]
            # Anything else under such a name is looked into like every other file.
            if name.endswith(".so") and is_elf(member.head(4)):
                self.library(name, self.content(member, MAX_LIBRARY))

    def library(self, name: str, data: bytes) -> None:
        library, problems = read_native_library(data, name)
        self.problems += [replace(p, where=f"{self.path}, {name}") for p in problems]
        if library is not None:
            self.libraries.append(library)

    def strings(self, resources: Resources | None) -> tuple[FoundString, ...]:
        found: set[FoundString] = set()
        if resources is not None:
            found.update(FoundString(path="resources.arsc", name=n, value=v) for n, v in resources.strings(names_address))
        for name in sorted(self.contents.by_name):
            if len(found) > MAX_STRINGS:
                break
            found.update(self.addresses(name))
        rows = sorted(found, key=lambda s: (s.path, s.name, s.value))
        if len(rows) > MAX_STRINGS:
            self.problem(f"has more than {MAX_STRINGS} strings that name addresses; the rest is left out")
        return tuple(rows[:MAX_STRINGS])

    def addresses(self, name: str) -> Iterator[FoundString]:
        """The strings of a resource file, an asset or a JAR's own resource that name an address, and of the files in it."""
        member = self.contents.by_name[name]
        if not self.searched(name, member):
            return
        for path, data in self.hidden.open(name, self.content(member, _most_of(member))):
            if path == name and name.endswith(".so"):
                self.problems.append(Problem(where=f"{self.path}, {name}", what="is not an ELF file"))
            if not is_axml(data):
                found = set(addresses_in(data))
            elif may_name_address(data):
                found = {s for s in set(read_xml(data, f"{self.path}, {path}").strings()) if names_address(s)}
            else:
                continue
            yield from (FoundString(path=path, name="", value=value) for value in found)
        while self.hidden.natives:
            self.library(*self.hidden.natives.pop())

    def searched(self, name: str, member: Member) -> bool:
        """Whether a file is not read elsewhere, and may hold text or code."""
        if name in _NOT_SEARCHED or name.endswith("/") or _DEX.fullmatch(name):
            return False
        if name.endswith(".so"):
            return not is_elf(member.head(4))
        mark = bisect_left(self.marked, member.offset)
        marked = mark < len(self.marked) and self.marked[mark] < member.offset + member.span
        return marked or worth_reading(member, name)


def _most_of(member: Member) -> int:
    """Bytes that are read of a file: more of what is opened. Its beginning is asked only where it may hold so much."""
    if max(member.size, MOST_INFLATED * member.span) <= MAX_ASSET:
        return MAX_ASSET
    head = member.head(disguises.HEAD)
    opened = disguises.is_code(head) or disguises.is_zip(head) or compression_of(head)
    return MAX_INNER if opened else MAX_ASSET


def _nothing(_: int) -> str | None:
    return None
