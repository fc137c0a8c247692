"""From the hosts and addresses of a capture to its recipients."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

from vuoto.facts.countries import COUNTRIES
from vuoto.facts.recipients import CountryClaim, DomainRegistry, Organisation, Recipient
from vuoto.recipients import country as rule
from vuoto.recipients.address_ranges import read_address, special_range
from vuoto.recipients.host_names import HostName, read_host
from vuoto.recipients.opened import Registers

Contact = tuple[str | None, str | None]
"""Host name and address as they were seen; one of them may be unknown."""


def identify_recipients(
    contacts: Iterable[Contact],
    registers: Registers,
    *,
    declared: Mapping[str, tuple[str, str | None]] | None = None,
) -> dict[Contact, Recipient]:
    """Who received it, for each contact: contacts of one host are one recipient, contacts without a host one for each address.

    `declared` gives, for a host as it stands in `contacts`, the name and country that the controller declares. The country is
    decided by the rule in `country`. Linear in the number of contacts; text in them may be hostile.
    """
    keys: dict[Contact, tuple[HostName | None, str]] = {}
    addresses: dict[tuple[HostName | None, str], set[str]] = {}
    claimed: dict[tuple[HostName | None, str], set[str]] = {}
    hosts: dict[str, HostName | None] = {}
    for contact in contacts:
        text, ip_text = contact
        if text is not None and text not in hosts:
            hosts[text] = read_host(text)
        host = hosts[text] if text is not None else None
        ip = read_address(ip_text) if ip_text else None
        if host is not None and host.literal is not None:
            ip, host = ip or host.literal, None
        key = (host, "" if host else ip or "")
        keys[contact] = key
        found = addresses.setdefault(key, set())
        if ip:
            found.add(ip)
        word = (declared or {}).get(text) if text is not None else None
        if word is not None and word[1] in COUNTRIES:
            claimed.setdefault(key, set()).add(word[1] or "")
    made = {key: _recipient(key[0], sorted(ips, key=_order), claimed.get(key, ()), registers) for key, ips in addresses.items()}
    return {contact: made[key] for contact, key in keys.items()}


def _order(ip: str) -> tuple[bool, int, str]:
    # IPv4 first, then as they are written; numeric order would cost a parse per address and tell a reader nothing.
    return ":" in ip, len(ip), ip


def _recipient(host: HostName | None, ips: list[str], declared: Iterable[str], registers: Registers) -> Recipient:
    found = [registers.address(ip) for ip in ips]
    special = [special_range(ip) for ip in ips]
    domain: str | None = None
    registry: DomainRegistry | None = None
    organisation: Organisation | None = None
    hosting = False
    if host is not None and host.top_level is not None and not host.local:
        domain = registers.registrable_domain(host.shown)
        registry = registers.domain_registry(host.top_level)
        word = registers.organisation(host.shown)
        if word is not None:
            organisation, hosting = word.organisation, word.hosting
    claims = sorted(
        {
            *(CountryClaim(country=a.registry_country, register=rule.ADDRESS) for a in found if a.registry_country),
            *(CountryClaim(country=a.as_country, register=rule.SYSTEM) for a in found if a.as_country),
            *(CountryClaim(country=c, register=rule.DECLARATION) for c in declared),
            *(
                [CountryClaim(country=organisation.country, register=rule.ORGANISATION)]
                if organisation and organisation.country
                else ()
            ),
            *([CountryClaim(country=registry.country, register=rule.REGISTRY)] if registry and registry.country else ()),
        }
    )
    local = all(s is not None and s[1] for s in special) if ips else host is not None and host.local
    silent = [
        f"{a.ip} is a {s[0]}" if s else f"{a.ip} is in no register" for a, s in zip(found, special, strict=True) if not a.sources
    ]
    if local:
        country, why = None, f"on the device's own network: {'; '.join(silent) or host.shown if host else '; '.join(silent)}"
    else:
        country, why = rule.decide_country(claims, hosting=hosting, silent=silent)
    return Recipient(
        id=_id(host, ips),
        host=host.shown if host else None,
        registrable_domain=domain,
        domain_registry=registry,
        addresses=tuple(found),
        organisation=organisation,
        countries=tuple(claims),
        country=country,
        country_why=why,
        local=local,
    )


def _id(host: HostName | None, ips: list[str]) -> str:
    """From the name, else from the address: a host keeps its id whatever addresses it was seen at."""
    content = f"host\0{host.shown}" if host else f"ip\0{ips[0] if ips else ''}"
    return "r-" + sha256(content.encode()).hexdigest()[:12]
