"""A package as a fact: archive, manifest, signers, configuration, native libraries, strings of resources, DEX files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from vuoto.facts.packages import DexFile, FoundString, NativeLibrary, Package, TrustRule
from vuoto.facts.problems import Problem
from vuoto.firmware.content import Blob
from vuoto.firmware.packages.addresses import addresses_in, may_name_address, names_address
from vuoto.firmware.packages.apex_manifest import MAX_MANIFEST, read_apex_manifest
from vuoto.firmware.packages.axml import MAX_XML, is_axml, read_xml
from vuoto.firmware.packages.manifest import Manifest, read_manifest
from vuoto.firmware.packages.native_libraries import MAX_LIBRARY, is_elf, read_native_library
from vuoto.firmware.packages.network_security import read_network_security
from vuoto.firmware.packages.resources import MAX_TABLE, Resources
from vuoto.firmware.packages.signing import read_signers
from vuoto.firmware.packages.triggers import triggers_of
from vuoto.firmware.packages.zip_member import Member
from vuoto.firmware.packages.zip_reader import ZipContents, read_zip

MAX_DEX: Final = 256 << 20
"""Bytes of one DEX file; the format's 65,536 methods make some 10 MB, containers of several (041) a multiple."""

MAX_DEX_FILES: Final = 500
"""DEX files of a package; the largest apps have some forty."""

MAX_ASSET: Final = 32 << 20
"""Bytes of one asset or resource file searched for addresses."""

MAX_READ: Final = 1 << 30
"""Bytes inflated for one package in all; the largest packages of phones come to half of it."""

MAX_RATIO: Final = 100
"""Bytes inflated per byte of package, beyond `MAX_FREE`. Code inflates threefold, tables and lists of words tenfold."""

MAX_FREE: Final = 64 << 20
"""Bytes inflated whatever the package's size: small ones may hold a large empty file."""

MAX_PROBLEMS: Final = 200
"""Problems told one by one for a package; the rest is counted."""

MAX_STRINGS: Final = 50_000
"""Strings that name addresses, of one package; lists of blocked hosts are longer, and their first entries tell what they are."""

_MANIFEST: Final = "AndroidManifest.xml"
_DEX: Final = re.compile(r"classes(\d*)\.dex")
_NOT_SEARCHED: Final = (_MANIFEST, "resources.arsc", "apex_payload.img", "original_apex")  # the last two are opened as images
_HASHED: Final = 1 << 20
_MEDIA: Final = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".ogg", ".mp3", ".mp4", ".m4a", ".wav", ".ttf", ".otf", ".so", ".dex")


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
        self.bound = min(MAX_READ, MAX_FREE + MAX_RATIO * blob.size)
        self.left = self.bound
        self.libraries: list[NativeLibrary] = []
        self.hidden: list[DexFile] = []

    def problem(self, what: str) -> None:
        self.problems.append(Problem(where=self.path, what=what))

    def content(self, member: Member, limit: int) -> bytes:
        """The content of a member within what is left of the package's bound; what is missing of it is a problem."""
        if self.left <= 0:
            self.problem(f"{member.name!r} is not read: the package inflates to more than {self.bound} bytes")
            return b""
        found = member.extract(min(limit, self.left))
        self.left -= len(found.data)
        if found.problem is not None:
            self.problem(f"{member.name!r} {found.problem}")
        return found.data

    def package(self) -> Package:
        contents = self.contents
        table = contents.find("resources.arsc")
        resources = Resources(self.content(table, MAX_TABLE), f"{self.path}, resources.arsc") if table is not None else None
        signers, wrong = read_signers(self.blob, contents, self.path)
        self.problems += wrong
        dex = tuple(self.dex())
        result = Package(
            path=self.path,
            kind=self.kind(dex),
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
            dex=(*dex, *self.hidden),
            native_libraries=tuple(sorted(self.libraries, key=lambda n: n.path)),
            problems=unique,
        )

    def kind(self, dex: tuple[DexFile, ...]) -> str:
        names = self.contents.by_name
        if "apex_manifest.pb" in names or "apex_manifest.json" in names:
            return "apex"
        if _MANIFEST in names:
            return "apk"
        return "jar" if dex or "META-INF/MANIFEST.MF" in names else "zip"

    def digest(self) -> str:
        digest = hashlib.sha256()
        for at in range(0, self.blob.size, _HASHED):
            digest.update(self.blob.read_at(at, _HASHED))
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
        """`classes.dex`, `classes2.dex` … in the order Android loads them, then others that lie elsewhere in the archive."""
        found: list[tuple[int, str, Member]] = []
        for name, member in self.contents.by_name.items():
            match = _DEX.fullmatch(name)
            if match is not None:
                found.append((int(match[1][:9] or 1), name, member))
            elif name.endswith(".dex"):
                found.append((1 << 31, name, member))
        found.sort(key=lambda f: f[:2])
        if len(found) > MAX_DEX_FILES:
            self.problem(f"holds {len(found)} DEX files; {MAX_DEX_FILES} are read")
        for _, name, member in found[:MAX_DEX_FILES]:
            yield DexFile(path=name, data=self.content(member, MAX_DEX))

    def native_libraries(self) -> None:
        for name in sorted(self.contents.by_name):
            if name.endswith(".so"):
                data = self.content(self.contents.by_name[name], MAX_LIBRARY)
                self.library(name, data)

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
            found.update(FoundString(path=name, name="", value=v) for v in self.addresses(name))
        rows = sorted(found, key=lambda s: (s.path, s.name, s.value))
        if len(rows) > MAX_STRINGS:
            self.problem(f"has more than {MAX_STRINGS} strings that name addresses; the rest is left out")
        return tuple(rows[:MAX_STRINGS])

    def addresses(self, name: str) -> set[str]:
        """The strings of a resource file, an asset or a JAR's own resource that name an address."""
        if name in _NOT_SEARCHED or name.startswith("META-INF/") or name.lower().endswith(_MEDIA):
            return set()
        data = self.content(self.contents.by_name[name], MAX_ASSET)
        if data.startswith(b"dex\n"):
            self.hidden.append(DexFile(path=name, data=data))
        elif data.startswith(b"PK\3\4"):
            self.problem(f"{name!r} is an archive inside the package; it is not opened")
        elif is_elf(data):
            self.library(name, data)
        elif is_axml(data):
            if not may_name_address(data):
                return set()
            document = read_xml(data, f"{self.path}, {name}")
            return {s for s in set(document.strings()) if names_address(s)}
        else:
            return set(addresses_in(data))
        return set()


def _nothing(_: int) -> str | None:
    return None
