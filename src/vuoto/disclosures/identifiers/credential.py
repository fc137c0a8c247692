"""Credential: what lets anyone who reads it act as the person (RFC 7617 for HTTP Basic)."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.checks import base64_bytes, is_missing
from vuoto.disclosures.identifier import Identifier, Reading, phrases

_BASIC: Final = re.compile(r"basic\s+([A-Za-z0-9+/=_-]{4,400})", re.IGNORECASE)
_BEARER: Final = re.compile(r"(?:bearer|token)\s+([A-Za-z0-9._~+/=-]{8,480})", re.IGNORECASE)
_OTHER_SCHEME: Final = re.compile(
    r"(?:bearer|token|digest|negotiate|ntlm|hawk|aws4-hmac-sha256|oauth)\s.*", re.IGNORECASE | re.DOTALL
)

_CODE: Final = re.compile(r"<[^>]*>|[A-Za-z_$][\w.$]*\(.*\);?|\$\w+|\$?\{\{?[\w.]*\}?\}|%[sd]", re.ASCII)
"""A call or a variable: source code and templates name passwords without holding one."""

_NOT_SECRET: Final = re.compile(r"(?:/[\w.-]+){2,}/?|[A-Za-z]:\\\S*|pk\.[\w.-]+|\d{6,}\|[\w-]+", re.ASCII)
"""A path (`PWD=/home/…` is where a shell stands), and tokens that name an app: Mapbox's public ones, Facebook's of an app."""


def read(value: str) -> Reading | None:
    """HTTP Basic decodes to `user:password` (RFC 7617 §2); a password has no check."""
    text = value.strip()
    if len(text) > 512 or is_missing(text):
        return None
    basic = _BASIC.fullmatch(text)
    if basic is not None:
        pair = base64_bytes(basic[1])
        if b":" not in pair or pair.startswith(b":") or not pair.partition(b":")[2]:
            return None
        return Reading(pair.decode("utf-8", "replace"), "holds", "a user and a password (RFC 7617 §2)", unwrapped="base64")
    bearer = _BEARER.fullmatch(text)
    if bearer is not None:
        why = "an access token, which opens an account to whoever holds it (RFC 6750 §1.2)"
        return Reading(bearer[1], "holds", why, value.rfind(bearer[1]), len(bearer[1]))
    if _OTHER_SCHEME.fullmatch(text) or _NOT_SECRET.fullmatch(text) or _CODE.fullmatch(text) or " " in text or len(text) < 3:
        return None
    return Reading(text, "none", "a secret, which has no check")


IDENTIFIER = Identifier(
    kind="credential",
    names=phrases(
        "password, passwd, passphrase, user password, login password, account password, old password, new password",
        "passcode, pass word, wifi password, password confirmation, j password, psk",
        "access token, refresh token, oauth token, bearer token, user access token, oauth access token",
    ),
    hints=phrases("authorization, proxy authorization"),
    shy=phrases("pass, pwd, secret, pin"),
    company=phrases("user, username, user name, login, email, account, user id, log, uname, usr"),
    read=read,
    clause="RFC 7617 §2; RFC 6750 §1.2",
    reasoning="Whoever reads it can act as the person.",
    limitations="Session cookies and signatures of requests are not reported: they are everywhere and say little of a person.",
)
