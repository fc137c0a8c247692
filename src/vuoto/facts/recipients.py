"""Who received it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainRegistry:
    """The registry of the top-level domain."""

    name: str
    """Its name: `China Internet Network Information Center (CNNIC)`."""

    country: str | None
    """ISO 3166-1 alpha-2 of a country-code registry's country; `None` for generic domains."""

    source: str
    """Where that is written, with a date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address of the recipient and what the registers say of it. They may disagree; then both stand here."""

    ip: str
    """The address."""

    asn: int | None
    """Number of the autonomous system that announces it."""

    as_name: str | None
    """That system's name."""

    as_country: str | None
    """Country the autonomous system is registered in, ISO 3166-1 alpha-2."""

    registry_country: str | None
    """Country under which the address block is registered (RIR whois), ISO 3166-1 alpha-2."""

    sources: tuple[str, ...]
    """Data sets that say so, with their dates."""

    operator: str | None = None
    """Who runs that system, where its registered name is a brand and a curated table knows; else `None`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Who is said to stand behind the domain."""

    name: str
    """`China Telecom`."""

    country: str | None
    """Country of its seat, ISO 3166-1 alpha-2."""

    source: str
    """Who says so, where and when."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class CountryClaim:
    """One register's word on the country."""

    country: str
    """ISO 3166-1 alpha-2."""

    register: str
    """Which register says so: `address registry`, `autonomous system`, `organisation`, `domain registry`, `declaration`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One remote side: a host, or an address where nothing names it."""

    id: str
    """Stable, from content."""

    host: str | None
    """Name, lower case; `None` where nothing names it (then `addresses[0].ip` does)."""

    registrable_domain: str | None
    """Public suffix plus one label, or `None`."""

    domain_registry: DomainRegistry | None
    """The top-level domain's registry."""

    addresses: tuple[Address, ...]
    """Addresses seen, sorted."""

    organisation: Organisation | None
    """From the curated table, or `None`."""

    countries: tuple[CountryClaim, ...]
    """Each country that some register names, with the register."""

    country: str | None
    """The one used for the verdict, or `None` where the registers disagree or are silent."""

    country_why: str
    """Why that one, or why none."""

    local: bool = False
    """Whether it is on the device's own network (private, link-local, multicast): nobody outside received it."""

    @property
    def places(self) -> tuple[str, ...]:
        """The countries that registers place it in, sorted. A domain registry's word is none: see `decide_country`."""
        return tuple(sorted({claim.country for claim in self.countries if claim.register != "domain registry"}))
