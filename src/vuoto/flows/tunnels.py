"""IP packets inside IP packets: what a tunnel carries becomes conversations of its own, its outside does not.

Read: IP in IP (RFC 2003), IPv6 in IPv4 (RFC 4213), GRE version 0 (RFC 2784, RFC 2890) with IP, Ethernet or ERSPAN II inside, and
on their ports VXLAN (RFC 7348), Geneve (RFC 8926), GTP-U version 1 (3GPP TS 29.281) and Teredo (RFC 4380). Not read: L2TP, PPTP,
IPsec, WireGuard and other encrypted tunnels.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from vuoto.flows.columns import I64, Mask, Octets
from vuoto.flows.link import IPV4, IPV6, NOT_IP, Located, kind_by_version
from vuoto.flows.links.ethernet import locate as locate_ethernet
from vuoto.flows.network import Packets
from vuoto.flows.transport import UDP

IPIP, SIX_IN_FOUR, GRE = 4, 41, 47
BRIDGED: Final = 0x6558
"""EtherType of "an Ethernet frame follows" (RFC 1701)."""

ERSPAN: Final = 0x88BE
VXLAN_PORTS: Final = (4789, 8472)
"""IANA's, and the one Linux took before there was one."""

GENEVE_PORT: Final = 6081
GTP_PORT: Final = 2152
TEREDO_PORT: Final = 3544
MAX_GTP_EXTENSIONS: Final = 8
"""Extension headers followed in one GTP-U packet; TS 29.281 section 5.2 defines six."""

Inner = list[tuple[int, Packets]]


def open_tunnels(octets: Octets, packets: Packets) -> tuple[Inner, Packets]:
    """The packets that tunnels carry, each list with its EtherType, and the packets that are none."""
    inner: Inner = []
    opened = np.zeros(len(packets.rows), np.bool_)
    for protocol, kind in ((IPIP, IPV4), (SIX_IN_FOUR, IPV6)):
        mask = packets.protocol == protocol
        if mask.any():
            inner.append((kind, packets.where(mask)))
            opened |= mask
    gre = np.flatnonzero((packets.protocol == GRE) & (packets.end - packets.at >= 4))
    if len(gre):
        _open(octets, packets, gre, _gre(octets, packets.at[gre], packets.end[gre]), inner, opened)
    udp = np.flatnonzero((packets.protocol == UDP) & (packets.end - packets.at >= 16))
    if len(udp):
        source, destination = octets.u16(packets.at[udp]), octets.u16(packets.at[udp] + 2)
        for on_port, locate in (
            (np.isin(destination, VXLAN_PORTS), _vxlan),
            (destination == GENEVE_PORT, _geneve),
            (destination == GTP_PORT, _gtp),
            ((destination == TEREDO_PORT) | (source == TEREDO_PORT), _teredo),
        ):
            rows = udp[on_port]
            if len(rows):
                _open(octets, packets, rows, locate(octets, packets.at[rows] + 8, packets.end[rows]), inner, opened)
    return inner, packets.where(~opened)


def _open(octets: Octets, packets: Packets, rows: I64, located: Located, inner: Inner, opened: Mask) -> None:
    ok = located.ok & (located.at < packets.end[rows])
    # On a port alone anything may stand: what is opened must be the IP that it claims to be, and end where its outside does.
    ok &= (located.kind != NOT_IP) & (kind_by_version(octets, located.at, ok) == located.kind)
    ok &= packets.end[rows] - located.at >= np.where(located.kind == IPV4, 20, 40)
    some = np.flatnonzero(ok)
    at, v4 = located.at[some], located.kind[some] == IPV4
    length = octets.u16(np.where(v4, at + 2, at + 4)) + np.where(v4, 0, 40)
    ok[some] = (length <= packets.wire_end[rows[some]] - at) & (~v4 | (length >= 20) & (octets.u8(at) & 15 >= 5))
    for kind in (IPV4, IPV6):
        mine = ok & (located.kind == kind)
        if mine.any():
            which = rows[mine]
            inner.append((kind, packets.at_rows(which, located.at[mine])))
            opened[which] = True


