"""Bytes of packages, made by hand: archives that may lie, compiled XML, resource tables, ELF files, signing blocks."""

from __future__ import annotations

import base64
import hashlib
import struct
import zlib
from dataclasses import dataclass, field
from functools import cache
from typing import Any

ANDROID = "http://schemas.android.com/apk/res/android"
IDS = {
    "name": 0x01010003,
    "exported": 0x01010010,
    "label": 0x01010001,
    "versionCode": 0x0101021B,
    "scheme": 0x01010027,
    "host": 0x01010028,
}


@dataclass
class Put:
    """One member to write, with what its two headers shall say instead of the truth."""

    name: str | bytes
    content: bytes = b""
    deflate: bool = False
    central: dict[str, int] = field(default_factory=dict)
    local: dict[str, int] = field(default_factory=dict)
    local_name: bytes | None = None
    extra: bytes = b""
    at: int | None = None


def deflated(content: bytes) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return engine.compress(content) + engine.flush()


def make_zip(
    members: list[Put], *, comment: bytes = b"", after: bytes = b"", before: bytes = b"", block: bytes = b"", **end: int
) -> bytes:
    body = bytearray(before)
    directory = bytearray()
    for m in members:
        name = m.name.encode() if isinstance(m.name, str) else m.name
        data = deflated(m.content) if m.deflate else m.content
        truth = {
            "flags": 0,
            "method": 8 if m.deflate else 0,
            "crc": zlib.crc32(m.content),
            "packed": len(data),
            "size": len(m.content),
        }
        at = len(body) - len(before) if m.at is None else m.at
        if m.at is None:
            said = truth | m.local
            own = name if m.local_name is None else m.local_name
            body += struct.pack(
                "<4s5H3I2H", b"PK\3\4", 20, said["flags"], said["method"], 0, 33, said["crc"], said["packed"], said["size"],
                len(own), len(m.extra),
            ) + own + m.extra + data  # fmt: skip
        said = truth | m.central
        directory += struct.pack(
            "<4s6H3I5H2I", b"PK\1\2", 20, 20, said["flags"], said["method"], 0, 33, said["crc"], said["packed"], said["size"],
            len(name), said.get("extra", 0), 0, 0, 0, 0, said.get("at", at),
        ) + name  # fmt: skip
    body += block
    said = {"count": len(members), "length": len(directory), "directory": len(body) - len(before)} | end
    tail = struct.pack(
        "<4sHHHHIIH", b"PK\5\6", 0, 0, said["count"], said["count"], said["length"], said["directory"], len(comment)
    )
    return bytes(body + directory + tail + comment + after)


# --- compiled XML --------------------------------------------------------------------------------------------------------


