"""PPP (RFC 1661) bare or in HDLC-like framing (RFC 1662): LINKTYPE 9 and 50, and 204 with a byte for the direction in front.

Compressed address, control and protocol fields are read. Not read: multilink (RFC 1990), compressed datagrams.
"""

from __future__ import annotations

import numpy as np

from vuoto.flows.columns import I64, Mask, Octets
from vuoto.flows.link import Link, Located
from vuoto.flows.shims import ppp_kind

HDLC_ADDRESS_CONTROL = 0xFF03
"""All stations, unnumbered information (RFC 1662 section 3.1)."""

DIRECTIONS = (0x00, 0x01)
"""First byte of LINKTYPE 204: received, sent. No PPP frame begins with a protocol's high byte and an odd first byte of 0 or 1."""


def locate(octets: Octets, start: I64, end: I64) -> Located:
    """See `Link.locate`."""
    at = start.copy()
    ok = end - at >= 4
    rows = np.flatnonzero(ok)
    # 204 is told by its bytes: direction, then ff 03.
    directed = np.isin(octets.u8(at[rows]), DIRECTIONS) & (octets.u16(at[rows] + 1) == HDLC_ADDRESS_CONTROL)
    at[rows[directed]] += 1
    framed = octets.u16(at[rows]) == HDLC_ADDRESS_CONTROL
    at[rows[framed]] += 2
    return _protocol(octets, at, end, ok)


def _protocol(octets: Octets, at: I64, end: I64, ok: Mask) -> Located:
    ok &= end - at >= 2
    kind = np.zeros(len(at), np.int64)
    rows = np.flatnonzero(ok)
    first = octets.u8(at[rows])
    # The last byte of a protocol number is odd, all before it even (RFC 1661 section 2): an odd first byte is the whole number.
    short = first & 1 == 1
    kind[rows] = ppp_kind(np.where(short, first, octets.u16(at[rows])))
    at[rows] += np.where(short, 1, 2)
    return Located(at, kind, ok)


LINK = Link(linktypes=(9, 50, 204), locate=locate)
