"""The plug-in type of this room: one kind of personal data, the names it goes by, its check, and what it cannot tell."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from vuoto.facts.vocabulary import Certainty

Check = Literal["holds", "fits", "none", "fails"]
"""`holds`: the kind's own check was applied and passed. `fits`: the kind has none, but the value has a shape or size that few
others have, so that a name which only hints at the kind is believed. `none`: the kind has no check that could fail. `fails`: it
was applied and speaks against."""


class Reading(NamedTuple):
    """What a kind makes of one value."""

    value: str
    """Normalised (IMEI 15 digits, MAC lower case with colons)."""

    check: Check
    """What the check said."""

    why: str
    """Half a sentence with the clause: `15 digits, Luhn check digit holds (3GPP TS 23.003 annex B)`."""

    start: int = 0
    """Where in the text that was read the value begins, where it is not the whole of it."""

    length: int = -1
    """How many characters it takes there; -1 for the whole text."""

    unwrapped: str = ""
    """The encoding that the check itself took off, for the finding's form."""


class Bare(NamedTuple):
    """How a value of the kind looks where nothing names it."""

    trigger: bytes
    """What must occur in the text after folding: with `digits` each digit as `0`; with `hexadecimal` each hexadecimal digit as
    `h`, `-` as `:`; everything else as it is. One search for it decides whether `pattern` is tried at all."""

    folding: Literal["digits", "hexadecimal"]
    """Which folding `trigger` is written in."""

    pattern: re.Pattern[str]
    """The shape with its boundaries; the whole match is handed to `read`, whose check must hold."""

    whole: Certainty
    """Certainty where it is the whole value of a field with a name that says nothing."""

    within: Certainty = "possible"
    """Certainty inside longer text: more than `possible` only where the shape itself says what it is (`$GPRMC`, `.mcc242.`)."""


class Notation(NamedTuple):
    """Names that mean the kind and say as well how its value is written."""

    names: tuple[str, ...]
    """Phrases, as `Identifier.names`."""

    read: Callable[[str], Reading | None]
    """Reads a value under them, in the place of `Identifier.read`."""


def phrases(*lines: str) -> tuple[str, ...]:
    """The phrases in `lines`, which are separated by commas."""
    return tuple(phrase.strip() for line in lines for phrase in line.split(","))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Identifier:
    """One kind. Names are phrases of lower-case words (`device id`); how a field's name is split is `names.split_name`."""

    kind: str
    """The contract's word for the kind."""

    names: tuple[str, ...]
    """Phrases that mean this kind and nothing else."""

    read: Callable[[str], Reading | None]
    """Reads a value; `None` where it cannot be one, is missing, masked or a known placeholder. Never slower than linear."""

    clause: str
    """The document and clause that define the value and its check."""

    reasoning: str
    """Why the value is personal data, one sentence."""

    limitations: str
    """What the check cannot tell."""

    hints: tuple[str, ...] = ()
    """Phrases under which it may stand: there the check decides the kind, and must hold (`likely` at most)."""

    vague: tuple[str, ...] = ()
    """Phrases so general that even a check that holds leaves it `possible`."""

    shy: tuple[str, ...] = ()
    """Phrases that mean this kind only beside `company`: `sid` beside `mcc`."""

    company: tuple[str, ...] = ()
    """Phrases of which one must stand in the same layer for `shy` names to count."""

    anywhere: tuple[str, ...] = ()
    """Phrases that tell this kind among whatever other words (`ueid_imei`, `en0_mac`): there the check must hold (`likely`)."""

    strangers: tuple[str, ...] = ()
    """Phrases of which one in the same layer says that the names mean something else (`serialNumber` beside `notAfter`)."""

    never: tuple[str, ...] = ()
    """Phrases that hold one of the others and mean something else (`app build` is no build of the system)."""

    halves: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    """Names of the two fields that together make one value (latitude, longitude); `read` gets them joined by a comma."""

    notations: tuple[Notation, ...] = ()
    """Names with a reading of their own (`lnglat`)."""

    lists: bool = False
    """Whether one value is made of several fields of the same list; `read` gets them joined by commas."""

    bare: tuple[Bare, ...] = ()
    """How it looks without a name; empty where nothing but a name can tell."""

    hashed: bool = False
    """Whether a field of its name commonly carries a digest of it."""
