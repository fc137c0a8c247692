"""Further labelled captures: names with words around them, log-ins, receivers' sentences, packed and binary spellings.

Chosen from 1,300 for what they tell apart; each is a whole capture, values are synthetic.
"""

from __future__ import annotations

import base64
import bz2
import hashlib
import json
import lzma
import struct
import uuid
from typing import Final
from urllib.parse import quote

import cbor2
import msgpack

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
    Scenario,
    http,
    json_post,
    leaves,
    tcp,
    udp,
)
from packets import TcpConversation

UUID: Final = "3f2c1f8e-0d4b-4c7a-9d55-6b1b2f1f0a11"
NOISE: Final = hashlib.sha512(b"vuoto").digest()
IDS: Final = {"imei": IMEI, "iccid": ICCID, "mac": MAC}
LEFT: Final = leaves(imei=IMEI, iccid=ICCID, mac_address=MAC)
PROFILE: Final[dict[str, object]] = {
    "imei": IMEI,
    "imsi": IMSI,
    "iccid": ICCID,
    "mac_address": MAC,
    "android_id": ANDROID_ID,
    "advertising_id": GAID,
}
LOGGED_IN: Final = leaves(account="ola.hansen77", credential="hemmelig1")


def further_scenarios() -> list[Scenario]:
    """All of this module."""
    return [*_named(), *_wrapped(), *_logged_in(), *_known(), *_look_alikes(), *_of_the_lab()]


def _query(text: str) -> bytes:
    return tcp(http("GET", f"/c?{text}"))


def _named() -> list[Scenario]:
    name = "name: "
    place = leaves(coordinates="48.1173,11.516667")
    sentence = "$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A"
    scan = [{"mac": BSSID, "rssi": -50}, {"mac": "06:3f:22:aa:10:5d", "rssi": -71}]
    otel = [
        {"key": "device.id", "value": {"stringValue": ANDROID_ID}},
        {"key": "enduser.id", "value": {"stringValue": "ola.hansen77"}},
    ]
    register = (
        f"REGISTER sip:ims.example.org SIP/2.0\r\nFrom: <sip:{IMSI}@ims.mnc001.mcc001.3gppnetwork.org>;tag=1\r\n"
        f"To: <sip:{IMSI}@ims.mnc001.mcc001.3gppnetwork.org>\r\nCall-ID: a\r\nCSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n"
    )
    return [
        Scenario(
            name + "vendors' words around",
            tcp(json_post({"ueid_imei": IMEI, "en0_mac": MAC})),
            leaves(imei=IMEI, mac_address=MAC),
        ),
        Scenario(name + "advertising ids of several makers", _query(f"adverId={GAID}"), leaves(advertising_id=GAID)),
        Scenario(name + "a cell alone in a query", _query("cellid=87654321"), leaves(cell_id="87654321")),
        Scenario(
            name + "a private address alone", tcp(json_post({"ipAddress": "192.168.43.117"})), leaves(local_ip="192.168.43.117")
        ),
        Scenario(
            name + "words with plus signs", tcp(http("POST", "/c", b"ssid=Hansens+gjestenett")), leaves(ssid="Hansens gjestenett")
        ),
        Scenario(name + "an IMEI in a file's name", tcp(http("PUT", f"/up/log_imei_{IMEI}.zip", b"abc")), leaves(imei=IMEI)),
        Scenario(
            name + "a list of networks",
            tcp(json_post({"wifis": scan, "wifi": {"mac": MAC}})),
            leaves(mac_address=MAC) | {("bssid", BSSID), ("bssid", "06:3f:22:aa:10:5d")},
        ),
        Scenario(
            name + "typed attributes", tcp(json_post({"attributes": otel})), leaves(android_id=ANDROID_ID, account="ola.hansen77")
        ),
        Scenario(name + "a receiver's sentence over TCP", tcp(f"{sentence}\r\n".encode(), port=5001), place),
        Scenario(name + "a receiver's sentence in a form", tcp(http("POST", "/g", f"s={quote(sentence)}".encode())), place),
        Scenario(name + "an identity of the IMS", udp(register.encode(), 5060), leaves(imsi=IMSI)),
        Scenario(name + "the From header", tcp(http("GET", "/", headers=(f"From: {EMAIL}",))), leaves(email=EMAIL)),
    ]


