"""vCard (RFC 6350, and 2.1, 3.0 before it): cards of an address book, as an app sends them that reads the contacts.

Lines `NAME;PARAMETER=…:value`, continued by a blank at the beginning of the next (§3.2). What a card says of somebody is named as
address books name it (`contact name`), for `FN` alone is no word. Pictures and keys are left to the decoders of what holds them.
"""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Leaf, Reading
from vuoto.payloads.limits import MAX_PARTS, MAX_TEXT, MAX_VALUE
from vuoto.payloads.meaning import text_of

_BEGIN: Final = b"BEGIN:VCARD"
_LINE: Final = re.compile(
    rb"^(?:[A-Za-z0-9-]{1,32}\.)?([A-Za-z][A-Za-z0-9-]{0,31})((?:;[^:\r\n]{0,256})?):([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*+)",
    re.MULTILINE,
)
_CONTINUED: Final = re.compile(rb"\r?\n[ \t]")
_NAMES: Final = {"fn": "contact name", "tel": "contact phone", "email": "email"}
"""The name that a property's value gets; the others keep theirs."""
_SCHEMES: Final = (b"tel:", b"mailto:")
"""What RFC 6350 §6.4.1 puts before a number or an address."""
_FRAME: Final = frozenset(("begin", "end", "version", "prodid", "rev", "photo", "logo", "key", "sound", "kind", "n"))
"""Properties that say nothing of the person in text, and `N`, whose pieces `FN` says whole."""


def _recognise(data: bytes, _hint: str) -> int:
    return 95 if data[:64].lstrip()[: len(_BEGIN)].upper() == _BEGIN else 0


def _open(data: bytes, _ask: Ask) -> Reading | None:
    leaves: list[Leaf] = []
    card = 0
    for line in _LINE.finditer(data, 0, MAX_TEXT):
        name = line[1].decode("ascii").lower()
        if name == "begin":
            card += 1
        start, stop = line.span(3)
        for scheme in _SCHEMES:
            if data[start : start + len(scheme)].lower() == scheme:
                start += len(scheme)
        if name in _FRAME or stop - start > MAX_VALUE or b"quoted-printable" in line[2].lower():
            continue
        start += len(data[start:stop]) - len(data[start:stop].lstrip())
        piece = data[start:stop].rstrip()
        raw = _CONTINUED.sub(b"", piece)
        value = text_of(raw)
        if value:
            made = raw if len(raw) < len(piece) else None
            leaves.append(Leaf(_NAMES.get(name, name), f"{card}/{line[1].decode('ascii')}", value, start, len(piece), made))
        if len(leaves) > MAX_PARTS:
            break
    return Reading(leaves=leaves, whole=True) if leaves else None


DECODER = Decoder(name="vcard", reads="text", recognise=_recognise, open=_open)
