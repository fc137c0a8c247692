"""Builds captures byte for byte: link, network and transport headers, TCP conversations, TLS hellos, DNS, pcap and pcapng.

Used by the example, the bench and the tests. Everything is deterministic: the same arguments give the same bytes.
Sources: RFC 791, RFC 8200, RFC 9293, RFC 768, RFC 1035, RFC 8446, draft-ietf-opsawg-pcapng.
"""

from __future__ import annotations

import ipaddress
import random
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
MTU_PAYLOAD = 1400


class Frame(NamedTuple):
    """One frame and its time in nanoseconds since 1970 UTC."""

    time_ns: int
    data: bytes
    comment: str = ""


def checksum(data: bytes) -> int:
    """The Internet checksum of RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def mac_bytes(mac: str) -> bytes:
    """Six octets of `02:00:5e:10:00:01`."""
    return bytes.fromhex(mac.replace(":", ""))


def ip_packet(src: str, dst: str, protocol: int, payload: bytes, *, ident: int = 0) -> bytes:
    """An IPv4 or IPv6 packet around `payload`, by the family of the addresses."""
    a, b = ipaddress.ip_address(src), ipaddress.ip_address(dst)
    if a.version == 4:
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), ident, 0x4000, 64, protocol, 0, a.packed, b.packed)
        return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload
    return struct.pack("!IHBB16s16s", 0x6 << 28, len(payload), protocol, 64, a.packed, b.packed) + payload


def ethernet(packet: bytes, *, src: str = "02:00:5e:10:00:01", dst: str = "02:00:5e:10:00:02") -> bytes:
    """An Ethernet II frame around an IP packet."""
    ethertype = 0x0800 if packet[0] >> 4 == 4 else 0x86DD
    return mac_bytes(dst) + mac_bytes(src) + struct.pack("!H", ethertype) + packet


def _pseudo(src: str, dst: str, protocol: int, length: int) -> bytes:
    a, b = ipaddress.ip_address(src), ipaddress.ip_address(dst)
    if a.version == 4:
        return a.packed + b.packed + struct.pack("!BBH", 0, protocol, length)
    return a.packed + b.packed + struct.pack("!I3xB", length, protocol)


def udp_packet(src: str, sport: int, dst: str, dport: int, payload: bytes) -> bytes:
    """An IP packet holding one UDP datagram, checksum set."""
    length = 8 + len(payload)
    head = struct.pack("!HHHH", sport, dport, length, 0)
    check = checksum(_pseudo(src, dst, 17, length) + head + payload) or 0xFFFF
    return ip_packet(src, dst, 17, head[:6] + struct.pack("!H", check) + payload)


def tcp_packet(src: str, sport: int, dst: str, dport: int, seq: int, ack: int, flags: int, payload: bytes = b"") -> bytes:
    """An IP packet holding one TCP segment, checksum set."""
    head = struct.pack("!HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, 5 << 4, flags, 65535, 0, 0)
    check = checksum(_pseudo(src, dst, 6, len(head) + len(payload)) + head + payload)
    return ip_packet(src, dst, 6, head[:16] + struct.pack("!H", check) + head[18:] + payload)


@dataclass
class TcpConversation:
    """Writes both sides of a TCP conversation, frame after frame, with a clock that moves by `step_ns` per frame."""

    client: tuple[str, int]
    server: tuple[str, int]
    time_ns: int
    step_ns: int = 12_000_000
    client_seq: int = 1_000_000
    server_seq: int = 5_000_000
    frames: list[Frame] = field(default_factory=list)

    def _emit(self, *, out: bool, flags: int, payload: bytes = b"", comment: str = "") -> None:
        a, b = (self.client, self.server) if out else (self.server, self.client)
        seq, ack = (self.client_seq, self.server_seq) if out else (self.server_seq, self.client_seq)
        packet = tcp_packet(*a, *b, seq, ack if flags & ACK else 0, flags, payload)
        self.frames.append(Frame(self.time_ns, ethernet(packet), comment))
        self.time_ns += self.step_ns
        moved = len(payload) + (1 if flags & (SYN | FIN) else 0)
        if out:
            self.client_seq += moved
        else:
            self.server_seq += moved

    def open(self) -> TcpConversation:
        """The three-way handshake."""
        self._emit(out=True, flags=SYN)
        self._emit(out=False, flags=SYN | ACK)
        self._emit(out=True, flags=ACK)
        return self

    def send(self, data: bytes, *, comment: str = "") -> TcpConversation:
        """`data` from the client, acknowledged."""
        return self._data(data, out=True, comment=comment)

    def receive(self, data: bytes) -> TcpConversation:
        """`data` from the server, acknowledged."""
        return self._data(data, out=False)

    def _data(self, data: bytes, *, out: bool, comment: str = "") -> TcpConversation:
        for at in range(0, len(data), MTU_PAYLOAD):
            self._emit(out=out, flags=PSH | ACK, payload=data[at : at + MTU_PAYLOAD], comment=comment if at == 0 else "")
        self._emit(out=not out, flags=ACK)
        return self

    def close(self) -> TcpConversation:
        """FIN from the client, FIN from the server, last ACK."""
        self._emit(out=True, flags=FIN | ACK)
        self._emit(out=False, flags=FIN | ACK)
        self._emit(out=True, flags=ACK)
        return self


def dns_name(name: str) -> bytes:
    """A domain name in wire format, uncompressed."""
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def dns_query(ident: int, name: str, *, qtype: int = 1) -> bytes:
    """A recursive query for one name."""
    return struct.pack("!HHHHHH", ident, 0x0100, 1, 0, 0, 0) + dns_name(name) + struct.pack("!HH", qtype, 1)


def dns_answer(ident: int, name: str, addresses: Sequence[str], *, ttl: int = 300) -> bytes:
    """The answer to `dns_query`, with a compression pointer to the question as servers write it."""
    packed = [ipaddress.ip_address(a).packed for a in addresses]
    qtype = 28 if packed and len(packed[0]) == 16 else 1
    head = struct.pack("!HHHHHH", ident, 0x8180, 1, len(packed), 0, 0) + dns_name(name) + struct.pack("!HH", qtype, 1)
    return head + b"".join(struct.pack("!HHHIH", 0xC00C, qtype, 1, ttl, len(a)) + a for a in packed)


def _extension(number: int, body: bytes) -> bytes:
    return struct.pack("!HH", number, len(body)) + body


def client_hello(host: str, rng: random.Random, *, tls13: bool = True, alpn: Sequence[str] = ("h2", "http/1.1")) -> bytes:
    """A TLS record holding a ClientHello as Android's BoringSSL lays it out (RFC 8446 §4.1.2), without GREASE."""
    name = host.encode()
    protocols = b"".join(bytes([len(p)]) + p.encode() for p in alpn)
    extensions = _extension(0, struct.pack("!HBH", len(name) + 3, 0, len(name)) + name)
    extensions += _extension(23, b"") + _extension(65281, b"\0")
    extensions += _extension(10, bytes.fromhex("0006001d00170018")) + _extension(11, b"\x01\x00") + _extension(35, b"")
    extensions += _extension(16, struct.pack("!H", len(protocols)) + protocols)
    extensions += _extension(13, bytes.fromhex("001004030804040105030805050108060601"))
    ciphers = bytes.fromhex("c02bc02fc02cc030cca9cca8c013c014009c009d002f0035")
    if tls13:
        ciphers = bytes.fromhex("130113021303") + ciphers
        extensions += _extension(51, bytes.fromhex("0024001d0020") + rng.randbytes(32))
        extensions += _extension(45, b"\x01\x01") + _extension(43, bytes.fromhex("0403040303"))
    body = b"\x03\x03" + rng.randbytes(32) + b"\x20" + rng.randbytes(32)
    body += struct.pack("!H", len(ciphers)) + ciphers + b"\x01\x00" + struct.pack("!H", len(extensions)) + extensions
    return _handshake(1, body, version=b"\x03\x01")


