"""Where a finding stands: its form and its field, in the contract's words."""

from __future__ import annotations

from typing import Final

from vuoto.facts.parts import Layer, Part

NOT_UNWRAPPED: Final = frozenset(("", "text", "header", "path", "bytes", "line", "dns", "label", "userinfo", "command"))
"""Syntaxes in which a value stands as it is."""

LOOSE: Final = frozenset(("text", "line", ""))
"""Syntaxes that a person wrote or that nobody defined: a label there may be a word of a sentence."""


def form_of(layer: Layer, part: Part | None, own: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The unwrappings, outermost first: those of the layer, the part's syntax where it is one, and those of the value itself."""
    if part is None or part.syntax in NOT_UNWRAPPED:
        return layer.form + own
    return (*layer.form, part.syntax, *own)


def field_of(layer: Layer, part: Part | None) -> str:
    """`request body › base64 › /IMEI1`, `request header X-Device-Imei`, `request line › ?imei`, `request line › /imei/…`."""
    if part is None:
        return layer.path
    if part.syntax == "query":
        return f"{layer.path} › ?{part.pointer.lstrip('?') or part.name}"
    if part.syntax == "path":
        return f"{layer.path} › /{part.name}/…" if part.name else f"{layer.path} › {part.pointer}"
    if part.syntax == "header":
        return layer.path
    pointer = part.pointer or (part.name if part.name != layer.name else "")
    return f"{layer.path} › {pointer}" if pointer else layer.path


PROTOCOL_LABELS: Final = frozenset(("MAIL FROM", "RCPT TO"))
"""Labels of text protocols that are no words of a sentence (RFC 5321 §4.1.1)."""


def before(part: Part) -> str:
    """The characters right before the part's value in its layer, where its place is known and nothing is escaped there."""
    at = part.offset
    return part.layer.data[max(0, at - 48) : at].decode("latin-1") if at > 0 else ""


def is_loose(part: Part) -> bool:
    """Whether the part's label may be a word of a sentence. `name=value` in text is none, whoever defined it."""
    if part.syntax not in LOOSE or part.name.upper() in PROTOCOL_LABELS:
        return False
    if part.name and part.pointer[:1].isdigit() and part.pointer.partition("/")[2] == part.name:
        return False  # a column of a table: a line of labels stands above it
    at = part.offset
    if at == 0 and part.layer.parent is not None and part.name and part.name == part.layer.name:
        return False  # a named value, unwrapped
    if at <= 0:
        return True
    before = part.layer.data[max(0, at - 3) : at].rstrip(b"\"' ")
    return not before.endswith(b"=")
