"""The decoders, and which of them is shown which bytes: most look at text alone or at other bytes alone."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from vuoto.payloads.decoder import Decoder
from vuoto.seams import plugins


class Doors(NamedTuple):
    """The decoders, by what they are shown."""

    text: tuple[Decoder, ...]
    """For text."""

    tokens: tuple[Decoder, ...]
    """For text that is one token."""

    binary: tuple[Decoder, ...]
    """For other bytes."""

    first: dict[int, Decoder]
    """By first byte, where that nearly decides it."""


@cache
def doors() -> Doors:
    """The decoders, by module name."""
    found = plugins("vuoto.payloads.decoders", Decoder, "DECODER")
    text = tuple(d for d in found if d.reads != "binary")
    tokens = tuple(d for d in found if d.reads == "text" and d.tokens)
    binary = tuple(d for d in found if d.reads != "text")
    return Doors(text, tokens, binary, {byte: d for d in found for byte in d.begins})
