"""What was found inside a message after every wrapping was taken off, and the way back to the bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from vuoto.facts.messages import Message, Section
from vuoto.facts.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outline:
    """What a layer says but for its values.

    Layers that are alike have the same one, and it equals no other: what does not depend on the values is worked out once and
    remembered by it.
    """

    names: tuple[str, ...]
    """Names of the parts, in order."""

    pointers: tuple[str, ...]
    """Their pointers."""

    syntaxes: tuple[str, ...]
    """Their syntaxes."""


@dataclass(slots=True, kw_only=True)
class Layer:
    """Bytes at one depth of a message: a section of it, or what a decoder made of a part of the layer above."""

    section: Section
    """The section of the message it came from."""

    form: tuple[str, ...]
    """The unwrappings that lead here, outermost first; empty for the section itself."""

    path: str
    """Human-readable path to this layer: `request body › base64`."""

    data: bytes
    """The bytes of this layer."""

    parent: Layer | None = None
    """The layer it was unwrapped from; `None` for the section itself."""

    offset: int = 0
    """Where in `parent.data` the wrapped bytes begin."""

    length: int = 0
    """How many bytes of `parent.data` are the wrapped bytes."""

    name: str = ""
    """The label under which the wrapped bytes stood in the parent, as sent, or `""`."""

    outline: Outline | None = None
    """Where such a layer was met before: the outline of its parts, which then follow each other in `Opened.parts`."""


class Part(NamedTuple):
    """One labelled value: a JSON member, a form field, a header, a token of clear text, a protobuf field."""

    layer: Layer
    """The layer in which it stands."""

    name: str
    """The nearest label as sent: `IMEI1`, `X-Device-Imei`, a path segment; `""` where nothing names it."""

    pointer: str
    """Where in the layer, for a person and a machine: `/device/ids/0` (JSON pointer), `deviceId` (form), `3.1` (protobuf)."""

    value: str
    """The value as text: numbers as written, bytes as UTF-8 or Latin-1."""

    syntax: str
    """How it stood in the layer: `json`, `form`, `query`, `path`, `header`, `text`, `protobuf`, `xml` …; the last item of a
    disclosure's `form` where it is an unwrapping."""

    offset: int
    """Where in `layer.data` the value's bytes begin, or -1 where only `payloads.locate` knows."""

    length: int
    """How many bytes of `layer.data` it takes as it stands there (escapes included), or -1 likewise."""


@dataclass(slots=True, kw_only=True)
class Opened:
    """A message with everything that was found inside it."""

    message: Message
    """The message."""

    layers: list[Layer]
    """Every layer, sections first."""

    parts: list[Part]
    """Every labelled value, in order of reading; a value that was itself unwrapped is here as well."""

    problems: list[Problem]
    """Bombs, depths and limits met."""
