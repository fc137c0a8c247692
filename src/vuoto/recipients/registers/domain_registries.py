"""Domain registries: who runs a top-level domain, by a table curated from IANA's root zone database.

The table (`domain_registries.tsv`) has a row for every country-code domain in use, their forms in other scripts, and the
generic domains that phones meet most. The country of a country-code domain is the one its code stands for in ISO 3166-1 (`uk`
is GB); a domain of no country (`eu`, every generic one) has none. Where the registry is not named in the table with
certainty, it is called by its domain. IANA's page of each domain is the source and stands in its row.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from vuoto.facts.recipients import DomainRegistry
from vuoto.recipients.curated import reference, rows
from vuoto.recipients.register import Answers, Own, Register

COLUMNS = ("domain", "country", "name", "source", "date")


def _open(_own: Own) -> Answers:
    raw = (files("vuoto.recipients.registers") / "domain_registries.tsv").read_bytes()

    @cache
    def table() -> dict[str, DomainRegistry]:
        return {
            row["domain"]: DomainRegistry(
                name=row["name"] or f"registry of .{row['domain']}",
                country=row["country"] or None,
                source=f"IANA root zone database, {row['source']}, {row['date']}",
            )
            for row in rows(raw, COLUMNS)
        }

    return Answers(
        references=(reference("Domain registries, after IANA's root zone database", raw),),
        domain_registry=lambda domain: table().get(domain),
    )


REGISTER = Register(name="domain registries", confidence=50, open=_open)
