"""The registers, opened, and what they say together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from vuoto.facts.document import Reference
from vuoto.facts.recipients import Address, DomainRegistry
from vuoto.recipients.address_ranges import special_range
from vuoto.recipients.register import Answers, NetworkWord, OrganisationWord, Own, Register
from vuoto.seams import plugins

S = TypeVar("S")
T = TypeVar("T")

QUESTIONS: Final = ("network", "operator", "suffix", "domain_registry", "organisation")


class Registers:
    """Answers by all registers; made by `load_registers`. Answers are remembered, so that asking again costs nothing."""

    def __init__(self, opened: Iterable[tuple[Register, Answers]]) -> None:
        ordered = sorted(opened, key=lambda each: -each[0].confidence)
        for question in QUESTIONS:
            ranks = [register.confidence for register, answers in ordered if getattr(answers, question)]
            if len(ranks) != len(set(ranks)):
                raise TypeError(f"two registers answer {question!r} with the same confidence")
        answers = [each for _, each in ordered]
        self.references: tuple[Reference, ...] = tuple(sorted({r for each in answers for r in each.references}))
        """Every data set that the registers draw on."""
        self._network = [each.network for each in answers if each.network]
        self._operator = [each.operator for each in answers if each.operator]
        self._suffix = [each.suffix for each in answers if each.suffix]
        self._domain_registry = [each.domain_registry for each in answers if each.domain_registry]
        self._organisation = [each.organisation for each in answers if each.organisation]
        self._addresses: dict[str, Address] = {}

    def address(self, ip: str) -> Address:
        """What is known of an address, in the spelling of `read_address`; addresses of special ranges are asked of nobody."""
        known = self._addresses.get(ip)
        if known is None:
            special = special_range(ip)
            word = (None if special else _first(self._network, ip)) or NetworkWord()
            operator = None if word.asn is None else _first(self._operator, word.asn)
            known = self._addresses[ip] = Address(
                ip=ip,
                asn=word.asn,
                as_name=word.as_name,
                as_country=word.as_country,
                registry_country=word.registry_country,
                sources=word.sources + ((operator.source,) if operator else ()),
                operator=operator.name if operator else None,
            )
        return known

    def registrable_domain(self, host: str) -> str | None:
        """The registrable domain of a valid host name."""
        return _first(self._suffix, host)

    def domain_registry(self, top_level: str) -> DomainRegistry | None:
        """The registry of a top-level domain."""
        return _first(self._domain_registry, top_level)

    def organisation(self, host: str) -> OrganisationWord | None:
        """The organisation behind a valid host name."""
        return _first(self._organisation, host)


def _first(asked: Iterable[Callable[[S], T | None]], about: S) -> T | None:
    return next((answer for ask in asked if (answer := ask(about)) is not None), None)


def load_registers(
    networks: bytes | None = None,
    networks_name: str = "",
    *,
    organisations: bytes | None = None,
    organisations_name: str = "",
) -> Registers:
    """Opens all registers; costly parts wait for the first question.

    `networks` is the content of the user's own MMDB and `organisations` that of a table in the format of
    `registers/organisations.toml`; each is asked before the shipped data. Raises `InputError` where one cannot be read.
    """
    own = Own(
        networks=networks,
        networks_name=networks_name,
        organisations=organisations,
        organisations_name=organisations_name,
    )
    return Registers((register, register.open(own)) for register in plugins("vuoto.recipients.registers", Register, "REGISTER"))
