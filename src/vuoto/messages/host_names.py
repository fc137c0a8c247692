"""Host names as protocols give them, made comparable: lower case, no port, no trailing dot; anything else is `None`."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from typing import Final

_NAME: Final = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-_.")
_ADDRESS: Final = frozenset(b"0123456789abcdef:.%")

MAX_HOST = 255
"""Octets of a domain name (RFC 1035 §2.3.4)."""


@lru_cache(maxsize=4096)
def host_name(value: bytes) -> str | None:
    """The host of a `Host` value or an authority, or `None` where there is none that could be one.

    User, port and brackets (RFC 3986 §3.2) are taken off. Hostile bytes never become a recipient's name. Internationalised names
    given as UTF-8 become their A-label.
    """
    host = value.strip().lower()
    if len(host) > 4 * MAX_HOST:
        return None
    host = host.rpartition(b"@")[2]
    if host[:1] == b"[":
        inside = host[1:].partition(b"]")[0]
        return inside.decode("ascii") if inside and _ADDRESS.issuperset(inside) and is_address(inside.decode("ascii")) else None
    if host.count(b":") == 1:
        host = host.partition(b":")[0]
    elif b":" in host:
        text = host.decode("latin-1")
        return text if is_address(text) else None
    host = host.rstrip(b".")
    if host and not _NAME.issuperset(host):
        host = _a_label(host)
    if not host or len(host) > MAX_HOST or host[:1] == b"." or b".." in host:
        return None
    return host.decode("ascii")


def _a_label(host: bytes) -> bytes:
    try:
        label = host.decode("utf-8").encode("idna")
    except UnicodeError:
        return b""
    return label if _NAME.issuperset(label) else b""


@lru_cache(maxsize=4096)
def is_address(host: str) -> bool:
    """Whether `host` is an IP address literal rather than a name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def name_only(host: str | None) -> str | None:
    """`host` where it is a name, else `None`: an address literal does not name anybody."""
    return None if host is None or is_address(host) else host
