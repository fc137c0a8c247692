"""More labelled captures, by somebody who had not read the others: what an examiner would send, and what only looks like it.

Each is a whole capture; values are synthetic. They were chosen from 670 for what they tell apart.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import struct
import zlib
from typing import Final
from urllib.parse import urlencode

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
from packets import Frame, TcpConversation

URN: Final = f"{IMEI[:8]}-{IMEI[8:14]}-{IMEI[14:]}"
LUHN_19: Final = "8947000019022012341"
UUID: Final = "3f2c1f8e-0d4b-4c7a-9d55-6b1b2f1f0a11"
BOUNDARY: Final = "----WebKitFormBoundary7MA4YWxkTrZu0gW"


def _b64(data: str | bytes) -> str:
    return base64.b64encode(data.encode() if isinstance(data, str) else data).decode()


def _form(target: str, fields: dict[str, str], host: str = "api.example.com") -> bytes:
    return http(
        "POST", target, urlencode(fields).encode(), host=host, headers=("Content-Type: application/x-www-form-urlencoded",)
    )


def _chunked(body: bytes, size: int) -> bytes:
    head = http("POST", "/c", headers=("Transfer-Encoding: gzip, chunked",))
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return head + b"".join(b"%x;name=value\r\n%b\r\n" % (len(p), p) for p in pieces) + b"0\r\nX-Trailer: 1\r\n\r\n"


def _dns(name: str) -> bytes:
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack("!6H", 7, 0x100, 1, 0, 0, 0) + labels + b"\x00" + struct.pack("!2H", 1, 1)


def vendor_scenarios() -> list[Scenario]:
    """Formats of software kits, as their fields are really called."""
    mixpanel = [
        {"event": "Signup", "properties": {"$android_id": ANDROID_ID, "$email": EMAIL, "$first_name": "Kari", "$wifi": True}}
    ]
    umeng = {"header": {"appkey": "5a1b2c3d4e5f6a7b8c9d0e1f", "device_id": IMEI, "mc": MAC, "channel": "gp", "access": "Wi-Fi"}}
    talking = {"device": {"deviceId": {"imeis": [IMEI], "wifiMacs": [MAC]}, "hardwareConfig": {"screen": "1080*2160"}}}
    amplitude = [{"event_type": "open", "session_id": 1_550_644_200_123, "api_properties": {"androidADID": GAID}}]
    return [
        Scenario(
            "Mixpanel: base64 of JSON in a form",
            tcp(_form("/track/", {"data": _b64(json.dumps(mixpanel)), "verbose": "1"}, "api.mixpanel.com")),
            leaves(android_id=ANDROID_ID, email=EMAIL, person_name="Kari"),
        ),
        Scenario(
            "Umeng: zlib behind a media type of bytes, `mc` for the MAC",
            tcp(http("POST", "/app_logs", zlib.compress(json.dumps(umeng).encode()), host="alog.umeng.com")),
            leaves(imei=IMEI, mac_address=MAC),
        ),
        Scenario(
            "TalkingData: plural names of lists",
            tcp(http("POST", "/g/d", gzip.compress(json.dumps(talking).encode(), mtime=0), host="av1.xdrig.com")),
            leaves(imei=IMEI, mac_address=MAC),
        ),
        Scenario(
            "Amplitude: JSON in a form, a session beside the identifier",
            tcp(_form("/", {"v": "2", "e": json.dumps(amplitude), "checksum": "5f" * 16}, "api.amplitude.com")),
            leaves(advertising_id=GAID),
        ),
        Scenario(
            "MoPub: the kind in front of the value",
            tcp(http("GET", f"/m/ad?v=6&ll=63.430515%2C10.395053&lla=25&udid=ifa%3A{GAID}&dnt=0", host="ads.mopub.com")),
            leaves(advertising_id=GAID, coordinates="63.430515,10.395053"),
        ),
        Scenario(
            "GeTui: a SIM's serial number is no device's",
            tcp(json_post({"simSerialNo": ICCID, "wifi_mac": MAC.replace(":", "").upper(), "imsi": IMSI})),
            leaves(iccid=ICCID, mac_address=MAC, imsi=IMSI),
        ),
        Scenario(
            "geolocation by radio: cells and access points",
            tcp(
                json_post(
                    {
                        "cellTowers": [{"cellId": 18235137, "mobileCountryCode": 242, "mobileNetworkCode": 1}],
                        "wifiAccessPoints": [{"macAddress": BSSID, "signalStrength": -43}],
                    }
                )
            ),
            leaves(cell_id="18235137", bssid=BSSID),
        ),
    ]


def wrapping_scenarios() -> list[Scenario]:
    """Encodings at the edge of other formats."""
    document = json.dumps({"imei": IMEI, "mac": MAC})
    both = leaves(imei=IMEI, mac_address=MAC)
    parts = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("imei", IMEI), ("mac", MAC))
    )
    escaped = (
        "{" + ",".join(f'"{n}":"' + "".join(f"\\u{ord(c):04X}" for c in v) + '"' for n, v in json.loads(document).items()) + "}"
    )
    return [
        Scenario("base64 after a label, padded", tcp(http("POST", "/", b"payload:" + _b64(document).encode())), both),
        Scenario("base64 between dots, as a token", tcp(http("POST", "/", f"v1.{_b64(document)}.sig".encode())), both),
        Scenario(
            "multipart whose boundary begins with hyphens",
            tcp(http("POST", "/up", f"{parts}--{BOUNDARY}--\r\n".encode())),
            both,
        ),
        Scenario("every character of JSON escaped", tcp(http("POST", "/", escaped.encode())), both),
        Scenario(
            "entities by number in XML",
            tcp(http("POST", "/", ("<r>" + "".join(f"&#{ord(c)};" for c in document) + "</r>").encode())),
            both,
        ),
        Scenario("gzip in chunks with extensions", tcp(_chunked(gzip.compress(document.encode(), mtime=0), 11)), both),
        Scenario("UTF-16 without a mark, big-endian", tcp(http("POST", "/", document.encode("utf-16-be"))), both),
        Scenario(
            "gzip whose end is missing", tcp(http("POST", "/", gzip.compress((document + " " * 64).encode(), mtime=0)[:-8])), both
        ),
        Scenario("a word and its value in a list", tcp(json_post([["model", "TA-1046"], ["IMEI", IMEI]])), leaves(imei=IMEI)),
        Scenario("a number that lost its leading zero", tcp(json_post({"imei": 13327002623900})), leaves(imei="013327002623900")),
    ]


def transport_scenarios() -> list[Scenario]:
    """Protocols other than HTTP, and HTTP as few write it."""
    im = leaves(imei=IMEI)
    register = (
        f"REGISTER sip:ims.example.net SIP/2.0\r\nCSeq: 1 REGISTER\r\nContact: <sip:198.51.100.9:5060>;+sip.instance="
        f'"<urn:gsma:imei:{URN}>"\r\nContent-Length: 0\r\n\r\n'
    )
    asked = json_post({"imei": IMEI}, headers=("Expect: 100-continue",))
    at = asked.index(b"\r\n\r\n") + 4
    talk = TcpConversation((PHONE, 40_000), (SERVER, 80), T0).open().send(asked[:at])
    talk.receive(b"HTTP/1.1 100 Continue\r\n\r\n").send(asked[at:]).receive(b"HTTP/1.1 204 No Content\r\n\r\n")
    tracker = f"##,imei:{IMEI},A;".encode()
    tlv = b"\x00\x10\x01\x04IMEI\x02\x0f" + IMEI.encode() + b"\x01\x04IMSI\x02\x0f" + IMSI.encode()
    return [
        Scenario("SIP: an IMEI as a URN of an instance", udp(register.encode(), 5060), im),
        Scenario("a host's name with an IMEI in it, asked of DNS", udp(_dns(f"imei-{IMEI}.reg.example.com"), 53), im),
        Scenario(
            "a datagram whose first byte is no length",
            udp(b"\x02\x10" + _b64(json.dumps({"IMEI": IMEI})).encode() + b"\x03", 4444),
            im,
        ),
        Scenario("a tracker's greeting", tcp(tracker, port=5013), im),
        Scenario("types, lengths and values", tcp(tlv, port=5001), leaves(imei=IMEI, imsi=IMSI)),
        Scenario("a form asked first whether it may come", packets.pcap(talk.close().frames), im),
        Scenario("lines that end in line feeds alone", tcp(f"GET /r?imei={IMEI} HTTP/1.1\nHost: a.example.com\n\n".encode()), im),
        Scenario(
            "a header of an operator's gateway",
            tcp(http("GET", "/", headers=(f"x-up-calling-line-id: {MSISDN}",))),
            leaves(msisdn=MSISDN),
        ),
    ]


def known_scenarios() -> list[Scenario]:
    """Known values that stand nowhere in the bytes as they were read."""
    profile: dict[str, object] = {"imei": IMEI, "iccid": ICCID}
    escaped = '{"q":"' + "".join(f"\\u{ord(c):04x}" for c in IMEI) + '"}'
    number = b"\x81\xa1q\xcf" + int(IMEI).to_bytes(8, "big")
    grouped = " ".join(ICCID[i : i + 4] for i in range(0, 20, 4))
    salted = hashlib.md5(b"salt" + IMEI.encode(), usedforsecurity=False).hexdigest()
    return [
        Scenario("known: escaped in JSON", tcp(http("POST", "/", escaped.encode())), leaves(imei=IMEI), profile),
        Scenario("known: a number of MessagePack", tcp(http("POST", "/", number)), leaves(imei=IMEI), profile),
        Scenario("known: in groups of four, as cards are printed", tcp(json_post({"n": grouped})), leaves(iccid=ICCID), profile),
        Scenario("known: salted, which nobody can tell", tcp(json_post({"k": salted, "n": f"9{IMEI}7"})), frozenset(), profile),
    ]


def look_alike_scenarios() -> list[Scenario]:
    """What an examiner would put there to be taken for data of a person."""
    labels = {"imei": "IMEI-nummer", "password": "Passord", "username": "Brukernavn", "firstName": "Fornavn", "ssid": "Nettverk"}
    source = (
        "String password = getPassword(); public String getImei() { return tm.getDeviceId(); } // 15 digits\n"
        'double longitude = 0.0; String email = "user@domain"; String imsi = tm.getSubscriberId();\n'
    )
    schema = {
        "properties": {"imei": {"type": "string", "pattern": "^[0-9]{15}$"}, "email": {"format": "email"}},
        "required": ["imei"],
    }
    trace = {"traceparent": f"00-{'5f1c' * 8}-{'a3f1' * 4}-01", "X-Correlation-Id": "352099001761481"}
    numbers = {"orderNo": "352099001761481", "tracking": LUHN_19, "kid": 860000000000005, "ts_us": 1_550_644_200_123_456}
    masked = {"mac": "02:00:00:00:00:00", "imei": "000000000000000", "android_id": "9774d56d682e549c", "ssid": "<unknown ssid>"}
    ga = "_ga=GA1.2.123456789.1550644200; PHPSESSID=f3a9c1d7e5b24680a1b2c3d4e5; csrftoken=9f86d081884c7d659a2feaa0c55ad015"
    rows = [
        ("texts of a program", json_post({"labels": labels})),
        ("names of fields as their own labels", json_post({"password": "Password", "firstName": "First name"})),
        ("source code", http("POST", "/paste", source.encode())),
        ("a schema of such data", json_post(schema)),
        ("an account of a host in a path", http("GET", "/account/9f86d081/assets/352099001761481/app.4f53cda1.css")),
        ("traces in headers", http("GET", "/", headers=[f"{k}: {v}" for k, v in trace.items()])),
        ("numbers of orders whose check digits hold", json_post(numbers)),
        ("what systems send in place of a value", json_post(masked)),
        ("sessions in cookies", http("GET", "/", headers=(f"Cookie: {ga}",))),
        (
            "geometry of a picture",
            json_post({"points": [[12.345678, 45.678912]], "transform": "matrix(0.7,0.7,-0.7,0.7,10.5,20.75)"}),
        ),
        (
            "names that hold an at sign",
            json_post({"npm": "@babel/core@7.3.3", "img": "logo@2x.png", "git": "git@example.org:a/b.git"}),
        ),
        (
            "counts and plurals",
            json_post({"emails": 12, "phones": "12345678", "macs": ["hmac-sha2-256"], "passwords": "changed"}),
        ),
    ]
    return [Scenario(f"look-alike: {name}", tcp(data)) for name, data in rows]


def hostile_scenarios() -> list[Scenario]:
    """Messages meant to stop the reader, before one that must be read."""
    last = http("GET", f"/?imei={IMEI}")
    rows = [
        (
            "a chunk of 2^64",
            b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\nabc\r\n0\r\n\r\n",
        ),
        ("20,000 lines without a colon", b"GET / HTTP/1.1\r\n" + b"garbage\r\n" * 20_000 + b"\r\n"),
        ("200,000 lists within each other", http("POST", "/", b"[" * 200_000)),
        ("base64 upon base64", http("POST", "/", _nested(25))),
    ]
    made = [Scenario(f"after {name}", tcp(data + last), leaves(imei=IMEI)) for name, data in rows]
    many = [
        Frame(T0 + n, packets.ethernet(packets.udp_packet(PHONE, 1_024 + n, f"198.51.{n >> 8}.{n & 255}", 9_999, b"x")))
        for n in range(2_000)
    ]
    talk = TcpConversation((PHONE, 40_000), (SERVER, 80), T0 + 10_000).open().send(last).close()
    return [*made, Scenario("after 2,000 flows of a packet", packets.pcap([*many, *talk.frames]), leaves(imei=IMEI))]


def _nested(times: int) -> bytes:
    data = b"nothing to be seen here"
    for _ in range(times):
        data = base64.b64encode(data)
    return data


def more_scenarios() -> list[Scenario]:
    """All of them."""
    return [
        *vendor_scenarios(),
        *wrapping_scenarios(),
        *transport_scenarios(),
        *known_scenarios(),
        *look_alike_scenarios(),
        *hostile_scenarios(),
    ]
