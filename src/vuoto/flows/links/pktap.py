"""Apple's packet metadata (LINKTYPE 258, and 149 in older files): what a Mac writes when it captures a connected iPhone.

A little-endian header gives its own length and the link type of the frame behind it, which is Ethernet or raw IP
(bsd/net/pktap.h of Apple's kernel sources). The process name in it is not read.
"""

from __future__ import annotations

import numpy as np

from vuoto.flows.columns import I64, Octets
from vuoto.flows.link import NOT_IP, Link, Located
from vuoto.flows.links import ethernet, raw_ip

HEADER = 12
"""As much of it as is read: length, type of the next header, link type; 4 bytes each."""


def locate(octets: Octets, start: I64, end: I64) -> Located:
    """See `Link.locate`."""
    ok = end - start >= HEADER
    rows = np.flatnonzero(ok)
    size = octets.u32(start[rows]).astype(np.uint32).byteswap().astype(np.int64)
    inner = octets.u32(start[rows] + 8).astype(np.uint32).byteswap().astype(np.int64)
    at = start.copy()
    at[rows] += np.minimum(size, end[rows] - start[rows])
    kind = np.full(len(start), NOT_IP, np.int64)
    for link in (ethernet.LINK, raw_ip.LINK):
        mine = rows[np.isin(inner, link.linktypes)]
        found = link.locate(octets, at[mine], end[mine])
        at[mine], kind[mine], ok[mine] = found.at, found.kind, found.ok
    return Located(at, kind, ok)


LINK = Link(linktypes=(149, 258), locate=locate)
