"""Every door through which foreign bytes come, as a function of bytes. It may refuse them with an `InputError`; nothing else.

Used by the coverage-guided fuzzer (`fuzz/fuzz_doors.py`) and, without it, by a property test over random bytes.
"""

from __future__ import annotations

import contextlib
import io
import struct
from collections.abc import Callable
from functools import cache
from typing import BinaryIO, Final

from vuoto import declarations, disclosures, payloads, recipients
from vuoto.audit import Question, Source, audit
from vuoto.errors import InputError
from vuoto.facts.builds import ReadBuild
from vuoto.facts.messages import Message, Section
from vuoto.firmware import provenance
from vuoto.firmware.building import read_build
from vuoto.firmware.code import examine, read_dexes
from vuoto.firmware.content import BytesBlob
from vuoto.firmware.index import open_index, write_packed
from vuoto.firmware.layouts.bsdiff import BrokenPatchError, apply_patch
from vuoto.firmware.layouts.imgdiff import apply_image_patch
from vuoto.firmware.layouts.transfer_list import BrokenListError, read_list, written_partition
from vuoto.firmware.packages.code_files import code_in, read_code_file
from vuoto.reports import render

Door = Callable[[bytes], None]


@cache
def _registers() -> recipients.Registers:
    return recipients.load_registers()


def _spool() -> BinaryIO:
    return io.BytesIO()


def _audit(data: bytes, name: str) -> None:
    document = audit([Source(name, io.BytesIO(data))], Question(registers=_registers(), spool=_spool))
    for format_ in ("json", "csv", "sarif", "terminal", "html"):
        render(document, format_)


def _frames(payloads_of: list[bytes], head: bytes) -> bytes:
    """A capture whose frames are `head` and what follows, a millisecond apart."""
    out = bytearray(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
    for n, rest in enumerate(payloads_of):
        frame = head + rest
        out += struct.pack("<IIII", 1_550_644_200, n * 1000, len(frame), len(frame)) + frame
    return bytes(out)


def capture(data: bytes) -> None:
    """A whole file, as a user hands it in."""
    with contextlib.suppress(InputError):
        _audit(data, "capture")


def frames(data: bytes) -> None:
    """Ethernet frames; the first byte of each piece says its length."""
    pieces: list[bytes] = []
    at = 0
    while at < len(data) and len(pieces) < 64:
        size = data[at] * 4
        pieces.append(data[at + 1 : at + 1 + size])
        at += 1 + size
    _audit(_frames(pieces, b""), "frames")


def datagram(data: bytes) -> None:
    """The payload of a UDP datagram to a port that the first byte chooses: DNS, mDNS, QUIC, NTP, something of its own."""
    port = (53, 5353, 443, 123, 1900, 5060, 5000, 9999)[data[0] % 8] if data else 53
    body = data[1:60_000]
    udp = struct.pack("!HHHH", 40_000, port, 8 + len(body), 0) + body
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, b"\xc0\xa8\x0a\x17", b"\xc6\x33\x64\x07")
    _audit(_frames([ip + udp], bytes.fromhex("02005e10000202005e1000010800")), "datagram")


def stream(data: bytes) -> None:
    """What the client says over TCP: HTTP, TLS, or anything."""
    port = (80, 443, 53, 25, 7000, 1883)[data[0] % 6] if data else 80
    segments = []
    for at in range(1, min(len(data), 200_000), 1400):
        piece = data[at : at + 1400]
        tcp = struct.pack("!HHIIBBHHH", 40_000, port, 1 + at, 1, 0x50, 24, 65535, 0, 0) + piece
        head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0, b"\xc0\xa8\x0a\x17", b"\xc6\x33\x64\x07")
        segments.append(head + tcp)
    _audit(_frames(segments, bytes.fromhex("02005e10000202005e1000010800")), "stream")


def body(data: bytes) -> None:
    """The body of a message, whatever it is, and the way back from each part."""
    message = Message(
        flow=0, protocol="http/1.1", time_ns=0, sections=(Section(label="request body", name="", data=data, offset=0),)
    )
    for part in payloads.unwrap(message).parts:
        offset, length = payloads.locate(part)
        assert 0 <= offset <= offset + length <= len(part.layer.data)