def _gre(octets: Octets, at: I64, end: I64) -> Located:
    flags, kind = octets.u16(at), octets.u16(at + 2)
    numbered = flags >> 12 & 1
    start = at + 4 + 4 * ((flags >> 15 & 1) | (flags >> 14 & 1)) + 4 * (flags >> 13 & 1) + 4 * numbered
    ok = (flags & 7 == 0) & (start <= end)
    kind = np.where(ok, kind, NOT_IP)
    # Without a sequence number ERSPAN has no header of its own (type I).
    start = start + np.where((kind == ERSPAN) & (numbered == 1), 8, 0)
    return _bridged(octets, start, end, kind, np.isin(kind, (BRIDGED, ERSPAN)), ok & (start <= end))


def _vxlan(octets: Octets, at: I64, end: I64) -> Located:
    # Flags with the bit for a valid network identifier, and zeros where they must be (RFC 7348 section 5).
    ok = (octets.u32(at) == 0x08000000) & (octets.u8(at + 7) == 0)
    return _bridged(octets, at + 8, end, np.zeros(len(at), np.int64), ok, ok)


def _geneve(octets: Octets, at: I64, end: I64) -> Located:
    first, kind = octets.u8(at), octets.u16(at + 2)
    start = at + 8 + 4 * (first & 0x3F)
    ok = (first >> 6 == 0) & (start <= end)
    return _bridged(octets, start, end, kind, kind == BRIDGED, ok)


def _gtp(octets: Octets, at: I64, end: I64) -> Located:
    flags = octets.u8(at)
    # Version 1, protocol type GTP, message type G-PDU (TS 29.281 section 5.1).
    ok = (flags & 0xF0 == 0x30) & (octets.u8(at + 1) == 0xFF)
    start = at + 8 + np.where(flags & 7 != 0, 4, 0)
    ok &= start <= end
    todo = np.flatnonzero(ok & (flags & 4 != 0))
    for _ in range(MAX_GTP_EXTENSIONS):
        todo = todo[octets.u8(start[todo] - 1) != 0]
        fits = start[todo] < end[todo]
        ok[todo[~fits]] = False
        todo = todo[fits]
        if not len(todo):
            break
        size = 4 * octets.u8(start[todo])
        start[todo] += size
        fits = (size > 0) & (start[todo] <= end[todo])
        ok[todo[~fits]] = False
        todo = todo[fits]
    else:
        ok[todo] = False
    ok &= start < end
    return Located(start, kind_by_version(octets, start, ok), ok)


def _teredo(octets: Octets, at: I64, end: I64) -> Located:
    # An origin indication of 8 bytes may stand in front (RFC 4380 section 5.1.1).
    start = at + np.where(octets.u16(at) == 0, 8, 0)
    ok = end - start >= 40
    kind = kind_by_version(octets, start, ok)
    fits = np.flatnonzero(ok)
    ok[fits] = octets.u16(start[fits] + 4) + 40 <= end[fits] - start[fits]
    return Located(start, np.where(kind == IPV6, IPV6, NOT_IP), ok)


def _bridged(octets: Octets, start: I64, end: I64, kind: I64, bridged: Mask, ok: Mask) -> Located:
    """IP at `start`, or an Ethernet frame in the rows of `bridged`."""
    at, kind, ok = start.copy(), kind.copy(), ok.copy()
    rows = np.flatnonzero(bridged & ok)
    if len(rows):
        found = locate_ethernet(octets, start[rows], end[rows])
        at[rows], kind[rows], ok[rows] = found.at, found.kind, found.ok
    kind[(kind != IPV4) & (kind != IPV6)] = NOT_IP
    return Located(at, kind, ok & (at < end))
