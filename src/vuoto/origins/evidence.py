"""What the detective reads of a package: the part of `facts.builds.ReadPackage` that traces look at.

An index makes facts of columns, and most of its time would go into facts that nobody looks at (prints of classes, offsets,
signers, words of code that were not asked for). The names and types here are those of the facts, and their docstrings are there.
"""

from __future__ import annotations

from dataclasses import dataclass

from vuoto.facts.packages import FoundString, Trigger


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSeen:
    """Of a `CodePlace`."""

    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StringSeen:
    """Of a `CodeString`."""

    kind: str
    value: str
    host: str | None
    certainty: str
    places: tuple[PlaceSeen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSeen:
    """Of an `IdentifierRead`."""

    kind: str
    certainty: str
    place: PlaceSeen


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSeen:
    """Of a `CodeSend`."""

    api: str
    place: PlaceSeen


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformSeen:
    """Of a `CodeTransform`."""

    kind: str
    what: str
    near_send: bool
    place: PlaceSeen


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSeen:
    """Of a `PathStep`."""

    how: str
    what: str
    place: PlaceSeen


@dataclass(frozen=True, slots=True, kw_only=True)
class PathSeen:
    """Of a `DataPath`."""

    read: ReadSeen
    send: SendSeen
    strength: str
    steps: tuple[StepSeen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSeen:
    """Of `CodeFacts`."""

    strings: tuple[StringSeen, ...] = ()
    reads: tuple[ReadSeen, ...] = ()
    sends: tuple[SendSeen, ...] = ()
    transforms: tuple[TransformSeen, ...] = ()
    paths: tuple[PathSeen, ...] = ()
    loads: tuple[PlaceSeen, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LibrarySeen:
    """Of a `NativeLibrary`."""

    path: str
    imports: tuple[str, ...]
    strings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentSeen:
    """Of a `Component`."""

    name: str
    process: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSeen:
    """Of a `Package`."""

    path: str
    kind: str
    name: str | None = None
    version_name: str | None = None
    version_code: int | None = None
    label: str | None = None
    shared_user_id: str | None = None
    process: str | None = None
    persistent: bool = False
    permissions: tuple[str, ...] = ()
    components: tuple[ComponentSeen, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    native_libraries: tuple[LibrarySeen, ...] = ()
    strings: tuple[FoundString, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Of a `ReadPackage`."""

    package: PackageSeen
    code: CodeSeen | None
