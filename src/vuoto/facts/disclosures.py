"""Personal data that left the device."""

from __future__ import annotations

from dataclasses import dataclass

from vuoto.facts.parts import Layer, Part
from vuoto.facts.vocabulary import Certainty, Protection


@dataclass(slots=True, kw_only=True)
class Finding:
    """One value in one message, before equal ones are counted together. Not frozen, as `Message` is not: see ADR 1."""

    kind: str
    """The contract's word for the kind: `imei`."""

    value: str
    """Normalised (IMEI 15 digits, MAC lower case with colons)."""

    certainty: Certainty
    """How sure."""

    why: str
    """Why it is that, one sentence: the check, the name, the clause."""

    layer: Layer
    """The layer in which it stands."""

    part: Part | None
    """The labelled value, or `None` where it was found in raw bytes that no decoder opened."""

    offset: int
    """Where in `layer.data` the value's bytes begin; -1 where `payloads.locate(part)` must be asked."""

    length: int
    """How many bytes it takes there; -1 likewise."""

    form: tuple[str, ...]
    """The unwrappings, outermost first, with the part's syntax and a hash or encoding of the value itself last."""

    field: str
    """Human-readable path: `request body › base64 › /IMEI1`."""

    message: int
    """Index in the batch of the message it was found in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLayer:
    """One step of the way from the wire to the value."""

    form: str
    """What this layer is: `wire` for the section as sent, else the unwrapping that made it (`base64`)."""

    offset: int
    """Where in this layer the next step (or, in the last, the value) begins."""

    length: int
    """How many bytes it takes."""

    excerpt_offset: int
    """Offset in this layer of the excerpt's first byte."""

    excerpt: str
    """Some bytes around it, hex; values masked with 2a (`*`) unless revealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where the bytes are, so that anyone can look at the same ones."""

    input: int
    """Index of the input."""

    frames: tuple[int, ...]
    """1-based frame numbers, as Wireshark counts: those of `stream_offset` first, then those of further occurrences in the same
    input, of the 16 earliest at most 8 each; empty for a HAR."""

    stream_offset: int | None
    """Offset in the outgoing stream of the flow (transport payload), or `None` for a HAR."""

    length: int
    """Bytes on the wire from `stream_offset` that hold the value (the whole wrapped blob where it is wrapped)."""

    entry: int | None = None
    """For a HAR or flow dump: 0-based index of the entry."""

    layers: tuple[EvidenceLayer, ...] = ()
    """The chain of unwrappings, wire first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """A value that left the device, as the document lists it: same kind, value, field and recipient are one row."""

    id: str
    """Stable, from content, and not computable from the value (a hash of an IMEI gives the IMEI away)."""

    kind: str
    """The contract's word for the kind, or `custom:<name>`."""

    value: str
    """As found, normalised; masked unless revealed."""

    certainty: Certainty
    """How sure."""

    certainty_why: str
    """The check and the clause."""

    form: tuple[str, ...]
    """The unwrappings, outermost first."""

    field: str
    """Human-readable path."""

    direction: str
    """Always `out`: what comes in is not a disclosure by the device."""

    time: str | None
    """Of the first, RFC 3339 UTC, or `None` where the input gives no time."""

    times: tuple[str, ...]
    """Of the first and the next ones, at most 64."""

    flow: str
    """Id of the flow of the first."""

    recipient: str
    """Id of the recipient."""

    protection: Protection
    """How the bytes were protected on the wire; the weakest of those counted."""

    count: int
    """How many times."""

    evidence: Evidence
    """The first one's bytes."""

    scheme: str | None = None
    """`https` where the input says that it went over TLS and not over which version (HAR), else `None`."""
