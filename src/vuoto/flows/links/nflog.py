"""Packets taken from Linux netfilter (LINKTYPE 239), the usual way to capture one app of an Android phone by its user id.

A header of four bytes (family, version, resource) and then attributes, each with a length and a type in the byte order of the
host, padded to four bytes; the attribute of type 9 holds the packet (https://www.tcpdump.org/linktypes/LINKTYPE_NFLOG.html).
Read: those of little-endian hosts.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from vuoto.flows.columns import I64, Octets
from vuoto.flows.link import Link, Located, kind_by_version

PAYLOAD: Final = 9
MAX_ATTRIBUTES: Final = 24
"""Attributes followed in one frame; the kernel defines 21."""


def locate(octets: Octets, start: I64, end: I64) -> Located:
    """See `Link.locate`."""
    at = start + 4
    found = np.zeros(len(start), np.bool_)
    ok = end - at >= 4
    rows = np.flatnonzero(ok)
    for _ in range(MAX_ATTRIBUTES):
        if not len(rows):
            break
        here = at[rows]
        size = octets.u8(here) | octets.u8(here + 1) << 8
        kind = octets.u8(here + 2) | octets.u8(here + 3) << 8
        hit = kind & 0x7FFF == PAYLOAD
        at[rows[hit]] += 4
        found[rows[hit]] = True
        # A length below that of its own header would never advance.
        on = ~hit & (size >= 4)
        rows = rows[on]
        at[rows] += (size[on] + 3) & ~3
        rows = rows[end[rows] - at[rows] >= 4]
    ok = found & (at < end)
    return Located(at, kind_by_version(octets, at, ok), ok)


LINK = Link(linktypes=(239,), locate=locate)
