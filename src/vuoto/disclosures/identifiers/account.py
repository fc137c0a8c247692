"""Account name or number: who the person is to one service."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.checks import is_missing, uuid_text
from vuoto.disclosures.identifier import Identifier, Reading, phrases

_ACCOUNT: Final = re.compile(r"[^\s\"'<>{}\[\]()&;,=?\\]{3,128}")
_UNFILLED: Final = re.compile(r"\$[A-Z_]{2,40}|%%\w{2,40}%%|__[A-Z][A-Z_]{1,40}__|@@\w{2,40}@@|#\w{2,40}#")
"""What stands in the template of an address where nobody put the value in (`$UID`, `%%USER_ID%%`)."""

_NOT_NAMES: Final = (
    "anonymous guest root admin nobody ftp user username test public default "
    "free premium basic pro trial standard enterprise personal business google facebook twitter apple email phone local"
)
_NOBODY: Final = frozenset(_NOT_NAMES.split())
"""Nobody's own name; the kind of an account, or who vouches for it."""


def read(value: str) -> Reading | None:
    """3 to 128 characters without spaces; nothing can be checked."""
    text = uuid_text(value, dashless=False) or value.strip()  # `{…}` around one, as Windows and Omaha write it
    if len(text) > 128 or is_missing(text) or text.lower() in _NOBODY or _ACCOUNT.fullmatch(text) is None or "://" in text:
        return None
    if _UNFILLED.fullmatch(text) is not None:
        return None
    return Reading(text, "none", "a name or number at one service, which has no check")


IDENTIFIER = Identifier(
    kind="account",
    names=phrases(
        "account, account name, account id, user name, username, login name, user id, userid, login id, customer id",
        "member id, customer number, app user id, custom user id, external user id, player id, google account",
        "customer user id, screen name user, enduser id, end user id, skype id, wechat id, qq, twitter handle, user login",
    ),
    shy=phrases("login, user, log, uname, usr, nick, acct, auth user"),
    company=phrases("password, passwd, pwd, pass"),
    read=read,
    clause="GDPR art. 4(1) (online identifier)",
    reasoning="It names one person to the service, over all devices.",
    limitations="It has no check; a service's own account of a device looks the same.",
)
