"""E-mail address (RFC 5321 §4.1.2)."""

from __future__ import annotations

import re
from typing import Final

from vuoto.disclosures.identifier import Bare, Identifier, Reading, phrases

_ADDRESS: Final = re.compile(
    r"(?:mailto:)?<?([a-z0-9][a-z0-9._%+'-]{0,63}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24})>?", re.IGNORECASE
)
_MAILBOX: Final = re.compile(r"(?:\"[^\"\r\n]{0,64}\"|[^\"<>@\r\n]{1,64})\s{0,2}(?=<[^<>]{3,254}>\Z)")
"""The name before an address in angle brackets (RFC 5322 §3.4)."""
_WITHIN: Final = re.compile(
    r"(?<![\w.%+@:/-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w@:/-])"
)
"""In longer text: not in an address of another scheme (`sip:`, `ssh://git@…`)."""
_SOFTWARE: Final = (
    "anonymous nobody noreply no-reply donotreply do-not-reply git ftp mozilla ieuser guest root user username name mailer-daemon"
)
_NO_MAILBOX: Final = frozenset(_SOFTWARE.split())
"""Mailboxes that software, not a person, goes by."""
_ALGORITHMS: Final = frozenset(("openssh.com", "libssh.org", "lysator.liu.se", "ssh.com", "putty.projects.tartarus.org"))
"""Domains under which SSH names its algorithms (RFC 4251 §6)."""
_ENDINGS: Final = (
    "png jpg jpeg gif svg webp css js json html htm php xml zip gz exe dll so apk pdf txt mp3 mp4 woff ttf local localhost "
    "localdomain invalid internal lan home arpa onion"
)
_NO_DOMAIN: Final = frozenset(_ENDINGS.split())
"""Endings of file names (`logo@2x.png`) and of names that no mail reaches."""


_MASK: Final = frozenset("xX.-")
"""What is left of an address that somebody made unreadable: `xxxx.xxx@xxxxx.com`."""


def read(value: str) -> Reading | None:
    """`mailbox@domain` with a top-level domain of letters; software's own addresses are not a person's."""
    text = value.strip()
    if len(text) > 254 or "@" not in text:  # RFC 5321 §4.5.3.1.3
        return None
    named = _MAILBOX.match(text) if text[-1] == ">" else None
    match = _ADDRESS.fullmatch(text, named.end() if named is not None else 0)
    if match is None:
        return None
    address = match[1].lower()
    mailbox, _, domain = address.rpartition("@")
    if (
        domain in _ALGORITHMS
        or mailbox in _NO_MAILBOX
        or domain.rpartition(".")[2] in _NO_DOMAIN
        or ".." in mailbox
        or mailbox.isdigit()
        or set(mailbox + domain.partition(".")[0]) <= _MASK
    ):
        return None
    why = "mailbox, @ and a domain name (RFC 5321 §4.1.2)"
    if named is not None:
        return Reading(address, "holds", why, value.find(match[1], named.end()), len(match[1]))
    return Reading(address, "holds", why)


IDENTIFIER = Identifier(
    kind="email",
    names=phrases(
        "email, e mail, email address, e mail address, mail address, user email, user mail, mail, email id",
        "account email, customer email, contact email, mailbox, emailaddress, login email, gmail, recipient email",
    ),
    hints=phrases(
        "login, username, user name, account, account name, user, user id, userid, login id, login name, email to",
        "apple id, google account, identity, mail from, rcpt to, account id, customer id, em",
        "users, accounts, members, member, customers, subscribers, subscriber, recipients, profiles, mailboxes, inbox",
    ),
    read=read,
    anywhere=phrases("email, e mail"),
    bare=(Bare(b"@", "digits", _WITHIN, "likely"),),
    hashed=True,
    clause="RFC 5321 §4.1.2",
    reasoning="It reaches one person.",
    limitations="It may be somebody else's, or a constant of the software; inside running text it is possible only.",
)
