"""Conversations in which nothing could be read, by host: a reader asks who was spoken to behind a lock, not how often."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from vuoto.facts.flows import Flow
from vuoto.facts.vocabulary import Protection
from vuoto.reports.showing import PROTECTION_WORDS, encrypted

_WHY_NOT: Final = "no keys were given"
"""What is said of an encrypted conversation of which the document says no more."""


@dataclass(slots=True, kw_only=True)
class UnreadHost:
    """What is known of the unread conversations with one host, of one protection and for one reason."""

    host: str | None
    """Its name, or `None` where none was seen; then `addresses` holds one."""

    protection: Protection
    """How the conversations were protected."""

    reasons: list[str]
    """Why nothing could be read: what is true of all of them."""

    first: str | None
    """When the first began (RFC 3339)."""

    addresses: dict[str, None] = field(default_factory=dict)
    """Addresses and ports that were spoken to, in the order of the document."""

    times: int = 0
    """Conversations."""

    bytes_out: int = 0
    """Bytes that left the device."""

    bytes_in: int = 0
    """Bytes that came back."""

    @property
    def why(self) -> str:
        """The reasons in words, without the protection, which stands beside them."""
        said = [r for r in self.reasons if r != PROTECTION_WORDS[self.protection]]
        return "; ".join(said or self.reasons)

    def add(self, flow: Flow, reasons: list[str]) -> None:
        """One more conversation."""
        if reasons != self.reasons:
            self.reasons = [r for r in self.reasons if r in reasons]
        if flow.server:
            self.addresses[flow.server] = None
        self.first = min(filter(None, (self.first, flow.first)), default=None)
        self.times += 1
        self.bytes_out += flow.bytes_out
        self.bytes_in += flow.bytes_in


def is_unread(flow: Flow) -> bool:
    """Whether nothing could be read in it."""
    return bool(flow.why_not_decrypted) or (encrypted(flow.protection) and not flow.decrypted)


def unread_hosts(flows: Iterable[Flow]) -> tuple[UnreadHost, ...]:
    """The hosts, those that were sent most first.

    Reasons begin with the one that counts (`TLS 1.3; no key log was given`); conversations that share it are told together, with
    what else is true of all of them.
    """
    found: dict[tuple[str | None, Protection, str], UnreadHost] = {}
    for flow in flows:
        if is_unread(flow):
            reasons = (flow.why_not_decrypted or _WHY_NOT).split("; ")
            key = (flow.host or flow.server, flow.protection, reasons[0])
            one = found.get(key)
            if one is None:
                one = found[key] = UnreadHost(host=flow.host, protection=flow.protection, reasons=reasons, first=flow.first)
            one.add(flow, reasons)
    return tuple(
        sorted(found.values(), key=lambda o: (-o.bytes_out, o.host or "", next(iter(o.addresses), ""), o.protection, o.reasons))
    )
