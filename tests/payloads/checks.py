"""What a test asks of an opened message, and synthetic values to look for."""

from __future__ import annotations

from typing import Final

from vuoto.facts.parts import Layer, Opened, Part
from vuoto.payloads import locate

IMEI: Final = "350000001234562"
ICCID: Final = "89470000190220123457"
MAC: Final = "02:1a:c5:3d:7e:91"


def bytes_of(part: Part) -> bytes:
    """The bytes that `locate` names."""
    offset, length = locate(part)
    assert 0 <= offset <= offset + length <= len(part.layer.data)
    return part.layer.data[offset : offset + length]


def values(found: Opened) -> set[tuple[str, str]]:
    """`(name, value)` of every part."""
    return {(part.name, part.value) for part in found.parts}


def chain(layer: Layer) -> list[Layer]:
    """The layer and those around it, innermost first. Each must stand where it says in the one around it."""
    found = [layer]
    while (parent := found[-1].parent) is not None:
        assert 0 <= found[-1].offset <= found[-1].offset + found[-1].length <= len(parent.data)
        assert len(found) < 64
        found.append(parent)
    return found


def check(found: Opened) -> None:
    """What holds for every message, whatever is in it."""
    known = {id(layer) for layer in found.layers}
    for layer in found.layers:
        assert all(id(around) in known for around in chain(layer))
        assert layer.path.startswith(layer.section.label)
    for part in found.parts:
        assert id(part.layer) in known
        assert part.syntax
        bytes_of(part)
    assert len(found.parts) <= 20_000
