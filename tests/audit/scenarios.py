"""Labelled captures, built byte for byte: what left, and what must not be reported.

Each scenario is a whole capture that a stranger can judge: the bytes, the values that leave the device, and nothing else above
`possible` among the kinds that single somebody out. Values are synthetic.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import struct
import zlib
from typing import Final
from urllib.parse import quote, urlencode

import brotli
import cbor2
import msgpack
import zstandard

import incident
import packets
from audit.made_captures import (
    ANDROID_ID,
    BSSID,
    EMAIL,
    GAID,
    ICCID,
    IMEI,
    IMSI,
    MAC,
    MSISDN,
    PHONE,
    SERVER,
    T0,
    Pair,
    Scenario,
    fragments,
    http,
    json_post,
    leaves,
    relinked,
    segments,
    tcp,
    udp,
)
from packets import Frame, TcpConversation


def _talk(data: bytes) -> list[Frame]:
    return TcpConversation((PHONE, 40_000), (SERVER, 80), T0).open().send(data).close().frames


def _b64(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def _pb(number: int, value: bytes | int) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _chunked(body: bytes, size: int) -> bytes:
    out = b"".join(b"%x\r\n%s\r\n" % (len(body[i : i + size]), body[i : i + size]) for i in range(0, len(body), size))
    return out + b"0\r\n\r\n"


def _multipart(fields: dict[str, str]) -> bytes:
    parts = "".join(f'--bOuNd\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items())
    return (parts + "--bOuNd--\r\n").encode()


IDS: Final = {"imei": IMEI, "imsi": IMSI, "iccid": ICCID}
ALL_IDS: Final = frozenset(IDS.items())


def incident_scenarios() -> list[Scenario]:
    """The four generations, and the client that writes its Base64 in one line."""
    common = {("imei", incident.IMEI1), ("imsi", incident.IMSI), ("iccid", incident.ICCID)}
    more = {("mac_address", incident.MAC), ("cell_id", incident.CELL_ID)}
    b_c = {*common, *more, ("imei", incident.IMEI2)}
    made = [
        Scenario("incident generation A: MEID holds an IMEI", tcp(incident.request("A")), frozenset(common | more)),
        Scenario("incident generation B", tcp(incident.request("B")), frozenset(b_c)),
        Scenario("incident generation C", tcp(incident.request("C")), frozenset(b_c), forms={"imei": ("base64", "json")}),
        Scenario(
            "incident generation D on port 9999", tcp(incident.request("D"), port=9999), frozenset(common | {("cell_id", "65")})
        ),
        Scenario("incident in one line, as KaiOS writes it", tcp(incident.request("C", one_line=True)), frozenset(b_c)),
    ]
    raw = incident.encoded(incident.body("C"))
    return [*made, Scenario("the incident's body over bare TCP", tcp(raw, port=9999), frozenset(b_c))]


def wrapped_scenarios() -> list[Scenario]:
    """The same three identifiers in each wrapping."""
    text = json.dumps(IDS).encode()
    proto = _pb(1, _pb(3, IMEI.encode()) + _pb(4, b"phone")) + _pb(2, 7)
    bodies: dict[str, bytes] = {
        "json": text,
        "json in a string of json": json.dumps({"payload": json.dumps(IDS)}).encode(),
        "form": urlencode(IDS).encode(),
        "percent twice": quote(quote(urlencode(IDS))).encode(),
        "gzip": gzip.compress(text, mtime=0),
        "zlib": zlib.compress(text),
        "brotli": brotli.compress(text),
        "zstd": zstandard.compress(text),
        "base64": base64.b64encode(text),
        "base64 url-safe without padding": base64.urlsafe_b64encode(text).rstrip(b"="),
        "base64 with line breaks": base64.encodebytes(text),
        "base32": base64.b32encode(text),
        "hex": text.hex().encode(),
        "hex of gzip": gzip.compress(text, mtime=0).hex().encode(),
        "base64 of gzip in a form": b"crc=12&gzip=1&data_list=" + quote(base64.b64encode(gzip.compress(text, mtime=0))).encode(),
        "base64 of base64 of gzip": base64.b64encode(base64.b64encode(gzip.compress(text, mtime=0))),
        "multipart": _multipart(IDS),
        "xml elements": f"<?xml version='1.0'?><d><imei>{IMEI}</imei><imsi>{IMSI}</imsi><iccid>{ICCID}</iccid></d>".encode(),
        "xml attributes": f'<d imei="{IMEI}" imsi="{IMSI}" iccid="{ICCID}"/>'.encode(),
        "msgpack": msgpack.packb(IDS),
        "cbor": cbor2.dumps(IDS),
        "jwt": f"eyJhbGciOiJIUzI1NiJ9.{base64.urlsafe_b64encode(text).rstrip(b'=').decode()}.c2lnbmF0dXJl".encode(),
        "unicode escapes": json.dumps(IDS).replace("0", "\\u0030").encode(),
        "utf-16": json.dumps(IDS).encode("utf-16"),
        "html entities": "".join(f"&#{ord(c)};" if c.isdigit() else c for c in json.dumps(IDS)).encode(),
        "key-value lines": "\n".join(f"{k}={v}" for k, v in IDS.items()).encode(),
        "pipes": "|".join(f"{k}:{v}" for k, v in IDS.items()).encode(),
    }
    encodings = {"brotli": ("Content-Encoding: br",), "zstd": ("Content-Encoding: zstd",)}
    made = [
        Scenario(f"body: {name}", tcp(http("POST", "/c", body, headers=encodings.get(name, ()))), ALL_IDS)
        for name, body in bodies.items()
    ]
    lies = tcp(http("POST", "/c", text, headers=("Content-Encoding: gzip", "Content-Type: image/png")))
    raw_deflate = zlib.compressobj(wbits=-15)
    deflated = raw_deflate.compress(text) + raw_deflate.flush()
    return [
        *made,
        Scenario("a gzip label on a plain body", lies, ALL_IDS),
        Scenario(
            "raw deflate with its label", tcp(http("POST", "/c", deflated, headers=("Content-Encoding: deflate",))), ALL_IDS
        ),
        Scenario(
            "protobuf with the value and no name, known device", tcp(http("POST", "/c", proto)), leaves(imei=IMEI), {"imei": IMEI}
        ),
        Scenario("chunked", tcp(http("POST", "/c", _chunked(text, 7), headers=("Transfer-Encoding: chunked",))), ALL_IDS),
        Scenario("expect 100-continue", tcp(http("POST", "/c", text, headers=("Expect: 100-continue",))), ALL_IDS),
        Scenario("pipelined, the second one speaks", tcp(http("GET", "/") + json_post(IDS) + http("GET", "/x")), ALL_IDS),
        Scenario("no length, until the end", tcp(b"POST /c HTTP/1.0\r\nHost: api.example.com\r\n\r\n" + text), ALL_IDS),
    ]


def place_scenarios() -> list[Scenario]:
    """One identifier in each place of a request, and in each transport."""
    vlan = [Frame(f.time_ns, f.data[:12] + b"\x81\x00\x00\x05" + f.data[12:]) for f in _talk(json_post(IDS))]
    wide = TcpConversation(("fd00::23", 40_000), ("2001:db8::7", 80), T0).open().send(json_post(IDS)).close().frames
    first = len(json_post(IDS)) // 2
    datagram = packets.udp_packet(PHONE, 40_000, SERVER, 5000, f"imei={IMEI};pad={'x' * 1200}".encode())
    return [
        Scenario("query", tcp(http("GET", f"/t?imei={IMEI}&x=1")), leaves(imei=IMEI)),
        Scenario("path segment", tcp(http("GET", f"/device/imei/{IMEI}/boot")), leaves(imei=IMEI)),
        Scenario("header", tcp(http("GET", "/", headers=(f"X-Device-Imei: {IMEI}",))), leaves(imei=IMEI)),
        Scenario("cookie", tcp(http("GET", "/", headers=(f"Cookie: a=1; imei={IMEI}; b=2",))), leaves(imei=IMEI)),
        Scenario(
            "home-made format over TCP",
            tcp(f"REG|imei={IMEI}|mac={MAC}|end\n".encode(), port=7000),
            leaves(imei=IMEI, mac_address=MAC),
        ),
        Scenario("home-made format over UDP", udp(f"IMEI:{IMEI},ICCID:{ICCID}".encode(), 5000), leaves(imei=IMEI, iccid=ICCID)),
        Scenario("one VLAN tag", packets.pcap(vlan), ALL_IDS),
        Scenario(
            "Linux cooked",
            relinked(_talk(json_post(IDS)), 113, bytes.fromhex("0004000100060200000000010000") + b"\x08\x00"),
            ALL_IDS,
        ),
        Scenario("raw IP", relinked(_talk(json_post(IDS)), 101, b""), ALL_IDS),
        Scenario("BSD loopback", relinked(_talk(json_post(IDS)), 0, struct.pack("<I", 2)), ALL_IDS),
        Scenario("IPv6", packets.pcap(wide), ALL_IDS),
        Scenario("big-endian nanosecond pcap", packets.pcap(_talk(json_post(IDS)), nanoseconds=True, big_endian=True), ALL_IDS),
        Scenario("pcapng", packets.pcapng(_talk(json_post(IDS))), ALL_IDS),
        Scenario("gzipped capture", gzip.compress(packets.pcapng(_talk(json_post(IDS))), mtime=0), ALL_IDS),
        Scenario("segments out of order", segments(json_post(IDS), lambda s: s[::-1], 60), ALL_IDS),
        Scenario("segments twice", segments(json_post(IDS), lambda s: [*s, *s], 60), ALL_IDS),
        Scenario("begun mid-stream", packets.pcap(_talk(json_post(IDS))[3:]), ALL_IDS),
        Scenario("cut off mid-record", packets.pcap(_talk(json_post(IDS) + http("GET", "/")))[:-40], ALL_IDS),
        Scenario("value across two segments", segments(json_post(IDS), lambda s: s, first), ALL_IDS),
        Scenario("IPv4 fragments", packets.pcap(fragments(datagram, 600)), leaves(imei=IMEI)),
        Scenario("IPv4 fragments in reverse", packets.pcap(fragments(datagram, 600)[::-1]), leaves(imei=IMEI)),
    ]


def kind_scenarios() -> list[Scenario]:
    """Each kind under a name it goes by."""
    here = {"latitude": 59.913868, "longitude": 10.752245}
    apps = ["com.example.bank", "org.example.clinic", "com.example.dating", "net.example.news"]
    rows: list[tuple[str, object, set[Pair]]] = [
        ("imei under IMEI1", {"IMEI1": IMEI}, {("imei", IMEI)}),
        ("imei with separators", {"imei": "35-000000-123456-2"}, {("imei", IMEI)}),
        ("imei under deviceId", {"deviceId": IMEI}, {("imei", IMEI)}),
        ("imsi under subscriberId", {"subscriberId": IMSI}, {("imsi", IMSI)}),
        ("iccid under simSerialNumber", {"simSerialNumber": ICCID}, {("iccid", ICCID)}),
        ("mac with colons", {"wifi_mac": MAC}, {("mac_address", MAC)}),
        ("mac with dashes, upper case", {"macAddress": MAC.upper().replace(":", "-")}, {("mac_address", MAC)}),
        ("mac without separators", {"mac": MAC.replace(":", "")}, {("mac_address", MAC)}),
        ("bssid and ssid", {"bssid": BSSID, "ssid": "Nordmann hjemme"}, {("bssid", BSSID), ("ssid", "Nordmann hjemme")}),
        ("android id", {"android_id": ANDROID_ID}, {("android_id", ANDROID_ID)}),
        ("advertising id under gaid", {"gaid": GAID}, {("advertising_id", GAID)}),
        ("advertising id under idfa", {"idfa": GAID.upper()}, {("advertising_id", GAID)}),
        ("vendor id", {"idfv": "0B9C2F61-57D5-4C32-9B1E-6E0E9C1D3A77"}, {("vendor_id", "0b9c2f61-57d5-4c32-9b1e-6e0e9c1d3a77")}),
        ("serial number", {"serialno": "B2NGAA8862304137"}, {("serial_number", "B2NGAA8862304137")}),
        ("e-mail", {"email": EMAIL}, {("email", EMAIL)}),
        ("own number", {"msisdn": MSISDN}, {("msisdn", MSISDN)}),
        ("cell id", {"cell_id": 27447297, "lac": 3120, "mcc": 242, "mnc": 1}, {("cell_id", "27447297")}),
    ]
    made = [Scenario(f"kind: {name}", tcp(json_post(value)), frozenset(pairs)) for name, value, pairs in rows]
    return [
        *made,
        Scenario("kind: coordinates", tcp(json_post(here)), frozenset({("coordinates", "")})),
        Scenario("kind: installed apps", tcp(json_post({"installed_apps": apps})), frozenset({("installed_apps", "")})),
        Scenario("kind: local address", tcp(json_post({"local_ip": PHONE})), leaves(local_ip=PHONE)),
        Scenario(
            "kind: credential",
            tcp(http("GET", "/", headers=("Authorization: Basic " + _b64("kari:hemmelig1"),))),
            frozenset({("credential", "kari:hemmelig1"), ("account", "kari")}),
        ),
    ]


def known_scenarios() -> list[Scenario]:
    """Known values in forms that no check can find."""
    profile: dict[str, object] = {"imei": IMEI, "advertising_id": GAID, "mac_address": MAC}
    digests = {name: hashlib.new(name, IMEI.encode()) for name in ("md5", "sha1", "sha256", "sha512")}
    hidden = b"\x00\x81\xfe" + base64.b64encode(b"xx" + IMEI.encode() + b"yyy") + b"\x02\x9c" * 20
    rows: list[tuple[str, bytes, str, str]] = [
        *((f"{name} in hex", json_post({"h": d.hexdigest()}), "imei", IMEI) for name, d in digests.items()),
        ("sha256 in upper case", json_post({"h": digests["sha256"].hexdigest().upper()}), "imei", IMEI),
        ("md5 in base64", json_post({"h": _b64(digests["md5"].digest())}), "imei", IMEI),
        ("raw sha1 in a binary body", http("POST", "/", b"\x01\x14" + digests["sha1"].digest() + b"\xff\x00"), "imei", IMEI),
        ("sha256 of md5", json_post({"h": hashlib.sha256(digests["md5"].hexdigest().encode()).hexdigest()}), "imei", IMEI),
        ("reversed", json_post({"k": IMEI[::-1]}), "imei", IMEI),
        ("base64 at another alignment, in binary", http("POST", "/", hidden), "imei", IMEI),
        ("without its dashes", json_post({"k": GAID.replace("-", "")}), "advertising_id", GAID),
        ("upper case", json_post({"k": GAID.upper()}), "advertising_id", GAID),
        (
            "md5 of the mac without colons",
            json_post({"k": hashlib.md5(MAC.replace(":", "").encode()).hexdigest()}),
            "mac_address",
            MAC,
        ),
        ("plain over UDP without a name", b"\x01\x02\x03" + IMEI.encode() + b"\x00\x09", "imei", IMEI),
    ]
    return [
        Scenario(
            f"known: {name}",
            udp(data, 5005) if "UDP" in name else tcp(data),
            frozenset({(kind, value)}),
            profile,
        )
        for name, data, kind, value in rows
    ]


def lookalike_scenarios() -> list[Scenario]:
    """What must not be reported above `possible`."""
    rows: dict[str, bytes] = {
        "an order number that passes Luhn": json_post({"order": IMEI, "orderId": "490154203237518", "invoice": IMEI}),
        "a mining share that passes Luhn": b'{"method":"submit","params":["worker","' + IMEI.encode() + b'"]}\n',
        "hashes, nonces and traces": json_post(
            {
                "sha": hashlib.sha256(b"x").hexdigest(),
                "nonce": hashlib.md5(b"n").hexdigest(),
                "traceId": "4bf92f3577b34da6a3ce929d0e0e4736",
                "spanId": "00f067aa0ba902b7",
                "requestId": "7f4c2a10-9b5e-4d63-8a21-0e6f5d3c1b98",
                "etag": "686897696a7c876b7e",
            }
        ),
        "timestamps": json_post({"ts": 1550644200123, "us": 1550644200123456, "time": "1550644200", "expires": 15506442001234}),
        "versions that look like addresses": json_post({"version": "10.0.0.1", "build": "192.168.1.4", "sdk": "8.1.0"}),
        "masked and broadcast MACs": json_post(
            {"mac": "02:00:00:00:00:00", "bssid": "02:00:00:00:00:00", "wifi_mac": "ff:ff:ff:ff:ff:ff"}
        ),
        "missing values": json_post(
            {"imei": "0", "imsi": "", "iccid": "null", "mac": "unknown", "gaid": "00000000-0000-0000-0000-000000000000"}
        ),
        "an IMEI of zeros": json_post({"imei": "000000000000000"}),
        "prices and sizes": json_post(
            {"price": 59.913868, "width": 10.752245, "x": 59.91, "y": 10.75, "long": 3, "latency": 12.5}
        ),
        "random binary": http("POST", "/up", hashlib.shake_256(b"noise").digest(6_000)),
        "an image": http(
            "POST", "/up", b"\x89PNG\r\n\x1a\n" + hashlib.shake_256(b"png").digest(9_000), headers=("Content-Type: image/png",)
        ),
        "names that only contain a name": json_post(
            {
                "immediate": IMEI,
                "mac_os": "10.15.7",
                "machine": "a1b2c3d4e5f6",
                "timei": "1",
                "command": "go",
                "simple": "89470000190220123457",
            }
        ),
        "a package with a version": json_post({"dep": "left-pad@1.3.0", "ref": "git@github.com:example/x.git"}),
        "user agent of a browser": http("GET", "/", headers=("User-Agent: Mozilla/5.0 (X11; Linux x86_64) Firefox/120.0",)),
        "phone numbers in a page that is uploaded": http(
            "POST", "/w", b"Registrar Abuse Contact Phone: +1.4805058800\r\nTel 555 0100"
        ),
        "digits of pi": json_post({"pi": "314159265358979323846264338327950288419716939937510"}),
    }
    made = [Scenario(f"look-alike: {name}", tcp(data)) for name, data in rows.items()]
    syslog = b"<134>Feb 20 07:30:00 gw fw: device_id=SG310P9D1A2B3C4 log_id=010101600001 src_ip=10.1.1.4"
    received = (
        TcpConversation((PHONE, 40_000), (SERVER, 80), T0)
        .open()
        .send(http("GET", "/"))
        .receive(b"HTTP/1.1 200 OK\r\nContent-Length: 26\r\n\r\n" + f'{{"imei":"{IMEI}"}}'.encode())
    )
    return [
        *made,
        Scenario("look-alike: an appliance's device_id in syslog", udp(syslog, 514)),
        Scenario("look-alike: what came in is not a disclosure", packets.pcap(received.close().frames)),
    ]


def scenarios() -> list[Scenario]:
    """All of them."""
    return [
        *incident_scenarios(),
        *wrapped_scenarios(),
        *place_scenarios(),
        *kind_scenarios(),
        *known_scenarios(),
        *lookalike_scenarios(),
    ]
