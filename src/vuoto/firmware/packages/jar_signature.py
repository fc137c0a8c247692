"""JAR signatures (v1): whether a signer signed the signature file, that the manifest, and that the content of every entry.

Source: Oracle, "JAR File Specification", Signed JAR File; RFC 5652 for the block (signed attributes: section 5.4); AOSP, apksig's
V1SchemeVerifier, for what Android asks beyond it: every entry outside META-INF must be named in the manifest and in the signature
file. Computed are MD5, SHA-1, SHA-224 to SHA-512 with RSA (PKCS #1), DSA and ECDSA. Not computed: other digests, RSA-PSS, time
stamps; who signed the certificate is nobody's business here, as in Android.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from vuoto.firmware.packages.inflating import MAX_FREE, MAX_RATIO, MAX_READ
from vuoto.firmware.packages.zip_reader import ZipContents

MANIFEST: Final = "META-INF/MANIFEST.MF"

APP: Final = "AndroidManifest.xml"
"""The entry that makes an archive an app."""

MAX_MANIFEST: Final = 64 << 20
"""Bytes of a manifest or signature file read; one of 200,000 entries has 20 MB."""

MAX_SECTIONS: Final = 300_000
"""Sections of one file read; archives may list 200,000 members."""

MOST_NAMED: Final = 3
"""Entries named in a note; the rest is counted."""

# Lines that hold something, and the empty one behind them.
_SECTION: Final = re.compile(rb"(?:[^\r\n]++(?:\r\n|[\r\n]|\Z))++(?:\r\n|[\r\n])?")
# The usual form: the name first, in one line, and no line behind it that goes on with it.
_NAMED: Final = re.compile(rb"Name: ([^\r\n]*)(?>\r\n|[\r\n])(?! )")
_ALGORITHMS: Final = {
    "MD5": "md5",
    "SHA": "sha1",
    "SHA1": "sha1",
    "SHA-1": "sha1",
    "SHA-224": "sha224",
    "SHA-256": "sha256",
    "SHA-384": "sha384",
    "SHA-512": "sha512",
}
# The usual form of a whole section: the name and one digest, each in one line.
_DIGESTED: Final = re.compile(
    rb"Name: [^\r\n]*(?>\r\n|[\r\n])(SHA(?:-?1|-(?:224|256|384|512))?)-Digest: ([^\r\n]*)(?:\r\n|[\r\n])*"
)
# What a signature need not cover: the files of the signature itself (JAR File Specification, "Signature Validation").
_OWN: Final = re.compile(r"META-INF/(?:[^/]+\.(?:SF|RSA|DSA|EC)|SIG-[^/]*|MANIFEST\.MF)", re.IGNORECASE)


class Section:
    """A section of a manifest or signature file; its attributes are read when they are asked for."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        """Its bytes, with the empty line that ends it: what a signature file digests."""

    @cached_property
    def values(self) -> dict[str, str]:
        """Its attributes, names in capitals."""
        return _values(self.raw.splitlines())

    @property
    def digests(self) -> list[tuple[str, bytes]]:
        """What it says of its entry: see `_digests`."""
        plain = _DIGESTED.fullmatch(self.raw)
        if plain is not None:
            return [(_ALGORITHMS[plain[1].decode()], _decoded(plain[2]))]
        return _digests(self.values, "-DIGEST")

    @property
    def name(self) -> str:
        """The entry that it speaks of, or the empty text."""
        plain = _NAMED.match(self.raw)
        return _text(plain[1]) if plain is not None else self.values.get("NAME", "")


@dataclass(slots=True)
class JarContents:
    """What an archive's manifest says of its entries, and whether that is so; computed once for all signers."""

    contents: ZipContents
    size: int
    """Bytes of the archive, by which reading is bounded."""

    read: Mapping[str, bytes] = field(default_factory=dict)
    """Entries whose whole content is at hand."""

    main: Section | None = None
    sections: dict[str, Section] = field(default_factory=dict)
    raw: bytes = b""
    problem: str | None = None
    """Why the manifest says nothing, or `None`."""

    def __post_init__(self) -> None:
        member = self.contents.find(MANIFEST)
        self.raw = member.read(MAX_MANIFEST) if member is not None else b""
        if not self.raw:
            self.problem = "there is no manifest"
            return
        for number, section in enumerate(sections_of(self.raw)):
            if number == 0:
                self.main = section
            elif number > MAX_SECTIONS:
                self.problem = f"its manifest has more than {MAX_SECTIONS:,} sections"
                return
            elif self.sections.setdefault(section.name, section) is not section:
                self.problem = f"its manifest names {section.name!r} twice"

    @property
    def strict(self) -> bool:
        """Whether every entry must be signed, as Android asks of an app; of a JAR those that are not are left undecided.

        An app is what holds Android's manifest, or was signed with one, whoever took it out.
        """
        return APP in self.contents.by_name or APP in self.sections

    def signed_by_file(self, data: bytes) -> tuple[str, str | None]:
        """Whether a signature file is one of this manifest: `verified`, `wrong`, or `not verified`, and why."""
        if self.problem:
            return "wrong", self.problem
        # Read as far as it is needed: nearly always the main section says enough.
        found = sections_of(data)
        head = next(found, None)
        if head is None:
            return "wrong", "the signature file is empty"
        whole = _digests(head.values, "-DIGEST-MANIFEST")
        if whole and all(_is(self.raw, name, digest) for name, digest in whole):
            return "verified", None
        # What was added to the manifest since then shows here; what was signed is still known by its own section.
        named = {one.name: one for one in found}
        if not whole and not named:
            return "not verified", "the signature file has no digest that is computed"
        main = _digests(head.values, "-DIGEST-MANIFEST-MAIN-ATTRIBUTES")
        if self.main is not None and not all(_is(self.main.raw, name, digest) for name, digest in main):
            return "wrong", "the main section of the manifest is not the one that was signed"
        missing = sorted(name for name in self.sections if name not in named)
        if missing:
            return self._lacking(f"the manifest names {_names(missing)}, which the signature file does not")
        changed = []
        for name, section in self.sections.items():
            digests = named[name].digests
            if not digests:
                return "not verified", "the signature file has no digest that is computed"
            if not all(_is(section.raw, algorithm, digest) for algorithm, digest in digests):
                changed.append(name)
        if changed:
            return "wrong", f"what the manifest says of {_names(changed)} is not what was signed"
        return "verified", None

    def entries(self) -> tuple[str, str | None]:
        """Whether every entry is as the manifest says, and named in it."""
        left = min(MAX_READ, MAX_FREE + MAX_RATIO * self.size)
        wrong, bare, weak = [], [], []
        for name, member in self.contents.by_name.items():
            if name.endswith("/") or _OWN.fullmatch(name):
                continue
            section = self.sections.get(name)
            if section is None:
                # Android asks nothing of what else stands in META-INF.
                bare += [] if name.startswith("META-INF/") else [name]
                continue
            digests = section.digests
            if not digests:
                weak.append(name)
                continue
            if member.size > left:
                return "not verified", "the signature holds; the content is larger than is digested"
            running = {algorithm: hashlib.new(algorithm, usedforsecurity=False) for algorithm, _ in digests}
            for piece in (self.read[name],) if name in self.read else member.chunks():
                left -= len(piece)
                if left < 0:
                    return "not verified", "the signature holds; the content is larger than is digested"
                for digest in running.values():
                    digest.update(piece)
            if any(running[algorithm].digest() != digest for algorithm, digest in digests):
                wrong.append(name)
        if wrong:
            return "wrong", f"{_names(wrong)} {'does' if len(wrong) == 1 else 'do'} not match the digest in the manifest"
        if bare:
            return self._lacking(f"{_names(bare)} {'is' if len(bare) == 1 else 'are'} not signed")
        gone = self._gone() if self.strict else []
        if gone:
            return "wrong", f"the manifest names {_names(gone)}, which is not there"
        if weak:
            return "not verified", f"the manifest has no digest that is computed of {_names(weak)}"
        return "verified", None

    def _gone(self) -> list[str]:
        there = self.contents.by_name
        return [name for name, one in self.sections.items() if name not in there and one.digests]

    def _lacking(self, what: str) -> tuple[str, str]:
        return "wrong" if self.strict else "not verified", what


