"""Collects, where a build is searched for the code, what of the messages code could have words for: names, never values.

Messages to one contact with the same path (digits left out), the same `User-Agent` and app are one *shape*: what one piece of
code sends again and again. Everything is bounded; a message that looks like many before it is not looked at again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from vuoto.disclosures.tally import Contact
from vuoto.facts.disclosures import Finding
from vuoto.facts.messages import Message
from vuoto.facts.parts import Opened

MOST_SHAPES: Final = 20_000
"""Shapes kept per input or shard; a crawler's thousand paths beyond them are one shape without a path."""

MOST_NAMES: Final = 256
"""Names kept per shape and list: the first by the alphabet, so that it does not matter who saw which first."""

MOST_LOOKED: Final = 4
"""Messages of a shape and conversation in which names are looked for; those after them hold the same ones, unless something was
found in them. Counted per conversation, because a conversation is never split between processes."""

MOST_ROWS: Final = 20_000
"""Disclosures remembered per shape."""

LONGEST: Final = 256
"""Characters of a path, header or name that are kept."""

SILENT: Final = frozenset({"dns", "mdns", "ssdp", "dhcp", "ntp", "llmnr", "nbns"})
"""Protocols of the network itself: no app words them."""

_DIGITS: Final = re.compile(r"[0-9a-fA-F-]{16,}|\d{3,}")
_NO_FIELDS: Final = frozenset({"header", "path", "userinfo", "cookie", "line", "bytes"})
"""Syntaxes in which a name is that of a header, a segment, or none that code would have to hold."""


class ShapeKey(NamedTuple):
    """What makes messages one shape."""

    contact: Contact
    path: str
    agent: str
    app: str | None = None
    """The app that the capture names: two apps may send alike."""


@dataclass(slots=True)
class Shape:
    """What was seen of one shape; names as keys of dictionaries, which keep their order."""

    flows: set[int] = field(default_factory=set)
    paths: dict[str, None] = field(default_factory=dict)
    parameters: dict[str, None] = field(default_factory=dict)
    fields: dict[str, None] = field(default_factory=dict)
    headers: dict[str, None] = field(default_factory=dict)
    media_types: dict[str, None] = field(default_factory=dict)
    forms: dict[str, None] = field(default_factory=dict)
    rows: set[tuple[str, str, str]] = field(default_factory=set)
    """Kind, value and field of what was found."""

    first_ns: int = 0
    looked: dict[int, int] = field(default_factory=dict)
    """How many messages were looked at, by conversation."""


class Sightings:
    """The shapes of one input, or of a shard of it."""

    __slots__ = ("_tagged_only", "shapes")

    def __init__(self, *, tagged_only: bool = False) -> None:
        self.shapes: dict[ShapeKey, Shape] = {}
        self._tagged_only = tagged_only

    def note(self, message: Message, opened: Opened, found: Sequence[Finding], contact: Contact, app: str | None = None) -> None:
        """Take from one message what code could have words for; `app` is what the capture names."""
        if self._tagged_only and app is None:
            return
        if message.protocol in SILENT or message.protocol in ("tls", "quic", "dtls"):
            return
        path = message.target.partition("?")[0][:LONGEST] if message.target.startswith("/") else ""
        key = ShapeKey(contact, _DIGITS.sub("#", path), _agent(message), app)
        shape = self.shapes.get(key)
        if shape is None:
            if len(self.shapes) >= MOST_SHAPES:
                key = ShapeKey(contact, "", "", app)
                path = ""
            shape = self.shapes.setdefault(key, Shape())
        shape.flows.add(message.flow)
        if message.time_ns and (not shape.first_ns or message.time_ns < shape.first_ns):
            shape.first_ns = message.time_ns
        for finding in found:
            if len(shape.rows) < MOST_ROWS:
                shape.rows.add((finding.kind, finding.value, finding.field))
            for form in finding.form:
                shape.forms[form] = None
        looked = shape.looked.get(message.flow, 0)
        if looked >= MOST_LOOKED and not found:
            return
        shape.looked[message.flow] = looked + 1
        if path:
            _keep(shape.paths, path)
        for section in message.sections:
            if " header" in section.label and section.name:
                _keep(shape.headers, section.name[:LONGEST])
                if section.name.lower() == "content-type":
                    _keep(shape.media_types, section.data.decode("latin-1").strip().lower()[:LONGEST])
        for part in opened.parts:
            if not part.name:
                continue
            if part.syntax == "query":
                _keep(shape.parameters, part.name[:LONGEST])
            elif part.syntax not in _NO_FIELDS and not part.name.isdecimal():
                _keep(shape.fields, part.name[:LONGEST])
        for layer in opened.layers:
            for form in layer.form:
                shape.forms[form] = None

    def take(self, other: Sightings) -> None:
        """Add the shapes of another shard."""
        for key, theirs in other.shapes.items():
            mine = self.shapes.get(key)
            if mine is None:
                self.shapes[key] = theirs
                continue
            mine.flows |= theirs.flows
            mine.rows |= theirs.rows
            mine.first_ns = min(mine.first_ns or theirs.first_ns, theirs.first_ns or mine.first_ns)
            mine.looked |= theirs.looked
            mine.forms.update(theirs.forms)
            for kind in ("paths", "parameters", "fields", "headers", "media_types"):
                for name in getattr(theirs, kind):
                    _keep(getattr(mine, kind), name)


def _keep(names: dict[str, None], name: str) -> None:
    if name in names:
        return
    if len(names) >= MOST_NAMES:
        last = max(names)
        if name > last:
            return
        del names[last]
    names[name] = None


def _agent(message: Message) -> str:
    for section in message.sections:
        if section.name.lower() == "user-agent":
            return section.data.decode("latin-1").strip()[:LONGEST]
    return ""
