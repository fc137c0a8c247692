"""What the gate is asked: a build, the variant it is to ship as, the declaration, and builds to compare with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Final, Literal

from vuoto.facts.builds import BuildFacts, ReadBuild, ReadPackage
from vuoto.facts.code import CodePlace, place_order
from vuoto.facts.declarations import Declaration, Variant
from vuoto.facts.gates import GateFinding
from vuoto.firmware.comparing.abilities import can_send
from vuoto.firmware.comparing.aspect import MAX_PLACES, Pair
from vuoto.firmware.comparing.pairing import pair_packages, same_content
from vuoto.firmware.comparing.resemblance import Resemblance, code_of

COMMON_IN: Final = 3
"""Packages of one build in which a feature stands to be a library's, where there is no baseline to tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownBuild:
    """A build of any variant that the gate may learn from: what is in it, and the packages it needs to know whole."""

    name: str
    """What it was opened as."""

    build: BuildFacts | None
    """What it says of itself."""

    names: frozenset[str]
    """Names of all packages in it."""

    packages: tuple[ReadPackage, ...] = ()
    """Those that some variant forbids or that this variant does not have, for their code."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """What the rules are asked. Read only."""

    build: ReadBuild
    """The build."""

    declaration: Declaration
    """What the controller declares."""

    variant: Variant
    """The variant it is to ship as."""

    baseline: ReadBuild | None = None
    """A build of the variant that was let through before, or `None`."""

    others: tuple[KnownBuild, ...] = field(default=())
    """Builds of this and other variants."""

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Packages that are new or otherwise than in the baseline; all, where there is none. By path."""
        if self.baseline is None:
            return tuple(Pair(old=None, new=read) for read in self.build.packages)
        pairing = pair_packages(self.baseline.packages, self.build.packages)
        found = [Pair(old=None, new=read) for read in pairing.added]
        found += [
            Pair(old=match.old, new=match.new, resemblance=Resemblance(code_of(match.old), code_of(match.new)))
            for match in pairing.matches
            if not same_content(match.old, match.new)
        ]
        return tuple(sorted(found, key=lambda pair: pair.new.package.path))

    @cached_property
    def _senders(self) -> frozenset[str]:
        """Names of packages of which any part can send: what a base may do, its splits may."""
        return frozenset(read.package.name for read in self.build.packages if read.package.name and can_send(read))

    def can_send(self, read: ReadPackage) -> bool:
        """Whether a package of the build can send, by itself or as a part of an app that can."""
        return can_send(read) or read.package.name in self._senders

    @cached_property
    def own_names(self) -> frozenset[str] | None:
        """Names of packages that this variant is known to have: the baseline's, else its other builds'; or `None`."""
        if self.baseline is not None:
            return frozenset(read.package.name for read in self.baseline.packages if read.package.name)
        # Not the build itself, which may lie in the same folder; and not one that is the faulty batch's neighbour, if it can be
        # helped: that is what a baseline is for.
        itself = self.build.build.fingerprint if self.build.build is not None else None
        own = [build for build in self.others if self.variant_of(build.build) == self.variant.key]
        known = [one.names for one in own if one.build is not None and (not itself or one.build.fingerprint != itself)]
        return frozenset().union(*known) if known else None

    @cached_property
    def foreign_names(self) -> dict[str, tuple[str, ...]]:
        """Names of packages in builds of other variants, and in which (variant and build)."""
        found: dict[str, list[str]] = {}
        for build in self.others:
            variant = self.variant_of(build.build)
            if variant is not None and variant != self.variant.key:
                for name in build.names:
                    found.setdefault(name, []).append(f"{variant} ({build.name})")
        return {name: tuple(sorted(found[name])) for name in sorted(found)}

    def variant_of(self, facts: BuildFacts | None) -> str | None:
        """Key of the declared variant that a build says it is of, or `None`."""
        return variant_of(facts, self.declaration.variants)

    @cached_property
    def common(self) -> frozenset[int]:
        """Features of code that tell nothing: those of the baseline, else those that several packages of the build share."""
        if self.baseline is not None:
            forbidden = set(self.variant.forbidden_packages)
            kept = (read for read in self.baseline.packages if read.package.name not in forbidden)
            return frozenset().union(*(code_of(read).features for read in kept))
        counts: dict[int, int] = {}
        for read in self.build.packages:
            for feature in code_of(read).features:
                counts[feature] = counts.get(feature, 0) + 1
        return frozenset(feature for feature, count in counts.items() if count >= COMMON_IN)


def variant_of(facts: BuildFacts | None, variants: Sequence[Variant]) -> str | None:
    """Key of the variant that a build says it is of; `None` where it says none of them, or several."""
    found = variants_of(facts, variants)
    return found[0] if len(found) == 1 else None


def variants_of(facts: BuildFacts | None, variants: Sequence[Variant]) -> tuple[str, ...]:
    """Keys of all variants that a build says it is of.

    By the key or one of the `models`, as the value of the model, the product, or a property that speaks of variants.
    """
    if facts is None:
        return ()
    values = {facts.model, facts.product, *(p.value for p in facts.variant)}
    return tuple(variant.key for variant in variants if values & {variant.key, *variant.models})


def finding(
    rule: str,
    outcome: Literal["refused", "undecided"],
    read: ReadPackage | None,
    subject: str,
    because: str,
    places: Iterable[CodePlace] = (),
) -> GateFinding:
    """A finding about a package, or about the build itself."""
    name = read.package.name if read is not None else None
    path = read.package.path if read is not None else ""
    # With the path: a name may be there twice, and what stands for one of them must not stand for the other.
    told = "\x1f".join((rule, outcome, name or "", path, subject))
    ordered = sorted(set(places), key=place_order)
    return GateFinding(
        id=blake2b(told.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest(),
        rule=rule,
        outcome=outcome,
        package=name,
        path=path,
        subject=subject,
        because=because,
        places=tuple(ordered[:MAX_PLACES]),
    )
