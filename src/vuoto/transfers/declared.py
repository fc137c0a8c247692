"""What the declaration says of a recipient."""

from __future__ import annotations

from vuoto.facts.declarations import Declaration, DeclaredRecipient, Processing
from vuoto.facts.recipients import Recipient


def declared_recipient(declaration: Declaration | None, recipient: Recipient) -> DeclaredRecipient | None:
    """The declared recipient that covers this one, by its host, else by an address that the declaration lists."""
    if declaration is None:
        return None
    names = [recipient.host] if recipient.host else []
    names += [a.ip for a in recipient.addresses]
    return next((found for found in map(declaration.recipient_of, names) if found), None)


def purposes(declaration: Declaration, recipient: DeclaredRecipient) -> tuple[Processing, ...]:
    """The declared purposes that send something to it."""
    return tuple(p for p in declaration.processing if recipient.key in p.recipients)


def declared_kinds(declaration: Declaration, recipient: DeclaredRecipient) -> frozenset[str]:
    """The kinds of data that these purposes list."""
    return frozenset(kind for p in purposes(declaration, recipient) for kind in p.data)
