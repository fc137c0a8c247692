"""Per-packet information (LINKTYPE 192): what Wi-Fi sniffers wrote before radiotap, and some tools put around Ethernet.

A little-endian header gives its own length and the link type of the frame behind it. Read: 802.11, Ethernet and raw IP. Not
read: the fields of the header (https://www.tcpdump.org/linktypes/LINKTYPE_PPI.html).
"""

from __future__ import annotations

import numpy as np

from vuoto.flows.columns import I64, Octets
from vuoto.flows.link import NOT_IP, Link, Located
from vuoto.flows.links import ethernet, ieee80211, raw_ip

HEADER = 8
"""Version, flags, length (2 bytes), link type (4 bytes)."""


def locate(octets: Octets, start: I64, end: I64) -> Located:
    """See `Link.locate`."""
    ok = end - start >= HEADER
    rows = np.flatnonzero(ok)
    size = octets.u8(start[rows] + 2) | octets.u8(start[rows] + 3) << 8
    inner = octets.u32(start[rows] + 4).astype(np.uint32).byteswap().astype(np.int64)
    at = start.copy()
    at[rows] += np.minimum(size, end[rows] - start[rows])
    kind = np.full(len(start), NOT_IP, np.int64)
    for link in (ethernet.LINK, ieee80211.LINK, raw_ip.LINK):
        mine = rows[np.isin(inner, link.linktypes)]
        found = link.locate(octets, at[mine], end[mine])
        at[mine], kind[mine], ok[mine] = found.at, found.kind, found.ok
    return Located(at, kind, ok)


LINK = Link(linktypes=(192,), locate=locate)
