"""What a register of this room is: a plug-in that answers some of five questions about a recipient, with its sources.

A file in `registers/` exports `REGISTER`. Opening a register gives `Answers`; a question it does not answer is left `None`. Where
two registers answer the same question, the higher `confidence` is asked first and the next one only where it is silent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vuoto.facts.document import Reference
from vuoto.facts.recipients import DomainRegistry, Organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """Files of the user's own, read by whoever calls; each register takes the one it can read."""

    networks: bytes | None = None
    """An MMDB file."""

    networks_name: str = ""
    """Its name, for sources and errors."""

    organisations: bytes | None = None
    """A table of organisations in the format of `registers/organisations.toml`."""

    organisations_name: str = ""
    """Its name, for sources and errors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkWord:
    """What a register says of one address. Everything may be unknown."""

    asn: int | None = None
    """Number of the autonomous system."""

    as_name: str | None = None
    """Its name."""

    as_country: str | None = None
    """Country it is registered in, ISO 3166-1 alpha-2."""

    registry_country: str | None = None
    """Country under which the address block is registered, ISO 3166-1 alpha-2."""

    sources: tuple[str, ...] = ()
    """Who says so, with dates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorWord:
    """What a register says of who runs an autonomous system."""

    name: str
    """Who it is."""

    source: str
    """Who says so, with a date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationWord:
    """What a register says of the organisation behind a domain."""

    organisation: Organisation
    """Who it is, and who says so."""

    hosting: bool = False
    """Whether the domain carries other people's services, so that its owner need not be who receives the data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """An opened register."""

    references: tuple[Reference, ...]
    """The data sets it draws on."""

    network: Callable[[str], NetworkWord | None] | None = None
    """From an address in its usual spelling to what is known of its network."""

    operator: Callable[[int], OperatorWord | None] | None = None
    """From the number of an autonomous system to who runs it, where its registered name does not say."""

    suffix: Callable[[str], str | None] | None = None
    """From a valid host name in ASCII to its registrable domain."""

    domain_registry: Callable[[str], DomainRegistry | None] | None = None
    """From a top-level domain in ASCII, without a dot, to its registry."""

    organisation: Callable[[str], OrganisationWord | None] | None = None
    """From a valid host name in ASCII to the organisation behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The plug-in: one file in `registers/`, exported as `REGISTER`."""

    name: str
    """What a report calls it."""

    confidence: int
    """0 to 100; two registers that answer the same question never share one."""

    open: Callable[[Own], Answers]
    """Opens the register; what is costly waits for the first question. Raises `InputError` for a bad file of the user's own."""
