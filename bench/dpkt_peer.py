#!/usr/bin/env python3
"""What a Python programmer would write first: dpkt, reassembly by sequence number, one regular expression.."""

import re
import sys
from collections import defaultdict
from pathlib import Path

import dpkt

LOOKS_LIKE_IMEI = re.compile(rb"(?<!\d)\d{15}(?!\d)")

streams: dict[tuple[bytes, int, bytes, int], list[tuple[int, bytes]]] = defaultdict(list)
with Path(sys.argv[1]).open("rb") as file:
    for _, frame in dpkt.pcap.Reader(file):
        packet = dpkt.ethernet.Ethernet(frame).data
        if isinstance(packet, dpkt.ip.IP) and isinstance(packet.data, dpkt.tcp.TCP) and packet.data.data:
            segment = packet.data
            streams[packet.src, segment.sport, packet.dst, segment.dport].append((segment.seq, bytes(segment.data)))
found = sum(len(LOOKS_LIKE_IMEI.findall(b"".join(data for _, data in sorted(segments)))) for segments in streams.values())
print(found)