def string_pool(strings: list[str], *, utf8: bool = False, declared: int | None = None) -> bytes:
    offsets, data = [], bytearray()
    for s in strings:
        offsets.append(len(data))
        if utf8:
            raw = s.encode()
            data += _length8(len(s)) + _length8(len(raw)) + raw + b"\0"
        else:
            data += struct.pack("<H", len(s.encode("utf-16-le")) // 2) + s.encode("utf-16-le") + b"\0\0"
    data += bytes(-len(data) % 4)
    start = 28 + 4 * len(offsets)
    count = len(strings) if declared is None else declared
    head = struct.pack("<HHIIIIII", 1, 28, start + len(data), count, 0, 0x100 if utf8 else 0, start, 0)
    return head + struct.pack(f"<{len(offsets)}I", *offsets) + data


def _length8(n: int) -> bytes:
    return bytes([n]) if n < 0x80 else bytes([0x80 | n >> 8, n & 0xFF])


@dataclass
class Tag:
    """One element: attributes by name (`android:name` with its resource id where one is known), children, text."""

    name: str
    attributes: dict[str, Any] = field(default_factory=dict)
    children: list[Tag] = field(default_factory=list)
    text: str = ""


def make_axml(
    root: Tag,
    *,
    utf8: bool = False,
    kind: int = 3,
    declared: int | None = None,
    hide: bool = False,
    between: bytes = b"",
    size: int = 20,
) -> bytes:
    """Compiled XML of `root`. `hide`: framework attributes keep their ids and lose their names; `between`: bytes before each end;
    `size`: bytes an attribute takes."""
    names = [n for n in IDS if any(n == a.partition(":")[2] for t in _all(root) for a in t.attributes)]
    pool: list[str] = ["" if hide else n for n in names]
    place = {f"android:{n}": i for i, n in enumerate(names)}

    def index(text: str) -> int:
        if text not in place:
            place[text] = len(pool)
            pool.append(text)
        return place[text]

    body = bytearray()

    def node(kind: int, data: bytes) -> None:
        body.extend(struct.pack("<HHIII", kind, 16, 16 + len(data), 7, 0xFFFFFFFF) + data)

    def write(tag: Tag) -> None:
        rows = bytearray()
        for name, value in tag.attributes.items():
            prefix, _, local = name.rpartition(":")
            uri = index(ANDROID) if prefix == "android" else 0xFFFFFFFF
            number = place[name] if name in place and local in IDS else index(local)
            raw, kind, data = 0xFFFFFFFF, 0x10, 0
            if isinstance(value, bool):
                kind, data = 0x12, 0xFFFFFFFF if value else 0
            elif isinstance(value, int):
                data = value & 0xFFFFFFFF
            elif value.startswith("@0x"):
                kind, data = 1, int(value[3:], 16)
            else:
                raw = data = index(value)
                kind = 3
            rows += struct.pack("<IIIHBBI", uri, number, raw, 8, 0, kind, data) + bytes(size - 20)
        node(0x102, struct.pack("<IIHHHHHH", 0xFFFFFFFF, index(tag.name), 20, size, len(tag.attributes), 0, 0, 0) + rows)
        if tag.text:
            node(0x104, struct.pack("<IHBBI", index(tag.text), 8, 0, 0, 0))
        for child in tag.children:
            write(child)
        body.extend(between)
        node(0x103, struct.pack("<II", 0xFFFFFFFF, index(tag.name)))

    write(root)
    ids = struct.pack(f"<HHI{len(names)}I", 0x180, 8, 8 + 4 * len(names), *(IDS[n] for n in names))
    chunks = string_pool(pool, utf8=utf8, declared=declared) + ids + body
    return struct.pack("<HHI", kind, 8, 8 + len(chunks)) + chunks


def _all(tag: Tag) -> list[Tag]:
    return [tag, *(t for c in tag.children for t in _all(c))]


def manifest(*inside: Tag, **attributes: Any) -> Tag:
    return Tag("manifest", {"package": "com.example.app", "android:versionCode": 7} | attributes, list(inside))


# --- resource tables -----------------------------------------------------------------------------------------------------


def make_arsc(
    strings: dict[str, str], *, offsets: str = "wide", compact: bool = False, references: dict[str, int] | None = None
) -> bytes:
    """A table of package 0x7f with the one type `string`; entry n has the id 0x7f010000 + n. References come last."""
    names = [*strings, *(references or {})]
    entries, at = bytearray(), []
    for i, _ in enumerate(names):
        at.append(len(entries))
        kind, data = (3, i) if i < len(strings) else (1, list((references or {}).values())[i - len(strings)])
        entries += struct.pack("<HHI", i, 8 | kind << 8, data) if compact else struct.pack("<HHIHBBI", 8, 0, i, 8, 0, kind, data)
    if offsets == "sparse":
        table = b"".join(struct.pack("<HH", i, o // 4) for i, o in enumerate(at))
    elif offsets == "short":
        table = struct.pack(f"<{len(at)}H", *(o // 4 for o in at)) + bytes(len(at) % 2 * 2)
    else:
        table = struct.pack(f"<{len(at)}I", *at)
    config = struct.pack("<I", 28) + bytes(24)
    header = 20 + len(config)
    typed = struct.pack(
        "<HHIBBHII",
        0x201,
        header,
        header + len(table) + len(entries),
        1,
        ["wide", "sparse", "short"].index(offsets),
        0,
        len(names),
        header + len(table),
    )
    types, keys = string_pool(["string"]), string_pool(names, utf8=True)
    inner = types + keys + typed + config + table + entries
    package = struct.pack("<HHII", 0x200, 288, 288 + len(inner), 0x7F) + bytes(256)
    package += struct.pack("<IIIII", 288, 1, 288 + len(types), len(names), 0)
    values = string_pool(list(strings.values()), utf8=True)
    body = values + package + inner
    return struct.pack("<HHII", 2, 12, 12 + len(body), 1) + body


# --- ELF -----------------------------------------------------------------------------------------------------------------


def make_elf(
    *, wide: bool = True, order: str = "<", needed: list[str], soname: str, imports: list[str], exports: list[str],
    text: bytes = b"", machine: int = 183, table: str = "hash",
) -> bytes:  # fmt: skip
    """A shared library with one loaded segment, a dynamic section and a table of hashes, loaded one page up."""
    names = bytearray(b"\0")

    def name(s: str) -> int:
        names.extend(s.encode() + b"\0")
        return len(names) - len(s.encode()) - 1

    n, o, base = (8, "Q", 0x1000) if wide else (4, "I", 0x1000)
    symbols = bytes(24 if wide else 16)
    for s, section in [*((i, 0) for i in imports), *((e, 5) for e in exports)]:
        at = name(s)
        symbols += struct.pack(order + "IBBHQQ", at, 0x12, 0, section, 0, 0) if wide else struct.pack(
            order + "IIIBBH", at, 0, 0, 0x12, 0, section
        )  # fmt: skip
    tags = [(1, name(s)) for s in needed] + [(14, name(soname))]
    head = 64 + 2 * 56 if wide else 52 + 2 * 32
    symbols_at, names_at = head, head + len(symbols)
    hash_at = names_at + len(names)
    if table == "gnu":  # one bucket, an empty filter, a chain over the exports whose last entry is odd
        first = 1 + len(imports)
        hashes = struct.pack(order + "IIII", 1, first, 1, 0) + bytes(n) + struct.pack(order + "I", first)
        hashes += b"".join(struct.pack(order + "I", 2 * i + (i == len(exports) - 1)) for i in range(len(exports)))
    else:
        hashes = struct.pack(order + "II", 1, 1 + len(imports) + len(exports))
    dynamic_at = hash_at + len(hashes)
    tags += [
        (5, names_at + base),
        (6, symbols_at + base),
        (10, len(names)),
        ({"gnu": 0x6FFFFEF5, "hash": 4}.get(table, 0x6FFFFFFF), hash_at + base),
        (0, 0),
    ]
    dynamic = b"".join(struct.pack(order + o * 2, *t) for t in tags)
    end = dynamic_at + len(dynamic) + len(text)
    ident = b"\x7fELF" + bytes([2 if wide else 1, 1 if order == "<" else 2, 1]) + bytes(9)
    if wide:
        header = ident + struct.pack(order + "HHIQQQIHHHHHH", 3, machine, 1, 0, 64, 0, 0, 64, 56, 2, 64, 0, 0)
        rows = struct.pack(order + "IIQQQQQQ", 1, 5, 0, base, base, end, end, 4096)
        rows += struct.pack(order + "IIQQQQQQ", 2, 6, dynamic_at, dynamic_at + base, 0, len(dynamic), len(dynamic), n)
    else:
        header = ident + struct.pack(order + "HHIIIIIHHHHHH", 3, machine, 1, 0, 52, 0, 0, 52, 32, 2, 40, 0, 0)
        rows = struct.pack(order + "IIIIIIII", 1, 0, base, base, end, end, 5, 4096)
        rows += struct.pack(order + "IIIIIIII", 2, dynamic_at, dynamic_at + base, 0, len(dynamic), len(dynamic), 6, n)
    return bytes(header + rows + symbols + names + hashes + dynamic + text)


# --- signing -------------------------------------------------------------------------------------------------------------


def prefixed(*parts: bytes) -> bytes:
    """The parts behind their common length."""
    data = b"".join(parts)
    return struct.pack("<I", len(data)) + data


@cache
def certificate_and_key(name: str) -> tuple[bytes, Any]:
    """A self-signed certificate with fixed dates and a P-256 key made of the name."""
    import datetime as dt

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.derive_private_key(int.from_bytes(hashlib.sha256(name.encode()).digest(), "big") >> 1, ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key()).serial_number(len(name))
    begin, end = dt.datetime(2019, 3, 21), dt.datetime(2049, 3, 21)  # noqa: DTZ001 - the builder takes UTC without a zone
    made = builder.not_valid_before(begin).not_valid_after(end).sign(key, hashes.SHA256(), ecdsa_deterministic=True)
    return made.public_bytes(serialization.Encoding.DER), key


def item(tag: int, *parts: bytes) -> bytes:
    """A DER item, its length in two bytes."""
    body = b"".join(parts)
    return bytes([tag, 0x82]) + len(body).to_bytes(2, "big") + body


ID_DATA = bytes.fromhex("2a864886f70d010701")


def pkcs7(
    name: str, signed: bytes = b"", *, held: bool = True, attributes: bool = False, types: tuple[bytes, ...] = (ID_DATA,)
) -> bytes:
    """A SignedData of `name`, over a signature file: by SHA-256 with ECDSA, through signed attributes where that is asked.

    `types` are the values of the attributes that say the type of what was signed.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    certificate, key = certificate_and_key(name)
    issuer = x509.load_der_x509_certificate(certificate).issuer.public_bytes()
    sha256 = item(0x30, item(0x06, bytes.fromhex("608648016503040201")))
    ecdsa = item(0x30, item(0x06, bytes.fromhex("2a8648ce3d040302")))
    told = b""
    if attributes:
        digest = item(
            0x30, item(0x06, bytes.fromhex("2a864886f70d010904")), item(0x31, item(0x04, hashlib.sha256(signed).digest()))
        )
        kind = [item(0x30, item(0x06, bytes.fromhex("2a864886f70d010903")), item(0x31, item(0x06, one))) for one in types]
        told, signed = item(0xA0, *kind, digest), item(0x31, *kind, digest)
    signature = key.sign(signed, ec.ECDSA(hashes.SHA256()))
    who = item(0x30, issuer, item(0x02, bytes([len(name)])))
    signer = item(0x30, item(0x02, b"\1"), who, sha256, told, ecdsa, item(0x04, signature))
    whole = item(0x30, item(0x02, b"\1"), item(0x31), item(0x30), item(0xA0, certificate) if held else b"", item(0x31, signer))
    return item(0x30, item(0x06, bytes.fromhex("2a864886f70d010702")), item(0xA0, whole))


def jar_manifest(members: list[Put], algorithm: str = "SHA-256", end: str = "\r\n") -> bytes:
    """The manifest of these members."""
    sections = [["Manifest-Version: 1.0"]]
    for one in members:
        digest = hashlib.new(algorithm.replace("-", "").lower(), one.content).digest()
        sections.append([f"Name: {one.name!s}", f"{algorithm}-Digest: {base64.b64encode(digest).decode()}"])
    return "".join("".join(f"{line}{end}" for line in lines) + end for lines in sections).encode()


def signature_file(manifest: bytes, *, whole: bool = True, claim: str = "") -> bytes:
    """The signature file of a manifest with `\\r\\n`: by its digest as a whole, or by those of its sections alone."""

    def digest(data: bytes) -> str:
        return base64.b64encode(hashlib.sha256(data).digest()).decode()

    main, *sections = [part + b"\r\n\r\n" for part in manifest.split(b"\r\n\r\n") if part]
    told = f"Signature-Version: 1.0\r\n{claim}"
    told += f"SHA-256-Digest-Manifest: {digest(manifest)}\r\n" if whole else ""
    told += f"SHA-256-Digest-Manifest-Main-Attributes: {digest(main)}\r\n\r\n"
    for one in sections:
        name = one.split(b"\r\n")[0].decode()
        told += f"{name}\r\nSHA-256-Digest: {digest(one)}\r\n\r\n"
    return told.encode()


def signing_block(
    members: list[Put], signers: list[tuple[int, str, tuple[str, ...]]], *, attribute: tuple[int, bytes] | None = None
) -> bytes:
    """A signing block for the archive of `members`: `(pair's id, name of the signer, lineage)`; v3 for API 28 up."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    plain = make_zip(members)
    end = len(plain) - 22
    (length, directory) = struct.unpack_from("<II", plain, end + 12)
    pieces = []
    for part in (plain[:directory], plain[directory : directory + length], plain[end:]):
        pieces += [hashlib.sha256(b"\xa5" + struct.pack("<I", len(p)) + p).digest() for p in _pieces(part)]
    digest = hashlib.sha256(b"\x5a" + struct.pack("<I", len(pieces)) + b"".join(pieces)).digest()
    pairs = b""
    for kind, name, lineage in signers:
        certificate, key = certificate_and_key(name)
        levels = b"" if kind == 0x7109871A else struct.pack("<II", 28, 0x7FFFFFFF)
        attributes = b""
        if lineage:
            nodes = b"".join(
                prefixed(
                    prefixed(prefixed(certificate_and_key(n)[0]), struct.pack("<I", 0)), struct.pack("<II", 0, 0), prefixed()
                )
                for n in lineage
            )
            attributes += prefixed(struct.pack("<I", 0x3BA06F8C), struct.pack("<I", 1), nodes)
        if attribute is not None and kind == 0x7109871A:
            attributes += prefixed(struct.pack("<I", attribute[0]), attribute[1])
        signed = (
            prefixed(prefixed(struct.pack("<I", 0x0201), prefixed(digest)))
            + prefixed(prefixed(certificate))
            + levels
            + prefixed(attributes)
        )
        signature = key.sign(signed, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        spki = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        signer = prefixed(signed) + levels + prefixed(prefixed(struct.pack("<I", 0x0201), prefixed(signature))) + prefixed(spki)
        value = prefixed(prefixed(signer))
        pairs += struct.pack("<QI", 4 + len(value), kind) + value
    size = struct.pack("<Q", len(pairs) + 24)
    return size + pairs + size + b"APK Sig Block 42"


def _pieces(data: bytes) -> list[bytes]:
    return [data[i : i + (1 << 20)] for i in range(0, len(data), 1 << 20)]
