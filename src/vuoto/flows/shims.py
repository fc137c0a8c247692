"""Headers between an EtherType and IP: VLAN tags (802.1Q, 802.1ad), MPLS labels (RFC 3032), PPPoE sessions (RFC 2516), LLC/SNAP.

Not read: provider backbone bridging (802.1ah), MACsec (802.1AE), PPP compression.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from vuoto.flows.columns import I64, Mask, Octets
from vuoto.flows.link import IPV4, IPV6, NOT_IP, Located

VLAN: Final = (0x8100, 0x88A8, 0x9100)
"""802.1Q, 802.1ad, and the tag that older switches used for the outer of two."""

MPLS: Final = (0x8847, 0x8848)
PPPOE_SESSION: Final = 0x8864
PPP_IPV4: Final = 0x0021
PPP_IPV6: Final = 0x0057
FIRST_ETHERTYPE: Final = 0x0600
"""Below it the field is a length and LLC follows (IEEE 802.3 clause 3.2.6)."""

MAX_SHIMS: Final = 16
"""Stacked tags or labels followed in one frame. Real ones have up to four; a frame made of nothing but tags must end."""


def strip_shims(octets: Octets, at: I64, end: I64, kind: I64, ok: Mask) -> Located:
    """Follows tags, labels, PPPoE and LLC/SNAP from `kind` at `at` down to the network layer. Arrays given are changed."""
    for _ in range(MAX_SHIMS):
        rows = np.flatnonzero(ok & (kind > NOT_IP) & (kind != IPV4) & (kind != IPV6))
        if not len(rows):
            break
        before = kind[rows]
        _vlan(octets, rows[np.isin(before, VLAN)], at, end, kind, ok)
        _mpls(octets, rows[np.isin(before, MPLS)], at, end, kind, ok)
        _pppoe(octets, rows[before == PPPOE_SESSION], at, end, kind, ok)
        _llc(octets, rows[(before > 0) & (before < FIRST_ETHERTYPE)], at, end, kind)
        still = np.isin(kind[rows], (*VLAN, *MPLS, PPPOE_SESSION)) & ok[rows]
        kind[rows[~still & (kind[rows] != IPV4) & (kind[rows] != IPV6)]] = NOT_IP
    else:
        kind[(kind > NOT_IP) & (kind != IPV4) & (kind != IPV6)] = NOT_IP
    return Located(at, kind, ok)


def ppp_kind(protocol: I64) -> I64:
    """The EtherType for a PPP protocol number (RFC 1661 section 2; RFC 1332, RFC 5072)."""
    return np.where(protocol == PPP_IPV4, IPV4, np.where(protocol == PPP_IPV6, IPV6, NOT_IP))


def _with_room(rows: I64, size: int, at: I64, end: I64, ok: Mask) -> I64:
    room = end[rows] - at[rows] >= size
    ok[rows[~room]] = False
    return rows[room]


def _vlan(octets: Octets, rows: I64, at: I64, end: I64, kind: I64, ok: Mask) -> None:
    rows = _with_room(rows, 4, at, end, ok)
    kind[rows] = octets.u16(at[rows] + 2)
    at[rows] += 4


def _mpls(octets: Octets, rows: I64, at: I64, end: I64, kind: I64, ok: Mask) -> None:
    # A label stack entry is 4 bytes with the bottom-of-stack bit in the third (RFC 3032 section 2.1); what follows the bottom is
    # told by its first nibble, as routers do it (RFC 4928).
    rows = _with_room(rows, 5, at, end, ok)
    bottom = octets.u8(at[rows] + 2) & 1 == 1
    at[rows] += 4
    last = rows[bottom]
    version = octets.u8(at[last]) >> 4
    kind[last] = np.where(version == 4, IPV4, np.where(version == 6, IPV6, NOT_IP))


def _pppoe(octets: Octets, rows: I64, at: I64, end: I64, kind: I64, ok: Mask) -> None:
    rows = _with_room(rows, 8, at, end, ok)
    kind[rows] = ppp_kind(octets.u16(at[rows] + 6))
    at[rows] += 8


def _llc(octets: Octets, rows: I64, at: I64, end: I64, kind: I64) -> None:
    # An 802.3 length may stand in front of anything; only SNAP with a zero organisation code carries an EtherType (RFC 1042).
    room = end[rows] - at[rows] >= 8
    kind[rows[~room]] = NOT_IP
    rows = rows[room]
    snap = (octets.u32(at[rows]) == 0xAAAA0300) & (octets.u16(at[rows] + 4) == 0)
    kind[rows] = np.where(snap, octets.u16(at[rows] + 6), NOT_IP)
    at[rows] += 8
