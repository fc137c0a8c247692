"""Makes messages for tests, and reads what came out of them."""

from __future__ import annotations

from vuoto.facts.messages import Message, Section
from vuoto.facts.parts import Opened, Part
from vuoto.payloads import unwrap

PLAIN = frozenset({"text", "line", "header", "path", "command"})


def message(data: bytes, label: str = "request body", name: str = "", hint: str = "") -> Message:
    return Message(flow=0, protocol="http/1.1", time_ns=0, sections=(Section(label, name, data, 0, (), hint),))


def opened(data: bytes, label: str = "request body", name: str = "", hint: str = "") -> Opened:
    return unwrap(message(data, label, name, hint))


def form(part: Part) -> list[str]:
    """The unwrappings as a disclosure lists them."""
    return [*part.layer.form, *([] if part.syntax in PLAIN else [part.syntax])]


def found(result: Opened) -> list[tuple[str, str, list[str]]]:
    return [(part.name, part.value, form(part)) for part in result.parts]
