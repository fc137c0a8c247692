"""Domain names that carry values in their labels: `v1.imei.3520….t.example.com`, `<Base32>.t.example.com` (RFC 1035 §2.3.1).

A label is named by the word before it; one that nothing names is cut out where it may be encoded. The whole name stays a value.
"""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Leaf, Reading
from vuoto.payloads.suspicion import is_suspicious

_NAME: Final = re.compile(rb"(?:[A-Za-z0-9_\-]{1,63}\.){2,64}[A-Za-z]{2,63}\.?")
_LONG: Final = re.compile(rb"(?:\A|\.)(?=[^.]*[0-9])[^.]{8,63}\.")
_LONGEST: Final = 255
"""Octets of a domain name (RFC 1035 §2.3.4)."""
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z_\-]{1,31}[0-9]?")
_SHORTEST: Final = 8
"""Characters of a label that carries a value."""


def _recognise(data: bytes, _hint: str) -> int:
    return 30 if len(data) <= _LONGEST and _LONG.search(data) and _NAME.fullmatch(data) else 0


def _open(data: bytes, ask: Ask) -> Reading | None:
    text = data.decode("ascii")
    leaves: list[Leaf] = []
    encoded: list[tuple[int, str]] = []
    previous = ""
    at = 0
    for label in (*text.split("."), ""):
        carries = len(label) >= _SHORTEST and any(c.isdigit() for c in label)
        if carries and _WORD.fullmatch(previous):
            leaves.append(Leaf(previous, previous, label, at, len(label)))
        elif carries and is_suspicious(label):
            encoded.append((at, label))
        elif encoded:  # what one label is too short for goes on in the next
            begin = encoded[0][0]
            leaves.append(Leaf("", f"label at {begin}", "".join(part for _, part in encoded), begin, at - 1 - begin))
            encoded = []
        previous = label
        at += len(label) + 1
    if not leaves:
        return None
    return Reading(leaves=[Leaf(ask.name, "", text, 0, len(data)), *leaves], whole=True)


DECODER = Decoder(name="text", reads="text", recognise=_recognise, open=_open)
