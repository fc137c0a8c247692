"""Log-ins in Base64: SASL PLAIN (RFC 4616) alone or behind `AUTH`, and SMTP's `AUTH LOGIN` (draft-murchison-sasl-login).

Of HTTP's `Basic` (RFC 7617 §2) the user alone: with the password it is one credential, which is read where it stands.
`AUTH PLAIN <Base64>` of SMTP (RFC 4954) and POP3 (RFC 5034), IMAP's `AUTHENTICATE PLAIN` (RFC 9051 §6.2.2), XMPP's `<auth>`.
"""

from __future__ import annotations

import re
from typing import Final

from vuoto.payloads.blobs import base64_bytes
from vuoto.payloads.decoder import Ask, Decoder, Leaf, Reading

_LOOK: Final = 16 * 1024
"""Bytes in which a log-in is looked for: it is the first thing that is said."""
_ALONE: Final = re.compile(rb"\s*([A-Za-z0-9+/]{8,1024}={0,2})\s*\Z")
_PLAIN: Final = re.compile(
    rb"^(?:[A-Za-z0-9.]{1,16} )?(?:AUTH|AUTHENTICATE) (?i:PLAIN)(?: |\r?\n)([A-Za-z0-9+/]{8,1024}={0,2})\r?$", re.MULTILINE
)
_LOGIN: Final = re.compile(
    rb"^(?:[A-Za-z0-9.]{1,16} )?(?:AUTH|AUTHENTICATE) (?i:LOGIN)(?: |\r?\n)([A-Za-z0-9+/]{2,512}={0,2})\r?\n"
    rb"([A-Za-z0-9+/]{2,512}={0,2})\r?$",
    re.MULTILINE,
)
_BASIC: Final = re.compile(rb"\s*(?i:Basic) +([A-Za-z0-9+/]{4,1024}={0,2})\s*\Z")
_MESSAGE: Final = re.compile(rb"[^\x00]{0,255}\x00([^\x00]{1,255})\x00([^\x00]{1,255})")
_UNPRINTED: Final = re.compile(r"[\x00-\x1f\x7f]")


def _recognise(data: bytes, _hint: str) -> int:
    head = data[:_LOOK]
    if b"AUTH" in head and (_PLAIN.search(head) or _LOGIN.search(head)):
        return 46
    if data[:5].lower() == b"basic" and _BASIC.match(data):
        return 46
    # The message begins with a NUL where nobody acts for another: six zero bits, an A.
    return 72 if data[:1] == b"A" and _message(data) is not None else 0


def _message(data: bytes) -> tuple[str, str] | None:
    alone = _ALONE.match(data)
    return _plain(alone.group(1)) if alone is not None else None


def _plain(blob: bytes) -> tuple[str, str] | None:
    found = _MESSAGE.fullmatch(base64_bytes(blob) or b"")
    if found is None:
        return None
    name, word = _text(found.group(1)), _text(found.group(2))
    return None if name is None or word is None else (name, word)


def _text(data: bytes) -> str | None:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return text if text and _UNPRINTED.search(text) is None else None


def _open(data: bytes, _ask: Ask) -> Reading | None:
    leaves: list[Leaf] = []
    alone = _message(data)
    if alone is not None:
        return Reading(leaves=_pair(alone, "", (0, len(data)), (0, len(data))), whole=True)
    basic = _BASIC.match(data)
    if basic is not None:
        user, colon, secret = (base64_bytes(basic.group(1)) or b"").partition(b":")
        who = _text(user)
        return Reading(leaves=_pair((who,), "Basic", basic.span(1))) if who and colon and secret else None
    head = data[:_LOOK]
    plain = _PLAIN.search(head)
    if plain is not None and (message := _plain(plain.group(1))) is not None:
        leaves += _pair(message, "PLAIN", plain.span(1), plain.span(1))
    login = _LOGIN.search(head)
    if login is not None:
        name, word = (_text(base64_bytes(login.group(n)) or b"") for n in (1, 2))
        if name is not None and word is not None:
            leaves += _pair((name, word), "LOGIN", login.span(1), login.span(2))
    return Reading(leaves=leaves) if leaves else None


def _pair(message: tuple[str, ...], pointer: str, *spans: tuple[int, int]) -> list[Leaf]:
    return [
        Leaf(name, f"{pointer}/{name}", value, begin, end - begin, value.encode())
        for name, value, (begin, end) in zip(("username", "password"), message, spans, strict=False)
    ]


DECODER = Decoder(name="sasl", reads="text", tokens=True, recognise=_recognise, open=_open)
