"""A build as a person looks at it: what its packages can collect, where they can send it, what starts them, what is odd."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from vuoto.facts.builds import BuildFacts
from vuoto.facts.code import CodeFacts, CodePlace, PathStep
from vuoto.facts.document import Tool
from vuoto.facts.packages import Package
from vuoto.facts.problems import Problem
from vuoto.facts.recipients import Recipient

FIRMWARE_SCHEMA: Final = "vuoto.firmware/1"
"""Name and version of this document."""

Concern = Literal["high", "medium", "low"]
"""`high`: personal data may leave in the clear, or nobody can tell who made it; `medium`: look at it; `low`: know it."""

CONCERNS: Final[tuple[Concern, ...]] = ("high", "medium", "low")
"""Gravest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OddityRule:
    """Something that is looked for in every package."""

    name: str
    """Its name: `way-in-clear-text`."""

    title: str
    """What it is, one sentence."""

    concern: Concern
    """How grave it is at most."""

    help: str
    """What it means, what may explain it, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """Something odd in one package. That code is there is no proof that it runs."""

    id: str
    """Stable, from content."""

    rule: str
    """Name of its rule."""

    concern: Concern
    """How grave it is here."""

    says: str
    """What it is here, one sentence without a full stop at the end; holds strings of the package, unescaped."""

    package: str
    """Path of the package."""

    name: str | None
    """Name of the package, or `None`."""

    place: CodePlace | None = None
    """Where in the code, or `None`."""

    component: str | None = None
    """Which component of the manifest, or `None`."""

    steps: tuple[PathStep, ...] = ()
    """The way, where it is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostUse:
    """A host that a package names."""

    host: str
    """The host or address, lower case."""

    recipient: str
    """Id of the recipient in `FirmwareView.recipients`."""

    clear_text: bool
    """Whether a text names it with a scheme that is not encrypted."""

    texts: tuple[str, ...]
    """Texts in which it stands, sorted; bounded."""

    places: tuple[CodePlace, ...]
    """Where code uses them, sorted; bounded. Empty where it stands in a resource or a native library."""

    open: bool = False
    """Whether it is named so, and the package's settings do not forbid such a connection to it."""

    local: bool = False
    """Whether it is of the phone itself or of its own network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageView:
    """One package."""

    package: Package
    """Its manifest, signers and strings."""

    code: CodeFacts | None
    """What its code can do, or `None`."""

    hosts: tuple[HostUse, ...]
    """Hosts that it names, sorted; bounded."""

    hosts_left_out: int = 0
    """How many more it names; those that it may reach without TLS are told first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmwareView:
    """The document of `vuoto firmware show` and `vuoto firmware scan`."""

    schema: str
    """`FIRMWARE_SCHEMA`."""

    tool: Tool
    """What wrote it, and the data that it rests on."""

    name: str
    """What the build was opened as."""

    format: str
    """Its outermost container."""

    build: BuildFacts | None
    """What it says of itself, or `None`."""

    packages: tuple[PackageView, ...]
    """The packages that were asked for, by path; of a scan those in which something is odd."""

    packages_read: int
    """How many packages were looked at."""

    recipients: tuple[Recipient, ...]
    """Who stands behind the hosts, by host."""

    rules: tuple[OddityRule, ...]
    """What was looked for, by name."""

    oddities: tuple[Oddity, ...]
    """What was found, gravest first."""

    problems: tuple[Problem, ...]
    """What could not be read."""