def _wrapped() -> list[Scenario]:
    document = json.dumps(IDS).encode()
    items = "".join(f's:{len(k)}:"{k}";s:{len(v)}:"{v}";' for k, v in IDS.items())
    zipped = quote(base64.b64encode(bz2.compress(document)).decode(), safe="")
    doubled = b"".join(bytes([len(k) * 2]) + k.encode() + bytes([len(v) * 2]) + v.encode() for k, v in IDS.items())
    smile = b"".join(bytes([0x7F + len(k)]) + k.encode() + bytes([0x3F + len(v)]) + v.encode() for k, v in IDS.items())
    bson = b"".join(b"\x02" + k.encode() + b"\0" + struct.pack("<i", len(v) + 1) + v.encode() + b"\0" for k, v in IDS.items())
    bodies = {
        "xz": lzma.compress(document),
        "the older LZMA": lzma.compress(document, lzma.FORMAT_ALONE),
        "bzip2 in Base64 in a form": f"v=1&d={zipped}".encode(),
        "PHP": f"a:{len(IDS)}:{{{items}}}".encode(),
        "BSON": struct.pack("<i", len(bson) + 5) + bson + b"\0",
        "Smile": b":)\n\x00\xfa" + smile + b"\xfb",
        "Avro's lengths": bytes([2 * len(IDS)]) + doubled + b"\0",
        "UTF-32": document.decode().encode("utf-32"),
        "quoted-printable, every byte": "".join(f"={b:02X}" for b in f"imei={IMEI}&mac={MAC}&iccid={ICCID}".encode()).encode(),
        "names and values with blanks": "".join(f"{k} {v}\n" for k, v in IDS.items()).encode(),
        "properties": "".join(f"{k}={v}\n" for k, v in IDS.items()).replace(":", "\\:").encode(),
    }
    return [Scenario(f"wrapping: {name}", tcp(http("POST", "/w", body)), LEFT) for name, body in bodies.items()]


def _logged_in() -> list[Scenario]:
    plain = base64.b64encode(b"\0ola.hansen77\0hemmelig1").decode()
    user, word = (base64.b64encode(text).decode() for text in (b"ola.hansen77", b"hemmelig1"))
    digest = 'Digest username="ola.hansen77", realm="x", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/"'
    form = b"log=ola.hansen77&pwd=hemmelig1"
    element = f"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{plain}</auth>"
    said = {
        "FTP": (b"USER ola.hansen77\r\nPASS hemmelig1\r\nSYST\r\n", 21),
        "POP3": (b"USER ola.hansen77\r\nPASS hemmelig1\r\nSTAT\r\n", 110),
        "IMAP": (b"a001 LOGIN ola.hansen77 hemmelig1\r\na002 SELECT INBOX\r\n", 143),
        "SMTP, PLAIN": (f"EHLO phone\r\nAUTH PLAIN {plain}\r\nNOOP\r\n".encode(), 587),
        "SMTP, LOGIN": (f"EHLO phone\r\nAUTH LOGIN\r\n{user}\r\n{word}\r\nNOOP\r\n".encode(), 25),
        "XMPP": (element.encode(), 5222),
        "a form of a blog": (http("POST", "/wp-login.php", form), 80),
    }
    made = [Scenario(f"log-in: {name}", tcp(data, port=port), LOGGED_IN) for name, (data, port) in said.items()]
    header = http("GET", "/", headers=(f"Authorization: {digest}",))
    return [*made, Scenario("log-in: HTTP Digest", tcp(header), leaves(account="ola.hansen77"))]


