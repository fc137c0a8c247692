"""Ethernet (LINKTYPE 1): IEEE 802.3 framing, with VLAN tags, MPLS, PPPoE and LLC/SNAP in front of IP."""

from __future__ import annotations

import numpy as np

from vuoto.flows.columns import I64, Octets
from vuoto.flows.link import Link, Located
from vuoto.flows.shims import strip_shims

HEADER = 14
"""Two addresses of six bytes and the EtherType."""


def locate(octets: Octets, start: I64, end: I64) -> Located:
    """See `Link.locate`."""
    ok = end - start >= HEADER
    kind = np.zeros(len(start), np.int64)
    kind[ok] = octets.u16(start[ok] + 12)
    return strip_shims(octets, start + HEADER, end, kind, ok)


LINK = Link(linktypes=(1,), locate=locate)
