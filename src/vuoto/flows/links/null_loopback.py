"""BSD loopback (LINKTYPE 0 and 108): four bytes with the address family, then IP.

In the byte order of the host that captured, or (108) of the network (https://www.tcpdump.org/linktypes/LINKTYPE_NULL.html).
"""

from __future__ import annotations

import numpy as np

from vuoto.flows.columns import I64, Octets
from vuoto.flows.link import IPV4, IPV6, NOT_IP, Link, Located

AF_INET = 2
AF_INET6 = (10, 23, 24, 28, 30)
"""Linux, Windows, NetBSD and OpenBSD, FreeBSD, macOS and iOS."""


def locate(octets: Octets, start: I64, end: I64) -> Located:
    """See `Link.locate`."""
    ok = end - start >= 4
    kind = np.zeros(len(start), np.int64)
    family = octets.u32(start[ok])
    # Families are small numbers, so the order of the bytes shows itself.
    swapped = family > 0xFFFF
    family[swapped] = family[swapped].astype(np.uint32).byteswap().astype(np.int64)
    kind[ok] = np.where(family == AF_INET, IPV4, np.where(np.isin(family, AF_INET6), IPV6, NOT_IP))
    return Located(start + 4, kind, ok)


LINK = Link(linktypes=(0, 108), locate=locate)
