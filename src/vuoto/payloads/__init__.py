"""LETTER OPENER: unwraps a body layer by layer and keeps the way back to the bytes.

`unwrap(message)` gives every layer and every labelled value; `locate(part)` the place of a value's bytes in its layer.
"""

from __future__ import annotations

from typing import Final

from vuoto.facts.messages import Message
from vuoto.facts.parts import Layer, Opened, Part
from vuoto.payloads.locating import locate
from vuoto.payloads.opening import Opening, open_section

__all__ = ["locate", "unwrap"]

_MAX_TEMPLATES: Final = 8192
"""Sections remembered: the constant headers and repeated targets of a capture. Forgotten all at once."""

_MAX_TEMPLATE: Final = 2048
"""Longest section remembered, so that the memory stays below some 30 MB."""

_SHORT: Final = 128
"""Sections without a name of their own that are remembered up to here: host names, above all."""

_Template = tuple[tuple[str, str, str, str, int, int], ...]
_templates: dict[tuple[str, str, bytes, str], _Template] = {}
"""What equal sections gave before: parts without their layer. Only sections in which nothing was wrapped."""


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
            for row in template:
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
            fresh = parts[marks[1] :]
            if len(fresh) <= 32:
                if len(_templates) >= _MAX_TEMPLATES:
                    _templates.clear()
                _templates[key] = tuple(tuple(part)[1:] for part in fresh)  # type: ignore[misc]
    return Opened(message=message, layers=layers, parts=parts, problems=opening.problems)
