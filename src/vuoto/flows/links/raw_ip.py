"""IP without a link layer (LINKTYPE 101): tunnels, mobile interfaces, VPN-based captures on a phone.

12 and 14 are what some systems wrote for it; 228 and 229 are IPv4 and IPv6 alone.
"""

from __future__ import annotations

from vuoto.flows.columns import I64, Octets
from vuoto.flows.link import Link, Located, kind_by_version


def locate(octets: Octets, start: I64, end: I64) -> Located:
    """See `Link.locate`."""
    ok = end > start
    return Located(start, kind_by_version(octets, start, ok), ok)


LINK = Link(linktypes=(12, 14, 101, 228, 229), locate=locate)
