#!/usr/bin/env python3
"""Makes captures to measure with. The same arguments give the same bytes.

    python bench/traffic.py mixed OUT.pcap --size 1000      1,000 MB: 70 % TLS, 25 % HTTP/1, DNS; 300 conversations at a time
    python bench/traffic.py requests OUT.pcap --count 100000    HTTP requests with JSON bodies

Checksums are left zero, as a capture made on the sending machine has them; no reader here verifies them.
"""

from __future__ import annotations

import argparse
import json
import random
import socket
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))

import packets

MSS = 1400
CONCURRENT = 300
PHONE = socket.inet_aton("192.168.10.23")
ROUTER = socket.inet_aton("192.168.10.1")
ETHERNET = bytes.fromhex("02005e10000202005e1000010800")
TCP = struct.Struct("!BBHHHBBH4s4sHHIIBBHHH")
UDP = struct.Struct("!BBHHHBBH4s4sHHHH")
START_NS = 1_550_000_000_000_000_000


def tcp(src: bytes, dst: bytes, sport: int, dport: int, seq: int, ack: int, flags: int, payload: bytes) -> bytes:
    """One frame with a TCP segment."""
    size = 40 + len(payload)
    head = TCP.pack(0x45, 0, size, 0, 0x4000, 64, 6, 0, src, dst, sport, dport, seq, ack, 0x50, flags, 65535, 0, 0)
    return ETHERNET + head + payload


def udp(src: bytes, dst: bytes, sport: int, dport: int, payload: bytes) -> bytes:
    """One frame with a UDP datagram."""
    size = 28 + len(payload)
    return ETHERNET + UDP.pack(0x45, 0, size, 0, 0x4000, 64, 17, 0, src, dst, sport, dport, size - 20, 0) + payload


def talk(server: bytes, sport: int, dport: int, turns: list[tuple[bool, bytes]]) -> Iterator[bytes]:
    """The frames of a TCP conversation; `turns` are `(from the client, bytes)`."""
    seq = {True: sport * 7919 & 0xFFFFFFF, False: sport * 104729 & 0xFFFFFFF}

    def frame(out: bool, flags: int, payload: bytes = b"") -> bytes:
        ends = (PHONE, server, sport, dport) if out else (server, PHONE, dport, sport)
        made = tcp(*ends, seq[out], seq[not out], flags, payload)
        seq[out] = (seq[out] + len(payload) + (flags & 3 != 0)) & 0xFFFFFFFF
        return made

    yield frame(True, 2)
    yield frame(False, 18)
    yield frame(True, 16)
    for out, data in turns:
        for n, at in enumerate(range(0, len(data), MSS)):
            yield frame(out, 24, data[at : at + MSS])
            if n % 4 == 3:
                yield frame(not out, 16)
        yield frame(not out, 16)
    yield frame(True, 17)
    yield frame(False, 17)
    yield frame(True, 16)


