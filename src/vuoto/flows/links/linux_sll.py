"""Linux cooked capture v1 (LINKTYPE 113): what `tcpdump -i any` writes (https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html)."""

from __future__ import annotations

import numpy as np

from vuoto.flows.columns import I64, Octets
from vuoto.flows.link import Link, Located
from vuoto.flows.shims import strip_shims

HEADER = 16
"""Packet type, ARPHRD type, address length, address (8 bytes), protocol."""


def locate(octets: Octets, start: I64, end: I64) -> Located:
    """See `Link.locate`."""
    ok = end - start >= HEADER
    kind = np.zeros(len(start), np.int64)
    kind[ok] = octets.u16(start[ok] + 14)
    return strip_shims(octets, start + HEADER, end, kind, ok)


LINK = Link(linktypes=(113,), locate=locate)
