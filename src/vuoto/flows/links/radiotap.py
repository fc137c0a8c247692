"""802.11 behind a radiotap header (LINKTYPE 127), as Wi-Fi cards in monitor mode give it (https://www.radiotap.org).

The header's own length stands little-endian in its third and fourth byte. Its fields are not read, so the padding that some cards
put behind the MAC header (flag 0x20) is not known: such frames are not read.
"""

from __future__ import annotations

import numpy as np

from vuoto.flows.columns import I64, Octets
from vuoto.flows.link import Link, Located
from vuoto.flows.links.ieee80211 import data_frames


def locate(octets: Octets, start: I64, end: I64) -> Located:
    """See `Link.locate`."""
    ok = end - start >= 4
    at = start.copy()
    rows = np.flatnonzero(ok)
    at[rows] += octets.u8(start[rows] + 2) | octets.u8(start[rows] + 3) << 8
    ok &= end - at >= 2
    return data_frames(octets, at, end, ok)


LINK = Link(linktypes=(127,), locate=locate)
