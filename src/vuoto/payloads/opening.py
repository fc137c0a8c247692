"""Opens one message: sections first, then everything inside them, until nothing opens any more or a bound is met.

The order of decoders is never written down: each says how sure it is of the bytes; they are tried from the surest down, until one
explains the whole. What a wrapping without a magic number gives is kept only if it means something.

Recursion here follows wrappings and is bounded by `MAX_DEPTH`; structures are walked without recursion by their decoders.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, repeat
from typing import Final, Literal

from vuoto.facts.messages import Message, Section
from vuoto.facts.parts import Layer, Part
from vuoto.facts.problems import Problem
from vuoto.payloads.barren import BARREN, is_encoded, remember_barren
from vuoto.payloads.decoder import SURE, Ask, Decoder, Inner, Leaf, Plain, Reading
from vuoto.payloads.doors import doors
from vuoto.payloads.limits import (
    MAX_DEPTH,
    MAX_EXPANSION,
    MAX_LAYERS,
    MAX_OUTPUT,
    MAX_PARTS,
    MAX_PROBLEMS,
    MAX_VALUE,
    MAX_WORK,
    MIN_OUTPUT,
    MIN_WORK,
    WORK_PER_BYTE,
)
from vuoto.payloads.meaning import is_media, means_something, text_of
from vuoto.payloads.suspicion import ENCODED, ENCODED_MIN, MARKS, PLAIN, SHORTEST, is_plain, is_promising, is_suspicious

PLAIN_SYNTAXES: Final = frozenset({"", "text", "line", "header", "path", "bytes", "userinfo", "command"})
"""Syntaxes in which a value stands as it is, so that they are no unwrapping in `Layer.form`."""

_TOKEN: Final = re.compile(rb"[A-Za-z0-9+/_.\-]+=*")


Meaning = Literal[0, 1, 2]
NONE: Final[Meaning] = 0
"""Nothing was found."""
WEAK: Final[Meaning] = 1
"""Printable runs in unknown binary: worth listing, no proof that a wrapping was one."""
REAL: Final[Meaning] = 2
"""Text, or a structure that reads whole."""

_TEXT_LINE: Final = 1024
"""Longest text that is one part; a longer one of several lines is a part per line."""


class Opening:
    """One message being opened."""

    __slots__ = ("kept", "layers", "parts", "problems", "produced", "room", "stopped", "where", "work")

    def __init__(self, message: Message) -> None:
        self.layers: list[Layer] = []
        self.kept: set[int] = set()
        self.parts: list[Part] = []
        self.problems: list[Problem] = []
        size = 0
        for section in message.sections:
            size += len(section.data)
        self.room = min(MAX_OUTPUT, max(MIN_OUTPUT, MAX_EXPANSION * size))
        self.work = MIN_WORK + min(WORK_PER_BYTE * size, MAX_WORK)
        self.produced = 0
        self.stopped = False
        self.where = f"{message.protocol} message"

    def problem(self, layer: Layer, what: str) -> None:
        """Note what went wrong, once."""
        fact = Problem(where=f"{self.where}, {layer.path}", what=what)
        if len(self.problems) < MAX_PROBLEMS and fact not in self.problems:
            self.problems.append(fact)

    def stop(self, layer: Layer, what: str) -> None:
        """Read no further in this message, because of `what`."""
        self.problem(layer, what)
        self.stopped = True

    def layer(self, layer: Layer, hint: str, depth: int, bare: str = "text") -> Meaning:
        """Open real bytes: a section, or what a wrapping gave. The layer is already listed.

        `bare` is the syntax of text without structure, `""` where the value is a part already.
        """
        data = layer.data
        if len(data) < 2 or is_media(data):
            return NONE
        read, inside = len(self.parts), len(self.layers)
        meaning = self._by_beginning(layer, layer, hint, depth)
        if meaning == REAL and len(self.parts) > read and self.parts[read].layer is layer:
            return REAL  # values of its own: there is nothing more to tell of it
        text = text_of(data)
        if meaning != REAL:
            meaning = self._decode(layer, layer, hint, depth, text is not None)
        if (
            not bare
            or text is None
            or any(child.parent is layer and child.length >= len(data) - 3 for child in self.layers[inside:])
        ):
            return meaning
        if not any(part.layer is layer for part in self.parts[read:]):
            self._bare(layer, text, bare)
            if meaning == NONE and means_something(data):
                meaning = REAL
        return meaning

    def _bare(self, layer: Layer, text: str, syntax: str) -> None:
        data = layer.data
        if len(data) <= _TEXT_LINE or (b"\n" not in data and len(data) <= MAX_VALUE):
            self._part(Part(layer, layer.name, "", text, syntax, 0, len(data)))
            return
        pos = 0
        for line in data.split(b"\n"):
            if line.strip() and len(line) <= MAX_VALUE:
                value = line.decode("utf-8", "replace").rstrip("\r")
                self._part(Part(layer, layer.name, "", value, "line", pos, len(line.rstrip(b"\r"))))
            pos += len(line) + 1
            if self.stopped:
                return

    def _part(self, part: Part) -> None:
        if len(self.parts) >= MAX_PARTS:
            self.stop(part.layer, f"more than {MAX_PARTS} values in one message; the rest was not read")
            return
        self.parts.append(part)

    def _by_beginning(self, view: Layer, holder: Layer, hint: str, depth: int) -> Meaning:
        """Show `view.data` to the decoder that its first byte nearly decides on; `REAL` where that explains the whole."""
        likely = doors().first.get(view.data[0])
        if likely is None:
            return NONE
        self.work -= len(view.data)
        reading = likely.open(view.data, Ask(hint, view.name, max(0, self.room - self.produced)))
        before = len(self.parts)
        alone = not before or self.parts[-1].layer is not view  # the whole of a header is a part of its layer already
        if reading is None or not reading.whole or self._take(view, holder, likely, reading, depth) != REAL:
            return NONE
        if alone and reading.plain is not None and len(self.parts) - before == len(reading.plain.values):
            view.outline = reading.plain.outline
        return REAL

    def _decode(self, view: Layer, holder: Layer, hint: str, depth: int, is_text: bool) -> Meaning:
        """Show `view.data` to the decoders. `view` is `holder` itself, or the provisional layer of a value that stands in it."""
        data = view.data
        shown = doors()
        asked = shown.text if is_text else shown.binary
        if is_text and (view is not holder or hint == "header") and data[0] != 0x2F and _TOKEN.fullmatch(data):
            asked = shown.tokens  # a path is no token
        self.work -= len(data)
        claims: list[tuple[int, int, Decoder]] = []
        for number, decoder in enumerate(asked):
            confidence = decoder.recognise(data, hint)
            if confidence:
                claims.append((-confidence, number, decoder))
        if not claims:
            return NONE
        claims.sort(key=lambda claim: claim[:2])
        best: Meaning = NONE
        explained = False
        failed = succeeded = 0
        for claim, _number, decoder in claims:
            if self.stopped:
                break
            if decoder.name == "text" and not is_text and explained:
                break  # printable runs are for bytes that nothing else explains
            self.work -= len(data)
            if self.work < 0:
                self.stop(view, "it nests so many encodings that the bound on work was met; the rest was not read")
                break
            reading = decoder.open(data, Ask(hint, view.name, max(0, self.room - self.produced)))
            meaning = NONE if reading is None else self._take(view, holder, decoder, reading, depth)
            if -claim >= SURE:
                failed = -claim if meaning == NONE and failed == 0 else failed
                succeeded = -claim if meaning != NONE and succeeded == 0 else succeeded
                if failed and failed == succeeded:
                    self.problem(view, "two readings of these bytes claim to be the right one, and one of them fails")
            if decoder.name == "text" and not is_text:
                meaning = _coverage(reading, data) if meaning != NONE else NONE
            best = max(best, meaning)
            explained = explained or (meaning == REAL and reading is not None and not reading.embedded)
            if meaning == REAL and reading is not None and reading.whole:
                break
        return best

    def _take(self, view: Layer, holder: Layer, decoder: Decoder, reading: Reading, depth: int) -> Meaning:
        """Keep what a decoder gave, if it means something."""
        self.produced += reading.expanded
        self.work = min(self.work + WORK_PER_BYTE * reading.expanded, MIN_WORK + MAX_WORK)
        for what in reading.problems:
            self.problem(view, what)
        meaning: Meaning = NONE
        if reading.plain is not None and reading.plain.values:
            self._keep(view, holder)
            self._plain(view, reading.plain, decoder.name, depth)
            meaning = REAL
        elif reading.leaves:
            self._keep(view, holder)
            self.leaves(view, reading.leaves, decoder.name, depth)
            meaning = WEAK if reading.weak else REAL
        elif reading.whole and reading.problems and not reading.inners:
            meaning = REAL  # its own format, too deep to read: nobody else needs to look
        for inner in reading.inners:
            if self.stopped:
                break
            meaning = max(meaning, self._inner(view, holder, decoder, inner, depth), key=int)
        return meaning

    def _keep(self, view: Layer, holder: Layer) -> None:
        if view is not holder and id(view) not in self.kept:
            self.kept.add(id(view))
            self.layers.append(view)

    def _inner(self, view: Layer, holder: Layer, decoder: Decoder, inner: Inner, depth: int) -> Meaning:
        if not inner.data or not (inner.sure or is_promising(inner.data)):
            return NONE
        if depth >= MAX_DEPTH:
            self.problem(view, f"wrapped more than {MAX_DEPTH} times; not opened further")
            return WEAK
        if len(self.layers) >= MAX_LAYERS:
            self.stop(view, f"more than {MAX_LAYERS} layers in one message; the rest was not opened")
            return NONE
        marks = len(self.layers), len(self.parts), len(self.problems)
        parent, offset, length = view, inner.offset, inner.length
        if view is not holder:
            whole = offset == 0 and length == len(view.data)
            if whole:
                # The value as it stands in the holder is the wrapped bytes: no layer between them.
                parent, offset, length = holder, view.offset, view.length
            else:
                self._keep(view, holder)
        path = f"{view.path} › {inner.pointer} › {decoder.name}" if inner.pointer else f"{view.path} › {decoder.name}"
        child = Layer(
            section=view.section,
            form=(*view.form, decoder.name),
            path=path,
            data=inner.data,
            parent=parent,
            offset=offset,
            length=length,
            name=inner.name or view.name,
        )
        self.layers.append(child)
        meaning = self.layer(child, inner.hint, depth + 1)
        if inner.sure:
            return REAL
        if meaning < REAL:
            # Noise that ran into a bound is forgotten with it; only work that was done stays done.
            self.stopped = self.work < 0
            self.kept.difference_update(id(layer) for layer in self.layers[marks[0] :])
            del self.layers[marks[0] :], self.parts[marks[1] :], self.problems[marks[2] :]
            return NONE
        return REAL

    def leaves(self, layer: Layer, leaves: list[Leaf], syntax: str, depth: int) -> None:
        """List the values of `layer` and look into each."""
        parts = self.parts
        append = parts.append
        make = tuple.__new__
        marked, encoded = MARKS.search, ENCODED.search
        barren = BARREN
        for leaf in leaves:
            name, pointer, value, offset, length, raw, _hint, own = leaf
            if self.stopped:
                return
            if value is None:
                self._look(layer, leaf, syntax, depth)
                continue
            size = len(value)
            if own == "line":  # it was looked into as part of the whole text
                self._part(Part(layer, name, pointer, value, own, offset, length))
                continue
            if size <= MAX_VALUE:
                if len(parts) >= MAX_PARTS:
                    self.stop(layer, f"more than {MAX_PARTS} values in one message; the rest was not read")
                    return
                append(make(Part, (layer, name, pointer, value, own or syntax, offset, length)))
            if raw is not None or (
                size >= SHORTEST and value not in barren and (marked(value) or (size >= ENCODED_MIN and encoded(value)))
            ):
                self._look(layer, leaf, syntax, depth)

    def _plain(self, layer: Layer, plain: Plain, syntax: str, depth: int) -> None:
        """As `leaves`, for values without more to them: nearly all of an app's, so that no loop here does one thing too many."""
        names, pointers, values, _outline = plain
        parts = self.parts
        done = 0
        if len(parts) + len(values) <= MAX_PARTS and len(layer.data) <= MAX_VALUE:
            columns = zip(repeat(layer), names, pointers, values, repeat(syntax), repeat(-1), repeat(-1))
            made: Iterator[Part] = map(tuple.__new__, repeat(Part), columns)
            marked, barren = MARKS.search, BARREN
            for at in [
                at
                for at, value in enumerate(values)
                if len(value) >= SHORTEST
                and value not in barren
                and (marked(value) or (len(value) >= ENCODED_MIN and is_encoded(value)))
            ]:
                parts.extend(islice(made, at + 1 - done))
                done = at + 1
                self._look(layer, Leaf(names[at], pointers[at], values[at], -1, -1), syntax, depth)
                if self.stopped or len(parts) + len(values) > MAX_PARTS:
                    break
            else:
                parts.extend(made)
                return
        rest = zip(names[done:], pointers[done:], values[done:], strict=True)
        self.leaves(layer, [Leaf(*value, -1, -1) for value in rest], syntax, depth)

    def _look(self, layer: Layer, leaf: Leaf, syntax: str, depth: int) -> None:
        """Ask the decoders about one value of `layer`."""
        value = leaf.value
        if leaf.raw is None:
            if value is None or is_plain(value):
                return
            data = value.encode("utf-8", "replace")
        else:
            data = leaf.raw
            if len(data) < SHORTEST or is_media(data) or (value is not None and len(data) < 256 and PLAIN.fullmatch(value)):
                return
        if syntax in PLAIN_SYNTAXES and len(data) == len(layer.data):
            return  # the same bytes again
        if depth >= MAX_DEPTH:
            self.problem(layer, f"wrapped more than {MAX_DEPTH} times; not opened further")
            return
        if len(self.layers) >= MAX_LAYERS:
            self.stop(layer, f"more than {MAX_LAYERS} layers in one message; the rest was not opened")
            return
        marks = len(self.layers), len(self.problems)
        own = leaf.syntax or syntax
        view = Layer(
            section=layer.section,
            form=layer.form if own in PLAIN_SYNTAXES else (*layer.form, own),
            path=f"{layer.path} › {leaf.pointer}" if leaf.pointer and own != "header" else layer.path,
            data=data,
            parent=layer,
            offset=leaf.offset,
            length=leaf.length,
            name=leaf.name,
        )
        meaning = self._by_beginning(view, layer, leaf.hint, depth + 1)
        if meaning != REAL:
            meaning = self._decode(view, layer, leaf.hint, depth + 1, text_of(data) is not None)
        if meaning == NONE:
            if leaf.raw is None and value is not None and len(self.problems) == marks[1]:
                remember_barren(value)
            return
        if leaf.offset < 0:
            self._place(layer, leaf, marks[0])

    def _place(self, layer: Layer, leaf: Leaf, since: int) -> None:
        """Give the new layers the position of a value that the fast path left without."""
        from vuoto.payloads.locating import find

        offset, length = find(layer.data, leaf.pointer, leaf.value or "")
        for child in self.layers[since:]:
            if child.parent is layer and child.offset < 0:
                child.offset, child.length = offset, length


def _coverage(reading: Reading | None, data: bytes) -> Meaning:
    """Printable runs prove a wrapping where they are half of what came out of it."""
    if reading is None:
        return NONE
    return REAL if len(data) >= 24 and sum(leaf.length for leaf in reading.leaves) * 2 >= len(data) else WEAK


def open_section(opening: Opening, section: Section, layer: Layer) -> None:
    """Open one section of the message into its own layer, by what it is: a header, a request target, anything else."""
    label = section.label
    data = section.data
    if not data:
        return
    if " header" in label:
        text = text_of(data)
        name = section.name
        value = text if text is not None else data.decode("latin-1")
        if len(data) <= MAX_VALUE:
            opening.parts.append(Part(layer, name, name, value, "header", 0, len(data)))
        if text is not None and not is_suspicious(value):
            return
        hint = "cookie" if name.lower() in {"cookie", "cookie2"} else "header"
        opening.layer(layer, hint, 0, bare="")
        return
    opening.layer(layer, section.hint, 0)
