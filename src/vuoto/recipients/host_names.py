"""Host names as they were seen, made comparable: lower case, ASCII, bounded, harmless to show.

Read: RFC 1123 section 2.1 and RFC 5890 for names, RFC 6761/6762/8375 for names that never leave the local network. A name with
underscores is accepted, as the DNS does. Not read: the dotless and hexadecimal spellings of IPv4 addresses, which stay names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

LONGEST_HOST: Final = 253
"""Characters of a name in the DNS (RFC 1035 section 2.3.4, without the dot at the end)."""

LONGEST_READ: Final = 1_024
"""Characters looked at: four bytes for each that a name may have. What is longer is no name."""

_VALID: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*", re.ASCII)
_PORT: Final = re.compile(r":\d{0,5}\Z", re.ASCII)
_LITERAL: Final = re.compile(r"[0-9a-f:.%\[\]]+(?:%[\w.-]*\]?)?", re.ASCII)

LOCAL_SUFFIXES: Final = ("local", "localhost", "home.arpa")
"""RFC 6762 section 3, RFC 6761 section 6.3, RFC 8375."""


@dataclass(frozen=True, slots=True)
class HostName:
    """A host as it is shown and compared."""

    shown: str
    """The name, or its harmless spelling where it is none."""

    valid: bool
    """Whether it can be a name in the DNS."""

    literal: str | None = None
    """The address, where the name is one: then nothing names the recipient."""

    @property
    def local(self) -> bool:
        """Whether the name itself says that it is on the local network."""
        return self.valid and any(self.shown == s or self.shown.endswith("." + s) for s in LOCAL_SUFFIXES)

    @property
    def top_level(self) -> str | None:
        """The top-level domain, or `None` for an invalid name and one that ends in a number."""
        last = self.shown.rpartition(".")[2]
        return last if self.valid and "." in self.shown and not last.isdecimal() else None


def read_host(text: str) -> HostName | None:
    """The host in any spelling: with a port, a dot at the end, brackets, Unicode; `None` for an empty one."""
    from vuoto.recipients.address_ranges import read_address

    if not text.isprintable() or len(text) > LONGEST_READ:
        return _harmless(text)
    name = text.strip().lower()
    if not name:
        return None
    if _LITERAL.fullmatch(name):
        literal = read_address(name)
        if literal is None and _PORT.search(name):
            literal = read_address(_PORT.sub("", name))
        if literal is not None:
            return HostName(literal, valid=True, literal=literal)
    name = _PORT.sub("", name).removesuffix(".")
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii").lower().removesuffix(".")
        except UnicodeError:
            return _harmless(text)
    if len(name) > LONGEST_HOST or not _VALID.fullmatch(name):
        return _harmless(text)
    return HostName(name, valid=True)


def _harmless(text: str) -> HostName:
    """Printable ASCII only, bounded, and still telling two different names apart."""
    head = text[:LONGEST_HOST].lower()
    shown = "".join(c if "!" <= c <= "~" else f"\\u{{{ord(c):x}}}" for c in head)
    if len(text) > LONGEST_HOST or len(shown) > LONGEST_HOST:
        shown = shown[: LONGEST_HOST - 13] + "...-" + sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:9]
    return HostName(shown, valid=False)
