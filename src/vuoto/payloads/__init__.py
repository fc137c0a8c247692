"""LETTER OPENER: unwraps a body layer by layer and keeps the way back to the bytes.

`unwrap(message)` gives every layer and every labelled value; `locate(part)` the place of a value's bytes in its layer.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from vuoto.facts.messages import Message
from vuoto.facts.parts import Layer, Opened, Outline, Part
from vuoto.payloads.locating import locate
from vuoto.payloads.opening import Opening, open_section

__all__ = ["locate", "unwrap"]

_MAX_TEMPLATES: Final = 8192
"""Sections remembered: the constant headers and repeated targets of a capture. Forgotten all at once."""

_MAX_TEMPLATE: Final = 2048
"""Longest section remembered, so that the memory stays below some 30 MB."""

_MAX_PARTS: Final = 32
"""Most parts of one."""

_SHORT: Final = 128
"""Sections without a name of their own that are remembered up to here: host names, above all."""

_MAX_ONCE: Final = 65_536
"""Sections met once of which a hash is kept. One is only remembered when it comes again: half of them never do."""


class _Template(NamedTuple):
    """What equal sections gave before."""

    outline: Outline
    rows: tuple[tuple[str, str, str, str, int, int], ...]
    """Parts without their layer."""


_templates: dict[tuple[str, str, bytes, str], _Template] = {}
"""Only sections in which nothing was wrapped."""

_once: set[int] = set()


def unwrap(message: Message) -> Opened:
    """Everything inside `message`: each section is a layer, and what opens in it is unwrapped, whatever its label says.

    Never raises on any bytes. Bounded by `limits`; what a bound cut off is in `problems`.
    """
    opening = Opening(message)
    layers, parts = opening.layers, opening.parts
    make = tuple.__new__
    for section in message.sections:
        label, name, data, _offset, _spans, hint = section
        layer = Layer(section=section, form=(), path=label, data=data, name=name)
        layers.append(layer)
        key = (label, name, data, hint)
        template = _templates.get(key)
        if template is not None:
            layer.outline = template[0]
            for row in template[1]:
                parts.append(make(Part, (layer, *row)))
            continue
        marks = len(layers), len(parts), len(opening.problems)
        open_section(opening, section, layer)
        if (
            len(data) <= _MAX_TEMPLATE
            and (name or len(data) <= _SHORT or label == "request line")
            and (len(layers), len(opening.problems)) == (marks[0], marks[2])
            and not opening.stopped
        ):
            _remember(key, parts[marks[1] :])
    return Opened(message=message, layers=layers, parts=parts, problems=opening.problems)


def _remember(key: tuple[str, str, bytes, str], parts: list[Part]) -> None:
    """Remember what a section gave that comes again."""
    number = hash(key)
    if number not in _once:
        if len(_once) >= _MAX_ONCE:
            _once.clear()
        _once.add(number)
    elif len(parts) <= _MAX_PARTS:
        if len(_templates) >= _MAX_TEMPLATES:
            _templates.clear()
        outline = Outline(
            names=tuple(part.name for part in parts),
            pointers=tuple(part.pointer for part in parts),
            syntaxes=tuple(part.syntax for part in parts),
        )
        _templates[key] = _Template(outline, tuple(tuple(part)[1:] for part in parts))  # type: ignore[misc]
