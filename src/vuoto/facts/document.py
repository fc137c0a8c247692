"""The audit document, `vuoto.audit/1`: everything the engine found, in one value."""

from __future__ import annotations

from dataclasses import dataclass

from vuoto.facts.device import Device
from vuoto.facts.disclosures import Disclosure
from vuoto.facts.flows import Flow
from vuoto.facts.frames import Input
from vuoto.facts.origins import Attribution, Origin, SearchedBuild
from vuoto.facts.problems import Problem
from vuoto.facts.recipients import Recipient
from vuoto.facts.verdicts import Verdict

SCHEMA = "vuoto.audit/1"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Reference:
    """A data set that was used."""

    name: str
    """Its name."""

    snapshot: str
    """Its date, `YYYY-MM-DD`."""

    sha256: str
    """SHA-256 of the file as used."""

    licence: str
    """Its licence, SPDX where there is an identifier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """What made the document."""

    version: str
    """Of Vuoto."""

    reference: tuple[Reference, ...]
    """Every data set used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The whole in numbers and sentences."""

    kinds: dict[str, int]
    """Disclosures (rows) by kind, above `possible`."""

    certainty: dict[str, int]
    """Rows by certainty."""

    protection: dict[str, int]
    """Rows above `possible` by protection."""

    outcome: dict[str, int]
    """Verdicts by outcome."""

    highest: str
    """The highest concern: `none`, `low`, `medium` or `high`, a reading order for people, not a legal measure."""

    sentences: tuple[str, ...]
    """What a person should read first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditDocument:
    """Everything, sorted, the same for the same input."""

    schema: str
    """`vuoto.audit/1`."""

    tool: Tool
    """What made it."""

    inputs: tuple[Input, ...]
    """In the order given."""

    device: Device
    """The device."""

    flows: tuple[Flow, ...]
    """All conversations, read or not."""

    disclosures: tuple[Disclosure, ...]
    """All rows."""

    recipients: tuple[Recipient, ...]
    """All remote sides."""

    verdicts: tuple[Verdict, ...]
    """All answers."""

    origins: tuple[Origin, ...]
    """The code that may have sent it."""

    problems: tuple[Problem, ...]
    """What could not be read."""

    summary: Summary
    """Numbers and sentences."""

    attributions: tuple[Attribution, ...] = ()
    """For each recipient, whether the code that sent it was found in `build`; empty where no build was searched."""

    build: SearchedBuild | None = None
    """The build that was searched for the code, or `None`."""
