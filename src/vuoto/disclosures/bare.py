"""Shapes that may stand where nothing names them: searched in all values of a batch at once, and in text that nobody could parse.

One search for a folded run of characters (`Bare.trigger`) decides for a whole batch whether a pattern is tried at all.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

from vuoto.disclosures.identifier import Bare, Identifier
from vuoto.disclosures.judging import Judgement, judge
from vuoto.disclosures.name_sense import NOTHING
from vuoto.disclosures.names import NameBook
from vuoto.facts.vocabulary import CERTAINTIES, Certainty

MOST_PER_TEXT: Final = 16
"""Shapes of one kind reported of one text: a table of numbers has thousands, and more of the same says nothing."""

_LABEL_REACH: Final = 64
"""Characters before a shape in which its label stands."""

_LABEL: Final = re.compile(
    r"(?:([A-Za-z][\w-]{1,15})[ ])?(?!eq[ ])([A-Za-z_$][\w$.-]{0,47})(?:[\"']|[(\[]\d{1,2}[)\]])?"  # the name, of one word or two
    r"(?:(?<=_)|(?<=[A-Za-z])(?=\Z)|\s{0,2}(?:[:=]|=>|==|\beq\b)\s{0,2}|[ \t#/|,;>~-]{1,2}"  # what stands between
    r"|\r\n\$\d{1,3}\r\n)[\"'<(\[]?\Z",  # or the value's length, as Redis writes it (RESP)
    re.ASCII,
)
"""A name and what may stand between it and its value; a blank will do, for the name must mean a kind whose check holds."""

_SAYS: Final = re.compile(r"[:=]")
"""What makes two words before a value its name (`MAC address: `) and not the end of a sentence."""

_OPENING: Final = " \t\r\n\"'<([{=:0123456789,;/|"
"""What may stand before a value under its field's name: quotes and brackets, and another number of the same list."""

_DIGITS: Final = bytes(ord("0") if 48 <= c <= 57 else c for c in range(256))
_HEX: Final = bytes(ord("h") if chr(c) in "0123456789abcdefABCDEF" else ord(":") if c == ord("-") else c for c in range(256))


_EXAMPLE: Final = re.compile(
    r"\b(?:examples?|sample|e\.g\.|such as|for instance|looks like|z\.\s?B\.|f\.eks\.)[\s,:(]", re.IGNORECASE
)
"""Words by which a text says that the value after them is nobody's."""


class Shapes:
    """The shapes of all identifiers that have one."""

    def __init__(self, identifiers: Sequence[Identifier], book: NameBook) -> None:
        self._book = book
        self._shapes = [(i, bare) for i in identifiers for bare in i.bare]

    def where(self, texts: Sequence[str]) -> Iterator[tuple[int, Identifier, Bare]]:
        """Which of `texts` hold a shape's trigger, each with the identifier; by identifier, then by text."""
        joined = "\n".join(texts).encode("latin-1", "replace")
        if len(joined) < 5:
            return
        digits, hexadecimal = joined.translate(_DIGITS), b""
        ends: list[int] = []
        for identifier, bare in self._shapes:
            if bare.folding == "hexadecimal" and not hexadecimal:
                hexadecimal = joined.translate(_HEX)
            folded = hexadecimal if bare.folding == "hexadecimal" else digits
            at = folded.find(bare.trigger)
            if at < 0:
                continue
            if not ends:
                ends = list(accumulate([len(text) + 1 for text in texts]))
            while at >= 0:
                index = bisect_right(ends, at)
                if index >= len(texts):
                    break
                yield index, identifier, bare
                at = folded.find(bare.trigger, ends[index])

    def read(
        self, text: str, identifier: Identifier, bare: Bare, *, name: str = "", before: str = "", whole_field: bool = False
    ) -> Iterator[Judgement]:
        """The shapes of one kind in `text`, which stands under `name` and after `before`.

        Certainty: as under the label that stands right before; else `Bare.whole` where the shape is the whole value of a field,
        and `Bare.within` inside longer text.
        """
        found = 0
        for match in bare.pattern.finditer(text):
            start, shape = match.start(), match.group()
            reading = identifier.read(shape)
            if reading is None or reading.check != "holds":
                continue
            labelled = self._labelled(text, start, shape, name, before)
            if labelled and CERTAINTIES.index(bare.within) < CERTAINTIES.index(labelled[0].certainty):
                labelled = []  # the shape itself says more
            if labelled and _EXAMPLE.search(text, max(0, start - _LABEL_REACH), start) is None:
                yield from labelled
            else:
                whole = whole_field and len(shape) == len(text.strip())
                certainty: Certainty = bare.whole if whole else bare.within
                why = f"{reading.why}; no name says so" if bare.within == "possible" else reading.why
                yield Judgement(identifier.kind, reading.value, certainty, why, start, len(shape), checked=True)
            found += 1
            if found >= MOST_PER_TEXT:
                return

    def _labelled(self, text: str, start: int, shape: str, name: str, before: str) -> list[Judgement]:
        head = text[max(0, start - _LABEL_REACH) : start]
        first = start <= _LABEL_REACH and not head.strip(_OPENING)
        label = _LABEL.search(before + head if start <= _LABEL_REACH else head)
        spaced = f"{label[1]} {label[2]}" if label is not None and label[1] and _SAYS.search(label[0], len(label[1])) else ""
        best: tuple[Judgement, ...] = ()
        for called in (name if first else "", label[2] if label is not None else "", spaced):
            sense = self._book.sense(called, "") if called else NOTHING
            judged = judge(sense, shape, in_company=False)
            if judged and (not best or CERTAINTIES.index(judged[0].certainty) < CERTAINTIES.index(best[0].certainty)):
                best = judged
            if best and best[0].certainty != "possible":
                break
        return [j._replace(start=start, length=len(shape)) for j in best]
