"""Linux cooked capture v2 (LINKTYPE 276) (https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html)."""

from __future__ import annotations

import numpy as np

from vuoto.flows.columns import I64, Octets
from vuoto.flows.link import Link, Located
from vuoto.flows.shims import strip_shims

HEADER = 20
"""Protocol, reserved, interface index, ARPHRD type, packet type, address length, address (8 bytes)."""


def locate(octets: Octets, start: I64, end: I64) -> Located:
    """See `Link.locate`."""
    ok = end - start >= HEADER
    kind = np.zeros(len(start), np.int64)
    kind[ok] = octets.u16(start[ok])
    return strip_shims(octets, start + HEADER, end, kind, ok)


LINK = Link(linktypes=(276,), locate=locate)
