"""What a decoder is: the plug-in type of this room.

A file in `decoders/` exports `DECODER`. A decoder either *unwraps* (base64, gzip: it gives `Inner` bytes, which become child
layers) or *reads* (json, form: it gives `Leaf` values, which become parts of the layer itself), or both (multipart, zip).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from vuoto.facts.parts import Outline

SURE: Final = 80
"""Confidence from which a claim rests on a magic number, a checksum or a whole grammar. Two such claims of equal confidence on
the same bytes are a tie, and a tie of which one fails is reported."""


class Leaf(NamedTuple):
    """A labelled value as it stands in the bytes that were read."""

    name: str
    """The nearest label, `""` where nothing names it."""

    pointer: str
    """Where in the layer (`/device/ids/0`, `deviceId`, `3.1`)."""

    value: str | None
    """As text, escapes resolved; `None` where it is no value for a person but may hold one (a file, a binary field)."""

    offset: int
    """Of the value's bytes in the data that was read; -1 where only `payloads.locate` knows."""

    length: int
    """Of the value's bytes, escapes included; -1 likewise."""

    raw: bytes | None = None
    """The value's bytes, escapes resolved, where `value` is not simply their UTF-8 text."""

    hint: str = ""
    """What the sender claims this value is (a multipart part's content type), lower case."""

    syntax: str = ""
    """Overrides the decoder's name as `Part.syntax`."""


class Plain(NamedTuple):
    """Text values whose places only `payloads.locate` knows, in columns: what a `Leaf` says of each, and cheaper."""

    names: Sequence[str]
    """Their labels."""

    pointers: Sequence[str]
    """Where they stand in the layer."""

    values: Sequence[str]
    """The values."""

    outline: Outline | None = None
    """The outline of these names and pointers, where one is remembered."""


class Inner(NamedTuple):
    """Bytes that came out of a wrapping."""

    data: bytes
    """What was inside."""

    offset: int
    """Where the wrapped bytes begin in the data that was read."""

    length: int
    """How many bytes they take there."""

    name: str = ""
    """Their own label (a zip member's name), `""` to keep that of the wrapped value."""

    pointer: str = ""
    """Where in the layer, for the path."""

    hint: str = ""
    """What the sender claims the inner bytes are."""

    sure: bool = True
    """Whether the wrapping proves itself (magic, checksum). If not, the layer is kept only if what is inside means something."""


@dataclass(slots=True, kw_only=True)
class Reading:
    """What a decoder made of some bytes."""

    leaves: list[Leaf] = field(default_factory=list)
    """Labelled values, in order."""

    plain: Plain | None = None
    """Labelled values, in order, instead of `leaves`."""

    inners: list[Inner] = field(default_factory=list)
    """Unwrapped bytes, in order."""

    problems: list[str] = field(default_factory=list)
    """What was cut short or broken, each a sentence without a full stop."""

    whole: bool = False
    """Whether this explains the bytes entirely, so that no decoder of lower confidence needs to look."""

    embedded: bool = False
    """Whether it found something in the middle of bytes that it does not explain."""

    weak: bool = False
    """Whether noise reads so too: kept where the bytes themselves are sure, no proof that a wrapping was one."""

    expanded: int = 0
    """Bytes of output that count against the expansion bound (decompressed ones)."""


class Ask(NamedTuple):
    """What a decoder may know beside the bytes."""

    hint: str
    """What the sender claims (content type, content encoding), lower case. Never believed alone."""

    name: str
    """The label of the bytes."""

    room: int
    """How many bytes of decompressed output are still allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoder:
    """One wrapping or one syntax."""

    name: str
    """As it appears in `form` and as `Part.syntax`."""

    reads: Literal["text", "binary", "any"]
    """Which bytes it is shown: text (UTF-8 or Latin-1 without control codes), anything else, or both."""

    begins: bytes = b""
    """First bytes that are nearly always its own: bytes that begin so are shown to it before anybody else is asked."""

    tokens: bool = False
    """Whether it may claim a text of nothing but letters, digits and `+ / _ - . =`; the others are not asked about those."""

    recognise: Callable[[bytes, str], int]
    """`(data, hint)` to confidence 0..100, cheap: 0 not mine, below `SURE` worth a try, from there on proven."""

    open: Callable[[bytes, Ask], Reading | None]
    """Reads the bytes; `None` where they are not what they looked like. Never raises, and is linear in the bytes."""
