"""A file of an image that is no package by its name, and holds code by its bytes: read as a package of its own."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from vuoto.facts.packages import FoundString, HiddenFile, Package
from vuoto.facts.problems import Problem
from vuoto.firmware.content import Blob, Entry, WindowBlob
from vuoto.firmware.layouts.unpacked import compression_of, unpack
from vuoto.firmware.packages.addresses import addresses_in
from vuoto.firmware.packages.code_files import MAX_CODE
from vuoto.firmware.packages.disguises import FEED, HEAD, is_code, is_zip, scrambling
from vuoto.firmware.packages.hidden_files import HiddenFiles
from vuoto.firmware.packages.inflating import Inflating
from vuoto.firmware.packages.package import read_package
from vuoto.firmware.packages.zip_reader import read_zip

SMALLEST_CODE = 112
"""Bytes of a DEX header: nothing smaller holds code."""

MAX_PEEKED = 2_000
"""Files of an archive whose first bytes are looked at, where its names say nothing of code; animations have some hundred."""


def hides_code(entry: Entry) -> bool:
    """Whether a file that is no package by its name may hold code by its first bytes: as it is, compressed, or in an archive."""
    if entry.size < SMALLEST_CODE:
        return False
    blob = entry.open()
    head = blob.read_at(0, HEAD)
    if is_code(head):
        return True
    if is_zip(head):
        return _holds_code(blob, entry.path)
    way = compression_of(head)
    if way is None:
        return scrambling(head) is not None
    begin = unpack(WindowBlob(blob, 0, FEED), way, HEAD)[0]
    return is_code(begin) or is_zip(begin)


def read_lone_file(entry: Entry) -> Package | None:
    """The package; `None` where there is no code in it. Never raises on any bytes."""
    blob = entry.open()
    if is_zip(blob.read_at(0, HEAD)):
        package = read_package(blob, entry.path)
        if not package.dex:
            return None
        itself = HiddenFile(
            path=entry.path, kind="package", how="foreign-name", size=entry.size, sha256=package.sha256, name=package.name
        )
        return replace(package, hidden=(itself, *package.hidden))
    return _opened(blob, entry.path) if entry.size <= MAX_CODE else None


def _opened(blob: Blob, path: str) -> Package | None:
    problems: list[str] = []
    inflating = Inflating(blob.size, problems.append)
    hidden = HiddenFiles(
        take=lambda member, name: inflating.content(member, name=name), spend=inflating.spend, problem=problems.append
    )
    data = blob.read_at(0, blob.size)
    strings = {
        FoundString(path=inner, name="", value=value) for inner, text in hidden.open(path, data) for value in addresses_in(text)
    }
    if not hidden.dexes:
        return None
    return Package(
        path=path,
        kind="dex",
        size=blob.size,
        sha256=hashlib.sha256(data).hexdigest(),
        strings=tuple(sorted(strings, key=lambda s: (s.path, s.value))),
        dex=tuple(hidden.dexes),
        hidden=tuple(sorted(hidden.found, key=lambda f: (f.path, f.kind))),
        problems=tuple(Problem(where=path, what=what) for what in dict.fromkeys(problems)),
    )


def _holds_code(blob: Blob, path: str) -> bool:
    """Whether one of the first files of an archive is code, or the archive an app."""
    contents = read_zip(blob, path)
    if contents.find("AndroidManifest.xml") is not None or any(name.endswith(".dex") for name in contents.by_name):
        return True
    heads = (member.head(HEAD) for member in contents.members[:MAX_PEEKED])
    return any(is_code(head) or is_zip(head) for head in heads)
