"""Community ID v1, seed 0: one name for a conversation in Zeek, Suricata, PiRogue and here.

Source: https://github.com/corelight/community-id-spec.
"""

from __future__ import annotations

import base64
import hashlib
import struct

SEED = struct.pack("!H", 0)


def community_id(a: bytes, a_port: int, b: bytes, b_port: int, protocol: int) -> str:
    """The id for two ends; addresses are packed, and the order of the ends does not matter."""
    if (a, a_port) > (b, b_port):
        a, a_port, b, b_port = b, b_port, a, a_port
    data = SEED + a + b + struct.pack("!BBHH", protocol, 0, a_port, b_port)
    return "1:" + base64.b64encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()
