"""802.11 data frames (LINKTYPE 105).

Read: unencrypted data frames with LLC/SNAP (IEEE 802.11-2020 clause 9.2.4 and 9.3.2). Frames that the network encrypts are
counted as sealed. Not read: aggregated frames (A-MSDU), fragments of frames.
"""

from __future__ import annotations

import numpy as np

from vuoto.flows.columns import I64, Mask, Octets
from vuoto.flows.link import NOT_IP, SEALED, Link, Located
from vuoto.flows.shims import strip_shims

HEADER = 24
"""Frame control, duration, three addresses, sequence control."""


def locate(octets: Octets, start: I64, end: I64) -> Located:
    """See `Link.locate`."""
    ok = end - start >= 2
    return data_frames(octets, start.copy(), end, ok)


def data_frames(octets: Octets, at: I64, end: I64, ok: Mask) -> Located:
    """Follows the MAC header at `at` of the rows that are `ok` (two bytes are there). Arrays given are changed."""
    kind = np.full(len(at), NOT_IP, np.int64)
    rows = np.flatnonzero(ok)
    control, flags = octets.u8(at[rows]), octets.u8(at[rows] + 1)
    # Type 2 is data; bit 6 of the first byte marks the subtypes that carry none.
    data = (control & 0x0C == 0x08) & (control & 0x40 == 0)
    rows, control, flags = rows[data], control[data], flags[data]
    sealed = flags & 0x40 != 0
    kind[rows[sealed]] = SEALED
    rows, control, flags = rows[~sealed], control[~sealed], flags[~sealed]
    qos = control & 0x80 != 0
    size = HEADER + np.where(flags & 3 == 3, 6, 0) + np.where(qos, 2, 0) + np.where(qos & (flags & 0x80 != 0), 4, 0)
    at[rows] += size
    # A length stands for "LLC follows", as in 802.3.
    kind[rows] = 1
    ok[rows] &= at[rows] <= end[rows]
    return strip_shims(octets, at, end, kind, ok)


LINK = Link(linktypes=(105,), locate=locate)
