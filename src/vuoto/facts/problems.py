"""What could not be read, or could not be believed: a fact like any other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """Something in the input that was broken, cut short, bounded or contradictory. The run went on."""

    where: str
    """Which input, frame, flow or message, in words: `capture.pcapng, frame 12`."""

    what: str
    """What is wrong, one sentence without a full stop at the end; nothing from the capture unescaped is promised here."""

    next_step: str | None = None
    """What the reader can do about it, or `None` where nothing can be done."""