def server_hello(rng: random.Random, *, tls13: bool = True) -> bytes:
    """A TLS record holding the ServerHello that answers `client_hello`."""
    extensions = _extension(23, b"")
    if tls13:
        extensions = _extension(51, bytes.fromhex("001d0020") + rng.randbytes(32)) + _extension(43, b"\x03\x04")
    cipher = b"\x13\x01" if tls13 else b"\xc0\x2f"
    body = b"\x03\x03" + rng.randbytes(32) + b"\x20" + rng.randbytes(32) + cipher + b"\0"
    return _handshake(2, body + struct.pack("!H", len(extensions)) + extensions, version=b"\x03\x03")


def _handshake(kind: int, body: bytes, *, version: bytes) -> bytes:
    message = bytes([kind]) + len(body).to_bytes(3, "big") + body
    return b"\x16" + version + struct.pack("!H", len(message)) + message


def application_data(rng: random.Random, size: int) -> bytes:
    """TLS records that hold `size` bytes nobody can read."""
    out = bytearray()
    while size > 0:
        part = min(size, 16_000)
        out += b"\x17\x03\x03" + struct.pack("!H", part) + rng.randbytes(part)
        size -= part
    return bytes(out)


def pcap(frames: Iterable[Frame], *, linktype: int = 1, nanoseconds: bool = False, big_endian: bool = False) -> bytes:
    """A classic capture file."""
    order = ">" if big_endian else "<"
    unit = 1 if nanoseconds else 1000
    out = bytearray(struct.pack(order + "IHHiIII", 0xA1B23C4D if nanoseconds else 0xA1B2C3D4, 2, 4, 0, 0, 262144, linktype))
    for frame in frames:
        seconds, rest = divmod(frame.time_ns, 1_000_000_000)
        out += struct.pack(order + "IIII", seconds, rest // unit, len(frame.data), len(frame.data)) + frame.data
    return bytes(out)


def pcapng(frames: Iterable[Frame], *, linktype: int = 1, comment: str = "", hardware: str = "") -> bytes:
    """A next-generation capture file: one section, one interface, nanoseconds, comments on frames."""
    section = (_option(1, comment) if comment else b"") + (_option(2, hardware) if hardware else b"")
    out = bytearray(_block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + _options(section)))
    out += _block(1, struct.pack("<HHI", linktype, 0, 262144) + _options(_option(2, "wlan0") + struct.pack("<HHB3x", 9, 1, 9)))
    for frame in frames:
        size = len(frame.data)
        head = struct.pack("<IIIII", 0, frame.time_ns >> 32, frame.time_ns & 0xFFFFFFFF, size, size)
        out += _block(6, head + frame.data + b"\0" * (-size % 4) + _options(_option(1, frame.comment) if frame.comment else b""))
    return bytes(out)


def _option(code: int, text: str) -> bytes:
    data = text.encode()
    return struct.pack("<HH", code, len(data)) + data + b"\0" * (-len(data) % 4)


def _options(options: bytes) -> bytes:
    return options + struct.pack("<HH", 0, 0) if options else b""


def _block(kind: int, body: bytes) -> bytes:
    size = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + size + body + size