def declaration(data: bytes) -> None:
    """A declaration."""
    with contextlib.suppress(InputError):
        read = declarations.read_declaration(data, "privacy.toml")
        for format_ in declarations.EXPORTS:
            declarations.export(read, format_)


def profile(data: bytes) -> None:
    """A device profile."""
    with contextlib.suppress(InputError):
        disclosures.prepare_search(disclosures.read_profile(data, "device.toml"))


def networks(data: bytes) -> None:
    """A user's own register of networks."""
    with contextlib.suppress(InputError):
        registers = recipients.load_registers(data, "own.mmdb")
        recipients.identify_recipients([("www.example.com", "198.51.100.7"), (None, "2001:db8::1")], registers)


def firmware_image(data: bytes) -> None:
    """A build: an image, an archive, a partition."""
    with contextlib.suppress(InputError):
        read_build(BytesBlob(data), "image")


def package(data: bytes) -> None:
    """An APK, JAR or APEX."""
    read_build(BytesBlob(data), "package.apk")


def vdex(data: bytes) -> None:
    """Code beside a package: VDEX, OAT, ODEX."""
    found, _ = code_in(data, "a.vdex")
    examine([dex for file in found for dex in read_dexes(file.data, file.path)])


def native(data: bytes) -> None:
    """A program or library."""
    read_code_file(BytesBlob(data), "bin/program")


def transfer_list(data: bytes) -> None:
    """The list of a block-based OTA, carried out on an old partition."""
    with contextlib.suppress(BrokenListError):
        made = written_partition(read_list(data), BytesBlob(data), BytesBlob(data), BytesBlob(data), lambda _: None)
        made.read_at(0, 1 << 16)
        made.read_at(max(made.size - 4_096, 0), 4_096)


def patch(data: bytes) -> None:
    """A binary patch; the first byte says how many bytes it is to make."""
    for apply in (apply_patch, apply_image_patch):
        with contextlib.suppress(BrokenPatchError):
            apply(data, data[1:], data[0] * 16 if data else 0)


def dex(data: bytes) -> None:
    """The code of a package."""
    examine(read_dexes(data))


def index(data: bytes) -> None:
    """A `.vfx` file: every question that it answers."""
    with contextlib.suppress(InputError):
        opened = open_index(BytesBlob(data))
        opened.packages()
        opened.mentions(["com", "vnet.cn"])
        opened.reads_of("imei")
        opened.read()


def packed_package(data: bytes) -> None:
    """A package as a cache keeps it."""
    with contextlib.suppress(InputError):
        write_packed(ReadBuild(name="build", format="tree", build=None, packages=(), problems=()), [data])


def source(data: bytes) -> None:
    """A file of source; the first byte says in which language."""
    name = "a.kt" if data[:1] < b"@" else "a.java"
    given = provenance.index_project(
        "source", [provenance.Revision(name="", files=(provenance.SourceFile(path=name, data=data),))]
    )
    provenance.compare("code", (), (given,), known_libraries=())
    provenance.read_project(data)


DOORS: Final[dict[str, tuple[Door, str]]] = {
    "capture": (capture, "tests/intake/cases/*/input*"),
    "frames": (frames, "tests/flows/cases/*/input*"),
    "datagram": (datagram, "tests/messages/cases/*/input*"),
    "stream": (stream, "tests/messages/cases/*/input*"),
    "body": (body, "tests/payloads/cases/*/input*"),
    "declaration": (declaration, "tests/declarations/cases/*/input*"),
    "profile": (profile, "examples/*.device.toml"),
    "networks": (networks, "tests/recipients/cases/*/input*"),
    "firmware_image": (firmware_image, "tests/firmware/images/cases/*/input*"),
    "package": (package, "tests/firmware/packages/cases/*/input*"),
    "vdex": (vdex, "tests/firmware/images/cases/vdex*/input*"),
    "native": (native, "tests/firmware/packages/cases/*/input*"),
    "transfer_list": (transfer_list, "tests/firmware/images/cases/ota-blocks*/input*"),
    "patch": (patch, "tests/firmware/images/cases/payload-incremental*/input*"),
    "dex": (dex, "tests/firmware/code/cases/*/input*"),
    "index": (index, "tests/firmware/index/cases/*/input*"),
    "packed_package": (packed_package, "tests/firmware/index/cases/*/packed*"),
    "source": (source, "examples/firmware/src/**/*.java"),
}
"""Each door, and the files it is seeded from."""
