"""What a build says of itself, and its packages as they were read."""

from __future__ import annotations

from dataclasses import dataclass

from vuoto.facts.code import CodeFacts
from vuoto.facts.packages import Package
from vuoto.facts.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildProperty:
    """One property of a build."""

    name: str
    """Its name: `ro.product.model`."""

    value: str
    """The value that counts."""

    file: str
    """The file that sets it, or `""` where it is derived from others."""

    replaced: tuple[tuple[str, str], ...] = ()
    """Other values and their files, in the order of loading, that do not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildFacts:
    """What a build says of itself; `None` where it does not."""

    fingerprint: str | None
    """`brand/product/device:release/id/incremental:type/tags`."""

    fingerprints: tuple[tuple[str, str], ...]
    """Each partition's own fingerprint, by partition: parts of different builds show here."""

    security_patch: str | None
    """The day of the security patch level, `2019-03-01`."""

    incremental: str | None
    """The build's number."""

    device: str | None
    """The device's code name, which variants share."""

    model: str | None
    """The model on the box: `TA-1046` or a trade name."""

    brand: str | None
    """The brand."""

    product: str | None
    """The product's name, which tells variants apart where makers wish."""

    release: str | None
    """Android's version for people."""

    sdk: int | None
    """Android's API level."""

    variant: tuple[BuildProperty, ...]
    """Properties that speak of carrier, operator, region, customer or registration, by name."""

    properties: tuple[BuildProperty, ...]
    """All properties, by name."""

    problems: tuple[Problem, ...] = ()
    """What was broken or contradictory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPackage:
    """A package with what its code can do."""

    package: Package
    """The package, without the bytes of its code."""

    code: CodeFacts | None
    """What its code can collect and send, or `None` where it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBuild:
    """A build, or a package alone, as it was read."""

    name: str
    """What it was opened as."""

    format: str
    """The outermost container, and what it is for where that can be told: `ota (payload)`, `super`, `ext4`, `tree`, `apk`."""

    build: BuildFacts | None
    """What it says of itself, or `None` where it holds no properties."""

    packages: tuple[ReadPackage, ...]
    """By path."""

    problems: tuple[Problem, ...]
    """What could not be read of its containers."""
