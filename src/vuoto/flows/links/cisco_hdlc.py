"""Cisco's HDLC (LINKTYPE 104), on serial lines: an address, a control byte and an EtherType in front of the packet.

Source: https://www.tcpdump.org/linktypes.html.
"""

from __future__ import annotations

import numpy as np

from vuoto.flows.columns import I64, Octets
from vuoto.flows.link import Link, Located
from vuoto.flows.shims import strip_shims

HEADER = 4
"""Address, control, protocol (2 bytes)."""

ADDRESSES = (0x0F, 0x8F)
"""Unicast and broadcast; frames of other addresses are not this protocol's."""


def locate(octets: Octets, start: I64, end: I64) -> Located:
    """See `Link.locate`."""
    ok = end - start >= HEADER
    kind = np.zeros(len(start), np.int64)
    known = np.isin(octets.u8(start[ok]), ADDRESSES)
    kind[ok] = np.where(known, octets.u16(start[ok] + 2), 0)
    return strip_shims(octets, start + HEADER, end, kind, ok)


LINK = Link(linktypes=(104,), locate=locate)
