"""The plug-in type of the room: a link layer says where, in each frame, the network layer begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from vuoto.flows.columns import I64, Mask, Octets

IPV4: Final = 0x0800
"""EtherType of IPv4."""

IPV6: Final = 0x86DD
"""EtherType of IPv6."""

NOT_IP: Final = 0
"""Kind of a frame that carries no IP (ARP, LLDP, a Wi-Fi beacon): nothing is missing, there is nothing to read."""

SEALED: Final = -1
"""Kind of a frame that the link layer itself encrypts (a protected 802.11 frame)."""


@dataclass(frozen=True, slots=True)
class Located:
    """Where the network layer begins. All columns have one row per frame."""

    at: I64
    """Offset in the window of the first byte of the network layer."""

    kind: I64
    """EtherType of what stands there, `NOT_IP` or `SEALED`."""

    ok: Mask
    """False where the captured bytes end before the network layer begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link layer."""

    linktypes: tuple[int, ...]
    """LINKTYPE_ numbers it reads (https://www.tcpdump.org/linktypes.html)."""

    locate: Callable[[Octets, I64, I64], Located]
    """`locate(octets, start, end)`: offsets of each frame's first captured byte and the one after its last. Never raises for
    any bytes as long as `end <= len(octets.data)`."""


def kind_by_version(octets: Octets, at: I64, ok: Mask) -> I64:
    """IPv4 or IPv6 by the version nibble, where nothing else says which: `NOT_IP` for other nibbles and rows that are not ok."""
    kind = np.zeros(len(at), np.int64)
    version = octets.u8(at[ok]) >> 4
    kind[ok] = np.where(version == 4, IPV4, np.where(version == 6, IPV6, NOT_IP))
    return kind