def sections_of(data: bytes) -> Iterator[Section]:
    """The sections, the main one first; names and values as they are after joining lines that were folded. Never raises."""
    for match in _SECTION.finditer(data):
        yield Section(match[0])


def _values(lines: list[bytes]) -> dict[str, str]:
    joined: list[list[bytes]] = []
    for line in filter(None, lines):
        if line.startswith(b" ") and joined:
            joined[-1].append(line[1:])
        else:
            joined.append([line])
    found: dict[str, str] = {}
    for parts in joined:
        name, _, value = (parts[0] if len(parts) == 1 else b"".join(parts)).partition(b":")
        found.setdefault(name.decode("latin-1").upper(), _text(value.removeprefix(b" ")))
    return found


def _text(value: bytes) -> str:
    return value.decode("utf-8", "backslashreplace")


def _digests(values: dict[str, str], ending: str) -> list[tuple[str, bytes]]:
    """The digests among attributes that end so, by algorithm of `hashlib`; those that are none are digests of nothing."""
    found = []
    for name, value in values.items():
        algorithm = _ALGORITHMS.get(name.removesuffix(ending)) if name.endswith(ending) else None
        if algorithm is not None:
            found.append((algorithm, _decoded(value)))
    return found


def _decoded(digest: str | bytes) -> bytes:
    try:
        return base64.b64decode(digest, validate=True)
    except (ValueError, binascii.Error):
        return b""


def _is(data: bytes, algorithm: str, digest: bytes) -> bool:
    return hashlib.new(algorithm, data, usedforsecurity=False).digest() == digest


def _names(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return ", ".join(repr(name[:200]) for name in sorted(names)[:MOST_NAMED]) + more