def json_request(rng: random.Random, number: int) -> bytes:
    """An HTTP request as an app's telemetry sends it: ten headers, a JSON body of some twenty members."""
    body = json.dumps(
        {
            "event": rng.choice(("open", "scroll", "purchase", "close")),
            "seq": number,
            "ts": 1_550_000_000_000 + number * 37,
            "session": f"{rng.getrandbits(128):032x}",
            "order": str(rng.randrange(10**14, 10**15)),
            "device": {"model": "Nokia 7 plus", "os": "8.1.0", "locale": "nb_NO", "density": 2.625, "cores": 8},
            "app": {"package": "com.example.shop", "version": "4.12.1", "build": 41201},
            "battery": rng.randrange(100),
            "network": "wifi",
            "items": [{"id": rng.randrange(10**6), "price": round(rng.random() * 100, 2)} for _ in range(3)],
            "text": "Lorem ipsum dolor sit amet, consectetur adipiscing elit",
            **({"advertising_id": "7f4c2a10-9b5e-4d63-8a21-0e6f5d3c1b99"} if number % 10 == 0 else {}),
        }
    ).encode()
    head = (
        f"POST /v2/collect?n={number} HTTP/1.1\r\nHost: c{number % 40}.example.com\r\nConnection: Keep-Alive\r\n"
        "User-Agent: Dalvik/2.1.0 (Linux; U; Android 8.1.0; Nokia 7 plus Build/OPR1.170623.026)\r\n"
        "Accept: application/json\r\nAccept-Encoding: gzip\r\nAccept-Language: nb-NO\r\nX-Request-Id: "
        f"{rng.getrandbits(64):016x}\r\nCache-Control: no-cache\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def conversation(rng: random.Random, number: int, noise: bytes, page: bytes) -> Iterator[bytes]:
    """One conversation of a phone: a look-up, then TLS (70 of 95 bytes) or HTTP (25 of 95)."""
    server = bytes([198, 18 + number % 2, number >> 8 & 255, number & 255])
    sport = 20_000 + number % 40_000
    host = f"h{number % 997}.example.net"
    yield udp(PHONE, ROUTER, sport, 53, packets.dns_query(number & 0xFFFF, host))
    yield udp(ROUTER, PHONE, 53, sport, packets.dns_answer(number & 0xFFFF, host, [socket.inet_ntoa(server)]))

    def some(most: int) -> bytes:
        size = rng.randrange(most // 4, most)
        at = rng.randrange(len(noise) - size)
        return b"".join(
            b"\x17\x03\x03"
            + struct.pack("!H", len(noise[i : min(i + 16_000, at + size)]))
            + noise[i : min(i + 16_000, at + size)]
            for i in range(at, at + size, 16_000)
        )

    if rng.random() < 0.737:
        turns = [(True, packets.client_hello(host, rng)), (False, packets.server_hello(rng) + some(4_000))]
        for _ in range(rng.randrange(1, 4)):
            turns += [(True, some(4_000)), (False, some(160_000))]
        yield from talk(server, sport, 443, turns)
        return
    turns = []
    for _ in range(rng.randrange(1, 4)):
        size = rng.randrange(20_000, 160_000)
        turns.append((True, json_request(rng, number)))
        turns.append(
            (False, f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {size}\r\n\r\n".encode() + page[:size])
        )
    yield from talk(server, sport, 80, turns)


def mixed(out: BinaryIO, size: int, *, seed: int = 1) -> None:
    """Mixed traffic of about `size` bytes, `CONCURRENT` conversations at a time."""
    rng = random.Random(seed)
    noise = rng.randbytes(4 << 20)
    page = (b"<html><body>" + b"<p>Some words of a page that a phone reads, again and again.</p>\n" * 3_000)[:200_000]
    number = CONCURRENT
    open_now = [conversation(rng, n, noise, page) for n in range(CONCURRENT)]
    written, time_ns = 24, START_NS
    out.write(packets.pcap([]))
    while written < size:
        at = rng.randrange(CONCURRENT)
        for _ in range(rng.randrange(1, 6)):
            data = next(open_now[at], None)
            if data is None:
                open_now[at] = conversation(rng, number, noise, page)
                number += 1
                break
            time_ns += 40_000
            written += write(out, time_ns, data)


def requests(out: BinaryIO, count: int, *, seed: int = 2) -> None:
    """`count` HTTP requests with JSON bodies, 25 to a conversation."""
    rng = random.Random(seed)
    out.write(packets.pcap([]))
    time_ns = START_NS
    answer = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"
    for first in range(0, count, 25):
        turns = [t for n in range(first, min(first + 25, count)) for t in ((True, json_request(rng, n)), (False, answer))]
        number = first // 25
        server = bytes([198, 18, number >> 8 & 255, number & 255])
        for data in talk(server, 20_000 + number % 40_000, 80, turns):
            time_ns += 40_000
            write(out, time_ns, data)


def write(out: BinaryIO, time_ns: int, data: bytes) -> int:
    """One record; gives its size."""
    out.write(struct.pack("<IIII", time_ns // 1_000_000_000, time_ns % 1_000_000_000 // 1000, len(data), len(data)) + data)
    return 16 + len(data)


def main() -> None:
    """Write the capture that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("mixed", "requests"))
    parser.add_argument("out", type=Path)
    parser.add_argument("--size", type=int, default=1000, help="megabytes (10^6) of mixed traffic")
    parser.add_argument("--count", type=int, default=100_000, help="requests")
    arguments = parser.parse_args()
    with arguments.out.open("wb") as out:
        if arguments.what == "mixed":
            mixed(out, arguments.size * 1_000_000)
        else:
            requests(out, arguments.count)


if __name__ == "__main__":
    main()