def _swapped(digits: str) -> bytes:
    return bytes(int(digits[at + 1], 16) << 4 | int(digits[at], 16) for at in range(0, len(digits), 2))


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def _known() -> list[Scenario]:
    identity = bytes([int(IMEI[0]) << 4 | 0xA]) + _swapped(IMEI[1:])
    submessage = b"\x08" + _varint(int(IMEI)) + b"\x11" + struct.pack("<q", int(ANDROID_ID, 16) - (1 << 64))
    digest = hashlib.sha256(IMEI.encode()).digest()
    lost: dict[str, str] = {"imei": "001017001234569", "imsi": IMSI}
    streams = {
        "a raw hardware address": (b"\x01\x07\x00" + bytes.fromhex(MAC.replace(":", "")) + NOISE[:9], leaves(mac_address=MAC)),
        "a mobile identity": (NOISE[:9] + identity + NOISE[9:20], leaves(imei=IMEI)),
        "swapped digits of a card": (NOISE[:9] + _swapped(ICCID) + NOISE[9:20], leaves(iccid=ICCID)),
        "the bytes of a UUID": (NOISE[:9] + uuid.UUID(GAID).bytes + NOISE[9:20], leaves(advertising_id=GAID)),
        "a UUID as Windows keeps it": (NOISE[:9] + uuid.UUID(GAID).bytes_le + NOISE[9:20], leaves(advertising_id=GAID)),
        "a number of 64 bits": (NOISE[:9] + struct.pack(">q", int(IMEI)) + NOISE[9:20], leaves(imei=IMEI)),
        "a double": (NOISE[:9] + struct.pack("<d", int(IMEI)) + NOISE[9:20], leaves(imei=IMEI)),
        "columns of fixed width": (f"{IMEI}{IMSI}20190220101500\n".encode(), leaves(imei=IMEI, imsi=IMSI)),
    }
    made = [Scenario(f"known: {name}", tcp(data, port=8123), left, PROFILE) for name, (data, left) in streams.items()]
    bodies = {
        "numbers of a nested message": (
            b"\x0a\x0bhello world\x1a" + bytes([len(submessage)]) + submessage,
            leaves(imei=IMEI, android_id=ANDROID_ID),
        ),
        "numbers of MessagePack": (msgpack.packb([1, int(IMEI)]), leaves(imei=IMEI)),
        "numbers of CBOR": (cbor2.dumps({"a": [int(IMEI)]}), leaves(imei=IMEI)),
        "a UUID in Base64 of its bytes": (base64.b64encode(uuid.UUID(GAID).bytes), leaves(advertising_id=GAID)),
        "a digest of an address's bytes": (
            hashlib.sha1(bytes.fromhex(MAC.replace(":", ""))).hexdigest().encode(),
            leaves(mac_address=MAC),
        ),
        **{
            f"a digest in Base64 after {n}": (base64.b64encode(b"x" * n + digest + NOISE[:11]), leaves(imei=IMEI))
            for n in range(3)
        },
    }
    made += [Scenario(f"known: {name}", tcp(http("POST", "/k", body)), left, PROFILE) for name, (body, left) in bodies.items()]
    numbers = json_post({"a": int(lost["imei"]), "b": int(lost["imsi"])})
    return [*made, Scenario("known: numbers without their leading zeros", tcp(numbers), frozenset(lost.items()), dict(lost))]


