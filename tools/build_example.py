#!/usr/bin/env python3
"""Builds `examples/nokia-7-plus.*`: the packets of the incident within an hour of everyday traffic. The same bytes each time.

    python tools/build_example.py            writes the files
    python tools/build_example.py --check    says whether the files are what this tool writes

Every identifier is synthetic: a test TAC, the test network 001-01, a locally administered MAC, `example` hosts and documentation
addresses, but for the incident's own public facts (the host, its address, the wire format).
"""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime
from pathlib import Path

import incident
import packets
from packets import Frame, TcpConversation

HERE = Path(__file__).resolve().parent.parent / "examples"
PHONE = "192.168.10.23"
ROUTER = "192.168.10.1"
START = datetime(2019, 2, 20, 6, 30, 0, tzinfo=UTC)
SECOND = 1_000_000_000

TLS_HOSTS = (  # host, address, TLS 1.3, seconds after the start, bytes up, bytes down
    ("mail.example.com", "192.0.2.25", True, 95, 2_100, 18_000),
    ("telemetry.example.test", "198.51.100.40", True, 130, 1_450, 600),
    ("news.example.org", "203.0.113.80", False, 420, 1_900, 64_000),
    ("cdn.example.net", "198.51.100.7", True, 425, 900, 140_000),
    ("weather.example.com", "192.0.2.61", True, 1_260, 700, 5_200),
    ("telemetry.example.test", "198.51.100.40", True, 1_935, 1_450, 600),
    ("chat.example.org", "203.0.113.5", True, 2_400, 5_300, 7_900),
    ("mail.example.com", "192.0.2.25", True, 3_300, 1_600, 9_500),
)

DEVICE = f"""# What the owner of this phone knows of it. Synthetic, all of it.
country = "NO"

imei = ["{incident.IMEI1}", "{incident.IMEI2}"]
imsi = "{incident.IMSI}"
iccid = "{incident.ICCID}"
mac_address = "{incident.MAC}"
"""

DECLARATION = """# What the maker of this phone says it does. An example, nobody's real declaration.
schema = "vuoto.declaration/1"
version = "2019-02-01"

[controller]
name = "Example Mobile Oy"
country = "FI"
contact = "privacy@example.test"
authority = "FI"

[recipients.telemetry]
name = "Example Mobile Oy, telemetry"
hosts = ["telemetry.example.test"]
country = "FI"
role = "controller"

[processing.activation]
title = { en = "Warranty activation", fi = "Takuun aktivointi" }
purpose = "Start the warranty and identify the right update for the device variant"
legal_basis = "contract"
data = ["imei", "device_model", "os_build"]
recipients = ["telemetry"]
retention = "P2Y"
opt_out = false
events = ["activation"]
"""


def _at(seconds: float) -> int:
    return int(START.timestamp()) * SECOND + int(seconds * SECOND)


def _look_up(name: str, address: str, seconds: float, ident: int) -> list[Frame]:
    port = 30_000 + ident
    query = packets.udp_packet(PHONE, port, ROUTER, 53, packets.dns_query(ident, name))
    answer = packets.udp_packet(ROUTER, 53, PHONE, port, packets.dns_answer(ident, name, [address]))
    return [
        Frame(_at(seconds), packets.ethernet(query)),
        Frame(_at(seconds) + 14_000_000, packets.ethernet(answer, src="02:00:5e:10:00:02", dst="02:00:5e:10:00:01")),
    ]


def _everyday(rng: random.Random) -> list[Frame]:
    frames: list[Frame] = []
    for i, (host, address, tls13, seconds, up, down) in enumerate(TLS_HOSTS):
        frames += _look_up(host, address, seconds, 100 + i)
        talk = TcpConversation((PHONE, 41_000 + i), (address, 443), _at(seconds + 0.1), client_seq=rng.getrandbits(31)).open()
        talk.send(packets.client_hello(host, rng, tls13=tls13)).receive(packets.server_hello(rng, tls13=tls13))
        talk.receive(packets.application_data(rng, 3_000)).send(packets.application_data(rng, up))
        frames += talk.receive(packets.application_data(rng, down)).close().frames
    frames += _look_up("connectivitycheck.example.net", "198.51.100.99", 2.0, 90)
    check = TcpConversation((PHONE, 40_500), ("198.51.100.99", 80), _at(2.1), client_seq=77_000).open()
    check.send(
        b"GET /generate_204 HTTP/1.1\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
        b"Host: connectivitycheck.example.net\r\nConnection: close\r\nAccept-Encoding: gzip\r\n\r\n"
    )
    frames += check.receive(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").close().frames
    for hour in (5.0, 1_805.0, 3_500.0):
        ask = b"\x23" + b"\0" * 39 + (2_208_988_800 + int(START.timestamp() + hour)).to_bytes(4, "big") + rng.randbytes(4)
        tell = b"\x24\x02\x06\xec" + rng.randbytes(44)
        frames.append(Frame(_at(hour), packets.ethernet(packets.udp_packet(PHONE, 38_123, "203.0.113.123", 123, ask))))
        frames.append(Frame(_at(hour + 0.03), packets.ethernet(packets.udp_packet("203.0.113.123", 123, PHONE, 38_123, tell))))
    for minute in (1, 11, 31, 51):
        query = packets.dns_query(0, "_googlecast._tcp.local", qtype=12)
        frame = packets.ethernet(packets.udp_packet(PHONE, 5353, "224.0.0.251", 5353, query), dst="01:00:5e:00:00:fb")
        frames.append(Frame(_at(minute * 60), frame))
    return frames


def _activation() -> list[Frame]:
    """Boot at START, the client wakes 60 s later; the answer is not "0", so it sends the same body again, twice."""
    frames = _look_up(incident.HOST, incident.ADDRESS, 61.0, 200)
    for i, seconds in enumerate((61.2, 661.2, 1_261.2)):
        note = "activation client, 60 s after boot" if i == 0 else f"the same body again, retry {i}"
        talk = TcpConversation((PHONE, 42_300 + i), (incident.ADDRESS, 80), _at(seconds), 140_000_000, 9_000 + i, 88_000).open()
        frames += talk.send(incident.request("C"), comment=note).receive(incident.answer()).close().frames
    return frames


def files() -> dict[str, bytes]:
    """The example's files by name."""
    rng = random.Random(20190220)  # noqa: S311 - repeatable filler, no secret
    frames = sorted(_everyday(rng) + _activation(), key=lambda f: f.time_ns)
    capture = packets.pcapng(
        frames,
        comment="Synthetic: the wire format of 2019 with identifiers of nobody",
        hardware="built by tools/build_example.py",
    )
    return {
        "nokia-7-plus.pcapng": capture,
        "nokia-7-plus.device.toml": DEVICE.encode(),
        "nokia-7-plus.declaration.toml": DECLARATION.encode(),
    }


def main() -> int:
    """Write the files, or compare them."""
    stale = []
    for name, data in files().items():
        path = HERE / name
        if "--check" in sys.argv:
            if not path.exists() or path.read_bytes() != data:
                stale.append(name)
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
            print(f"examples/{name}: {len(data):,} bytes")
    if stale:
        print(f"stale: {', '.join(stale)}; run tools/build_example.py")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
