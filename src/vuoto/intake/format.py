"""The plug-in type of an input format, and what reading one gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from vuoto.facts.flows import Flow
from vuoto.facts.frames import FrameBatch
from vuoto.facts.messages import Message
from vuoto.facts.problems import Problem
from vuoto.intake.times import Span
from vuoto.intake.windows import Windows


@dataclass(slots=True, kw_only=True)
class Reading:
    """An input being read. What it counts and reports is complete when its batches and messages were read to the end."""

    batches: Iterator[FrameBatch] = field(default_factory=lambda: iter(()))
    """The frames; reads the windows as it goes."""

    messages: Callable[[], Iterator[Message]] = lambda: iter(())
    """The ready messages."""

    flows: tuple[Flow, ...] = ()
    """Their conversations."""

    frames: int = 0
    """Whole frames read, or entries."""

    span: Span = field(default_factory=Span)
    """Times of the earliest and latest frame."""

    secrets: list[tuple[int, bytes]] = field(default_factory=list)
    """Decryption secrets that the input carries: `(type, bytes)`, as in a pcapng Decryption Secrets Block."""

    problems: list[Problem] = field(default_factory=list)
    """What could not be read."""


def up_to_here(frames: int) -> str:
    """How a `Problem` says how far an input was read."""
    return f"read to the last whole packet ({frames:,} frame{'' if frames == 1 else 's'})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format of input. Exported as `FORMAT` by one file of `intake/formats`."""

    name: str
    """What the document calls it: `pcap`."""

    recognise: Callable[[bytes], int]
    """How sure it is, from the first bytes (up to 64 KiB): 0 not at all, 100 its own magic number."""

    open: Callable[[Windows, str], Reading]
    """Begins to read the input called so. Raises `InputError` (without `where`) where nothing of it can be read."""