def _look_alikes() -> list[Scenario]:
    name = "look-alike: "
    fields = {
        "numbers under names that say no cell": {"cid": "87654321", "ci": "76543210", "cell_count": "87654321"},
        "hosts of a network": {"server": {"ip": "10.0.0.5"}, "nodes": [{"ip": "10.0.0.6"}], "gateway_ip": "10.0.0.1"},
        "comparisons and parcels": {"operator": "equals", "carrier": "DHL", "provider": "stripe"},
        "ids of a page, of a session, of a request": {"asid": UUID, "nonce": UUID, "csrf_token": UUID, "page_token": UUID},
        "a doubled placeholder": {"android_id": "abcd1234abcd1234", "androidId": "0123012301230123"},
        "devices of a page": {"audio_device_id": UUID, "usbDeviceId": ANDROID_ID, "vendorDeviceId": ANDROID_ID},
        "what is said of an identifier": {"imei_request_time": IMEI, "imeiCount": IMEI, "mac_version": "10_14"},
    }
    made = [Scenario(name + said, tcp(json_post(value))) for said, value in fields.items()]
    near = {"a": f"9{IMEI}", "b": MAC.replace("91", "92"), "c": ANDROID_ID[:-1] + "7"}
    boot = b"\x01\x01\x06\x00" + NOISE[:4] + bytes(20) + bytes.fromhex(MAC.replace(":", "")) + bytes(202)
    sentence = "$GPRMC,123519,A,4807.039,N,01131.000,E,022.4,084.4,230394,003.1,W*6A"
    talk = TcpConversation((PHONE, 40_000), (SERVER, 80), T0).open().send(http("GET", "/shops"))
    answer = json.dumps({"shops": [{"lat": 59.9139, "lon": 10.7522, "phone": "+4722222222"}], "imei": IMEI}).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(answer)}\r\n\r\n".encode()
    return [
        *made,
        Scenario(name + "anonymous FTP", tcp(b"USER anonymous\r\nPASS guest@example.org\r\nSYST\r\n", port=21)),
        Scenario(name + "sentences like commands", tcp(b"USER GUIDE\r\nPASS THE BALL\r\nLOGIN required now\r\n", port=9100)),
        Scenario(name + "a sentence with a wrong checksum", tcp(f"{sentence}\r\n".encode(), port=5001)),
        Scenario(name + "neighbours of known values", tcp(json_post(near)), frozenset(), PROFILE),
        Scenario(
            name + "the address of the frame in DHCP", udp(boot + b"\x63\x82\x53\x63\x35\x01\x01\xff", 67), frozenset(), PROFILE
        ),
        Scenario(
            name + "what the server answers", packets.pcap(talk.receive(head + answer).close().frames), frozenset(), PROFILE
        ),
        Scenario(name + "noise, with a profile", tcp(NOISE * 200, port=9000), frozenset(), PROFILE),
    ]


def _of_the_lab() -> list[Scenario]:
    """Causes that a held-out set and public captures brought to light, each with what looks alike."""
    name = "lab: "
    tagged = b"\xab\xcd\x00\x40\x01\x04imei\x0f" + IMEI.encode() + b"\x02\x0aandroid_id\x10" + ANDROID_ID.encode() + b"\x00\xff"
    card = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ola Nordmann\r\nEMAIL;TYPE=home:kari.nordmann@example.org\r\nEND:VCARD\r\n"
    properties = f"[ro.serialno]: [R58M45ABCDE]\n[persist.radio.imei]: [{IMEI}]\n".encode()
    log = f"10:00:00.1 I/Tele(12): IMEI: {IMEI}\n10:00:00.2 I/Wifi(44): mac address = {MAC}\n".encode()
    token = {"serialnumber": "1591219980196341", "sequencenumber": 1, "renewalwindow": 1591306380, "expiration": 1592429580}
    digest = hashlib.md5(b"99999999", usedforsecurity=False).hexdigest()
    return [
        Scenario(
            name + "names behind a length that is a line feed", tcp(tagged, port=5222), leaves(imei=IMEI, android_id=ANDROID_ID)
        ),
        Scenario(name + "a card of the address book", tcp(http("POST", "/s", card)), leaves(email=EMAIL, contact="Ola Nordmann")),
        Scenario(
            name + "properties as printed", tcp(http("POST", "/l", properties)), leaves(imei=IMEI, serial_number="R58M45ABCDE")
        ),
        Scenario(name + "lines of a log", tcp(http("POST", "/l", log)), leaves(imei=IMEI, mac_address=MAC)),
        Scenario(
            name + "a digest of the national number",
            tcp(json_post({"h": digest})),
            leaves(phone_number=MSISDN),
            {"phone_number": MSISDN},
        ),
        Scenario(name + "an OAID of sixteen digits", tcp(json_post({"oaid": ANDROID_ID})), leaves(advertising_id=ANDROID_ID)),
        Scenario(name + "look-alike: a token's serial number", tcp(json_post(token))),
        Scenario(
            name + "look-alike: where a shell stands", udp(b"<85>sudo: root : PWD=/home/admin ; USER=root ; COMMAND=/bin/ls", 514)
        ),
        Scenario(
            name + "look-alike: an example", tcp(http("POST", "/w", f"The example IMEI {IMEI} has a check digit.".encode()))
        ),
    ]
